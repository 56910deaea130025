use std::time::Duration;

use base::{Result, Timestamp};
use database::{Tx, list::ListQuery};
use keys::KeyType;
use records::external_ids;

use super::fields;

/// The longest time that can be asked for of keys that were not used: ten years.
pub const LONGEST_UNUSED: u32 = 3650;

/// Which keys are meant: those of which all that is said here is true.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// They are these, by any of their names; none is all.
    pub keys: Vec<String>,
    /// Their name has one of these in it, in any case; none is all.
    pub names: Vec<String>,
    /// They are of one of these types; none is all.
    pub key_types: Vec<KeyType>,
    /// They have this role, by any of its names.
    pub role: Option<String>,
    /// They are pinned to this customer, by any of its names.
    pub customer: Option<String>,
    /// Whoever made them: `user:ID`, `key:ID` or `system:WORD`.
    pub created_by: Option<String>,
    /// They were made before.
    pub created_before: Option<Timestamp>,
    /// They were not used, and not made, in so many days.
    pub unused_days: Option<u32>,
    /// Whether they have no end; `None` is either.
    pub never_expires: Option<bool>,
    /// Whether they can be used from anywhere; `None` is either.
    pub no_addresses: Option<bool>,
}

impl Selection {
    /// Whether nothing is said, and so every key meant.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// The query that asks for these keys alone. A name that is nobody's is
    /// told where it chooses a role or a customer; a key that is not there is
    /// not among those that are.
    pub(super) fn of(&self, tx: &mut Tx<'_>, query: &ListQuery) -> Result<ListQuery> {
        let mut filters: Vec<(&str, Vec<String>)> = Vec::new();
        if !self.keys.is_empty() {
            let mut ids = Vec::with_capacity(self.keys.len());
            for name in &self.keys {
                ids.extend(external_ids::resolve::<keys::ApiKey>(tx, name)?.map(|id| id.to_string()));
            }
            // No id is as long as this: it finds nothing where no name was a key's.
            ids.push("-".into());
            filters.push(("id", ids));
        }
        if !self.names.is_empty() {
            filters.push(("search.name", self.names.clone()));
        }
        if !self.key_types.is_empty() {
            filters.push(("keyType", self.key_types.iter().map(|kind| kind.word().to_owned()).collect()));
        }
        if let Some(name) = &self.role {
            filters.push(("role", vec![fields::role(tx, Some(name), KeyType::Admin)?.to_string()]));
        }
        if let Some(name) = &self.customer {
            filters.push(("customer", vec![fields::customer(tx, name)?.to_string()]));
        }
        filters.extend(self.created_by.clone().map(|who| ("createdBy", vec![who])));
        filters.extend(self.created_before.map(|moment| ("created", vec![until(moment)])));
        filters.extend(self.unused_days.map(|days| ("lastUsed", vec![until(days_before(tx.now(), days))])));
        filters.extend(self.never_expires.map(|never| ("neverExpires", vec![never.to_string()])));
        filters.extend(self.no_addresses.map(|none| ("hasAddresses", vec![u8::from(!none).to_string()])));
        let filters = filters.into_iter().map(|(name, values)| (name.to_owned(), values)).collect();
        Ok(ListQuery { filters, ..query.clone() })
    }
}

/// The moment so many days ago.
pub(super) fn days_before(now: Timestamp, days: u32) -> Timestamp {
    now.minus(Duration::from_hours(24 * u64::from(days)))
}

/// The range that ends before a moment.
pub(super) fn until(moment: Timestamp) -> String {
    format!("..{}", moment.as_millis())
}
