use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base::{Clock, Error, Random, Result, Stopwatch};
use tokio::sync::oneshot;

use crate::{
    Engine, Scope, Tx, migrate,
    postgres::{self, Access, Asked},
    queue::Queue,
    sqlite::{self, Units},
    unit::{Ask, Unit, Work},
};

/// Where the database is and how much it may be asked at once.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite://PATH` or `postgres://…`.
    pub url: String,
    /// PostgreSQL only: another address under which migrations run.
    pub migration_url: Option<String>,
    /// Reader threads on SQLite, connections on PostgreSQL.
    pub connections: usize,
    /// How many units may wait in a queue; more are refused.
    pub queue: usize,
    /// How long a unit may take in all, waiting included.
    pub deadline: Duration,
}

impl Settings {
    /// The usual amounts for the database at `url`.
    pub fn at(url: impl Into<String>) -> Self {
        let url = url.into();
        let connections = if url.starts_with("sqlite:") { 4 } else { 8 };
        Self { url, migration_url: None, connections, queue: 1024, deadline: Duration::from_secs(10) }
    }
}

/// Which units go first when several wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// In order.
    Ordinary,
    /// Before all else: what ends somebody's access.
    Security,
}

/// An open database. Clones share it; when the last one is dropped, what is
/// queued is still done and the connections are closed.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
    deadline: Duration,
}

struct Inner {
    queues: Queues,
    clock: Clock,
    random: Mutex<Random>,
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
        let queues = if let Some(path) = settings.url.strip_prefix("sqlite://") {
            let path = PathBuf::from(path);
            migrate::sqlite(&path)?;
            let (reads, writes) =
                (Arc::new(Queue::new(settings.queue)), Arc::new(Queue::new(settings.queue)));
            sqlite::start(&path, settings.connections, &reads, &writes)?;
            Queues::Sqlite { reads, writes }
        } else {
            let config = postgres_config(&settings.url)?;
            migrate::postgres(&postgres_config(settings.migration_url.as_ref().unwrap_or(&settings.url))?)?;
            migrate::refuse_mighty_role(&config)?;
            let units = Arc::new(Queue::new(settings.queue));
            postgres::start(&config, settings.connections, &units);
            Queues::Postgres(units)
        };
        let inner = Inner { queues, clock, random: Mutex::new(random) };
        Ok(Self { inner: Arc::new(inner), deadline: settings.deadline })
    }

    /// Brings the schema up to date and does nothing else.
    pub fn migrate(settings: &Settings) -> Result<()> {
        match settings.url.strip_prefix("sqlite://") {
            Some(path) => migrate::sqlite(&PathBuf::from(path)),
            None => {
                migrate::postgres(&postgres_config(settings.migration_url.as_ref().unwrap_or(&settings.url))?)
            }
        }
    }

    /// The same database for work that may take an hour: loading the key set, a backup.
    #[must_use]
    pub fn patient(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), deadline: Duration::from_hours(1) }
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

    /// Like [`write`](Self::write), before or among the others.
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
        let ask = Ask { scope, now: self.inner.clock.now(), seed, waiting: Stopwatch::start(), deadline };
        let work = Box::new(Work { ask, unit, outcome: None, reply });
        if !self.queue(access, priority == Priority::Security, work) {
            metrics::counter!("swage_database_refused_units_total").increment(1);
            return Err(Error::unavailable("Too many requests are waiting for the database."));
        }
        answer.await.map_err(|_| Error::Internal("a database thread ended".into()))?
    }

    fn queue(&self, access: Access, first: bool, work: Box<dyn Unit>) -> bool {
        match (&self.inner.queues, access) {
            (Queues::Sqlite { reads, .. }, Access::Read) => reads.push(work, first).is_ok(),
            (Queues::Sqlite { writes, .. }, Access::Write) => writes.push(work, first).is_ok(),
            (Queues::Postgres(units), access) => units.push((access, work), first).is_ok(),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        match &self.queues {
            Queues::Sqlite { reads, writes } => {
                reads.close();
                writes.close();
            }
            Queues::Postgres(units) => units.close(),
        }
    }
}

fn postgres_config(url: &str) -> Result<::postgres::Config> {
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return Err(Error::invalid("database-url", "must start with sqlite:// or postgres://"));
    }
    let mut config: ::postgres::Config =
        url.parse().map_err(|error| Error::invalid("database-url", format!("is not an address: {error}")))?;
    config.application_name("swage").connect_timeout(Duration::from_secs(5));
    Ok(config)
}
