//! Bearer tokens as JWTs, and what services need to check them.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use gate::{Gate, Secrets};
use keys::{MacKey, TokenKeys};
use ring::signature::{ED25519, UnparsedPublicKey};
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Call, Engine, Postgres, Sqlite, TestApp, TestKey};
use usecases::feed::DatabaseKeys;

const TOKEN: &str = "/security/v1/token";

fn ask<'a>(app: &'a TestApp, key: &TestKey, more: &Json) -> Call<'a> {
    let mut body =
        json!({ "apiKey": key.text, "name": key.name, "grantType": "client_credentials", "format": "jwt" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.post(TOKEN).json(&body)
}

async fn jwt(app: &TestApp, key: &TestKey, more: &Json) -> String {
    let answer = ask(app, key, more).expect(200).await;
    answer.json["access_token"].as_str().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn a_jwt_is_let_in_here_as_any_token_is(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    app.pass(Duration::from_millis(1_234));
    let answer = ask(&app, &key, &json!({ "scope": "hose:read" })).expect(200).await.json;
    assert_eq!((&answer["expires_in"], &answer["token_type"]), (&json!(600), &json!("Bearer")));
    assert_eq!(answer["expires"], "2026-01-01T00:10:01.000Z", "whole seconds");
    let token = answer["access_token"].as_str().unwrap();
    let verified = app.get("/security/v1/verify").credential(token).expect(200).await;
    assert_eq!(verified.header("x-swage-scopes"), "hose:read");
    assert_eq!(verified.json["subject"], format!("key:{}", key.id));
    let told =
        app.post("/security/v1/introspect").credential(&shop.admin.text).json(&json!({ "token": token }));
    let told = told.expect(200).await.json;
    assert_eq!((&told["active"], &told["scope"]), (&json!(true), &json!("hose:read")));
    assert_eq!(
        (&told["iss"], &told["aud"]),
        (&json!("https://swage.example"), &json!("https://swage.example"))
    );
    assert_eq!(told["iat"], 1_767_225_601);
    app.pass(Duration::from_millis(599_765));
    assert!(app.lets_in(token).await);
    app.pass(Duration::from_millis(1));
    let over = app.get("/security/v1/verify").credential(token).expect(401).await;
    assert!(over.json["message"].as_str().unwrap().contains("expired"), "{}", over.json);
}

/// What a JWT says, checked as a service would that has the published keys and nothing else.
async fn said(app: &TestApp, token: &str) -> Json {
    let [header, payload, signature]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let read = |part: &str| serde_json::from_slice::<Json>(&BASE64.decode(part).unwrap()).unwrap();
    let head = read(header);
    assert_eq!((&head["alg"], &head["typ"]), (&json!("EdDSA"), &json!("at+jwt")));
    let jwks = app.get("/security/v1/jwks").expect(200).await.json;
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == head["kid"]).unwrap();
    let public = BASE64.decode(key["x"].as_str().unwrap()).unwrap();
    let signed = format!("{header}.{payload}");
    let signature = BASE64.decode(signature).unwrap();
    UnparsedPublicKey::new(&ED25519, public).verify(signed.as_bytes(), &signature).unwrap();
    read(payload)
}

#[rstest]
#[tokio::test]
async fn a_service_with_nothing_but_the_public_keys_can_check_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "keyType": "admin", "scopes": "hose:read,apiKey:read" })).await;
    let told = said(&app, &jwt(&app, &key, &json!({ "audience": "https://stock.example" })).await).await;
    let now = 1_767_225_600;
    for (claim, value) in [
        ("iss", json!("https://swage.example")),
        ("aud", json!("https://stock.example")),
        ("sub", json!(format!("key:{}", key.id))),
        ("client_id", json!(key.id)),
        ("organization", json!(shop.id)),
        ("scope", json!("apiKey:read hose:read")),
        ("iat", json!(now)),
        ("nbf", json!(now)),
        ("exp", json!(now + 600)),
    ] {
        assert_eq!(told[claim], value, "{claim}");
    }
    assert!(told.get("customer").is_none());
    let farm = shop.customer("Farm").await.to_string();
    let pinned = shop.key_with(json!({ "keyType": "customer", "customerId": farm })).await;
    assert_eq!(said(&app, &jwt(&app, &pinned, &json!({})).await).await["customer"], farm);
}

#[rstest]
#[tokio::test]
async fn a_jwt_is_over_when_its_key_or_its_secret_is(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let now = 1_767_225_600;
    let ends_soon = shop.key_with(json!({ "expires": "2026-01-01T00:03:00Z" })).await;
    let answer = ask(&app, &ends_soon, &json!({})).expect(200).await.json;
    assert_eq!(
        (&answer["expires_in"], &answer["expires"]),
        (&json!(180), &json!("2026-01-01T00:03:00.000Z"))
    );
    let told = said(&app, answer["access_token"].as_str().unwrap()).await;
    assert_eq!(told["exp"], now + 180);

    let former = shop.key("full-access").await;
    let next = shop.rotate_with(&former, json!({ "graceSeconds": 120 })).await;
    assert_eq!(said(&app, &jwt(&app, &former, &json!({})).await).await["exp"], now + 120);
    assert_eq!(said(&app, &jwt(&app, &next, &json!({})).await).await["exp"], now + 600);
}

#[rstest]
#[tokio::test]
async fn a_key_that_is_limited_to_projects_is_given_none(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let limited = shop.key_in(&[&shop.public_id], 2).await;
    let answer = ask(&app, &limited, &json!({})).expect(400).await;
    assert_eq!(answer.wrong_fields(), ["format"]);
    assert!(answer.words().contains("limited to projects"), "{}", answer.words());
    assert!(app.lets_in(&app.token(&limited).await).await);
}

#[rstest]
#[tokio::test]
async fn whatever_ends_a_token_ends_a_jwt_here(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let changed = jwt(&app, &key, &json!({})).await;
    shop.change(&key.id, json!({ "scopes": "read" })).expect(200).await;
    let (revoked, kept) = (jwt(&app, &key, &json!({})).await, jwt(&app, &key, &json!({})).await);
    app.post("/security/v1/revoke").json(&json!({ "token": revoked })).expect(200).await;
    assert!(!app.lets_in(&changed).await && !app.lets_in(&revoked).await && app.lets_in(&kept).await);
    shop.delete(&key.id).expect(200).await;
    assert!(!app.lets_in(&kept).await);
}

#[rstest]
#[tokio::test]
async fn a_jwt_for_another_service_is_not_let_in_here(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let other = jwt(&app, &key, &json!({ "audience": "https://stock.example" })).await;
    let answer = app.get("/security/v1/verify").credential(&other).expect(401).await;
    assert_eq!(answer.json["message"], "The bearer token is for another service.");
    let told =
        app.post("/security/v1/introspect").credential(&shop.admin.text).json(&json!({ "token": other }));
    assert_eq!(told.expect(200).await.json["aud"], "https://stock.example");
    // It can be ended here all the same.
    app.post("/security/v1/revoke").json(&json!({ "token": other })).expect(200).await;
    let told =
        app.post("/security/v1/introspect").credential(&shop.admin.text).json(&json!({ "token": other }));
    assert_eq!(told.expect(200).await.json, json!({ "active": false }));

    // As a form, by either name, and not by both.
    let form = |more: &str| {
        let fields =
            format!("grant_type=client_credentials&client_id={}&client_secret={}{more}", key.id, key.text);
        app.post(TOKEN).body("application/x-www-form-urlencoded", fields)
    };
    form("&format=jwt&resource=https%3A%2F%2Fstock.example").expect(200).await;
    form("&format=jwt&audience=a&resource=b").expect(400).await;
    for (more, error) in [
        ("&audience=https%3A%2F%2Fstock.example", "invalid_target"),
        ("&format=jwt&audience=a+b", "invalid_target"),
        ("&format=saml", "invalid_request"),
    ] {
        assert_eq!(form(more).expect(400).await.json["error"], error, "{more}");
    }
}

#[rstest]
#[tokio::test]
async fn forged_and_foreign_jwts_are_not_let_in(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let good = jwt(&app, &shop.admin, &json!({})).await;
    let [header, payload, signature]: [&str; 3] = good.split('.').collect::<Vec<_>>().try_into().unwrap();
    // {"alg":"none","typ":"at+jwt"} and {"alg":"HS256","typ":"at+jwt"}.
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
    let hs256 = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9";
    let mut altered = payload.to_owned();
    altered.replace_range(10..11, if &payload[10..11] == "A" { "B" } else { "A" });
    for bad in [
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{hs256}.{payload}.{signature}"),
        format!("{header}.{altered}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        format!("{header}..{signature}"),
        format!("{header}.{payload}.{signature}."),
        format!("{header}."),
    ] {
        let answer = app.get("/security/v1/verify").credential(&bad).expect(401).await;
        assert_eq!(answer.json["message"], "The credential is not valid.", "{bad}");
    }
    // Of another store: the same organization and key are not there.
    let other = TestApp::start(engine).await;
    assert!(!other.lets_in(&good).await);
    assert!(app.lets_in(&good).await);
}

#[rstest]
#[tokio::test]
async fn where_jwts_are_off_none_is_made_or_let_in(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let good = jwt(&app, &shop.admin, &json!({})).await;
    let tokens = TokenKeys::new([MacKey { version: 1, key: [2; 32] }]).unwrap();
    let secrets = Secrets { tokens, ..app.gate.secrets().clone() };
    let source = Arc::new(DatabaseKeys::new(&app.database));
    let without = app.with_gate(Gate::open(secrets, source, app.clock.clone()).await.unwrap());
    assert!(!without.lets_in(&good).await && without.lets_in(&shop.admin.text).await);
    let answer = ask(&without, &shop.admin, &json!({})).expect(400).await;
    assert_eq!((answer.wrong_fields(), &answer.json["error"]), (vec!["format"], &json!("invalid_request")));
    assert_eq!(without.get("/security/v1/jwks").expect(200).await.json, json!({ "keys": [] }));
    let metadata = without.get("/.well-known/oauth-authorization-server").expect(200).await.json;
    assert!(metadata.get("jwks_uri").is_none());
}

#[rstest]
#[tokio::test]
async fn the_metadata_leads_to_what_there_is(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let answer = app.get("/.well-known/oauth-authorization-server").expect(200).await;
    assert!(answer.header("cache-control").contains("max-age"));
    let metadata = answer.json;
    assert_eq!(metadata["issuer"], "https://swage.example");
    for endpoint in ["token_endpoint", "introspection_endpoint", "revocation_endpoint"] {
        let path = metadata[endpoint].as_str().unwrap().strip_prefix("https://swage.example").unwrap();
        let status = app.post(path).send().await.status;
        assert!(matches!(status, 400 | 401), "{endpoint} answered {status}");
    }
    let jwks = metadata["jwks_uri"].as_str().unwrap().strip_prefix("https://swage.example").unwrap();
    let keys = app.get(jwks).expect(200).await.json;
    assert_eq!(app.get("/.well-known/jwks.json").expect(200).await.json, keys);
    let [key] = keys["keys"].as_array().unwrap().as_slice() else { panic!("{keys}") };
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("OKP"), &json!("Ed25519"), &json!("EdDSA")));
    let scopes: Vec<_> = metadata["scopes_supported"].as_array().unwrap().iter().collect();
    assert!(scopes.contains(&&json!("hose:read")) && scopes.contains(&&json!("read")));
}
