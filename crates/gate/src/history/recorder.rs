use std::{
    borrow::Cow,
    cell::Cell,
    collections::VecDeque,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
};

use base::{Id, Organization, Random, Timestamp};
use keys::{ApiCall, ApiKey, Customer};

use super::{
    Call, Entry, Folded, Route,
    doubtful::{Doubtful, minute_of},
};

/// As many threads note calls without meeting each other.
const SHARDS: usize = 8;
/// How many calls a shard holds; more are lost, and counted.
const CAPACITY: usize = 16_384;

/// Whose call it was, as far as its credential tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// A live key's, whose secret or token was shown.
    Proved(Id<Organization>, Id<ApiKey>),
    /// It names a key, but nothing proves it; the organization of a live one.
    Named(Option<Id<Organization>>, Id<ApiKey>),
    /// Nobody's.
    Nobody,
}

/// A call as the door has seen it.
#[derive(Debug)]
pub struct Seen {
    /// When it came.
    pub at: Timestamp,
    /// Whose it was.
    pub whose: Whose,
    /// The customer it acted for.
    pub customer: Option<Id<Customer>>,
    /// What was called.
    pub route: Arc<Route>,
    /// The status of the answer.
    pub status: u16,
    /// `letIn`, or why the gate refused.
    pub outcome: &'static str,
    /// How long it took, in microseconds.
    pub micros: u32,
    /// The client's address; `None` if that is unknown.
    pub address: Option<IpAddr>,
    /// The size of the request's body.
    pub request_bytes: u64,
    /// The size of the answer's body.
    pub response_bytes: u64,
    /// The id of the request.
    pub request_id: Box<str>,
}

/// Where every call recorded is now: `recorded` is the sum of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Calls noted by this process, and those it found in files when it started.
    pub recorded: u64,
    /// In the database.
    pub written: u64,
    /// In memory.
    pub waiting: u64,
    /// In files.
    pub spilled: u64,
    /// Nowhere.
    pub lost: u64,
}

/// Where calls are noted, and wait in memory to be written down. A request
/// takes one lock that hardly anybody else wants, and waits for nothing else.
pub struct Recorder {
    shards: Box<[Mutex<Shard>]>,
    doubtful: Mutex<Doubtful>,
    ledger: Mutex<Ledger>,
    /// Sets the ids of this process apart from another's.
    process: [u8; 4],
    next: AtomicU32,
}

#[derive(Default)]
struct Shard {
    calls: VecDeque<Call>,
    recorded: u64,
    lost: u64,
}

/// Where calls are that have left the shards.
#[derive(Default)]
struct Ledger {
    /// Found in files at the start.
    found: u64,
    in_hand: u64,
    written: u64,
    spilled: u64,
    lost: u64,
}

impl Recorder {
    /// An empty one.
    pub fn new(random: &mut Random) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            doubtful: Mutex::default(),
            ledger: Mutex::default(),
            process: random.bytes(),
            next: AtomicU32::new(0),
        }
    }

    /// Notes a call.
    pub fn record(&self, seen: Seen) {
        match seen.whose {
            Whose::Proved(organization, key) => {
                let call = self.call(seen, Some(organization), key);
                let mut shard = lock(&self.shards[own_shard()]);
                shard.recorded += 1;
                if shard.calls.len() < CAPACITY {
                    shard.calls.push_back(call);
                } else {
                    shard.lost += 1;
                }
            }
            Whose::Named(organization, key) => {
                let outcome = seen.outcome;
                let call = self.call(seen, organization, key);
                lock(&self.doubtful).name(call, outcome);
            }
            Whose::Nobody => lock(&self.doubtful).count(seen.at, seen.outcome),
        }
    }

    fn call(&self, seen: Seen, organization: Option<Id<Organization>>, key: Id<ApiKey>) -> Call {
        Call {
            id: self.next_id(seen.at),
            at: seen.at,
            organization,
            key,
            customer: seen.customer,
            route: seen.route,
            status: seen.status,
            outcome: Cow::Borrowed(seen.outcome),
            micros: seen.micros,
            address: seen.address,
            request_bytes: seen.request_bytes,
            response_bytes: seen.response_bytes,
            request_id: seen.request_id,
        }
    }

    /// Seconds as in every id, then the process, then a number: in the order of the calls.
    fn next_id(&self, at: Timestamp) -> Id<ApiCall> {
        let seconds = u32::try_from(at.as_seconds()).unwrap_or(u32::MAX);
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.process);
        bytes[8..].copy_from_slice(&self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        Id::from_bytes(bytes)
    }

    /// Where every call is, at one moment.
    pub fn counts(&self) -> Counts {
        let ledger = lock(&self.ledger);
        let doubtful = lock(&self.doubtful);
        // All of them at once: a call that moves is counted once.
        let shards: Vec<_> = self.shards.iter().map(lock).collect();
        let sum = |of: fn(&Shard) -> u64| shards.iter().map(|shard| of(shard)).sum::<u64>();
        Counts {
            recorded: ledger.found + doubtful.recorded + sum(|shard| shard.recorded),
            written: ledger.written,
            waiting: ledger.in_hand + doubtful.waiting() + sum(|shard| shard.calls.len() as u64),
            spilled: ledger.spilled,
            lost: ledger.lost + sum(|shard| shard.lost),
        }
    }

    /// How many calls of live keys wait in memory.
    pub fn queued(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).calls.len()).sum()
    }

    /// Takes up to so many calls out, the oldest of each shard; they are in
    /// the taker's hand until it says what became of them.
    pub fn take(&self, most: usize) -> Vec<Call> {
        let mut ledger = lock(&self.ledger);
        let mut taken = Vec::new();
        for shard in &self.shards {
            let mut shard = lock(shard);
            let count = shard.calls.len().min(most - taken.len());
            taken.extend(shard.calls.drain(..count));
        }
        ledger.in_hand += taken.len() as u64;
        taken
    }

    /// Takes out those whose key was not proved: up to so many calls, and all
    /// counts of calls.
    pub fn take_doubtful(&self, most: usize) -> (Vec<Call>, Vec<Folded>) {
        let mut ledger = lock(&self.ledger);
        let (calls, folded) = lock(&self.doubtful).take(most);
        ledger.in_hand += calls.len() as u64 + folded.iter().map(|folded| folded.calls).sum::<u64>();
        (calls, folded)
    }

    /// So many calls were found in files.
    pub fn found(&self, calls: u64) {
        let mut ledger = lock(&self.ledger);
        ledger.found += calls;
        ledger.spilled += calls;
    }

    /// What was found in files was not all whole: at least one call is lost.
    pub fn found_torn(&self) {
        let mut ledger = lock(&self.ledger);
        ledger.found += 1;
        ledger.lost += 1;
    }

    /// So many calls went from the taker's hand into the database.
    pub fn written(&self, calls: u64) {
        let mut ledger = lock(&self.ledger);
        ledger.in_hand -= calls;
        ledger.written += calls;
    }

    /// So many calls went from the taker's hand into files.
    pub fn spilled(&self, calls: u64) {
        let mut ledger = lock(&self.ledger);
        ledger.in_hand -= calls;
        ledger.spilled += calls;
    }

    /// So many calls went from files into the database.
    pub fn drained(&self, calls: u64) {
        let mut ledger = lock(&self.ledger);
        ledger.spilled -= calls;
        ledger.written += calls;
    }

    /// So many calls are in files that cannot be read.
    pub fn set_aside(&self, calls: u64) {
        let mut ledger = lock(&self.ledger);
        ledger.spilled -= calls;
        ledger.lost += calls;
    }

    /// So many calls that were in the taker's hand are nowhere now.
    pub fn lost(&self, calls: u64) {
        let mut ledger = lock(&self.ledger);
        ledger.in_hand -= calls;
        ledger.lost += calls;
    }
}

impl Folded {
    /// A single call, counted.
    pub fn one(call: &Call) -> Self {
        let minute = Timestamp::from_millis(minute_of(call.at));
        Self { minute, outcome: call.outcome.clone(), calls: 1 }
    }
}

impl From<Call> for Entry {
    fn from(call: Call) -> Self {
        Self::Call(call)
    }
}

/// Each thread has one of the shards.
fn own_shard() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: Cell<usize> = Cell::new(THREADS.fetch_add(1, Ordering::Relaxed) % SHARDS);
    }
    OWN.get()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
