use std::{
    path::Path,
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::Duration,
};

use base::{Result, Stopwatch};

use super::SqliteConnection;

/// How long commits go on before what they wrote is copied: pages of indexes
/// are written again and again meanwhile. But what is copied goes to the disk at
/// once, and the commits of that time wait for the disk.
const AFTER: Duration = Duration::from_millis(50);
/// It reads no pages but those it copies.
const CACHE: u32 = 64;

/// Copies what was written from the log into the file, on a thread of its own,
/// so that no commit waits for it.
pub(super) struct Checkpoints(SyncSender<()>);

impl Checkpoints {
    pub(super) fn start(path: &Path) -> Result<Self> {
        let connection = SqliteConnection::open(path, CACHE)?;
        let (tell, told) = sync_channel(1);
        thread::spawn(move || copy_all(&connection, &told));
        Ok(Self(tell))
    }

    /// Something was written.
    pub(super) fn tell(&self) {
        // What is told already is enough.
        let _ = self.0.try_send(());
    }
}

fn copy_all(connection: &SqliteConnection, told: &Receiver<()>) {
    while told.recv().is_ok() {
        let clock = Stopwatch::start();
        while let Some(left) = AFTER.checked_sub(clock.elapsed()) {
            match told.recv_timeout(left) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                // Nobody writes any more.
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        if let Err(error) = connection.checkpoint() {
            tracing::warn!(%error, "the log could not be copied into the SQLite file");
        }
    }
}
