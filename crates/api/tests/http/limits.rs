//! How often a key may be used.

use std::time::Duration;

use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;
use testkit::{Answer, Engine, Postgres, Sqlite, TestApp};

const VERIFY: &str = "/security/v1/verify";

/// The two headers that tell of a limit.
fn limit(answer: &Answer) -> (&str, &str) {
    (answer.header("ratelimit-policy"), answer.header("ratelimit"))
}

#[rstest]
#[tokio::test]
async fn a_limit_is_told_used_up_and_earned_back(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "rateLimit": { "requests": 3, "seconds": 60 } })).await;
    let verify = || app.get(VERIFY).credential(&key.text);
    let policy = "\"key\";q=3;w=60";
    for left in ["\"key\";r=2;t=20", "\"key\";r=1;t=40", "\"key\";r=0;t=60"] {
        assert_eq!(limit(&verify().expect(200).await), (policy, left));
    }
    let over = verify().expect(429).await;
    assert_eq!(limit(&over), (policy, "\"key\";r=0;t=20"));
    assert_eq!(over.header("retry-after"), "20");
    assert_eq!(over.json["message"], "The key may make 3 requests in 60 seconds, and has.");

    // One more is earned in twenty seconds, to the millisecond.
    app.pass(Duration::from_millis(19_999));
    assert_eq!(verify().expect(429).await.header("retry-after"), "1");
    app.pass(Duration::from_millis(1));
    assert_eq!(limit(&verify().expect(200).await), (policy, "\"key\";r=0;t=60"));
    verify().expect(429).await;
    // Attempts that were refused did not cost anything.
    app.pass(Duration::from_secs(40));
    verify().expect(200).await;
    verify().expect(200).await;
    verify().expect(429).await;
    // However long nothing comes, no more than the whole limit is there.
    app.pass(Duration::from_hours(1));
    for _ in 0..3 {
        verify().expect(200).await;
    }
    verify().expect(429).await;
}

#[rstest]
#[tokio::test]
async fn whatever_is_done_with_a_key_counts(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = json!({
        "rateLimit": { "requests": 5, "seconds": 50 }, "approvedIpAddresses": [{ "ipAddress": "192.0.2.1" }],
    });
    let key = shop.key_with(key).await;
    let left = |answer: &Answer| limit(answer).1.to_owned();
    // The exchange, and each use of any of its tokens.
    let exchange = json!({ "apiKey": key.text, "name": key.name, "grantType": "client_credentials" });
    let exchange = || app.post("/security/v1/token").json(&exchange);
    let exchanged = exchange().expect(200).await;
    assert_eq!(left(&exchanged), "\"key\";r=4;t=10");
    let token = exchanged.json["securityToken"].as_str().unwrap();
    assert_eq!(left(&app.get(VERIFY).credential(token).expect(200).await), "\"key\";r=3;t=20");
    // What the key may not do counts as well.
    let forbidden = app.get("/api/v1/organization/apikeys").credential(&key.text).expect(403).await;
    assert_eq!(left(&forbidden), "\"key\";r=2;t=30");
    let forbidden = app.get(format!("{VERIFY}?scope=user:read")).credential(token).expect(403).await;
    assert_eq!(left(&forbidden), "\"key\";r=1;t=40");
    // What is not let in does not: else anybody could use a key up.
    let wrong = json!({ "apiKey": key.text, "name": "Wrong", "grantType": "client_credentials" });
    for call in [
        app.get(VERIFY).credential(&key.text).from("8.8.8.8"),
        app.get(VERIFY).credential(&key.text[..key.text.len() - 1]),
        app.post("/security/v1/token").json(&wrong),
    ] {
        let answer = call.send().await;
        assert!(matches!(answer.status, 401 | 403));
        assert_eq!(limit(&answer), ("", ""));
    }
    assert_eq!(left(&app.get(VERIFY).credential(token).expect(200).await), "\"key\";r=0;t=50");

    let over = exchange().expect(429).await;
    assert_eq!(over.json["error"], "temporarily_unavailable");
    assert_eq!((over.header("retry-after"), limit(&over).1), ("10", "\"key\";r=0;t=10"));
    app.get(VERIFY).credential(token).expect(429).await;
    app.get("/api/v1/organization/apikeys").credential(token).expect(429).await;

    // Another key is none the poorer, and one without a limit says nothing of it.
    let free = app.get(VERIFY).credential(&shop.admin.text).expect(200).await;
    assert_eq!(limit(&free), ("", ""));
}

#[rstest]
#[tokio::test]
async fn a_change_of_something_else_gives_nothing_back(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "rateLimit": { "requests": 2, "seconds": 20 } })).await;
    let token = app.token(&key).await;
    let verify = || app.get(VERIFY).credential(&key.text);
    verify().expect(200).await;
    verify().expect(429).await;
    for change in [
        json!({ "name": "Renamed" }),
        json!({ "name": "Renamed", "rateLimit": { "requests": 2, "seconds": 20 } }),
        json!({ "name": "Renamed", "scopes": "read", "approvedIpAddresses": [{ "ipAddress": "192.0.2.1" }] }),
    ] {
        shop.change(&key.id, change).expect(200).await;
        verify().expect(429).await;
    }
    app.pass(Duration::from_secs(10));
    verify().expect(200).await;
    verify().expect(429).await;

    // Another limit begins anew; without one there is none.
    let wider = json!({ "scopes": "read", "rateLimit": { "requests": 3, "seconds": 20 } });
    shop.change(&key.id, wider).expect(200).await;
    assert_eq!(limit(&verify().expect(200).await).0, "\"key\";q=3;w=20");
    shop.change(&key.id, json!({ "scopes": "read", "rateLimit": null })).expect(200).await;
    for _ in 0..50 {
        assert_eq!(limit(&verify().expect(200).await), ("", ""));
    }
    app.get(VERIFY).credential(&token).expect(401).await;
}

#[rstest]
#[tokio::test]
async fn a_limit_may_be_as_narrow_or_wide_as_is_allowed(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let once_a_day = shop.key_with(json!({ "rateLimit": { "requests": 1, "seconds": 86_400 } })).await;
    let verify = |text: &str| app.get(VERIFY).credential(text);
    verify(&once_a_day.text).expect(200).await;
    assert_eq!(verify(&once_a_day.text).expect(429).await.header("retry-after"), "86400");
    app.pass(Duration::from_millis(86_399_999));
    verify(&once_a_day.text).expect(429).await;
    app.pass(Duration::from_millis(1));
    verify(&once_a_day.text).expect(200).await;

    let wide = shop.key_with(json!({ "rateLimit": { "requests": 1_000_000, "seconds": 1 } })).await;
    let answer = verify(&wide.text).expect(200).await;
    assert_eq!(limit(&answer), ("\"key\";q=1000000;w=1", "\"key\";r=999999;t=1"));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_at_the_same_time_share_one_limit(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "rateLimit": { "requests": 25, "seconds": 3600 } })).await;
    let token = app.token(&key).await;
    let credentials = [&key.text, &token];
    let verify = |n: usize| app.get(VERIFY).credential(credentials[n % 2]).send();
    let answers = join_all((0..60).map(verify)).await;
    let let_in = answers.iter().filter(|answer| answer.status == 200).count();
    // The exchange was the first.
    assert_eq!(let_in, 24);
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 429)));
}
