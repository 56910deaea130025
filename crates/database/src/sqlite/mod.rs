//! SQLite: reader threads with their own connection, and one writer thread
//! whose queued units share a commit.

mod checkpoints;
mod connection;
pub(crate) mod plans;
mod writer;

use std::{path::Path, sync::Arc, thread};

use base::Result;
use tokio::sync::watch;

use checkpoints::Checkpoints;
pub(crate) use connection::{Columns, SqliteConnection, cell, cells};

use crate::{
    queue::Queue,
    tx::Connection,
    unit::{Ran, Unit, too_late},
};

/// Pages a reader keeps in memory, in KiB: the upper levels of the indexes of a large catalogue.
const READER_CACHE: u32 = 16 << 10;
/// Pages the writer keeps: the indexes that an import grows all at once.
const WRITER_CACHE: u32 = 64 << 10;

pub(crate) type Units = Queue<Box<dyn Unit>>;

/// Starts `readers` reader threads over one file.
pub(crate) fn start_readers(path: &Path, readers: usize, reads: &Arc<Units>) -> Result<()> {
    for _ in 0..readers {
        let (path, reads) = (path.to_owned(), Arc::clone(reads));
        let connection = SqliteConnection::open(&path, READER_CACHE)?;
        thread::spawn(move || read_all(&path, connection, &reads));
    }
    Ok(())
}

/// Starts the one writer thread of a file, which rings `bell` after a commit
/// in which it was rung.
pub(crate) fn start_writer(path: &Path, writes: &Arc<Units>, bell: &watch::Sender<()>) -> Result<()> {
    let (path, writes, bell) = (path.to_owned(), Arc::clone(writes), bell.clone());
    let connection = writer(&path, &writes)?;
    let checkpoints = Checkpoints::start(&path)?;
    thread::spawn(move || writer::write_all(&path, connection, &writes, &bell, &checkpoints));
    Ok(())
}

fn writer(path: &Path, writes: &Arc<Units>) -> Result<SqliteConnection> {
    let mut connection = SqliteConnection::open(path, WRITER_CACHE)?;
    connection.queue = Some(Arc::clone(writes));
    Ok(connection)
}

fn read_all(path: &Path, mut connection: SqliteConnection, reads: &Units) {
    while let Some(unit) = reads.pop() {
        if !read(&mut connection, unit) {
            reopen(&mut connection, || SqliteConnection::open(path, READER_CACHE));
        }
    }
}

/// Runs one read in a snapshot; false if its connection is not to be used again.
fn read(connection: &mut SqliteConnection, mut unit: Box<dyn Unit>) -> bool {
    let time_left = unit.time_left();
    if time_left.is_zero() {
        unit.answer(Err(too_late()));
        return true;
    }
    if let Err(error) = connection.command("BEGIN DEFERRED") {
        unit.answer(Err(error));
        return false;
    }
    connection.stop_after(time_left);
    let ran = unit.run(Connection::Sqlite(connection));
    connection.stop_never();
    let ended = connection.command("ROLLBACK");
    let healthy = ended.is_ok() && !matches!(ran, Ran::Panicked);
    unit.answer(Ok(()));
    healthy
}

/// Replaces a connection that is not trusted; keeps the old one where no new
/// one is to be had, so that the thread lives on.
fn reopen(connection: &mut SqliteConnection, open: impl FnOnce() -> Result<SqliteConnection>) {
    match open() {
        Ok(new) => *connection = new,
        Err(error) => tracing::error!(%error, "a database connection could not be replaced"),
    }
}
