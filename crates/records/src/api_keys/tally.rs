//! How many live keys there are, and how many are left open in some way.

use base::{Result, Timestamp};
use database::{Statement, Tx, params};

static TALLY: Statement = Statement::system(
    "api_key.tally",
    "SELECT count(*) AS live,
            count(*) FILTER (WHERE key_type = 'customer' AND customer_id IS NULL) AS unpinned,
            count(*) FILTER (WHERE expires IS NULL) AS never_expiring,
            count(*) FILTER (WHERE has_addresses = 0) AS from_anywhere
     FROM api_key WHERE deleted IS NULL",
);

static OF_ORGANIZATION: Statement = Statement::tenant(
    "api_key.tally_of_organization",
    "SELECT count(*) AS live,
            count(*) FILTER (WHERE coalesce(api_key_use.last_used, api_key.created) < $2) AS unused,
            count(*) FILTER (WHERE api_key_use.last_used IS NULL) AS never_used,
            count(*) FILTER (WHERE api_key.expires IS NULL) AS never_expiring,
            count(*) FILTER (WHERE api_key.has_addresses = 0) AS from_anywhere
     FROM api_key LEFT JOIN api_key_use
       ON api_key_use.organization_id = api_key.organization_id AND api_key_use.key_id = api_key.id
     WHERE api_key.organization_id = $1 AND api_key.deleted IS NULL",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&TALLY, &OF_ORGANIZATION];

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

/// How many live keys an organization has, and how many of them deserve a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnTally {
    /// All.
    pub live: u64,
    /// Not used since the moment that was asked for, and not made since.
    pub unused: u64,
    /// Never used.
    pub never_used: u64,
    /// Without an end.
    pub never_expiring: u64,
    /// Without approved addresses.
    pub from_anywhere: u64,
}

/// Counts the live keys of the organization.
pub fn of_organization(tx: &mut Tx<'_>, unused_since: Timestamp) -> Result<OwnTally> {
    tx.fetch_one(&OF_ORGANIZATION, params![unused_since], |row| {
        Ok(OwnTally {
            live: row.get("live")?,
            unused: row.get("unused")?,
            never_used: row.get("never_used")?,
            never_expiring: row.get("never_expiring")?,
            from_anywhere: row.get("from_anywhere")?,
        })
    })
}
