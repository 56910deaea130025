//! Links that are mailed to people: each sets a password once.

use base::{Id, Result, Timestamp, kinds};
use database::{Row, Statement, Tx, params};
use keys::User;

kinds! {
    /// A link that was mailed.
    UserLink => "link",
}

/// A row of `user_link`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLinkRow {
    /// Its id, the public part of its token.
    pub id: Id<UserLink>,
    /// Whose password it sets.
    pub user: Id<User>,
    /// `invite` or `reset`.
    pub purpose: String,
    /// SHA-256 of the secret part of its token.
    pub secret_hash: [u8; 32],
    /// When it was made.
    pub created: Timestamp,
    /// The first moment it is over.
    pub expires: Timestamp,
    /// When it was used.
    pub used: Option<Timestamp>,
}

static INSERT: Statement = Statement::tenant(
    "user_link.insert",
    "INSERT INTO user_link (organization_id, id, user_id, purpose, secret_hash, created, expires, used)
     VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)",
);

static FIND: Statement =
    Statement::tenant("user_link.find", "SELECT * FROM user_link WHERE organization_id = $1 AND id = $2");

static MADE_SINCE: Statement = Statement::tenant(
    "user_link.made_since",
    "SELECT count(*) AS links FROM user_link WHERE organization_id = $1 AND user_id = $2 AND created > $3",
);

static USE: Statement = Statement::tenant(
    "user_link.use",
    "UPDATE user_link SET used = $3 WHERE organization_id = $1 AND user_id = $2 AND used IS NULL",
);

static DELETE_EXPIRED: Statement =
    Statement::system("user_link.delete_expired", "DELETE FROM user_link WHERE expires <= $1");

static DELETE_ALL: Statement = Statement::system("user_link.delete_all", "DELETE FROM user_link");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &FIND, &MADE_SINCE, &USE, &DELETE_EXPIRED, &DELETE_ALL];

/// Adds a link.
pub fn insert(tx: &mut Tx<'_>, row: &UserLinkRow) -> Result<()> {
    tx.execute_one(
        &INSERT,
        params![row.id, row.user, row.purpose.as_str(), &row.secret_hash[..], row.created, row.expires],
    )
}

/// The link with this id, used or not.
pub fn find(tx: &mut Tx<'_>, id: Id<UserLink>) -> Result<Option<UserLinkRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// Whether a link was made for the user after this moment.
pub fn any_since(tx: &mut Tx<'_>, user: Id<User>, moment: Timestamp) -> Result<bool> {
    let links: u32 = tx.fetch_one(&MADE_SINCE, params![user, moment], |row| row.get("links"))?;
    Ok(links > 0)
}

/// Takes every link of a user as used.
pub fn use_all(tx: &mut Tx<'_>, user: Id<User>) -> Result<()> {
    let now = tx.now();
    tx.execute(&USE, params![user, now]).map(drop)
}

/// Forgets the links that are over.
pub fn delete_expired(tx: &mut Tx<'_>) -> Result<u64> {
    let now = tx.now();
    tx.execute(&DELETE_EXPIRED, params![now])
}

/// Ends every link there is.
pub fn delete_all(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(&DELETE_ALL, params![]).map(drop)
}

fn read(row: &Row<'_>) -> Result<UserLinkRow> {
    Ok(UserLinkRow {
        id: row.get("id")?,
        user: row.get("user_id")?,
        purpose: row.get("purpose")?,
        secret_hash: row.get("secret_hash")?,
        created: row.get("created")?,
        expires: row.get("expires")?,
        used: row.get("used")?,
    })
}
