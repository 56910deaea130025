//! The bell and the connection set apart: what a node needs to hear of changes
//! at once, however busy it is.

use std::time::Duration;

use base::{Clock, Error, Random};
use database::{Scope, bell};
use rstest::rstest;
use testkit::{Engine, Postgres, Sqlite, Store};
use tokio::time::timeout;

#[rstest]
#[tokio::test]
async fn the_bell_is_heard_once_the_transaction_has_committed(#[values(Sqlite, Postgres)] engine: Engine) {
    let store = Store::new(engine);
    let database = store.open(Clock::system(), Random::seeded(1));
    // On PostgreSQL whoever listens is another node.
    let other =
        if engine == Postgres { store.open(Clock::system(), Random::seeded(2)) } else { database.clone() };
    let mut bell = other.listen();
    if engine == Postgres {
        // It rings when it begins to listen, since it may have missed something.
        timeout(Duration::from_secs(10), bell.changed()).await.unwrap().unwrap();
    }
    database.write(Scope::System, bell::ring).await.unwrap();
    timeout(Duration::from_secs(10), bell.changed()).await.expect("it rings").unwrap();

    database.write(Scope::System, |_| Ok(())).await.unwrap();
    let quiet = timeout(Duration::from_millis(200), bell.changed()).await;
    assert!(quiet.is_err(), "it rings for what does not ring it");

    if engine == Postgres {
        let failing = |tx: &mut database::Tx<'_>| {
            bell::ring(tx)?;
            Err::<(), _>(Error::conflict("It is undone."))
        };
        database.write(Scope::System, failing).await.unwrap_err();
        let quiet = timeout(Duration::from_millis(200), bell.changed()).await;
        assert!(quiet.is_err(), "it rings for what is undone");
    }
}

#[rstest]
#[tokio::test]
async fn what_is_reserved_waits_for_nothing_else(#[values(Sqlite, Postgres)] engine: Engine) {
    let store = Store::new(engine);
    let database = store.open(Clock::system(), Random::seeded(1));
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Arc::new(std::sync::Mutex::new(wait));
    let mut busy = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (database, wait) = (database.patient(), std::sync::Arc::clone(&wait));
        busy.spawn(async move {
            let hold = move |_: &mut database::Tx<'_>| {
                let _ = wait.lock().unwrap().recv();
                Ok(())
            };
            database.read(Scope::System, hold).await
        });
    }
    while database.waiting() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let reserved = database.reserved(Duration::from_secs(10));
    timeout(Duration::from_secs(10), reserved.read(Scope::System, |_| Ok(()))).await.unwrap().unwrap();
    assert!(database.waiting() > 0, "the others still wait");
    drop(release);
    while let Some(ended) = busy.join_next().await {
        ended.unwrap().unwrap();
    }
}
