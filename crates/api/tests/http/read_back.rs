//! The text of a key, read back once.

use std::time::Duration;

use database::{Scope, Statement, Tx, params};
use rstest::rstest;
use serde_json::json;
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestOrganization};

static SEALED: Statement = Statement::system("test.sealed", "SELECT sealed FROM api_key_sealed_text");

/// The call that reads a key back.
fn read_back<'a>(app: &'a TestApp, credential: &str, key: &str) -> Call<'a> {
    let path = format!("/api/v1/organization/apikeys/{key}/readback");
    app.post(path).credential(credential).shows_secret()
}

async fn sealed(app: &TestApp) -> Vec<Vec<u8>> {
    let read = |tx: &mut Tx<'_>| tx.fetch_all(&SEALED, params![], |row| row.get("sealed"));
    app.database.read(Scope::System, read).await.unwrap()
}

fn said(answer: &Answer) -> &str {
    answer.json["message"].as_str().unwrap()
}

#[rstest]
#[tokio::test]
async fn a_key_is_read_back_once_by_a_person_where_it_was_allowed_when_it_was_made(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let before = shop.key("full-access").await;
    shop.allow_reading_back(true).await;
    let key = shop.key("full-access").await;
    let session = shop.sign_in().await;

    // What is kept is not the text.
    let kept = sealed(&app).await;
    assert_eq!(kept.len(), 1);
    assert!(!kept[0].windows(8).any(|part| key.text.as_bytes().windows(8).any(|text| part == text)));

    let refused = read_back(&app, &session, &before.id).expect(409).await;
    assert!(said(&refused).contains("cannot be read back"), "{refused:?}");
    for credential in [&shop.admin.text, &key.text, &app.token(&shop.admin).await] {
        read_back(&app, credential, &key.id).expect(403).await;
    }
    let answer = read_back(&app, &session, &key.id).expect(200).await;
    assert_eq!(answer.json["apiKey"], key.text);
    assert_eq!(answer.json["_id"], key.id);
    read_back(&app, &session, &key.id).expect(409).await;
    assert_eq!(sealed(&app).await.len(), 0);

    // Everything else shows it masked, and the record says that it was read.
    assert_ne!(shop.document(&key.id).await["apiKey"], key.text);
    let record = app.get("/api/v1/audit?action=readBack").credential(&shop.admin.text).expect(200).await.json;
    assert_eq!((&record["total"], &record["items"][0]["recordId"]), (&json!(1), &json!(key.id)));
    assert!(!record.to_string().contains(&key.text));
}

#[rstest]
#[tokio::test]
async fn a_repetition_does_not_show_it_again(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    shop.allow_reading_back(true).await;
    let key = shop.key("full-access").await;
    let session = shop.sign_in().await;
    let read = || read_back(&app, &session, &key.id).header("idempotency-key", "once");
    assert_eq!(read().expect(200).await.json["apiKey"], key.text);
    let repeated = read().send().await;
    assert!(!repeated.json.to_string().contains(&key.text), "{repeated:?}");
}

#[rstest]
#[tokio::test]
async fn a_rotated_key_is_read_back_with_its_new_text(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    shop.allow_reading_back(true).await;
    let key = shop.key("full-access").await;
    let rotated = shop.rotate(&key).await;
    let session = shop.sign_in().await;
    let answer = read_back(&app, &session, &key.id).expect(200).await;
    assert_eq!(answer.json["apiKey"], rotated.text);
}

#[rstest]
#[tokio::test]
async fn nothing_is_kept_of_a_deleted_key_nor_where_it_is_not_allowed_any_more(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    for organization in [&shop, &other] {
        organization.allow_reading_back(true).await;
        organization.key("full-access").await;
    }
    let key = shop.key("full-access").await;
    assert_eq!(sealed(&app).await.len(), 3);
    shop.delete(&key.id).expect(200).await;
    assert_eq!(sealed(&app).await.len(), 2);
    shop.allow_reading_back(false).await;
    assert_eq!(sealed(&app).await.len(), 1);
    let session = shop.sign_in().await;
    let key = shop.key("full-access").await;
    read_back(&app, &session, &key.id).expect(403).await;
    // Another organization's key is not found.
    shop.allow_reading_back(true).await;
    let theirs = other.key("full-access").await;
    read_back(&app, &session, &theirs.id).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn the_operator_must_allow_it_too(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start_with(engine, |settings| settings.keys_read_back = false).await;
    let shop: TestOrganization<'_> = app.organization("Shop").await;
    shop.allow_reading_back(true).await;
    let key = shop.key("full-access").await;
    shop.rotate(&key).await;
    assert_eq!(sealed(&app).await.len(), 0);
    let refused = read_back(&app, &shop.sign_in().await, &key.id).expect(403).await;
    assert!(said(&refused).contains("server"), "{refused:?}");
}

#[rstest]
#[tokio::test]
async fn a_webhook_is_told_once_that_a_key_ends_soon(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let soon = shop.key_with(json!({ "name": "soon", "expires": "2026-01-16T00:00:00Z" })).await;
    shop.key_with(json!({ "name": "later", "expires": "2026-03-01T00:00:00Z" })).await;
    shop.key_with(json!({ "name": "over", "expires": "2025-12-01T00:00:00Z" })).await;
    let ends = async || {
        app.runner.run_due().await.unwrap();
        let path = "/api/v1/audit?action=expiring&limit=-1";
        let record = app.get(path).credential(&shop.admin.text).expect(200).await.json;
        let told = record["items"].as_array().unwrap().iter().map(|entry| entry["after"]["name"].clone());
        told.collect::<Vec<_>>()
    };
    app.runner.ensure_recurring().await.unwrap();
    assert!(ends().await.is_empty(), "it ends in fifteen days");
    app.pass(Duration::from_hours(25));
    assert_eq!(ends().await, [json!("soon")]);
    app.pass(Duration::from_hours(25));
    assert_eq!(ends().await, [json!("soon")]);
    // Another end is told of anew.
    let body = json!({ "name": "soon", "expires": "2026-01-17T00:00:00Z" });
    shop.change(&soon.id, body).expect(200).await;
    app.pass(Duration::from_hours(2));
    assert_eq!(ends().await, [json!("soon"), json!("soon")]);
}
