//! Roles and the permissions they give.

use std::collections::HashMap;

use base::{Error, Id, Organization, Result};
use database::{Row, Statement, Tx, params};
use keys::{ApiKey, Permission, Permissions, Role};

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
    /// Whether it permits anything at all.
    pub is_active: bool,
    /// Who made and changed it.
    pub stamp: Stamp,
}

static INSERT: Statement = Statement::tenant(
    "role.insert",
    "INSERT INTO role (organization_id, id, name, name_norm, description, system_role,
                       created, created_by, last_modified, last_modified_by, rev, is_active)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);

static INSERT_PERMISSION: Statement = Statement::tenant(
    "role.insert_permission",
    "INSERT INTO role_permission (organization_id, role_id, permission) VALUES ($1, $2, $3)",
);

static FIND: Statement = Statement::tenant(
    "role.find",
    "SELECT * FROM role WHERE organization_id = $1 AND id = $2 AND deleted IS NULL",
);

static FIND_SYSTEM: Statement = Statement::tenant(
    "role.find_system",
    "SELECT * FROM role WHERE organization_id = $1 AND system_role = $2",
);

static BY_NAME: Statement = Statement::tenant(
    "role.by_name",
    "SELECT * FROM role WHERE organization_id = $1 AND name_norm = $2 AND deleted IS NULL",
);

static ALL: Statement = Statement::tenant(
    "role.all",
    "SELECT * FROM role WHERE organization_id = $1 AND deleted IS NULL ORDER BY name_norm",
);

static PERMISSIONS: Statement = Statement::tenant(
    "role.permissions",
    "SELECT role_permission.permission FROM role_permission
     JOIN role ON role.organization_id = role_permission.organization_id AND role.id = role_permission.role_id
     WHERE role_permission.organization_id = $1 AND role_permission.role_id = $2 AND role.is_active = 1",
);

static ALL_PERMISSIONS: Statement = Statement::system(
    "role.all_permissions",
    "SELECT role_permission.role_id, role_permission.permission FROM role_permission
     JOIN role ON role.organization_id = role_permission.organization_id AND role.id = role_permission.role_id
     WHERE role_permission.organization_id = $1 AND role.is_active = 1",
);

static UPDATE: Statement = Statement::tenant(
    "role.update",
    "UPDATE role SET name = $3, name_norm = $4, description = $5, is_active = $6,
            last_modified = $7, last_modified_by = $8, rev = $9
     WHERE organization_id = $1 AND id = $2",
);

static DELETE: Statement = Statement::tenant(
    "role.delete",
    "UPDATE role SET deleted = $3, deleted_by = $4 WHERE organization_id = $1 AND id = $2",
);

static GIVEN: Statement = Statement::tenant(
    "role.given",
    "SELECT permission FROM role_permission WHERE organization_id = $1 AND role_id = $2",
);

static REMOVE_PERMISSION: Statement = Statement::tenant(
    "role.remove_permission",
    "DELETE FROM role_permission WHERE organization_id = $1 AND role_id = $2 AND permission = $3",
);

static USERS: Statement = Statement::tenant(
    "role.users",
    "SELECT count(*) AS n FROM user_role
     JOIN user_account ON user_account.organization_id = user_role.organization_id
      AND user_account.id = user_role.user_id AND user_account.deleted IS NULL
     WHERE user_role.organization_id = $1 AND user_role.role_id = $2",
);

static MEMBERS: Statement = Statement::tenant(
    "role.members",
    "SELECT count(*) AS n FROM project_user WHERE organization_id = $1 AND role_id = $2",
);

static KEYS: Statement = Statement::tenant(
    "role.keys",
    "SELECT id FROM api_key WHERE organization_id = $1 AND role_id = $2 AND deleted IS NULL ORDER BY id",
);

static END_TOKENS: Statement = Statement::tenant(
    "role.end_tokens",
    "UPDATE api_key SET epoch = epoch + 1 WHERE organization_id = $1 AND role_id = $2 AND deleted IS NULL",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[
    &INSERT,
    &INSERT_PERMISSION,
    &FIND,
    &FIND_SYSTEM,
    &PERMISSIONS,
    &ALL_PERMISSIONS,
    &UPDATE,
    &DELETE,
    &BY_NAME,
    &ALL,
    &GIVEN,
    &REMOVE_PERMISSION,
    &USERS,
    &MEMBERS,
    &KEYS,
    &END_TOKENS,
];

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
            row.is_active,
        ],
    )?;
    permissions.iter().try_for_each(|permission| {
        tx.execute_one(&INSERT_PERMISSION, params![row.id, permission.to_string()])
    })
}

/// Stores all of a role that can change.
pub fn update(tx: &mut Tx<'_>, row: &RoleRow) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &UPDATE,
        params![
            row.id,
            row.name.as_str(),
            base::normalized(&row.name),
            row.description.as_str(),
            row.is_active,
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// Deletes a role that nobody has; keys that were deleted go on naming it.
pub fn delete(tx: &mut Tx<'_>, id: Id<Role>, by: &str) -> Result<()> {
    let now = tx.now();
    tx.execute_one(&DELETE, params![id, now, by])
}

/// What a role was given, also while it is not active.
pub fn given(tx: &mut Tx<'_>, id: Id<Role>) -> Result<Permissions> {
    Ok(tx.fetch_all(&GIVEN, params![id], read_permission)?.into_iter().collect())
}

/// Gives a role one more permission.
pub fn give(tx: &mut Tx<'_>, id: Id<Role>, permission: Permission) -> Result<()> {
    tx.execute_one(&INSERT_PERMISSION, params![id, permission.to_string()])
}

/// Takes a permission away from a role.
pub fn take(tx: &mut Tx<'_>, id: Id<Role>, permission: Permission) -> Result<()> {
    tx.execute_one(&REMOVE_PERMISSION, params![id, permission.to_string()])
}

/// How many have a role: users everywhere, users in a project, keys.
pub fn holders(tx: &mut Tx<'_>, id: Id<Role>) -> Result<[u64; 3]> {
    let users = tx.fetch_one(&USERS, params![id], |row| row.get("n"))?;
    let members = tx.fetch_one(&MEMBERS, params![id], |row| row.get("n"))?;
    Ok([users, members, keys(tx, id)?.len() as u64])
}

/// The live keys of a role.
pub fn keys(tx: &mut Tx<'_>, id: Id<Role>) -> Result<Vec<Id<ApiKey>>> {
    tx.fetch_all(&KEYS, params![id], |row| row.get("id"))
}

/// Ends the bearer tokens of every key of a role.
pub fn end_tokens(tx: &mut Tx<'_>, id: Id<Role>) -> Result<()> {
    tx.execute(&END_TOKENS, params![id]).map(drop)
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

/// What a role permits; an inactive one nothing.
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
        is_active: row.get("is_active")?,
        stamp: Stamp::read(row)?,
    })
}
