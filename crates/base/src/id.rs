use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Random, Timestamp, hex};

/// What an [`Id`] names. Declared with [`kinds!`](crate::kinds).
pub trait Kind: 'static {
    /// The word a person reads in an error, such as `API key`.
    const NAME: &'static str;
}

/// The `_id` of a record: twelve bytes, written as 24 lower-case hexadecimal
/// digits. The first four bytes are the seconds since 1970, so ids sort
/// roughly by age; the other eight are random.
pub struct Id<K> {
    bytes: [u8; 12],
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    /// A new id made at `now`.
    pub fn new(now: Timestamp, random: &mut Random) -> Self {
        let seconds = u32::try_from(now.as_millis() / 1000).unwrap_or(u32::MAX);
        let mut bytes = [0; 12];
        bytes[..4].copy_from_slice(&seconds.to_be_bytes());
        random.fill(&mut bytes[4..]);
        Self::from_bytes(bytes)
    }

    /// An id that sorts behind this one, by a step that nobody can foresee:
    /// records made together then lie together in every index. `None` where
    /// none is left of the same second.
    pub fn following(self, random: &mut Random) -> Option<Self> {
        let mut bytes = self.bytes;
        let (_, place) = bytes.split_last_chunk_mut::<8>()?;
        let step = 1 + u64::from(u32::from_be_bytes(random.bytes()));
        *place = u64::from_be_bytes(*place).checked_add(step)?.to_be_bytes();
        Some(Self::from_bytes(bytes))
    }

    /// The id with exactly these bytes.
    pub const fn from_bytes(bytes: [u8; 12]) -> Self {
        Self { bytes, kind: PhantomData }
    }

    /// The twelve bytes.
    pub const fn as_bytes(&self) -> &[u8; 12] {
        &self.bytes
    }

    /// When it was made, to the second.
    pub fn made(&self) -> Timestamp {
        let [a, b, c, d, ..] = self.bytes;
        Timestamp::from_millis(i64::from(u32::from_be_bytes([a, b, c, d])) * 1000)
    }

    /// The same bytes as an id of another kind, for records that share one.
    pub const fn cast<L>(self) -> Id<L> {
        Id::from_bytes(self.bytes)
    }
}

/// The text was not 24 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be 24 hexadecimal digits")
    }
}

impl std::error::Error for NotAnId {}

impl<K> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        // The length first, so that a long text costs nothing.
        if text.len() != 24 {
            return Err(NotAnId);
        }
        let bytes = hex::decode(text).ok_or(NotAnId)?;
        bytes.try_into().map(Self::from_bytes).map_err(|_| NotAnId)
    }
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.bytes.map(hex::digits);
        f.write_str(str::from_utf8(digits.as_flattened()).map_err(|_| fmt::Error)?)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// Derived implementations would ask the same of the phantom kind.
impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    crate::kinds! {
        /// A part.
        Part => "part"
    }

    proptest! {
        #[test]
        fn text_and_back(bytes: [u8; 12]) {
            let id = Id::<Part>::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            prop_assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        }

        #[test]
        fn any_other_text_is_refused(text in ".{0,40}") {
            let is_hex = text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit());
            prop_assert_eq!(text.parse::<Id<Part>>().is_ok(), is_hex);
        }
    }

    #[test]
    fn later_ids_sort_later() {
        let mut random = Random::seeded(1);
        let early = Id::<Part>::new(Timestamp::from_millis(1_000_000), &mut random);
        let late = Id::<Part>::new(Timestamp::from_millis(2_000_000), &mut random);
        assert!(early < late);
    }
}
