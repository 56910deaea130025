//! Brands, and which of them an organization uses.

use base::{Id, Organization, Rate, Result, Timestamp};
use database::{Row, Statement, Tx, params};

use super::Brand;
use crate::Stamp;

/// A row of `brand`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandRow {
    /// Whose it is: an organization's own, or the shared catalogue's.
    pub owner: Id<Organization>,
    /// Its id.
    pub id: Id<Brand>,
    /// Its name, unique for its owner in any case.
    pub name: String,
    /// Its web site.
    pub website: Option<String>,
    /// The name of its picture.
    pub image_name: Option<String>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

/// A row of `brand_setting`: what an organization says of a brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrandSettingRow {
    /// The brand.
    pub brand: Id<Brand>,
    /// Whether its parts are seen.
    pub enabled: bool,
    /// Whether it is offered first for hoses and fittings.
    pub is_default: bool,
    /// Whether it is offered first for adaptors.
    pub is_default_adaptor: bool,
    /// The margin of its parts, in percent.
    pub margin_percent: Option<Rate>,
    /// When it was last changed.
    pub last_modified: Timestamp,
    /// By whom.
    pub last_modified_by: String,
    /// Rises by one with every change, from 1.
    pub rev: i64,
}

static INSERT: Statement = Statement::tenant(
    "brand.insert",
    "INSERT INTO brand (organization_id, id, name, name_norm, website, image_name, created, created_by,
                        last_modified, last_modified_by, rev, image_norm)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);

static UPDATE: Statement = Statement::tenant(
    "brand.update",
    "UPDATE brand SET website = $3, image_name = $4, last_modified = $5, last_modified_by = $6, rev = $7,
                      image_norm = $8
     WHERE organization_id = $1 AND id = $2",
);

static DELETE: Statement = Statement::tenant(
    "brand.delete",
    "UPDATE brand SET deleted = $3, deleted_by = $4 WHERE organization_id = $1 AND id = $2",
);

static VISIBLE: Statement = Statement::tenant(
    "brand.visible",
    "SELECT b.*, s.brand_id AS set_brand, s.enabled, s.is_default, s.is_default_adaptor, s.margin_percent,
            s.last_modified AS set_last_modified, s.last_modified_by AS set_last_modified_by, s.rev AS set_rev
     FROM brand AS b
     LEFT JOIN brand_setting AS s ON s.organization_id = $1 AND s.brand_id = b.id
     WHERE b.organization_id IN ($1, '000000000000000000000000') AND b.deleted IS NULL
     ORDER BY b.name_norm, b.organization_id DESC",
);

static SET: Statement = Statement::tenant(
    "brand_setting.set",
    "INSERT INTO brand_setting (organization_id, brand_id, enabled, is_default, is_default_adaptor, margin_percent,
                                last_modified, last_modified_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (organization_id, brand_id) DO UPDATE
     SET enabled = excluded.enabled, is_default = excluded.is_default,
         is_default_adaptor = excluded.is_default_adaptor, margin_percent = excluded.margin_percent,
         last_modified = excluded.last_modified, last_modified_by = excluded.last_modified_by, rev = excluded.rev",
);

static NO_DEFAULT: Statement = Statement::tenant(
    "brand_setting.no_default",
    "UPDATE brand_setting SET is_default = 0 WHERE organization_id = $1 AND is_default = 1 AND brand_id <> $2",
);

static NO_DEFAULT_ADAPTOR: Statement = Statement::tenant(
    "brand_setting.no_default_adaptor",
    "UPDATE brand_setting SET is_default_adaptor = 0
     WHERE organization_id = $1 AND is_default_adaptor = 1 AND brand_id <> $2",
);

static HAS_PARTS: Statement = Statement::tenant(
    "brand.has_parts",
    "SELECT 1 AS one FROM part
     WHERE organization_id IN ($1, '000000000000000000000000') AND item_type = $2 AND status = 'approved'
       AND brand_id = $3 LIMIT 1",
);

static OWN_PARTS: Statement = Statement::tenant(
    "brand.own_parts",
    "SELECT item_type, count(*) AS n FROM part
     WHERE organization_id = $1 AND brand_id = $2 AND deleted IS NULL GROUP BY item_type ORDER BY item_type",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&INSERT, &UPDATE, &DELETE, &VISIBLE, &SET, &NO_DEFAULT, &NO_DEFAULT_ADAPTOR, &HAS_PARTS, &OWN_PARTS];

/// Adds a brand of the organization's own.
pub fn insert(tx: &mut Tx<'_>, row: &BrandRow) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        &INSERT,
        params![
            row.id,
            row.name.as_str(),
            base::normalized(&row.name),
            row.website.clone(),
            row.image_name.clone(),
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
            image_norm(row),
        ],
    )
}

/// The name of its picture, as names of pictures are compared.
fn image_norm(row: &BrandRow) -> Option<String> {
    row.image_name.as_deref().map(base::normalized)
}

/// Stores all of an own brand that can change; its name never does.
pub fn update(tx: &mut Tx<'_>, row: &BrandRow) -> Result<()> {
    let stamp = &row.stamp;
    let by = stamp.last_modified_by.as_str();
    let (website, image) = (row.website.clone(), row.image_name.clone());
    let values = params![row.id, website, image, stamp.last_modified, by, stamp.rev, image_norm(row)];
    tx.execute_one(&UPDATE, values)
}

/// Deletes an own brand that has no parts.
pub fn delete(tx: &mut Tx<'_>, id: Id<Brand>, by: &str) -> Result<()> {
    let now = tx.now();
    tx.execute_one(&DELETE, params![id, now, by])
}

/// The organization's own brands and the shared ones, by name, each with what the organization says of it.
pub fn visible(tx: &mut Tx<'_>) -> Result<Vec<(BrandRow, Option<BrandSettingRow>)>> {
    tx.fetch_all(&VISIBLE, params![], |row| {
        let brand = BrandRow {
            owner: row.get("organization_id")?,
            id: row.get("id")?,
            name: row.get("name")?,
            website: row.get("website")?,
            image_name: row.get("image_name")?,
            stamp: Stamp::read(row)?,
        };
        Ok((brand, read_setting(row)?))
    })
}

fn read_setting(row: &Row<'_>) -> Result<Option<BrandSettingRow>> {
    let Some(brand) = row.get("set_brand")? else { return Ok(None) };
    Ok(Some(BrandSettingRow {
        brand,
        enabled: row.get("enabled")?,
        is_default: row.get("is_default")?,
        is_default_adaptor: row.get("is_default_adaptor")?,
        margin_percent: row.get::<Option<i64>>("margin_percent")?.map(Rate::from_millionths),
        last_modified: row.get("set_last_modified")?,
        last_modified_by: row.get("set_last_modified_by")?,
        rev: row.get("set_rev")?,
    }))
}

/// Stores what the organization says of a brand; there is one default of each kind.
pub fn set(tx: &mut Tx<'_>, row: &BrandSettingRow) -> Result<()> {
    if row.is_default {
        tx.execute(&NO_DEFAULT, params![row.brand])?;
    }
    if row.is_default_adaptor {
        tx.execute(&NO_DEFAULT_ADAPTOR, params![row.brand])?;
    }
    tx.execute_one(
        &SET,
        params![
            row.brand,
            row.enabled,
            row.is_default,
            row.is_default_adaptor,
            row.margin_percent.map(Rate::as_millionths),
            row.last_modified,
            row.last_modified_by.as_str(),
            row.rev,
        ],
    )
}

/// Whether a brand has parts of a type that the organization may see.
pub fn has_parts(tx: &mut Tx<'_>, item_type: &str, brand: Id<Brand>) -> Result<bool> {
    Ok(!tx.fetch_all(&HAS_PARTS, params![item_type, brand], |_: &Row<'_>| Ok(()))?.is_empty())
}

/// How many parts of each type the organization itself has of a brand.
pub fn own_parts(tx: &mut Tx<'_>, brand: Id<Brand>) -> Result<Vec<(String, u64)>> {
    tx.fetch_all(&OWN_PARTS, params![brand], |row| Ok((row.get("item_type")?, row.get("n")?)))
}
