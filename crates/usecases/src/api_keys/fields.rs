use base::{Error, Id, Line, Patch, Prose, Result, Timestamp};
use database::Tx;
use keys::{Customer, KeyType, MAX_ADDRESSES, Network, RateLimit, Role, Scopes, SystemRole, Validity};
use records::{
    api_keys::{ApiKeyRow, addresses::AddressRow},
    external_ids, roles,
};

use crate::customers;

/// An address from which a key may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedAddress {
    /// The address or network.
    pub network: Network,
    /// What it is.
    pub description: Prose<200>,
}

/// What whoever makes or changes a key always gives.
#[derive(Debug, Clone)]
pub struct Essentials {
    /// Its name, part of the token exchange.
    pub name: Line<100>,
    /// What its holder asked for.
    pub scopes: Scopes,
    /// The most it may do.
    pub key_type: KeyType,
}

/// A key to be made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its name, scopes and type.
    pub essentials: Essentials,
    /// From where; empty is from anywhere.
    pub addresses: Vec<ApprovedAddress>,
    /// The first moment it is good.
    pub starts: Option<Timestamp>,
    /// The first moment it is over; a past one makes an expired key.
    pub expires: Option<Timestamp>,
    /// How often.
    pub rate_limit: Option<RateLimit>,
    /// The customer it is pinned to, by any of its names.
    pub customer: Option<String>,
    /// The role that bounds it, by any of its names; else the one that goes with its type.
    pub role: Option<String>,
}

/// A change of a key.
#[derive(Debug, Clone)]
pub struct KeyChange {
    /// Its name, scopes and type, which as documented are always given.
    pub essentials: Essentials,
    /// From where. Absent and null leave them, so that a rename never opens a
    /// key; only an empty list empties them.
    pub addresses: Patch<Vec<ApprovedAddress>>,
    /// The first moment it is good.
    pub starts: Patch<Timestamp>,
    /// The first moment it is over.
    pub expires: Patch<Timestamp>,
    /// How often.
    pub rate_limit: Patch<RateLimit>,
    /// The customer it is pinned to.
    pub customer: Patch<String>,
    /// The role that bounds it; null returns to the one that goes with the type.
    pub role: Patch<String>,
    /// The revision the caller has seen.
    pub rev: Option<i64>,
}

impl NewKey {
    /// A key of which nothing more is said.
    pub fn new(essentials: Essentials) -> Self {
        Self {
            essentials,
            addresses: Vec::new(),
            starts: None,
            expires: None,
            rate_limit: None,
            customer: None,
            role: None,
        }
    }
}

/// The role that bounds a key of this type unless another is named.
pub(super) fn usual_role(key_type: KeyType) -> SystemRole {
    match key_type {
        KeyType::Admin | KeyType::FullAccess | KeyType::ReadOnly => SystemRole::Admin,
        KeyType::Customer => SystemRole::Customer,
    }
}

/// The role named, or the usual one.
pub(super) fn role(tx: &mut Tx<'_>, name: Option<&str>, key_type: KeyType) -> Result<Id<Role>> {
    let Some(name) = name else { return Ok(roles::find_system(tx, usual_role(key_type).word())?.id) };
    let known = match external_ids::resolve(tx, name)? {
        Some(id) => roles::find(tx, id)?,
        None => None,
    };
    known.map(|role| role.id).ok_or_else(|| Error::invalid("roleId", "is not a role of this organization"))
}

/// The customer named.
pub(super) fn customer(tx: &mut Tx<'_>, name: &str) -> Result<Id<Customer>> {
    customers::named(tx, name)?
        .ok_or_else(|| Error::invalid("customerId", "is not a customer of this organization"))
}

/// Refuses what does not go together.
pub(super) fn check(row: &ApiKeyRow, key_type: KeyType, addresses: Option<&[ApprovedAddress]>) -> Result<()> {
    Validity::new(row.starts, row.expires)
        .map_err(|_| Error::invalid("expires", "must be after startDate"))?;
    if row.customer.is_some() && key_type != KeyType::Customer {
        return Err(Error::invalid("customerId", "can only be given to a key of type customer"));
    }
    let too_many = addresses.is_some_and(|addresses| addresses.len() > MAX_ADDRESSES);
    if too_many {
        let message = format!("must not have more than {MAX_ADDRESSES} entries");
        return Err(Error::invalid("approvedIpAddresses", message));
    }
    Ok(())
}

pub(super) fn address_rows(addresses: &[ApprovedAddress]) -> Vec<AddressRow> {
    let row = |address: &ApprovedAddress| AddressRow {
        network: address.network.to_string(),
        description: address.description.to_string(),
    };
    addresses.iter().map(row).collect()
}
