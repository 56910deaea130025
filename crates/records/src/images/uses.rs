//! What names a picture: parts, items of which an organization says so, brands.

use base::{Result, normalized};
use database::{Statement, Tx, params};
use serde_json::json;

static IN_PARTS: Statement = Statement::tenant(
    "image.in_parts",
    "SELECT part_number AS place FROM part
     WHERE organization_id = $1 AND image_norm = $2 AND deleted IS NULL ORDER BY part_norm LIMIT 6",
);

static IN_ITEMS: Statement = Statement::tenant(
    "image.in_items",
    "SELECT id AS place FROM item WHERE organization_id = $1 AND image_norm = $2 ORDER BY id LIMIT 6",
);

static IN_BRANDS: Statement = Statement::tenant(
    "image.in_brands",
    "SELECT name AS place FROM brand
     WHERE organization_id = $1 AND image_norm = $2 AND deleted IS NULL ORDER BY name_norm LIMIT 6",
);

// For each organization by the indexes, which begin with it.
static BY_OTHERS: Statement = Statement::system(
    "image.by_others",
    "SELECT o.id FROM organization AS o
     WHERE o.id <> '000000000000000000000000'
       AND NOT EXISTS (SELECT 1 FROM image AS m WHERE m.organization_id = o.id AND m.name_norm = $1)
       AND (o.id IN (SELECT value FROM json_each($2))
            OR EXISTS (SELECT 1 FROM part AS p
                       WHERE p.organization_id = o.id AND p.image_norm = $1 AND p.deleted IS NULL)
            OR EXISTS (SELECT 1 FROM item AS i WHERE i.organization_id = o.id AND i.image_norm = $1)
            OR EXISTS (SELECT 1 FROM brand AS b
                       WHERE b.organization_id = o.id AND b.image_norm = $1 AND b.deleted IS NULL))
     LIMIT 1",
)
.on_postgres(
    "SELECT o.id FROM organization AS o
     WHERE o.id <> '000000000000000000000000'
       AND NOT EXISTS (SELECT 1 FROM image AS m WHERE m.organization_id = o.id AND m.name_norm = $1)
       AND (o.id IN (SELECT jsonb_array_elements_text($2::text::jsonb))
            OR EXISTS (SELECT 1 FROM part AS p
                       WHERE p.organization_id = o.id AND p.image_norm = $1 AND p.deleted IS NULL)
            OR EXISTS (SELECT 1 FROM item AS i WHERE i.organization_id = o.id AND i.image_norm = $1)
            OR EXISTS (SELECT 1 FROM brand AS b
                       WHERE b.organization_id = o.id AND b.image_norm = $1 AND b.deleted IS NULL))
     LIMIT 1",
);

static NAMED: Statement = Statement::system(
    "image.named_by",
    "SELECT 'part' AS place, organization_id, id, rev, json_extract(data, '$.imageName') AS name, image_norm
     FROM part WHERE json_extract(data, '$.imageName') IS NOT NULL
     UNION ALL SELECT 'item', organization_id, id, rev, image_name, image_norm FROM item WHERE image_name IS NOT NULL
     UNION ALL SELECT 'brand', organization_id, id, rev, image_name, image_norm FROM brand WHERE image_name IS NOT NULL",
)
.on_postgres(
    "SELECT 'part' AS place, organization_id, id, rev, data::json ->> 'imageName' AS name, image_norm
     FROM part WHERE data::json ->> 'imageName' IS NOT NULL
     UNION ALL SELECT 'item', organization_id, id, rev, image_name, image_norm FROM item WHERE image_name IS NOT NULL
     UNION ALL SELECT 'brand', organization_id, id, rev, image_name, image_norm FROM brand WHERE image_name IS NOT NULL",
);

/// Puts the folded name into a row that has not been changed since it was read.
macro_rules! refold {
    ($name:literal, $table:literal) => {
        Statement::system(
            $name,
            concat!(
                "UPDATE ",
                $table,
                " SET image_norm = $4 WHERE organization_id = $1 AND id = $2 AND rev = $3"
            ),
        )
    };
}

static REFOLD_PART: Statement = refold!("image.refold_part", "part");
static REFOLD_ITEM: Statement = refold!("image.refold_item", "item");
static REFOLD_BRAND: Statement = refold!("image.refold_brand", "brand");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&IN_PARTS, &IN_ITEMS, &IN_BRANDS, &BY_OTHERS, &NAMED, &REFOLD_PART, &REFOLD_ITEM, &REFOLD_BRAND];

/// Where a picture of this name is used: numbers of own parts, ids of items of
/// which the organization says so, names of own brands; a few of each.
pub fn places(tx: &mut Tx<'_>, name: &str) -> Result<Vec<String>> {
    let mut places = Vec::new();
    for statement in [&IN_PARTS, &IN_ITEMS, &IN_BRANDS] {
        let found = tx.fetch_all(statement, params![normalized(name)], |row| row.get::<String>("place"))?;
        places.extend(found);
    }
    Ok(places)
}

/// Whether any organization means the shared picture of this name: names one,
/// or is one of these, and has no picture of its own of that name.
pub fn is_used_by_others(tx: &mut Tx<'_>, name: &str, also: &[String]) -> Result<bool> {
    let values = params![normalized(name), json!(also).to_string()];
    Ok(tx.fetch_optional(&BY_OTHERS, values, |_| Ok(()))?.is_some())
}

/// A row that names a picture, and whose folded name is not what it should be.
#[derive(Debug, Clone)]
pub struct Misfolded {
    place: String,
    organization: String,
    id: String,
    rev: i64,
    norm: String,
}

/// The rows that lack the folded name of their picture, as in an older backup, or have it as SQL folds it, which knows
/// the letters of ASCII alone.
pub fn misfolded(tx: &mut Tx<'_>) -> Result<Vec<Misfolded>> {
    let mut rows = Vec::new();
    tx.for_each(&NAMED, params![], |row| {
        let norm = normalized(&row.get::<String>("name")?);
        if row.get::<Option<String>>("image_norm")?.as_ref() != Some(&norm) {
            let (place, organization, id) = (row.get("place")?, row.get("organization_id")?, row.get("id")?);
            rows.push(Misfolded { place, organization, id, rev: row.get("rev")?, norm });
        }
        Ok(())
    })?;
    Ok(rows)
}

/// Folds the names of these rows, unless they were changed since.
pub fn refold(tx: &mut Tx<'_>, rows: &[Misfolded]) -> Result<()> {
    for row in rows {
        let statement = match row.place.as_str() {
            "part" => &REFOLD_PART,
            "item" => &REFOLD_ITEM,
            _ => &REFOLD_BRAND,
        };
        let (organization, id) = (row.organization.as_str(), row.id.as_str());
        tx.execute(statement, params![organization, id, row.rev, row.norm.as_str()])?;
    }
    Ok(())
}
