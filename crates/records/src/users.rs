//! People who sign in.

use base::{Id, Organization, Page, Result, Timestamp};
use database::{
    Row, Statement, Tx, Value,
    list::{Compare, Filter, List, ListQuery, Sort},
    params,
};
use keys::{Customer, Permissions, Role, SystemRole, User};

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
    /// Whether the user is kept from signing in.
    pub suspended: bool,
    /// When the person first set or used a password.
    pub confirmed: Option<Timestamp>,
    /// When the last invitation was sent.
    pub invited: Option<Timestamp>,
    /// When the user was deleted.
    pub deleted: Option<Timestamp>,
    /// By whom.
    pub deleted_by: Option<String>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

impl UserRow {
    /// A user who has neither a password nor anything else yet.
    pub fn new(organization: Id<Organization>, id: Id<User>, email: &str, name: &str, stamp: Stamp) -> Self {
        Self {
            organization,
            id,
            email: email.to_owned(),
            name: name.to_owned(),
            password_hash: None,
            customer: None,
            suspended: false,
            confirmed: None,
            invited: None,
            deleted: None,
            deleted_by: None,
            stamp,
        }
    }
}

/// The users that are not deleted, by address.
pub static LIST: List = List {
    name: "user.list",
    from: "(SELECT user_account.*, user_account.name_norm || ' ' || user_account.email_norm AS searched
            FROM user_account) AS user_account",
    beside: None,
    alias: "user_account",
    columns: "user_account.*",
    condition: "user_account.deleted IS NULL",
    shared_too: false,
    types: &[],
    filters: &[
        Filter { name: "search", column: "user_account.searched", compare: Compare::Contains, index: "" },
        Filter {
            name: "search.email",
            column: "user_account.email_norm",
            compare: Compare::Contains,
            index: "",
        },
        Filter {
            name: "search.name",
            column: "user_account.name_norm",
            compare: Compare::Contains,
            index: "",
        },
    ],
    sorts: &[
        Sort { name: "email", column: "user_account.email_norm", text: true, index: "user_account_by_email" },
        Sort { name: "name", column: "user_account.name_norm", text: true, index: "user_account_by_name" },
        Sort { name: "created", column: "user_account.created", text: false, index: "user_account_created" },
    ],
};

static INSERT: Statement = Statement::tenant(
    "user.insert",
    "INSERT INTO user_account (organization_id, id, email, email_norm, name, name_norm, password_hash, customer_id,
                               suspended, confirmed, invited, last_modified, last_modified_by, deleted, deleted_by,
                               rev, created, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
);

static UPDATE: Statement = Statement::tenant(
    "user.update",
    "UPDATE user_account SET email = $3, email_norm = $4, name = $5, name_norm = $6, password_hash = $7,
            customer_id = $8, suspended = $9, confirmed = $10, invited = $11, last_modified = $12,
            last_modified_by = $13, deleted = $14, deleted_by = $15, rev = $16
     WHERE organization_id = $1 AND id = $2",
);

static INSERT_ROLE: Statement = Statement::tenant(
    "user.insert_role",
    "INSERT INTO user_role (organization_id, user_id, role_id) VALUES ($1, $2, $3)",
);

static DELETE_ROLES: Statement = Statement::tenant(
    "user.delete_roles",
    "DELETE FROM user_role WHERE organization_id = $1 AND user_id = $2",
);

static FIND: Statement = Statement::tenant(
    "user.find",
    "SELECT * FROM user_account WHERE organization_id = $1 AND id = $2 AND deleted IS NULL",
);

static WITH_EMAIL: Statement = Statement::tenant(
    "user.with_email",
    "SELECT * FROM user_account WHERE organization_id = $1 AND email_norm = $2 AND deleted IS NULL",
);

static BY_EMAIL: Statement = Statement::system(
    "user.by_email",
    "SELECT * FROM user_account WHERE email_norm = $1 AND deleted IS NULL ORDER BY organization_id, id LIMIT $2",
);

static ADMINISTRATORS: Statement = Statement::tenant(
    "user.administrators",
    "SELECT DISTINCT user_account.email FROM user_role
     JOIN role ON role.organization_id = user_role.organization_id AND role.id = user_role.role_id
     JOIN user_account ON user_account.organization_id = user_role.organization_id
      AND user_account.id = user_role.user_id
     WHERE user_role.organization_id = $1 AND role.system_role = 'admin' AND user_account.deleted IS NULL
       AND user_account.suspended = 0 AND user_account.password_hash IS NOT NULL
     ORDER BY user_account.email",
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
     JOIN role ON role.organization_id = user_role.organization_id AND role.id = user_role.role_id AND role.is_active = 1
     WHERE user_role.organization_id = $1 AND user_role.user_id = $2",
);

static SYSTEM_ROLES: Statement = Statement::tenant(
    "user.system_roles",
    "SELECT role.system_role FROM user_role
     JOIN role ON role.organization_id = user_role.organization_id AND role.id = user_role.role_id AND role.is_active = 1
     WHERE user_role.organization_id = $1 AND user_role.user_id = $2",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[
    &INSERT,
    &UPDATE,
    &INSERT_ROLE,
    &DELETE_ROLES,
    &FIND,
    &WITH_EMAIL,
    &BY_EMAIL,
    &ADMINISTRATORS,
    &ROLES,
    &PERMISSIONS,
    &SYSTEM_ROLES,
];

/// Adds a user with these roles.
pub fn insert(tx: &mut Tx<'_>, row: &UserRow, roles: &[Id<Role>]) -> Result<()> {
    let mut values = columns(row);
    values.extend_from_slice(params![row.stamp.created, row.stamp.created_by.as_str()]);
    tx.execute_one(&INSERT, &values)?;
    insert_roles(tx, row.id, roles)
}

/// Stores what a user has become.
pub fn update(tx: &mut Tx<'_>, row: &UserRow) -> Result<()> {
    tx.execute_one(&UPDATE, &columns(row))
}

/// What an update sets, in its order; an insert sets the same, and who made it.
fn columns(row: &UserRow) -> Vec<Value> {
    params![
        row.id,
        row.email.as_str(),
        base::normalized(&row.email),
        row.name.as_str(),
        base::normalized(&row.name),
        row.password_hash.clone(),
        row.customer,
        row.suspended,
        row.confirmed,
        row.invited,
        row.stamp.last_modified,
        row.stamp.last_modified_by.as_str(),
        row.deleted,
        row.deleted_by.clone(),
        row.stamp.rev,
    ]
    .to_vec()
}

/// Gives a user these roles in the place of those they had.
pub fn replace_roles(tx: &mut Tx<'_>, user: Id<User>, roles: &[Id<Role>]) -> Result<()> {
    tx.execute(&DELETE_ROLES, params![user])?;
    insert_roles(tx, user, roles)
}

fn insert_roles(tx: &mut Tx<'_>, user: Id<User>, roles: &[Id<Role>]) -> Result<()> {
    roles.iter().try_for_each(|role| tx.execute_one(&INSERT_ROLE, params![user, *role]))
}

/// The user with this id, unless deleted.
pub fn find(tx: &mut Tx<'_>, id: Id<User>) -> Result<Option<UserRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// The organization's user with this e-mail address.
pub fn with_email(tx: &mut Tx<'_>, email: &str) -> Result<Option<UserRow>> {
    tx.fetch_optional(&WITH_EMAIL, params![base::normalized(email)], read)
}

/// The users with this e-mail address, at most `most`, of all organizations:
/// a login names none.
pub fn by_email(tx: &mut Tx<'_>, email: &str, most: u32) -> Result<Vec<UserRow>> {
    tx.fetch_all(&BY_EMAIL, params![base::normalized(email), most], read)
}

/// One page of the organization's users.
pub fn list(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<UserRow>> {
    LIST.fetch(tx, query, read)
}

/// The addresses of the administrators who could sign in.
pub fn administrators(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    tx.fetch_all(&ADMINISTRATORS, params![], |row| row.get("email"))
}

/// The names of the user's roles.
pub fn roles(tx: &mut Tx<'_>, id: Id<User>) -> Result<Vec<String>> {
    tx.fetch_all(&ROLES, params![id], |row| row.get("name"))
}

/// What the user's roles permit together.
pub fn permissions(tx: &mut Tx<'_>, id: Id<User>) -> Result<Permissions> {
    Ok(tx.fetch_all(&PERMISSIONS, params![id], roles::read_permission)?.into_iter().collect())
}

/// Whether the user has the role of customers and, of those in use, no other.
pub fn is_only_customer(tx: &mut Tx<'_>, id: Id<User>) -> Result<bool> {
    let roles = tx.fetch_all(&SYSTEM_ROLES, params![id], |row| row.get::<Option<String>>("system_role"))?;
    let is_customer = |role: &Option<String>| role.as_deref() == Some(SystemRole::Customer.word());
    Ok(!roles.is_empty() && roles.iter().all(is_customer))
}

fn read(row: &Row<'_>) -> Result<UserRow> {
    Ok(UserRow {
        organization: row.get("organization_id")?,
        id: row.get("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        password_hash: row.get("password_hash")?,
        customer: row.get("customer_id")?,
        suspended: row.get("suspended")?,
        confirmed: row.get("confirmed")?,
        invited: row.get("invited")?,
        deleted: row.get("deleted")?,
        deleted_by: row.get("deleted_by")?,
        stamp: Stamp::read(row)?,
    })
}
