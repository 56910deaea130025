use std::{net::IpAddr, sync::Arc};

use base::{Clock, Id, Result, Timestamp};
use keys::{
    ApiKey, Claims, Customer, KeyRequest, KeyText, NotAKey, Peppers, Permission, Permissions, Refusal,
    SecretMac, TOKEN_PREFIX, TokenKeys, decide,
};

use crate::{
    KeyRecord, KeySource, LimitState, LiveKeys, OverLimit, StoredSecret, follow::Following, history::Whose,
    name_hash, record::Use,
};

/// The secrets under which the gate checks.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// For the secrets of keys.
    pub peppers: Peppers,
    /// For bearer tokens.
    pub tokens: TokenKeys,
}

/// The authority: who may come in.
pub struct Gate {
    live: LiveKeys,
    secrets: Secrets,
    pub(crate) clock: Clock,
    pub(crate) following: Following,
}

/// What a caller shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential<'a> {
    /// A key.
    Key(&'a str),
    /// A bearer token that was exchanged for a key.
    Token(&'a str),
}

/// A key that was let in.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The key.
    pub key: Arc<KeyRecord>,
    /// Which of its secrets was shown.
    pub slot: u8,
    /// What it may do: less than its key, if a token was narrowed.
    pub permissions: Permissions,
    /// The customer it acts for.
    pub customer: Option<Id<Customer>>,
    /// Whether the key or its token names that customer, and not the request alone.
    pub pinned: bool,
    /// What it has left of its limit; `None` where it has none.
    pub limit: Option<LimitState>,
}

/// Why nobody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The masked form of a key was used for the key.
    Masked,
    /// The gate does not know what has changed of late, so it lets nobody in.
    Behind,
    /// Not a live key with its secret, nor a token of one.
    Unknown,
    /// The token's hour is over.
    TokenExpired,
    /// The token was revoked, or its key has changed or gone since it was made.
    TokenEnded,
    /// The key has another name than the one given.
    WrongName,
    /// The key is known, but refused.
    Refused(Refusal),
    /// The key has used up its limit.
    OverLimit(OverLimit),
    /// The exchange asks for scopes that the key does not have.
    BeyondScope,
}

impl<'a> Credential<'a> {
    /// A text that may be either: what begins as a bearer token does is one.
    pub fn of(text: &'a str) -> Self {
        if text.starts_with(TOKEN_PREFIX) { Self::Token(text) } else { Self::Key(text) }
    }
}

impl Verified {
    /// The first moment at which the secret that was shown is over, if it is
    /// one that its key had before.
    pub fn secret_ends(&self) -> Option<Timestamp> {
        self.key.former(self.slot).map(|former| former.ends)
    }
}

impl Denied {
    /// A word for metrics and the history; never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Masked => "masked",
            Self::Behind => "behind",
            Self::Unknown => "unknown",
            Self::TokenExpired => "tokenExpired",
            Self::TokenEnded => "tokenEnded",
            Self::WrongName => "wrongName",
            Self::Refused(refusal) => refusal.code(),
            Self::OverLimit(_) => "overLimit",
            Self::BeyondScope => "beyondScope",
        }
    }
}

/// A key whose secret, or whose token, was shown.
pub(crate) struct Proved {
    pub key: Arc<KeyRecord>,
    pub slot: u8,
    pub pin: Option<Id<Customer>>,
    /// What the token says, if it was one.
    pub claims: Option<Claims>,
}

impl Gate {
    /// Takes in every key of `source`. [`follow`](Self::follow) then keeps it
    /// true; without that it lets nobody in once [`BOUND`](crate::BOUND) is over.
    pub async fn open(secrets: Secrets, source: Arc<dyn KeySource>, clock: Clock) -> Result<Arc<Self>> {
        let following = Following::new(source, clock.clone());
        let gate = Arc::new(Self { live: LiveKeys::new(clock.clone()), secrets, clock, following });
        gate.following.load(&gate.live).await?;
        gate.catch_up().await?;
        Ok(gate)
    }

    /// The live keys.
    pub fn live(&self) -> &LiveKeys {
        &self.live
    }

    /// The secrets under which it checks.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Whether the caller may come in, and do what `needs` names if it names
    /// something. Counts against the key's limit.
    pub fn verify(
        &self,
        credential: Credential<'_>,
        address: Option<IpAddr>,
        customer: Option<Id<Customer>>,
        needs: Option<Permission>,
    ) -> Result<Verified, Denied> {
        let now = self.clock.now();
        let Proved { key, slot, pin, claims } = self.prove(credential, now)?;
        let check_address = matches!(credential, Credential::Key(_));
        let scope = claims.and_then(|claims| claims.scope);
        let request = KeyRequest { now, address, check_address, customer, scope, needs };
        let customer =
            decide(&key.policy, key.validity, key.suspended, pin, &request).map_err(Denied::Refused)?;
        let limit = match &key.limiter {
            Some(limiter) => Some(limiter.take().map_err(Denied::OverLimit)?),
            None => None,
        };
        self.live.note_use(&key, slot, Use { at: now, address });
        let permissions = key.policy.permissions_within(scope);
        Ok(Verified { key, slot, permissions, customer, pinned: pin.is_some(), limit })
    }

    /// Which key is shown, by which of its secrets, and to which customer that pins it.
    pub(crate) fn prove(&self, credential: Credential<'_>, now: Timestamp) -> Result<Proved, Denied> {
        match credential {
            Credential::Key(text) => {
                let key = match KeyText::parse(text) {
                    Ok(key) => key,
                    Err(NotAKey::Masked) => return Err(Denied::Masked),
                    Err(_) => return self.prove_imported(text, now),
                };
                self.in_touch()?;
                let Some(record) = self.live.get(key.id()) else {
                    // As much work as for a known id, so that the time tells nothing.
                    let nothing = SecretMac::from_bytes([0; 32]);
                    self.secrets.peppers.verify(self.secrets.peppers.newest(), &nothing, &key);
                    return Err(Denied::Unknown);
                };
                let proved =
                    |secret: &&StoredSecret| self.secrets.peppers.verify(secret.pepper, &secret.mac, &key);
                let slot = record.secrets(now).find(proved).ok_or(Denied::Unknown)?.slot;
                let pin = record.customer;
                Ok(Proved { key: record, slot, pin, claims: None })
            }
            Credential::Token(text) => {
                let claims = self.secrets.tokens.check(text).map_err(|_| Denied::Unknown)?;
                if claims.is_expired(now) {
                    return Err(Denied::TokenExpired);
                }
                self.in_touch()?;
                let record = self.live.get(claims.key).ok_or(Denied::TokenEnded)?;
                let is_current = claims.epoch == record.epoch
                    && claims.generation == self.following.generation()
                    && record.secrets(now).any(|secret| secret.slot == claims.slot)
                    && !record.has_revoked(claims.id);
                if !is_current {
                    return Err(Denied::TokenEnded);
                }
                let pin = claims.customer.or(record.customer);
                Ok(Proved { key: record, slot: claims.slot, pin, claims: Some(claims) })
            }
        }
    }

    /// What is no key is refused before this, and costs no look at the clock.
    fn in_touch(&self) -> Result<(), Denied> {
        if self.is_behind() { Err(Denied::Behind) } else { Ok(()) }
    }

    /// Whether this, which is not known, may just have been made or changed on
    /// another node. Only a key with an id of about now may, or a token that
    /// bears our mark.
    pub(crate) fn may_be_news(&self, credential: Credential<'_>) -> bool {
        let now = self.clock.now();
        let is_young = |key: Id<ApiKey>| self.following.trust.is_young(key.made(), now);
        match credential {
            Credential::Key(text) => {
                KeyText::parse(text).is_ok_and(|key| self.live.get(key.id()).is_none() && is_young(key.id()))
            }
            Credential::Token(text) => self.secrets.tokens.check(text).is_ok_and(|claims| {
                claims.generation > self.following.generation()
                    || match self.live.get(claims.key) {
                        Some(record) => claims.epoch > record.epoch || record.slot_of_next() == claims.slot,
                        None => is_young(claims.key),
                    }
            }),
        }
    }

    /// Whose a credential was that has been refused, as far as it tells.
    pub fn whose(&self, credential: Credential<'_>, denied: Denied) -> Whose {
        let (key, is_proved) = match credential {
            Credential::Key(text) => match KeyText::parse(text) {
                Ok(key) => (key.id(), !matches!(denied, Denied::Unknown | Denied::Behind)),
                Err(_) => match self.live.imported(text, &self.secrets.peppers) {
                    Some((record, _)) => (record.id, true),
                    None => return Whose::Nobody,
                },
            },
            Credential::Token(text) => match self.secrets.tokens.check(text) {
                Ok(claims) => (claims.key, true),
                Err(_) => return Whose::Nobody,
            },
        };
        match self.live.get(key).map(|record| record.policy.organization) {
            Some(organization) if is_proved => Whose::Proved(organization, key),
            organization => Whose::Named(organization, key),
        }
    }

    /// Which key has this text, which is none of ours.
    fn prove_imported(&self, text: &str, now: Timestamp) -> Result<Proved, Denied> {
        let (record, mac) = self.live.imported(text, &self.secrets.peppers).ok_or(Denied::Unknown)?;
        self.in_touch()?;
        let proved = |secret: &&StoredSecret| secret.imported.is_some() && secret.mac == mac;
        let slot = record.secrets(now).find(proved).ok_or(Denied::Unknown)?.slot;
        let pin = record.customer;
        Ok(Proved { key: record, slot, pin, claims: None })
    }

    /// The key of this text and name, whether or not it may be used now. Its id
    /// does for its name.
    pub fn prove_key(&self, key: &str, name: &str) -> Result<Arc<KeyRecord>, Denied> {
        let record = self.prove(Credential::Key(key), self.clock.now())?.key;
        let is_its_own = record.name == name_hash(name) || name.trim().parse() == Ok(record.id);
        if is_its_own { Ok(record) } else { Err(Denied::WrongName) }
    }
}
