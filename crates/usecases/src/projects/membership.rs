use std::collections::{BTreeMap, BTreeSet};

use base::{Error, Id, Result};
use database::Tx;
use keys::{Permissions, Project as ProjectKind};
use records::projects;

use super::find;
use crate::{Caller, Subject};

/// A project that a caller comes to, and what their role there permits.
#[derive(Debug, Clone)]
pub struct Here {
    /// The project.
    pub project: Id<ProjectKind>,
    /// What the role permits; nothing for who has none there.
    pub(crate) role: Permissions,
    /// This project, and the others in which the caller's role permits as much.
    pub(crate) reach: BTreeSet<Id<ProjectKind>>,
}

/// The project of this name, as the caller stands to it; it is not found by a
/// key that is limited to others.
pub fn enter(tx: &mut Tx<'_>, caller: &Caller, name: &str) -> Result<Here> {
    let project = find(tx, name)?.id;
    if caller.is_limited() && !caller.projects.contains(&project) {
        return Err(Error::not_found::<ProjectKind>());
    }
    let mut roles = BTreeMap::<_, Permissions>::new();
    if let Subject::User(user) = caller.subject {
        for (project, permission) in projects::permissions_of_user(tx, user)? {
            let of_role = roles.entry(project).or_default();
            *of_role = *of_role | Permissions::from_iter([permission]);
        }
    }
    let role = roles.get(&project).copied().unwrap_or(Permissions::NONE);
    let mut reach: BTreeSet<_> =
        roles.into_iter().filter(|(_, other)| role.is_subset(*other)).map(|(project, _)| project).collect();
    reach.insert(project);
    Ok(Here { project, role, reach })
}

/// The organization's own data is the default project's: a caller who is
/// limited to other projects does not see it.
pub fn require_shop(tx: &mut Tx<'_>, caller: &Caller) -> Result<()> {
    if !caller.is_limited() || caller.projects.contains(&projects::default(tx)?.id) {
        return Ok(());
    }
    let words = "This belongs to the default project, which is not among those the key is limited to.";
    Err(Error::Forbidden(words.into()))
}
