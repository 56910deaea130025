//! API keys: listed, made, changed, deleted.

mod change;
mod create;
mod document;
mod expiring;
mod fields;
mod import;
mod in_projects;
mod leak;
mod read_back;
mod report;
mod revise;
mod revoke;
mod rotate;
pub(crate) mod secret;
mod selection;

use std::collections::HashMap;

use base::{Error, Id, Page, Result};
use database::{Tx, list::ListQuery};
use keys::{ApiKey as ApiKeyKind, Permissions, Project, Role};
use records::{
    api_keys::{self, ApiKeyRow},
    external_ids, projects, roles,
};

pub use change::{delete, suspend, update};
pub use create::{Minted, create};
pub use document::{ApiKey, Warning};
pub(crate) use expiring::tell_of_ends;
pub use fields::{ApprovedAddress, Essentials, KeyChange, NewKey};
pub use import::{ForeignKey, MOST_IMPORTED, import};
pub use in_projects::{KeyInProjects, add_projects, all, find_in, one, remove_project, select_list};
pub use leak::{Leak, suspend_leaked};
pub use read_back::read_back;
pub use records::api_keys::LIST;
pub use report::{Doubtful, Finding, Report, report};
pub use revise::{NEEDS_END, Revision, new_of_role, revise};
pub use revoke::{MOST_REVOKED, Revoked, revoke};
pub use rotate::{DrawnSecret, LONGEST_GRACE, USUAL_GRACE, end_rotation, forget_ended_secrets, rotate};
pub use secret::KeySecret;
pub use selection::{LONGEST_UNUSED, Selection};

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
    selection: &Selection,
    query: &ListQuery,
) -> Result<Page<ApiKey>> {
    organizations::require_professional(tx)?;
    let query = selection.of(tx, query)?;
    let page = api_keys::list(tx, with_deleted, &query)?;
    documents(tx, caller, page)
}

fn documents(tx: &mut Tx<'_>, caller: &Caller, page: Page<ApiKeyRow>) -> Result<Page<ApiKey>> {
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
    read(tx, caller, key)
}

fn read(tx: &mut Tx<'_>, caller: &Caller, key: &str) -> Result<ApiKey> {
    let row = find(tx, caller, key)?;
    let role = roles::permissions(tx, row.role)?;
    document(tx, caller, &row, role)
}

/// The key that any of its names stands for. Another organization's is not
/// found, nor one beyond the projects that the caller is limited to.
fn find(tx: &mut Tx<'_>, caller: &Caller, name: &str) -> Result<ApiKeyRow> {
    let id: Option<Id<ApiKeyKind>> = external_ids::resolve(tx, name)?;
    let row = match id {
        Some(id) => api_keys::find(tx, id)?,
        None => None,
    };
    let row = row.ok_or_else(Error::not_found::<ApiKeyKind>)?;
    if caller.is_limited() && !is_within(caller, &projects::of_key(tx, row.id)?) {
        return Err(Error::not_found::<ApiKeyKind>());
    }
    Ok(row)
}

/// Whether a key of these projects may act nowhere but where the caller may.
fn is_within(caller: &Caller, projects: &[Id<Project>]) -> bool {
    !caller.is_limited() || (!projects.is_empty() && projects.iter().all(|id| caller.projects.contains(id)))
}

fn document(tx: &mut Tx<'_>, caller: &Caller, row: &ApiKeyRow, role: Permissions) -> Result<ApiKey> {
    let addresses = api_keys::addresses::of(tx, row.id)?;
    let secrets = api_keys::secrets::of(tx, row.id)?;
    let projects = projects::of_key(tx, row.id)?;
    Ok(ApiKey { projects, ..ApiKey::read(row, &addresses, &secrets, role, caller, tx.now())? })
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
