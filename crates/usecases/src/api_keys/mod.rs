//! API keys: listed, made, changed, deleted.

mod change;
mod create;
mod document;
mod fields;
mod import;
mod rotate;
pub(crate) mod secret;

use std::collections::HashMap;

use base::{Error, Id, Page, Result};
use database::{Tx, list::ListQuery};
use keys::{ApiKey as ApiKeyKind, Permissions, Role};
use records::{
    api_keys::{self, ApiKeyRow},
    external_ids, roles,
};

pub use change::{delete, suspend, update};
pub use create::{Minted, create};
pub use document::{ApiKey, Warning};
pub use fields::{ApprovedAddress, Essentials, KeyChange, NewKey};
pub use import::{ForeignKey, MOST_IMPORTED, import};
pub use records::api_keys::LIST;
pub use rotate::{DrawnSecret, LONGEST_GRACE, USUAL_GRACE, end_rotation, forget_ended_secrets, rotate};
pub use secret::KeySecret;

use crate::{
    Allowed, Caller,
    access::{ReadApiKeys, WriteApiKeys},
    organizations,
};

/// One page of the organization's keys; deleted ones among them if asked for.
pub fn list(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadApiKeys>,
    with_deleted: bool,
    query: &ListQuery,
) -> Result<Page<ApiKey>> {
    organizations::require_professional(tx)?;
    let page = api_keys::list(tx, with_deleted, query)?;
    let mut known_roles = HashMap::new();
    let mut documents = Vec::with_capacity(page.items.len());
    for row in &page.items {
        let permissions = role_permissions(tx, row.role, &mut known_roles)?;
        documents.push(document(tx, caller, row, permissions)?);
    }
    let mut documents = documents.into_iter();
    Ok(page.map(|_| documents.next().unwrap_or_else(|| unreachable!("a document was made of every row"))))
}

/// A key as it is now, for who has just tried to change it.
pub fn current(tx: &mut Tx<'_>, caller: &Allowed<WriteApiKeys>, key: &str) -> Result<ApiKey> {
    let row = find(tx, key)?;
    let role = roles::permissions(tx, row.role)?;
    document(tx, caller, &row, role)
}

/// The key that any of its names stands for; another organization's is not found.
fn find(tx: &mut Tx<'_>, name: &str) -> Result<ApiKeyRow> {
    let id: Option<Id<ApiKeyKind>> = external_ids::resolve(tx, name)?;
    let row = match id {
        Some(id) => api_keys::find(tx, id)?,
        None => None,
    };
    row.ok_or_else(Error::not_found::<ApiKeyKind>)
}

fn document(tx: &mut Tx<'_>, caller: &Caller, row: &ApiKeyRow, role: Permissions) -> Result<ApiKey> {
    let addresses = api_keys::addresses::of(tx, row.id)?;
    let secrets = api_keys::secrets::of(tx, row.id)?;
    ApiKey::read(row, &addresses, &secrets, role, caller, tx.now())
}

fn role_permissions(
    tx: &mut Tx<'_>,
    role: Id<Role>,
    known: &mut HashMap<Id<Role>, Permissions>,
) -> Result<Permissions> {
    if let Some(permissions) = known.get(&role) {
        return Ok(*permissions);
    }
    let permissions = roles::permissions(tx, role)?;
    known.insert(role, permissions);
    Ok(permissions)
}
