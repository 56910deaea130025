use std::collections::BTreeSet;

use base::{Error, Id, Random, Result, Timestamp};
use database::Tx;
use gate::StoredSecret;
use keys::{ApiKey as ApiKeyKind, Environment, KeyText, Peppers, Permissions, Project};
use records::{
    Stamp,
    api_keys::{self, ApiKeyRow, addresses, secrets},
    external_ids, key_changes, projects, roles,
};

use super::{ApiKey, Essentials, NewKey, document, fields, read_back, secret};
use crate::{Allowed, Caller, access::WriteApiKeys, audit, organizations};

/// What was drawn for a new key before the unit of work: its id, and what is
/// stored of its text.
#[derive(Debug, Clone)]
pub struct Minted {
    /// Its id, which its text names.
    pub id: Id<ApiKeyKind>,
    /// What lists show.
    pub masked: String,
    /// The MAC of its secret.
    pub secret: StoredSecret,
    /// Its text, where an organization may have it kept to be read back.
    pub text: Option<KeyText>,
}

impl Minted {
    /// Draws a new key: its text, to be shown once, and what is stored of it.
    /// With `may_keep` an organization may have the text kept to be read back.
    pub fn draw(
        peppers: &Peppers,
        environment: Environment,
        may_keep: bool,
        now: Timestamp,
        random: &mut Random,
    ) -> Result<(KeyText, Self)> {
        let text = KeyText::mint(environment, Id::new(now, random), random);
        let secret = secret::stored(peppers, &text, 0)?;
        let kept = may_keep.then(|| text.clone());
        let minted = Self { id: text.id(), masked: text.masked(), secret, text: kept };
        Ok((text, minted))
    }
}

/// Makes a key. Its text, which `minted` stands for, is the caller's to show, once.
pub fn create(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    minted: &Minted,
    new: &NewKey,
) -> Result<ApiKey> {
    organizations::require_professional(tx)?;
    let (row, role) = plan(tx, caller, minted, new)?;
    let document = store(tx, caller, "create", &row, role, minted, new)?;
    key_changes::insert(tx, row.id)?;
    Ok(document)
}

/// The row of a key to be made, and what its role permits; refuses what cannot be made.
pub(super) fn plan(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    minted: &Minted,
    new: &NewKey,
) -> Result<(ApiKeyRow, Permissions)> {
    let Essentials { name, scopes, key_type } = &new.essentials;
    let role = fields::role(tx, new.role.as_deref(), *key_type)?;
    let customer = match &new.customer {
        Some(name) => Some(fields::customer(tx, name)?),
        None => None,
    };
    let row = ApiKeyRow {
        organization: tx.organization()?,
        id: minted.id,
        name: name.to_string(),
        key_type: key_type.to_string(),
        scopes: scopes.to_string(),
        role,
        customer,
        rate_limit: new.rate_limit.map(|limit| (limit.requests.get(), limit.seconds.get())),
        starts: new.starts,
        expires: new.expires,
        suspended: false,
        masked: minted.masked.clone(),
        epoch: 1,
        deleted: None,
        deleted_by: None,
        revoked_reason: None,
        last_used: None,
        last_used_address: None,
        stamp: Stamp::new(tx.now(), caller.subject.to_string()),
    };
    fields::check(&row, *key_type, Some(&new.addresses))?;
    let role_permissions = roles::permissions(tx, role)?;
    caller.forbid_more_than_own("The key", key_type.permits(role_permissions, *scopes))?;
    Ok((row, role_permissions))
}

/// Stores a key that was planned; its change is yet to be told.
pub(super) fn store(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &str,
    row: &ApiKeyRow,
    role: Permissions,
    minted: &Minted,
    new: &NewKey,
) -> Result<ApiKey> {
    api_keys::insert(tx, row)?;
    secrets::insert(tx, row.id, &secret::row(&minted.secret, tx.now()))?;
    if let Some(text) = &minted.text {
        read_back::keep(tx, row.id, text)?;
    }
    addresses::replace(tx, row.id, &fields::address_rows(&new.addresses))?;
    for project in projects_of_new(tx, caller, &new.projects)? {
        projects::add_key(tx, row.id, project)?;
    }
    external_ids::number(tx, row.id)?;
    let document = document(tx, caller, row, role)?;
    audit::note(tx, caller, action, row.id, None, Some(&document))?;
    Ok(document)
}

/// The projects chosen; without any, those its maker is limited to.
fn projects_of_new(tx: &mut Tx<'_>, caller: &Caller, names: &[String]) -> Result<BTreeSet<Id<Project>>> {
    let chosen = crate::projects::all_named(tx, "listProjectsId", names)?;
    if chosen.is_empty() {
        return Ok(caller.projects.clone());
    }
    if caller.is_limited() && !chosen.is_subset(&caller.projects) {
        let words = "The key would act in projects that its maker may not act in.";
        return Err(Error::Forbidden(words.into()));
    }
    Ok(chosen)
}
