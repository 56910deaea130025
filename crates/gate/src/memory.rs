use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    future::Future,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use base::{Error, Id, Organization};
use keys::{AddressList, ApiKey, KeyType, Permissions, Policy, Scopes, SecretMac, Validity};
use tokio::sync::{Notify, mpsc};

use crate::{Answer, Change, Changes, KeySource, LiveKey, StoredSecret, name_hash};

/// How many changes are told at once.
const AT_ONCE: usize = 1000;

/// Keys that live in this process alone: for tests, and for a service that
/// reads its keys from somewhere of its own and puts them here.
#[derive(Debug, Default)]
pub struct MemoryKeys {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    keys: HashMap<Id<ApiKey>, LiveKey>,
    /// The last change of each key, in order.
    changes: BTreeMap<u64, Id<ApiKey>>,
    /// Where in `changes` a key stands.
    places: HashMap<Id<ApiKey>, u64>,
    place: u64,
}

impl MemoryKeys {
    /// Adds a key, or puts it in the place of its former self.
    pub fn put(&self, key: LiveKey) {
        let mut state = self.state();
        state.change(key.id);
        state.keys.insert(key.id, key);
        self.changed.notify_one();
    }

    /// Takes a key out.
    pub fn remove(&self, id: Id<ApiKey>) {
        let mut state = self.state();
        state.change(id);
        state.keys.remove(&id);
        self.changed.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn change(&mut self, id: Id<ApiKey>) {
        self.place += 1;
        if let Some(former) = self.places.insert(id, self.place) {
            self.changes.remove(&former);
        }
        self.changes.insert(self.place, id);
    }

    fn changes(&self, after: u64) -> Changes {
        let mut upto = after;
        let mut changes = Vec::new();
        for (place, id) in self.changes.range(after + 1..).take(AT_ONCE) {
            upto = *place;
            changes.push(match self.keys.get(id) {
                Some(key) => Change::Put(Box::new(key.clone())),
                None => Change::Remove(*id),
            });
        }
        Changes { upto, generation: 1, changes, more: upto < self.place, forgotten: false }
    }
}

impl KeySource for MemoryKeys {
    fn everything(&self, keys: mpsc::Sender<LiveKey>) -> Answer<'_, (u64, u32)> {
        Box::pin(async move {
            let (place, all): (u64, Vec<_>) = {
                let state = self.state();
                (state.place, state.keys.values().cloned().collect())
            };
            for key in all {
                keys.send(key).await.map_err(|error| Error::internal("the gate has gone", error))?;
            }
            Ok((place, 1))
        })
    }

    fn changes(&self, after: u64) -> Answer<'_, Changes> {
        let news = self.state().changes(after);
        Box::pin(std::future::ready(Ok(news)))
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.changed.notified())
    }
}

impl LiveKey {
    /// A key that is good at once and without end, from any address, for what
    /// its type and scopes allow. Of its secret only `mac` is kept, made under
    /// the pepper of this version.
    ///
    /// ```
    /// use base::{Clock, Id, Random};
    /// use gate::LiveKey;
    /// use keys::{KeyText, KeyType, MacKey, Peppers};
    ///
    /// let mut random = Random::system();
    /// let peppers = Peppers::new([MacKey { version: 1, key: random.bytes() }]).unwrap();
    /// let id = Id::new(Clock::system().now(), &mut random);
    /// let text = KeyText::mint("live".parse().unwrap(), id, &mut random);
    /// let mac = peppers.mac(1, &text).unwrap();
    /// let scopes = "hose:read".parse().unwrap();
    /// let shop = Id::from_bytes([1; 12]);
    /// let key = LiveKey::new(id, "Night shift", shop, KeyType::FullAccess, scopes, (1, mac));
    /// // Shown once, and kept nowhere:
    /// assert!(text.expose().starts_with("swg_live_"));
    /// ```
    pub fn new(
        id: Id<ApiKey>,
        name: &str,
        organization: Id<Organization>,
        key_type: KeyType,
        scopes: Scopes,
        (pepper, mac): (u16, SecretMac),
    ) -> Self {
        let policy = Policy {
            organization,
            key_type,
            role: Id::from_bytes([0; 12]),
            scopes,
            permissions: key_type.permits(Permissions::all(), scopes),
            addresses: AddressList::default(),
            projects: BTreeSet::new(),
            rate_limit: None,
        };
        Self {
            id,
            name: name_hash(name),
            secret: StoredSecret { slot: 0, pepper, imported: None, mac },
            former: None,
            epoch: 1,
            validity: Validity::default(),
            suspended: false,
            customer: None,
            revoked: Vec::new(),
            policy,
            last_use: None,
        }
    }
}
