use std::{
    fmt,
    ops::{BitAnd, BitOr, Sub},
    str::FromStr,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Resource;

/// Seeing or changing; neither implies the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Seeing.
    Read,
    /// Making, changing and deleting.
    Write,
}

impl Access {
    /// The word in a scope.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// Leave to see or change one kind of thing, as in `hose:read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission {
    /// What may be seen or changed.
    pub resource: Resource,
    /// Which of the two.
    pub access: Access,
}

impl Permission {
    /// Leave to see.
    pub const fn read(resource: Resource) -> Self {
        Self { resource, access: Access::Read }
    }

    /// Leave to change.
    pub const fn write(resource: Resource) -> Self {
        Self { resource, access: Access::Write }
    }

    /// Its published number, which never changes.
    pub const fn number(self) -> i32 {
        self.resource.number() * 10 + self.access as i32 + 1
    }

    /// The permission with this published number.
    pub fn of_number(number: i32) -> Option<Self> {
        Permissions::all().iter().find(|permission| permission.number() == number)
    }

    /// Its text in the Gjirafa dialect, such as `hose.read`.
    pub fn key(self) -> String {
        format!("{}.{}", self.resource.word(), self.access.word())
    }

    /// Its place in a set; stored nowhere but in bearer tokens, which name the
    /// [catalogue](Permissions::CATALOGUE).
    const fn bit(self) -> u128 {
        1 << (self.resource as u32 * 2 + self.access as u32)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.resource.word(), self.access.word())
    }
}

/// The text names no permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPermission;

impl fmt::Display for NotAPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a permission such as hose:read")
    }
}

impl std::error::Error for NotAPermission {}

impl FromStr for Permission {
    type Err = NotAPermission;

    /// Reads `hose:read`, in any case.
    fn from_str(text: &str) -> Result<Self, NotAPermission> {
        let (resource, access) = text.split_once(':').ok_or(NotAPermission)?;
        let mut resources = Resource::ALL.iter().copied();
        let resource = resources.find(|r| r.word().eq_ignore_ascii_case(resource)).ok_or(NotAPermission)?;
        let mut accesses = [Access::Read, Access::Write].into_iter();
        let access = accesses.find(|a| a.word().eq_ignore_ascii_case(access)).ok_or(NotAPermission)?;
        Ok(Self { resource, access })
    }
}

/// A set of permissions. Serialized as the sorted list of their texts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Permissions(u128);

impl Permissions {
    /// None at all.
    pub const NONE: Self = Self(0);

    /// Tells apart versions in which the bits mean something else: the FNV-1a
    /// hash of all resources' words.
    pub(crate) const CATALOGUE: u64 = {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut n = 0;
        while n < Resource::ALL.len() {
            let word = Resource::ALL[n].word().as_bytes();
            let mut at = 0;
            // Each word ends with a comma.
            while at <= word.len() {
                let byte = if at < word.len() { word[at] } else { b',' };
                hash = (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3);
                at += 1;
            }
            n += 1;
        }
        hash
    };

    pub(crate) const fn to_bits(self) -> u128 {
        self.0
    }

    /// `None` if a bit stands for nothing.
    pub(crate) const fn from_bits(bits: u128) -> Option<Self> {
        if bits & !Self::all().0 == 0 { Some(Self(bits)) } else { None }
    }

    /// Every permission there is.
    pub const fn all() -> Self {
        Self((1 << (Resource::ALL.len() * 2)) - 1)
    }

    /// Every `:read`.
    pub fn every_read() -> Self {
        Resource::ALL.iter().copied().map(Permission::read).collect()
    }

    /// Every `:write`.
    pub fn every_write() -> Self {
        Resource::ALL.iter().copied().map(Permission::write).collect()
    }

    /// Read and write of each of these.
    pub fn of(resources: &[Resource]) -> Self {
        resources.iter().flat_map(|r| [Permission::read(*r), Permission::write(*r)]).collect()
    }

    /// The reads in this set.
    #[must_use]
    pub fn reads(self) -> Self {
        self & Self::every_read()
    }

    /// The writes in this set.
    #[must_use]
    pub fn writes(self) -> Self {
        self & Self::every_write()
    }

    /// Whether `permission` is in this set.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether all of this set is in `other`.
    pub const fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether nothing is in this set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The permissions in this set as OAuth 2.0 lists them, separated by spaces.
    pub fn to_oauth(self) -> String {
        self.iter().map(|permission| permission.to_string()).collect::<Vec<_>>().join(" ")
    }

    /// The permissions in this set, sorted.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        let all = Resource::ALL.iter().flat_map(|r| [Permission::read(*r), Permission::write(*r)]);
        all.filter(move |permission| self.contains(*permission))
    }
}

impl BitOr for Permissions {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Permissions {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Sub for Permissions {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|permission| permission.to_string())).finish()
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Permission>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
