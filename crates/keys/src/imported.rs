use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

/// The shortest and the longest text that another system may have made.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=512;

/// How a system that made keys hashed their texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextHash {
    /// SHA-256, 32 bytes.
    Sha256,
    /// SHA-512, 64 bytes.
    Sha512,
}

impl TextHash {
    /// Its name, as requests and the store have it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// How many bytes it has.
    pub const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// The hash of the text of a key.
    pub fn of(self, text: &str) -> HashedText {
        let mut bytes = Zeroizing::new([0; 64]);
        match self {
            Self::Sha256 => bytes[..32].copy_from_slice(&Sha256::digest(text)),
            Self::Sha512 => bytes.copy_from_slice(&Sha512::digest(text)),
        }
        HashedText { hash: self, bytes }
    }
}

impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for TextHash {
    type Err = NotATextHash;

    fn from_str(word: &str) -> Result<Self, NotATextHash> {
        [Self::Sha256, Self::Sha512].into_iter().find(|hash| hash.word() == word).ok_or(NotATextHash)
    }
}

/// The word names no hash that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATextHash;

impl fmt::Display for NotATextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be sha256 or sha512")
    }
}

impl std::error::Error for NotATextHash {}

/// The hash of the text of a key that another system made: all we know of it
/// until it is shown. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct HashedText {
    hash: TextHash,
    /// Zeros beyond its length.
    bytes: Zeroizing<[u8; 64]>,
}

impl HashedText {
    /// The hash with these bytes; `None` if they are not as many as it has.
    pub fn new(hash: TextHash, bytes: &[u8]) -> Option<Self> {
        let mut whole = Zeroizing::new([0; 64]);
        whole.get_mut(..hash.length()).filter(|room| room.len() == bytes.len())?.copy_from_slice(bytes);
        Some(Self { hash, bytes: whole })
    }

    /// The hash as a system may have written it: hexadecimal, or base 64 of either
    /// alphabet with or without padding.
    pub fn parse(hash: TextHash, text: &str) -> Result<Self, NotAHash> {
        let bytes = if text.len() == 2 * hash.length() {
            base::hex::decode(text)
        } else {
            let bare = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
            BASE64_STANDARD_NO_PAD.decode(bare).ok()
        };
        let bytes = Zeroizing::new(bytes.ok_or(NotAHash(hash))?);
        Self::new(hash, &bytes).ok_or(NotAHash(hash))
    }

    /// How it was made.
    pub fn hash(&self) -> TextHash {
        self.hash
    }

    /// Its bytes in hexadecimal.
    pub fn to_hex(&self) -> String {
        base::hex::encode(self.bytes())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.hash.length()]
    }
}

impl std::hash::Hash for HashedText {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.bytes().hash(state);
    }
}

/// The text is not a hash of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAHash(TextHash);

impl fmt::Display for NotAHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be the {} bytes of a {}, in hexadecimal or base 64", self.0.length(), self.0)
    }
}

impl std::error::Error for NotAHash {}

impl fmt::Debug for HashedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashedText({}, …)", self.hash)
    }
}

/// Whether another system may have made this text: 8 to 512 visible ASCII characters.
pub fn may_be_imported(text: &str) -> bool {
    LENGTHS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_what_its_system_would_have_stored() {
        let of = |hash: TextHash| base::hex::encode(hash.of("sk_test_4eC39HqLyjWDarjtT1zdp7dc").bytes());
        assert_eq!(of(TextHash::Sha256).len(), 64);
        assert_eq!(of(TextHash::Sha512).len(), 128);
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(base::hex::encode(TextHash::Sha256.of("abc").bytes()), abc);
    }

    #[test]
    fn a_hash_may_be_written_in_several_ways() {
        let hash = TextHash::Sha256.of("sk_test_4eC39HqLyjWDarjtT1zdp7dc");
        let hex = base::hex::encode(hash.bytes());
        let base64 = BASE64_STANDARD_NO_PAD.encode(hash.bytes());
        let written = [
            hex.clone(),
            hex.to_uppercase(),
            base64.clone(),
            format!("{base64}="),
            base64.replace('+', "-").replace('/', "_"),
        ];
        for text in &written {
            assert_eq!(HashedText::parse(TextHash::Sha256, text), Ok(hash.clone()), "{text}");
        }
        for text in ["", "=", &hex[1..], &base64[1..], "not a hash", &hex.replace(&hex[..1], "g")] {
            assert!(HashedText::parse(TextHash::Sha256, text).is_err(), "{text}");
        }
        assert!(HashedText::parse(TextHash::Sha512, &hex).is_err());
    }

    #[test]
    fn bytes_must_be_as_many_as_the_hash_has() {
        assert!(HashedText::new(TextHash::Sha256, &[1; 32]).is_some());
        assert!(HashedText::new(TextHash::Sha512, &[1; 64]).is_some());
        for (hash, length) in [(TextHash::Sha256, 64), (TextHash::Sha512, 32), (TextHash::Sha512, 65)] {
            assert!(HashedText::new(hash, &vec![1; length]).is_none());
        }
        assert!(!format!("{:?}", TextHash::Sha256.of("abcdefgh")).contains("abc"));
    }

    #[test]
    fn only_visible_ascii_of_some_length_may_be_a_text() {
        assert!(may_be_imported("12345678") && may_be_imported(&"x".repeat(512)));
        for text in ["1234567", &"x".repeat(513), "with space", "tab\tbetween", "ümlaut-key", "nul\0nul-nul"]
        {
            assert!(!may_be_imported(text), "{text:?}");
        }
    }
}
