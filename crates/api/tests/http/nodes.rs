//! Several nodes on one database: each feels what changes on another, and
//! lets nobody in when it cannot know.

use std::{sync::Arc, time::Duration};

use base::{Clock, Id, Random, Stopwatch};
use database::Scope;
use gate::{BOUND, Credential, Denied, Gate};
use keys::KeyText;
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, Postgres, Sqlite, TestApp, TestOrganization};
use tokio::{task::JoinSet, time::sleep};

use crate::source::Source;

/// Another node on the same database, with the same clock, that follows nothing by itself.
async fn another(app: &TestApp) -> TestApp {
    TestApp::on(Arc::clone(&app.store), &app.clock, 2, |_| {}).await
}

fn verify(gate: &Gate, text: &str) -> Result<(), Denied> {
    gate.verify(Credential::Key(text), None, None, None).map(drop)
}

async fn informed(gate: &Arc<Gate>, text: &str) -> Result<(), Denied> {
    gate.informed(Credential::Key(text), || verify(gate, text)).await
}

#[rstest]
#[tokio::test]
async fn a_key_made_on_one_node_is_let_in_on_the_other_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let node = another(&app).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    assert!(node.lets_in(&key.text).await);

    // A token is let in where its key is not known yet, and where an older form of it is.
    let unheard = shop.key("full-access").await;
    assert!(node.lets_in(&app.token(&unheard).await).await);
    app.pass(Duration::from_secs(1));
    shop.change(&unheard.id, json!({ "scopes": "read" })).expect(200).await;
    assert!(node.lets_in(&app.token(&unheard).await).await);

    // So is the exchange.
    let unheard = shop.key("full-access").await;
    assert!(app.lets_in(&node.token(&unheard).await).await);
}

#[rstest]
#[tokio::test]
async fn what_ends_on_one_node_soon_ends_on_the_others(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let node = another(&app).await;
    let gate = Arc::clone(&node.gate);
    let _following = JoinSet::from_iter([async move { gate.follow().await }]);
    let shop = app.organization("Shop").await;
    let (deleted, suspended) = (shop.key("full-access").await, shop.key("full-access").await);
    for key in [&deleted, &suspended] {
        assert!(node.lets_in(&key.text).await);
    }
    let token = app.token(&deleted).await;
    shop.delete(&deleted.id).expect(200).await;
    let suspend = format!("/api/v1/organization/apikeys/{}/suspend", suspended.id);
    app.post(suspend).credential(&shop.admin.text).expect(200).await;
    for ended in [&deleted.text, &suspended.text, &token] {
        assert!(is_soon_refused(&node, ended).await);
    }
    assert_eq!(app.gate.live().len(), node.gate.live().len());
    assert_eq!(app.gate.position(), node.gate.position());
}

async fn is_soon_refused(node: &TestApp, credential: &str) -> bool {
    let waiting = Stopwatch::start();
    while node.lets_in(credential).await {
        if waiting.elapsed() > Duration::from_secs(10) {
            return false;
        }
        sleep(Duration::from_millis(1)).await;
    }
    true
}

#[rstest]
#[tokio::test]
async fn a_gate_that_has_lost_touch_lets_nobody_in(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let token = app.token(&key).await;
    let (source, gate) = Source::with_gate(&app).await;
    let by_token = || gate.verify(Credential::Token(&token), None, None, None).map(drop);
    source.cut_off(true);

    app.pass(BOUND);
    assert_eq!((verify(&gate, &key.text), by_token()), (Ok(()), Ok(())));
    app.pass(Duration::from_millis(1));
    assert_eq!((verify(&gate, &key.text), by_token()), (Err(Denied::Behind), Err(Denied::Behind)));
    assert_eq!(gate.prove_key(&key.text, &key.name).map(drop), Err(Denied::Behind));
    // What is no key at all is still known to be none.
    assert_eq!(verify(&gate, "sk_live_0"), Err(Denied::Unknown));
    assert_eq!(informed(&gate, &key.text).await, Err(Denied::Behind));

    source.cut_off(false);
    assert_eq!(informed(&gate, &key.text).await, Ok(()), "it asks before it refuses");
    assert_eq!(by_token(), Ok(()));
    assert!(gate.lag() <= BOUND && !gate.is_behind());

    // What happened while it was cut off is felt before anyone is let in.
    source.cut_off(true);
    app.pass(BOUND + Duration::from_secs(1));
    shop.delete(&key.id).expect(200).await;
    source.cut_off(false);
    assert_eq!(informed(&gate, &key.text).await, Err(Denied::Unknown));
}

#[rstest]
#[tokio::test]
async fn a_gate_that_cannot_ask_does_not_say_that_there_is_no_such_key(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let (shop, others) = (app.organization("Shop").await, app.organization("Other").await);
    let old = others.key("full-access").await;
    others.delete(&old.id).expect(200).await;
    app.pass(Duration::from_mins(1));
    let (source, gate) = Source::with_gate(&app).await;
    let node = app.with_gate(Arc::clone(&gate));
    source.cut_off(true);
    let key = shop.key("full-access").await;
    let token = app.token(&key).await;
    for news in [&key.text, &token] {
        let refused = node.get("/security/v1/verify").credential(news).expect(503).await;
        assert_eq!(refused.header("retry-after"), "1");
    }
    assert_eq!(informed(&gate, &old.text).await, Err(Denied::Unknown), "it cannot be new");
    assert!(!gate.is_behind());

    source.cut_off(false);
    let mut random = Random::seeded(6);
    let stranger = KeyText::mint("test".parse().unwrap(), Id::new(app.clock.now(), &mut random), &mut random);
    assert_eq!(informed(&gate, &stranger.expose()).await, Err(Denied::Unknown));
    for news in [&key.text, &token] {
        node.get("/security/v1/verify").credential(news).expect(200).await;
    }
}

#[rstest]
#[tokio::test]
async fn the_time_of_day_neither_opens_nor_closes_a_gate(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let (source, gate) = Source::with_gate(&app).await;
    source.cut_off(true);
    let start = app.clock.now();
    for day in [start.plus(Duration::from_hours(24)), start.minus(Duration::from_hours(24)), start] {
        app.clock.set(day);
        assert_eq!(verify(&gate, &key.text), Ok(()));
    }
    app.pass(BOUND + Duration::from_millis(1));
    for day in [start.minus(Duration::from_hours(24)), start] {
        app.clock.set(day);
        assert_eq!(verify(&gate, &key.text), Err(Denied::Behind));
    }
}

#[rstest]
#[tokio::test]
async fn a_door_without_its_database_asks_to_come_again(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (source, gate) = Source::with_gate(&app).await;
    let node = app.with_gate(gate);
    let ready = node.get("/readyz").expect(200).await;
    assert_eq!((&ready.json["status"], &ready.json["gateLagMilliseconds"]), (&json!("ok"), &json!(0)));
    source.cut_off(true);
    app.pass(Duration::from_millis(2_001));
    let refused = node.get("/security/v1/verify").credential(&shop.admin.text).expect(503).await;
    assert_eq!(refused.header("retry-after"), "1");
    assert!(refused.json["message"].as_str().unwrap().contains("lost touch"));
    let exchange =
        json!({ "apiKey": shop.admin.text, "name": shop.admin.name, "grantType": "client_credentials" });
    node.post("/security/v1/token").json(&exchange).expect(503).await;
    node.get("/security/v1/verify").credential("sk_live_0").expect(401).await;
    let unready = node.get("/readyz").expect(503).await;
    assert!(unready.json["message"].as_str().unwrap().contains("2.0 s"), "{}", unready.json);
    node.get("/healthz").expect(200).await;
    source.cut_off(false);
    node.get("/security/v1/verify").credential(&shop.admin.text).expect(200).await;
    node.get("/readyz").expect(200).await;
}

#[rstest]
#[tokio::test]
async fn a_flood_of_keys_that_may_be_new_makes_few_reads(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (source, gate) = Source::with_gate(&app).await;
    let late = shop.key("full-access").await;
    let before = source.asked();
    let mut random = Random::seeded(5);
    let flood = Stopwatch::start();
    let mut strangers = JoinSet::new();
    for _ in 0..5_000 {
        let id = Id::new(app.clock.now(), &mut random);
        let text = KeyText::mint("test".parse().unwrap(), id, &mut random).expose();
        let gate = Arc::clone(&gate);
        strangers.spawn(async move { informed(&gate, &text).await });
    }
    // One that really is new is let in among them; on a busy machine not at the first try.
    while informed(&gate, &late.text).await.is_err() {
        assert!(flood.elapsed() < Duration::from_secs(30), "it is not let in");
    }
    // Nor is each of the others told in time that there is no such key.
    let outcomes = strangers.join_all().await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(Denied::Unknown | Denied::Behind))));
    let reads = source.asked() - before;
    let most = 3 + flood.elapsed().as_millis() / 50;
    assert!(reads as u128 <= most, "{reads} reads in {:?}", flood.elapsed());
}

#[rstest]
#[tokio::test]
async fn all_who_ask_at_once_share_a_read(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (source, gate) = Source::with_gate(&app).await;
    let before = source.asked();
    let mut asking = JoinSet::new();
    for _ in 0..1_000 {
        let gate = Arc::clone(&gate);
        asking.spawn(async move { gate.catch_up().await.unwrap() });
    }
    asking.join_all().await;
    assert!(source.asked() - before < 100, "{} reads", source.asked() - before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_transaction_elsewhere_delays_nothing() {
    let app = TestApp::on(Arc::new(testkit::Store::new(Postgres)), &Clock::system(), 1, |_| {}).await;
    let node = another(&app).await;
    let mut following = JoinSet::new();
    for gate in [Arc::clone(&app.gate), Arc::clone(&node.gate)] {
        following.spawn(async move { gate.follow().await });
    }
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let (key, others) = (shop.key("full-access").await, other.key("full-access").await);
    assert!(node.lets_in(&key.text).await);

    let held = hold_open(&app, &other, &others.id).await;
    let begun = Stopwatch::start();
    shop.delete(&key.id).expect(200).await;
    assert!(is_soon_refused(&node, &key.text).await);
    assert!(node.lets_in(&shop.key("full-access").await.text).await);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(!held.is_finished(), "the other transaction was to last longer");
    held.await.unwrap();
}

/// A transaction of another program that has written to a customer, a job and
/// the key of another organization, and stays open for three seconds.
async fn hold_open(app: &TestApp, other: &TestOrganization<'_>, key: &str) -> tokio::task::JoinHandle<()> {
    let url = app.store.settings.url.clone();
    let (organization, key) = (other.id, key.to_owned());
    let (wrote, written) = tokio::sync::oneshot::channel();
    let held = tokio::task::spawn_blocking(move || {
        let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        let writes = format!(
            "BEGIN ISOLATION LEVEL SERIALIZABLE;
             SELECT set_config('app.system', 'on', true);
             SELECT count(*) FROM api_key; SELECT count(*) FROM key_change;
             UPDATE organization SET name = name || '!' WHERE id = '{organization}';
             UPDATE api_key SET name = name || '!' WHERE organization_id = '{organization}' AND id = '{key}';"
        );
        client.batch_execute(&writes).unwrap();
        wrote.send(()).unwrap();
        std::thread::sleep(Duration::from_secs(3));
        client.batch_execute("COMMIT").unwrap();
    });
    written.await.unwrap();
    held
}

#[rstest]
#[tokio::test]
async fn a_node_whose_place_is_forgotten_takes_in_every_key_anew(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (kept, gone) = (shop.key("full-access").await, shop.key("full-access").await);
    let (source, gate) = Source::with_gate(&app).await;
    let forget = async || {
        while app.database.write(Scope::System, usecases::feed::forget_changes).await.unwrap() {}
        app.row_counts().await.changes
    };
    app.pass(Duration::from_hours(1));
    shop.delete(&gone.id).expect(200).await;
    let all = app.row_counts().await.changes;
    assert_eq!(forget().await, all, "a day has not passed");
    app.pass(Duration::from_hours(23));
    // Older than a day are all but the deletion.
    app.gate.catch_up().await.unwrap();
    app.pass(Duration::from_millis(1));
    assert_eq!(forget().await, 1);
    app.pass(Duration::from_hours(48));
    assert_eq!(forget().await, 1, "the last stays, so that the sequence goes on after it");

    // This gate was open before the deletion, the last change it read is forgotten ...
    let before = source.asked();
    gate.catch_up().await.unwrap();
    assert_eq!(source.asked() - before, 1, "it reads on from the last that is forgotten");
    assert_eq!((verify(&gate, &kept.text), verify(&gate, &gone.text)), (Ok(()), Err(Denied::Unknown)));

    // ... and this one has missed two.
    let (source, gate) = Source::with_gate(&app).await;
    for _ in 0..2 {
        shop.delete(&shop.key("full-access").await.id).expect(200).await;
    }
    let late = shop.key("full-access").await;
    app.pass(Duration::from_hours(25));
    app.gate.catch_up().await.unwrap();
    assert_eq!(forget().await, 1);
    let before = source.asked();
    gate.catch_up().await.unwrap();
    assert_eq!(source.asked() - before, 3, "what is new, everything, and what is new since");
    for key in [&kept, &late] {
        assert_eq!(verify(&gate, &key.text), Ok(()));
    }
    assert_eq!(gate.live().len(), app.gate.live().len());
    assert_eq!(gate.position(), app.gate.position());
}

#[tokio::test]
async fn what_a_node_has_not_read_is_not_forgotten() {
    let app = TestApp::start(Postgres).await;
    let node = another(&app).await;
    let shop = app.organization("Shop").await;
    let (_, place) = node.gate.position();
    let key = shop.key("full-access").await;
    let all = app.row_counts().await.changes;
    app.pass(Duration::from_hours(25));
    let forget = async || {
        while app.database.write(Scope::System, usecases::feed::forget_changes).await.unwrap() {}
        app.row_counts().await.changes
    };
    assert_eq!((place, forget().await), (0, all));
    node.gate.catch_up().await.unwrap();
    assert_eq!(forget().await, 1);
    assert_eq!(verify(&node.gate, &key.text), Ok(()));
}
