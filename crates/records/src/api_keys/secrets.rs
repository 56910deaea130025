//! What is stored of the secrets of keys.

use base::{Id, Organization, Result, Timestamp};
use database::{Row, Statement, Tx, params};
use keys::ApiKey;

use crate::imported_texts;

/// A row of `api_key_secret`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Which of the key's secrets.
    pub slot: u8,
    /// The version of the pepper.
    pub pepper_version: u16,
    /// HMAC-SHA-256 of the secret, or of the hash of an imported text, under that pepper.
    pub mac: [u8; 32],
    /// How another system hashed the text, where that made it.
    pub text_hash: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// The first moment it is over; none unless another has taken its place.
    pub ends: Option<Timestamp>,
    /// When it was last used, kept of one that ends.
    pub last_used: Option<Timestamp>,
}

static INSERT: Statement = Statement::tenant(
    "api_key_secret.insert",
    "INSERT INTO api_key_secret (organization_id, key_id, slot, pepper_version, mac, text_hash, created, ends, last_used)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);

static OF_KEY: Statement = Statement::tenant(
    "api_key_secret.of_key",
    "SELECT * FROM api_key_secret WHERE organization_id = $1 AND key_id = $2 ORDER BY slot",
);

static OF_ORGANIZATION: Statement = Statement::system(
    "api_key_secret.of_organization",
    "SELECT * FROM api_key_secret WHERE organization_id = $1 ORDER BY key_id, slot",
);

static SET_END: Statement = Statement::tenant(
    "api_key_secret.set_end",
    "UPDATE api_key_secret SET ends = $4 WHERE organization_id = $1 AND key_id = $2 AND slot = $3",
);

static NOTE_USE: Statement = Statement::tenant(
    "api_key_secret.note_use",
    "UPDATE api_key_secret SET last_used = $4
     WHERE organization_id = $1 AND key_id = $2 AND slot = $3 AND coalesce(last_used, 0) < $4",
);

static DELETE: Statement = Statement::tenant(
    "api_key_secret.delete",
    "DELETE FROM api_key_secret WHERE organization_id = $1 AND key_id = $2 AND slot = $3",
);

static ENDED: Statement = Statement::system(
    "api_key_secret.ended",
    "SELECT organization_id, key_id FROM api_key_secret WHERE ends <= $1 ORDER BY ends LIMIT $2",
);

static PEPPER_VERSIONS: Statement = Statement::system(
    "api_key_secret.pepper_versions",
    "SELECT DISTINCT pepper_version FROM api_key_secret ORDER BY pepper_version",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&INSERT, &OF_KEY, &OF_ORGANIZATION, &SET_END, &NOTE_USE, &DELETE, &ENDED, &PEPPER_VERSIONS];

/// The secrets of all keys of an organization, each with its key.
pub fn of_organization(
    tx: &mut Tx<'_>,
    organization: Id<Organization>,
) -> Result<Vec<(Id<ApiKey>, SecretRow)>> {
    tx.fetch_all(&OF_ORGANIZATION, params![organization], |row| Ok((row.get("key_id")?, read(row)?)))
}

/// Adds a secret to a key.
pub fn insert(tx: &mut Tx<'_>, key: Id<ApiKey>, secret: &SecretRow) -> Result<()> {
    tx.execute_one(
        &INSERT,
        params![
            key,
            secret.slot,
            secret.pepper_version,
            &secret.mac[..],
            secret.text_hash.clone(),
            secret.created,
            secret.ends,
            secret.last_used,
        ],
    )
}

/// The secrets of a key, those that are over among them.
pub fn of(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<Vec<SecretRow>> {
    tx.fetch_all(&OF_KEY, params![key], read)
}

/// Says when a secret is over.
pub fn set_end(tx: &mut Tx<'_>, key: Id<ApiKey>, slot: u8, ends: Timestamp) -> Result<()> {
    tx.execute_one(&SET_END, params![key, slot, ends])
}

/// Stores when a secret was last used, unless it is gone or something later is stored.
pub fn note_use(tx: &mut Tx<'_>, key: Id<ApiKey>, slot: u8, at: Timestamp) -> Result<()> {
    tx.execute(&NOTE_USE, params![key, slot, at]).map(drop)
}

/// Forgets a secret; a text of another system may then be imported again.
pub fn delete(tx: &mut Tx<'_>, key: Id<ApiKey>, secret: &SecretRow) -> Result<()> {
    if secret.text_hash.is_some() {
        imported_texts::delete(tx, &secret.mac)?;
    }
    tx.execute(&DELETE, params![key, secret.slot]).map(drop)
}

/// The first `most` keys with a secret that is over, each with its organization.
pub fn ended(tx: &mut Tx<'_>, most: u32) -> Result<Vec<(Id<Organization>, Id<ApiKey>)>> {
    let now = tx.now();
    tx.fetch_all(&ENDED, params![now, most], |row| Ok((row.get("organization_id")?, row.get("key_id")?)))
}

/// The versions of the peppers under which secrets are stored.
pub fn pepper_versions(tx: &mut Tx<'_>) -> Result<Vec<u16>> {
    tx.fetch_all(&PEPPER_VERSIONS, params![], |row| row.get("pepper_version"))
}

fn read(row: &Row<'_>) -> Result<SecretRow> {
    Ok(SecretRow {
        slot: row.get("slot")?,
        pepper_version: row.get("pepper_version")?,
        mac: row.get("mac")?,
        text_hash: row.get("text_hash")?,
        created: row.get("created")?,
        ends: row.get("ends")?,
        last_used: row.get("last_used")?,
    })
}
