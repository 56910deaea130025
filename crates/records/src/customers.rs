//! Customers of an organization.

use base::{Id, Result};
use database::{Row, Statement, Tx, params};
use keys::Customer;

use crate::Stamp;

/// A row of `customer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRow {
    /// Its id.
    pub id: Id<Customer>,
    /// Its name.
    pub name: String,
    /// Its internet domain; may be empty.
    pub domain: String,
    /// Who made and changed it.
    pub stamp: Stamp,
}

static INSERT: Statement = Statement::tenant(
    "customer.insert",
    "INSERT INTO customer (organization_id, id, name, name_norm, domain,
                           created, created_by, last_modified, last_modified_by, deleted, deleted_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, NULL, $10)",
);

static FIND: Statement = Statement::tenant(
    "customer.find",
    "SELECT * FROM customer WHERE organization_id = $1 AND id = $2 AND deleted IS NULL",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &FIND];

/// Adds a customer.
pub fn insert(tx: &mut Tx<'_>, row: &CustomerRow) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &INSERT,
        params![
            row.id,
            row.name.as_str(),
            base::normalized(&row.name),
            row.domain.as_str(),
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// The customer with this id, unless it was deleted.
pub fn find(tx: &mut Tx<'_>, id: Id<Customer>) -> Result<Option<CustomerRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

fn read(row: &Row<'_>) -> Result<CustomerRow> {
    Ok(CustomerRow {
        id: row.get("id")?,
        name: row.get("name")?,
        domain: row.get("domain")?,
        stamp: Stamp::read(row)?,
    })
}
