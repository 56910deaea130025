use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use base::{Clock, Id, Timestamp};
use foldhash::fast::RandomState;
use keys::{ApiKey, Peppers, Policy, SecretMac};

use crate::{
    FormerSecret, KeyRecord, LiveKey,
    imported::{Imported, Known},
    limit::Limiter,
    record::{Former, Seldom, Use, Used},
};

/// A power of two. With a million keys a shard holds about sixty, so a change
/// copies a map of that size; a reader never waits.
const SHARDS: usize = 16_384;

type Shard = HashMap<Id<ApiKey>, Arc<KeyRecord>, RandomState>;

/// Every key that may be used, in memory.
pub struct LiveKeys {
    shards: Box<[ArcSwap<Shard>]>,
    imported: Imported,
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
            imported: Imported::default(),
            policies: Mutex::default(),
            used: Mutex::default(),
            clock,
        }
    }

    /// The key with this id.
    pub fn get(&self, id: Id<ApiKey>) -> Option<Arc<KeyRecord>> {
        self.shard(id).load().get(&id).cloned()
    }

    /// The key that has this text, which another system made, and what would be stored of it.
    pub(crate) fn imported(&self, text: &str, peppers: &Peppers) -> Option<(Arc<KeyRecord>, SecretMac)> {
        let (id, mac) = self.imported.find(text, peppers)?;
        Some((self.get(id)?, mac))
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
        self.imported.change(former.as_deref(), Some(&record));
    }

    /// Takes a key out.
    pub fn remove(&self, id: Id<ApiKey>) {
        let former = self.get(id);
        self.change(id, |shard| {
            shard.remove(&id);
        });
        self.imported.change(former.as_deref(), None);
    }

    /// Puts these keys in the place of all there were. Takes them in one by
    /// one, so that a million need not be held twice.
    pub fn replace_all(&self) -> Replacing<'_> {
        let shards = (0..SHARDS).map(|_| Shard::default()).collect();
        Replacing { live: self, shards, imported: Known::default() }
    }

    /// Notes that a key was used; it is stored in a while.
    pub(crate) fn note_use(&self, record: &KeyRecord, slot: u8, now: Use) {
        if let Some(former) = record.former(slot) {
            former.used.note(now);
        }
        if record.used.note(now) {
            self.used.lock().unwrap_or_else(PoisonError::into_inner).push(record.id);
        }
    }

    /// The uses noted since this was last asked.
    pub fn take_uses(&self) -> Vec<NotedUse> {
        let used = std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner));
        used.into_iter()
            .filter_map(|id| {
                let record = self.get(id)?;
                let last = record.used.take_unstored()?;
                let former = record.any_former();
                let former =
                    former.and_then(|former| Some((former.secret.slot, former.used.take_unstored()?.at)));
                Some(NotedUse { key: record, last, former })
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
        let former = key.former.map(|secret| former_secret(secret, former));
        let is_seldom = former.is_some() || !key.revoked.is_empty();
        KeyRecord {
            id: key.id,
            epoch: key.epoch,
            customer: key.customer,
            validity: key.validity,
            suspended: key.suspended,
            policy,
            name: key.name,
            secret: key.secret,
            seldom: is_seldom.then(|| Box::new(Seldom { former, revoked: key.revoked.into() })),
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

/// Like the key itself, its former secret keeps a last use that may not be stored yet.
fn former_secret(told: FormerSecret, key: Option<&KeyRecord>) -> Former {
    let kept = key.and_then(|key| key.former(told.secret.slot)).filter(|kept| kept.used.last().is_some());
    let stored = || Used::new(told.last_used.map(|at| Use { at, address: None }));
    Former {
        used: kept.map_or_else(stored, |kept| Used::after(&kept.used)),
        secret: told.secret,
        ends: told.ends,
    }
}

/// That a key was used, to be stored.
#[derive(Debug, Clone)]
pub struct NotedUse {
    /// The key.
    pub key: Arc<KeyRecord>,
    /// When and from where, last.
    pub last: Use,
    /// The slot of its former secret and when that was used last, if it was.
    pub former: Option<(u8, Timestamp)>,
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
    imported: Known,
}

impl Replacing<'_> {
    /// Takes in one key.
    pub fn put(&mut self, key: LiveKey) {
        let former = self.live.get(key.id);
        let record = self.live.record(key, former.as_deref());
        self.imported.learn(&record);
        self.shards[shard_of(record.id)].insert(record.id, Arc::new(record));
    }

    /// All are in: from now on they are the live ones.
    pub fn finish(self) {
        for (place, mut shard) in self.live.shards.iter().zip(self.shards) {
            shard.shrink_to_fit();
            place.store(Arc::new(shard));
        }
        self.live.imported.replace(self.imported);
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
