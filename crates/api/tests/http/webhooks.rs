//! Webhooks as their keepers see them.

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, TestWebhook};
use usecases::webhooks::Rules;

const WEBHOOKS: &str = "/api/v1/webhooks";
const URL: &str = "https://shop.example/hooks";

#[rstest]
#[tokio::test]
async fn a_webhook_is_made_read_changed_and_deleted(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let webhook = shop.webhook(URL, &["apiKey.*", "user.invite"]).await;
    assert!(webhook.secret.starts_with("whsec_") && webhook.secret.len() == 50, "{}", webhook.secret.len());

    let read = shop.of_webhook("GET", &webhook, "").expect(200).await;
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!((&read.json["url"], &read.json["active"]), (&json!(URL), &json!(true)));
    assert_eq!(read.json["events"], json!(["apiKey.*", "user.invite"]));

    app.pass(std::time::Duration::from_secs(1));
    let change = json!({ "description": "For the ERP", "events": ["*"], "rev": 1 });
    let changed = shop.of_webhook("POST", &webhook, "/update").json(&change).expect(200).await.json;
    assert_eq!((&changed["description"], &changed["url"]), (&json!("For the ERP"), &json!(URL)));
    let stale = shop.of_webhook("POST", &webhook, "/update").json(&change).expect(409).await.json;
    assert_eq!(stale["current"], changed);

    let list = app.get(WEBHOOKS).credential(&shop.admin.text).expect(200).await.json;
    assert_eq!((&list["total"], &list["items"][0]), (&json!(1), &changed));
    app.pass(std::time::Duration::from_secs(1));
    shop.of_webhook("POST", &webhook, "/delete").header("if-match", "\"1\"").expect(409).await;
    shop.of_webhook("POST", &webhook, "/delete").expect(200).await;
    shop.of_webhook("GET", &webhook, "").expect(404).await;

    let entries = app.audit(shop.id, &webhook.id).await;
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["create", "update", "delete"]);
    assert!(!format!("{entries:?}").contains(&webhook.secret));
}

#[rstest]
#[tokio::test]
async fn a_secret_is_shown_once_and_lies_nowhere_in_clear(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let body = json!({ "url": URL, "events": ["*"] });
    let make = || {
        let call = app.post(WEBHOOKS).credential(&shop.admin.text).header("idempotency-key", "once");
        call.json(&body)
    };
    let made = make().shows_secret().expect(201).await.json;
    let secret = made["secret"].as_str().unwrap();
    let again = make().expect(201).await.json;
    assert_eq!((&again["_id"], again.get("secret")), (&made["_id"], None));

    let webhook = TestWebhook { id: made["_id"].as_str().unwrap().to_owned(), secret: secret.to_owned() };
    let rotated = shop.of_webhook("POST", &webhook, "/rotate").json(&json!({})).shows_secret();
    let rotated = rotated.expect(200).await.json;
    assert_ne!(rotated["secret"], made["secret"]);
    assert_eq!(rotated["oldSecretUntil"], "2026-01-02T00:00:00.000Z");

    let stored = dump(&app).await;
    for text in [secret, rotated["secret"].as_str().unwrap()] {
        assert!(!stored.contains(text.trim_start_matches("whsec_")), "a secret lies in clear");
        for rest in ["", "/deliveries"] {
            let answer = shop.of_webhook("GET", &webhook, rest).expect(200).await;
            assert!(!String::from_utf8_lossy(&answer.bytes).contains(text));
        }
    }
}

/// Everything that is stored, as a backup writes it.
async fn dump(app: &TestApp) -> String {
    let write = |tx: &mut database::Tx<'_>| {
        let mut out = Vec::new();
        database::backup::write(tx, database::backup::Part::Shop, &mut out)?;
        Ok(out)
    };
    String::from_utf8(app.database.read(database::Scope::System, write).await.unwrap()).unwrap()
}

#[rstest]
#[tokio::test]
async fn an_address_inside_is_refused_however_it_is_written(#[values(Sqlite, Postgres)] engine: Engine) {
    let strict = |settings: &mut api::Settings| settings.webhooks = Rules::default();
    let app = TestApp::start_with(engine, strict).await;
    let shop = app.organization("Shop").await;
    let webhook = shop.webhook(URL, &["*"]).await;
    for url in [
        "http://shop.example/hooks",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/",
        "https://192.168.1.1:8443/",
        "https://100.100.100.200/",
        "https://[fd00:ec2::254]/",
        "https://224.0.0.1/",
        "https://localhost/",
        "https://user:password@shop.example/",
        "https://shop.example/#part",
        "ftp://shop.example/",
        "shop.example",
    ] {
        let body = json!({ "url": url, "events": ["*"] });
        let refused = app.post(WEBHOOKS).credential(&shop.admin.text).json(&body).expect(400).await;
        assert_eq!(refused.wrong_fields(), ["url"], "{url}");
        let update = shop.of_webhook("POST", &webhook, "/update").json(&json!({ "url": url }));
        assert_eq!(update.expect(400).await.wrong_fields(), ["url"], "{url}");
    }
}

#[rstest]
#[tokio::test]
async fn a_name_that_stands_for_an_address_inside_is_not_called(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start_with(engine, |settings| settings.webhooks.allow_private = false).await;
    let shop = app.organization("Shop").await;
    // A name of this machine, which the file of hosts knows and the door does not.
    let webhook = shop.webhook("http://ip6-localhost:9/", &["webhook.none"]).await;
    let delivery = shop.ping(&webhook).await;
    app.run_jobs().await;
    let path = format!("/deliveries/{delivery}");
    let told = shop.of_webhook("GET", &webhook, &path).expect(200).await.json;
    let error = told["lastAttempt"]["error"].as_str().unwrap();
    // Where the machine has no such name, it leads nowhere just the same.
    assert!(error.contains("no public address") || error.contains("ip6-localhost"), "{error}");
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_its_path(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let long = "x".repeat(501);
    let cases: &[(Json, &[&str])] = &[
        (json!({}), &["url", "events"]),
        (json!({ "url": URL, "events": [] }), &["events"]),
        (json!({ "url": URL, "events": ["*", "apiKey", "*.create"] }), &["events[1]", "events[2]"]),
        (json!({ "url": URL, "events": vec!["*"; 51] }), &["events"]),
        (json!({ "url": URL, "events": ["*"], "description": long }), &["description"]),
        (json!({ "url": URL, "events": ["*"], "secret": "whsec_mine" }), &["secret"]),
        (json!({ "url": URL, "events": "*" }), &["events"]),
    ];
    for (body, fields) in cases {
        let refused = app.post(WEBHOOKS).credential(&shop.admin.text).json(body).expect(400).await;
        assert_eq!(refused.wrong_fields(), *fields, "{body}");
    }
    let webhook = shop.webhook(URL, &["*"]).await;
    let rotate = shop.of_webhook("POST", &webhook, "/rotate").json(&json!({ "graceSeconds": 604_801 }));
    assert_eq!(rotate.expect(400).await.wrong_fields(), ["graceSeconds"]);
    let replay = shop.of_webhook("POST", &webhook, "/deliveries/replay").json(&json!({ "since": "never" }));
    assert_eq!(replay.expect(400).await.wrong_fields(), ["since"]);
}

#[rstest]
#[tokio::test]
async fn another_organization_finds_neither_webhook_nor_delivery(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let webhook = shop.webhook(URL, &["apiKey.*"]).await;
    let delivery = shop.ping(&webhook).await;
    let others = other.webhook(URL, &["*"]).await;
    for (method, rest, body) in [
        ("GET", String::new(), None),
        ("POST", "/update".to_owned(), Some(json!({ "active": false }))),
        ("POST", "/rotate".to_owned(), Some(json!({}))),
        ("POST", "/delete".to_owned(), None),
        ("POST", "/test".to_owned(), None),
        ("GET", "/deliveries".to_owned(), None),
        ("GET", format!("/deliveries/{delivery}"), None),
        ("POST", format!("/deliveries/{delivery}/replay"), None),
        ("POST", "/deliveries/replay".to_owned(), Some(json!({ "since": "2025-01-01" }))),
    ] {
        let call = other.of_webhook(method, &webhook, &rest);
        let call = body.map_or_else(|| other.of_webhook(method, &webhook, &rest), |body| call.json(&body));
        call.expect(404).await;
    }
    // Nor one's own webhook with the other's delivery.
    other.of_webhook("GET", &others, &format!("/deliveries/{delivery}")).expect(404).await;
    // And nobody is told what happens elsewhere.
    let before = other.deliveries(&others).await.json["total"].clone();
    shop.key("read-only").await;
    assert_eq!(other.deliveries(&others).await.json["total"], before);
    assert_eq!(shop.deliveries(&webhook).await.json["total"], 2);
}

#[rstest]
#[tokio::test]
async fn only_who_may_see_the_audit_record_may_make_a_webhook(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let body = json!({ "url": URL, "events": ["*"] });
    for key_type in ["full-access", "read-only", "customer"] {
        let key = shop.key(key_type).await;
        app.post(WEBHOOKS).credential(&key.text).json(&body).expect(403).await;
        app.get(WEBHOOKS).credential(&key.text).expect(403).await;
        app.get("/api/v1/audit").credential(&key.text).expect(403).await;
    }
}
