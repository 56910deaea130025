use std::fmt;

use base::{Id, Result, Timestamp};
use database::Tx;
use keys::{Customer, User};
use records::{
    Stamp,
    users::{self, UserRow},
};
use serde::{Serialize, Serializer};

/// A user as others of the organization see them: never the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The user's id.
    #[serde(rename = "_id")]
    pub id: Id<User>,
    /// The address to sign in with.
    pub email: String,
    /// The name to greet by.
    pub name: String,
    /// The names of the user's roles.
    pub roles: Vec<String>,
    /// Whether the user can sign in.
    pub state: State,
    /// The customer a customer user belongs to.
    pub customer: Option<Id<Customer>>,
    /// When the person first set or used a password.
    pub confirmed: Option<Timestamp>,
    /// When the last invitation was sent.
    pub invited: Option<Timestamp>,
    /// When the user was deleted.
    pub deleted: Option<Timestamp>,
    /// By whom.
    pub deleted_by: Option<String>,
    /// Who made and changed it.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// Whether a user can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The person has set or used a password.
    Active,
    /// The person has not yet.
    Invited,
    /// The user is kept from signing in.
    Suspended,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Suspended => "suspended",
        })
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Account {
    /// What a row says, with the roles as they are stored now.
    pub(super) fn read(tx: &mut Tx<'_>, row: &UserRow) -> Result<Self> {
        let state = match (row.suspended, row.confirmed) {
            (true, _) => State::Suspended,
            (false, Some(_)) => State::Active,
            (false, None) => State::Invited,
        };
        Ok(Self {
            id: row.id,
            email: row.email.clone(),
            name: row.name.clone(),
            roles: users::roles(tx, row.id)?,
            state,
            customer: row.customer,
            confirmed: row.confirmed,
            invited: row.invited,
            deleted: row.deleted,
            deleted_by: row.deleted_by.clone(),
            stamp: row.stamp.clone(),
        })
    }
}
