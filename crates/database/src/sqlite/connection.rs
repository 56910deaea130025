use std::{
    borrow::Borrow,
    cell::OnceCell,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base::{Error, Result, Stopwatch};
use rusqlite::{
    ErrorCode, ToSql,
    config::DbConfig,
    params_from_iter,
    types::{ToSqlOutput, ValueRef},
};

use super::Units;
use crate::{Row, Value, tx::Cells, unit::too_late};

/// How many steps of SQLite's machine pass between two looks at the deadline.
const STEPS_BETWEEN_CHECKS: i32 = 10_000;

/// Pages in the log before a commit copies them into the file itself, where
/// those who do it beside the writer cannot keep up.
const PAGES_IN_LOG: u32 = 16_000;

/// Compiled statements kept for each connection.
const STATEMENT_CACHE: usize = 256;

pub(crate) struct SqliteConnection {
    pub(super) raw: rusqlite::Connection,
    started: Stopwatch,
    stop_at_nanos: Arc<AtomicU64>,
    /// Whether a unit has rung the bell since the last commit.
    pub(crate) rung: bool,
    /// What waits for the connection, if it is the one that writes.
    pub(super) queue: Option<Arc<Units>>,
}

impl SqliteConnection {
    /// Opens the file; keeps at most so many KiB of its pages in memory.
    pub(crate) fn open(path: &Path, cache: u32) -> Result<Self> {
        let started = Stopwatch::start();
        let stop_at_nanos = Arc::new(AtomicU64::new(u64::MAX));
        let raw = configured(path, cache, started, &stop_at_nanos)
            .map_err(|error| Error::internal("the SQLite file could not be opened", error))?;
        Ok(Self { raw, started, stop_at_nanos, rung: false, queue: None })
    }

    /// Statements that run longer than this from now are interrupted.
    pub(crate) fn stop_after(&self, time: Duration) {
        let stop = self.started.elapsed().saturating_add(time).as_nanos();
        self.stop_at_nanos.store(u64::try_from(stop).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(crate) fn stop_never(&self) {
        self.stop_at_nanos.store(u64::MAX, Ordering::Relaxed);
    }

    /// Whether a transaction is open: an interrupted write ends it.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.raw.is_autocommit()
    }

    /// Whether a unit waits to write, and not in the background.
    pub(crate) fn is_waited_for(&self) -> bool {
        self.queue.as_ref().is_some_and(|queue| queue.is_urgent())
    }

    /// Copies what it can of the log into the file, without holding anybody up. Answers how many pages the log has.
    pub(super) fn checkpoint(&self) -> Result<u32> {
        let copy = |row: &rusqlite::Row<'_>| row.get("log");
        self.raw.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], copy).map_err(|e| failed("a checkpoint", &e))
    }

    /// Runs `BEGIN`, `SAVEPOINT`, `COMMIT` and the like.
    pub(crate) fn command(&mut self, text: &str) -> Result<()> {
        self.raw
            .prepare_cached(text)
            .and_then(|mut command| command.raw_execute())
            .map_err(|e| failed(text, &e))?;
        Ok(())
    }

    pub(crate) fn query(
        &mut self,
        name: &str,
        text: &str,
        params: &[Value],
        mut each: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.raw.prepare_cached(text).map_err(|e| failed(name, &e))?;
        let mut rows = statement.query(params_from_iter(params)).map_err(|e| failed(name, &e))?;
        let columns = OnceCell::new();
        while let Some(row) = rows.next().map_err(|e| failed(name, &e))? {
            each(&Row { statement: name, cells: Cells::Sqlite(row, &columns) })?;
        }
        Ok(())
    }

    pub(crate) fn execute(&mut self, name: &str, text: &str, params: &[impl Borrow<Value>]) -> Result<u64> {
        let mut statement = self.raw.prepare_cached(text).map_err(|e| failed(name, &e))?;
        let params = params_from_iter(params.iter().map(Borrow::borrow));
        let touched = statement.execute(params).map_err(|e| failed(name, &e))?;
        Ok(touched as u64)
    }

    pub(crate) fn prepare(&mut self, name: &str, text: &str) -> Result<()> {
        self.raw.prepare(text).map(drop).map_err(|e| failed(name, &e))
    }
}

fn configured(
    path: &Path,
    cache: u32,
    started: Stopwatch,
    stop_at_nanos: &Arc<AtomicU64>,
) -> rusqlite::Result<rusqlite::Connection> {
    let mut raw = rusqlite::Connection::open(path)?;
    raw.busy_timeout(Duration::from_secs(5))?;
    // FULL: a commit is answered only after the log has reached the disk.
    raw.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;",
    )?;
    raw.pragma_update(None, "wal_autocheckpoint", PAGES_IN_LOG)?;
    // A negative number is one of KiB.
    raw.pragma_update(None, "cache_size", -i64::from(cache))?;
    // A plan is made once, not anew for each value that a parameter has.
    raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    raw.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    let stop = Arc::clone(stop_at_nanos);
    let is_over = move || started.elapsed().as_nanos() > u128::from(stop.load(Ordering::Relaxed));
    raw.progress_handler(STEPS_BETWEEN_CHECKS, Some(is_over))?;
    Ok(raw)
}

fn failed(name: &str, error: &rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => too_late(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            Error::unavailable("The database is busy.")
        }
        Some(ErrorCode::DiskFull) => Error::unavailable("The disk is full."),
        _ => Error::internal(name, error),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(n) => ValueRef::Integer(*n),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// The names of a statement's columns; SQLite takes its time to tell one.
pub(crate) type Columns = OnceCell<Vec<String>>;

pub(crate) fn cell(row: &rusqlite::Row<'_>, columns: &Columns, column: &str) -> Option<Value> {
    let told = || row.as_ref().column_names().map(ToOwned::to_owned).collect();
    let index = columns.get_or_init(told).iter().position(|name| name == column)?;
    value(row.get_ref(index).ok()?)
}

pub(crate) fn cells(row: &rusqlite::Row<'_>) -> Vec<Value> {
    let columns = row.as_ref().column_count();
    (0..columns).filter_map(|n| value(row.get_ref(n).ok()?)).collect()
}

fn value(cell: ValueRef<'_>) -> Option<Value> {
    Some(match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => Value::Integer(n),
        ValueRef::Text(text) => Value::Text(String::from_utf8(text.to_vec()).ok()?),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        // No column of ours is a floating-point number.
        ValueRef::Real(_) => return None,
    })
}
