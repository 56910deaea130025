//! Organizations: their founding, what they have subscribed to, and how they work.

pub mod currencies;
pub mod directories;
mod founding;
mod profile;
mod settings;

use std::{fmt, str::FromStr};

use base::{Error, Id, Organization, Result};
use database::Tx;
use records::organizations::{self, OrganizationRow};

pub use founding::{Administrator, Founding, found, found_shared};
pub(crate) use profile::with_logo;
pub use profile::{
    Profile, ProfileChange, all_origins, decide_on_terms, is_origin, profile, read, settings, subscription,
    terms, update,
};
pub use records::{currencies::CurrencyRow, terms::TermsRow};
pub use settings::{NUMBERED, Numbering, Settings, SettingsChange};

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
