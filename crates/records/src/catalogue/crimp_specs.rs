//! Crimp data: one row for a hose, a series of fittings, a ferrule and a machine.

use base::{Id, Organization, Result};
use database::{Row, Statement, Tx, Value, params};
use hose::{crimp::CRIMP_SPEC, fields::Values, part_number};
use serde_json::Value as Json;

use super::{CrimpSpec, Item, parts::read_values};
use crate::Stamp;

/// A row of `crimp_spec`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrimpSpecRow {
    /// Whose it is: an organization's own, or the shared catalogue's.
    pub owner: Id<Organization>,
    /// Its id.
    pub id: Id<CrimpSpec>,
    /// The hose it is for.
    pub hose: Id<Item>,
    /// The size of that hose, in sixteenths of an inch.
    pub hose_dash: Option<u16>,
    /// The fields of [`CRIMP_SPEC`].
    pub values: Values,
    /// Who made and changed it.
    pub stamp: Stamp,
}

/// What makes rows of two owners be about the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CrimpKey {
    /// The brand of the fittings, folded.
    pub coupling_brand: String,
    /// Their series, folded.
    pub coupling_series: String,
    /// The brand of the ferrule, folded; empty for one-piece fittings.
    pub ferrule_brand: String,
    /// Its number, as part numbers are compared.
    pub ferrule: String,
    /// The machine, folded; empty for any.
    pub crimper: String,
}

impl CrimpSpecRow {
    /// What the row is about, besides the hose.
    pub fn key(&self) -> CrimpKey {
        let folded = |name: &str| base::normalized(self.values.text(name).unwrap_or_default());
        CrimpKey {
            coupling_brand: folded("couplingSeriesBrand"),
            coupling_series: folded("couplingSeries"),
            ferrule_brand: folded("ferruleBrand"),
            ferrule: part_number::normalized(self.values.text("ferrulePartNumber").unwrap_or_default()),
            crimper: folded("crimper"),
        }
    }
}

static INSERT: Statement = Statement::tenant(
    "crimp_spec.insert",
    "INSERT INTO crimp_spec (organization_id, id, hose_id, hose_dash, coupling_brand_norm, coupling_series_norm,
                             ferrule_brand_norm, ferrule_norm, crimper_norm, data, created, created_by,
                             last_modified, last_modified_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
);

static UPDATE: Statement = Statement::tenant(
    "crimp_spec.update",
    "UPDATE crimp_spec SET hose_id = $3, hose_dash = $4, coupling_brand_norm = $5, coupling_series_norm = $6,
            ferrule_brand_norm = $7, ferrule_norm = $8, crimper_norm = $9, data = $10, created = $11,
            created_by = $12, last_modified = $13, last_modified_by = $14, rev = $15
     WHERE organization_id = $1 AND id = $2",
);

static DELETE: Statement =
    Statement::tenant("crimp_spec.delete", "DELETE FROM crimp_spec WHERE organization_id = $1 AND id = $2");

static OF_HOSE: Statement = Statement::tenant(
    "crimp_spec.of_hose",
    "SELECT * FROM crimp_spec WHERE organization_id IN ($1, '000000000000000000000000') AND hose_id = $2
     ORDER BY coupling_brand_norm, coupling_series_norm, ferrule_brand_norm, ferrule_norm, crimper_norm,
              organization_id DESC",
);

static OF_SERIES: Statement = Statement::tenant(
    "crimp_spec.of_series",
    "SELECT * FROM crimp_spec
     WHERE organization_id IN ($1, '000000000000000000000000') AND coupling_brand_norm = $2
       AND coupling_series_norm = $3 AND hose_dash = $4
     ORDER BY hose_id, organization_id DESC LIMIT $5",
);

static OF_FERRULE: Statement = Statement::tenant(
    "crimp_spec.of_ferrule",
    "SELECT * FROM crimp_spec
     WHERE organization_id = $1 AND ferrule_brand_norm = $2 AND ferrule_norm = $3 ORDER BY hose_id LIMIT $4",
);

static SERIES: Statement = Statement::tenant(
    "crimp_spec.series",
    "SELECT coupling_brand_norm, coupling_series_norm, hose_dash, count(*) AS n, count(DISTINCT hose_id) AS hoses
     FROM crimp_spec WHERE organization_id IN ($1, '000000000000000000000000')
     GROUP BY coupling_brand_norm, coupling_series_norm, hose_dash
     ORDER BY coupling_brand_norm, coupling_series_norm, hose_dash",
);

static FIND: Statement = Statement::tenant(
    "crimp_spec.find",
    "SELECT * FROM crimp_spec WHERE organization_id IN ($1, '000000000000000000000000') AND id = $2",
);

static PAGE: Statement = Statement::tenant(
    "crimp_spec.page",
    "SELECT c.*, p.part_number AS hose_number, b.name AS hose_brand FROM crimp_spec AS c
     JOIN part AS p ON p.organization_id IN ($1, '000000000000000000000000') AND p.id = c.hose_id
     JOIN brand AS b ON b.organization_id IN ($1, '000000000000000000000000') AND b.id = p.brand_id
     WHERE c.organization_id IN ($1, '000000000000000000000000') AND c.id > $2 AND p.deleted IS NULL
     ORDER BY c.id LIMIT $3",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&INSERT, &UPDATE, &DELETE, &OF_HOSE, &OF_SERIES, &OF_FERRULE, &SERIES, &FIND, &PAGE];

/// Adds rows of the organization's own.
pub fn insert(tx: &mut Tx<'_>, rows: &[CrimpSpecRow]) -> Result<()> {
    tx.execute_many(&INSERT, &rows.iter().map(stored).collect::<Vec<_>>())
}

/// Stores all of an own row.
pub fn update(tx: &mut Tx<'_>, row: &CrimpSpecRow) -> Result<()> {
    tx.execute_one(&UPDATE, &stored(row))
}

/// Deletes an own row.
pub fn delete(tx: &mut Tx<'_>, id: Id<CrimpSpec>) -> Result<()> {
    tx.execute_one(&DELETE, params![id])
}

fn stored(row: &CrimpSpecRow) -> Vec<Value> {
    let (key, stamp) = (row.key(), &row.stamp);
    params![
        row.id,
        row.hose,
        row.hose_dash,
        key.coupling_brand,
        key.coupling_series,
        key.ferrule_brand,
        key.ferrule,
        key.crimper,
        Json::Object(row.values.to_json()).to_string(),
        stamp.created,
        stamp.created_by.as_str(),
        stamp.last_modified,
        stamp.last_modified_by.as_str(),
        stamp.rev,
    ]
    .to_vec()
}

/// The row with this id, the organization's own or a shared one.
pub fn find(tx: &mut Tx<'_>, id: Id<CrimpSpec>) -> Result<Option<CrimpSpecRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// A row with the brand and the part number of its hose.
#[derive(Debug, Clone)]
pub struct WithHose {
    /// The row.
    pub row: CrimpSpecRow,
    /// The brand of the hose.
    pub brand: String,
    /// Its part number.
    pub number: String,
}

/// The rows after the one with this id, by id, at most so many.
pub fn page(tx: &mut Tx<'_>, after: &str, most: u32) -> Result<Vec<WithHose>> {
    tx.fetch_all(&PAGE, params![after, most], |row| {
        Ok(WithHose { row: read(row)?, brand: row.get("hose_brand")?, number: row.get("hose_number")? })
    })
}

/// The crimp data of a hose: of rows about the same, the organization's own alone.
pub fn of_hose(tx: &mut Tx<'_>, hose: Id<Item>) -> Result<Vec<CrimpSpecRow>> {
    let rows = tx.fetch_all(&OF_HOSE, params![hose], read)?;
    Ok(own_before_shared(rows))
}

/// Rows for a series of fittings in a size, at most so many.
pub fn of_series(
    tx: &mut Tx<'_>,
    brand: &str,
    series: &str,
    dash: u16,
    most: u32,
) -> Result<Vec<CrimpSpecRow>> {
    let values = params![base::normalized(brand), base::normalized(series), dash, most];
    Ok(own_before_shared(tx.fetch_all(&OF_SERIES, values, read)?))
}

/// The organization's own rows that name a ferrule, at most so many.
pub fn of_ferrule(tx: &mut Tx<'_>, brand: &str, number: &str, most: u32) -> Result<Vec<CrimpSpecRow>> {
    let values = params![base::normalized(brand), part_number::normalized(number), most];
    tx.fetch_all(&OF_FERRULE, values, read)
}

/// A series of fittings in one hose size, as crimp data has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesCount {
    /// The brand, folded.
    pub brand: String,
    /// The series, folded.
    pub series: String,
    /// The hose size, in sixteenths of an inch.
    pub hose_dash: Option<u16>,
    /// How many rows there are.
    pub rows: u64,
    /// For how many hoses.
    pub hoses: u64,
}

/// Every series that crimp data names, by brand, series and size.
pub fn series(tx: &mut Tx<'_>) -> Result<Vec<SeriesCount>> {
    tx.fetch_all(&SERIES, params![], |row| {
        Ok(SeriesCount {
            brand: row.get("coupling_brand_norm")?,
            series: row.get("coupling_series_norm")?,
            hose_dash: row.get("hose_dash")?,
            rows: row.get("n")?,
            hoses: row.get("hoses")?,
        })
    })
}

/// Of rows about the same hose and key, which follow each other, the first.
fn own_before_shared(rows: Vec<CrimpSpecRow>) -> Vec<CrimpSpecRow> {
    let mut seen = std::collections::HashSet::new();
    rows.into_iter().filter(|row| seen.insert((row.hose, row.key()))).collect()
}

fn read(row: &Row<'_>) -> Result<CrimpSpecRow> {
    Ok(CrimpSpecRow {
        owner: row.get("organization_id")?,
        id: row.get("id")?,
        hose: row.get("hose_id")?,
        hose_dash: row.get("hose_dash")?,
        values: read_values(CRIMP_SPEC, row)?,
        stamp: Stamp::read(row)?,
    })
}
