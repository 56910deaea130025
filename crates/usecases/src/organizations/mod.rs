//! Organizations: their founding, what they have subscribed to, and how they work.

pub mod currencies;
pub mod directories;
mod profile;
mod settings;

use std::{fmt, str::FromStr};

use base::{Error, Id, Line, Organization, Result};
use database::{Scope, Tx};
use keys::{Role, SystemRole, User};
use records::{
    Stamp,
    organizations::{self, OrganizationRow},
    roles::{self, RoleRow},
    users::{self, UserRow},
};
use serde_json::json;

pub use profile::{
    Profile, ProfileChange, all_origins, decide_on_terms, is_origin, profile, read, settings, subscription,
    terms, update,
};
pub use records::{currencies::CurrencyRow, terms::TermsRow};
pub use settings::{NUMBERED, Numbering, Settings, SettingsChange};

use crate::{Caller, audit, projects};

/// What an organization has subscribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subscription {
    /// The catalogue and the configurator, for people.
    Free,
    /// And API keys.
    Professional,
    /// Everything.
    Enterprise,
}

impl Subscription {
    /// As the API has it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Professional => "professional",
            Self::Enterprise => "enterprise",
        }
    }
}

impl fmt::Display for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Subscription {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Free, Self::Professional, Self::Enterprise]
            .into_iter()
            .find(|subscription| subscription.word().eq_ignore_ascii_case(text.trim()))
            .ok_or("must be one of free, professional, enterprise")
    }
}

/// An organization to be founded, with its first administrator.
#[derive(Debug, Clone)]
pub struct Founding {
    /// Drawn beforehand: the transaction is bound to it.
    pub id: Id<Organization>,
    /// Eight lower-case letters.
    pub public_id: String,
    /// Its name.
    pub name: Line<100>,
    /// What it has subscribed to.
    pub subscription: Subscription,
    /// The administrator's address.
    pub admin_email: Line<254>,
    /// The administrator's password, hashed.
    pub admin_password_hash: String,
}

impl Founding {
    /// In whose name the founding is done.
    pub fn scope(&self) -> Scope {
        Scope::Organization(self.id)
    }
}

/// Makes the organization, its default project, the roles every one has, and
/// its administrator.
pub fn found(tx: &mut Tx<'_>, by: &Caller, founding: &Founding) -> Result<Id<User>> {
    let stamp = Stamp::new(tx.now(), by.subject.to_string());
    let row = OrganizationRow {
        id: founding.id,
        public_id: founding.public_id.clone(),
        number: organizations::next_number(tx)?,
        name: founding.name.to_string(),
        subscription: founding.subscription.to_string(),
        settings: None,
        allowed_origins: None,
        stamp: stamp.clone(),
    };
    organizations::insert(tx, &row)?;
    projects::found(tx, &row)?;
    for role in SystemRole::ALL {
        let row = RoleRow {
            id: tx.new_id(),
            name: role.word().to_owned(),
            description: description(role).to_owned(),
            system_role: Some(role.word().to_owned()),
            is_active: true,
            stamp: stamp.clone(),
        };
        roles::insert(tx, &row, role.permissions())?;
        records::external_ids::number(tx, row.id)?;
    }
    let admin_role: Id<Role> = roles::find_system(tx, SystemRole::Admin.word())?.id;
    let email = founding.admin_email.as_str();
    let admin = UserRow {
        password_hash: Some(founding.admin_password_hash.clone()),
        confirmed: Some(tx.now()),
        ..UserRow::new(founding.id, tx.new_id(), email, email, stamp)
    };
    users::insert(tx, &admin, &[admin_role])?;
    records::external_ids::number(tx, admin.id)?;
    let founded = json!({ "name": row.name, "publicId": row.public_id, "subscription": row.subscription });
    audit::note(tx, by, "create", founding.id, None, Some(&founded))?;
    Ok(admin.id)
}

/// The caller's own organization, if this is one of its names; any other is not found.
pub fn named(tx: &mut Tx<'_>, name: &str) -> Result<OrganizationRow> {
    let own = organizations::find(tx)?;
    let is_own = name.parse() == Ok(own.id)
        || Id::from_uuid(name) == Some(own.id)
        || own.public_id.eq_ignore_ascii_case(name)
        || own.number.to_string() == name;
    if is_own { Ok(own) } else { Err(Error::not_found::<Organization>()) }
}

/// Refuses a body's `organizationId` that is not the caller's own organization.
pub fn require_own(tx: &mut Tx<'_>, name: &str) -> Result<()> {
    named(tx, name).map(drop).map_err(|error| match error {
        Error::NotFound(_) => Error::invalid("organizationId", "is not the caller's organization"),
        other => other,
    })
}

/// Whether there is any organization yet.
pub fn any(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(!organizations::all(tx, 1)?.is_empty())
}

fn description(role: SystemRole) -> &'static str {
    match role {
        SystemRole::Admin => "Runs the organization.",
        SystemRole::Regular => "Works in the organization.",
        SystemRole::Customer => "Buys from the organization; never sees costs.",
    }
}

/// Refuses what the organization has not subscribed to.
pub(crate) fn require_professional(tx: &mut Tx<'_>) -> Result<()> {
    let subscription: Subscription = organizations::find(tx)?
        .subscription
        .parse()
        .map_err(|error| Error::internal("a stored subscription", error))?;
    if subscription < Subscription::Professional {
        return Err(Error::Forbidden("API keys need a professional or enterprise subscription.".into()));
    }
    Ok(())
}
