//! The approved addresses of keys.

use base::{Id, Organization, Result};
use database::{Row, Statement, Tx, params};
use keys::ApiKey;

/// A row of `api_key_address`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRow {
    /// An address or a network, in canonical form.
    pub network: String,
    /// What the caller noted of it.
    pub description: String,
}

static INSERT: Statement = Statement::tenant(
    "api_key_address.insert",
    "INSERT INTO api_key_address (organization_id, key_id, position, network, description)
     VALUES ($1, $2, $3, $4, $5)",
);

static OF_KEY: Statement = Statement::tenant(
    "api_key_address.of_key",
    "SELECT network, description FROM api_key_address WHERE organization_id = $1 AND key_id = $2 ORDER BY position",
);

static OF_ORGANIZATION: Statement = Statement::system(
    "api_key_address.of_organization",
    "SELECT key_id, network, description FROM api_key_address WHERE organization_id = $1 ORDER BY key_id, position",
);

static DELETE: Statement = Statement::tenant(
    "api_key_address.delete",
    "DELETE FROM api_key_address WHERE organization_id = $1 AND key_id = $2",
);

/// So that the keys without addresses can be listed.
static SAY_WHETHER: Statement = Statement::tenant(
    "api_key_address.say_whether",
    "UPDATE api_key SET has_addresses = $3 WHERE organization_id = $1 AND id = $2",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &OF_KEY, &OF_ORGANIZATION, &DELETE, &SAY_WHETHER];

/// The addresses of all keys of an organization, each with its key.
pub fn of_organization(
    tx: &mut Tx<'_>,
    organization: Id<Organization>,
) -> Result<Vec<(Id<ApiKey>, AddressRow)>> {
    tx.fetch_all(&OF_ORGANIZATION, params![organization], |row| Ok((row.get("key_id")?, read(row)?)))
}

/// The approved addresses of a key, in the order they were given.
pub fn of(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<Vec<AddressRow>> {
    tx.fetch_all(&OF_KEY, params![key], read)
}

/// Puts these addresses in the place of those a key had.
pub fn replace(tx: &mut Tx<'_>, key: Id<ApiKey>, addresses: &[AddressRow]) -> Result<()> {
    tx.execute(&DELETE, params![key])?;
    for (position, address) in (0u32..).zip(addresses) {
        let params = params![key, position, address.network.as_str(), address.description.as_str()];
        tx.execute_one(&INSERT, params)?;
    }
    tx.execute_one(&SAY_WHETHER, params![key, !addresses.is_empty()])
}

fn read(row: &Row<'_>) -> Result<AddressRow> {
    Ok(AddressRow { network: row.get("network")?, description: row.get("description")? })
}
