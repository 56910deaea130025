//! Product groups, suppliers and locations: three tables of one form, whose
//! rows have a name of their own and a tail of details.

use base::{Id, Kind, Result, Timestamp, kinds};
use database::{Row, Statement, Tx, Value, params};

use crate::Stamp;

kinds! {
    /// A group of products.
    ProductGroup => "product group",
    /// Who the organization buys from.
    Supplier => "supplier",
    /// A place of the organization.
    Location => "location",
}

/// A kind of row with a table of this form.
pub trait Directory: Kind {
    #[doc(hidden)]
    const TABLE: &'static Table;
}

/// The statements on one of the tables.
#[doc(hidden)]
pub struct Table {
    insert: Statement,
    update: Statement,
    find: Statement,
    with_name: Statement,
    all: Statement,
}

macro_rules! table {
    ($name:ident, $kind:ty, $table:literal) => {
        static $name: Table = Table {
            insert: Statement::tenant(
                concat!($table, ".insert"),
                concat!(
                    "INSERT INTO ",
                    $table,
                    " (organization_id, id, name, name_norm, details, deleted, deleted_by, last_modified, \
                       last_modified_by, rev, created, created_by) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
                ),
            ),
            update: Statement::tenant(
                concat!($table, ".update"),
                concat!(
                    "UPDATE ",
                    $table,
                    " SET name = $3, name_norm = $4, details = $5, deleted = $6, deleted_by = $7, \
                       last_modified = $8, last_modified_by = $9, rev = $10 \
                     WHERE organization_id = $1 AND id = $2"
                ),
            ),
            find: Statement::tenant(
                concat!($table, ".find"),
                concat!(
                    "SELECT * FROM ",
                    $table,
                    " WHERE organization_id = $1 AND id = $2 AND deleted IS NULL"
                ),
            ),
            with_name: Statement::tenant(
                concat!($table, ".with_name"),
                concat!(
                    "SELECT * FROM ",
                    $table,
                    " WHERE organization_id = $1 AND name_norm = $2 AND deleted IS NULL"
                ),
            ),
            all: Statement::tenant(
                concat!($table, ".all"),
                concat!(
                    "SELECT * FROM ",
                    $table,
                    " WHERE organization_id = $1 AND deleted IS NULL ORDER BY name_norm, id"
                ),
            ),
        };
        impl Directory for $kind {
            const TABLE: &'static Table = &$name;
        }
    };
}
table!(PRODUCT_GROUPS, ProductGroup, "product_group");
table!(SUPPLIERS, Supplier, "supplier");
table!(LOCATIONS, Location, "location");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[
    &PRODUCT_GROUPS.insert,
    &PRODUCT_GROUPS.update,
    &PRODUCT_GROUPS.find,
    &PRODUCT_GROUPS.with_name,
    &PRODUCT_GROUPS.all,
    &SUPPLIERS.insert,
    &SUPPLIERS.update,
    &SUPPLIERS.find,
    &SUPPLIERS.with_name,
    &SUPPLIERS.all,
    &LOCATIONS.insert,
    &LOCATIONS.update,
    &LOCATIONS.find,
    &LOCATIONS.with_name,
    &LOCATIONS.all,
];

/// A row of one of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow<K> {
    /// Its id.
    pub id: Id<K>,
    /// Its name; no other of its kind has the same in any case.
    pub name: String,
    /// The rest, as JSON with its version.
    pub details: String,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// By whom.
    pub deleted_by: Option<String>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

/// Adds an entry.
pub fn insert<K: Directory>(tx: &mut Tx<'_>, row: &EntryRow<K>) -> Result<()> {
    let mut values = columns(row);
    values.extend_from_slice(params![row.stamp.created, row.stamp.created_by.as_str()]);
    tx.execute_one(&K::TABLE.insert, &values)
}

/// Stores what an entry has become.
pub fn update<K: Directory>(tx: &mut Tx<'_>, row: &EntryRow<K>) -> Result<()> {
    tx.execute_one(&K::TABLE.update, &columns(row))
}

/// What an update sets, in its order; an insert sets the same, and who made it.
fn columns<K>(row: &EntryRow<K>) -> Vec<Value> {
    params![
        row.id,
        row.name.as_str(),
        base::normalized(&row.name),
        row.details.as_str(),
        row.deleted,
        row.deleted_by.clone(),
        row.stamp.last_modified,
        row.stamp.last_modified_by.as_str(),
        row.stamp.rev,
    ]
    .to_vec()
}

/// The entry with this id, unless deleted.
pub fn find<K: Directory>(tx: &mut Tx<'_>, id: Id<K>) -> Result<Option<EntryRow<K>>> {
    tx.fetch_optional(&K::TABLE.find, params![id], read)
}

/// The entry with this name, in any case.
pub fn with_name<K: Directory>(tx: &mut Tx<'_>, name: &str) -> Result<Option<EntryRow<K>>> {
    tx.fetch_optional(&K::TABLE.with_name, params![base::normalized(name)], read)
}

/// Every entry that is not deleted, by name.
pub fn all<K: Directory>(tx: &mut Tx<'_>) -> Result<Vec<EntryRow<K>>> {
    tx.fetch_all(&K::TABLE.all, params![], read)
}

fn read<K>(row: &Row<'_>) -> Result<EntryRow<K>> {
    Ok(EntryRow {
        id: row.get("id")?,
        name: row.get("name")?,
        details: row.get("details")?,
        deleted: row.get("deleted")?,
        deleted_by: row.get("deleted_by")?,
        stamp: Stamp::read(row)?,
    })
}
