//! What is stored of the secrets of keys.

use base::{Id, Organization, Result};
use database::{Row, Statement, Tx, params};
use keys::ApiKey;

/// A row of `api_key_secret`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Which of the key's secrets.
    pub slot: u8,
    /// The version of the pepper.
    pub pepper_version: u16,
    /// HMAC-SHA-256 of the secret under that pepper.
    pub mac: [u8; 32],
}

static INSERT: Statement = Statement::tenant(
    "api_key_secret.insert",
    "INSERT INTO api_key_secret (organization_id, key_id, slot, pepper_version, mac, created)
     VALUES ($1, $2, $3, $4, $5, $6)",
);

static OF_KEY: Statement = Statement::tenant(
    "api_key_secret.of_key",
    "SELECT slot, pepper_version, mac FROM api_key_secret WHERE organization_id = $1 AND key_id = $2 ORDER BY slot",
);

static OF_ORGANIZATION: Statement = Statement::system(
    "api_key_secret.of_organization",
    "SELECT key_id, slot, pepper_version, mac FROM api_key_secret WHERE organization_id = $1 ORDER BY key_id, slot",
);

static DELETE: Statement = Statement::tenant(
    "api_key_secret.delete",
    "DELETE FROM api_key_secret WHERE organization_id = $1 AND key_id = $2",
);

static PEPPER_VERSIONS: Statement = Statement::system(
    "api_key_secret.pepper_versions",
    "SELECT DISTINCT pepper_version FROM api_key_secret ORDER BY pepper_version",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &OF_KEY, &OF_ORGANIZATION, &DELETE, &PEPPER_VERSIONS];

/// The secrets of all keys of an organization, each with its key.
pub fn of_organization(
    tx: &mut Tx<'_>,
    organization: Id<Organization>,
) -> Result<Vec<(Id<ApiKey>, SecretRow)>> {
    tx.fetch_all(&OF_ORGANIZATION, params![organization], |row| Ok((row.get("key_id")?, read(row)?)))
}

/// Adds a secret to a key.
pub fn insert(tx: &mut Tx<'_>, key: Id<ApiKey>, secret: &SecretRow) -> Result<()> {
    let now = tx.now();
    tx.execute_one(&INSERT, params![key, secret.slot, secret.pepper_version, &secret.mac[..], now])
}

/// The secrets of a key.
pub fn of(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<Vec<SecretRow>> {
    tx.fetch_all(&OF_KEY, params![key], read)
}

/// Forgets the secrets of a key that was deleted.
pub fn delete(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<()> {
    tx.execute(&DELETE, params![key]).map(drop)
}

/// The versions of the peppers under which secrets are stored.
pub fn pepper_versions(tx: &mut Tx<'_>) -> Result<Vec<u16>> {
    tx.fetch_all(&PEPPER_VERSIONS, params![], |row| row.get("pepper_version"))
}

fn read(row: &Row<'_>) -> Result<SecretRow> {
    Ok(SecretRow { slot: row.get("slot")?, pepper_version: row.get("pepper_version")?, mac: row.get("mac")? })
}
