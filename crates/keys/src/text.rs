use std::{fmt, str::FromStr};

use base::{Id, Random};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{ApiKey, base62};

/// How every key of ours begins.
const PREFIX: &str = "swg_";
/// What stands for the hidden part of a masked key.
const MASK: char = '…';
/// Longer texts are not searched for the mask: no masked key is that long.
const LONGEST_MASKED: usize = 128;

const ID_WIDTH: usize = 17;
const SECRET_WIDTH: usize = 43;
const CRC_WIDTH: usize = 6;
/// `_<id>_<secret><crc>`
const TAIL: usize = 1 + ID_WIDTH + 1 + SECRET_WIDTH + CRC_WIDTH;
const LONGEST: usize = PREFIX.len() + Environment::LONGEST + TAIL;

/// The text of a key, `swg_<environment>_<id>_<secret><crc>`: 12 bytes of id,
/// 32 random bytes of secret and the CRC-32 of all the text before it, each in
/// base 62 of fixed width. One key has exactly one text.
///
/// The secret is wiped when this is dropped; `Debug` shows the masked form.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct KeyText {
    #[zeroize(skip)]
    environment: Environment,
    #[zeroize(skip)]
    id: Id<ApiKey>,
    secret: [u8; 32],
}

impl KeyText {
    /// A new key with a random secret.
    pub fn mint(environment: Environment, id: Id<ApiKey>, random: &mut Random) -> Self {
        Self::new(environment, id, random.bytes())
    }

    /// The key of this id with this secret.
    pub fn new(environment: Environment, id: Id<ApiKey>, secret: [u8; 32]) -> Self {
        Self { environment, id, secret }
    }

    /// Reads the text of a key, without looking anything up. Takes nanoseconds
    /// for what is no key of ours, whatever its length.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        if text.len() <= LONGEST_MASKED && text.contains(MASK) {
            return Err(NotAKey::Masked);
        }
        let rest = text.strip_prefix(PREFIX).ok_or(NotAKey::Foreign)?;
        let [environment, id, secret, crc] = split(rest.as_bytes()).ok_or(NotAKey::Malformed)?;
        let environment = Environment::from_bytes(environment).ok_or(NotAKey::Malformed)?;
        let crc = base62::decode(crc).ok_or(NotAKey::Malformed)?;
        if crc != [checksum(&text.as_bytes()[..text.len() - CRC_WIDTH])] {
            return Err(NotAKey::Checksum);
        }
        let id = id_from_limbs(base62::decode(id).ok_or(NotAKey::Malformed)?).ok_or(NotAKey::Malformed)?;
        let limbs = Zeroizing::new(base62::decode(secret).ok_or(NotAKey::Malformed)?);
        Ok(Self { environment, id, secret: bytes_from_limbs(&limbs) })
    }

    /// The whole text, secret included: to be shown once and wiped.
    pub fn expose(&self) -> Zeroizing<String> {
        // Large enough from the start: growing would leave a copy behind.
        let mut text = Zeroizing::new(String::with_capacity(LONGEST));
        self.write_public_part(&mut text);
        base62::encode(limbs_from_bytes(&self.secret), SECRET_WIDTH, &mut text);
        let crc = checksum(text.as_bytes());
        base62::encode([crc], CRC_WIDTH, &mut text);
        text
    }

    /// The text with everything secret replaced by `…`: for lists and logs.
    pub fn masked(&self) -> String {
        let mut text = String::with_capacity(LONGEST);
        self.write_public_part(&mut text);
        text.push(MASK);
        text
    }

    /// What this key is for, by its operator's word.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The id by which the key is looked up; not secret.
    pub fn id(&self) -> Id<ApiKey> {
        self.id
    }

    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    fn write_public_part(&self, text: &mut String) {
        text.push_str(PREFIX);
        text.push_str(self.environment.as_str());
        text.push('_');
        base62::encode(limbs_from_id(self.id), ID_WIDTH, text);
        text.push('_');
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// The parts of what follows the prefix, each as long as it must be.
fn split(rest: &[u8]) -> Option<[&[u8]; 4]> {
    let (environment, tail) = rest.split_at_checked(rest.len().checked_sub(TAIL)?)?;
    let tail = tail.strip_prefix(b"_")?;
    let (id, tail) = tail.split_at_checked(ID_WIDTH)?;
    let (secret, crc) = tail.strip_prefix(b"_")?.split_at_checked(SECRET_WIDTH)?;
    Some([environment, id, secret, crc])
}

fn checksum(text: &[u8]) -> u64 {
    u64::from(crc32fast::hash(text))
}

fn id_from_limbs([low, high]: [u64; 2]) -> Option<Id<ApiKey>> {
    let high = u32::try_from(high).ok()?;
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&high.to_be_bytes());
    bytes[4..].copy_from_slice(&low.to_be_bytes());
    Some(Id::from_bytes(bytes))
}

fn limbs_from_id(id: Id<ApiKey>) -> [u64; 2] {
    let [a, b, c, d, low @ ..] = *id.as_bytes();
    [u64::from_be_bytes(low), u64::from(u32::from_be_bytes([a, b, c, d]))]
}

fn bytes_from_limbs(limbs: &[u64; 4]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (eight, limb) in bytes.rchunks_exact_mut(8).zip(limbs) {
        eight.copy_from_slice(&limb.to_be_bytes());
    }
    bytes
}

fn limbs_from_bytes(bytes: &[u8; 32]) -> [u64; 4] {
    let mut limbs = [0; 4];
    for (limb, eight) in limbs.iter_mut().zip(bytes.as_chunks::<8>().0.iter().rev()) {
        *limb = u64::from_be_bytes(*eight);
    }
    limbs
}

/// The word in a key's text that says what it is for, such as `live` or
/// `test`: 1 to 12 lower-case letters and digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Environment {
    bytes: [u8; Self::LONGEST],
    length: u8,
}

impl Environment {
    const LONGEST: usize = 12;

    /// The word.
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever put in.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    fn from_bytes(word: &[u8]) -> Option<Self> {
        let allowed = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        if word.is_empty() || word.len() > Self::LONGEST || !word.iter().all(allowed) {
            return None;
        }
        let mut bytes = [0; Self::LONGEST];
        bytes[..word.len()].copy_from_slice(word);
        Some(Self { bytes, length: u8::try_from(word.len()).ok()? })
    }
}

impl FromStr for Environment {
    type Err = NotAnEnvironment;

    fn from_str(text: &str) -> Result<Self, NotAnEnvironment> {
        Self::from_bytes(text.as_bytes()).ok_or(NotAnEnvironment)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text cannot name an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnEnvironment;

impl fmt::Display for NotAnEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be 1 to 12 lower-case letters and digits")
    }
}

impl std::error::Error for NotAnEnvironment {}

/// Why a text is no key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAKey {
    /// It is the masked form that lists show.
    Masked,
    /// It does not begin as our keys do; it may be an imported one.
    Foreign,
    /// It begins as our keys do but is not built like one.
    Malformed,
    /// It is built like a key but was mistyped or cut: the checksum differs.
    Checksum,
}

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Masked => "This is the masked form of a key; the whole key was shown when it was made.",
            Self::Foreign => "This does not begin as a key does.",
            Self::Malformed => "This is not built as a key is.",
            Self::Checksum => "This key is mistyped or incomplete: its checksum does not match.",
        })
    }
}

impl std::error::Error for NotAKey {}

#[cfg(test)]
mod tests;
