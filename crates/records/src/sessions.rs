//! Sessions of people who signed in.

use base::{Id, Organization, Result, Timestamp, kinds};
use database::{Row, Statement, Tx, params};
use keys::User;

kinds! {
    /// A session.
    Session => "session",
}

/// A row of `session`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// In which organization.
    pub organization: Id<Organization>,
    /// Its id, the public part of its token.
    pub id: Id<Session>,
    /// Whose.
    pub user: Id<User>,
    /// SHA-256 of the secret part of its token.
    pub secret_hash: [u8; 32],
    /// The first moment it is over.
    pub expires: Timestamp,
    /// From where it was opened.
    pub address: Option<String>,
}

static INSERT: Statement = Statement::tenant(
    "session.insert",
    "INSERT INTO session (organization_id, id, user_id, secret_hash, created, expires, address)
     VALUES ($1, $2, $3, $4, $5, $6, $7)",
);

static FIND: Statement =
    Statement::tenant("session.find", "SELECT * FROM session WHERE organization_id = $1 AND id = $2");

static DELETE: Statement =
    Statement::tenant("session.delete", "DELETE FROM session WHERE organization_id = $1 AND id = $2");

static DELETE_OF_USER: Statement = Statement::tenant(
    "session.delete_of_user",
    "DELETE FROM session WHERE organization_id = $1 AND user_id = $2",
);

static DELETE_EXPIRED: Statement =
    Statement::system("session.delete_expired", "DELETE FROM session WHERE expires <= $1");

static DELETE_ALL: Statement = Statement::system("session.delete_all", "DELETE FROM session");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&INSERT, &FIND, &DELETE, &DELETE_OF_USER, &DELETE_EXPIRED, &DELETE_ALL];

/// Adds a session.
pub fn insert(tx: &mut Tx<'_>, row: &SessionRow) -> Result<()> {
    let now = tx.now();
    tx.execute_one(
        &INSERT,
        params![row.id, row.user, &row.secret_hash[..], now, row.expires, row.address.clone()],
    )
}

/// The session with this id.
pub fn find(tx: &mut Tx<'_>, id: Id<Session>) -> Result<Option<SessionRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// Ends a session.
pub fn delete(tx: &mut Tx<'_>, id: Id<Session>) -> Result<()> {
    tx.execute(&DELETE, params![id]).map(drop)
}

/// Ends every session of a user.
pub fn delete_of_user(tx: &mut Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute(&DELETE_OF_USER, params![user]).map(drop)
}

/// Forgets the sessions that are over.
pub fn delete_expired(tx: &mut Tx<'_>) -> Result<u64> {
    let now = tx.now();
    tx.execute(&DELETE_EXPIRED, params![now])
}

/// Ends every session there is.
pub fn delete_all(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(&DELETE_ALL, params![]).map(drop)
}

fn read(row: &Row<'_>) -> Result<SessionRow> {
    Ok(SessionRow {
        organization: row.get("organization_id")?,
        id: row.get("id")?,
        user: row.get("user_id")?,
        secret_hash: row.get("secret_hash")?,
        expires: row.get("expires")?,
        address: row.get("address")?,
    })
}
