//! Keys as the Gjirafa dialect makes and changes them: by their role. Here
//! stands which type goes with which role.

use base::{Error, Id, Line, Patch, Result, Timestamp};
use database::Tx;
use keys::{KeyType, Role, Scopes, SystemRole};
use records::{api_keys::ApiKeyRow, roles};

use super::{ApiKey, Essentials, NewKey, change, fields};
use crate::{Allowed, access::WriteApiKeys};

/// What a key asks for that is made by its role: all that the role permits.
const SCOPES: &str = "read,write";

/// What is wrong with the end of a key that has none and is to have one.
pub const NEEDS_END: &str = "must be a moment before the end of 9999 where hasExpireTime is true";

/// A change of a key by its role.
#[derive(Debug, Clone, Default)]
pub struct Revision {
    /// Its name.
    pub name: Option<Line<100>>,
    /// The first moment it is good.
    pub starts: Patch<Timestamp>,
    /// The first moment it is over.
    pub expires: Patch<Timestamp>,
    /// Whether it must have an end when all is done.
    pub must_expire: bool,
    /// The role, by any of its names.
    pub role: Option<String>,
    /// The revision the caller has seen.
    pub rev: Option<i64>,
}

/// The type of a key with this role, unless it was given another one.
fn usual_type(role: Option<SystemRole>) -> KeyType {
    match role {
        Some(SystemRole::Admin) => KeyType::Admin,
        Some(SystemRole::Customer) => KeyType::Customer,
        Some(SystemRole::Regular) | None => KeyType::FullAccess,
    }
}

fn usual_type_of(tx: &mut Tx<'_>, role: Id<Role>) -> Result<KeyType> {
    let row = roles::find(tx, role)?;
    let word = row.and_then(|row| row.system_role);
    Ok(usual_type(SystemRole::ALL.into_iter().find(|role| Some(role.word()) == word.as_deref())))
}

/// A key to be made that has this role, or else the role `regular`.
pub fn new_of_role(tx: &mut Tx<'_>, name: &Line<100>, role: Option<&str>) -> Result<NewKey> {
    let role = match role {
        Some(_) => fields::role(tx, role, KeyType::Admin)?,
        None => roles::find_system(tx, SystemRole::Regular.word())?.id,
    };
    let scopes: Scopes = SCOPES.parse().map_err(|error| Error::internal("the usual scopes", error))?;
    let key_type = usual_type_of(tx, role)?;
    let essentials = Essentials { name: name.clone(), scopes, key_type };
    Ok(NewKey { role: Some(role.to_string()), ..NewKey::new(essentials) })
}

/// Changes a key by its role. The type follows the role where it is the usual
/// one of the former role.
pub fn revise(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    revision: &Revision,
) -> Result<ApiKey> {
    let revised = change::replace(tx, caller, key, revision.rev, "update", |tx, before, row| {
        let former = row.clone();
        if let Some(name) = &revision.role {
            row.role = fields::role(tx, Some(name), before.key_type)?;
        }
        let mut key_type = before.key_type;
        if row.role != former.role && usual_type_of(tx, former.role)? == key_type {
            key_type = usual_type_of(tx, row.role)?;
        }
        if key_type != KeyType::Customer && row.customer.is_some() {
            let message = "cannot be another while the key is pinned to a customer";
            return Err(Error::invalid("roleId", message));
        }
        row.key_type = key_type.to_string();
        if let Some(name) = &revision.name {
            row.name = name.to_string();
        }
        row.starts = started(revision.starts, row);
        row.expires = revision.expires.onto(row.expires);
        if revision.must_expire && row.expires.is_none() {
            return Err(Error::invalid("expires", NEEDS_END));
        }
        fields::check(row, key_type, None)?;
        if change::ends_tokens(&former, row) {
            row.epoch += 1;
        }
        Ok(())
    })?;
    caller.forbid_more_than_own("The key", revised.effective_scopes)?;
    Ok(revised)
}

/// A key without a start is told to start when it was made; who writes that
/// back has not changed it.
fn started(start: Patch<Timestamp>, row: &ApiKeyRow) -> Option<Timestamp> {
    match start {
        Patch::Set(start) if row.starts.is_none() && start == row.stamp.created => None,
        start => start.onto(row.starts),
    }
}
