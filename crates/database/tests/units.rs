//! Units of work: all or nothing, in time, in order, and durable.

use std::{
    sync::{
        Arc, Barrier, Mutex,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use base::{Clock, Error, Id, Random, Result, Stopwatch, Timestamp};
use database::{Database, Priority, Row, Scope, Settings, Statement, Tx, job::Job, params};
use rstest::rstest;
use testkit::{Engine, Postgres, Sqlite, Store};
use tokio::{sync::Notify, task::JoinHandle};

static PUT: Statement =
    Statement::shared("test.put", "INSERT INTO store_state (name, value) VALUES ($1, $2)");
static SET: Statement = Statement::shared("test.set", "UPDATE store_state SET value = $2 WHERE name = $1");
static GET: Statement = Statement::shared("test.get", "SELECT value FROM store_state WHERE name = $1");
static NAMES: Statement =
    Statement::shared("test.names", "SELECT name FROM store_state WHERE name <> 'generation' ORDER BY name");
static READ_FOREVER: Statement = Statement::shared(
    "test.read_forever",
    "WITH RECURSIVE forever (n) AS (SELECT 1 UNION ALL SELECT 1 FROM forever) SELECT count(*) AS n FROM forever",
);
static WRITE_FOREVER: Statement = Statement::shared(
    "test.write_forever",
    "INSERT INTO store_state (name, value)
     WITH RECURSIVE forever (n) AS (SELECT 1 UNION ALL SELECT 1 FROM forever) SELECT 'forever', count(*) FROM forever",
);

fn open(store: &Store, clock: &Clock, change: impl FnOnce(&mut Settings)) -> Database {
    let mut settings = store.settings.clone();
    change(&mut settings);
    Database::open(&settings, clock.clone(), Random::seeded(1)).unwrap()
}

fn put(name: impl Into<String>) -> impl Fn(&mut Tx<'_>) -> Result<()> + Send + 'static {
    let name = name.into();
    move |tx| tx.execute_one(&PUT, params![name.as_str(), 0])
}

async fn names(database: &Database) -> Vec<String> {
    let read = |tx: &mut Tx<'_>| tx.fetch_all(&NAMES, params![], |row| row.get("name"));
    database.patient().read(Scope::System, read).await.unwrap()
}

fn write<T: Send + 'static>(
    database: &Database,
    priority: Priority,
    unit: impl Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> JoinHandle<Result<T>> {
    let database = database.clone();
    tokio::spawn(async move { database.write_as(priority, Scope::System, unit).await })
}

/// A unit that holds the thread it runs on until it is let go.
struct Held {
    let_go: mpsc::Sender<()>,
    unit: JoinHandle<Result<()>>,
}

impl Held {
    async fn start(database: &Database) -> Self {
        let (let_go, wait) = mpsc::channel();
        let started = Arc::new(Notify::new());
        let starts = Arc::clone(&started);
        let unit = write(&database.patient(), Priority::Ordinary, move |_| {
            starts.notify_one();
            let _ = wait.recv();
            Ok(())
        });
        started.notified().await;
        Self { let_go, unit }
    }

    async fn let_go(self) {
        drop(self.let_go);
        self.unit.await.unwrap().unwrap();
    }
}

async fn until_waiting(database: &Database, units: usize) {
    while database.waiting() < units {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_unit_that_fails_leaves_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |_| {});
    let fails = |tx: &mut Tx<'_>| -> Result<()> {
        put("half")(tx)?;
        Err(Error::conflict("no"))
    };
    let failed = database.write(Scope::System, fails).await.unwrap_err();
    assert!(matches!(failed, Error::Conflict { .. }), "{failed:?}");
    // Its own answer, even where a statement of it broke the transaction.
    let breaks = |tx: &mut Tx<'_>| -> Result<()> {
        put("whole")(tx)?;
        let refused = tx.execute(&PUT, params!["null", None::<i64>]);
        assert!(matches!(refused, Err(Error::Internal(_))), "{refused:?}");
        Err(Error::conflict("no"))
    };
    let failed = database.write(Scope::System, breaks).await.unwrap_err();
    assert!(matches!(failed, Error::Conflict { .. }), "{failed:?}");
    assert!(names(&database).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_unit_that_panics_answers_an_error_and_the_next_one_works(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |settings| settings.connections = 1);
    let panics = |tx: &mut Tx<'_>| -> Result<()> {
        put("half")(tx)?;
        panic!("on purpose");
    };
    let failed = database.write(Scope::System, panics).await.unwrap_err();
    assert!(matches!(&failed, Error::Internal(words) if words.contains("on purpose")), "{failed:?}");
    let panics = |_: &mut Tx<'_>| -> Result<()> { panic!("on purpose") };
    database.read(Scope::System, panics).await.unwrap_err();
    database.write(Scope::System, put("next")).await.unwrap();
    assert_eq!(names(&database).await, ["next"]);
}

#[rstest]
#[tokio::test]
async fn the_neighbours_of_a_unit_that_fails_or_panics_are_kept(#[values(Sqlite, Postgres)] engine: Engine) {
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |settings| settings.connections = 1);
    let held = Held::start(&database).await;
    let before = write(&database, Priority::Ordinary, put("before"));
    let fails = write(&database, Priority::Ordinary, |tx| -> Result<()> {
        put("fails")(tx)?;
        Err(Error::conflict("no"))
    });
    let panics = write(&database, Priority::Ordinary, |tx| -> Result<()> {
        put("panics")(tx)?;
        panic!("on purpose");
    });
    let after = write(&database, Priority::Ordinary, put("then"));
    until_waiting(&database, 4).await;
    held.let_go().await;
    before.await.unwrap().unwrap();
    fails.await.unwrap().unwrap_err();
    panics.await.unwrap().unwrap_err();
    after.await.unwrap().unwrap();
    assert_eq!(names(&database).await, ["before", "then"]);
}

#[rstest]
#[tokio::test]
async fn a_unit_whose_caller_has_gone_away_is_done_all_the_same(#[values(Sqlite, Postgres)] engine: Engine) {
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |settings| settings.connections = 1);
    let held = Held::start(&database).await;
    let abandoned = write(&database, Priority::Ordinary, put("abandoned"));
    until_waiting(&database, 1).await;
    abandoned.abort();
    assert!(abandoned.await.unwrap_err().is_cancelled());
    held.let_go().await;
    database.write(Scope::System, put("next")).await.unwrap();
    assert_eq!(names(&database).await, ["abandoned", "next"]);
}

/// Counts what the units of this process report as lost races.
#[derive(Default)]
struct LostRaces(Arc<AtomicU64>);

impl metrics::Recorder for LostRaces {
    fn describe_counter(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
    fn describe_gauge(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
    fn describe_histogram(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}

    fn register_counter(&self, key: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Counter {
        match key.name() {
            "swage_database_serialization_failures_total" => metrics::Counter::from_arc(Arc::clone(&self.0)),
            _ => metrics::Counter::noop(),
        }
    }

    fn register_gauge(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Gauge {
        metrics::Gauge::noop()
    }

    fn register_histogram(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Histogram {
        metrics::Histogram::noop()
    }
}

#[tokio::test]
async fn of_two_that_change_what_both_have_read_one_runs_again_with_the_same_time_and_ids() {
    type Run = (usize, Timestamp, Id<Job>);
    let lost_races = LostRaces::default();
    let counted = Arc::clone(&lost_races.0);
    metrics::set_global_recorder(lost_races).unwrap();
    let store = Store::new(Postgres);
    let clock = Clock::standing_at("2026-01-01T00:00:00Z".parse().unwrap());
    let database = open(&store, &clock, |_| {});
    database.write(Scope::System, put("sum")).await.unwrap();

    let runs: Arc<Mutex<Vec<Run>>> = Arc::default();
    let both_have_read = Arc::new(Barrier::new(2));
    let add = |who: usize| {
        let (runs, both_have_read, clock) = (Arc::clone(&runs), Arc::clone(&both_have_read), clock.clone());
        let is_first_run = AtomicBool::new(true);
        move |tx: &mut Tx<'_>| {
            runs.lock().unwrap().push((who, tx.now(), tx.new_id()));
            let sum: i64 = tx.fetch_one(&GET, params!["sum"], |row| row.get("value"))?;
            if is_first_run.swap(false, Ordering::SeqCst) {
                both_have_read.wait();
                clock.advance(Duration::from_secs(1));
            }
            tx.execute_one(&SET, params!["sum", sum + 1])
        }
    };
    let (one, other) =
        tokio::join!(database.write(Scope::System, add(0)), database.write(Scope::System, add(1)));
    one.unwrap();
    other.unwrap();

    let sum = |tx: &mut Tx<'_>| tx.fetch_one(&GET, params!["sum"], |row| row.get::<i64>("value"));
    assert_eq!(database.read(Scope::System, sum).await.unwrap(), 2);
    let runs = runs.lock().unwrap();
    assert_eq!(runs.len() as u64, 2 + counted.load(Ordering::SeqCst), "every lost race is counted");
    assert!(runs.len() > 2, "one of them lost the race");
    for who in [0, 1] {
        let mut of_one = runs.iter().filter(|run| run.0 == who);
        let first = of_one.next().unwrap();
        assert!(of_one.all(|run| run == first), "{runs:?}");
    }
}

#[rstest]
#[tokio::test]
async fn a_full_queue_answers_unavailable_and_takes_units_again_later(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |settings| {
        settings.connections = 1;
        settings.queue = 2;
    });
    let held = Held::start(&database).await;
    let waiting: Vec<_> =
        ["a", "b"].into_iter().map(|name| write(&database, Priority::Ordinary, put(name))).collect();
    until_waiting(&database, 2).await;
    let refused = database.write(Scope::System, put("c")).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable { .. }), "{refused:?}");
    // What ends somebody's access has a lane of its own.
    let security = write(&database, Priority::Security, put("d"));
    until_waiting(&database, 3).await;
    held.let_go().await;
    for unit in waiting.into_iter().chain([security]) {
        unit.await.unwrap().unwrap();
    }
    database.write(Scope::System, put("e")).await.unwrap();
    assert_eq!(names(&database).await, ["a", "b", "d", "e"]);
}

#[rstest]
#[tokio::test]
async fn a_statement_without_end_is_stopped_near_its_deadline(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[values(&READ_FOREVER, &WRITE_FOREVER)] endless: &'static Statement,
) {
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |settings| {
        settings.connections = 1;
        settings.deadline = Duration::from_millis(300);
    });
    let is_read = std::ptr::eq(endless, &raw const READ_FOREVER);
    let clock = Stopwatch::start();
    let stopped = if is_read {
        let unit = |tx: &mut Tx<'_>| tx.fetch_one(&READ_FOREVER, params![], |_| Ok(()));
        database.read(Scope::System, unit).await
    } else {
        let unit = |tx: &mut Tx<'_>| tx.execute(&WRITE_FOREVER, params![]).map(drop);
        database.write(Scope::System, unit).await
    };
    let took = clock.elapsed();
    assert!(matches!(stopped, Err(Error::Unavailable { .. })), "{stopped:?}");
    assert!((Duration::from_millis(250)..Duration::from_secs(5)).contains(&took), "{took:?}");
    database.patient().write(Scope::System, put("next")).await.unwrap();
    assert_eq!(names(&database).await, ["next"]);
}

#[rstest]
#[tokio::test]
async fn a_unit_that_waits_beyond_its_deadline_is_not_run(#[values(Sqlite, Postgres)] engine: Engine) {
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |settings| {
        settings.connections = 1;
        settings.deadline = Duration::from_millis(100);
    });
    let held = Held::start(&database).await;
    let late = write(&database, Priority::Ordinary, put("late"));
    until_waiting(&database, 1).await;
    tokio::time::sleep(Duration::from_millis(110)).await;
    held.let_go().await;
    let refused = late.await.unwrap().unwrap_err();
    assert!(matches!(refused, Error::Unavailable { .. }), "{refused:?}");
    assert!(names(&database).await.is_empty());
}

#[tokio::test]
async fn a_write_that_is_interrupted_does_not_take_its_neighbours_in_the_batch_with_it() {
    // On a busy machine what goes before may take so long that nothing joins its batch.
    for _ in 0..10 {
        if let [first, again] = runs_before_an_interrupted_one().await[..] {
            assert_eq!(first, again, "a repeated run draws the same ids");
            return;
        }
    }
    panic!("what goes before was never undone with the interrupted one, and ran again");
}

/// An id that each run of a unit draws which goes before one that is interrupted; one more comes after.
async fn runs_before_an_interrupted_one() -> Vec<Id<Job>> {
    let store = Store::new(Sqlite);
    let database = open(&store, &Clock::system(), |settings| settings.deadline = Duration::from_secs(1));
    let patient = database.patient();
    let held = Held::start(&database).await;
    let runs: Arc<Mutex<Vec<Id<Job>>>> = Arc::default();
    let seen = Arc::clone(&runs);
    let before = write(&patient, Priority::Ordinary, move |tx| {
        seen.lock().unwrap().push(tx.new_id());
        put("before")(tx)
    });
    until_waiting(&database, 1).await;
    let endless = write(&database, Priority::Ordinary, |tx| tx.execute(&WRITE_FOREVER, params![]).map(drop));
    until_waiting(&database, 2).await;
    let after = write(&patient, Priority::Ordinary, put("then"));
    until_waiting(&database, 3).await;
    held.let_go().await;
    before.await.unwrap().unwrap();
    let stopped = endless.await.unwrap().unwrap_err();
    assert!(matches!(stopped, Error::Unavailable { .. }), "{stopped:?}");
    after.await.unwrap().unwrap();
    assert_eq!(names(&database).await, ["before", "then"]);
    let runs = runs.lock().unwrap();
    runs.clone()
}

#[rstest]
#[tokio::test]
async fn what_ends_somebodys_access_goes_before_what_waits_and_long_work_behind(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |settings| settings.connections = 1);
    let held = Held::start(&database).await;
    let order: Arc<Mutex<Vec<&str>>> = Arc::default();
    let mut units = Vec::new();
    for (name, priority) in [
        ("imported", Priority::Background),
        ("first", Priority::Ordinary),
        ("second", Priority::Ordinary),
        ("revoked", Priority::Security),
        ("imported too", Priority::Background),
        ("third", Priority::Ordinary),
        ("revoked too", Priority::Security),
    ] {
        let order = Arc::clone(&order);
        units.push(write(&database, priority, move |_| {
            order.lock().unwrap().push(name);
            Ok(())
        }));
        until_waiting(&database, units.len()).await;
    }
    held.let_go().await;
    for unit in units {
        unit.await.unwrap().unwrap();
    }
    let expected = ["revoked", "revoked too", "first", "second", "third", "imported", "imported too"];
    assert_eq!(*order.lock().unwrap(), expected);
}

#[rstest]
#[tokio::test]
async fn what_was_answered_is_there_after_reopening(#[values(Sqlite, Postgres)] engine: Engine) {
    const UNITS: u32 = 300;
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |_| {});
    let units: Vec<_> =
        (0..UNITS).map(|n| write(&database, Priority::Ordinary, put(format!("{n:03}")))).collect();
    for unit in units {
        unit.await.unwrap().unwrap();
    }
    drop(database);
    let database = open(&store, &Clock::system(), |_| {});
    assert_eq!(names(&database).await, (0..UNITS).map(|n| format!("{n:03}")).collect::<Vec<_>>());
}

#[rstest]
#[tokio::test]
async fn a_read_sees_one_moment_whatever_is_written_meanwhile(#[values(Sqlite, Postgres)] engine: Engine) {
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |_| {});
    let (written, wait) = mpsc::channel();
    let started = Arc::new(Notify::new());
    let starts = Arc::clone(&started);
    let counts: Arc<AtomicU32> = Arc::default();
    let read = tokio::spawn({
        let (database, counts) = (database.clone(), Arc::clone(&counts));
        async move {
            let count = move |tx: &mut Tx<'_>| {
                let before = tx.fetch_all(&NAMES, params![], |row: &Row<'_>| row.get::<String>("name"))?;
                starts.notify_one();
                wait.recv().unwrap();
                counts.fetch_add(1, Ordering::SeqCst);
                Ok((before, tx.fetch_all(&NAMES, params![], |row: &Row<'_>| row.get::<String>("name"))?))
            };
            database.read(Scope::System, count).await
        }
    });
    started.notified().await;
    database.write(Scope::System, put("new")).await.unwrap();
    written.send(()).unwrap();
    let (before, after) = read.await.unwrap().unwrap();
    assert_eq!((before.len(), after.len()), (0, 0));
    assert_eq!(counts.load(Ordering::SeqCst), 1, "a read is run once");
    assert_eq!(names(&database).await, ["new"]);
}

#[rstest]
#[tokio::test]
async fn a_read_cannot_write_on_postgres_and_keeps_nothing_on_sqlite(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |_| {});
    let written = database.read(Scope::System, put("written")).await;
    assert_eq!(written.is_err(), engine == Postgres, "{written:?}");
    assert!(names(&database).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn a_statement_runs_only_where_its_tenancy_allows(#[values(Sqlite, Postgres)] engine: Engine) {
    static TENANT: Statement =
        Statement::tenant("test.tenant", "SELECT count(*) AS n FROM customer WHERE organization_id = $1");
    static SYSTEM: Statement = Statement::system("test.system", "SELECT count(*) AS n FROM customer");
    let store = Store::new(engine);
    let database = open(&store, &Clock::system(), |_| {});
    let organization = Scope::Organization("0123456789abcdef01234567".parse().unwrap());
    for (statement, scope, is_allowed) in [
        (&TENANT, organization, true),
        (&TENANT, Scope::System, false),
        (&SYSTEM, organization, false),
        (&SYSTEM, Scope::System, true),
        (&NAMES, organization, true),
        (&NAMES, Scope::System, true),
    ] {
        let run = move |tx: &mut Tx<'_>| tx.for_each(statement, params![], |_| Ok(()));
        let ran = database.read(scope, run).await;
        assert_eq!(ran.is_ok(), is_allowed, "{} in {scope:?}: {ran:?}", statement.name);
    }
}

#[tokio::test]
async fn a_sqlite_file_is_opened_also_while_somebody_writes_to_it() {
    let store = Store::new(Sqlite);
    let database = open(&store, &Clock::system(), |_| {});
    let held = Held::start(&database).await;
    let clock = Stopwatch::start();
    let other = open(&store, &Clock::system(), |_| {});
    assert!(clock.elapsed() < Duration::from_secs(4), "it waited for the writer");
    assert_eq!(names(&other).await, Vec::<String>::new());
    held.let_go().await;
}
