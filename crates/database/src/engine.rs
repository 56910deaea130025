use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base::{Clock, Error, Random, Result, Stopwatch};
use tokio::{
    sync::{Notify, oneshot, watch},
    time::timeout,
};
use zeroize::Zeroizing;

use crate::{
    Engine, Scope, Tx, Vault,
    migrate::{self, Target},
    postgres::{self, Access, Asked, Server},
    queue::{Priority, Queue},
    sqlite::{self, Units},
    tx::no_vault,
    unit::{Ask, Unit, Work},
};

/// Where the database is and how much it may be asked at once.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// PostgreSQL only: another address under which migrations run.
    pub migration_url: Option<String>,
    /// PostgreSQL only: the file of the authorities by which its certificate is
    /// proved, in PEM; none for those of this machine.
    pub ca_file: Option<PathBuf>,
    /// Reader threads on SQLite, connections on PostgreSQL.
    pub connections: usize,
    /// How many units may wait in a queue; more are refused.
    pub queue: usize,
    /// How long a unit may take in all, waiting included.
    pub deadline: Duration,
    /// Which tables it has.
    pub schema: Schema,
}

/// Which tables a database has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// The shop's; on PostgreSQL all there are.
    Shop,
    /// On SQLite those of the history of calls, which have a file of their
    /// own: its many writes never hold the shop's one writer.
    History,
}

impl Settings {
    /// The usual amounts for the database at `url`.
    pub fn at(url: impl Into<String>) -> Self {
        let url = url.into();
        let connections = if url.starts_with("sqlite:") { 4 } else { 8 };
        Self {
            url,
            migration_url: None,
            ca_file: None,
            connections,
            queue: 1024,
            deadline: Duration::from_secs(10),
            schema: Schema::Shop,
        }
    }

    /// The file of the history of calls, beside the shop's: `swage.history.db`
    /// for `swage.db`. `None` on PostgreSQL, which has it in the same database.
    pub fn of_history(&self) -> Option<Self> {
        let path = PathBuf::from(self.url.strip_prefix("sqlite://")?).with_extension("history.db");
        let url = format!("sqlite://{}", path.display());
        Some(Self { url, connections: 2, schema: Schema::History, ..self.clone() })
    }
}

/// How long past its deadline a unit is waited for.
const SILENCE: Duration = Duration::from_secs(1);

/// An open database. Clones share it; when the last one is dropped, what is
/// queued is still done and the connections are closed.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
    deadline: Duration,
    reserved: bool,
    vault: Option<Vault>,
}

struct Inner {
    queues: Queues,
    /// Those of [`Database::reserved`].
    reserved: Queues,
    clock: Clock,
    random: Mutex<Random>,
    bell: watch::Sender<()>,
    runner: Arc<Notify>,
}

enum Queues {
    Sqlite { reads: Arc<Units>, writes: Arc<Units> },
    Postgres(Arc<Queue<Asked>>),
}

impl Database {
    /// Brings the schema up to date and opens the database.
    ///
    /// On PostgreSQL a superuser, or a role that passes by row-level security,
    /// is refused.
    pub fn open(settings: &Settings, clock: Clock, random: Random) -> Result<Self> {
        let bell = watch::Sender::new(());
        let (queues, reserved, server) = match settings.url.strip_prefix("sqlite://") {
            Some(path) => open_sqlite(&PathBuf::from(path), settings, &bell)?,
            None => open_postgres(settings)?,
        };
        let inner =
            Inner { queues, reserved, clock, random: Mutex::new(random), bell, runner: Arc::default() };
        let inner = Arc::new(inner);
        if let Some(server) = server {
            postgres::listener::start(&server, &inner.bell, Arc::downgrade(&inner));
        }
        Ok(Self { inner, deadline: settings.deadline, reserved: false, vault: None })
    }

    /// The database of the history of calls that goes with this one, whose
    /// settings are given: itself on PostgreSQL, a file of its own on SQLite.
    pub fn open_history(&self, settings: &Settings, random: Random) -> Result<Self> {
        match settings.of_history() {
            Some(settings) => Self::open(&settings, self.clock().clone(), random),
            None => Ok(self.clone()),
        }
    }

    /// Whether the two are one.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// Brings the schema up to date and does nothing else.
    pub fn migrate(settings: &Settings) -> Result<()> {
        Self::migrate_towards(settings, Target::Latest)
    }

    /// Brings the schema up to this migration alone: as an older version left it.
    #[doc(hidden)]
    pub fn migrate_to(settings: &Settings, migration: i32) -> Result<()> {
        Self::migrate_towards(settings, Target::Version(migration))
    }

    fn migrate_towards(settings: &Settings, to: Target) -> Result<()> {
        if let Some(path) = settings.url.strip_prefix("sqlite://") {
            return migrate::sqlite(&PathBuf::from(path), settings.schema, to);
        }
        migrate::postgres(&migration_server(settings)?, to)
    }

    /// The same database for work that may take an hour: loading the key set, a backup.
    #[must_use]
    pub fn patient(&self) -> Self {
        Self { deadline: Duration::from_hours(1), ..self.clone() }
    }

    /// The same database by a connection of its own, for what must not wait
    /// for anything else. A unit that has not begun within `deadline` never does.
    #[must_use]
    pub fn reserved(&self, deadline: Duration) -> Self {
        Self { deadline, reserved: true, ..self.clone() }
    }

    /// Hears of every commit of a transaction that has [rung](crate::bell::ring)
    /// the bell, and whenever one may have been missed.
    pub fn listen(&self) -> watch::Receiver<()> {
        self.inner.bell.subscribe()
    }

    /// The same database with the key under which units seal what must not lie
    /// in clear.
    #[must_use]
    pub fn with_vault(self, vault: Vault) -> Self {
        Self { vault: Some(vault), ..self }
    }

    /// What a unit sealed about the same.
    pub fn unseal(&self, about: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.vault.as_ref().ok_or_else(no_vault)?.open(about, sealed)
    }

    /// Waits until a unit that enqueued a job is durable, in this process; at
    /// once where one was since the last time.
    pub async fn job_enqueued(&self) {
        self.inner.runner.notified().await;
    }

    /// Which engine runs underneath.
    pub fn engine(&self) -> Engine {
        match self.inner.queues {
            Queues::Sqlite { .. } => Engine::Sqlite,
            Queues::Postgres(_) => Engine::Postgres,
        }
    }

    /// The clock that units take their time from.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// How many units wait.
    pub fn waiting(&self) -> usize {
        match &self.inner.queues {
            Queues::Sqlite { reads, writes } => reads.len() + writes.len(),
            Queues::Postgres(units) => units.len(),
        }
    }

    /// Runs a unit that only reads, in one snapshot.
    pub async fn read<T, F>(&self, scope: Scope, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.run(Access::Read, Priority::Ordinary, scope, unit).await
    }

    /// Runs a unit that writes; answers once what it did is durable. An error
    /// leaves nothing of it behind.
    pub async fn write<T, F>(&self, scope: Scope, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.run(Access::Write, Priority::Ordinary, scope, unit).await
    }

    /// Like [`write`](Self::write), for rows that no other unit decides by: on
    /// PostgreSQL it is not kept apart from what happens meanwhile, and so never
    /// runs twice for that.
    pub async fn touch<T, F>(&self, scope: Scope, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.run(Access::Touch, Priority::Ordinary, scope, unit).await
    }

    /// Like [`write`](Self::write), before, among or behind the others.
    pub async fn write_as<T, F>(&self, priority: Priority, scope: Scope, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.run(Access::Write, priority, scope, unit).await
    }

    async fn run<T, F>(&self, access: Access, priority: Priority, scope: Scope, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let seed = self.inner.random.lock().unwrap_or_else(PoisonError::into_inner).bytes();
        let deadline = self.deadline;
        let ask = Ask {
            scope,
            now: self.inner.clock.now(),
            seed,
            waiting: Stopwatch::start(),
            deadline,
            vault: self.vault.clone(),
            runner: Arc::clone(&self.inner.runner),
        };
        let work = Box::new(Work { ask, unit, outcome: None, wakes_runner: false, reply });
        if !self.queue(access, priority, work) {
            metrics::counter!("swage_database_refused_units_total").increment(1);
            return Err(Error::unavailable("Too many requests are waiting for the database."));
        }
        // A unit is stopped at its deadline, but not one whose server has
        // fallen silent: nobody waits for that.
        match timeout(deadline + SILENCE, answer).await {
            Ok(answer) => answer.map_err(|_| Error::Internal("a database thread ended".into()))?,
            Err(_) => Err(Error::unavailable(
                "The database did not answer in time. What was asked for may have been done all the same.",
            )),
        }
    }

    fn queue(&self, access: Access, priority: Priority, work: Box<dyn Unit>) -> bool {
        let queues = if self.reserved { &self.inner.reserved } else { &self.inner.queues };
        match (queues, access) {
            (Queues::Sqlite { reads, .. }, Access::Read) => reads.push(work, priority).is_ok(),
            (Queues::Sqlite { writes, .. }, _) => writes.push(work, priority).is_ok(),
            (Queues::Postgres(units), access) => units.push((access, work), priority).is_ok(),
        }
    }
}

impl Queues {
    fn close(&self) {
        match self {
            Self::Sqlite { reads, writes } => {
                reads.close();
                writes.close();
            }
            Self::Postgres(units) => units.close(),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queues.close();
        self.reserved.close();
    }
}

/// The queues, the reserved ones, and the server to listen to.
type Opened = (Queues, Queues, Option<Server>);

fn open_sqlite(path: &Path, settings: &Settings, bell: &watch::Sender<()>) -> Result<Opened> {
    migrate::sqlite(path, settings.schema, Target::Latest)?;
    let queue = || Arc::new(Queue::new(settings.queue));
    let (reads, reserved, writes) = (queue(), queue(), queue());
    sqlite::start_readers(path, settings.connections, &reads)?;
    sqlite::start_readers(path, 1, &reserved)?;
    sqlite::start_writer(path, &writes, bell)?;
    let reserved = Queues::Sqlite { reads: reserved, writes: Arc::clone(&writes) };
    Ok((Queues::Sqlite { reads, writes }, reserved, None))
}

fn open_postgres(settings: &Settings) -> Result<Opened> {
    let server = Server::at(&settings.url, settings.ca_file.as_deref())?;
    migrate::postgres(&migration_server(settings)?, Target::Latest)?;
    migrate::refuse_mighty_role(&server)?;
    let (units, reserved) = (Arc::new(Queue::new(settings.queue)), Arc::new(Queue::new(settings.queue)));
    postgres::start(&server, settings.connections, &units);
    postgres::start(&server, 1, &reserved);
    Ok((Queues::Postgres(units), Queues::Postgres(reserved), Some(server)))
}

fn migration_server(settings: &Settings) -> Result<Server> {
    Server::at(settings.migration_url.as_ref().unwrap_or(&settings.url), settings.ca_file.as_deref())
}
