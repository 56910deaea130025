//! The runner: what becomes of jobs that fail, hang or panic.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use database::{Engine, Scope, Tx, job};
use rstest::rstest;
use serde_json::json;
use testkit::{Postgres, Sqlite, TestApp};
use tokio::sync::Semaphore;
use usecases::jobs::{Failure, Kinds, Run, Runner};

const PAUSES: &[Duration] = &[Duration::from_mins(1), Duration::from_hours(1)];

/// More than a pause can be, by chance.
fn longest(pause: Duration) -> Duration {
    pause + pause / 10
}

async fn enqueue(app: &TestApp, lane: &'static str, key: &str) {
    let key = key.to_owned();
    let unit = move |tx: &mut Tx<'_>| job::enqueue_in(tx, lane, "try", &key, &json!({}), Duration::ZERO);
    app.database.write(Scope::System, unit).await.unwrap();
}

/// A runner whose jobs call `work` with the number of the try.
fn runner<F>(app: &TestApp, work: impl Fn(Run) -> F + Send + Sync + 'static) -> Runner
where
    F: Future<Output = Result<(), Failure>> + Send + 'static,
{
    Runner::new(app.database.clone(), Kinds::default().on_demand("try", PAUSES, work))
}

async fn dead(app: &TestApp) -> Vec<(u64, String)> {
    let dead = app.database.read(Scope::System, job::dead).await.unwrap();
    dead.into_iter().map(|dead| (dead.count, dead.last_error)).collect()
}

#[rstest]
#[tokio::test]
async fn a_job_is_tried_again_after_each_pause_and_then_set_aside(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let lasts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&lasts);
    let runner = runner(&app, move |run| {
        counted.fetch_add(usize::from(run.pause.is_none()), Ordering::SeqCst);
        async move { Err(Failure::Passing(format!("try {}\0", run.job.attempts))) }
    });
    enqueue(&app, "", "1").await;
    assert_eq!(runner.run_due().await.unwrap(), 1);
    for pause in PAUSES {
        assert_eq!(runner.run_due().await.unwrap(), 0, "the pause is not over");
        assert!(dead(&app).await.is_empty() && lasts.load(Ordering::SeqCst) == 0);
        app.pass(longest(*pause));
        assert_eq!(runner.run_due().await.unwrap(), 1);
    }
    assert_eq!(dead(&app).await, [(1, "try 3?".to_owned())]);
    assert_eq!(lasts.load(Ordering::SeqCst), 1, "the handler knew that it was the last try");
}

#[rstest]
#[tokio::test]
async fn what_is_of_no_use_to_try_again_is_set_aside_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let runner = runner(&app, |_| async { Err(Failure::Lasting("never".into())) });
    enqueue(&app, "", "1").await;
    assert_eq!(runner.run_due().await.unwrap(), 1);
    assert_eq!(dead(&app).await, [(1, "never".to_owned())]);
}

#[rstest]
#[tokio::test]
async fn a_job_that_panics_has_failed_and_harms_no_other(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let runner = runner(&app, |run| async move {
        assert!(run.job.key != "1" || run.job.attempts > 1, "as the test wants it");
        Ok(())
    });
    enqueue(&app, "", "1").await;
    enqueue(&app, "", "2").await;
    assert_eq!(runner.run_due().await.unwrap(), 2);
    app.pass(longest(PAUSES[0]));
    assert_eq!(runner.run_due().await.unwrap(), 1);
    assert!(dead(&app).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_recurring_job_comes_again_done_or_failed(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let hour = Duration::from_hours(1);
    let kinds = Kinds::default().every(hour, "again", |_| async { Err(Failure::Lasting("no".into())) });
    let runner = Runner::new(app.database.clone(), kinds);
    for _ in 0..12 {
        runner.ensure_recurring().await.unwrap();
        runner.ensure_recurring().await.unwrap();
        assert_eq!(runner.run_due().await.unwrap(), 1);
        assert_eq!(runner.run_due().await.unwrap(), 0);
        app.pass(hour);
    }
    assert!(dead(&app).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_lane_whose_jobs_hang_holds_no_other(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (open, done) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (gate, counter) = (Arc::clone(&open), Arc::clone(&done));
    let runner = runner(&app, move |run| {
        let (gate, counter) = (Arc::clone(&gate), Arc::clone(&counter));
        async move {
            if run.job.lane == "slow" {
                gate.acquire().await.unwrap().forget();
            }
            counter.add_permits(1);
            Ok(())
        }
    });
    for n in 0..30 {
        enqueue(&app, "slow", &format!("slow {n}")).await;
    }
    enqueue(&app, "quick", "quick").await;
    let running = tokio::spawn(async move { runner.run().await });
    done.acquire().await.unwrap().forget();
    // Woken by the commit, long before it would look by itself.
    enqueue(&app, "quick", "another").await;
    done.acquire().await.unwrap().forget();
    open.add_permits(30);
    done.acquire_many(30).await.unwrap().forget();
    running.abort();
}
