//! What becomes of calls while the database cannot take them: every one is in
//! the database, in memory, in files, or counted as lost.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, mpsc},
};

use base::Random;
use database::{Scope, Statement, Tx, params};
use gate::history::{Counts, Recorder, Route, Seen, Whose};
use rstest::rstest;
use testkit::{Engine, Postgres, Sqlite, TestApp, TestOrganization};
use tokio::{sync::Notify, task::JoinHandle};
use usecases::history::{Burden, History};

static LOCK_TABLE: Statement = Statement::system("test.lock_table", "DELETE FROM unknown_call WHERE FALSE")
    .on_postgres("LOCK TABLE api_call IN ACCESS EXCLUSIVE MODE");
static TIMES: Statement = Statement::tenant(
    "test.times",
    "SELECT request_id FROM api_call WHERE organization_id = $1 ORDER BY at, id",
);
static SUM: Statement = Statement::tenant(
    "test.sum",
    "SELECT CAST(coalesce(sum(calls), 0) AS BIGINT) AS calls FROM api_call_day WHERE organization_id = $1",
);

/// The history's database, held so that no call can be written into it.
struct Blocked {
    let_go: mpsc::Sender<()>,
    unit: JoinHandle<()>,
}

impl Blocked {
    async fn start(app: &TestApp) -> Self {
        let (let_go, wait) = mpsc::channel();
        let wait = std::sync::Mutex::new(wait);
        let held = Arc::new(Notify::new());
        let (database, holds) = (app.history.database().patient(), Arc::clone(&held));
        let unit = tokio::spawn(async move {
            let unit = move |tx: &mut Tx<'_>| {
                tx.execute(&LOCK_TABLE, params![])?;
                holds.notify_one();
                let _ = wait.lock().unwrap().recv();
                Ok(())
            };
            database.write(Scope::System, unit).await.unwrap();
        });
        held.notified().await;
        Self { let_go, unit }
    }

    async fn end(self) {
        self.let_go.send(()).unwrap();
        self.unit.await.unwrap();
    }
}

/// Makes calls by a shop's key, one a millisecond, whose request ids are numbers.
struct Caller {
    whose: Whose,
    route: Arc<Route>,
    made: u32,
}

impl Caller {
    fn new(shop: &TestOrganization<'_>) -> Self {
        let route = Route { operation: "getX".into(), method: "GET".into(), path: "/x".into() };
        Self {
            whose: Whose::Proved(shop.id, shop.admin.id.parse().unwrap()),
            route: Arc::new(route),
            made: 0,
        }
    }

    fn call(&mut self, app: &TestApp, recorder: &Recorder, count: u32) {
        for _ in 0..count {
            app.pass(std::time::Duration::from_millis(1));
            recorder.record(Seen {
                at: app.clock.now(),
                whose: self.whose,
                customer: None,
                route: Arc::clone(&self.route),
                status: 200,
                outcome: "letIn",
                micros: 1,
                address: None,
                request_bytes: 1,
                response_bytes: 1,
                request_id: self.made.to_string().into(),
            });
            self.made += 1;
        }
    }
}

/// The counts of now, which must add up.
fn counts(history: &History) -> Counts {
    let counts = history.recorder().counts();
    let Counts { recorded, written, waiting, spilled, lost } = counts;
    assert_eq!(recorded, written + waiting + spilled + lost, "{counts:?}");
    counts
}

/// The request ids of all calls in the database, in order; the days must add up to them.
async fn written(history: &History, shop: &TestOrganization<'_>) -> Vec<u32> {
    let read = |tx: &mut Tx<'_>| {
        let calls = tx.fetch_all(&TIMES, params![], |row| row.get::<String>("request_id"))?;
        Ok((calls, tx.fetch_one(&SUM, params![], |row| row.get::<u64>("calls"))?))
    };
    let (calls, sum) = history.database().read(Scope::Organization(shop.id), read).await.unwrap();
    assert_eq!(sum, calls.len() as u64, "the days count each call once");
    calls.iter().map(|id| id.parse().unwrap()).collect()
}

fn files(app: &TestApp) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(app.store.spill()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[rstest]
#[tokio::test]
async fn calls_that_a_blocked_database_cannot_take_wait_in_files(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let history = &app.history;
    let mut caller = Caller::new(&shop);
    let blocked = Blocked::start(&app).await;
    caller.call(&app, history.recorder(), 1_000);
    let writer = tokio::spawn({
        let history = history.clone();
        async move { while history.write(Burden::Full).await.is_err() {} }
    });
    tokio::task::yield_now().await;
    for _ in 0..11 {
        caller.call(&app, history.recorder(), 1_000);
        counts(history);
        history.relieve().await.unwrap();
    }
    let now = counts(history);
    assert_eq!((now.recorded, now.written, now.lost), (12_000, 0, 0));
    assert!(now.spilled >= 2_000 && now.waiting < 9_000, "{now:?}");
    assert!(!files(&app).is_empty());

    // More than memory and files may hold is lost, and counted.
    caller.call(&app, history.recorder(), 10_000);
    history.relieve().await.unwrap();
    let now = counts(history);
    assert!(now.recorded == 22_000 && now.lost > 1_000, "{now:?}");

    blocked.end().await;
    writer.await.unwrap();
    history.write(Burden::Full).await.unwrap();
    let end = counts(history);
    assert_eq!((end.waiting, end.spilled), (0, 0));
    assert_eq!(end.lost, now.lost);
    let ids = written(history, &shop).await;
    assert_eq!(ids.len() as u64, end.written);
    assert!(ids.is_sorted());
    assert!(ids[..12_000].iter().copied().eq(0..12_000), "what came first is all there");
    assert!(files(&app).is_empty());
}

#[rstest]
#[tokio::test]
async fn calls_in_files_at_the_end_of_a_process_are_written_by_the_next(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let mut caller = Caller::new(&shop);
    caller.call(&app, app.history.recorder(), 700);
    let nobody = Seen {
        at: app.clock.now(),
        whose: Whose::Nobody,
        customer: None,
        route: Arc::clone(&caller.route),
        status: 401,
        outcome: "unknown",
        micros: 1,
        address: None,
        request_bytes: 1,
        response_bytes: 1,
        request_id: "x".into(),
    };
    app.history.recorder().record(nobody);
    let blocked = Blocked::start(&app).await;
    app.history.close().await.unwrap();
    let now = counts(&app.history);
    assert_eq!((now.recorded, now.waiting, now.spilled, now.lost), (701, 0, 701, 0));
    assert_eq!(files(&app).len(), 1);
    blocked.end().await;

    // A process that was killed leaves a file that ends within a call.
    let file = files(&app).pop().unwrap();
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 3]).unwrap();
    let next = app.store.history(&app.database, &mut Random::seeded(40));
    assert_eq!(counts(&next), Counts { recorded: 701, written: 0, waiting: 0, spilled: 700, lost: 1 });
    next.write(Burden::Full).await.unwrap();
    let end = counts(&next);
    assert_eq!((end.written, end.spilled, end.lost), (700, 0, 1));
    let ids = written(&next, &shop).await;
    // Calls that the first process was about to write are not written twice.
    assert!(ids.is_sorted_by(|one, other| one < other) && ids.len() >= 699, "{}", ids.len());
    assert!(files(&app).is_empty());
    next.close().await.unwrap();
}

#[rstest]
#[tokio::test]
async fn at_an_orderly_end_everything_is_in_the_database(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let mut caller = Caller::new(&shop);
    caller.call(&app, app.history.recorder(), 1_234);
    app.history.close().await.unwrap();
    assert_eq!(written(&app.history, &shop).await, (0..1_234).collect::<Vec<_>>());
    let end = counts(&app.history);
    assert_eq!((end.written, end.waiting, end.spilled, end.lost), (end.recorded, 0, 0, 0));
    assert!(files(&app).is_empty());
}
