use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use base::{Clock, Id};
use foldhash::fast::RandomState;
use keys::{ApiKey, Policy};

use crate::{
    KeyRecord, LiveKey,
    limit::Limiter,
    record::{Use, Used},
};

/// A power of two. With a million keys a shard holds about sixty, so a change
/// copies a map of that size; a reader never waits.
const SHARDS: usize = 16_384;

type Shard = HashMap<Id<ApiKey>, Arc<KeyRecord>, RandomState>;

/// Every key that may be used, in memory.
pub struct LiveKeys {
    shards: Box<[ArcSwap<Shard>]>,
    policies: Mutex<Interner>,
    /// Keys whose last use is yet to be stored, each once.
    used: Mutex<Vec<Id<ApiKey>>>,
    clock: Clock,
}

impl LiveKeys {
    /// An empty set.
    pub fn new(clock: Clock) -> Self {
        let empty = Arc::new(Shard::default());
        Self {
            shards: (0..SHARDS).map(|_| ArcSwap::from(Arc::clone(&empty))).collect(),
            policies: Mutex::default(),
            used: Mutex::default(),
            clock,
        }
    }

    /// The key with this id.
    pub fn get(&self, id: Id<ApiKey>) -> Option<Arc<KeyRecord>> {
        self.shard(id).load().get(&id).cloned()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.load().len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shards.iter().all(|shard| shard.load().is_empty())
    }

    /// Adds a key or puts it in the place of its former self, whose meter and
    /// last use it keeps.
    pub fn put(&self, key: LiveKey) {
        let former = self.get(key.id);
        let record = Arc::new(self.record(key, former.as_deref()));
        self.change(record.id, |shard| {
            shard.insert(record.id, Arc::clone(&record));
        });
    }

    /// Takes a key out.
    pub fn remove(&self, id: Id<ApiKey>) {
        self.change(id, |shard| {
            shard.remove(&id);
        });
    }

    /// Puts these keys in the place of all there were. Takes them in one by
    /// one, so that a million need not be held twice.
    pub fn replace_all(&self) -> Replacing<'_> {
        Replacing { live: self, shards: (0..SHARDS).map(|_| Shard::default()).collect() }
    }

    /// Notes that a key was used; it is stored in a while.
    pub(crate) fn note_use(&self, record: &KeyRecord, now: Use) {
        if record.used.note(now) {
            self.used.lock().unwrap_or_else(PoisonError::into_inner).push(record.id);
        }
    }

    /// The uses noted since this was last asked.
    pub fn take_uses(&self) -> Vec<(Arc<KeyRecord>, Use)> {
        let used = std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner));
        used.into_iter()
            .filter_map(|id| {
                let record = self.get(id)?;
                let last = record.used.take_unstored()?;
                Some((record, last))
            })
            .collect()
    }

    fn record(&self, key: LiveKey, former: Option<&KeyRecord>) -> KeyRecord {
        let policy = self.policies.lock().unwrap_or_else(PoisonError::into_inner).intern(key.policy);
        let limiter = policy.rate_limit.map(|limit| {
            let kept = former.and_then(|former| former.limiter.as_ref()).filter(|kept| kept.limit == limit);
            kept.map_or_else(|| Arc::new(Limiter::new(limit, &self.clock)), Arc::clone)
        });
        let used = match former {
            Some(former) if former.last_use().is_some() => Used::after(&former.used),
            _ => Used::new(key.last_use),
        };
        KeyRecord {
            id: key.id,
            epoch: key.epoch,
            customer: key.customer,
            validity: key.validity,
            suspended: key.suspended,
            policy,
            name: key.name,
            secret: key.secret,
            other_secret: key.other_secret.map(Box::new),
            limiter,
            used,
        }
    }

    fn change(&self, id: Id<ApiKey>, change: impl Fn(&mut Shard)) {
        self.shard(id).rcu(|shard| {
            let mut changed = Shard::clone(shard);
            change(&mut changed);
            changed
        });
    }

    fn shard(&self, id: Id<ApiKey>) -> &ArcSwap<Shard> {
        &self.shards[shard_of(id)]
    }
}

/// The last bytes of an id are random.
fn shard_of(id: Id<ApiKey>) -> usize {
    let bytes = id.as_bytes();
    (usize::from(bytes[10]) << 8 | usize::from(bytes[11])) % SHARDS
}

/// A whole new set on its way in.
pub struct Replacing<'a> {
    live: &'a LiveKeys,
    shards: Vec<Shard>,
}

impl Replacing<'_> {
    /// Takes in one key.
    pub fn put(&mut self, key: LiveKey) {
        let former = self.live.get(key.id);
        let record = self.live.record(key, former.as_deref());
        self.shards[shard_of(record.id)].insert(record.id, Arc::new(record));
    }

    /// All are in: from now on they are the live ones.
    pub fn finish(self) {
        for (place, mut shard) in self.live.shards.iter().zip(self.shards) {
            shard.shrink_to_fit();
            place.store(Arc::new(shard));
        }
    }
}

/// Policies that many keys share are held once.
#[derive(Default)]
struct Interner {
    policies: HashSet<Arc<Policy>>,
    /// When there are this many, those no key has any more are let go.
    sweep_at: usize,
}

impl Interner {
    fn intern(&mut self, policy: Policy) -> Arc<Policy> {
        if let Some(known) = self.policies.get(&policy) {
            return Arc::clone(known);
        }
        if self.policies.len() >= self.sweep_at.max(1024) {
            self.policies.retain(|policy| Arc::strong_count(policy) > 1);
            self.sweep_at = self.policies.len() * 2;
        }
        let policy = Arc::new(policy);
        self.policies.insert(Arc::clone(&policy));
        policy
    }
}
