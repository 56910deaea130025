//! Roles and the permissions they give.

use std::collections::HashMap;

use base::{Error, Id, Organization, Result};
use database::{Row, Statement, Tx, params};
use keys::{Permission, Permissions, Role};

use crate::Stamp;

/// A row of `role`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRow {
    /// Its id.
    pub id: Id<Role>,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// `admin`, `regular` or `customer` for a role every organization has.
    pub system_role: Option<String>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

static INSERT: Statement = Statement::tenant(
    "role.insert",
    "INSERT INTO role (organization_id, id, name, name_norm, description, system_role,
                       created, created_by, last_modified, last_modified_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);

static INSERT_PERMISSION: Statement = Statement::tenant(
    "role.insert_permission",
    "INSERT INTO role_permission (organization_id, role_id, permission) VALUES ($1, $2, $3)",
);

static FIND: Statement =
    Statement::tenant("role.find", "SELECT * FROM role WHERE organization_id = $1 AND id = $2");

static FIND_SYSTEM: Statement = Statement::tenant(
    "role.find_system",
    "SELECT * FROM role WHERE organization_id = $1 AND system_role = $2",
);

static BY_NAME: Statement =
    Statement::tenant("role.by_name", "SELECT * FROM role WHERE organization_id = $1 AND name_norm = $2");

static ALL: Statement =
    Statement::tenant("role.all", "SELECT * FROM role WHERE organization_id = $1 ORDER BY name_norm");

static PERMISSIONS: Statement = Statement::tenant(
    "role.permissions",
    "SELECT permission FROM role_permission WHERE organization_id = $1 AND role_id = $2",
);

static ALL_PERMISSIONS: Statement = Statement::system(
    "role.all_permissions",
    "SELECT role_id, permission FROM role_permission WHERE organization_id = $1",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&INSERT, &INSERT_PERMISSION, &FIND, &FIND_SYSTEM, &BY_NAME, &ALL, &PERMISSIONS, &ALL_PERMISSIONS];

/// Adds a role with its permissions.
pub fn insert(tx: &mut Tx<'_>, row: &RoleRow, permissions: Permissions) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &INSERT,
        params![
            row.id,
            row.name.as_str(),
            base::normalized(&row.name),
            row.description.as_str(),
            row.system_role.clone(),
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )?;
    permissions.iter().try_for_each(|permission| {
        tx.execute_one(&INSERT_PERMISSION, params![row.id, permission.to_string()])
    })
}

/// The role with this id.
pub fn find(tx: &mut Tx<'_>, id: Id<Role>) -> Result<Option<RoleRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// The role every organization has under this word.
pub fn find_system(tx: &mut Tx<'_>, word: &str) -> Result<RoleRow> {
    tx.fetch_one(&FIND_SYSTEM, params![word], read)
}

/// The role with this name, in any case.
pub fn by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<RoleRow>> {
    tx.fetch_optional(&BY_NAME, params![base::normalized(name)], read)
}

/// Every role of the organization, by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<RoleRow>> {
    tx.fetch_all(&ALL, params![], read)
}

/// What a role permits.
pub fn permissions(tx: &mut Tx<'_>, id: Id<Role>) -> Result<Permissions> {
    Ok(tx.fetch_all(&PERMISSIONS, params![id], read_permission)?.into_iter().collect())
}

/// What each role of an organization permits.
pub fn all_permissions(
    tx: &mut Tx<'_>,
    organization: Id<Organization>,
) -> Result<HashMap<Id<Role>, Permissions>> {
    let mut permissions = HashMap::new();
    tx.for_each(&ALL_PERMISSIONS, params![organization], |row| {
        let of_role = permissions.entry(row.get("role_id")?).or_insert(Permissions::NONE);
        *of_role = *of_role | Permissions::from_iter([read_permission(row)?]);
        Ok(())
    })?;
    Ok(permissions)
}

/// The permission in a row that has one.
pub(crate) fn read_permission(row: &Row<'_>) -> Result<Permission> {
    let text: String = row.get("permission")?;
    text.parse().map_err(|error| Error::internal("a stored permission", error))
}

fn read(row: &Row<'_>) -> Result<RoleRow> {
    Ok(RoleRow {
        id: row.get("id")?,
        name: row.get("name")?,
        description: row.get("description")?,
        system_role: row.get("system_role")?,
        stamp: Stamp::read(row)?,
    })
}
