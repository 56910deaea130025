//! Pictures: a library by name, and those of one record.

pub mod uses;

use base::{Id, Organization, Page, Result, kinds};
use database::{
    Row, Statement, Tx,
    list::{Compare, Filter, List, ListQuery, Sort},
    params,
};

use crate::Stamp;

kinds! {
    /// A picture.
    Image => "image",
}

/// A row of `image`, without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRow {
    /// Whose it is: the organization's own, or the shared catalogue's.
    pub owner: Id<Organization>,
    /// Its id.
    pub id: Id<Image>,
    /// Its name, by which parts name it.
    pub name: String,
    /// The record it was brought for.
    pub belongs_to: Option<String>,
    /// `png`, `jpeg`, `webp` or `svg`.
    pub kind: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub content_hash: String,
    /// How many bytes it has.
    pub size: u32,
    /// Width in pixels, or in the units of an SVG.
    pub width: u32,
    /// Height.
    pub height: u32,
    /// Who brought and changed it.
    pub stamp: Stamp,
}

/// The bytes of a picture, and of its thumbnail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The picture.
    pub bytes: Vec<u8>,
    /// A PNG.
    pub thumbnail: Vec<u8>,
}

const COLUMNS: &str = "image.organization_id, image.id, image.name, image.belongs_to, image.kind, \
    image.content_hash, image.size, image.width, image.height, image.created, image.created_by, \
    image.last_modified, image.last_modified_by, image.rev";

/// The organization's own pictures, by name.
pub static LIST: List = List {
    name: "image.list",
    from: "image",
    beside: None,
    alias: "image",
    columns: COLUMNS,
    condition: "",
    shared_too: false,
    types: &[],
    filters: &[Filter { name: "search", column: "image.name_norm", compare: Compare::Contains, index: "" }],
    sorts: &[Sort { name: "name", column: "image.name_norm", text: true, index: "image_by_name" }],
};

static INSERT: Statement = Statement::tenant(
    "image.insert",
    "INSERT INTO image (organization_id, id, name, name_norm, belongs_to, kind, content_hash, size, width, height,
                        created, created_by, last_modified, last_modified_by, rev, thumbnail, bytes)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
);

static REPLACE: Statement = Statement::tenant(
    "image.replace",
    "UPDATE image SET name = $3, name_norm = $4, belongs_to = $5, kind = $6, content_hash = $7, size = $8, width = $9,
                      height = $10, created = $11, created_by = $12, last_modified = $13, last_modified_by = $14,
                      rev = $15, thumbnail = $16, bytes = $17
     WHERE organization_id = $1 AND id = $2",
);

/// Pictures that the organization sees, its own first.
macro_rules! seen {
    ($condition:literal) => {
        concat!(
            "SELECT organization_id, id, name, belongs_to, kind, content_hash, size, width, height, created,
                    created_by, last_modified, last_modified_by, rev
             FROM image WHERE organization_id IN ($1, '000000000000000000000000') AND ",
            $condition,
            " ORDER BY organization_id DESC"
        )
    };
}

static FIND: Statement = Statement::tenant("image.find", seen!("id = $2"));
static NAMED: Statement = Statement::tenant("image.named", seen!("name_norm = $2"));
static OF_RECORD: Statement = Statement::tenant("image.of_record", seen!("belongs_to = $2"));

static CONTENT: Statement = Statement::tenant(
    "image.content",
    "SELECT bytes, thumbnail FROM image WHERE organization_id IN ($1, '000000000000000000000000') AND id = $2",
);

static DELETE: Statement =
    Statement::tenant("image.delete", "DELETE FROM image WHERE organization_id = $1 AND id = $2");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &REPLACE, &FIND, &NAMED, &OF_RECORD, &CONTENT, &DELETE];

/// One page of them.
pub fn list(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<ImageRow>> {
    LIST.fetch(tx, query, read)
}

/// Adds a picture of the organization's own.
pub fn insert(tx: &mut Tx<'_>, row: &ImageRow, content: &Content) -> Result<()> {
    write(tx, &INSERT, row, content)
}

/// Puts another picture in the place of an own one.
pub fn replace(tx: &mut Tx<'_>, row: &ImageRow, content: &Content) -> Result<()> {
    write(tx, &REPLACE, row, content)
}

fn write(tx: &mut Tx<'_>, statement: &'static Statement, row: &ImageRow, content: &Content) -> Result<()> {
    let stamp = &row.stamp;
    tx.execute_one(
        statement,
        params![
            row.id,
            row.name.as_str(),
            base::normalized(&row.name),
            row.belongs_to.as_deref(),
            row.kind.as_str(),
            row.content_hash.as_str(),
            row.size,
            row.width,
            row.height,
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
            content.thumbnail.as_slice(),
            content.bytes.as_slice(),
        ],
    )
}

/// The picture with this id, the organization's own or a shared one.
pub fn find(tx: &mut Tx<'_>, id: Id<Image>) -> Result<Option<ImageRow>> {
    first(tx, &FIND, &id.to_string())
}

/// The picture with this name: the organization's own before a shared one.
pub fn named(tx: &mut Tx<'_>, name: &str) -> Result<Option<ImageRow>> {
    first(tx, &NAMED, &base::normalized(name))
}

/// The picture that was brought for a record: the organization's own before a shared one.
pub fn of_record(tx: &mut Tx<'_>, record: &str) -> Result<Option<ImageRow>> {
    first(tx, &OF_RECORD, record)
}

fn first(tx: &mut Tx<'_>, statement: &'static Statement, value: &str) -> Result<Option<ImageRow>> {
    Ok(tx.fetch_all(statement, params![value], read)?.into_iter().next())
}

/// The bytes of a picture that the organization sees.
pub fn content(tx: &mut Tx<'_>, id: Id<Image>) -> Result<Option<Content>> {
    tx.fetch_optional(&CONTENT, params![id], |row| {
        Ok(Content { bytes: row.get("bytes")?, thumbnail: row.get("thumbnail")? })
    })
}

/// Removes a picture of the organization's own.
pub fn delete(tx: &mut Tx<'_>, id: Id<Image>) -> Result<()> {
    tx.execute_one(&DELETE, params![id])
}

fn read(row: &Row<'_>) -> Result<ImageRow> {
    Ok(ImageRow {
        owner: row.get("organization_id")?,
        id: row.get("id")?,
        name: row.get("name")?,
        belongs_to: row.get("belongs_to")?,
        kind: row.get("kind")?,
        content_hash: row.get("content_hash")?,
        size: row.get("size")?,
        width: row.get("width")?,
        height: row.get("height")?,
        stamp: Stamp::read(row)?,
    })
}
