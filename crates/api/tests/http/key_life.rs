//! A key from its creation to its end.

use std::{sync::Arc, time::Duration};

use gate::{Credential, Denied, Gate};
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, Postgres, Sqlite, TestApp};
use usecases::feed::DatabaseKeys;

#[rstest]
#[tokio::test]
async fn a_key_lives_from_creation_to_deletion(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop
        .key_with(json!({
            "name": "My API Key",
            "approvedIpAddresses": [{ "ipAddress": "192.168.1.100", "description": "Office IP" }],
        }))
        .await;

    // Refused from a wrong address, raw and at the exchange; let in from the right one.
    app.get("/security/v1/verify").credential(&key.text).from("192.168.1.101").expect(403).await;
    let exchange = json!({ "apiKey": key.text, "name": "My API Key", "grantType": "client_credentials" });
    app.post("/security/v1/token").json(&exchange).from("192.168.1.101").expect(403).await;
    let answer = app.post("/security/v1/token").json(&exchange).from("192.168.1.100").expect(200).await;
    let token = answer.json["data"]["securityToken"].as_str().unwrap();
    assert_eq!(answer.json["securityToken"], token);
    assert_eq!(answer.json["expires"], "2026-01-01T01:00:00.000Z");
    // The address was checked at the exchange; the token is good from anywhere.
    app.get("/security/v1/verify").credential(token).from("203.0.113.7").expect(200).await;

    let delete = format!("/api/v1/organization/apikeys/{}/delete", key.id);
    let answer = app.post(&delete).credential(&shop.admin.text).expect(200).await;
    assert_eq!(answer.json, "The API key \"My API Key\" was deleted.");
    app.get("/security/v1/verify").credential(token).expect(401).await;
    app.get("/security/v1/verify").credential(&key.text).from("192.168.1.100").expect(401).await;
    app.post(&delete).credential(&shop.admin.text).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn a_token_is_over_after_an_hour_to_the_second(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let token = app.token(&shop.admin).await;
    app.pass(Duration::from_millis(3_599_999));
    assert!(app.lets_in(&token).await);
    app.pass(Duration::from_millis(1));
    assert!(!app.lets_in(&token).await);
}

#[rstest]
#[tokio::test]
async fn a_key_lives_and_ends_on_every_node(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (early, gone) = (shop.key("full-access").await, shop.key("full-access").await);
    shop.delete(&gone.id).expect(200).await;
    // Another node on the same database, begun later.
    let keys = Arc::new(DatabaseKeys::new(&app.database));
    let node = Gate::open(app.gate.secrets().clone(), keys, app.clock.clone()).await.unwrap();
    let verify =
        |text: &str| node.verify(Credential::Key(text), None, None, None).map(|verified| verified.key.id);
    assert_eq!(verify(&early.text).unwrap().to_string(), early.id);
    assert_eq!(verify(&gone.text), Err(Denied::Unknown));

    let late = shop.key("full-access").await;
    let token = app.token(&early).await;
    let token = |node: &Gate| node.verify(Credential::Token(&token), None, None, None).map(|_| ());
    assert_eq!(token(&node), Ok(()));
    node.catch_up().await.unwrap();
    assert_eq!(verify(&late.text).unwrap().to_string(), late.id);

    shop.change(&early.id, json!({ "scopes": "read" })).expect(200).await;
    shop.delete(&late.id).expect(200).await;
    node.catch_up().await.unwrap();
    assert_eq!(token(&node), Err(Denied::TokenEnded));
    assert_eq!(verify(&early.text).unwrap().to_string(), early.id);
    assert_eq!(verify(&late.text), Err(Denied::Unknown));
}

#[rstest]
#[tokio::test]
async fn a_suspended_key_is_refused_until_it_is_resumed(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let token = app.token(&key).await;
    let act = |what: &str| {
        app.pass(Duration::from_secs(1));
        app.post(format!("/api/v1/organization/apikeys/{}/{what}", key.id)).credential(&shop.admin.text)
    };

    let suspended = act("suspend").expect(200).await;
    assert_eq!((&suspended.json["state"], suspended.header("etag")), (&json!("suspended"), "\"2\""));
    let refused = app.get("/security/v1/verify").credential(&key.text).expect(401).await;
    assert_eq!(refused.json["message"], "The key is suspended.");
    app.get("/security/v1/verify").credential(&token).expect(401).await;
    let exchange = json!({ "apiKey": key.text, "name": key.name, "grantType": "client_credentials" });
    app.post("/security/v1/token").json(&exchange).expect(401).await;

    act("resume").header("if-match", "\"1\"").expect(409).await;
    assert_eq!(act("resume").header("if-match", "\"2\"").expect(200).await.json["state"], "active");
    assert!(app.lets_in(&key.text).await);
    assert!(!app.lets_in(&token).await, "a token from before the suspension stays ended");
    assert!(app.lets_in(&app.token(&key).await).await);

    let entries = app.audit(shop.id, &key.id).await;
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["create", "suspend", "resume"]);
}
