//! The keys that end soon, and of which ends it was told.

use base::{Id, Organization, Result, Timestamp};
use database::{Statement, Tx, params};
use keys::ApiKey;

static UNTOLD: Statement = Statement::system(
    "api_key.untold_ends",
    "SELECT organization_id, id FROM api_key
     WHERE expires > $1 AND expires <= $2 AND deleted IS NULL AND (expiry_noted IS NULL OR expiry_noted <> expires)
     ORDER BY expires, id LIMIT $3",
);

static TOLD: Statement = Statement::tenant(
    "api_key.told_end",
    "UPDATE api_key SET expiry_noted = expires WHERE organization_id = $1 AND id = $2",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&UNTOLD, &TOLD];

/// Up to `most` keys, of any organizations, that end within `until` and of
/// whose ends nothing was told; the nearest first.
pub fn untold(tx: &mut Tx<'_>, until: Timestamp, most: u32) -> Result<Vec<(Id<Organization>, Id<ApiKey>)>> {
    let now = tx.now();
    tx.fetch_all(&UNTOLD, params![now, until, most], |row| Ok((row.get("organization_id")?, row.get("id")?)))
}

/// The end that a key has was told of.
pub fn told(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<()> {
    tx.execute_one(&TOLD, params![key])
}
