use std::{
    collections::HashMap,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use base::Id;
use foldhash::fast::RandomState;
use keys::{ApiKey, Peppers, SecretMac, TextHash, may_be_imported};

use crate::{KeyRecord, StoredSecret};

/// The keys whose texts other systems made, found by what is stored of them.
///
/// It is searched by a MAC under a pepper, which nobody outside can choose: the
/// time of a search tells nothing.
#[derive(Default)]
pub(crate) struct Imported {
    /// Where there is none, an unknown text costs nothing more.
    any: AtomicBool,
    known: RwLock<Known>,
}

#[derive(Default)]
pub(crate) struct Known {
    keys: HashMap<[u8; 32], Id<ApiKey>, RandomState>,
    /// The ways in which texts are stored, each with how many are.
    ways: Vec<(Way, usize)>,
}

/// The version of the pepper, and the hash beneath it.
type Way = (u16, TextHash);

impl Imported {
    /// The key that has this text, if one has, and what would be stored of it.
    pub(crate) fn find(&self, text: &str, peppers: &Peppers) -> Option<(Id<ApiKey>, SecretMac)> {
        if !self.any.load(Ordering::Acquire) || !may_be_imported(text) {
            return None;
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.ways.iter().find_map(|((pepper, hash), _)| {
            let mac = peppers.mac_of_hash(*pepper, &hash.of(text))?;
            known.keys.get(mac.as_bytes()).map(|id| (*id, mac))
        })
    }

    /// A key takes the place of its former self; either may be none.
    pub(crate) fn change(&self, former: Option<&KeyRecord>, now: Option<&KeyRecord>) {
        let texts = |key: Option<&KeyRecord>| key.is_some_and(|key| key.imported().next().is_some());
        if !texts(former) && !texts(now) {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = former {
            known.forget(key);
        }
        if let Some(key) = now {
            known.learn(key);
        }
        self.any.store(!known.keys.is_empty(), Ordering::Release);
    }

    /// These are all there are.
    pub(crate) fn replace(&self, with: Known) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        *known = with;
        self.any.store(!known.keys.is_empty(), Ordering::Release);
    }
}

impl Known {
    pub(crate) fn learn(&mut self, key: &KeyRecord) {
        for (way, mac) in key.imported() {
            if self.keys.insert(*mac.as_bytes(), key.id).is_some() {
                continue;
            }
            match self.ways.iter_mut().find(|(known, _)| *known == way) {
                Some((_, count)) => *count += 1,
                None => self.ways.push((way, 1)),
            }
        }
    }

    fn forget(&mut self, key: &KeyRecord) {
        for (way, mac) in key.imported() {
            // Another key may have the text by now.
            if self.keys.get(mac.as_bytes()) != Some(&key.id) {
                continue;
            }
            self.keys.remove(mac.as_bytes());
            self.ways.iter_mut().filter(|(known, _)| *known == way).for_each(|(_, count)| *count -= 1);
            self.ways.retain(|(_, count)| *count > 0);
        }
    }
}

impl KeyRecord {
    /// What is stored of those of its secrets that are texts of another system.
    fn imported(&self) -> impl Iterator<Item = (Way, &SecretMac)> {
        let of = |secret: &StoredSecret| secret.imported.map(|hash| (secret.pepper, hash));
        self.all_secrets().filter_map(move |secret| Some((of(secret)?, &secret.mac)))
    }
}
