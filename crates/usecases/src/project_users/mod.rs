//! Who works in a project: the same people who sign in, each with a role there.

mod change;
mod join;

use std::collections::{BTreeMap, btree_map::Entry};

use base::{Error, Id, Page, Result};
use database::{
    Tx,
    list::{List, ListQuery, MAX_LIMIT},
};
use keys::{Project, Role as RoleKind, User};
use records::{
    organizations,
    project_users::{self, Listed},
    projects,
};

pub use change::{activate, delete, remove, resend};
pub use join::{Connection, Joined, Person, add_all, connect, join};
pub use records::project_users::{LIST, UNCONFIRMED};

use crate::{
    Allowed,
    access::ReadUsers,
    projects::Here,
    roles::{self, Role},
};

/// A person who works in a project.
#[derive(Debug, Clone)]
pub struct Member {
    /// The person.
    pub user: Id<User>,
    /// Their number.
    pub number: i32,
    /// The address to sign in with.
    pub email: String,
    /// The name to greet by.
    pub name: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether they have set or used a password.
    pub is_confirmed: bool,
    /// Their role in the project.
    pub role: Role,
}

/// Where people work, as it is called.
#[derive(Debug, Clone)]
pub struct Place {
    /// The name of the project.
    pub project: String,
    /// The name of the organization.
    pub organization: String,
    /// The number of the organization.
    pub organization_number: i32,
}

/// What the project and its organization are called.
pub fn place(tx: &mut Tx<'_>, _caller: &Allowed<ReadUsers>, here: &Here) -> Result<Place> {
    let project = projects::find(tx, here.project)?.ok_or_else(Error::not_found::<Project>)?;
    let organization = organizations::find(tx)?;
    Ok(Place {
        project: project.name,
        organization: organization.name,
        organization_number: organization.number,
    })
}

/// One page of those who work in a project: of all, [`LIST`], or of those who
/// have not followed their invitation, [`UNCONFIRMED`].
pub fn list(
    tx: &mut Tx<'_>,
    _caller: &Allowed<ReadUsers>,
    here: &Here,
    list: &List,
    query: &ListQuery,
) -> Result<Page<Member>> {
    page(tx, here.project, list, query)
}

/// All who work in a project.
pub fn all(tx: &mut Tx<'_>, _caller: &Allowed<ReadUsers>, here: &Here) -> Result<Vec<Member>> {
    let mut query = ListQuery { limit: MAX_LIMIT, ..ListQuery::default() };
    let mut members = Vec::new();
    loop {
        let page = page(tx, here.project, &LIST, &query)?;
        members.extend(page.items);
        query.cursor = page.cursor;
        if query.cursor.is_none() {
            return Ok(members);
        }
    }
}

fn page(tx: &mut Tx<'_>, project: Id<Project>, list: &List, query: &ListQuery) -> Result<Page<Member>> {
    let mut query = query.clone();
    query.filters.push(("project".to_owned(), vec![project.to_string()]));
    let page = project_users::list(tx, list, &query)?;
    let mut known = BTreeMap::<Id<RoleKind>, Role>::new();
    for listed in &page.items {
        if let Entry::Vacant(place) = known.entry(listed.row.role) {
            place.insert(roles::of_id(tx, listed.row.role)?);
        }
    }
    Ok(page.map(|listed| Member::new(&known[&listed.row.role], listed)))
}

impl Member {
    fn new(role: &Role, listed: Listed) -> Self {
        Self {
            user: listed.row.user,
            number: listed.number,
            email: listed.email,
            name: listed.name,
            is_active: !listed.suspended,
            is_confirmed: listed.confirmed.is_some(),
            role: role.clone(),
        }
    }
}

/// The part of a user in a project; a user who has none is not found there.
fn part(tx: &mut Tx<'_>, project: Id<Project>, user: Id<User>) -> Result<project_users::ProjectUserRow> {
    project_users::find(tx, project, user)?.ok_or_else(Error::not_found::<User>)
}
