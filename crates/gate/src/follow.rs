//! How the gate follows the changes of keys: one read at a time, shared by all
//! who ask for it.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use base::{Clock, Error, Moment, Result, Stopwatch};
use tokio::{
    sync::{mpsc, watch},
    time::{sleep, timeout},
};
use tracing::{error, info};

use crate::{BOUND, Change, Credential, Denied, Gate, KeySource, LiveKeys, trust::Trust};

/// A gate says this often that it goes on, and asks what is new.
const PULSE: Duration = Duration::from_millis(500);
/// How long a request waits for a gate that has lost touch.
const TOUCH_WITHIN: Duration = Duration::from_millis(500);
/// How long a request waits for its key, if that may just have been made elsewhere: the database is there, if busy.
const NEWS_WITHIN: Duration = Duration::from_secs(1);
/// Requests cause a read no more often than this, however many there are.
const PAUSE: Duration = Duration::from_millis(50);

/// Where a gate stands in the sequence of changes.
pub(crate) struct Following {
    source: Arc<dyn KeySource>,
    clock: Clock,
    pub(crate) trust: Trust,
    /// The place up to which the live keys are true.
    place: AtomicU64,
    generation: AtomicU32,
    /// When it last began to tell that it goes on, and has been heard.
    told: Mutex<Moment>,
    reads: Mutex<Reads>,
    done: watch::Sender<Done>,
    /// When a request last caused a read.
    caused: tokio::sync::Mutex<Option<Stopwatch>>,
}

/// Reads are numbered from 1.
#[derive(Default)]
struct Reads {
    begun: u64,
    wanted: u64,
    running: bool,
}

/// The last read that has ended.
struct Done {
    number: u64,
    failed: bool,
}

impl Done {
    fn outcome(&self) -> Result<()> {
        if self.failed { Err(Error::unavailable("The changes of keys cannot be read.")) } else { Ok(()) }
    }
}

impl Following {
    pub(crate) fn new(source: Arc<dyn KeySource>, clock: Clock) -> Self {
        Self {
            source,
            clock,
            trust: Trust::none(),
            place: AtomicU64::new(0),
            generation: AtomicU32::new(0),
            told: Mutex::new(Moment::FIRST),
            reads: Mutex::default(),
            done: watch::Sender::new(Done { number: 0, failed: false }),
            caused: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn generation(&self) -> u32 {
        self.generation.load(Ordering::SeqCst)
    }

    /// Takes in every key of the source.
    pub(crate) async fn load(&self, live: &LiveKeys) -> Result<()> {
        let (sender, mut incoming) = mpsc::channel(1024);
        let mut replacing = live.replace_all();
        let taken_in = async {
            while let Some(key) = incoming.recv().await {
                replacing.put(key);
            }
        };
        let (told, ()) = tokio::join!(self.source.everything(sender), taken_in);
        let (place, generation) = told?;
        replacing.finish();
        self.generation.store(generation, Ordering::SeqCst);
        self.place.store(place, Ordering::SeqCst);
        Ok(())
    }

    /// Tells that the gate goes on, if that is due, and takes in what is new:
    /// in this order, for what is known is trusted from the telling on.
    pub(crate) async fn read(&self, live: &LiveKeys) -> Result<()> {
        if self.clock.steady().since(self.last_told()) >= PULSE || self.last_told() == Moment::FIRST {
            self.tell().await?;
        }
        let since = self.last_told();
        let (before, upto) = (self.position(), self.clock.now());
        self.take_in(live).await?;
        self.trust.renew(since, upto);
        if self.position() == before { Ok(()) } else { self.tell().await }
    }

    async fn take_in(&self, live: &LiveKeys) -> Result<()> {
        loop {
            let (generation, place) = self.position();
            let news = self.source.changes(place).await?;
            if news.forgotten || news.generation != generation {
                info!("takes in every key anew: a backup was restored, or the changes since are forgotten");
                self.load(live).await?;
                continue;
            }
            for change in news.changes {
                match change {
                    Change::Put(key) => live.put(*key),
                    Change::Remove(id) => live.remove(id),
                }
            }
            self.place.store(news.upto, Ordering::SeqCst);
            if !news.more {
                return Ok(());
            }
        }
    }

    async fn tell(&self) -> Result<()> {
        let moment = self.clock.steady();
        let (generation, place) = self.position();
        self.source.reached(generation, place).await?;
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = moment;
        Ok(())
    }

    fn last_told(&self) -> Moment {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn position(&self) -> (u32, u64) {
        (self.generation(), self.place.load(Ordering::SeqCst))
    }

    fn reads(&self) -> MutexGuard<'_, Reads> {
        self.reads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lag(&self) -> Duration {
        self.trust.lag(self.clock.steady())
    }

    pub(crate) fn is_behind(&self) -> bool {
        self.lag() > BOUND
    }
}

impl Gate {
    /// Follows the changes of keys until it is dropped.
    pub async fn follow(self: &Arc<Self>) {
        let mut failed = false;
        loop {
            let outcome = self.catch_up().await;
            if failed != outcome.is_err() {
                failed = !failed;
                let keys = self.live().len();
                if failed {
                    error!(keys, "the changes of keys cannot be followed; no key is let in until they can");
                } else {
                    info!(keys, "the changes of keys are followed again");
                }
            }
            tokio::select! {
                () = self.following.source.changed() => {}
                () = sleep(PULSE) => {}
            }
        }
    }

    /// Takes in what has changed. When this has answered, every change
    /// committed before it was asked is felt here. All who ask while a read is
    /// under way share the next one.
    pub async fn catch_up(self: &Arc<Self>) -> Result<()> {
        let mut done = self.following.done.subscribe();
        let number = self.want_read();
        let done = done.wait_for(|done| done.number >= number).await;
        done.map_err(|error| Error::internal("the reader of keys is gone", error))?.outcome()
    }

    /// The number of a read that begins after this; one is begun if none is under way.
    fn want_read(self: &Arc<Self>) -> u64 {
        let mut reads = self.following.reads();
        let number = reads.begun + 1;
        reads.wanted = number;
        if !reads.running {
            reads.running = true;
            tokio::spawn(Reader { gate: Arc::clone(self), ended: false }.read_all());
        }
        number
    }

    /// Has `decide` decide; where this node may not know enough for that, it
    /// asks the source of its keys and decides once more. So waits, for a
    /// moment, a gate that has lost touch, and a key, or a token of one, that
    /// may just have been made or changed on another node. Where that is not
    /// answered in time, it is not known that there is no such key.
    pub async fn informed<T>(
        self: &Arc<Self>,
        credential: Credential<'_>,
        decide: impl Fn() -> Result<T, Denied>,
    ) -> Result<T, Denied> {
        let patience = match decide() {
            Err(Denied::Behind) => TOUCH_WITHIN,
            Err(Denied::Unknown | Denied::TokenEnded) if self.may_be_news(credential) => NEWS_WITHIN,
            decided => return decided,
        };
        let asked = timeout(patience, self.read_for_request()).await;
        match decide() {
            Err(Denied::Unknown | Denied::TokenEnded) if !matches!(asked, Ok(Ok(()))) => Err(Denied::Behind),
            decided => decided,
        }
    }

    /// Reads what has changed, sharing one read in every [`PAUSE`] with all
    /// other requests that ask: strangers must not make load.
    async fn read_for_request(self: &Arc<Self>) -> Result<()> {
        let next = self.following.reads().begun + 1;
        let mut caused = self.following.caused.lock().await;
        {
            let done = self.following.done.borrow();
            if done.number >= next {
                return done.outcome();
            }
        }
        if let Some(last) = *caused {
            sleep(PAUSE.saturating_sub(last.elapsed())).await;
        }
        *caused = Some(Stopwatch::start());
        self.catch_up().await
    }

    /// How long ago this node has last made sure that it knows of every change.
    pub fn lag(&self) -> Duration {
        self.following.lag()
    }

    /// Whether it lets nobody in, since it may not know of every change.
    pub fn is_behind(&self) -> bool {
        self.following.is_behind()
    }

    /// The store's generation, and the place in the sequence of changes up to
    /// which they are felt here.
    pub fn position(&self) -> (u32, u64) {
        self.following.position()
    }
}

/// Reads as long as anyone wants it; there is one at a time.
struct Reader {
    gate: Arc<Gate>,
    /// It has nothing more to read: another may have begun by now.
    ended: bool,
}

impl Reader {
    async fn read_all(mut self) {
        while let Some(number) = self.next() {
            let following = &self.gate.following;
            let outcome = following.read(self.gate.live()).await;
            if let Err(error) = &outcome {
                error!(%error, "the changes of keys cannot be read");
            }
            following.done.send_replace(Done { number, failed: outcome.is_err() });
        }
    }

    fn next(&mut self) -> Option<u64> {
        let mut reads = self.gate.following.reads();
        if reads.begun == reads.wanted {
            reads.running = false;
            self.ended = true;
            return None;
        }
        reads.begun += 1;
        Some(reads.begun)
    }
}

impl Drop for Reader {
    /// One that was cut off, or has panicked, must not leave the others waiting.
    fn drop(&mut self) {
        if !self.ended {
            let mut reads = self.gate.following.reads();
            reads.running = false;
            reads.begun = reads.wanted;
            self.gate.following.done.send_replace(Done { number: reads.wanted, failed: true });
        }
    }
}
