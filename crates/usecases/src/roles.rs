//! Roles: named sets of permissions, those every organization has and its own.

use base::{Error, Id, Kind, Line, Prose, Result};
use database::Tx;
use keys::{Permission, Permissions, Role as RoleKind};
use records::{
    Stamp, external_ids, key_changes, organizations,
    roles::{self, RoleRow},
};
use serde::Serialize;

use crate::{
    Allowed, Caller,
    access::{ReadRoles, WriteRoles},
    audit, check_rev,
};

/// A role as it is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: Id<RoleKind>,
    /// Its number.
    pub number: i32,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether it permits anything at all.
    pub is_active: bool,
    /// The number of the organization whose own it is; `None` for one that every organization has.
    pub organization: Option<i32>,
    /// What it was given, also while it is not active.
    pub permissions: Permissions,
    /// Who made and changed it.
    #[serde(flatten)]
    pub stamp: Stamp,
}

impl Role {
    /// Whether every organization has it.
    pub fn is_system(&self) -> bool {
        self.organization.is_none()
    }

    /// What it permits: while it is not active nothing.
    pub fn permits(&self) -> Permissions {
        if self.is_active { self.permissions } else { Permissions::NONE }
    }
}

/// A role to be made, without permissions.
#[derive(Debug, Clone)]
pub struct NewRole {
    /// Its name; no other role of the organization has it.
    pub name: Line<100>,
    /// What it is for.
    pub description: Prose<500>,
    /// Whether it permits anything at all.
    pub is_active: bool,
}

/// A change of a role; what is `None` is left as it is.
#[derive(Debug, Clone, Default)]
pub struct RoleChange {
    /// Its name.
    pub name: Option<Line<100>>,
    /// What it is for.
    pub description: Option<Prose<500>>,
    /// Whether it permits anything at all.
    pub is_active: Option<bool>,
    /// The revision the caller has seen.
    pub rev: Option<i64>,
}

/// Every role of the organization, by number.
pub fn list(tx: &mut Tx<'_>, _caller: &Allowed<ReadRoles>) -> Result<Vec<Role>> {
    let rows = roles::all(tx)?;
    let mut all = rows.into_iter().map(|row| document(tx, row)).collect::<Result<Vec<_>>>()?;
    all.sort_by_key(|role| role.number);
    Ok(all)
}

/// A role.
pub fn one(tx: &mut Tx<'_>, _caller: &Allowed<ReadRoles>, name: &str) -> Result<Role> {
    let row = find(tx, name)?;
    document(tx, row)
}

/// Makes a role of the organization's own.
pub fn create(tx: &mut Tx<'_>, caller: &Allowed<WriteRoles>, new: &NewRole) -> Result<Role> {
    require_free(tx, new.name.as_str(), None)?;
    let row = RoleRow {
        id: tx.new_id(),
        name: new.name.to_string(),
        description: new.description.to_string(),
        system_role: None,
        is_active: new.is_active,
        stamp: Stamp::new(tx.now(), caller.subject.to_string()),
    };
    roles::insert(tx, &row, Permissions::NONE)?;
    external_ids::number(tx, row.id)?;
    let made = document(tx, row)?;
    audit::note(tx, caller, "create", made.id, None, Some(&made))?;
    Ok(made)
}

/// Changes a role. While it is not active it permits nothing, which its users
/// and its keys feel at once.
pub fn update(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteRoles>,
    name: &str,
    change: &RoleChange,
) -> Result<Role> {
    let row = find_own(tx, name)?;
    check_rev(change.rev, &row.stamp)?;
    if let Some(name) = &change.name {
        require_free(tx, name.as_str(), Some(row.id))?;
    }
    let before = document(tx, row.clone())?;
    let is_active = change.is_active.unwrap_or(row.is_active);
    if is_active && !row.is_active {
        caller.forbid_more_than_own("The role", before.permissions)?;
    }
    let felt = is_active != row.is_active;
    let text = |change: Option<String>, text: &String| change.unwrap_or_else(|| text.clone());
    let changed = RoleRow {
        name: text(change.name.as_ref().map(Line::to_string), &row.name),
        description: text(change.description.as_ref().map(Prose::to_string), &row.description),
        is_active,
        stamp: row.stamp.changed(tx.now(), caller.subject.to_string()),
        ..row
    };
    store(tx, caller, "update", &before, changed, felt)
}

/// Gives a role a permission that it has not, or takes it away; true if it has it now.
pub fn toggle(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteRoles>,
    name: &str,
    permission: Permission,
    rev: Option<i64>,
) -> Result<(Role, bool)> {
    let row = find_own(tx, name)?;
    check_rev(rev, &row.stamp)?;
    let before = document(tx, row.clone())?;
    let gives = !before.permissions.contains(permission);
    if gives {
        caller.forbid_more_than_own("The role", [permission].into_iter().collect())?;
        roles::give(tx, row.id, permission)?;
    } else {
        roles::take(tx, row.id, permission)?;
    }
    let changed = RoleRow { stamp: row.stamp.changed(tx.now(), caller.subject.to_string()), ..row };
    Ok((store(tx, caller, "update", &before, changed, true)?, gives))
}

/// Deletes a role that nobody has.
pub fn delete(tx: &mut Tx<'_>, caller: &Allowed<WriteRoles>, name: &str, rev: Option<i64>) -> Result<Role> {
    let row = find_own(tx, name)?;
    check_rev(rev, &row.stamp)?;
    let [users, members, keys] = roles::holders(tx, row.id)?;
    if users + members + keys > 0 {
        let message = format!("is a role that {} users and {keys} keys have", users + members);
        return Err(Error::invalid("id", message));
    }
    let gone = document(tx, row)?;
    roles::delete(tx, gone.id, &caller.subject.to_string())?;
    audit::note(tx, caller, "delete", gone.id, Some(&gone), None)?;
    Ok(gone)
}

/// Stores a change. If it is `felt`, the tokens of the role's keys end, and
/// every node is told of every one of them.
fn store(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &str,
    before: &Role,
    changed: RoleRow,
    felt: bool,
) -> Result<Role> {
    roles::update(tx, &changed)?;
    let after = document(tx, changed)?;
    audit::note(tx, caller, action, after.id, Some(before), Some(&after))?;
    if felt {
        roles::end_tokens(tx, after.id)?;
        let keys = roles::keys(tx, after.id)?;
        key_changes::insert_all(tx, &keys)?;
    }
    Ok(after)
}

/// The role with this id.
pub(crate) fn of_id(tx: &mut Tx<'_>, id: Id<RoleKind>) -> Result<Role> {
    let row = roles::find(tx, id)?.ok_or_else(Error::not_found::<RoleKind>)?;
    document(tx, row)
}

fn document(tx: &mut Tx<'_>, row: RoleRow) -> Result<Role> {
    let organization = match &row.system_role {
        Some(_) => None,
        None => Some(organizations::find(tx)?.number),
    };
    Ok(Role {
        id: row.id,
        number: external_ids::number_of(tx, row.id)?,
        organization,
        permissions: roles::given(tx, row.id)?,
        name: row.name,
        description: row.description,
        is_active: row.is_active,
        stamp: row.stamp,
    })
}

/// The role that any of its names stands for.
pub(crate) fn find(tx: &mut Tx<'_>, name: &str) -> Result<RoleRow> {
    let found = match external_ids::resolve(tx, name)? {
        Some(id) => roles::find(tx, id)?,
        None => None,
    };
    found.ok_or_else(Error::not_found::<RoleKind>)
}

/// The same, if it is the organization's own.
fn find_own(tx: &mut Tx<'_>, name: &str) -> Result<RoleRow> {
    let row = find(tx, name)?;
    if row.system_role.is_some() {
        let message =
            format!("is the {} {:?} of every organization, which stays as it is", RoleKind::NAME, row.name);
        return Err(Error::invalid("id", message));
    }
    Ok(row)
}

fn require_free(tx: &mut Tx<'_>, name: &str, by: Option<Id<RoleKind>>) -> Result<()> {
    match roles::by_name(tx, name)? {
        Some(other) if Some(other.id) != by => Err(Error::invalid("name", "is the name of another role")),
        _ => Ok(()),
    }
}
