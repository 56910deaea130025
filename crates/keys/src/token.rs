use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use base::{Id, Timestamp, hex};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::{
    ApiKey, Customer, JwtKeys, Permissions,
    mac::{KeySet, MacKey, NotAKeySet, SecretMac},
};

/// How every bearer token begins.
const PREFIX: &str = "swt_";

/// How long a bearer token is good for.
pub const TOKEN_LIFETIME: Duration = Duration::from_hours(1);

/// Tells a token of a key from its others: random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub [u8; 8]);

/// As 16 hexadecimal digits.
impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl FromStr for TokenId {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let bytes = hex::decode(text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(NotAToken::Malformed)
    }
}

/// What a bearer token says. It names its key and repeats nothing that may
/// change, so that a change of the key is felt at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    /// Its own id, by which it alone can be ended.
    pub id: TokenId,
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
    /// All that it may do of what its key may; `None` is everything.
    pub scope: Option<Permissions>,
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
/// id, secret slot, epoch, generation, expiry in milliseconds since 1970, its
/// own id, which of the next two there are; customer id; scope and the
/// catalogue its bits are of; MAC. Numbers are big-endian. In each of the four
/// forms they add up to a multiple of three, so no text has bits to spare.
const FIXED: usize = 2 + 12 + 1 + 4 + 4 + 8 + 8 + 1;
const CUSTOMER: usize = 12;
const SCOPE: usize = 16 + 8;
const MAC: usize = 32;
const LONGEST: usize = FIXED + CUSTOMER + SCOPE + MAC;

const HAS_CUSTOMER: u8 = 1;
const HAS_SCOPE: u8 = 2;

/// The keys under which bearer tokens are made and checked; new ones are made
/// under the newest.
#[derive(Debug, Clone)]
pub struct TokenKeys(KeySet, Option<Arc<JwtKeys>>);

impl TokenKeys {
    /// Refuses an empty set and two of one version.
    pub fn new(keys: impl IntoIterator<Item = MacKey>) -> Result<Self, NotAKeySet> {
        KeySet::new("swage bearer token 2", keys).map(|keys| Self(keys, None))
    }

    /// The same, by which JWTs are made and checked too.
    #[must_use]
    pub fn with_jwt(self, keys: JwtKeys) -> Self {
        Self(self.0, Some(Arc::new(keys)))
    }

    /// Those for JWTs, where they are in use.
    pub fn jwt(&self) -> Option<&JwtKeys> {
        self.1.as_deref()
    }

    /// Whether a text begins as the tokens made here do.
    pub fn is_token(&self, text: &str) -> bool {
        text.starts_with(PREFIX) || self.jwt().is_some_and(|keys| keys.is_ours(text))
    }

    /// The text of a token that says `claims`: 100 characters, 16 more with a
    /// customer, 32 more with a scope.
    ///
    /// # Panics
    /// Never: the newest key is in the set.
    pub fn mint(&self, claims: &Claims) -> Zeroizing<String> {
        let version = self.0.newest();
        let payload = write(version, claims);
        let mac = self.0.mac(version, &[&payload]).expect("the newest key is in the set");
        let whole = Zeroizing::new([&payload, &mac.as_bytes()[..]].concat());
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + LONGEST / 3 * 4));
        text.push_str(PREFIX);
        BASE64_URL_SAFE_NO_PAD.encode_string(&*whole, &mut text);
        text
    }

    /// What a token says, if it was made under a key of ours. Whether it is
    /// over is for the caller to see.
    pub fn check(&self, text: &str) -> Result<Claims, NotAToken> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NotAToken::Foreign)?;
        if encoded.len() > LONGEST / 3 * 4 {
            return Err(NotAToken::Malformed);
        }
        let mut buffer = Zeroizing::new([0; LONGEST]);
        // The engine refuses padding and stray bits, so one token has one text.
        let length =
            BASE64_URL_SAFE_NO_PAD.decode_slice(encoded, &mut *buffer).map_err(|_| NotAToken::Malformed)?;
        let (payload, mac) = buffer[..length].split_last_chunk::<MAC>().ok_or(NotAToken::Malformed)?;
        let (version, claims) = payload.split_first_chunk().ok_or(NotAToken::Malformed)?;
        let made = self.0.mac(u16::from_be_bytes(*version), &[payload]).ok_or(NotAToken::UnknownKey)?;
        if made == SecretMac::from_bytes(*mac) { read(claims) } else { Err(NotAToken::Forged) }
    }
}

fn write(version: u16, claims: &Claims) -> Vec<u8> {
    let mut payload = Vec::with_capacity(LONGEST);
    payload.extend(version.to_be_bytes());
    payload.extend(claims.key.as_bytes());
    payload.push(claims.slot);
    payload.extend(claims.epoch.to_be_bytes());
    payload.extend(claims.generation.to_be_bytes());
    payload.extend(claims.expires.as_millis().to_be_bytes());
    payload.extend(claims.id.0);
    let has = |there: bool, flag: u8| if there { flag } else { 0 };
    payload.push(has(claims.customer.is_some(), HAS_CUSTOMER) | has(claims.scope.is_some(), HAS_SCOPE));
    if let Some(customer) = claims.customer {
        payload.extend(customer.as_bytes());
    }
    if let Some(scope) = claims.scope {
        payload.extend(scope.to_bits().to_be_bytes());
        payload.extend(Permissions::CATALOGUE.to_be_bytes());
    }
    payload
}

fn read(mut rest: &[u8]) -> Result<Claims, NotAToken> {
    let key = Id::from_bytes(take(&mut rest)?);
    let [slot] = take(&mut rest)?;
    let epoch = u32::from_be_bytes(take(&mut rest)?);
    let generation = u32::from_be_bytes(take(&mut rest)?);
    let expires = Timestamp::from_millis(i64::from_be_bytes(take(&mut rest)?));
    let id = TokenId(take(&mut rest)?);
    let [has] = take(&mut rest)?;
    let customer = match has & HAS_CUSTOMER {
        0 => None,
        _ => Some(Id::from_bytes(take(&mut rest)?)),
    };
    let scope = match has & HAS_SCOPE {
        0 => None,
        _ => Some(scope(u128::from_be_bytes(take(&mut rest)?), u64::from_be_bytes(take(&mut rest)?))?),
    };
    if !rest.is_empty() || has > HAS_CUSTOMER | HAS_SCOPE {
        return Err(NotAToken::Malformed);
    }
    Ok(Claims { id, key, slot, epoch, generation, customer, scope, expires })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], NotAToken> {
    let (first, others) = rest.split_first_chunk().ok_or(NotAToken::Malformed)?;
    *rest = others;
    Ok(*first)
}

/// The bits mean what they meant when the token was made, or nothing.
fn scope(bits: u128, catalogue: u64) -> Result<Permissions, NotAToken> {
    if catalogue != Permissions::CATALOGUE {
        return Err(NotAToken::OtherCatalogue);
    }
    Permissions::from_bits(bits).ok_or(NotAToken::Malformed)
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
    /// Its scope is of a version of Swage that knows other permissions.
    OtherCatalogue,
    /// It is a JWT of another issuer.
    OtherIssuer,
}

impl fmt::Display for NotAToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Foreign => "This does not begin as a bearer token does.",
            Self::Malformed => "This is not built as a bearer token is.",
            Self::UnknownKey => "This bearer token was made under a key that is no longer in use.",
            Self::Forged => "This bearer token was altered or made elsewhere.",
            Self::OtherIssuer => "This bearer token is of another issuer.",
            Self::OtherCatalogue => "This bearer token was made by another version.",
        })
    }
}

impl std::error::Error for NotAToken {}

#[cfg(test)]
mod tests;
