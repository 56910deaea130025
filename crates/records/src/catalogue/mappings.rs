//! Which header of a supplier's sheet stands for which field.

use base::{Id, Result, kinds};
use database::{Row, Statement, Tx, params};

use crate::Stamp;

kinds! {
    /// A mapping of headers to fields.
    Mapping => "mapping",
}

/// A row of `catalogue_mapping`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingRow {
    /// Its id.
    pub id: Id<Mapping>,
    /// Its name, unique in any case.
    pub name: String,
    /// What the sheets hold that do not say it themselves.
    pub kind: Option<String>,
    /// JSON: field by header.
    pub headers: String,
    /// Who made and changed it.
    pub stamp: Stamp,
}

static SET: Statement = Statement::tenant(
    "catalogue_mapping.set",
    "INSERT INTO catalogue_mapping (organization_id, id, name, name_norm, kind, headers, created, created_by,
                                    last_modified, last_modified_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (organization_id, id) DO UPDATE
     SET name = excluded.name, name_norm = excluded.name_norm, kind = excluded.kind, headers = excluded.headers,
         last_modified = excluded.last_modified, last_modified_by = excluded.last_modified_by, rev = excluded.rev",
);

static ALL: Statement = Statement::tenant(
    "catalogue_mapping.all",
    "SELECT * FROM catalogue_mapping WHERE organization_id = $1 ORDER BY name_norm",
);

static NAMED: Statement = Statement::tenant(
    "catalogue_mapping.named",
    "SELECT * FROM catalogue_mapping WHERE organization_id = $1 AND name_norm = $2",
);

static DELETE: Statement = Statement::tenant(
    "catalogue_mapping.delete",
    "DELETE FROM catalogue_mapping WHERE organization_id = $1 AND id = $2",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&SET, &ALL, &NAMED, &DELETE];

/// Adds a mapping, or stores all of it.
pub fn set(tx: &mut Tx<'_>, row: &MappingRow) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &SET,
        params![
            row.id,
            row.name.as_str(),
            base::normalized(&row.name),
            row.kind.clone(),
            row.headers.as_str(),
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// Every mapping, by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<MappingRow>> {
    tx.fetch_all(&ALL, params![], read)
}

/// The mapping with this name, in any case.
pub fn named(tx: &mut Tx<'_>, name: &str) -> Result<Option<MappingRow>> {
    tx.fetch_optional(&NAMED, params![base::normalized(name)], read)
}

/// Deletes a mapping.
pub fn delete(tx: &mut Tx<'_>, id: Id<Mapping>) -> Result<()> {
    tx.execute_one(&DELETE, params![id])
}

fn read(row: &Row<'_>) -> Result<MappingRow> {
    Ok(MappingRow {
        id: row.get("id")?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        headers: row.get("headers")?,
        stamp: Stamp::read(row)?,
    })
}
