//! Jobs in the table: who leases one, and what becomes of it.

use std::time::Duration;

use base::{Clock, Random};
use database::{Database, Engine, Scope, Statement, Tx, job, job::Leased, params};
use rstest::rstest;
use serde_json::json;
use testkit::{Postgres, Sqlite, Store};

const MINUTE: Duration = Duration::from_mins(1);

/// A store, its database, and the clock of both.
fn open(engine: Engine) -> (Store, Database, Clock) {
    let clock = Clock::standing_at("2026-01-01T00:00:00Z".parse().unwrap());
    let store = Store::new(engine);
    let database = store.open(clock.clone(), Random::seeded(1));
    (store, database, clock)
}

async fn enqueue(database: &Database, kind: &'static str, key: &'static str, n: i32, after: Duration) {
    let unit = move |tx: &mut Tx<'_>| job::enqueue(tx, kind, key, &json!({ "n": n }), after);
    database.write(Scope::System, unit).await.unwrap();
}

async fn lease(database: &Database, busy: &[&str]) -> Option<Leased> {
    let busy: Vec<String> = busy.iter().map(|lane| (*lane).to_owned()).collect();
    let unit = move |tx: &mut Tx<'_>| job::lease_next(tx, &["a", "b"], &busy);
    database.write(Scope::System, unit).await.unwrap()
}

async fn finish(database: &Database, leased: &Leased) {
    let leased = leased.clone();
    database.write(Scope::System, move |tx| job::finish(tx, &leased)).await.unwrap();
}

async fn fail(database: &Database, leased: &Leased, pause: Option<Duration>) {
    let leased = leased.clone();
    database.write(Scope::System, move |tx| job::fail(tx, &leased, "no luck", pause)).await.unwrap();
}

async fn count(database: &Database) -> i64 {
    static COUNT: Statement = Statement::system("test.count", "SELECT count(*) AS jobs FROM job");
    let unit = |tx: &mut Tx<'_>| tx.fetch_one(&COUNT, params![], |row| row.get("jobs"));
    database.read(Scope::System, unit).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn a_job_is_leased_once_and_forgotten_when_it_is_done(#[values(Sqlite, Postgres)] engine: Engine) {
    let (_store, database, clock) = open(engine);
    enqueue(&database, "a", "1", 1, MINUTE).await;
    assert!(lease(&database, &[]).await.is_none(), "not before its time");
    clock.advance(MINUTE);
    let leased = lease(&database, &[]).await.unwrap();
    assert_eq!((leased.kind.as_str(), leased.key.as_str(), leased.attempts), ("a", "1", 1));
    assert!(lease(&database, &[]).await.is_none(), "not twice");
    finish(&database, &leased).await;
    assert_eq!(count(&database).await, 0);
}

#[rstest]
#[tokio::test]
async fn a_lease_that_ran_out_goes_to_another_and_the_first_can_end_nothing(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let (_store, database, clock) = open(engine);
    enqueue(&database, "a", "1", 1, Duration::ZERO).await;
    let first = lease(&database, &[]).await.unwrap();
    clock.advance(job::LEASE);
    let second = lease(&database, &[]).await.unwrap();
    assert_eq!(second.attempts, 2);
    finish(&database, &first).await;
    fail(&database, &first, None).await;
    let (one, other) = (first.clone(), second.clone());
    let renew = move |tx: &mut Tx<'_>| Ok((job::renew(tx, &one)?, job::renew(tx, &other)?));
    assert_eq!(database.write(Scope::System, renew).await.unwrap(), (false, true));
    assert_eq!(count(&database).await, 1);
    finish(&database, &second).await;
    assert_eq!(count(&database).await, 0);
}

#[rstest]
#[tokio::test]
async fn a_lease_that_is_renewed_does_not_run_out(#[values(Sqlite, Postgres)] engine: Engine) {
    let (_store, database, clock) = open(engine);
    enqueue(&database, "a", "1", 1, Duration::ZERO).await;
    let leased = lease(&database, &[]).await.unwrap();
    clock.advance(job::LEASE / 2);
    assert!(database.write(Scope::System, move |tx| job::renew(tx, &leased)).await.unwrap());
    clock.advance(job::LEASE / 2);
    assert!(lease(&database, &[]).await.is_none());
}

#[rstest]
#[tokio::test]
async fn asked_for_twice_it_is_done_once_at_the_earlier_time(#[values(Sqlite, Postgres)] engine: Engine) {
    let (_store, database, clock) = open(engine);
    enqueue(&database, "a", "1", 1, MINUTE).await;
    enqueue(&database, "a", "1", 2, 5 * MINUTE).await;
    clock.advance(MINUTE);
    let leased = lease(&database, &[]).await.unwrap();
    assert_eq!(leased.payload, json!({ "n": 2 }), "what was last said");
    finish(&database, &leased).await;
    assert_eq!(count(&database).await, 0);
}

#[rstest]
#[tokio::test]
async fn asked_for_while_it_is_done_it_is_done_once_more(#[values(Sqlite, Postgres)] engine: Engine) {
    let (_store, database, _clock) = open(engine);
    enqueue(&database, "a", "1", 1, Duration::ZERO).await;
    let leased = lease(&database, &[]).await.unwrap();
    enqueue(&database, "a", "1", 2, Duration::ZERO).await;
    finish(&database, &leased).await;
    let again = lease(&database, &[]).await.unwrap();
    assert_eq!((&again.payload, again.attempts), (&json!({ "n": 2 }), 1));
    finish(&database, &again).await;
    assert_eq!(count(&database).await, 0);
}

#[rstest]
#[tokio::test]
async fn what_failed_for_good_is_set_aside_until_it_is_asked_for_again(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let (_store, database, clock) = open(engine);
    enqueue(&database, "a", "1", 1, Duration::ZERO).await;
    let leased = lease(&database, &[]).await.unwrap();
    fail(&database, &leased, Some(MINUTE)).await;
    assert!(lease(&database, &[]).await.is_none(), "not before the pause is over");
    // A tenth more at most: jobs that failed together do not come back together.
    clock.advance(MINUTE + MINUTE / 10);
    let leased = lease(&database, &[]).await.unwrap();
    fail(&database, &leased, None).await;
    clock.advance(Duration::from_hours(1000));
    assert!(lease(&database, &[]).await.is_none());
    let dead = database.read(Scope::System, job::dead).await.unwrap();
    assert_eq!(dead, [job::Dead { kind: "a".into(), count: 1, last_error: "no luck".into() }]);
    enqueue(&database, "a", "1", 2, Duration::ZERO).await;
    let leased = lease(&database, &[]).await.unwrap();
    assert_eq!((&leased.payload, leased.attempts), (&json!({ "n": 2 }), 1));
    assert!(database.read(Scope::System, job::dead).await.unwrap().is_empty());
}

#[rstest]
#[tokio::test]
async fn a_busy_lane_and_an_unknown_kind_are_passed_over(#[values(Sqlite, Postgres)] engine: Engine) {
    let (_store, database, clock) = open(engine);
    enqueue(&database, "unknown", "1", 1, Duration::ZERO).await;
    enqueue(&database, "a", "1", 1, Duration::ZERO).await;
    clock.advance(MINUTE);
    enqueue(&database, "b", "1", 1, Duration::ZERO).await;
    assert_eq!(lease(&database, &["a"]).await.unwrap().kind, "b");
    assert_eq!(lease(&database, &["b"]).await.unwrap().kind, "a");
    assert!(lease(&database, &[]).await.is_none());
    let overdue = |tx: &mut Tx<'_>| job::overdue(tx, MINUTE);
    assert_eq!(database.read(Scope::System, overdue).await.unwrap(), 2);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_many_runners_each_gets_another_job(#[values(Sqlite, Postgres)] engine: Engine) {
    let (_store, database, _clock) = open(engine);
    let fill = |tx: &mut Tx<'_>| {
        (0..40).try_for_each(|n| job::enqueue(tx, "a", &n.to_string(), &json!({}), Duration::ZERO))
    };
    database.write(Scope::System, fill).await.unwrap();
    let runners = (0..8).map(|_| {
        let database = database.clone();
        tokio::spawn(async move {
            let mut keys = Vec::new();
            while let Some(leased) = lease(&database, &[]).await {
                keys.push(leased.key);
            }
            keys
        })
    });
    let mut keys = Vec::new();
    for runner in runners.collect::<Vec<_>>() {
        keys.extend(runner.await.unwrap());
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 40);
}
