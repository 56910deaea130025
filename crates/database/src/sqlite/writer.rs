//! The writer thread: what waits in its queue shares one transaction, each
//! unit but the first in a savepoint of its own, and is answered after the
//! commit has reached the disk.

use std::{path::Path, sync::Arc, time::Duration};

use base::{Result, Stopwatch};
use tokio::sync::watch;

use super::{Checkpoints, SqliteConnection, Units, reopen};
use crate::{
    tx::Connection,
    unit::{Ran, Unit, too_late},
};

/// The most units that share a commit.
const BATCH_UNITS: usize = 256;
/// No further unit joins a batch that has run this long.
const BATCH_TIME: Duration = Duration::from_millis(10);
/// A unit that holds the one writer longer than this is worth a warning.
const LONG_UNIT: Duration = Duration::from_millis(50);

type Batch = Vec<Box<dyn Unit>>;

pub(super) fn write_all(
    path: &Path,
    mut connection: SqliteConnection,
    writes: &Arc<Units>,
    bell: &watch::Sender<()>,
    checkpoints: &Checkpoints,
) {
    while let Some(first) = writes.pop() {
        let mut waiting = vec![first];
        while !waiting.is_empty() {
            let (batch, healthy) = run_batch(&mut connection, waiting, writes);
            waiting = batch;
            checkpoints.tell(&connection);
            if std::mem::take(&mut connection.rung) {
                bell.send_replace(());
            }
            if !healthy {
                reopen(&mut connection, || super::writer(path, writes));
            }
        }
    }
}

/// Runs `waiting` and what follows in the queue as one batch. Answers the
/// units that must run again, because another one took the transaction down
/// with it, and whether the connection is to be used again.
fn run_batch(connection: &mut SqliteConnection, waiting: Batch, writes: &Units) -> (Batch, bool) {
    if let Err(error) = connection.command("BEGIN IMMEDIATE") {
        for unit in waiting {
            unit.answer(Err(copy_of(&error)));
        }
        return (Vec::new(), false);
    }
    let clock = Stopwatch::start();
    let mut done = Batch::new();
    let mut healthy = true;
    let mut waiting = waiting.into_iter();
    loop {
        let more_fit = done.len() < BATCH_UNITS && clock.elapsed() < BATCH_TIME;
        let Some(unit) = waiting.next().or_else(|| if more_fit { writes.try_pop() } else { None }) else {
            break;
        };
        let place = if done.is_empty() { Place::First } else { Place::Behind };
        let (unit, ran) = run_one(connection, place, unit);
        healthy &= !matches!(ran, Ran::Panicked);
        match unit {
            Some(unit) => done.push(unit),
            None if connection.in_transaction() => {}
            // The unit was interrupted in a write, which undoes the whole
            // transaction. It has its answer; the others run again.
            None => return (done.into_iter().chain(waiting).collect(), healthy),
        }
    }
    metrics::histogram!("swage_database_commit_units").record(u32::try_from(done.len()).unwrap_or(u32::MAX));
    let committed = connection.command("COMMIT");
    if committed.is_err() && connection.in_transaction() {
        healthy &= connection.command("ROLLBACK").is_ok();
    }
    for unit in done {
        unit.answer(match &committed {
            Ok(()) => Ok(()),
            Err(error) => Err(copy_of(error)),
        });
    }
    (Vec::new(), healthy && committed.is_ok())
}

/// Where a unit stands in its batch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// What it did is undone by ending the transaction: of a large unit,
    /// SQLite then notes for no page how it was.
    First,
    /// Others would be undone with it: it has a savepoint.
    Behind,
}

/// Runs a unit. Gives it back when it awaits the commit.
fn run_one(
    connection: &mut SqliteConnection,
    place: Place,
    mut unit: Box<dyn Unit>,
) -> (Option<Box<dyn Unit>>, Ran) {
    let time_left = unit.time_left();
    if time_left.is_zero() {
        unit.answer(Err(too_late()));
        return (None, Ran::Failed);
    }
    if place == Place::Behind
        && let Err(error) = connection.command("SAVEPOINT unit")
    {
        unit.answer(Err(error));
        return (None, Ran::Failed);
    }
    let clock = Stopwatch::start();
    connection.stop_after(time_left);
    let ran = unit.run(Connection::Sqlite(connection));
    connection.stop_never();
    metrics::histogram!("swage_database_write_unit_seconds").record(clock.elapsed());
    if clock.elapsed() > LONG_UNIT {
        metrics::counter!("swage_database_long_write_units_total").increment(1);
        tracing::warn!(milliseconds = clock.elapsed().as_millis(), "a write unit held the writer for long");
    }
    let kept = match ran {
        Ran::Done if place == Place::First => Ok(()),
        Ran::Done => connection.command("RELEASE unit"),
        Ran::Failed | Ran::Panicked => undo(connection, place),
    };
    match (kept, &ran) {
        (Ok(()), Ran::Done) => (Some(unit), ran),
        (Ok(()), _) => {
            unit.answer(Ok(()));
            (None, ran)
        }
        (Err(error), _) => {
            unit.answer(Err(error));
            (None, ran)
        }
    }
}

fn undo(connection: &mut SqliteConnection, place: Place) -> Result<()> {
    if !connection.in_transaction() {
        return Ok(());
    }
    let (undo, go_on) = match place {
        Place::First => ("ROLLBACK", "BEGIN IMMEDIATE"),
        Place::Behind => ("ROLLBACK TO unit", "RELEASE unit"),
    };
    connection.command(undo)?;
    connection.command(go_on)
}

/// The same failure for every unit of a batch.
fn copy_of(error: &base::Error) -> base::Error {
    match error {
        base::Error::Unavailable { message, retry_after } => {
            base::Error::Unavailable { message: message.clone(), retry_after: *retry_after }
        }
        other => base::Error::Internal(other.to_string()),
    }
}
