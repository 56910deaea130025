//! What a verification takes into account, to the millisecond, and what it leaves alone.

use std::time::Duration;

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, Postgres, Sqlite, TestApp};

const VERIFY: &str = "/security/v1/verify";

#[rstest]
#[tokio::test]
async fn a_key_is_good_from_its_start_to_its_expiry_to_the_millisecond(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop
        .key_with(json!({ "startDate": "2026-01-01T00:00:10Z", "expires": "2026-01-01T00:00:20Z" }))
        .await;
    let exchange = json!({ "apiKey": key.text, "name": key.name, "grantType": "client_credentials" });
    let exchanged = || app.post("/security/v1/token").json(&exchange).shows_secret();
    let refused = async |words: &str| {
        for call in [app.get(VERIFY).credential(&key.text), exchanged()] {
            assert_eq!(call.expect(401).await.json["message"], words);
        }
    };
    refused("The key is not valid yet.").await;
    app.pass(Duration::from_millis(9_999));
    refused("The key is not valid yet.").await;
    app.pass(Duration::from_millis(1));
    assert!(app.lets_in(&key.text).await);
    let token = app.token(&key).await;
    app.pass(Duration::from_millis(9_999));
    assert!(app.lets_in(&key.text).await && app.lets_in(&token).await);
    app.pass(Duration::from_millis(1));
    refused("The key has expired.").await;
    assert!(!app.lets_in(&token).await, "its token ends with it");
}

#[rstest]
#[tokio::test]
async fn the_address_counts_however_the_key_is_shown(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "approvedIpAddresses": [{ "ipAddress": "198.51.100.7" }] })).await;
    let exchange = json!({ "apiKey": key.text, "name": key.name, "grantType": "client_credentials" });
    let calls = |from: &'static str| {
        [
            app.get(VERIFY).header("x-api-key", &key.text),
            app.get(VERIFY).header("authorization", &key.text),
            app.get(VERIFY).credential(&key.text),
            app.post(VERIFY).credential(&key.text),
            app.post("/security/v1/token").json(&exchange).shows_secret(),
        ]
        .map(|call| call.from(from))
    };
    for call in calls("198.51.100.8") {
        let words = call.expect(403).await.json["message"].to_string();
        assert!(words.contains("not approved"), "{words}");
    }
    for call in calls("198.51.100.7") {
        call.expect(200).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_use_that_is_stored_late_brings_nothing_back(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (changed, suspended, deleted) =
        (shop.key("full-access").await, shop.key("full-access").await, shop.key("full-access").await);
    for key in [&changed, &suspended, &deleted] {
        assert!(app.lets_in(&key.text).await);
    }
    // All of this after the use, and before it is stored.
    shop.change(&changed.id, json!({ "name": "Renamed", "scopes": "hose:read" })).expect(200).await;
    let suspend = format!("/api/v1/organization/apikeys/{}/suspend", suspended.id);
    app.post(suspend).credential(&shop.admin.text).expect(200).await;
    shop.delete(&deleted.id).expect(200).await;
    let before = shop.keys("?includeDeleted=true&limit=-1").await.json;

    usecases::feed::store_uses(&app.database, &app.gate).await.unwrap();
    app.gate.catch_up().await.unwrap();
    let after = shop.keys("?includeDeleted=true&limit=-1").await.json;
    for (before, after) in before["items"].as_array().unwrap().iter().zip(after["items"].as_array().unwrap())
    {
        for field in ["_id", "name", "scopes", "state", "rev", "lastModified", "lastModifiedBy"] {
            assert_eq!(before[field], after[field], "{field} of {}", before["name"]);
        }
    }
    let document = shop.document(&changed.id).await;
    assert_eq!((&document["name"], &document["scopes"]), (&json!("Renamed"), &json!("hose:read")));
    assert!(app.lets_in(&changed.text).await);
    assert!(!app.lets_in(&suspended.text).await && !app.lets_in(&deleted.text).await);
}

#[rstest]
#[tokio::test]
async fn no_verification_after_a_deletion_was_answered_succeeds(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for _ in 0..5 {
        let key = shop.key("full-access").await;
        let verify = || app.get(VERIFY).credential(&key.text).send();
        // Before, beside and after the deletion.
        join_all((0..20).map(|_| verify())).await;
        let beside = join_all((0..20).map(|_| verify()));
        let (deleted, beside) = tokio::join!(shop.delete(&key.id).send(), beside);
        assert_eq!(deleted.status, 200);
        assert!(beside.iter().all(|answer| [200, 401].contains(&answer.status)));
        let after = join_all((0..20).map(|_| verify())).await;
        assert!(after.iter().all(|answer| answer.status == 401));
    }
}
