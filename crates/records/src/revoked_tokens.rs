//! Bearer tokens that were ended one by one; each is kept until it is over.

use base::{Id, Organization, Result, Timestamp};
use database::{Row, Statement, Tx, params};
use keys::{ApiKey, TokenId};

static INSERT: Statement = Statement::tenant(
    "revoked_token.insert",
    "INSERT INTO revoked_token (organization_id, key_id, token_id, revoked, expires) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING",
);

static OF_KEY: Statement = Statement::tenant(
    "revoked_token.of_key",
    "SELECT token_id FROM revoked_token WHERE organization_id = $1 AND key_id = $2 AND expires > $3 ORDER BY token_id",
);

static ALL: Statement = Statement::system(
    "revoked_token.all",
    "SELECT key_id, token_id FROM revoked_token WHERE organization_id = $1 AND expires > $2 ORDER BY key_id, token_id",
);

static DELETE_OF_KEY: Statement = Statement::tenant(
    "revoked_token.delete_of_key",
    "DELETE FROM revoked_token WHERE organization_id = $1 AND key_id = $2",
);

static DELETE_EXPIRED: Statement =
    Statement::system("revoked_token.delete_expired", "DELETE FROM revoked_token WHERE expires <= $1");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &OF_KEY, &ALL, &DELETE_OF_KEY, &DELETE_EXPIRED];

/// Notes that a token was ended; false if it was before.
pub fn insert(tx: &mut Tx<'_>, key: Id<ApiKey>, token: TokenId, expires: Timestamp) -> Result<bool> {
    let now = tx.now();
    Ok(tx.execute(&INSERT, params![key, &token.0[..], now, expires])? > 0)
}

/// The ended tokens of a key that are not over.
pub fn of_key(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<Vec<TokenId>> {
    let now = tx.now();
    tx.fetch_all(&OF_KEY, params![key, now], token)
}

/// The ended tokens of an organization that are not over, each with its key.
pub fn all(tx: &mut Tx<'_>, organization: Id<Organization>) -> Result<Vec<(Id<ApiKey>, TokenId)>> {
    let now = tx.now();
    tx.fetch_all(&ALL, params![organization, now], |row| Ok((row.get("key_id")?, token(row)?)))
}

/// Forgets the ended tokens of a key, which has ended them all in another way.
pub fn delete_of_key(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<()> {
    tx.execute(&DELETE_OF_KEY, params![key]).map(drop)
}

/// Forgets the ended tokens that are over.
pub fn delete_expired(tx: &mut Tx<'_>) -> Result<u64> {
    let now = tx.now();
    tx.execute(&DELETE_EXPIRED, params![now])
}

fn token(row: &Row<'_>) -> Result<TokenId> {
    row.get("token_id").map(TokenId)
}
