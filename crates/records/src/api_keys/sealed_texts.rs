//! The texts of keys that may be read back once, sealed.

use base::{Id, Result};
use database::{Statement, Tx, params};
use keys::ApiKey;

static PUT: Statement = Statement::tenant(
    "api_key_sealed_text.put",
    "INSERT INTO api_key_sealed_text (organization_id, key_id, sealed, created) VALUES ($1, $2, $3, $4)
     ON CONFLICT (organization_id, key_id) DO UPDATE SET sealed = excluded.sealed, created = excluded.created",
);

static FIND: Statement = Statement::tenant(
    "api_key_sealed_text.find",
    "SELECT sealed FROM api_key_sealed_text WHERE organization_id = $1 AND key_id = $2",
);

static DELETE: Statement = Statement::tenant(
    "api_key_sealed_text.delete",
    "DELETE FROM api_key_sealed_text WHERE organization_id = $1 AND key_id = $2",
);

static DELETE_ALL: Statement = Statement::tenant(
    "api_key_sealed_text.delete_all",
    "DELETE FROM api_key_sealed_text WHERE organization_id = $1",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&PUT, &FIND, &DELETE, &DELETE_ALL];

/// Keeps the sealed text of a key in the place of what was kept of it.
pub fn put(tx: &mut Tx<'_>, key: Id<ApiKey>, sealed: Vec<u8>) -> Result<()> {
    let now = tx.now();
    tx.execute_one(&PUT, params![key, sealed, now])
}

/// The sealed text of a key, if one is kept.
pub fn find(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<Option<Vec<u8>>> {
    tx.fetch_optional(&FIND, params![key], |row| row.get("sealed"))
}

/// Forgets the text of a key.
pub fn delete(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<()> {
    tx.execute(&DELETE, params![key]).map(drop)
}

/// Forgets the texts of all keys of the organization.
pub fn delete_all(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute(&DELETE_ALL, params![]).map(drop)
}
