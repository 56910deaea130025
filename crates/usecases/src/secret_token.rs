use std::marker::PhantomData;

use base::{Id, Organization, Random, Timestamp, hex};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// What a [`SecretToken`] names.
pub trait Tokened {
    /// How the text of its tokens begins.
    const PREFIX: &'static str;
}

/// A token that names a record of an organization and proves by a secret that
/// it was given by us, all hexadecimal after its prefix: `<24><24><64>`. Only
/// a hash of the secret is stored.
pub struct SecretToken<K> {
    /// In which organization.
    pub organization: Id<Organization>,
    /// Which record.
    pub id: Id<K>,
    secret: Zeroizing<[u8; 32]>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Clone for SecretToken<K> {
    fn clone(&self) -> Self {
        Self { secret: self.secret.clone(), ..*self }
    }
}

impl<K: Tokened> SecretToken<K> {
    /// A new token in `organization`.
    pub fn mint(organization: Id<Organization>, now: Timestamp, random: &mut Random) -> Self {
        Self::new(organization, Id::new(now, random), random.bytes())
    }

    /// The token of this record with this secret.
    pub(crate) fn new(organization: Id<Organization>, id: Id<K>, secret: [u8; 32]) -> Self {
        Self { organization, id, secret: Zeroizing::new(secret), kind: PhantomData }
    }

    /// The token that `text` is; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits =
            text.strip_prefix(K::PREFIX).filter(|digits| digits.len() == 112 && digits.is_ascii())?;
        let secret: [u8; 32] = hex::decode(&digits[48..])?.try_into().ok()?;
        Some(Self::new(digits[..24].parse().ok()?, digits[24..48].parse().ok()?, secret))
    }

    /// The whole text.
    pub fn expose(&self) -> Zeroizing<String> {
        let (prefix, secret) = (K::PREFIX, hex::encode(&*self.secret));
        Zeroizing::new(format!("{prefix}{}{}{secret}", self.organization, self.id))
    }

    /// What is stored of the secret.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(*self.secret).into()
    }

    /// Whether the secret is the one of which this is stored, in constant time.
    pub(crate) fn is_of(&self, stored: &[u8; 32]) -> bool {
        self.hash().ct_eq(stored).into()
    }

    /// A hash of the secret for another use, which does not tell it.
    pub(crate) fn derived(&self, use_of_it: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update(use_of_it).chain_update(*self.secret).finalize().into()
    }
}
