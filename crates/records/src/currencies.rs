//! Currencies of an organization, each with its rate.

use base::{Id, Rate, Result, Timestamp, kinds};
use database::{Row, Statement, Tx, Value, params};

use crate::Stamp;

kinds! {
    /// A currency of an organization.
    Currency => "currency",
}

/// A row of `currency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyRow {
    /// Its id.
    pub id: Id<Currency>,
    /// Its ISO 4217 code, in capitals.
    pub code: String,
    /// How many of it one of the default currency is worth.
    pub rate: Rate,
    /// Whether it can be chosen.
    pub available: bool,
    /// When it was deleted; one that is set again is not.
    pub deleted: Option<Timestamp>,
    /// By whom.
    pub deleted_by: Option<String>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

static INSERT: Statement = Statement::tenant(
    "currency.insert",
    "INSERT INTO currency (organization_id, id, rate, available, deleted, deleted_by, last_modified,
                           last_modified_by, rev, code, created, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);

static UPDATE: Statement = Statement::tenant(
    "currency.update",
    "UPDATE currency SET rate = $3, available = $4, deleted = $5, deleted_by = $6, last_modified = $7,
            last_modified_by = $8, rev = $9
     WHERE organization_id = $1 AND id = $2",
);

static WITH_CODE: Statement = Statement::tenant(
    "currency.with_code",
    "SELECT * FROM currency WHERE organization_id = $1 AND code = $2",
);

static ALL: Statement = Statement::tenant(
    "currency.all",
    "SELECT * FROM currency WHERE organization_id = $1 AND deleted IS NULL ORDER BY code",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &UPDATE, &WITH_CODE, &ALL];

/// Adds a currency.
pub fn insert(tx: &mut Tx<'_>, row: &CurrencyRow) -> Result<()> {
    let mut values = columns(row);
    values.extend_from_slice(params![row.code.as_str(), row.stamp.created, row.stamp.created_by.as_str()]);
    tx.execute_one(&INSERT, &values)
}

/// Stores what a currency has become.
pub fn update(tx: &mut Tx<'_>, row: &CurrencyRow) -> Result<()> {
    tx.execute_one(&UPDATE, &columns(row))
}

/// What an update sets, in its order; an insert sets the same, and more.
fn columns(row: &CurrencyRow) -> Vec<Value> {
    params![
        row.id,
        row.rate.as_millionths(),
        row.available,
        row.deleted,
        row.deleted_by.clone(),
        row.stamp.last_modified,
        row.stamp.last_modified_by.as_str(),
        row.stamp.rev,
    ]
    .to_vec()
}

/// The currency with this code, deleted or not.
pub fn with_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<CurrencyRow>> {
    tx.fetch_optional(&WITH_CODE, params![code], read)
}

/// The currencies that are not deleted, by code.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<CurrencyRow>> {
    tx.fetch_all(&ALL, params![], read)
}

fn read(row: &Row<'_>) -> Result<CurrencyRow> {
    Ok(CurrencyRow {
        id: row.get("id")?,
        code: row.get("code")?,
        rate: Rate::from_millionths(row.get("rate")?),
        available: row.get("available")?,
        deleted: row.get("deleted")?,
        deleted_by: row.get("deleted_by")?,
        stamp: Stamp::read(row)?,
    })
}
