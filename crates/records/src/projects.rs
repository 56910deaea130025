//! Projects, and the keys and people that are limited to them.

use base::{Id, Organization, Result};
use database::{Row, Statement, Tx, params};
use keys::{ApiKey, Permission, Project, User};

use crate::{Stamp, roles};

/// A row of `project`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRow {
    /// Its id.
    pub id: Id<Project>,
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
    pub stamp: Stamp,
}

static INSERT: Statement = Statement::tenant(
    "project.insert",
    "INSERT INTO project (organization_id, id, name, order_number, is_default, bisko_id, prebid_config_id,
                          created, created_by, last_modified, last_modified_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);

static UPDATE: Statement = Statement::tenant(
    "project.update",
    "UPDATE project SET name = $3, order_number = $4, is_default = $5, bisko_id = $6, prebid_config_id = $7,
            last_modified = $8, last_modified_by = $9, rev = $10
     WHERE organization_id = $1 AND id = $2",
);

static FIND: Statement =
    Statement::tenant("project.find", "SELECT * FROM project WHERE organization_id = $1 AND id = $2");

static DEFAULT: Statement = Statement::tenant(
    "project.default",
    "SELECT * FROM project WHERE organization_id = $1 AND is_default = 1",
);

static ALL: Statement = Statement::tenant(
    "project.all",
    "SELECT * FROM project WHERE organization_id = $1 ORDER BY order_number, created, id",
);

static ADD_KEY: Statement = Statement::tenant(
    "project.add_key",
    "INSERT INTO api_key_project (organization_id, key_id, project_id) VALUES ($1, $2, $3)
     ON CONFLICT (organization_id, key_id, project_id) DO NOTHING",
);

static REMOVE_KEY: Statement = Statement::tenant(
    "project.remove_key",
    "DELETE FROM api_key_project WHERE organization_id = $1 AND key_id = $2 AND project_id = $3",
);

static OF_KEY: Statement = Statement::tenant(
    "project.of_key",
    "SELECT project_id FROM api_key_project WHERE organization_id = $1 AND key_id = $2 ORDER BY project_id",
);

static OF_KEYS: Statement = Statement::tenant(
    "project.of_keys",
    "SELECT key_id, project_id FROM api_key_project WHERE organization_id = $1 ORDER BY key_id, project_id",
);

static ALL_OF_KEYS: Statement = Statement::system(
    "project.all_of_keys",
    "SELECT key_id, project_id FROM api_key_project WHERE organization_id = $1 ORDER BY key_id, project_id",
);

static OF_USER: Statement = Statement::tenant(
    "project.of_user",
    "SELECT project_id FROM project_user WHERE organization_id = $1 AND user_id = $2 ORDER BY project_id",
);

static PERMISSIONS_OF_USER: Statement = Statement::tenant(
    "project.permissions_of_user",
    "SELECT project_user.project_id, role_permission.permission FROM project_user
     JOIN role ON role.organization_id = project_user.organization_id AND role.id = project_user.role_id
     JOIN role_permission ON role_permission.organization_id = project_user.organization_id
      AND role_permission.role_id = project_user.role_id
     WHERE project_user.organization_id = $1 AND project_user.user_id = $2 AND role.is_active = 1",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[
    &INSERT,
    &UPDATE,
    &FIND,
    &DEFAULT,
    &ALL,
    &ADD_KEY,
    &REMOVE_KEY,
    &OF_KEY,
    &OF_KEYS,
    &ALL_OF_KEYS,
    &OF_USER,
    &PERMISSIONS_OF_USER,
];

/// Adds a project.
pub fn insert(tx: &mut Tx<'_>, row: &ProjectRow) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &INSERT,
        params![
            row.id,
            row.name.as_str(),
            row.order_number,
            row.is_default,
            row.bisko_id.as_str(),
            row.prebid_config_id.as_str(),
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// Stores all of a project that can change.
pub fn update(tx: &mut Tx<'_>, row: &ProjectRow) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &UPDATE,
        params![
            row.id,
            row.name.as_str(),
            row.order_number,
            row.is_default,
            row.bisko_id.as_str(),
            row.prebid_config_id.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// The project with this id.
pub fn find(tx: &mut Tx<'_>, id: Id<Project>) -> Result<Option<ProjectRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// The default project, which every organization has.
pub fn default(tx: &mut Tx<'_>) -> Result<ProjectRow> {
    tx.fetch_one(&DEFAULT, params![], read)
}

/// Every project, in their order.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<ProjectRow>> {
    tx.fetch_all(&ALL, params![], read)
}

/// Limits a key to this project too; true if it was not there yet.
pub fn add_key(tx: &mut Tx<'_>, key: Id<ApiKey>, project: Id<Project>) -> Result<bool> {
    Ok(tx.execute(&ADD_KEY, params![key, project])? > 0)
}

/// Takes a project from those a key is limited to; true if it was there.
pub fn remove_key(tx: &mut Tx<'_>, key: Id<ApiKey>, project: Id<Project>) -> Result<bool> {
    Ok(tx.execute(&REMOVE_KEY, params![key, project])? > 0)
}

/// The projects a key is limited to; none for one that may act in all.
pub fn of_key(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<Vec<Id<Project>>> {
    tx.fetch_all(&OF_KEY, params![key], |row| row.get("project_id"))
}

/// The projects of every key that is limited to any.
pub fn of_keys(tx: &mut Tx<'_>) -> Result<Vec<(Id<ApiKey>, Id<Project>)>> {
    tx.fetch_all(&OF_KEYS, params![], read_pair)
}

/// The same of an organization that the transaction is not bound to.
pub fn all_of_keys(
    tx: &mut Tx<'_>,
    organization: Id<Organization>,
) -> Result<Vec<(Id<ApiKey>, Id<Project>)>> {
    tx.fetch_all(&ALL_OF_KEYS, params![organization], read_pair)
}

/// The projects a user works in.
pub fn of_user(tx: &mut Tx<'_>, user: Id<User>) -> Result<Vec<Id<Project>>> {
    tx.fetch_all(&OF_USER, params![user], |row| row.get("project_id"))
}

/// What the roles of a user permit in the projects they work in.
pub fn permissions_of_user(tx: &mut Tx<'_>, user: Id<User>) -> Result<Vec<(Id<Project>, Permission)>> {
    tx.fetch_all(&PERMISSIONS_OF_USER, params![user], |row| {
        Ok((row.get("project_id")?, roles::read_permission(row)?))
    })
}

fn read_pair(row: &Row<'_>) -> Result<(Id<ApiKey>, Id<Project>)> {
    Ok((row.get("key_id")?, row.get("project_id")?))
}

fn read(row: &Row<'_>) -> Result<ProjectRow> {
    Ok(ProjectRow {
        id: row.get("id")?,
        name: row.get("name")?,
        order_number: row.get("order_number")?,
        is_default: row.get("is_default")?,
        bisko_id: row.get("bisko_id")?,
        prebid_config_id: row.get("prebid_config_id")?,
        stamp: Stamp::read(row)?,
    })
}
