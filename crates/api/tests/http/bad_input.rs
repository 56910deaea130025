//! Input that no operation can make sense of: always told why, and nothing is written.

use std::{convert::Infallible, fs};

use axum::body::{Body, Bytes};
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Call, Document, Engine, Postgres, Sqlite, TestApp, TestOrganization};

use crate::request::Request;

/// An operation with a JSON body, and a body that it accepts.
struct Operation<'a> {
    app: &'a TestApp,
    request: Request,
    credential: Option<String>,
    good: Json,
    /// The schema of its body.
    schema: &'static Json,
    /// Whether it answers in the envelope, which has no 413 and no 415.
    enveloped: bool,
}

impl<'a> Operation<'a> {
    /// Every one there is.
    async fn all(app: &'a TestApp, shop: &TestOrganization<'_>) -> Vec<Self> {
        let mut all = Vec::new();
        let session = shop.sign_in().await;
        for (method, template, operation) in Document::get().operations() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            // What is signed is read once the signature is good: see `leaked_keys`.
            if schema.is_null() || operation["x-swage-signed"] == true {
                continue;
            }
            let request = Request::of_document(shop, &method, &template, operation).await;
            let good = request.bare_body();
            let is_for_people = operation["x-swage-person"] == true;
            let own = if is_for_people { &session } else { &shop.admin.text };
            let credential = (operation["x-swage-public"] == false).then(|| own.clone());
            let enveloped = operation["x-swage-envelope"] == true;
            all.push(Self { app, request, credential, good, schema: referred(schema), enveloped });
        }
        assert!(all.len() >= 4);
        all
    }

    fn call(&self) -> Call<'a> {
        let call = self.request.call_without_body(self.app);
        match &self.credential {
            Some(credential) => call.credential(credential),
            None => call,
        }
    }

    async fn refuses(&self, body: impl Into<Vec<u8>>, paths: &[&str]) -> Answer {
        let body = body.into();
        let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
        let answer = self.call().body("application/json", body).expect(400).await;
        assert_eq!(answer.wrong_fields(), paths, "{} with {shown}: {}", self.path(), answer.json);
        answer
    }

    /// The status with which it tells a failure that has this one.
    fn status(&self, status: u16) -> u16 {
        if self.enveloped { 400 } else { status }
    }

    fn path(&self) -> &str {
        self.request.path()
    }

    fn with(&self, field: &str, value: Json) -> Json {
        let mut body = self.good.clone();
        body[field] = value;
        body
    }
}

/// Has every operation with a body be tried; fails if anything was written.
async fn on_every_operation(engine: Engine, attempt: impl AsyncFn(&Operation<'_>)) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let operations = Operation::all(&app, &shop).await;
    let before = app.row_counts().await;
    for operation in &operations {
        attempt(operation).await;
    }
    assert_eq!(app.row_counts().await, before);
}

/// What a schema says, seen through the reference it may be.
fn referred(schema: &'static Json) -> &'static Json {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').unwrap();
            Document::get().json.pointer(pointer).unwrap()
        }
        None => schema,
    }
}

/// Whether an object of a schema may have no field at all.
fn all_is_optional(schema: &'static Json) -> bool {
    let schema = referred(schema);
    if let Some(ways) = schema["oneOf"].as_array() {
        return ways.iter().any(all_is_optional);
    }
    schema["properties"].is_object() && schema["required"].is_null()
}

/// The kinds of JSON a schema allows.
fn kinds(schema: &'static Json) -> Vec<&'static str> {
    let schema = referred(schema);
    if let Some(ways) = schema["oneOf"].as_array() {
        return ways.iter().flat_map(kinds).collect();
    }
    match &schema["type"] {
        Json::String(kind) => vec![kind],
        Json::Array(several) => several.iter().map(|kind| kind.as_str().unwrap()).collect(),
        other => panic!("a field of type {other}"),
    }
}

#[rstest]
#[tokio::test]
async fn what_is_no_json_object_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        let good = operation.good.to_string();
        let mut cut = good.clone();
        cut.pop();
        let deep = 10_000;
        for bad in [
            String::new(),
            " \r\n\t ".to_owned(),
            "{".to_owned(),
            cut,
            format!("{good}}}"),
            format!("{good}{good}"),
            format!("\u{feff}{good}"),
            good.replace('"', "'"),
            good.replacen('{', "{,", 1),
            "null".to_owned(),
            "true".to_owned(),
            "1e400".to_owned(),
            "NaN".to_owned(),
            "\"name\"".to_owned(),
            "[]".to_owned(),
            format!("[{good}]"),
            "name=K&scopes=read&keyType=read-only".to_owned(),
            "<key><name>K</name></key>".to_owned(),
            "[".repeat(deep),
            format!("{}{}", "[".repeat(deep), "]".repeat(deep)),
            "{\"a\":".repeat(deep),
            format!("{}1{}", "{\"params\":".repeat(deep), "}".repeat(deep)),
            "{\"name\":\"\\ud800\"}".to_owned(),
            "{\"name\":\"a\nb\"}".to_owned(),
            "{\"name\":01}".to_owned(),
        ] {
            let answer = operation.refuses(bad, &[""]).await;
            assert!(answer.words().len() < 200);
        }
        for broken in [&b"{\"name\":\"\xff\xfe\"}"[..], b"\xc3\x28", b"\0", b"{\"\xed\xa0\x80\":1}"] {
            operation.refuses(broken, &[""]).await;
        }
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_field_of_the_wrong_type_is_named(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        let fields = operation.schema["properties"].as_object().unwrap();
        let required: Vec<_> = operation.schema["required"].as_array().into_iter().flatten().collect();
        for (field, schema) in fields {
            let kinds = kinds(schema);
            for (kind, value) in [
                ("string", json!("5")),
                ("boolean", json!(true)),
                ("integer", json!(12)),
                ("number", json!(1.5)),
                ("array", json!([])),
                ("object", json!({})),
            ] {
                let body = operation.with(field, value);
                if kinds.contains(&kind) {
                    // An empty object is an object, which lacks its fields.
                    if kind == "object" && !all_is_optional(schema) {
                        let answer = operation.call().json(&body).expect(400).await;
                        assert!(answer.wrong_fields().iter().all(|path| path.starts_with(field)), "{field}");
                    }
                    continue;
                }
                operation.refuses(body.to_string(), &[field]).await;
                let wrapped = json!({ "params": body });
                operation.refuses(wrapped.to_string(), &[&format!("params.{field}")]).await;
            }
            if required.contains(&&json!(field)) {
                operation.refuses(operation.with(field, Json::Null).to_string(), &[field]).await;
                let mut without = operation.good.clone();
                without.as_object_mut().unwrap().remove(field);
                operation.refuses(without.to_string(), &[field]).await;
            }
        }
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_name_given_twice_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        let good = operation.good.to_string();
        let (field, value) = operation.good.as_object().unwrap().iter().next().unwrap();
        let twice = good.replacen('{', &format!("{{\"{field}\":{value},"), 1);
        operation.refuses(twice.clone(), &[field]).await;
        let wrapped = format!("{{\"params\":{twice}}}");
        operation.refuses(wrapped, &[&format!("params.{field}")]).await;
        operation.refuses(format!("{{\"params\":{good},\"params\":{good}}}"), &["params"]).await;
        operation.refuses(good.replacen('{', "{\"x\":[{\"y\":1,\"y\":1}],", 1), &["x[0].y"]).await;
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn text_that_could_mislead_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        // PostgreSQL cannot store it, so it is refused everywhere, on either engine.
        for field in operation.good.as_object().unwrap().keys() {
            operation.refuses(operation.with(field, json!("a\0b")).to_string(), &[field]).await;
        }
        operation.refuses(operation.with("x", json!([1, { "y": "\0" }])).to_string(), &["x[1].y"]).await;
        operation.refuses(operation.with("a\0b", json!(1)).to_string(), &[""]).await;
    })
    .await;
}

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
async fn what_is_no_address_is_named(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let before = app.row_counts().await;
    let bad = [
        "",
        " ",
        "localhost",
        "1",
        "10.0.0",
        "10.0.0.256",
        "010.0.0.1",
        "0x0a.0.0.1",
        "10.0.0.1:80",
        "[::1]",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/",
        "/8",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "::1/129",
        "2001:db8::/1e1",
        "fe80::1%eth0",
        "fe80::%1/64",
        "::g",
        ":::",
        "*",
        "10.*.*.*",
        "10.0.0.1-10.0.0.9",
        "10.0.0.1,10.0.0.2",
        "10.0.0.1\u{200b}",
        "1٠.0.0.1",
        // Bits beyond the prefix: more would be approved than was meant.
        "10.0.0.1/8",
        "2001:db8::1/32",
        "::ffff:10.0.0.1/104",
        "1.2.3.4/0",
    ];
    let list: Vec<_> = bad.iter().map(|address| json!({ "ipAddress": address })).collect();
    let expected: Vec<_> = (0..bad.len()).map(|n| format!("approvedIpAddresses[{n}].ipAddress")).collect();
    let mut answers = vec![
        shop.new_key(json!({ "approvedIpAddresses": list })).expect(400).await,
        shop.change(&key.id, json!({ "approvedIpAddresses": list })).expect(400).await,
    ];
    for answer in &answers {
        assert_eq!(answer.wrong_fields(), expected);
    }
    let errors = answers.remove(0).json["errors"].clone();
    let message = |address: &str| {
        let n = bad.iter().position(|bad| *bad == address).unwrap();
        errors[n]["message"].as_str().unwrap().to_owned()
    };
    assert!(message("10.0.0.1/8").ends_with("did you mean 10.0.0.0/8?"));
    assert!(message("::ffff:10.0.0.1/104").ends_with("did you mean 10.0.0.0/8?"));
    assert!(message("10.0.0.0/33").contains("32"));
    assert!(message("::1/129").contains("128"));

    for (entry, path) in [
        (json!("10.0.0.1"), "approvedIpAddresses[0]"),
        (json!(null), "approvedIpAddresses[0]"),
        (json!({}), "approvedIpAddresses[0]"),
        (json!({ "description": "x" }), "approvedIpAddresses[0]"),
        (json!({ "ipAddress": null }), "approvedIpAddresses[0].ipAddress"),
        (json!({ "ipAddress": 10 }), "approvedIpAddresses[0].ipAddress"),
        (json!({ "ipAddress": ["10.0.0.1"] }), "approvedIpAddresses[0].ipAddress"),
        (json!({ "ipAddress": "10.0.0.1", "description": 5 }), "approvedIpAddresses[0].description"),
    ] {
        let answer = shop.new_key(json!({ "approvedIpAddresses": [entry] })).expect(400).await;
        assert_eq!(answer.wrong_fields(), [path], "{entry}");
    }
    assert_eq!(app.row_counts().await, before);
}

#[rstest]
#[tokio::test]
async fn a_key_has_at_most_a_thousand_addresses(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let addresses = |count: usize| -> Json {
        let address = |n: usize| json!({ "ipAddress": format!("10.{}.{}.0/24", n / 256, n % 256) });
        (0..count).map(address).collect()
    };
    let before = app.row_counts().await;
    for count in [1001, 10_000] {
        let fields = json!({ "approvedIpAddresses": addresses(count) });
        for call in [shop.new_key(fields.clone()), shop.change(&key.id, fields.clone())] {
            assert_eq!(call.expect(400).await.wrong_fields(), ["approvedIpAddresses"]);
        }
    }
    assert_eq!(app.row_counts().await, before);
    let made = shop.new_key(json!({ "approvedIpAddresses": addresses(1000) })).expect(201).await;
    assert_eq!(made.json["approvedIpAddresses"].as_array().unwrap().len(), 1000);
    let text = made.json["apiKey"].as_str().unwrap();
    app.get("/security/v1/verify").credential(text).from("10.3.231.9").expect(200).await;
    app.get("/security/v1/verify").credential(text).from("10.3.232.9").expect(403).await;
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
async fn a_body_must_be_json_by_its_type(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        for kind in [
            "text/plain",
            "text/json",
            "multipart/form-data; boundary=x",
            "application/xml",
            "application/jsonp",
            "é",
        ] {
            let call = operation.call().body(kind, operation.good.to_string());
            let answer = call.expect(operation.status(415)).await;
            assert_eq!(answer.words(), "The body must be application/json.", "{kind}");
        }
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn every_way_to_call_a_body_json_is_taken(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for kind in ["application/json", "Application/JSON;charset=utf-8", "application/merge-patch+json"] {
        for operation in Operation::all(&app, &shop).await {
            let call = operation.call().body(kind, operation.good.to_string()).shows_secret();
            let status = call.send().await.status;
            assert!(matches!(status, 200 | 201), "{kind} {} {status}", operation.path());
        }
    }
}

/// A body of so many pieces of 64 KiB, none of which is there before it is read.
fn stream(pieces: usize) -> Body {
    let piece = Bytes::from(vec![b' '; 64 * 1024]);
    let pieces = (0..pieces).map(move |_| Ok::<_, Infallible>(piece.clone()));
    Body::from_stream(futures_util::stream::iter(pieces))
}

/// The most memory this process has had, in bytes.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

#[rstest]
#[tokio::test]
async fn a_body_of_a_hundred_megabytes_takes_no_memory(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        // Once as large as it may be, so that what that takes is not counted.
        operation.call().body("application/json", stream(32)).expect(400).await;
        let peak = peak_memory();
        let answer =
            operation.call().body("application/json", stream(1600)).expect(operation.status(413)).await;
        assert!(answer.words().contains("2097152 bytes"));
        let grown = peak_memory() - peak;
        assert!(grown < 8 * 1024 * 1024, "{} took {grown} bytes", operation.path());
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_body_may_be_as_large_as_is_said(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start_with(engine, |settings| settings.body_limit = 1000).await;
    let shop = app.organization("Shop").await;
    let good = json!({ "name": "K", "scopes": "read", "keyType": "read-only" }).to_string();
    for (length, status) in [(1000, 201), (1001, 413), (5000, 413)] {
        let body = format!("{good:length$}");
        let call = app.post("/api/v1/organization/apikeys").credential(&shop.admin.text);
        call.body("application/json", body).shows_secret().expect(status).await;
    }
    // Who may not call is told that first.
    let call = app.post("/api/v1/organization/apikeys").body("application/json", "x".repeat(5000));
    call.expect(401).await;
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
