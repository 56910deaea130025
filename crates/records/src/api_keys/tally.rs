//! How many live keys there are, and how many are left open in some way.

use base::Result;
use database::{Statement, Tx, params};

static TALLY: Statement = Statement::system(
    "api_key.tally",
    "SELECT count(*) AS live,
            count(*) FILTER (WHERE key_type = 'customer' AND customer_id IS NULL) AS unpinned,
            count(*) FILTER (WHERE expires IS NULL) AS never_expiring,
            count(*) FILTER (WHERE NOT EXISTS (
                SELECT 1 FROM api_key_address
                WHERE api_key_address.organization_id = api_key.organization_id AND api_key_address.key_id = api_key.id
            )) AS from_anywhere
     FROM api_key WHERE deleted IS NULL",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&TALLY];

/// How many live keys of all organizations there are, and how many are left open in some way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// All.
    pub live: u64,
    /// Customer keys that are pinned to no customer.
    pub unpinned: u64,
    /// Without an end.
    pub never_expiring: u64,
    /// Without approved addresses.
    pub from_anywhere: u64,
}

/// Counts the live keys of all organizations.
pub fn count(tx: &mut Tx<'_>) -> Result<Tally> {
    tx.fetch_one(&TALLY, params![], |row| {
        Ok(Tally {
            live: row.get("live")?,
            unpinned: row.get("unpinned")?,
            never_expiring: row.get("never_expiring")?,
            from_anywhere: row.get("from_anywhere")?,
        })
    })
}
