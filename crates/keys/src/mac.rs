use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{HashedText, KeyText};

/// A secret key of an HMAC-SHA-256, and the number by which what was made with
/// it remembers it. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MacKey {
    /// Told apart from its predecessors by this; the highest is the newest.
    pub version: u16,
    /// 32 random bytes.
    pub key: [u8; 32],
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MacKey(version {})", self.version)
    }
}

/// The keys of one use, newest last, ready to compute: each has taken in its
/// key and the use's domain, which saves two of five compressions per MAC.
#[derive(Clone)]
pub(crate) struct KeySet(Vec<(u16, Hmac<Sha256>)>);

impl KeySet {
    /// `domain`, of at most 64 bytes, keeps a MAC made for one use from
    /// passing in another.
    pub fn new(domain: &str, keys: impl IntoIterator<Item = MacKey>) -> Result<Self, NotAKeySet> {
        let keys = sorted(keys, |key| key.version)?;
        Ok(Self(keys.iter().map(|key| (key.version, keyed(domain, &key.key))).collect()))
    }

    pub fn newest(&self) -> u16 {
        self.0[self.0.len() - 1].0
    }

    pub fn versions(&self) -> impl Iterator<Item = u16> {
        self.0.iter().map(|(version, _)| *version)
    }

    /// The MAC of the parts, one after the other, under the key of this
    /// version. All parts but the last must be of fixed length.
    pub fn mac(&self, version: u16, parts: &[&[u8]]) -> Option<SecretMac> {
        let (_, keyed) = self.0.iter().rfind(|(known, _)| *known == version)?;
        let mut mac = keyed.clone();
        for part in parts {
            mac.update(part);
        }
        Some(SecretMac(mac.finalize().into_bytes().into()))
    }
}

/// The keys of a set, newest last.
pub(crate) fn sorted<K>(
    keys: impl IntoIterator<Item = K>,
    version: impl Fn(&K) -> u16,
) -> Result<Vec<K>, NotAKeySet> {
    let mut keys: Vec<_> = keys.into_iter().collect();
    keys.sort_by_key(&version);
    if keys.is_empty() {
        return Err(NotAKeySet::Empty);
    }
    match keys.windows(2).find(|pair| version(&pair[0]) == version(&pair[1])) {
        Some(pair) => Err(NotAKeySet::Twice(version(&pair[0]))),
        None => Ok(keys),
    }
}

fn keyed(domain: &str, key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..domain.len()].copy_from_slice(domain.as_bytes());
    // HMAC itself pads a shorter key with zeros to the 64 bytes of a block.
    let mut padded = Zeroizing::new([0; 64]);
    padded[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new((&*padded).into());
    mac.update(&block);
    mac
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.versions()).finish()
    }
}

/// The keys cannot be used together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAKeySet {
    /// There is none.
    Empty,
    /// Two have this version.
    Twice(u16),
}

impl fmt::Display for NotAKeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("must hold at least one key"),
            Self::Twice(version) => write!(f, "must not hold two keys of version {version}"),
        }
    }
}

impl std::error::Error for NotAKeySet {}

/// What is stored in place of a key's secret: HMAC-SHA-256 under a pepper. It
/// tells nothing of the secret to one without the pepper. Compared in constant
/// time.
#[derive(Clone, Copy)]
pub struct SecretMac([u8; 32]);

impl SecretMac {
    /// The MAC with these bytes, as stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for SecretMac {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}
impl Eq for SecretMac {}

impl fmt::Debug for SecretMac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretMac(…)")
    }
}

/// The peppers: server keys under which secrets are stored, so that neither
/// reading nor writing the database gives anyone a working key. New keys are
/// stored under the newest.
#[derive(Debug, Clone)]
pub struct Peppers {
    own: KeySet,
    /// For texts that other systems made, of which only a hash was given.
    imported: KeySet,
}

impl Peppers {
    /// Refuses an empty set and two of one version.
    pub fn new(peppers: impl IntoIterator<Item = MacKey>) -> Result<Self, NotAKeySet> {
        let peppers: Vec<_> = peppers.into_iter().collect();
        Ok(Self {
            own: KeySet::new("swage key secret 1", peppers.iter().cloned())?,
            imported: KeySet::new("swage imported key 1", peppers)?,
        })
    }

    /// The version under which new keys are stored.
    pub fn newest(&self) -> u16 {
        self.own.newest()
    }

    /// Every version here, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = u16> {
        self.own.versions()
    }

    /// What to store of a key under the pepper of this version; `None` if it
    /// is not here. Covers id, secret and environment.
    pub fn mac(&self, version: u16, key: &KeyText) -> Option<SecretMac> {
        // The environment comes last: alone of the three it varies in length.
        self.own.mac(version, &[key.id().as_bytes(), key.secret(), key.environment().as_bytes()])
    }

    /// What to store of a text that another system made, under the pepper of
    /// this version; `None` if it is not here. The same for every key: a text
    /// is all there is to find its key by.
    pub fn mac_of_hash(&self, version: u16, text: &HashedText) -> Option<SecretMac> {
        // Hashes of one way have one length, and those of another are longer.
        self.imported.mac(version, &[text.bytes()])
    }

    /// Whether this is the key of which `stored` was stored under the pepper of
    /// this version; not if that pepper is not here. In constant time.
    pub fn verify(&self, version: u16, stored: &SecretMac, key: &KeyText) -> bool {
        self.mac(version, key).is_some_and(|mac| mac == *stored)
    }
}

#[cfg(test)]
mod tests;
