use std::{
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base::{Error, Random, Result, Stopwatch};
use database::{Database, Scope};
use gate::history::{Counts, Entry, Recorder, Spill};
use records::api_keys::many;
use tracing::{error, warn};

use super::{Keep, batch::Batch};

/// How many calls are written in one unit: few enough for its 50 ms.
const BATCH: usize = 250;
/// When more calls wait in memory, they go to files.
const HIGH_WATER: usize = 8 * 1024;
/// How many calls go to files at once.
const SPILLED_AT_ONCE: usize = 2 * 1024;

/// How long the end of the process waits for the database.
const CLOSING: Duration = Duration::from_secs(5);

/// How much of a machine the writing may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Burden {
    /// After each batch a rest of so many times as long as it took.
    Light(u32),
    /// As fast as it goes.
    Full,
}

/// The history of calls; clones share it.
#[derive(Clone)]
pub struct History(Arc<Inner>);

struct Inner {
    recorder: Recorder,
    /// Where the calls are.
    database: Database,
    /// Where the keys are.
    shop: Database,
    spill: Mutex<Spill>,
    /// What is being written; it stays here until it is.
    batch: tokio::sync::Mutex<Arc<Batch>>,
    keep: Keep,
    /// How many lost calls the log has told of.
    lost_told: AtomicU64,
}

impl History {
    /// The history in `database` of calls by the keys in `shop`. What cannot
    /// be written at once goes to files in `folder`, of `limit` bytes
    /// together; those an earlier process has left there are written first.
    pub fn open(
        shop: Database,
        database: Database,
        folder: &Path,
        limit: u64,
        keep: Keep,
        random: &mut Random,
    ) -> Result<Self> {
        let (spill, found) = Spill::open(folder, limit)
            .map_err(|error| Error::internal("the folder of the history cannot be opened", error))?;
        let recorder = Recorder::new(random);
        recorder.found(found.calls);
        if found.calls > 0 {
            warn!(calls = found.calls, "calls wait in files to be written into the history");
        }
        for _ in 0..found.torn {
            recorder.found_torn();
            warn!("a file of the history ends within a call, which is lost");
        }
        let (spill, batch) = (Mutex::new(spill), tokio::sync::Mutex::default());
        Ok(Self(Arc::new(Inner {
            recorder,
            database,
            shop,
            spill,
            batch,
            keep,
            lost_told: AtomicU64::new(0),
        })))
    }

    /// Where calls are noted.
    pub fn recorder(&self) -> &Recorder {
        &self.0.recorder
    }

    /// The database of the calls.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    pub(super) fn shop(&self) -> &Database {
        &self.0.shop
    }

    pub(super) fn keep(&self) -> Keep {
        self.0.keep
    }

    /// Writes what waits, in order: what is in files first. An error leaves
    /// the rest where it is.
    pub async fn write(&self, burden: Burden) -> Result<()> {
        loop {
            let clock = Stopwatch::start();
            if !self.write_batch().await? {
                return Ok(());
            }
            if let Burden::Light(rest) = burden {
                tokio::time::sleep(clock.elapsed() * rest).await;
            }
        }
    }

    /// Writes one batch; false if nothing waits.
    async fn write_batch(&self) -> Result<bool> {
        let mut batch = self.0.batch.lock().await;
        if batch.is_empty() {
            *batch = Arc::new(self.next_batch().await?);
        }
        let unowned = batch.without_organization();
        if !unowned.is_empty() {
            let owners = self.0.shop.read(Scope::System, move |tx| many::owners(tx, &unowned)).await?;
            // Nobody else has it before it has been tried.
            Arc::make_mut(&mut batch).attribute(&owners);
        }
        if batch.is_empty() {
            return Ok(false);
        }
        let tried = Arc::clone(&batch);
        self.0.database.write(Scope::System, move |tx| tried.store(tx)).await?;
        match &batch.unread {
            Some(unread) => {
                if let Err(error) = self.spill().forget(unread) {
                    warn!(%error, "a file of the history cannot be removed");
                }
                self.0.recorder.drained(batch.count());
            }
            None => self.0.recorder.written(batch.count()),
        }
        *batch = Arc::default();
        Ok(true)
    }

    /// From files, or else from memory.
    async fn next_batch(&self) -> Result<Batch> {
        if !self.spill().is_empty() {
            return self.on_disk(Self::read_files).await;
        }
        let (mut calls, folded) = self.0.recorder.take_doubtful(BATCH);
        calls.extend(self.0.recorder.take(BATCH - calls.len()));
        Ok(Batch { calls, folded, unread: None })
    }

    fn read_files(&self) -> Batch {
        let mut spill = self.spill();
        match spill.read(BATCH) {
            Ok(unread) => Batch::of_files(unread),
            Err(failure) => {
                let lost = spill.set_aside();
                error!(error = %failure, calls = lost, "a file of the history cannot be read and is set aside");
                self.0.recorder.set_aside(lost);
                Batch::default()
            }
        }
    }

    /// Puts calls into files where too many wait in memory, as far as the files
    /// may grow. Those that memory has no room for either are lost.
    pub async fn relieve(&self) -> Result<()> {
        while self.0.recorder.queued() > HIGH_WATER && self.on_disk(Self::relieve_once).await? {}
        let lost = self.0.recorder.counts().lost;
        let more = lost.saturating_sub(self.0.lost_told.swap(lost, Ordering::Relaxed));
        if more > 0 {
            error!(calls = more, "calls are lost to the history");
        }
        Ok(())
    }

    /// False if the files may hold no more.
    fn relieve_once(&self) -> bool {
        let mut spill = self.spill();
        let most = SPILLED_AT_ONCE.min(spill.room());
        self.put_into_files(&mut spill, self.0.recorder.take(most).into_iter().map(Entry::Call));
        most > 0
    }

    /// Writes what waits, as far as that can be done in a few seconds, and
    /// puts the rest into files: for the end of the process.
    pub async fn close(&self) -> Result<()> {
        let written = tokio::time::timeout(CLOSING, self.write(Burden::Full)).await;
        if let Ok(Err(error)) = &written {
            warn!(%error, "what waits for the history goes to files");
        }
        let batch = Arc::clone(&*self.0.batch.lock().await);
        self.on_disk(move |history| {
            let mut spill = history.spill();
            if batch.unread.is_none() {
                history.put_into_files(&mut spill, batch.entries());
            }
            let (calls, folded) = history.0.recorder.take_doubtful(usize::MAX);
            history.put_into_files(&mut spill, Batch { calls, folded, unread: None }.entries());
            let calls = history.0.recorder.take(usize::MAX);
            history.put_into_files(&mut spill, calls.into_iter().map(Entry::Call));
        })
        .await?;
        *self.0.batch.lock().await = Arc::default();
        Ok(())
    }

    /// Entries that were in hand go into files; those that do not are lost.
    fn put_into_files(&self, spill: &mut Spill, entries: impl IntoIterator<Item = Entry>) {
        let entries: Vec<Entry> = entries.into_iter().collect();
        let kept = spill.append(&entries).unwrap_or_else(|failure| {
            error!(error = %failure, "calls cannot be put into files");
            0
        });
        let count = |entries: &[Entry]| entries.iter().map(Entry::calls).sum::<u64>();
        let (kept, lost) = (count(&entries[..kept]), count(&entries[kept..]));
        self.0.recorder.spilled(kept);
        self.0.recorder.lost(lost);
        metrics::counter!("swage_history_spilled_total").increment(kept);
    }

    /// Tells the figures of now.
    pub fn publish(&self) {
        let Counts { recorded, written, waiting, spilled, lost } = self.0.recorder.counts();
        metrics::counter!("swage_history_recorded_total").absolute(recorded);
        metrics::counter!("swage_history_written_total").absolute(written);
        metrics::counter!("swage_history_lost_total").absolute(lost);
        metrics::gauge!("swage_history_waiting").set(figure(waiting));
        metrics::gauge!("swage_history_in_files").set(figure(spilled));
    }

    /// Does what waits for the disk.
    async fn on_disk<T: Send + 'static>(&self, work: impl FnOnce(&Self) -> T + Send + 'static) -> Result<T> {
        let history = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&history)).await;
        done.map_err(|error| Error::internal("the history", error))
    }

    fn spill(&self) -> MutexGuard<'_, Spill> {
        self.0.spill.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody has 2⁵³ calls")]
fn figure(count: u64) -> f64 {
    count as f64
}
