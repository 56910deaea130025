use std::{fmt, time::Duration};

use base::{Id, Timestamp};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::{
    ApiKey, Customer,
    mac::{KeySet, MacKey, NotAKeySet, SecretMac},
};

/// How every bearer token begins.
const PREFIX: &str = "swt_";

/// How long a bearer token is good for.
pub const TOKEN_LIFETIME: Duration = Duration::from_hours(1);

/// What a bearer token says. It names its key and repeats nothing that may
/// change, so that a change of the key is felt at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    /// The key it was exchanged for.
    pub key: Id<ApiKey>,
    /// Which of the key's secrets was shown; rotation ends the tokens of the old.
    pub slot: u8,
    /// The key's epoch at that time: any later one ends the token.
    pub epoch: u32,
    /// The store's generation at that time: restoring a backup starts another.
    pub generation: u32,
    /// The customer it is pinned to.
    pub customer: Option<Id<Customer>>,
    /// The first moment it is over.
    pub expires: Timestamp,
}

impl Claims {
    /// Whether the token is over at `now`.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires
    }
}

/// Lengths of the parts of a token in bytes, in their order: key version, key
/// id, secret slot, epoch, generation, whether there is a customer, customer
/// id, expiry in milliseconds since 1970, MAC. Numbers are big-endian.
const CLAIMS: usize = 12 + 1 + 4 + 4 + 1 + 12 + 8;
const PAYLOAD: usize = 2 + CLAIMS;
const WHOLE: usize = PAYLOAD + 32;
/// Six bits a character, without padding.
const ENCODED: usize = (WHOLE * 8).div_ceil(6);

/// The keys under which bearer tokens are made and checked; new ones are made
/// under the newest.
#[derive(Debug, Clone)]
pub struct TokenKeys(KeySet);

impl TokenKeys {
    /// Refuses an empty set and two of one version.
    pub fn new(keys: impl IntoIterator<Item = MacKey>) -> Result<Self, NotAKeySet> {
        KeySet::new("swage bearer token 1", keys).map(Self)
    }

    /// The text of a token that says `claims`, 106 characters.
    ///
    /// # Panics
    /// Never: the newest key is in the set.
    pub fn mint(&self, claims: &Claims) -> Zeroizing<String> {
        let version = self.0.newest();
        let payload = write(version, claims);
        let mac = self.0.mac(version, &[&payload]).expect("the newest key is in the set");
        let whole = Zeroizing::new([&payload, &mac.as_bytes()[..]].concat());
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + ENCODED));
        text.push_str(PREFIX);
        BASE64_URL_SAFE_NO_PAD.encode_string(&*whole, &mut text);
        text
    }

    /// What a token says, if it was made under a key of ours. Whether it is
    /// over is for the caller to see.
    pub fn check(&self, text: &str) -> Result<Claims, NotAToken> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NotAToken::Foreign)?;
        if encoded.len() != ENCODED {
            return Err(NotAToken::Malformed);
        }
        let mut whole = Zeroizing::new([0; WHOLE]);
        // The engine refuses padding and stray bits, so one token has one text.
        BASE64_URL_SAFE_NO_PAD.decode_slice(encoded, &mut *whole).map_err(|_| NotAToken::Malformed)?;
        let (payload, mac) = whole.split_first_chunk::<PAYLOAD>().ok_or(NotAToken::Malformed)?;
        let shown = SecretMac::from_bytes(mac.try_into().map_err(|_| NotAToken::Malformed)?);
        let version = u16::from_be_bytes([payload[0], payload[1]]);
        let made = self.0.mac(version, &[payload]).ok_or(NotAToken::UnknownKey)?;
        if made == shown { read(&payload[2..]).ok_or(NotAToken::Malformed) } else { Err(NotAToken::Forged) }
    }
}

fn write(version: u16, claims: &Claims) -> Vec<u8> {
    let mut payload = Vec::with_capacity(PAYLOAD);
    payload.extend(version.to_be_bytes());
    payload.extend(claims.key.as_bytes());
    payload.push(claims.slot);
    payload.extend(claims.epoch.to_be_bytes());
    payload.extend(claims.generation.to_be_bytes());
    payload.push(u8::from(claims.customer.is_some()));
    payload.extend(claims.customer.map_or([0; 12], |customer| *customer.as_bytes()));
    payload.extend(claims.expires.as_millis().to_be_bytes());
    payload
}

fn read(claims: &[u8]) -> Option<Claims> {
    let (key, rest) = claims.split_first_chunk()?;
    let (&[slot], rest) = rest.split_first_chunk()?;
    let (epoch, rest) = rest.split_first_chunk()?;
    let (generation, rest) = rest.split_first_chunk()?;
    let (&[pinned], rest) = rest.split_first_chunk()?;
    let (customer, rest) = rest.split_first_chunk()?;
    Some(Claims {
        key: Id::from_bytes(*key),
        slot,
        epoch: u32::from_be_bytes(*epoch),
        generation: u32::from_be_bytes(*generation),
        customer: (pinned == 1).then(|| Id::from_bytes(*customer)),
        expires: Timestamp::from_millis(i64::from_be_bytes(rest.try_into().ok()?)),
    })
}

/// Why a text is no bearer token of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAToken {
    /// It does not begin as our tokens do.
    Foreign,
    /// It begins as our tokens do but is not built like one.
    Malformed,
    /// It names a key version that is not, or no longer, here.
    UnknownKey,
    /// Its MAC is not ours.
    Forged,
}

impl fmt::Display for NotAToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Foreign => "This does not begin as a bearer token does.",
            Self::Malformed => "This is not built as a bearer token is.",
            Self::UnknownKey => "This bearer token was made under a key that is no longer in use.",
            Self::Forged => "This bearer token was altered or made elsewhere.",
        })
    }
}

impl std::error::Error for NotAToken {}

#[cfg(test)]
mod tests;
