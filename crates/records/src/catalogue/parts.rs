//! Parts of every type: hoses, fittings, ferrules, adaptors, wraps, others.

use std::{borrow::Borrow, collections::HashMap};

use base::{Error, Id, Organization, Page, Result, Timestamp};
use database::{
    Row, Statement, Tx, Value,
    list::{List, ListQuery},
    params,
};
use hose::{
    Dash, ItemType, Part,
    fields::{Field, Value as FieldValue, Values},
};
use serde_json::{Value as Json, json};

use super::{Brand, Item, items, items::ItemRow};
use crate::Stamp;

/// Where a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It may be used.
    Approved,
    /// It waits for somebody to approve it.
    Pending,
    /// It is gone.
    Deleted,
}

impl Status {
    /// The word that is stored and answered.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Pending => "pending",
            Self::Deleted => "deleted",
        }
    }

    fn read(word: &str) -> Result<Self> {
        let known = [Self::Approved, Self::Pending, Self::Deleted];
        known
            .into_iter()
            .find(|status| status.word() == word)
            .ok_or_else(|| Error::Internal(format!("a part is stored as {word:?}")))
    }
}

/// A row of `part`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartRow {
    /// Whose it is: an organization's own, or the shared catalogue's.
    pub owner: Id<Organization>,
    /// Its id.
    pub id: Id<Item>,
    /// What it is.
    pub part: Part,
    /// Its brand, its owner's or a shared one.
    pub brand: Option<Id<Brand>>,
    /// Where it stands.
    pub status: Status,
    /// Why it stands there.
    pub status_reason: Option<String>,
    /// When it was deleted, and by whom.
    pub deleted: Option<(Timestamp, String)>,
    /// Who made and changed it.
    pub stamp: Stamp,
}

/// A part as an organization sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSeen {
    /// The part.
    pub row: PartRow,
    /// What the organization says of it.
    pub said: Option<ItemRow>,
}

static SET: Statement = Statement::tenant(
    "part.set",
    "INSERT INTO part (organization_id, id, item_type, brand_id, part_number, part_norm,
    description_norm, series_norm, hose_dash, end_dash, style, gender, shape, kind_norm, colour_norm, spec_norm,
    material_norm, cross_reference, family_reference, ends_norm, working_pressure, data, status, status_reason, deleted,
    deleted_by, created, created_by, last_modified, last_modified_by, rev,
    image_norm)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26, $27, $28, $29, $30, $31, $32)
    ON CONFLICT (organization_id, id) DO UPDATE
    SET item_type = excluded.item_type, brand_id = excluded.brand_id, part_number = excluded.part_number,
        part_norm = excluded.part_norm, description_norm = excluded.description_norm,
        series_norm = excluded.series_norm, hose_dash = excluded.hose_dash, end_dash = excluded.end_dash,
        style = excluded.style, gender = excluded.gender, shape = excluded.shape, kind_norm = excluded.kind_norm,
        colour_norm = excluded.colour_norm, spec_norm = excluded.spec_norm, material_norm = excluded.material_norm,
        cross_reference = excluded.cross_reference, family_reference = excluded.family_reference,
        ends_norm = excluded.ends_norm, working_pressure = excluded.working_pressure, data = excluded.data,
        status = excluded.status, status_reason = excluded.status_reason, deleted = excluded.deleted,
        deleted_by = excluded.deleted_by, last_modified = excluded.last_modified,
        last_modified_by = excluded.last_modified_by, rev = excluded.rev, image_norm = excluded.image_norm",
);

static INSERT_END: Statement = Statement::tenant(
    "part_end.insert",
    "INSERT INTO part_end (organization_id, part_id, position, style, gender, dash, swivel)
     VALUES ($1, $2, $3, $4, $5, $6, $7)",
);

static DELETE_ENDS: Statement =
    Statement::tenant("part_end.delete", "DELETE FROM part_end WHERE organization_id = $1 AND part_id = $2");

/// A part with what the organization says of it; `i` is joined beside `p`.
macro_rules! seen {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            seen_columns!(),
            " FROM part AS p LEFT JOIN item AS i ON i.organization_id = $1 AND i.id = p.id
              WHERE p.organization_id IN ($1, '000000000000000000000000') AND ",
            $rest
        )
    };
}

static FIND: Statement = Statement::tenant("part.find", seen!("p.id = $2 AND p.deleted IS NULL"));

static WITH_NUMBERS: Statement = Statement::tenant(
    "part.with_numbers",
    concat!(
        "SELECT ",
        seen_columns!(),
        " FROM json_each($2) AS k
          CROSS JOIN part AS p ON p.organization_id IN ($1, '000000000000000000000000')
               AND p.brand_id = k.value ->> 0 AND p.item_type = k.value ->> 1 AND p.part_norm = k.value ->> 2
          LEFT JOIN item AS i ON i.organization_id = $1 AND i.id = p.id
          WHERE p.deleted IS NULL ORDER BY p.organization_id"
    ),
)
// Each by the index, whatever PostgreSQL takes the tables' sizes for while an import fills them.
.on_postgres(concat!(
    "SELECT ",
    seen_columns!(),
    " FROM jsonb_array_elements($2::text::jsonb) AS k (value)
      CROSS JOIN LATERAL (SELECT * FROM part AS one WHERE one.organization_id IN ($1, '000000000000000000000000')
           AND one.brand_id = k.value ->> 0 AND one.item_type = k.value ->> 1 AND one.part_norm = k.value ->> 2
           AND one.deleted IS NULL OFFSET 0) AS p
      LEFT JOIN LATERAL (SELECT * FROM item AS one WHERE one.organization_id = $1 AND one.id = p.id OFFSET 0) AS i
           ON TRUE ORDER BY p.organization_id"
));

/// These columns of the parts whose ids are given as JSON.
macro_rules! with_ids {
    ($name:literal, $($columns:tt)*) => {
        Statement::tenant(
            $name,
            concat!(
                "SELECT ",
                $($columns)*,
                " FROM json_each($2) AS k
                  CROSS JOIN part AS p ON p.organization_id IN ($1, '000000000000000000000000') AND p.id = k.value
                  LEFT JOIN item AS i ON i.organization_id = $1 AND i.id = p.id
                  WHERE p.deleted IS NULL"
            ),
        )
        .on_postgres(concat!(
            "SELECT ",
            $($columns)*,
            " FROM jsonb_array_elements_text($2::text::jsonb) AS k (value)
              CROSS JOIN LATERAL (SELECT * FROM part AS one
                   WHERE one.organization_id IN ($1, '000000000000000000000000')
                   AND one.id = k.value AND one.deleted IS NULL OFFSET 0) AS p
              LEFT JOIN LATERAL (SELECT * FROM item AS one
                   WHERE one.organization_id = $1 AND one.id = p.id OFFSET 0) AS i ON TRUE"
        ))
    };
}

static WITH_IDS: Statement = with_ids!("part.with_ids", seen_columns!());

static REVS: Statement = with_ids!("part.revs", "p.id, p.rev + coalesce(i.rev, 0) AS rev");

static NUMBERED: Statement = Statement::tenant(
    "part.numbered",
    seen!(
        "p.part_norm = $2 AND p.item_type = $3 AND p.status = 'approved' ORDER BY p.organization_id DESC, p.id"
    ),
);

static REFERRED: Statement = Statement::tenant(
    "part.referred",
    seen!("p.cross_reference = $2 AND p.status = 'approved' ORDER BY p.part_norm, p.id"),
);

static OF_FAMILY: Statement = Statement::tenant(
    "part.of_family",
    seen!("p.family_reference = $2 AND p.status = 'approved' ORDER BY p.part_norm, p.id"),
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[
    &SET,
    &INSERT_END,
    &DELETE_ENDS,
    &FIND,
    &WITH_NUMBERS,
    &WITH_IDS,
    &REVS,
    &NUMBERED,
    &REFERRED,
    &OF_FAMILY,
];

/// A part as it is stored.
#[derive(Debug)]
pub struct StoredPart {
    id: Id<Item>,
    row: Vec<Value>,
    ends: Vec<Vec<Value>>,
    is_new: bool,
    /// Whether it may have had other ends before.
    clears_ends: bool,
}

impl From<&PartRow> for StoredPart {
    fn from(row: &PartRow) -> Self {
        let is_adaptor = row.part.item_type() == ItemType::Adaptor;
        let ends = if is_adaptor { ends(row).collect() } else { Vec::new() };
        Self {
            id: row.id,
            row: stored(row),
            ends,
            is_new: false,
            clears_ends: is_adaptor && row.stamp.rev > 1,
        }
    }
}

impl StoredPart {
    /// Whether it was not there before, as is known.
    #[must_use]
    pub fn known_new(self, is_new: bool) -> Self {
        Self { is_new, ..self }
    }
}

/// Stores all of the organization's own parts that these are, new and known ones.
pub fn set(tx: &mut Tx<'_>, parts: &[impl Borrow<StoredPart>]) -> Result<()> {
    let parts = || parts.iter().map(Borrow::borrow);
    tx.store_many(&SET, parts().map(|part| (part.row.as_slice(), part.is_new)))?;
    for part in parts().filter(|part| part.clears_ends) {
        tx.execute(&DELETE_ENDS, params![part.id])?;
    }
    let ends = parts().flat_map(|part| &part.ends).map(Vec::as_slice);
    tx.execute_many(&INSERT_END, &ends.collect::<Vec<_>>())
}

fn ends(row: &PartRow) -> impl Iterator<Item = Vec<Value>> {
    (0u32..).zip(row.part.values.rows("ends")).map(|(position, end)| {
        params![
            row.id,
            position,
            end.text("style").unwrap_or_default(),
            end.text("gender").unwrap_or_default(),
            end.text("dashSize").and_then(Dash::parse).map(Dash::sixteenths),
            end.text("swivel").is_some(),
        ]
        .to_vec()
    })
}

fn stored(row: &PartRow) -> Vec<Value> {
    let (part, stamp) = (&row.part, &row.stamp);
    let text = |name: &str| part.values.text(name).map(ToOwned::to_owned);
    let kind = match part.item_type() {
        ItemType::Wrap => part.folded("wrapType"),
        _ => part.folded("itemType"),
    };
    let brand = row.brand.map(|brand| brand.to_string()).unwrap_or_default();
    let (deleted, deleted_by) = row.deleted.clone().unzip();
    params![
        row.id,
        part.item_type().word(),
        brand,
        part.part_number(),
        part.part_norm(),
        part.folded("description"),
        part.folded("series"),
        part.hose_dash().map(Dash::sixteenths),
        part.end_dash().map(Dash::sixteenths),
        text("style"),
        text("gender"),
        text("shape"),
        kind,
        part.folded("colour").or_else(|| part.folded("colourHose")),
        part.folded("spec"),
        part.folded("material"),
        part.values.get("crossReference").map(FieldValue::to_text),
        part.folded("familyCrossReference"),
        (part.item_type() == ItemType::Adaptor).then(|| ends_norm(part)),
        part.values.canonical("workingPressure"),
        Json::Object(part.values.to_json()).to_string(),
        row.status.word(),
        row.status_reason.clone(),
        deleted,
        deleted_by,
        stamp.created,
        stamp.created_by.as_str(),
        stamp.last_modified,
        stamp.last_modified_by.as_str(),
        stamp.rev,
        part.folded("imageName"),
    ]
    .to_vec()
}

/// The sign between two ends in `ends_norm`, and that between what is said of one.
pub const BETWEEN_ENDS: char = ';';
/// See [`BETWEEN_ENDS`].
pub const WITHIN_END: char = ',';

/// The ends of an adaptor as one text: for each its style, gender, size and whether it turns.
fn ends_norm(part: &Part) -> String {
    let end = |end: &Values| {
        let dash = end.text("dashSize").and_then(Dash::parse).map_or(0, Dash::sixteenths).to_string();
        let word = |name: &str| end.text(name).unwrap_or_default().to_owned();
        let swivel = u8::from(end.text("swivel").is_some()).to_string();
        [word("style"), word("gender"), dash, swivel].join(&WITHIN_END.to_string())
    };
    part.values.rows("ends").iter().map(end).collect::<Vec<_>>().join(&BETWEEN_ENDS.to_string())
}

/// The part with this id, the organization's own or a shared one.
pub fn find(tx: &mut Tx<'_>, id: Id<Item>) -> Result<Option<PartSeen>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// The part of a brand with this number, however it is typed: the
/// organization's own before a shared one.
pub fn with_number(
    tx: &mut Tx<'_>,
    item_type: ItemType,
    brand: Option<Id<Brand>>,
    number: &str,
) -> Result<Option<PartSeen>> {
    let key = (brand, item_type, hose::part_number::normalized(number));
    Ok(with_numbers(tx, std::iter::once(&key))?.remove(&key))
}

/// A number as it is looked up: the brand, the type, the number as numbers are compared.
pub type NumberKey = (Option<Id<Brand>>, ItemType, String);

/// The same for many: each as it was asked for. Of an own part and a shared one, the own.
pub fn with_numbers<'a>(
    tx: &mut Tx<'_>,
    keys: impl Iterator<Item = &'a NumberKey>,
) -> Result<HashMap<NumberKey, PartSeen>> {
    let brand = |id: &Option<Id<Brand>>| id.map(|id| id.to_string()).unwrap_or_default();
    let keys: Vec<_> = keys.map(|(id, item_type, norm)| (brand(id), item_type.word(), norm)).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let found = tx.fetch_all(&WITH_NUMBERS, params![json!(keys).to_string()], read)?;
    // The shared ones come first, so that the organization's own take their place.
    let keyed =
        |seen: PartSeen| ((seen.row.brand, seen.row.part.item_type(), seen.row.part.part_norm()), seen);
    Ok(found.into_iter().map(keyed).collect())
}

/// The parts with these ids.
pub fn with_ids(tx: &mut Tx<'_>, ids: impl Iterator<Item = Id<Item>>) -> Result<HashMap<Id<Item>, PartSeen>> {
    let ids: Vec<_> = ids.collect();
    let found = tx.fetch_all(&WITH_IDS, params![json!(ids).to_string()], read)?;
    Ok(found.into_iter().map(|seen| (seen.row.id, seen)).collect())
}

/// The revisions of the parts with these ids: each the sum of its own and that of what the organization says of it.
pub fn revs(tx: &mut Tx<'_>, ids: impl Iterator<Item = Id<Item>>) -> Result<HashMap<Id<Item>, i64>> {
    let ids: Vec<_> = ids.collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let read = |row: &Row<'_>| Ok((row.get("id")?, row.get("rev")?));
    Ok(tx.fetch_all(&REVS, params![json!(ids).to_string()], read)?.into_iter().collect())
}

/// The parts of a type with this number, of whatever brand.
pub fn numbered(tx: &mut Tx<'_>, item_type: ItemType, number: &str) -> Result<Vec<PartSeen>> {
    let norm = hose::part_number::normalized(number);
    tx.fetch_all(&NUMBERED, params![norm, item_type.word()], read)
}

/// The parts that share a cross reference.
pub fn referred(tx: &mut Tx<'_>, reference: &str) -> Result<Vec<PartSeen>> {
    tx.fetch_all(&REFERRED, params![reference], read)
}

/// The parts of a family.
pub fn of_family(tx: &mut Tx<'_>, family: &str) -> Result<Vec<PartSeen>> {
    tx.fetch_all(&OF_FAMILY, params![base::normalized(family)], read)
}

/// One page of a list of parts.
pub fn list(tx: &mut Tx<'_>, list: &List, query: &ListQuery) -> Result<Page<PartSeen>> {
    list.fetch(tx, query, read)
}

pub(super) fn read(row: &Row<'_>) -> Result<PartSeen> {
    let brand: String = row.get("brand_id")?;
    let deleted: Option<Timestamp> = row.get("deleted")?;
    let deleted_by: Option<String> = row.get("deleted_by")?;
    Ok(PartSeen {
        said: items::read_joined(row)?,
        row: PartRow {
            owner: row.get("organization_id")?,
            id: row.get("id")?,
            part: read_part(row)?,
            brand: brand.parse().ok(),
            status: Status::read(&row.get::<String>("status")?)?,
            status_reason: row.get("status_reason")?,
            deleted: deleted.zip(deleted_by),
            stamp: Stamp::read(row)?,
        },
    })
}

fn read_part(row: &Row<'_>) -> Result<Part> {
    let broken = |wrong: String| Error::Internal(format!("a stored part {wrong}"));
    let item_type: String = row.get("item_type")?;
    let item_type: ItemType = item_type.parse().map_err(|wrong| broken(format!("{wrong}")))?;
    let values = read_values(item_type.fields(), row)?;
    Ok(Part::stored(item_type, values))
}

/// The values in `data`.
pub(super) fn read_values(table: &'static [Field], row: &Row<'_>) -> Result<Values> {
    let data: String = row.get("data")?;
    Values::stored(table, &data).map_err(|error| Error::internal("stored data", error))
}
