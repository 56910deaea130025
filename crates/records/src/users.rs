//! People who sign in.

use base::{Id, Organization, Result, Timestamp};
use database::{Row, Statement, Tx, params};
use keys::{Customer, Permissions, Role, User};

use crate::{Stamp, roles};

/// A row of `user_account`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Whose member.
    pub organization: Id<Organization>,
    /// The user's id.
    pub id: Id<User>,
    /// As it was entered.
    pub email: String,
    /// The name to greet by.
    pub name: String,
    /// argon2id in PHC form; `None` until a password is set.
    pub password_hash: Option<String>,
    /// The customer a customer user belongs to.
    pub customer: Option<Id<Customer>>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

static INSERT: Statement = Statement::tenant(
    "user.insert",
    "INSERT INTO user_account (organization_id, id, email, email_norm, name, password_hash, customer_id,
                               created, created_by, last_modified, last_modified_by, deleted, deleted_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, NULL, $12)",
);

static INSERT_ROLE: Statement = Statement::tenant(
    "user.insert_role",
    "INSERT INTO user_role (organization_id, user_id, role_id) VALUES ($1, $2, $3)",
);

static FIND: Statement = Statement::tenant(
    "user.find",
    "SELECT * FROM user_account WHERE organization_id = $1 AND id = $2 AND deleted IS NULL",
);

static BY_EMAIL: Statement = Statement::system(
    "user.by_email",
    "SELECT * FROM user_account WHERE email_norm = $1 AND deleted IS NULL ORDER BY organization_id, id LIMIT $2",
);

static SET_PASSWORD: Statement = Statement::tenant(
    "user.set_password",
    "UPDATE user_account SET password_hash = $3, last_modified = $4, last_modified_by = $5, rev = rev + 1
     WHERE organization_id = $1 AND id = $2",
);

static ROLES: Statement = Statement::tenant(
    "user.roles",
    "SELECT role.name FROM user_role
     JOIN role ON role.organization_id = user_role.organization_id AND role.id = user_role.role_id
     WHERE user_role.organization_id = $1 AND user_role.user_id = $2 ORDER BY role.name_norm",
);

static PERMISSIONS: Statement = Statement::tenant(
    "user.permissions",
    "SELECT DISTINCT role_permission.permission FROM user_role
     JOIN role_permission ON role_permission.organization_id = user_role.organization_id
      AND role_permission.role_id = user_role.role_id
     WHERE user_role.organization_id = $1 AND user_role.user_id = $2",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&INSERT, &INSERT_ROLE, &FIND, &BY_EMAIL, &SET_PASSWORD, &ROLES, &PERMISSIONS];

/// Adds a user with these roles.
pub fn insert(tx: &mut Tx<'_>, row: &UserRow, roles: &[Id<Role>]) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &INSERT,
        params![
            row.id,
            row.email.as_str(),
            base::normalized(&row.email),
            row.name.as_str(),
            row.password_hash.clone(),
            row.customer,
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )?;
    roles.iter().try_for_each(|role| tx.execute_one(&INSERT_ROLE, params![row.id, *role]))
}

/// The user with this id, unless deleted.
pub fn find(tx: &mut Tx<'_>, id: Id<User>) -> Result<Option<UserRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// The users with this e-mail address, at most `most`, of all organizations:
/// a login names none.
pub fn by_email(tx: &mut Tx<'_>, email: &str, most: u32) -> Result<Vec<UserRow>> {
    tx.fetch_all(&BY_EMAIL, params![base::normalized(email), most], read)
}

/// Replaces the hash of the password.
pub fn set_password(tx: &mut Tx<'_>, id: Id<User>, hash: &str, by: &str) -> Result<()> {
    let now: Timestamp = tx.now();
    tx.execute_one(&SET_PASSWORD, params![id, hash, now, by])
}

/// The names of the user's roles.
pub fn roles(tx: &mut Tx<'_>, id: Id<User>) -> Result<Vec<String>> {
    tx.fetch_all(&ROLES, params![id], |row| row.get("name"))
}

/// What the user's roles permit together.
pub fn permissions(tx: &mut Tx<'_>, id: Id<User>) -> Result<Permissions> {
    Ok(tx.fetch_all(&PERMISSIONS, params![id], roles::read_permission)?.into_iter().collect())
}

fn read(row: &Row<'_>) -> Result<UserRow> {
    Ok(UserRow {
        organization: row.get("organization_id")?,
        id: row.get("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        password_hash: row.get("password_hash")?,
        customer: row.get("customer_id")?,
        stamp: Stamp::read(row)?,
    })
}
