use base::{Patch, Result};
use database::Tx;
use keys::{AddressList, KeyType};
use records::{
    api_keys::{self, ApiKeyRow},
    key_changes, roles,
};

use super::{ApiKey, ApprovedAddress, KeyChange, document, fields, find, forbid_more_than_own};
use crate::{Allowed, Caller, access::WriteApiKeys, audit, check_rev, organizations};

/// Changes a key. Whatever narrows, moves or widens it ends its bearer tokens;
/// a rename and another rate limit do not.
pub fn update(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    change: &KeyChange,
) -> Result<ApiKey> {
    organizations::require_professional(tx)?;
    let row = find(tx, key)?;
    let role_before = roles::permissions(tx, row.role)?;
    let before = document(tx, caller, &row, role_before)?;
    check_rev(change.rev, &row.stamp, &before)?;

    let addresses = match &change.addresses {
        Patch::Set(addresses) => Some(addresses.as_slice()),
        Patch::Leave | Patch::Clear => None,
    };
    let mut changed = changed(tx, caller, &row, change)?;
    fields::check(&changed, change.key_type, addresses)?;
    let role = roles::permissions(tx, changed.role)?;
    forbid_more_than_own(caller, change.key_type.permits(role, change.scopes))?;

    if let Some(addresses) = addresses {
        api_keys::replace_addresses(tx, row.id, &fields::address_rows(addresses))?;
    }
    if addresses.is_some_and(|addresses| networks(addresses) != networks(&before.addresses))
        || ends_tokens(&row, &changed)
    {
        changed.epoch += 1;
    }
    api_keys::update(tx, &changed)?;
    let mut after = document(tx, caller, &changed, role)?;
    if before.name != after.name {
        after.warn_of_rename();
    }
    audit::note(tx, caller, "update", row.id, Some(&before), Some(&after))?;
    key_changes::insert(tx, row.id)?;
    Ok(after)
}

fn changed(tx: &mut Tx<'_>, caller: &Caller, row: &ApiKeyRow, change: &KeyChange) -> Result<ApiKeyRow> {
    let customer = match &change.customer {
        Patch::Leave => row.customer,
        Patch::Clear => None,
        Patch::Set(name) => Some(fields::customer(tx, name)?),
    };
    let role = match &change.role {
        Patch::Set(name) => fields::role(tx, Some(name), change.key_type)?,
        Patch::Clear => fields::role(tx, None, change.key_type)?,
        Patch::Leave if is_usual_role(tx, row)? => fields::role(tx, None, change.key_type)?,
        Patch::Leave => row.role,
    };
    let rate_limit = change
        .rate_limit
        .try_map(|limit| Ok::<_, base::Error>((limit.requests.get(), limit.seconds.get())))?;
    Ok(ApiKeyRow {
        name: change.name.to_string(),
        key_type: change.key_type.to_string(),
        scopes: change.scopes.to_string(),
        role,
        customer,
        rate_limit: rate_limit.onto(row.rate_limit),
        starts: change.starts.onto(row.starts),
        expires: change.expires.onto(row.expires),
        stamp: row.stamp.changed(tx.now(), caller.subject.to_string()),
        ..row.clone()
    })
}

/// Whether the key has the role that goes with its type, which then follows the type.
fn is_usual_role(tx: &mut Tx<'_>, row: &ApiKeyRow) -> Result<bool> {
    let Ok(key_type) = row.key_type.parse::<KeyType>() else { return Ok(false) };
    Ok(fields::role(tx, None, key_type)? == row.role)
}

/// The networks of a list, of which neither the order nor the description matters.
fn networks(addresses: &[ApprovedAddress]) -> AddressList {
    addresses.iter().map(|address| address.network).collect()
}

fn ends_tokens(before: &ApiKeyRow, after: &ApiKeyRow) -> bool {
    let felt = |row: &ApiKeyRow| {
        (
            row.key_type.clone(),
            row.scopes.clone(),
            row.role,
            row.customer,
            row.starts,
            row.expires,
            row.suspended,
        )
    };
    felt(before) != felt(after)
}

/// Suspends a key or resumes one: suspended, neither it nor any of its tokens
/// is let in, and the tokens stay ended when it is resumed.
pub fn suspend(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    suspended: bool,
    rev: Option<i64>,
) -> Result<ApiKey> {
    let action = if suspended { "suspend" } else { "resume" };
    replace(tx, caller, key, rev, action, |row| ApiKeyRow { suspended, ..row })
}

/// Deletes a key: from this commit on nothing of it is let in. What was is
/// kept for the record, its secret is not.
pub fn delete(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    rev: Option<i64>,
) -> Result<ApiKey> {
    let (now, by) = (tx.now(), caller.subject.to_string());
    let delete = |row| ApiKeyRow { deleted: Some(now), deleted_by: Some(by), ..row };
    let deleted = replace(tx, caller, key, rev, "delete", delete)?;
    api_keys::delete_secrets(tx, deleted.id)?;
    Ok(deleted)
}

/// Puts another row in the place of a key's, which ends its tokens.
fn replace(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    rev: Option<i64>,
    action: &str,
    change: impl FnOnce(ApiKeyRow) -> ApiKeyRow,
) -> Result<ApiKey> {
    organizations::require_professional(tx)?;
    let row = find(tx, key)?;
    let role = roles::permissions(tx, row.role)?;
    let before = document(tx, caller, &row, role)?;
    check_rev(rev, &row.stamp, &before)?;
    let stamp = row.stamp.changed(tx.now(), caller.subject.to_string());
    let changed = change(ApiKeyRow { epoch: row.epoch + 1, stamp, ..row });
    api_keys::update(tx, &changed)?;
    let after = document(tx, caller, &changed, role)?;
    audit::note(tx, caller, action, changed.id, Some(&before), Some(&after))?;
    key_changes::insert(tx, changed.id)?;
    Ok(after)
}
