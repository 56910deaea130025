//! Which key has a text that another system made. A text is all there is to
//! find its key by, so it belongs to one key of all organizations.

use base::{Id, Result};
use database::{Statement, Tx, params};
use keys::ApiKey;

static INSERT: Statement = Statement::shared(
    "imported_text.insert",
    "INSERT INTO imported_text (mac, organization_id, key_id) VALUES ($1, $2, $3)",
);

static IS_KNOWN: Statement =
    Statement::shared("imported_text.is_known", "SELECT 1 AS one FROM imported_text WHERE mac = $1");

static DELETE: Statement =
    Statement::shared("imported_text.delete", "DELETE FROM imported_text WHERE mac = $1");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &IS_KNOWN, &DELETE];

/// A key has the text of which this is stored.
pub fn insert(tx: &mut Tx<'_>, mac: &[u8; 32], key: Id<ApiKey>) -> Result<()> {
    let organization = tx.organization()?;
    tx.execute_one(&INSERT, params![&mac[..], organization, key])
}

/// Whether a key, of whatever organization, has the text of which this would be stored.
pub fn is_known(tx: &mut Tx<'_>, mac: &[u8; 32]) -> Result<bool> {
    Ok(tx.fetch_optional(&IS_KNOWN, params![&mac[..]], |_| Ok(()))?.is_some())
}

/// No key has the text of which this is stored.
pub fn delete(tx: &mut Tx<'_>, mac: &[u8; 32]) -> Result<()> {
    tx.execute(&DELETE, params![&mac[..]]).map(drop)
}
