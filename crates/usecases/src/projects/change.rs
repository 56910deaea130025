use base::{Error, Id, Line, Patch, Prose, Result};
use database::Tx;
use keys::Project as ProjectKind;
use records::{
    Stamp, external_ids,
    projects::{self, ProjectRow},
};

use super::{Here, Project, document, row};
use crate::{Allowed, access::WriteProjects, audit, check_rev};

/// A change of a project.
#[derive(Debug, Clone, Default)]
pub struct ProjectChange {
    /// Its name.
    pub name: Option<Line<100>>,
    /// Its place among the others.
    pub order_number: Option<i32>,
    /// Whether it is the default one.
    pub is_default: Option<bool>,
    /// What another system calls it.
    pub bisko_id: Patch<Prose<100>>,
    /// What another system calls its settings.
    pub prebid_config_id: Patch<Prose<100>>,
    /// The revision the caller has seen.
    pub rev: Option<i64>,
}

/// Adds a project, after the others.
pub fn create(tx: &mut Tx<'_>, caller: &Allowed<WriteProjects>, name: &Line<100>) -> Result<Project> {
    let last = projects::all(tx)?.iter().map(|row| row.order_number).max();
    let row = ProjectRow {
        id: tx.new_id(),
        name: name.to_string(),
        order_number: last.unwrap_or(0).saturating_add(1),
        is_default: false,
        bisko_id: String::new(),
        prebid_config_id: String::new(),
        stamp: Stamp::new(tx.now(), caller.subject.to_string()),
    };
    projects::insert(tx, &row)?;
    external_ids::number(tx, row.id)?;
    external_ids::letter(tx, row.id, &letters(row.id))?;
    let made = document(tx, row)?;
    audit::note(tx, caller, "create", made.id, None, Some(&made))?;
    Ok(made)
}

/// Eight letters out of the random bytes of an id.
fn letters(id: Id<ProjectKind>) -> String {
    id.as_bytes()[4..].iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}

/// Changes a project.
pub fn update(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteProjects>,
    here: &Here,
    change: &ProjectChange,
) -> Result<Project> {
    let former = row(tx, here.project)?;
    check_rev(change.rev, &former.stamp)?;
    if change.is_default.is_some_and(|wanted| wanted != former.is_default) {
        move_default(tx, caller, &former)?;
    }
    let text = |patch: &Patch<Prose<100>>, text: &str| match patch {
        Patch::Leave => text.to_owned(),
        Patch::Clear => String::new(),
        Patch::Set(text) => text.to_string(),
    };
    let changed = ProjectRow {
        name: change.name.as_ref().map_or_else(|| former.name.clone(), Line::to_string),
        order_number: change.order_number.unwrap_or(former.order_number),
        is_default: change.is_default.unwrap_or(former.is_default),
        bisko_id: text(&change.bisko_id, &former.bisko_id),
        prebid_config_id: text(&change.prebid_config_id, &former.prebid_config_id),
        stamp: former.stamp.changed(tx.now(), caller.subject.to_string()),
        ..former
    };
    replace(tx, caller, former, changed)
}

/// Takes the place of the default project from the one that has it.
fn move_default(tx: &mut Tx<'_>, caller: &Allowed<WriteProjects>, wanted: &ProjectRow) -> Result<()> {
    if wanted.is_default {
        let message = "must stay true: make another project the default one instead";
        return Err(Error::invalid("isDefault", message));
    }
    if caller.is_limited() {
        let words = "Which project is the default one concerns the whole organization.";
        return Err(Error::Forbidden(words.into()));
    }
    let former = projects::default(tx)?;
    let stamp = former.stamp.changed(tx.now(), caller.subject.to_string());
    let changed = ProjectRow { is_default: false, stamp, ..former.clone() };
    replace(tx, caller, former, changed).map(drop)
}

fn replace(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteProjects>,
    former: ProjectRow,
    changed: ProjectRow,
) -> Result<Project> {
    projects::update(tx, &changed)?;
    let before = document(tx, former)?;
    let after = document(tx, changed)?;
    audit::note(tx, caller, "update", after.id, Some(&before), Some(&after))?;
    Ok(after)
}
