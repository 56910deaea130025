use base::{Error, Id, Line, Organization, Patch, Result};
use database::Tx;
use keys::{Permission, Resource};
use records::{
    Stamp,
    api_keys::sealed_texts,
    organizations::{self, OrganizationRow},
    terms::{self, TermsRow},
};
use serde::Serialize;

use super::{Settings, SettingsChange, currencies};
use crate::{
    Allowed, Caller,
    access::{ReadOrganization, WriteOrganization},
    audit, check_rev,
};

/// The organization with its settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: Id<Organization>,
    /// Eight letters, which the Gjirafa dialect calls it by.
    pub public_id: String,
    /// Its name.
    pub name: String,
    /// How it works.
    pub settings: Settings,
    /// The web pages that may call with its credentials; `None` is as the server says.
    pub allowed_origins: Option<Vec<String>>,
    /// Who made and changed it.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// A change of the organization, checked.
#[derive(Debug, Clone, Default)]
pub struct ProfileChange {
    /// Its name.
    pub name: Option<Line<100>>,
    /// How it works.
    pub settings: SettingsChange,
    /// The web pages that may call with its credentials; none returns to what the server says.
    pub allowed_origins: Patch<Vec<String>>,
    /// The revision the caller has seen.
    pub rev: Option<i64>,
}

/// The organization with its settings.
pub fn profile(tx: &mut Tx<'_>, _caller: &Allowed<ReadOrganization>) -> Result<Profile> {
    read(tx)
}

/// How the caller's organization works: for what every caller may see of it.
pub fn settings(tx: &mut Tx<'_>) -> Result<Settings> {
    Settings::read(organizations::find(tx)?.settings.as_deref())
}

/// Changes the organization. Whether keys can be read back is for those alone
/// who may make keys.
pub fn update(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteOrganization>,
    change: &ProfileChange,
) -> Result<Profile> {
    let row = organizations::find(tx)?;
    check_rev(change.rev, &row.stamp)?;
    let before = of_row(&row)?;
    let settings = change.settings.clone().applied_to(before.settings.clone());
    if settings.allow_reading_keys_back != before.settings.allow_reading_keys_back {
        require_keeper_of_keys(caller)?;
        if !settings.allow_reading_keys_back {
            sealed_texts::delete_all(tx)?;
        }
    }
    if settings.default_currency != before.settings.default_currency {
        currencies::become_default(tx, caller, &settings.default_currency)?;
    }
    let origins = change.allowed_origins.clone().onto(before.allowed_origins.clone());
    let origins = origins.filter(|origins| !origins.is_empty());
    let changed = OrganizationRow {
        name: change.name.as_ref().map_or_else(|| row.name.clone(), Line::to_string),
        settings: Some(settings.written()?),
        allowed_origins: match origins {
            Some(origins) => {
                Some(serde_json::to_string(&origins).map_err(|error| Error::internal("origins", error))?)
            }
            None => None,
        },
        stamp: row.stamp.changed(tx.now(), caller.subject.to_string()),
        ..row
    };
    organizations::update(tx, &changed)?;
    let after = of_row(&changed)?;
    audit::note(tx, caller, "update", changed.id, Some(&before), Some(&after))?;
    Ok(after)
}

fn require_keeper_of_keys(caller: &Caller) -> Result<()> {
    let needed = Permission::write(Resource::ApiKey);
    if caller.permissions.contains(needed) {
        return Ok(());
    }
    Err(Error::Forbidden(format!("Whether keys can be read back needs the permission {needed} too.")))
}

/// The organization as it is now.
pub fn read(tx: &mut Tx<'_>) -> Result<Profile> {
    of_row(&organizations::find(tx)?)
}

fn of_row(row: &OrganizationRow) -> Result<Profile> {
    Ok(Profile {
        id: row.id,
        public_id: row.public_id.clone(),
        name: row.name.clone(),
        settings: Settings::read(row.settings.as_deref())?,
        allowed_origins: row.allowed_origins.as_deref().map(origins).transpose()?,
        stamp: row.stamp.clone(),
    })
}

/// The ids of the organizations whose logo is the picture of this name.
pub(crate) fn with_logo(tx: &mut Tx<'_>, picture: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (id, json) in organizations::with_settings(tx)? {
        if Settings::read(Some(&json))?.has_logo(picture) {
            found.push(id.to_string());
        }
    }
    Ok(found)
}

/// Each organization that says which web pages may call, and what it says.
pub fn all_origins(tx: &mut Tx<'_>) -> Result<Vec<(Id<Organization>, Vec<String>)>> {
    organizations::with_origins(tx)?.into_iter().map(|(id, json)| Ok((id, origins(&json)?))).collect()
}

fn origins(json: &str) -> Result<Vec<String>> {
    serde_json::from_str(json).map_err(|error| Error::internal("stored origins", error))
}

/// Whether this is an origin as a browser sends it: the scheme, the host and
/// an unusual port, in lower case.
pub fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._:[]".contains(&b);
        !host.is_empty() && host.bytes().all(allowed)
    })
}

/// What the organization has subscribed to.
pub fn subscription(tx: &mut Tx<'_>, _caller: &Allowed<crate::access::ReadSubscription>) -> Result<String> {
    Ok(organizations::find(tx)?.subscription)
}

/// The last decision on the terms, if there was any.
pub fn terms(tx: &mut Tx<'_>, _caller: &Allowed<ReadOrganization>) -> Result<Option<TermsRow>> {
    terms::latest(tx)
}

/// Keeps that a version of the terms was accepted, or was not; who and when.
pub fn decide_on_terms(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteOrganization>,
    accepted: bool,
    version: i64,
) -> Result<TermsRow> {
    let row = TermsRow {
        id: tx.new_id(),
        version,
        accepted,
        decided: tx.now(),
        decided_by: caller.subject.to_string(),
    };
    terms::insert(tx, &row)?;
    let decided = serde_json::json!({ "version": version, "accepted": accepted });
    audit::note(tx, caller, "decideOnTerms", caller.organization, None, Some(&decided))?;
    Ok(row)
}
