//! Keys as the Gjirafa dialect shows them: with their numbers, and with the
//! projects they are limited to.

use std::collections::HashMap;

use base::{Error, Id, Result};
use database::Tx;
use keys::{ApiKey as ApiKeyKind, Project as ProjectKind};
use records::{api_keys, external_ids, projects};

use super::{ApiKey, change, document, find, is_within, read, role_permissions};
use crate::{
    Allowed,
    access::{ReadApiKeys, WriteApiKeys},
    organizations,
    projects::{Here, Project, all_named},
};

/// A key with its numbers and its projects.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyInProjects {
    /// The key.
    pub key: ApiKey,
    /// Its number.
    pub number: i32,
    /// The number of its role.
    pub role: i32,
    /// The letters and the name of each project it is limited to.
    pub projects: Vec<(String, String)>,
}

impl KeyInProjects {
    /// The same key with what else this dialect tells of it.
    pub fn of(tx: &mut Tx<'_>, key: ApiKey) -> Result<Self> {
        let number = external_ids::number_of(tx, key.id)?;
        let role = external_ids::number_of(tx, key.role)?;
        let mut named = Vec::with_capacity(key.projects.len());
        for id in &key.projects {
            let name = projects::find(tx, *id)?.map(|row| row.name);
            named.push((external_ids::letters_of(tx, *id)?, name.unwrap_or_default()));
        }
        Ok(Self { key, number, role, projects: named })
    }
}

/// Every key that the caller may see, by number; of one project those that
/// are limited to it.
pub fn all(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadApiKeys>,
    here: Option<&Here>,
) -> Result<Vec<KeyInProjects>> {
    organizations::require_professional(tx)?;
    let mut limits = HashMap::<_, Vec<_>>::new();
    for (key, project) in projects::of_keys(tx)? {
        limits.entry(key).or_default().push(project);
    }
    let mut known_roles = HashMap::new();
    let mut keys = Vec::new();
    for row in api_keys::live(tx)? {
        let of_key = limits.remove(&row.id).unwrap_or_default();
        if is_within(caller, &of_key) && here.is_none_or(|here| of_key.contains(&here.project)) {
            let permissions = role_permissions(tx, row.role, &mut known_roles)?;
            let key = document(tx, caller, &row, permissions)?;
            keys.push(KeyInProjects::of(tx, key)?);
        }
    }
    keys.sort_by_key(|key| key.number);
    Ok(keys)
}

/// A key.
pub fn one(tx: &mut Tx<'_>, caller: &Allowed<ReadApiKeys>, key: &str) -> Result<KeyInProjects> {
    organizations::require_professional(tx)?;
    let key = read(tx, caller, key)?;
    KeyInProjects::of(tx, key)
}

/// The id of a key that is limited to this project, perhaps among others; no
/// other key is found there.
pub fn find_in(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    here: &Here,
    key: &str,
) -> Result<Id<ApiKeyKind>> {
    let row = find(tx, caller, key)?;
    let is_here = projects::of_key(tx, row.id)?.contains(&here.project);
    if is_here { Ok(row.id) } else { Err(Error::not_found::<ApiKeyKind>()) }
}

/// Lets a key act in more projects. One that may act in all is limited to
/// these from then on.
pub fn add_projects(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    names: &[String],
    rev: Option<i64>,
) -> Result<ApiKey> {
    let added = all_named(tx, "projectIds", names)?;
    change_projects(tx, caller, key, rev, |tx, key| {
        let mut any = false;
        for project in &added {
            any |= projects::add_key(tx, key, *project)?;
        }
        Ok(any)
    })
}

/// Takes a project away from a key; never its last one, without which it could act in all.
pub fn remove_project(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    name: &str,
    rev: Option<i64>,
) -> Result<ApiKey> {
    let gone = all_named(tx, "projectId", &[name.to_owned()]);
    let gone = gone.map_err(|error| match error {
        Error::Invalid(_) => Error::invalid("projectId", "is not a project of this organization"),
        other => other,
    })?;
    change_projects(tx, caller, key, rev, |tx, key| {
        let mut any = false;
        for project in &gone {
            any |= projects::remove_key(tx, key, *project)?;
        }
        if any && projects::of_key(tx, key)?.is_empty() {
            let message = "is the key's only project; without any it could act in all of them";
            return Err(Error::invalid("projectId", message));
        }
        Ok(any)
    })
}

/// `change` says whether it changed anything, which then ends the key's tokens.
fn change_projects(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    rev: Option<i64>,
    change: impl FnOnce(&mut Tx<'_>, Id<ApiKeyKind>) -> Result<bool>,
) -> Result<ApiKey> {
    let changed = change::replace(tx, caller, key, rev, "update", |tx, _, row| {
        row.epoch += u32::from(change(tx, row.id)?);
        Ok(())
    })?;
    caller.forbid_more_than_own("The key", changed.effective_scopes)?;
    Ok(changed)
}

/// The projects that a key is not limited to, each with its number.
pub fn select_list(tx: &mut Tx<'_>, caller: &Allowed<ReadApiKeys>, key: &str) -> Result<Vec<(i32, Project)>> {
    let key = one(tx, caller, key)?.key;
    let numbers: HashMap<Id<ProjectKind>, i32> = external_ids::numbers(tx)?;
    let others = crate::projects::all_but(tx, &key.projects)?;
    Ok(others.into_iter().map(|project| (numbers.get(&project.id).copied().unwrap_or(0), project)).collect())
}
