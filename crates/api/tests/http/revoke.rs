//! `POST /security/v1/revoke`.

use std::time::Duration;

use rstest::rstest;
use serde_json::json;
use testkit::{Call, Engine, Postgres, Sqlite, TestApp};

use crate::source::Source;

const REVOKE: &str = "/security/v1/revoke";

fn revoke<'a>(app: &'a TestApp, token: &str) -> Call<'a> {
    app.post(REVOKE).json(&json!({ "token": token }))
}

#[rstest]
#[tokio::test]
async fn a_revoked_token_ends_at_once_and_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let (first, second, third) = (app.token(&key).await, app.token(&key).await, app.token(&key).await);
    assert_ne!(first, second, "each token is one of its own, also within a millisecond");
    revoke(&app, &first).expect(200).await;
    let answer = app.get("/security/v1/verify").credential(&first).expect(401).await;
    assert!(answer.json["message"].as_str().unwrap().contains("revoked"), "{}", answer.json);
    for good in [&second, &third, &key.text] {
        assert!(app.lets_in(good).await);
    }
    let call = app.post(REVOKE).body("application/x-www-form-urlencoded", format!("token={second}"));
    call.expect(200).await;
    assert!(!app.lets_in(&first).await && !app.lets_in(&second).await && app.lets_in(&third).await);

    let audit = app.audit(shop.id, &key.id).await;
    let noted: Vec<_> = audit.iter().filter(|entry| entry.action == "revokeToken").collect();
    assert_eq!(noted.len(), 2);
    for entry in noted {
        assert_eq!(entry.subject, format!("key:{}", key.id));
        assert_eq!(entry.after["expires"], "2026-01-01T01:00:00.000Z");
    }
}

#[rstest]
#[tokio::test]
async fn the_answer_is_the_same_whatever_is_shown(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let over = app.token(&key).await;
    app.pass(Duration::from_hours(1));
    let good = app.token(&key).await;
    let mut altered = good.clone();
    altered.replace_range(20..21, if altered.as_bytes()[20] == b'A' { "B" } else { "A" });
    let said = revoke(&app, &good).expect(200).await.bytes;
    let before = app.row_counts().await;
    for token in [good, over, altered, key.text.clone(), "garbage".into(), "swt_".into(), String::new()] {
        assert_eq!(revoke(&app, &token).expect(200).await.bytes, said, "{token}");
    }
    assert_eq!(app.row_counts().await, before, "nothing more was written");
    assert!(app.lets_in(&key.text).await);
    let answer = app.post(REVOKE).json(&json!({})).expect(400).await;
    assert_eq!(answer.json["error"], "invalid_request");
}

#[rstest]
#[tokio::test]
async fn a_change_of_its_key_does_not_bring_a_token_back(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let (ended, kept) = (app.token(&key).await, app.token(&key).await);
    revoke(&app, &ended).expect(200).await;
    // A rename ends no token, and puts the key into the gate anew.
    shop.change(&key.id, json!({ "name": "Another" })).expect(200).await;
    assert!(!app.lets_in(&ended).await && app.lets_in(&kept).await);
    // A node that starts now knows of it too.
    let (_, gate) = Source::with_gate(&app).await;
    let verify = |token: &str| gate.verify(gate::Credential::Token(token), None, None, None).is_ok();
    assert!(!verify(&ended) && verify(&kept));
    // What is over is forgotten.
    assert_eq!(app.row_counts().await.revoked_tokens, 1);
    app.pass(Duration::from_hours(1));
    app.runner.ensure_recurring().await.unwrap();
    app.runner.run_due().await.unwrap();
    assert_eq!(app.row_counts().await.revoked_tokens, 0);
}

#[rstest]
#[tokio::test]
async fn very_many_ended_tokens_end_them_all(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let kept = app.token(&key).await;
    app.fill_revoked_tokens(shop.id, &key.id, 1000).await;
    let (last, other) = (app.token(&key).await, app.token(&key).await);
    assert!(app.lets_in(&kept).await);
    revoke(&app, &last).expect(200).await;
    for ended in [&kept, &last, &other] {
        assert!(!app.lets_in(ended).await);
    }
    assert!(app.lets_in(&app.token(&key).await).await, "the key itself goes on");
    assert_eq!(app.row_counts().await.revoked_tokens, 0);
}
