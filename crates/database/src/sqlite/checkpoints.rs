use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
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
/// A log of so many pages is to begin anew.
const LONG: u32 = 8_000;

/// Copies what was written from the log into the file, on a thread of its own,
/// so that no commit waits for it.
pub(super) struct Checkpoints {
    tell: SyncSender<()>,
    all_but_the_last: Arc<AtomicBool>,
}

impl Checkpoints {
    pub(super) fn start(path: &Path) -> Result<Self> {
        let connection = SqliteConnection::open(path, CACHE)?;
        let (tell, told) = sync_channel(1);
        let all_but_the_last = Arc::<AtomicBool>::default();
        let copied = Arc::clone(&all_but_the_last);
        thread::spawn(move || copy_all(&connection, &told, &copied));
        Ok(Self { tell, all_but_the_last })
    }

    /// Something was written by `writer`.
    ///
    /// A log begins anew only where all of it is copied when a transaction
    /// begins. While commits follow one another, that never happens beside them:
    /// the writer itself copies the last pages of a long one, when nobody waits.
    pub(super) fn tell(&self, writer: &SqliteConnection) {
        if !writer.is_waited_for() && self.all_but_the_last.swap(false, Ordering::Relaxed) {
            copy(writer);
        }
        // What is told already is enough.
        let _ = self.tell.try_send(());
    }
}

fn copy_all(connection: &SqliteConnection, told: &Receiver<()>, all_but_the_last: &AtomicBool) {
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
        if copy(connection) >= LONG {
            // What was written meanwhile, that less is left to the writer.
            copy(connection);
            all_but_the_last.store(true, Ordering::Relaxed);
        }
    }
}

/// Answers how many pages the log has.
fn copy(connection: &SqliteConnection) -> u32 {
    connection.checkpoint().unwrap_or_else(|error| {
        tracing::warn!(%error, "the log could not be copied into the SQLite file");
        0
    })
}
