//! `POST /security/v1/introspect`.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Call, Engine, Postgres, Sqlite, TestApp, TestKey, TestOrganization};

use crate::oauth::basic;

const INTROSPECT: &str = "/security/v1/introspect";

fn ask<'a>(app: &'a TestApp, credential: &str, token: &str) -> Call<'a> {
    app.post(INTROSPECT).credential(credential).json(&json!({ "token": token }))
}

/// A key that may do nothing but ask.
async fn asker(shop: &TestOrganization<'_>) -> TestKey {
    shop.key_with(json!({ "name": "Asker", "keyType": "admin", "scopes": "apiKey:read" })).await
}

fn inactive() -> Json {
    json!({ "active": false })
}

#[rstest]
#[tokio::test]
async fn a_token_and_a_key_are_told_whole(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let asker = asker(&shop).await;
    let farm = shop.customer("Farm").await.to_string();
    let fields = json!({ "name": "Farm's", "keyType": "customer", "customerId": farm, "scopes": "hose:read,brand:read",
                         "expires": "2026-01-01T00:30:00Z" });
    let key = shop.key_with(fields).await;
    app.pass(Duration::from_mins(10));
    let body = json!({ "apiKey": key.text, "name": key.name, "grantType": "client_credentials", "scope": "hose:read" });
    let token = app.post("/security/v1/token").json(&body).expect(200).await.json["access_token"].clone();

    let start = 1_767_225_600;
    let mut told = ask(&app, &asker.text, token.as_str().unwrap()).expect(200).await.json;
    let jti = told.as_object_mut().unwrap().remove("jti").unwrap();
    assert_eq!(jti.as_str().unwrap().len(), 16);
    let same = json!({ "active": true, "client_id": key.id, "username": "Farm's", "sub": format!("key:{}", key.id),
                       "organization": shop.id.to_string(), "customer": farm, "exp": start + 1800,
                       "iss": "https://swage.example", "aud": "https://swage.example" });
    let with = |more: Json| {
        let mut whole = same.clone();
        whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        whole
    };
    let expected =
        with(json!({ "scope": "hose:read", "token_type": "Bearer", "iat": start + 600, "nbf": start + 600 }));
    assert_eq!(told, expected);
    let told = ask(&app, &asker.text, &key.text).expect(200).await.json;
    let expected =
        with(json!({ "scope": "brand:read hose:read", "token_type": "api_key", "iat": start, "nbf": start }));
    assert_eq!(told, expected);

    // Without an end, and narrowed by nothing.
    let free = ask(&app, &asker.text, &shop.admin.text).expect(200).await.json;
    assert!(free.get("exp").is_none() && free.get("customer").is_none(), "{free}");
    let free = ask(&app, &asker.text, &app.token(&shop.admin).await).expect(200).await.json;
    assert_eq!(free["exp"], start + 600 + 3600);
}

#[rstest]
#[tokio::test]
async fn what_is_not_good_now_is_not_active_and_nothing_more(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let asker = asker(&shop).await;
    let gone = shop.key("full-access").await;
    let of_gone = app.token(&gone).await;
    shop.delete(&gone.id).expect(200).await;
    let suspended = shop.key("full-access").await;
    let of_suspended = app.token(&suspended).await;
    let path = format!("/api/v1/organization/apikeys/{}/suspend", suspended.id);
    app.post(path).credential(&shop.admin.text).expect(200).await;
    let over = app.token(&shop.admin).await;
    app.pass(Duration::from_hours(1));
    let mut altered = app.token(&shop.admin).await;
    altered.replace_range(20..21, if altered.as_bytes()[20] == b'A' { "B" } else { "A" });
    let masked = shop.document(&shop.admin.id).await["apiKey"].as_str().unwrap().to_owned();
    for token in [
        gone.text,
        of_gone,
        suspended.text,
        of_suspended,
        over,
        altered,
        masked,
        shop.key_with(json!({ "expires": "2025-12-31" })).await.text,
        shop.key_with(json!({ "startDate": "2027-01-01" })).await.text,
        other.key("full-access").await.text,
        other.token().await,
        shop.sign_in().await,
        String::new(),
        "garbage".into(),
        "swt_".into(),
        "é".repeat(1000),
    ] {
        let told = ask(&app, &asker.text, &token).expect(200).await.json;
        assert_eq!(told, inactive(), "{token}");
    }
    // And the other way about.
    assert_eq!(ask(&app, &other.admin.text, &shop.admin.text).expect(200).await.json, inactive());
    assert_eq!(ask(&app, &shop.admin.text, &asker.text).expect(200).await.json["active"], true);
}

#[rstest]
#[tokio::test]
async fn asking_is_no_use_of_what_is_asked_about(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let asker = asker(&shop).await;
    let limited = json!({ "rateLimit": { "requests": 1, "seconds": 60 },
                          "approvedIpAddresses": [{ "ipAddress": "203.0.113.1" }] });
    let key = shop.key_with(limited).await;
    for _ in 0..3 {
        assert_eq!(ask(&app, &asker.text, &key.text).expect(200).await.json["active"], true);
    }
    assert!(shop.document(&key.id).await["lastUsed"].is_null());
    app.get("/security/v1/verify").credential(&key.text).from("203.0.113.1").expect(200).await;
}

#[rstest]
#[tokio::test]
async fn who_asks_needs_to_see_keys(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let asker = asker(&shop).await;
    let full = shop.key("full-access").await;
    ask(&app, &full.text, &asker.text).expect(403).await;
    ask(&app, &full.text, &full.text).expect(403).await;
    app.post(INTROSPECT).json(&json!({ "token": full.text })).expect(401).await;
    // A token of the asker does as well, unless it was narrowed to something else.
    ask(&app, &app.token(&asker).await, &full.text).expect(200).await;

    let with_basic = |id: &str, secret: &str| {
        let call = app.post(INTROSPECT).header("authorization", &basic(id, secret));
        call.body("application/x-www-form-urlencoded", format!("token={}&token_type_hint=x", full.text))
    };
    for id in [&asker.name, &asker.id] {
        assert_eq!(with_basic(id, &asker.text).expect(200).await.json["active"], true);
    }
    with_basic(&full.id, &full.text).expect(403).await;
    let limited = shop.key_in(&[&shop.project("One").await], 1).await;
    let refused = with_basic(&limited.name, &limited.text).expect(403).await;
    assert!(refused.words().contains("default project"), "{}", refused.words());
    for (id, secret) in [(&full.id, &asker.text), (&asker.id, &full.id)] {
        let answer = with_basic(id, secret).expect(401).await;
        assert!(answer.header("www-authenticate").starts_with("Basic "));
    }
    // Elsewhere Basic is no credential.
    let call = app.get("/api/v1/organization/apikeys");
    call.header("authorization", &basic(&asker.id, &asker.text)).expect(401).await;

    let empty =
        app.post(INTROSPECT).credential(&asker.text).body("application/x-www-form-urlencoded", "token=");
    assert_eq!(empty.expect(400).await.wrong_fields(), ["token"]);
}
