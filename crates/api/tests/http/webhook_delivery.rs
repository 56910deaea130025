//! What a webhook is told, and what comes of it.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, TestOrganization, TestWebhook};
use usecases::webhooks::PAUSES;

use crate::receiver::Receiver;

/// More than a pause can be, by chance.
fn longest(pause: Duration) -> Duration {
    pause + pause / 10
}

async fn delivery(shop: &TestOrganization<'_>, webhook: &TestWebhook, id: &str) -> Json {
    shop.of_webhook("GET", webhook, &format!("/deliveries/{id}")).expect(200).await.json
}

#[rstest]
#[tokio::test]
async fn an_event_is_told_signed_and_without_secrets(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let receiver = Receiver::start().await;
    let webhook = shop.webhook(&receiver.url, &["apiKey.create"]).await;
    let key = shop.key_with(json!({ "name": "Schlüssel" })).await;
    shop.change(&key.id, json!({ "name": "Renamed" })).expect(200).await;
    assert_eq!(app.run_jobs().await, 1, "it is told of a creation, not of a change");

    let heard = receiver.heard();
    assert_eq!(heard.len(), 1);
    let message = &heard[0];
    assert_eq!((message.signed_by(&webhook.secret), message.header("content-type")), (1, "application/json"));
    assert_eq!(message.header("webhook-timestamp"), app.clock.now().as_seconds().to_string());
    let body = message.json();
    assert_eq!((&body["type"], &body["id"]), (&json!("apiKey.create"), &json!(message.header("webhook-id"))));
    assert_eq!(body["organizationId"], json!(shop.id));
    assert_eq!((&body["data"]["id"], &body["data"]["before"]), (&json!(key.id), &Json::Null));
    assert_eq!(body["data"]["after"]["name"], "Schlüssel");
    assert_eq!(
        body["data"]["subject"],
        json!({ "id": format!("key:{}", shop.admin.id), "name": "Test admin" })
    );
    assert!(!message.body.contains(&key.text));

    let told = shop.deliveries(&webhook).await.json;
    assert_eq!((&told["total"], &told["items"][0]["state"]), (&json!(1), &json!("delivered")));
    let id = told["items"][0]["_id"].as_str().unwrap();
    let whole = delivery(&shop, &webhook, id).await;
    assert_eq!((&whole["payload"], &whole["lastAttempt"]["status"]), (&body, &json!(204)));
    // The audit record knows the event by the same id.
    let entries = app.get("/api/v1/audit").credential(&shop.admin.text).expect(200).await.json;
    assert!(entries["items"].as_array().unwrap().iter().any(|entry| entry["_id"] == body["id"]));
}

#[rstest]
#[tokio::test]
async fn what_is_undone_is_told_to_nobody(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let receiver = Receiver::start().await;
    let webhook = shop.webhook(&receiver.url, &["*"]).await;
    app.run_jobs().await;
    receiver.heard();
    shop.new_key(json!({ "customerId": "0123456789abcdef01234567", "keyType": "customer" }))
        .expect(400)
        .await;
    assert_eq!((app.run_jobs().await, receiver.heard().len()), (0, 0));
    assert_eq!(shop.deliveries(&webhook).await.json["items"][0]["state"], "delivered");
}

#[rstest]
#[tokio::test]
async fn a_failure_is_tried_again_after_each_pause_with_the_same_id(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let receiver = Receiver::start().await;
    let webhook = shop.webhook(&receiver.url, &["webhook.none"]).await;
    receiver.answers(&[500, 302, 404]);
    let id = shop.ping(&webhook).await;
    let mut ids = Vec::new();
    for (n, status) in [500, 302, 404, 204].into_iter().enumerate() {
        assert_eq!(app.run_jobs().await, 1);
        let heard = receiver.heard();
        assert_eq!((heard.len(), heard[0].signed_by(&webhook.secret)), (1, 1));
        ids.push(heard[0].header("webhook-id").to_owned());
        let told = delivery(&shop, &webhook, &id).await;
        assert_eq!((&told["attempts"], &told["lastAttempt"]["status"]), (&json!(n + 1), &json!(status)));
        if status == 204 {
            assert_eq!((&told["state"], &told["nextAttempt"]), (&json!("delivered"), &Json::Null));
        } else {
            assert_eq!(told["state"], "pending");
            assert_eq!(told["lastAttempt"]["answer"].as_str().unwrap().len(), 1024);
            assert!(!webhook_json(&shop, &webhook).await["failingSince"].is_null());
            assert_eq!(app.run_jobs().await, 0, "the pause is not over");
            app.pass(longest(PAUSES[n]));
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert!(webhook_json(&shop, &webhook).await["failingSince"].is_null());
}

async fn webhook_json(shop: &TestOrganization<'_>, webhook: &TestWebhook) -> Json {
    shop.of_webhook("GET", webhook, "").expect(200).await.json
}

#[rstest]
#[tokio::test]
async fn what_never_arrives_has_failed_and_can_be_replayed(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let receiver = Receiver::start().await;
    let webhook = shop.webhook(&receiver.url, &["webhook.none"]).await;
    receiver.answers(&[503; 20]);
    let (one, other) = (shop.ping(&webhook).await, shop.ping(&webhook).await);
    app.run_jobs().await;
    for pause in PAUSES {
        app.pass(longest(*pause));
        app.run_jobs().await;
    }
    for id in [&one, &other] {
        let told = delivery(&shop, &webhook, id).await;
        assert_eq!((&told["state"], &told["attempts"]), (&json!("failed"), &json!(10)));
    }
    let failed = shop.of_webhook("GET", &webhook, "/deliveries?state=failed").expect(200).await.json;
    assert_eq!(failed["total"], 2);
    receiver.heard();

    shop.of_webhook("POST", &webhook, &format!("/deliveries/{one}/replay")).expect(200).await;
    assert_eq!(app.run_jobs().await, 1);
    assert_eq!(
        (receiver.heard().len(), &delivery(&shop, &webhook, &one).await["state"]),
        (1, &json!("delivered"))
    );
    let since = json!({ "since": "2025-12-31" });
    let replay = || shop.of_webhook("POST", &webhook, "/deliveries/replay").json(&since);
    assert_eq!(replay().expect(200).await.json, json!({ "replayed": 1, "more": false }));
    assert_eq!(app.run_jobs().await, 1);
    assert_eq!(delivery(&shop, &webhook, &other).await["state"], "delivered");
    assert_eq!(replay().expect(200).await.json["replayed"], 0);
}

#[rstest]
#[tokio::test]
async fn both_secrets_sign_in_the_time_of_grace(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let receiver = Receiver::start().await;
    let webhook = shop.webhook(&receiver.url, &["webhook.none"]).await;
    let rotate = async |grace: u32| {
        let call = shop.of_webhook("POST", &webhook, "/rotate").json(&json!({ "graceSeconds": grace }));
        call.shows_secret().expect(200).await.json["secret"].as_str().unwrap().to_owned()
    };
    let second = rotate(3600).await;
    let signatures = async |secrets: [&str; 2]| {
        shop.ping(&webhook).await;
        app.run_jobs().await;
        let heard = receiver.heard().pop().unwrap();
        let both = secrets.map(|secret| heard.signed_by(secret));
        (both, heard.header("webhook-signature").split(' ').count())
    };
    assert_eq!(signatures([&webhook.secret, &second]).await, ([1, 1], 2));
    app.pass(Duration::from_hours(1));
    assert_eq!(signatures([&webhook.secret, &second]).await, ([0, 1], 1));
    let third = rotate(0).await;
    assert_eq!(signatures([&second, &third]).await, ([0, 1], 1));
}

#[rstest]
#[tokio::test]
async fn who_answers_gone_is_told_nothing_more(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let receiver = Receiver::start().await;
    let webhook = shop.webhook(&receiver.url, &["webhook.none"]).await;
    receiver.answers(&[410]);
    let id = shop.ping(&webhook).await;
    app.pass(Duration::from_secs(1));
    app.run_jobs().await;
    assert_eq!(delivery(&shop, &webhook, &id).await["state"], "failed");
    let read = webhook_json(&shop, &webhook).await;
    assert_eq!((&read["active"], &read["disabledReason"]), (&json!(false), &json!("It answered 410 Gone.")));
    let entry = app.audit(shop.id, &webhook.id).await.pop().unwrap();
    assert_eq!((entry.action.as_str(), entry.subject.as_str()), ("disable", "system:webhooks"));
    shop.of_webhook("POST", &webhook, "/test").expect(409).await;

    let back = json!({ "active": true });
    let read = shop.of_webhook("POST", &webhook, "/update").json(&back).expect(200).await.json;
    assert_eq!((&read["disabledReason"], &read["failingSince"]), (&Json::Null, &Json::Null));
    receiver.heard();
    shop.ping(&webhook).await;
    app.run_jobs().await;
    assert_eq!(receiver.heard().len(), 1);
}

#[rstest]
#[tokio::test]
async fn after_five_days_without_success_it_is_told_nothing_more(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let receiver = Receiver::start().await;
    let webhook = shop.webhook(&receiver.url, &["webhook.none"]).await;
    receiver.answers(&[500; 100]);
    let day = Duration::from_hours(24);
    for _ in 0..5 {
        assert_eq!(webhook_json(&shop, &webhook).await["active"], true);
        shop.ping(&webhook).await;
        app.run_jobs().await;
        app.pass(day);
    }
    shop.ping(&webhook).await;
    app.run_jobs().await;
    assert_eq!(webhook_json(&shop, &webhook).await["disabledReason"], "Nothing reached it for five days.");
    receiver.heard();
    app.pass(2 * day);
    app.run_jobs().await;
    assert_eq!(receiver.heard().len(), 0);
    let pending = shop.of_webhook("GET", &webhook, "/deliveries?state=pending").expect(200).await.json;
    assert_eq!(pending["total"], 0);
}

#[rstest]
#[tokio::test]
async fn a_slow_receiver_holds_up_no_other(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (slow, quick) = (Receiver::start().await, Receiver::start().await);
    slow.takes(Duration::from_mins(10));
    let held = shop.webhook(&slow.url, &["webhook.none"]).await;
    let told = shop.webhook(&quick.url, &["webhook.none"]).await;
    for _ in 0..20 {
        shop.ping(&held).await;
    }
    let runner = app.runner.clone();
    let running = tokio::spawn(async move { runner.run().await });
    for _ in 0..3 {
        shop.ping(&told).await;
    }
    let all_arrived = async {
        let mut count = 0;
        while count < 3 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            count += quick.heard().len();
        }
    };
    tokio::time::timeout(Duration::from_secs(10), all_arrived).await.unwrap();
    running.abort();
}

#[rstest]
#[tokio::test]
async fn old_deliveries_are_forgotten(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let receiver = Receiver::start().await;
    let webhook = shop.webhook(&receiver.url, &["webhook.none"]).await;
    shop.ping(&webhook).await;
    app.run_jobs().await;
    app.pass(Duration::from_hours(30 * 24 + 1));
    // It waits, so it is kept.
    receiver.answers(&[500]);
    shop.ping(&webhook).await;
    app.runner.ensure_recurring().await.unwrap();
    app.run_jobs().await;
    let told = shop.deliveries(&webhook).await.json;
    assert_eq!((&told["total"], &told["items"][0]["state"]), (&json!(1), &json!("pending")));
    shop.of_webhook("POST", &webhook, "/delete").expect(200).await;
    app.pass(Duration::from_hours(1));
    app.run_jobs().await;
    assert_eq!(receiver.heard().len(), 2);
}
