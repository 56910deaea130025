//! What a credential proves: which key is shown, and by which of its secrets.

use std::sync::Arc;

use base::{Id, Timestamp};
use keys::{ApiKey, Claims, Customer, Jwt, KeyText, NotAKey, NotAToken, SecretMac};

use crate::{Credential, Denied, Gate, KeyRecord, StoredSecret, history::Whose, name_hash};

/// A key whose secret, or whose token, was shown.
pub(crate) struct Proved {
    pub key: Arc<KeyRecord>,
    pub slot: u8,
    pub pin: Option<Id<Customer>>,
    /// What the token says, if it was one.
    pub claims: Option<Claims>,
    /// The same whole, if it was a JWT.
    pub jwt: Option<Box<Jwt>>,
}

impl Gate {
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
                    self.secrets().peppers.verify(self.secrets().peppers.newest(), &nothing, &key);
                    return Err(Denied::Unknown);
                };
                let proved =
                    |secret: &&StoredSecret| self.secrets().peppers.verify(secret.pepper, &secret.mac, &key);
                let slot = record.secrets(now).find(proved).ok_or(Denied::Unknown)?.slot;
                let pin = record.customer;
                Ok(Proved { key: record, slot, pin, claims: None, jwt: None })
            }
            Credential::Token(text) => {
                let (claims, jwt) = self.said_by(text, now).map_err(|_| Denied::Unknown)?;
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
                Ok(Proved { key: record, slot: claims.slot, pin, claims: Some(claims), jwt })
            }
        }
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
            Credential::Token(text) => self.said_by(text, now).is_ok_and(|(claims, _)| {
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
                Err(_) => match self.live.imported(text, &self.secrets().peppers) {
                    Some((record, _)) => (record.id, true),
                    None => return Whose::Nobody,
                },
            },
            Credential::Token(text) => match self.said_by(text, self.clock.now()) {
                Ok((claims, _)) => (claims.key, true),
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
        let (record, mac) = self.live.imported(text, &self.secrets().peppers).ok_or(Denied::Unknown)?;
        self.in_touch()?;
        let proved = |secret: &&StoredSecret| secret.imported.is_some() && secret.mac == mac;
        let slot = record.secrets(now).find(proved).ok_or(Denied::Unknown)?.slot;
        let pin = record.customer;
        Ok(Proved { key: record, slot, pin, claims: None, jwt: None })
    }

    /// What a token says, whichever form it has.
    fn said_by(&self, text: &str, now: Timestamp) -> Result<(Claims, Option<Box<Jwt>>), NotAToken> {
        let tokens = &self.secrets().tokens;
        match tokens.jwt() {
            Some(keys) if keys.is_ours(text) => {
                keys.check(text, now).map(|jwt| (jwt.claims, Some(Box::new(jwt))))
            }
            _ => tokens.check(text).map(|claims| (claims, None)),
        }
    }

    /// Whether a JWT is for us to take, and not for another service alone.
    pub(crate) fn is_for_us(&self, jwt: &Jwt) -> bool {
        self.secrets().tokens.jwt().is_some_and(|keys| keys.issuer() == jwt.audience)
    }

    /// The key that this text is a good secret of, whether or not it may be used now.
    pub fn holder(&self, key: &str) -> Result<Arc<KeyRecord>, Denied> {
        Ok(self.prove(Credential::Key(key), self.clock.now())?.key)
    }

    /// The key of this text and name, whether or not it may be used now. Its id
    /// does for its name.
    pub fn prove_key(&self, key: &str, name: &str) -> Result<Arc<KeyRecord>, Denied> {
        let record = self.holder(key)?;
        let is_its_own = record.name == name_hash(name) || name.trim().parse() == Ok(record.id);
        if is_its_own { Ok(record) } else { Err(Denied::WrongName) }
    }
}
