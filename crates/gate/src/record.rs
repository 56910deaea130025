use std::{
    hash::BuildHasher,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base::{Id, Timestamp};
use foldhash::fast::FixedState;
use keys::{ApiKey, Customer, Policy, SecretMac, TextHash, TokenId, Validity};

use crate::limit::Limiter;

/// A key as its source tells it.
#[derive(Debug, Clone)]
pub struct LiveKey {
    /// Its id.
    pub id: Id<ApiKey>,
    /// The [`name_hash`] of its name, which a token exchange must give.
    pub name: u32,
    /// Its secret.
    pub secret: StoredSecret,
    /// The secret it had before, while that is good too.
    pub former: Option<FormerSecret>,
    /// Rises with every change that ends its tokens.
    pub epoch: u32,
    /// From when until when it is good.
    pub validity: Validity,
    /// Whether someone has suspended it.
    pub suspended: bool,
    /// The customer it is pinned to.
    pub customer: Option<Id<Customer>>,
    /// Its tokens that were ended one by one and are not over yet.
    pub revoked: Vec<TokenId>,
    /// What it may do.
    pub policy: Policy,
    /// When and from where it was last used, as far as is stored.
    pub last_use: Option<Use>,
}

/// One secret of a key, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecret {
    /// Which of the key's secrets it is.
    pub slot: u8,
    /// The version of the pepper it was MACed under.
    pub pepper: u16,
    /// How another system hashed its text, where that made it.
    pub imported: Option<TextHash>,
    /// The MAC.
    pub mac: SecretMac,
}

/// The secret a key had before it was rotated, which is good for a while yet.
#[derive(Debug, Clone)]
pub struct FormerSecret {
    /// The secret.
    pub secret: StoredSecret,
    /// The first moment it is over.
    pub ends: Timestamp,
    /// When it was last used, as far as is stored.
    pub last_used: Option<Timestamp>,
}

/// When and from where a key was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// When.
    pub at: Timestamp,
    /// From where; `None` if that is unknown.
    pub address: Option<IpAddr>,
}

/// A live key in memory: at most 200 bytes, what many keys share apart.
#[derive(Debug)]
pub struct KeyRecord {
    /// Its id.
    pub id: Id<ApiKey>,
    /// Rises with every change that ends its tokens.
    pub epoch: u32,
    /// The customer it is pinned to.
    pub customer: Option<Id<Customer>>,
    /// From when until when it is good.
    pub validity: Validity,
    /// Whether someone has suspended it.
    pub suspended: bool,
    /// What it may do.
    pub policy: Arc<Policy>,
    pub(crate) name: u32,
    pub(crate) secret: StoredSecret,
    pub(crate) seldom: Option<Box<Seldom>>,
    pub(crate) limiter: Option<Arc<Limiter>>,
    pub(crate) used: Used,
}

/// What few keys have at any time.
#[derive(Debug)]
pub(crate) struct Seldom {
    pub(crate) former: Option<Former>,
    /// Its tokens that were ended one by one.
    pub(crate) revoked: Box<[TokenId]>,
}

/// The former secret of a live key.
#[derive(Debug)]
pub(crate) struct Former {
    pub(crate) secret: StoredSecret,
    pub(crate) ends: Timestamp,
    pub(crate) used: Used,
}

/// The last use, and whether it is yet to be stored.
#[derive(Debug)]
pub(crate) struct Used(Mutex<LastUse>);

#[derive(Debug, Clone, Copy)]
struct LastUse {
    unstored: bool,
    last: Option<Use>,
}

impl Used {
    pub(crate) fn new(last: Option<Use>) -> Self {
        Self(Mutex::new(LastUse { unstored: false, last }))
    }

    /// The last use of a key that takes the place of its former self, which
    /// may not be stored yet.
    pub(crate) fn after(former: &Self) -> Self {
        Self(Mutex::new(*former.lock()))
    }

    /// Notes a use; true if it is the first since the last was stored.
    pub(crate) fn note(&self, now: Use) -> bool {
        let mut used = self.lock();
        used.last = Some(now);
        !std::mem::replace(&mut used.unstored, true)
    }

    pub(crate) fn last(&self) -> Option<Use> {
        self.lock().last
    }

    /// The use that is to be stored now.
    pub(crate) fn take_unstored(&self) -> Option<Use> {
        let mut used = self.lock();
        if std::mem::take(&mut used.unstored) { used.last } else { None }
    }

    fn lock(&self) -> MutexGuard<'_, LastUse> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyRecord {
    /// The secrets that are good at `now`.
    pub(crate) fn secrets(&self, now: Timestamp) -> impl Iterator<Item = &StoredSecret> {
        let former = self.any_former().filter(move |former| now < former.ends);
        std::iter::once(&self.secret).chain(former.map(|former| &former.secret))
    }

    pub(crate) fn all_secrets(&self) -> impl Iterator<Item = &StoredSecret> {
        std::iter::once(&self.secret).chain(self.any_former().map(|former| &former.secret))
    }

    /// The slot of the secret that takes the place of its own.
    pub(crate) fn slot_of_next(&self) -> u8 {
        self.secret.slot.wrapping_add(1)
    }

    /// The former secret, if this slot is its.
    pub(crate) fn former(&self, slot: u8) -> Option<&Former> {
        self.any_former().filter(|former| former.secret.slot == slot)
    }

    /// The former secret, whether or not it is over.
    pub(crate) fn any_former(&self) -> Option<&Former> {
        self.seldom.as_ref().and_then(|seldom| seldom.former.as_ref())
    }

    /// Whether this token of the key was ended.
    pub(crate) fn has_revoked(&self, token: TokenId) -> bool {
        self.seldom.as_ref().is_some_and(|seldom| seldom.revoked.contains(&token))
    }

    /// When and from where it was last used.
    pub fn last_use(&self) -> Option<Use> {
        self.used.last()
    }
}

/// A key's name in four bytes, for comparison alone: a name is no secret.
pub fn name_hash(name: &str) -> u32 {
    let whole = FixedState::with_seed(0x5357_4147).hash_one(name.trim());
    u32::try_from(whole >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_stays_small() {
        let counts = 2 * size_of::<usize>();
        let size = size_of::<KeyRecord>() + counts;
        assert!(size <= 200, "{size}");
    }
}
