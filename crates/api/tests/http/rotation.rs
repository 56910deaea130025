//! A key with two secrets: both good for a while, then one.

use std::{sync::Arc, time::Duration};

use database::{Scope, Statement, Tx, params};
use gate::{Credential, Denied, Gate};
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestKey, TestOrganization};
use usecases::feed;

const DAY: Duration = Duration::from_hours(24);

static LAST_SLOT: Statement =
    Statement::tenant("test.last_slot", "UPDATE api_key_secret SET slot = 255 WHERE organization_id = $1");

/// The call that does this with a key.
fn act<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, key: &str, what: &str) -> Call<'a> {
    app.post(format!("/api/v1/organization/apikeys/{key}/{what}")).credential(&shop.admin.text)
}

async fn verify(app: &TestApp, credential: &str) -> Answer {
    app.get("/security/v1/verify").credential(credential).send().await
}

#[rstest]
#[tokio::test]
async fn both_secrets_are_good_until_the_grace_ends_to_the_millisecond(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let old = shop.key("full-access").await;
    let new = shop.rotate_with(&old, json!({ "graceSeconds": 3600 })).await;
    assert_ne!(old.text, new.text);
    // The part that names the key is the same.
    assert_eq!(old.text[..26], new.text[..26]);
    let document = shop.document(&old.id).await;
    assert_eq!(document["rev"], 2);
    assert_eq!(
        document["secrets"],
        json!([
            { "slot": 0, "created": "2026-01-01T00:00:00.000Z", "ends": "2026-01-01T01:00:00.000Z", "lastUsed": null },
            { "slot": 1, "created": "2026-01-01T00:00:00.000Z", "ends": null, "lastUsed": null },
        ])
    );

    app.pass(Duration::from_millis(3_599_999));
    assert!(app.lets_in(&old.text).await && app.lets_in(&new.text).await);
    app.pass(Duration::from_millis(1));
    assert!(!app.lets_in(&old.text).await && app.lets_in(&new.text).await);
    let secrets = shop.document(&old.id).await["secrets"].clone();
    assert_eq!(secrets.as_array().unwrap().len(), 1);
    assert_eq!(secrets[0]["slot"], 1);
}

#[rstest]
#[tokio::test]
async fn the_grace_is_a_day_unless_said_otherwise_and_may_be_none(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let old = shop.key("full-access").await;
    let new = shop.rotate(&old).await;
    app.pass(Duration::from_millis(86_399_999));
    assert!(app.lets_in(&old.text).await);
    app.pass(Duration::from_millis(1));
    assert!(!app.lets_in(&old.text).await);

    let token = app.token(&new).await;
    let newest = shop.rotate_with(&new, json!({ "graceSeconds": 0 })).await;
    assert!(!app.lets_in(&new.text).await && !app.lets_in(&token).await);
    assert!(app.lets_in(&newest.text).await);
    assert_eq!(shop.document(&old.id).await["secrets"].as_array().unwrap().len(), 1);

    let longest = json!({ "graceSeconds": 90 * 86_400 });
    shop.rotate_with(&newest, longest).await;
    for wrong in [json!(90 * 86_400 + 1), json!(u64::MAX), json!(-1), json!("1")] {
        let call = act(&app, &shop, &old.id, "rotate").json(&json!({ "graceSeconds": wrong }));
        assert_eq!(call.expect(400).await.wrong_fields(), ["graceSeconds"]);
    }
    let unknown = act(&app, &shop, &old.id, "rotate").json(&json!({ "graceseconds": 1 })).expect(400).await;
    assert_eq!(unknown.wrong_fields(), ["graceseconds"]);
}

#[rstest]
#[tokio::test]
async fn a_token_ends_with_the_secret_it_was_exchanged_for(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let old = shop.key("full-access").await;
    let before = app.token(&old).await;
    let new = shop.rotate_with(&old, json!({ "graceSeconds": 600 })).await;
    // Made in the grace, from either secret.
    let (of_old, of_new) = (app.token(&old).await, app.token(&new).await);
    app.pass(Duration::from_millis(599_999));
    assert!(app.lets_in(&before).await && app.lets_in(&of_old).await && app.lets_in(&of_new).await);
    app.pass(Duration::from_millis(1));
    for ended in [&before, &of_old] {
        let refused = verify(&app, ended).await;
        assert_eq!(refused.status, 401);
        assert!(refused.json["message"].as_str().unwrap().contains("has ended"), "{}", refused.json);
    }
    assert!(app.lets_in(&of_new).await);
}

#[rstest]
#[tokio::test]
async fn the_grace_can_be_ended_early(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let old = shop.key("full-access").await;
    act(&app, &shop, &old.id, "rotate/end").expect(409).await;
    app.pass(Duration::from_secs(1));
    let new = shop.rotate(&old).await;
    app.pass(Duration::from_secs(1));
    let (of_old, of_new) = (app.token(&old).await, app.token(&new).await);
    act(&app, &shop, &old.id, "rotate/end").header("if-match", "\"1\"").expect(409).await;
    let ended = act(&app, &shop, &old.id, "rotate/end").expect(200).await;
    assert_eq!((ended.json["secrets"].as_array().unwrap().len(), ended.header("etag")), (1, "\"3\""));
    assert!(!app.lets_in(&old.text).await && !app.lets_in(&of_old).await);
    assert!(app.lets_in(&new.text).await && app.lets_in(&of_new).await);
    act(&app, &shop, &old.id, "rotate/end").expect(409).await;

    // What is over by itself cannot be ended.
    app.pass(Duration::from_secs(1));
    shop.rotate_with(&new, json!({ "graceSeconds": 1 })).await;
    app.pass(Duration::from_secs(1));
    act(&app, &shop, &old.id, "rotate/end").expect(409).await;

    let entries = app.audit(shop.id, &old.id).await;
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["create", "rotate", "endRotation", "rotate"]);
    let told = format!("{entries:?}");
    assert!(!told.contains(&new.text) && !told.contains(&old.text));
}

#[rstest]
#[tokio::test]
async fn of_three_secrets_the_oldest_is_over_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let first = shop.key("full-access").await;
    let token = app.token(&first).await;
    let second = shop.rotate_with(&first, json!({ "graceSeconds": 86_400 })).await;
    let third = shop.rotate_with(&second, json!({ "graceSeconds": 60 })).await;
    assert!(!app.lets_in(&first.text).await && !app.lets_in(&token).await);
    assert!(app.lets_in(&second.text).await && app.lets_in(&third.text).await);
    app.pass(Duration::from_mins(1));
    assert!(!app.lets_in(&second.text).await && app.lets_in(&third.text).await);
}

#[rstest]
#[tokio::test]
async fn no_token_of_a_slot_that_is_used_again_is_left(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let token = app.token(&key).await;
    // As after 255 rotations.
    let last_slot = |tx: &mut Tx<'_>| tx.execute(&LAST_SLOT, params![]).map(drop);
    app.database.write(Scope::Organization(shop.id), last_slot).await.unwrap();
    let key = shop.rotate_with(&key, json!({ "graceSeconds": 0 })).await;
    assert_eq!(shop.document(&key.id).await["secrets"][0]["slot"], 0);
    assert!(app.lets_in(&key.text).await && !app.lets_in(&token).await);
}

#[rstest]
#[tokio::test]
async fn who_still_shows_the_former_secret_is_warned_and_nobody_else(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let old = shop.key("full-access").await;
    let new = shop.rotate_with(&old, json!({ "graceSeconds": 3600 })).await;
    let token = app.token(&old).await;
    let warning = "formerSecret;ends=\"2026-01-01T01:00:00.000Z\"";
    for shown in [&old.text, &token] {
        let answer = verify(&app, shown).await;
        assert_eq!(answer.header("swage-key-warning"), warning);
        assert_eq!(answer.header("sunset"), "Thu, 01 Jan 2026 01:00:00 GMT");
    }
    let exchange =
        |key: &TestKey| json!({ "apiKey": key.text, "name": key.name, "grantType": "client_credentials" });
    let call = app.post("/security/v1/token").json(&exchange(&old)).shows_secret().expect(200).await;
    assert_eq!(call.header("swage-key-warning"), warning);
    let call = app.post("/security/v1/token").json(&exchange(&new)).shows_secret().expect(200).await;
    assert_eq!((call.header("swage-key-warning"), call.header("sunset")), ("", ""));
    for other in [&new.text, &app.token(&new).await, &shop.admin.text, &shop.sign_in().await] {
        let answer = verify(&app, other).await;
        assert_eq!((answer.header("swage-key-warning"), answer.header("sunset")), ("", ""));
    }
}

#[rstest]
#[tokio::test]
async fn a_key_that_ends_soon_says_so_to_the_day(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "expires": "2026-02-01T00:00:00.500Z" })).await;
    let to_the_first = DAY * 17 + Duration::from_millis(499);
    app.pass(to_the_first);
    assert_eq!(verify(&app, &key.text).await.header("sunset"), "");
    app.pass(Duration::from_millis(1));
    let answer = verify(&app, &key.text).await;
    assert_eq!(answer.header("sunset"), "Sun, 01 Feb 2026 00:00:00 GMT");
    assert_eq!(answer.header("swage-key-warning"), "expires;ends=\"2026-02-01T00:00:00.500Z\"");
    // The nearer end is the sunset.
    shop.rotate_with(&key, json!({ "graceSeconds": 60 })).await;
    let answer = verify(&app, &key.text).await;
    assert_eq!(answer.header("sunset"), "Sun, 18 Jan 2026 00:01:00 GMT");
    assert_eq!(
        answer.header("swage-key-warning"),
        "formerSecret;ends=\"2026-01-18T00:01:00.500Z\", expires;ends=\"2026-02-01T00:00:00.500Z\""
    );
}

#[rstest]
#[tokio::test]
async fn the_last_use_of_a_former_secret_is_told(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let old = shop.key("full-access").await;
    let new = shop.rotate(&old).await;
    app.pass(Duration::from_secs(5));
    assert!(app.lets_in(&old.text).await);
    app.pass(Duration::from_secs(5));
    assert!(app.lets_in(&new.text).await);
    // A change of the key meanwhile loses nothing of it.
    shop.change(&old.id, json!({ "name": "Another" })).expect(200).await;
    feed::store_uses(&app.database, &app.gate).await.unwrap();
    let document = shop.document(&old.id).await;
    assert_eq!(document["lastUsed"], "2026-01-01T00:00:10.000Z");
    assert_eq!(document["secrets"][0]["lastUsed"], "2026-01-01T00:00:05.000Z");
    assert_eq!(document["secrets"][1]["lastUsed"], Json::Null);
}

#[rstest]
#[tokio::test]
async fn a_node_that_starts_anew_knows_both_secrets_and_their_end(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let old = shop.key("full-access").await;
    let new = shop.rotate_with(&old, json!({ "graceSeconds": 60 })).await;
    let token = app.token(&old).await;
    let keys = Arc::new(feed::DatabaseKeys::new(&app.database));
    let node = Gate::open(app.gate.secrets().clone(), keys, app.clock.clone()).await.unwrap();
    let shown = |credential: Credential<'_>| {
        let verified = node.verify(credential, None, None, None)?;
        Ok::<_, Denied>((verified.slot, verified.secret_ends().is_some()))
    };
    assert_eq!(shown(Credential::Key(&old.text)), Ok((0, true)));
    assert_eq!(shown(Credential::Key(&new.text)), Ok((1, false)));
    assert_eq!(shown(Credential::Token(&token)), Ok((0, true)));
    app.pass(Duration::from_mins(1));
    node.catch_up().await.unwrap();
    assert_eq!(shown(Credential::Key(&old.text)), Err(Denied::Unknown));
    assert_eq!(shown(Credential::Token(&token)), Err(Denied::TokenEnded));
    assert_eq!(shown(Credential::Key(&new.text)), Ok((1, false)));
}

#[rstest]
#[tokio::test]
async fn a_secret_that_is_over_is_forgotten(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let old = shop.key("full-access").await;
    let new = shop.rotate_with(&old, json!({ "graceSeconds": 60 })).await;
    let kept = app.row_counts().await.secrets;
    app.runner.ensure_recurring().await.unwrap();
    app.pass(Duration::from_secs(59));
    app.run_jobs().await;
    assert_eq!(app.row_counts().await.secrets, kept);
    assert!(app.lets_in(&old.text).await);
    app.pass(Duration::from_hours(1));
    app.run_jobs().await;
    assert_eq!(app.row_counts().await.secrets, kept - 1);
    app.gate.catch_up().await.unwrap();
    assert!(!app.lets_in(&old.text).await && app.lets_in(&new.text).await);
}

#[rstest]
#[tokio::test]
async fn nobody_gets_a_stronger_key_by_rotating_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let strong = shop.key("admin").await;
    let clerk = shop.key_with(json!({ "keyType": "admin", "scopes": "apiKey:read,apiKey:write" })).await;
    let path = format!("/api/v1/organization/apikeys/{}/rotate", strong.id);
    app.post(path).credential(&clerk.text).json(&json!({})).expect(403).await;
    assert!(app.lets_in(&strong.text).await);
    assert_eq!(shop.document(&strong.id).await["rev"], 1);
    // Its own it may rotate.
    let path = format!("/api/v1/organization/apikeys/{}/rotate", clerk.id);
    app.post(path).credential(&clerk.text).json(&json!({})).shows_secret().expect(200).await;
}

#[rstest]
#[tokio::test]
async fn a_repeated_rotation_is_done_once_and_shows_nothing_again(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let call = || act(&app, &shop, &key.id, "rotate").header("idempotency-key", "r1").json(&json!({}));
    let first = call().shows_secret().expect(200).await;
    app.keep_secret(&first);
    let again = call().expect(200).await;
    assert_eq!((&again.json["_id"], again.header("idempotent-replayed")), (&json!(key.id), "true"));
    assert_eq!(shop.document(&key.id).await["rev"], 2);
}

#[rstest]
#[tokio::test]
async fn what_a_rotated_key_may_not_do_neither_secret_may(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let old = shop.key("full-access").await;
    act(&app, &other, &old.id, "rotate").json(&json!({})).expect(404).await;
    act(&app, &other, &old.id, "rotate/end").expect(404).await;
    let new = shop.rotate(&old).await;
    act(&app, &shop, &old.id, "suspend").expect(200).await;
    assert!(!app.lets_in(&old.text).await && !app.lets_in(&new.text).await);
    act(&app, &shop, &old.id, "resume").expect(200).await;
    assert!(app.lets_in(&old.text).await && app.lets_in(&new.text).await);
    shop.delete(&old.id).expect(200).await;
    assert!(!app.lets_in(&old.text).await && !app.lets_in(&new.text).await);
    act(&app, &shop, &old.id, "rotate").json(&json!({})).expect(404).await;
}
