//! What a key cannot be called, limited to or found by.

use rstest::rstest;
use serde_json::json;
use testkit::{Engine, Postgres, Sqlite, TestApp};

use super::on_every_operation;

#[rstest]
#[tokio::test]
async fn text_of_a_key_that_could_mislead_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        if operation.schema["properties"]["approvedIpAddresses"].is_null() {
            return;
        }
        for name in [
            "",
            " ",
            "\u{3000}",
            "a\nb",
            "a\rb",
            "a\tb",
            "\u{7}",
            "a\u{7f}",
            "a\u{85}b",
            "a\u{202e}b",
            "\u{feff}a",
            "a\u{2066}",
            "a\u{2069}",
        ] {
            operation.refuses(operation.with("name", json!(name)).to_string(), &["name"]).await;
        }
        let too_long = [101, 1000, 1_900_000].map(|length| "x".repeat(length));
        for name in too_long {
            let answer = operation.refuses(operation.with("name", json!(name)).to_string(), &["name"]).await;
            assert!(answer.bytes.len() < 1000);
        }
        let described = |description: &str| {
            operation.with(
                "approvedIpAddresses",
                json!([
                    { "ipAddress": "10.0.0.1", "description": "Fine\nin two lines" },
                    { "ipAddress": "10.0.0.2", "description": description },
                ]),
            )
        };
        for description in ["a\u{7}", "a\u{202e}", &"x".repeat(201), &"x".repeat(1_900_000)] {
            let path = "approvedIpAddresses[1].description";
            operation.refuses(described(description).to_string(), &[path]).await;
        }
        for (field, text) in [
            ("scopes", "read,".repeat(100_000) + "reed"),
            ("scopes", "x".repeat(1_000_000)),
            ("keyType", "admin".repeat(200_000)),
            ("expires", "9".repeat(1_000_000)),
        ] {
            let answer = operation.refuses(operation.with(field, json!(text)).to_string(), &[field]).await;
            assert!(answer.bytes.len() < 1000, "{field}");
        }
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_name_may_have_a_hundred_characters_of_any_script(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for name in
        ["x".repeat(100), "ß漢🔧ي".repeat(25), "'; DROP TABLE api_key; --".to_owned(), "\\\"%_$1?1".into()]
    {
        let key = shop.key_with(json!({ "name": name })).await;
        assert_eq!(key.name, name);
        assert_eq!(shop.document(&key.id).await["name"], name);
        app.token(&key).await;
    }
}

#[rstest]
#[tokio::test]
async fn numbers_beyond_reason_are_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let before = app.row_counts().await;
    let post = |path: &str, body: String| {
        app.post(path).credential(&shop.admin.text).body("application/json", body).expect(400)
    };
    let update = format!("/api/v1/organization/apikeys/{}/update", key.id);
    let start = r#"{"name":"K","scopes":"read","keyType":"read-only","#;
    let huge = "9".repeat(100_000);
    let numbers = [
        "-1",
        "1.5",
        "1e400",
        "-1e400",
        "1e-400",
        "4294967296",
        "18446744073709551616",
        "1E999999999",
        "\"5\"",
        "true",
        huge.as_str(),
    ];
    for number in numbers {
        for path in ["/api/v1/organization/apikeys", &update] {
            for field in ["requests", "seconds"] {
                let other = if field == "requests" { "seconds" } else { "requests" };
                let body = format!("{start}\"rateLimit\":{{\"{other}\":1,\"{field}\":{number}}}}}");
                let answer = post(path, body).await;
                assert_eq!(answer.wrong_fields(), [format!("rateLimit.{field}")], "{number:.30}");
                assert!(answer.bytes.len() < 1000, "{}", answer.bytes.len());
            }
        }
    }
    for number in ["1.5", "1e400", "9223372036854775808", "-9223372036854775809", "\"1\"", &huge, "[1]"] {
        let answer = post(&update, format!("{start}\"rev\":{number}}}")).await;
        assert_eq!(answer.wrong_fields(), ["rev"], "{number:.30}");
    }
    for (requests, seconds) in [(0, 1), (1, 0), (1_000_001, 1), (1, 86_401), (u32::MAX, u32::MAX)] {
        let limit = json!({ "requests": requests, "seconds": seconds });
        let answer = shop.new_key(json!({ "rateLimit": limit })).expect(400).await;
        assert_eq!(answer.wrong_fields(), ["rateLimit"]);
    }
    assert_eq!(app.row_counts().await, before);
    for (requests, seconds) in [(1, 1), (1_000_000, 86_400), (1_000_000, 1), (1, 86_400)] {
        let limit = json!({ "requests": requests, "seconds": seconds });
        let made = shop.new_key(json!({ "rateLimit": limit })).expect(201).await;
        assert_eq!(made.json["rateLimit"], limit);
        assert!(app.lets_in(made.json["apiKey"].as_str().unwrap()).await);
    }
}

#[rstest]
#[tokio::test]
async fn an_id_of_no_form_names_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let before = app.row_counts().await;
    let id = &key.id;
    let ids = [
        "x".to_owned(),
        "0".into(),
        "-1".into(),
        "3".into(),
        "1.0".into(),
        "1e0".into(),
        "0x1".into(),
        "NaN".into(),
        "null".into(),
        "undefined".into(),
        "2147483647".into(),
        "2147483648".into(),
        "-2147483649".into(),
        "99999999999999999999".into(),
        "%00".into(),
        format!("{id}%00"),
        "%ff".into(),
        "%c3%28".into(),
        "%ED%A0%80".into(),
        "%F0%9F%94%A7".into(),
        "%2F".into(),
        "%2e%2e".into(),
        "%2e%2e%2fapikeys".into(),
        "%".into(),
        "%zz".into(),
        "%20".into(),
        format!("%20{id}"),
        format!("{id}%20"),
        "%0d%0aX-Y:z".into(),
        "'%20OR%201=1--".into(),
        "%D9%A2".into(),
        "{apiKeyId}".replace('{', "%7B").replace('}', "%7D"),
        id[1..].to_owned(),
        format!("{id}0"),
        id.replace(&id[..2], "zz"),
        "0123456789abcdef01234567".into(),
        "x".repeat(8000),
        "%25".repeat(2000),
        key.name.replace(' ', "%20"),
        key.text.clone(),
    ];
    for id in ids {
        for call in [shop.delete(&id), shop.change(&id, json!({}))] {
            let answer = call.expect(404).await;
            assert!(
                answer.json["message"].as_str().unwrap().starts_with("There is no"),
                "{id:.40}: {}",
                answer.json
            );
        }
    }
    assert_eq!(app.row_counts().await, before);
    assert!(app.lets_in(&key.text).await);
}
