//! Projects: parts of an organization that keys and people may be limited to.

mod change;
mod membership;

use std::collections::{BTreeSet, HashMap};

use base::{Error, FieldError, Id, Kind, Result};
use database::Tx;
use keys::{Permission, Project as ProjectKind, Resource};
use records::{
    Stamp, external_ids,
    organizations::{self, OrganizationRow},
    projects::{self, ProjectRow},
};
use serde::Serialize;

pub use change::{ProjectChange, create, update};
pub use membership::{Here, enter, require_shop};

use crate::{Allowed, Caller, Subject, access::ReadProjects};

/// A project as it is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: Id<ProjectKind>,
    /// The eight letters it is known by.
    pub public_id: String,
    /// The eight letters of its organization.
    pub organization: String,
    /// Its name.
    pub name: String,
    /// Its place among the others.
    pub order_number: i32,
    /// Whether it is the one that the organization's own data counts as.
    pub is_default: bool,
    /// What another system calls it.
    pub bisko_id: String,
    /// What another system calls its settings.
    pub prebid_config_id: String,
    /// Who made and changed it.
    #[serde(flatten)]
    pub stamp: Stamp,
}

impl Project {
    fn new(row: ProjectRow, letters: String, organization: &OrganizationRow) -> Self {
        Self {
            id: row.id,
            public_id: letters,
            organization: organization.public_id.clone(),
            name: row.name,
            order_number: row.order_number,
            is_default: row.is_default,
            bisko_id: row.bisko_id,
            prebid_config_id: row.prebid_config_id,
            stamp: row.stamp,
        }
    }
}

/// Makes the default project of an organization that is being founded; it has
/// the organization's own id, letters and name.
pub(crate) fn found(tx: &mut Tx<'_>, organization: &OrganizationRow) -> Result<()> {
    let row = ProjectRow {
        id: organization.id.cast(),
        name: organization.name.clone(),
        order_number: 1,
        is_default: true,
        bisko_id: String::new(),
        prebid_config_id: String::new(),
        stamp: organization.stamp.clone(),
    };
    projects::insert(tx, &row)?;
    external_ids::number(tx, row.id)?;
    external_ids::letter(tx, row.id, &organization.public_id)
}

/// The projects that the caller may act in.
pub fn list(tx: &mut Tx<'_>, caller: &Allowed<ReadProjects>) -> Result<Vec<Project>> {
    all(tx, |id| !caller.is_limited() || caller.projects.contains(&id))
}

/// The projects a caller has a part in: all that they may act in, or those
/// that they work in.
pub fn of_caller(tx: &mut Tx<'_>, caller: &Caller) -> Result<Vec<Project>> {
    let works_in: BTreeSet<_> = match caller.subject {
        Subject::User(user) => projects::of_user(tx, user)?.into_iter().collect(),
        Subject::Key(_) | Subject::System(_) => BTreeSet::new(),
    };
    let sees_all = caller.permissions.contains(Permission::read(Resource::Project));
    let sees = |id| sees_all && (!caller.is_limited() || caller.projects.contains(&id));
    all(tx, |id| sees(id) || works_in.contains(&id))
}

fn all(tx: &mut Tx<'_>, is_wanted: impl Fn(Id<ProjectKind>) -> bool) -> Result<Vec<Project>> {
    let organization = organizations::find(tx)?;
    let mut letters: HashMap<Id<ProjectKind>, String> = external_ids::letters(tx)?;
    let mut read = |row: ProjectRow| {
        let letters = letters.remove(&row.id).unwrap_or_default();
        Project::new(row, letters, &organization)
    };
    Ok(projects::all(tx)?.into_iter().filter(|row| is_wanted(row.id)).map(&mut read).collect())
}

/// All projects but these.
pub(crate) fn all_but(tx: &mut Tx<'_>, these: &[Id<ProjectKind>]) -> Result<Vec<Project>> {
    all(tx, |id| !these.contains(&id))
}

/// A project.
pub fn one(tx: &mut Tx<'_>, _caller: &Allowed<ReadProjects>, here: &Here) -> Result<Project> {
    let row = row(tx, here.project)?;
    document(tx, row)
}

fn document(tx: &mut Tx<'_>, row: ProjectRow) -> Result<Project> {
    let organization = organizations::find(tx)?;
    let letters = external_ids::letters_of(tx, row.id)?;
    Ok(Project::new(row, letters, &organization))
}

/// The project that any of its names stands for.
fn find(tx: &mut Tx<'_>, name: &str) -> Result<ProjectRow> {
    match external_ids::resolve(tx, name)? {
        Some(id) => row(tx, id),
        None => Err(Error::not_found::<ProjectKind>()),
    }
}

fn row(tx: &mut Tx<'_>, id: Id<ProjectKind>) -> Result<ProjectRow> {
    projects::find(tx, id)?.ok_or_else(Error::not_found::<ProjectKind>)
}

/// Refuses a body's `projectId` that is another project than the one at hand.
pub fn require_same(tx: &mut Tx<'_>, here: &Here, name: Option<&str>) -> Result<()> {
    let Some(name) = name else { return Ok(()) };
    if external_ids::resolve(tx, name)? == Some(here.project) {
        return Ok(());
    }
    Err(Error::invalid("projectId", "is not the project that the path names"))
}

/// The projects that are named in the list `field` of an input.
pub(crate) fn all_named(tx: &mut Tx<'_>, field: &str, names: &[String]) -> Result<BTreeSet<Id<ProjectKind>>> {
    let mut found = BTreeSet::new();
    let mut wrong = Vec::new();
    for (n, name) in names.iter().enumerate() {
        match find(tx, name) {
            Ok(row) => {
                found.insert(row.id);
            }
            Err(Error::NotFound(_)) => {
                let message = format!("is not a {} of this organization", ProjectKind::NAME);
                wrong.push(FieldError::new(format!("{field}[{n}]"), message));
            }
            Err(other) => return Err(other),
        }
    }
    if wrong.is_empty() { Ok(found) } else { Err(Error::Invalid(wrong)) }
}
