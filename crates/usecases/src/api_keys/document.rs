use base::{Error, Id, Prose, Result, Timestamp};
use keys::{
    ApiKey as ApiKeyKind, Customer, KeyState, KeyType, Permission, Permissions, Project, Role, Scopes,
    Validity,
};
use records::{
    Stamp,
    api_keys::{ApiKeyRow, addresses::AddressRow, secrets::SecretRow},
};
use serde::{Serialize, Serializer};

use super::{ApprovedAddress, KeySecret};
use crate::Caller;

/// A key as its administrators see it: never its text or its secret.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: Id<ApiKeyKind>,
    /// Its name.
    pub name: String,
    /// The most it may do.
    #[serde(serialize_with = "as_text")]
    pub key_type: KeyType,
    /// What its holder asked for.
    #[serde(serialize_with = "as_text")]
    pub scopes: Scopes,
    /// What it may really do: role ∩ type ∩ scopes.
    pub effective_scopes: Permissions,
    /// The role that bounds it.
    pub role: Id<Role>,
    /// The customer it is pinned to.
    pub customer: Option<Id<Customer>>,
    /// The projects it is limited to; empty is all.
    pub projects: Vec<Id<Project>>,
    /// From where it may be used; empty is from anywhere.
    #[serde(rename = "approvedIpAddresses", serialize_with = "as_pairs")]
    pub addresses: Vec<ApprovedAddress>,
    /// Requests and seconds of its rate limit.
    pub rate_limit: Option<(u32, u32)>,
    /// The first moment it is good.
    pub starts: Option<Timestamp>,
    /// The first moment it is over.
    pub expires: Option<Timestamp>,
    /// What it is at the moment of the answer.
    #[serde(serialize_with = "as_text")]
    pub state: KeyState,
    /// The masked form of its text.
    pub masked: String,
    /// Its secrets that are good: one, or two while it is rotated.
    pub secrets: Vec<KeySecret>,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
    /// From where.
    pub last_used_address: Option<String>,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// By whom.
    pub deleted_by: Option<String>,
    /// Why, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_reason: Option<String>,
    /// What its administrator should know.
    #[serde(skip)]
    pub warnings: Vec<Warning>,
    /// Who made and changed it.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// What an administrator should know of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// It is good for ever.
    NeverExpires,
    /// It is good from anywhere.
    NoAddresses,
    /// It would not let in the address this request came from.
    LocksOutCaller,
    /// Its former name no longer exchanges for a token.
    Renamed,
    /// A scope comes to nothing: its type or role does not permit it.
    Clamped,
    /// It is a customer's key that names no customer: it sees the default prices.
    Unpinned,
}

impl Warning {
    /// A word for programs; never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NeverExpires => "neverExpires",
            Self::NoAddresses => "noAddresses",
            Self::LocksOutCaller => "locksOutCaller",
            Self::Renamed => "renamed",
            Self::Clamped => "clamped",
            Self::Unpinned => "unpinned",
        }
    }

    /// A sentence for people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NeverExpires => "The key never expires.",
            Self::NoAddresses => "The key can be used from any address.",
            Self::LocksOutCaller => "The key cannot be used from the address this request came from.",
            Self::Renamed => {
                "The name is part of the token exchange: whoever exchanges this key must now give the new name."
            }
            Self::Clamped => "The type or the role of the key does not permit all that its scopes ask for.",
            Self::Unpinned => {
                "The key is pinned to no customer; without apiCustomerId it gets the default prices."
            }
        }
    }
}

impl ApiKey {
    pub(super) fn read(
        row: &ApiKeyRow,
        addresses: &[AddressRow],
        secrets: &[SecretRow],
        role: Permissions,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Self> {
        let broken = |error: &dyn std::fmt::Display| Error::internal("a stored API key", error);
        let key_type: KeyType = row.key_type.parse().map_err(|e| broken(&e))?;
        let scopes: Scopes = row.scopes.parse().map_err(|e| broken(&e))?;
        let validity = Validity::new(row.starts, row.expires).map_err(|e| broken(&e))?;
        let state = if row.deleted.is_some() {
            KeyState::Revoked
        } else {
            KeyState::of(validity, row.suspended, now)
        };
        let addresses = addresses
            .iter()
            .map(|address| {
                let network = address.network.parse().map_err(|e| broken(&e))?;
                let description = Prose::new(&address.description).map_err(|e| broken(&e))?;
                Ok(ApprovedAddress { network, description })
            })
            .collect::<Result<Vec<_>>>()?;
        let mut document = Self {
            id: row.id,
            name: row.name.clone(),
            key_type,
            scopes,
            effective_scopes: key_type.permits(role, scopes),
            role: row.role,
            customer: row.customer,
            projects: Vec::new(),
            addresses,
            rate_limit: row.rate_limit,
            starts: row.starts,
            expires: row.expires,
            state,
            masked: row.masked.clone(),
            secrets: secrets.iter().filter_map(|secret| KeySecret::read(secret, now)).collect(),
            last_used: row.last_used,
            last_used_address: row.last_used_address.clone(),
            deleted: row.deleted,
            deleted_by: row.deleted_by.clone(),
            revoked_reason: row.revoked_reason.clone(),
            warnings: Vec::new(),
            stamp: row.stamp.clone(),
        };
        document.warnings = document.warnings_for(caller);
        Ok(document)
    }

    fn warnings_for(&self, caller: &Caller) -> Vec<Warning> {
        if self.deleted.is_some() {
            return Vec::new();
        }
        let lets_in = |address| self.addresses.iter().any(|approved| approved.network.contains(address));
        let locks_out = !self.addresses.is_empty() && caller.address.is_some_and(|address| !lets_in(address));
        [
            (self.expires.is_none(), Warning::NeverExpires),
            (self.addresses.is_empty(), Warning::NoAddresses),
            (locks_out, Warning::LocksOutCaller),
            (self.is_clamped(), Warning::Clamped),
            (self.key_type == KeyType::Customer && self.customer.is_none(), Warning::Unpinned),
        ]
        .into_iter()
        .filter_map(|(applies, warning)| applies.then_some(warning))
        .collect()
    }

    /// Whether a scope comes to nothing: one of a resource that is not granted,
    /// or `read` or `write` of which nothing is left.
    fn is_clamped(&self) -> bool {
        let (asked, granted) = (self.scopes.permissions(), self.effective_scopes);
        let words = self.scopes.to_string();
        let mut named = words.split(',').filter_map(|word| word.parse().ok());
        let left_out = |permission: Permission| !granted.contains(permission);
        let nothing_left = |asked: Permissions, granted: Permissions| !asked.is_empty() && granted.is_empty();
        named.any(left_out)
            || nothing_left(asked.reads(), granted.reads())
            || nothing_left(asked.writes(), granted.writes())
    }

    pub(super) fn warn_of_rename(&mut self) {
        self.warnings.push(Warning::Renamed);
    }
}

fn as_text<T: ToString, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

fn as_pairs<S: Serializer>(addresses: &[ApprovedAddress], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Pair<'a> {
        ip_address: String,
        description: &'a str,
    }
    serializer.collect_seq(addresses.iter().map(|address| Pair {
        ip_address: address.network.to_string(),
        description: address.description.as_str(),
    }))
}
