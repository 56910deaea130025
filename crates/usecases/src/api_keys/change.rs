use base::{Patch, Result};
use database::Tx;
use keys::{AddressList, KeyType};
use records::{
    api_keys::{self, ApiKeyRow, addresses, sealed_texts, secrets},
    key_changes, roles,
};

use super::{ApiKey, ApprovedAddress, KeyChange, document, fields, find};
use crate::{Allowed, Caller, access::WriteApiKeys, audit, check_rev, organizations};

/// Changes a key. Whatever narrows, moves or widens it ends its bearer tokens;
/// a rename and another rate limit do not.
pub fn update(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    change: &KeyChange,
) -> Result<ApiKey> {
    let updated = replace(tx, caller, key, change.rev, "update", |tx, before, row| {
        let former = row.clone();
        change_fields(tx, row, change)?;
        let addresses = match &change.addresses {
            Patch::Set(addresses) => Some(addresses.as_slice()),
            Patch::Leave | Patch::Clear => None,
        };
        fields::check(row, change.essentials.key_type, addresses)?;
        if let Some(addresses) = addresses {
            addresses::replace(tx, row.id, &fields::address_rows(addresses))?;
        }
        let moves = addresses.is_some_and(|addresses| networks(addresses) != networks(&before.addresses));
        if moves || ends_tokens(&former, row) {
            row.epoch += 1;
        }
        Ok(())
    })?;
    caller.forbid_more_than_own("The key", updated.effective_scopes)?;
    Ok(updated)
}

fn change_fields(tx: &mut Tx<'_>, row: &mut ApiKeyRow, change: &KeyChange) -> Result<()> {
    let key_type = change.essentials.key_type;
    row.customer = match &change.customer {
        Patch::Leave => row.customer,
        Patch::Clear => None,
        Patch::Set(name) => Some(fields::customer(tx, name)?),
    };
    row.role = match &change.role {
        Patch::Set(name) => fields::role(tx, Some(name), key_type)?,
        Patch::Clear => fields::role(tx, None, key_type)?,
        Patch::Leave if is_usual_role(tx, row)? => fields::role(tx, None, key_type)?,
        Patch::Leave => row.role,
    };
    let rate_limit = change
        .rate_limit
        .try_map(|limit| Ok::<_, base::Error>((limit.requests.get(), limit.seconds.get())))?;
    row.name = change.essentials.name.to_string();
    row.key_type = key_type.to_string();
    row.scopes = change.essentials.scopes.to_string();
    row.rate_limit = rate_limit.onto(row.rate_limit);
    row.starts = change.starts.onto(row.starts);
    row.expires = change.expires.onto(row.expires);
    Ok(())
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

pub(super) fn ends_tokens(before: &ApiKeyRow, after: &ApiKeyRow) -> bool {
    let felt = |row: &ApiKeyRow| {
        (row.key_type.clone(), row.scopes.clone(), row.role, row.customer, row.starts, row.expires)
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
    replace(tx, caller, key, rev, action, |_, _, row| {
        row.suspended = suspended;
        row.epoch += 1;
        Ok(())
    })
}

/// Deletes a key: from this commit on nothing of it is let in. What was is
/// kept for the record, its secret is not.
pub fn delete(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    rev: Option<i64>,
) -> Result<ApiKey> {
    replace(tx, caller, key, rev, "delete", |tx, _, row| end(tx, caller, row, None))
}

/// The same for a key that is at hand, with the reason.
pub(super) fn delete_row(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    row: ApiKeyRow,
    reason: Option<String>,
) -> Result<ApiKey> {
    replace_row(tx, caller, row, "delete", |tx, _, row| end(tx, caller, row, reason))
}

fn end(tx: &mut Tx<'_>, caller: &Caller, row: &mut ApiKeyRow, reason: Option<String>) -> Result<()> {
    row.deleted = Some(tx.now());
    row.deleted_by = Some(caller.subject.to_string());
    row.revoked_reason = reason;
    row.epoch += 1;
    sealed_texts::delete(tx, row.id)?;
    let forgotten = secrets::of(tx, row.id)?;
    forgotten.iter().try_for_each(|secret| secrets::delete(tx, row.id, secret))
}

/// The way of every change of a key: `change` alters its row and what stands
/// beside it, and says with the epoch whether its tokens end.
pub(super) fn replace(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    rev: Option<i64>,
    action: &str,
    change: impl FnOnce(&mut Tx<'_>, &ApiKey, &mut ApiKeyRow) -> Result<()>,
) -> Result<ApiKey> {
    organizations::require_professional(tx)?;
    let row = find(tx, caller, key)?;
    check_rev(rev, &row.stamp)?;
    replace_row(tx, caller, row, action, change)
}

/// The same for a key that is at hand, whatever the organization has subscribed to.
pub(super) fn replace_row(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    mut row: ApiKeyRow,
    action: &str,
    change: impl FnOnce(&mut Tx<'_>, &ApiKey, &mut ApiKeyRow) -> Result<()>,
) -> Result<ApiKey> {
    let role = roles::permissions(tx, row.role)?;
    let before = document(tx, caller, &row, role)?;
    row.stamp = row.stamp.changed(tx.now(), caller.subject.to_string());
    change(tx, &before, &mut row)?;
    api_keys::update(tx, &row)?;
    let role = if row.role == before.role { role } else { roles::permissions(tx, row.role)? };
    let mut after = document(tx, caller, &row, role)?;
    if before.name != after.name {
        after.warn_of_rename();
    }
    audit::note(tx, caller, action, row.id, Some(&before), Some(&after))?;
    key_changes::insert(tx, row.id)?;
    Ok(after)
}
