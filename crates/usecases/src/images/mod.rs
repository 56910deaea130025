//! Pictures: brought, found by what they belong to, and removed.

mod bring;
mod fold;
mod of_record;
mod used;

use base::{Error, Id, Organization, Page, Result, Timestamp};
use database::{Tx, list::ListQuery};
use records::images::{self, ImageRow};
use serde::Serialize;

pub use drawing::picture::MOST_BYTES;

pub use bring::{Brought, NewImage, PreparedImage, bring, prepare};
pub(crate) use fold::{FOLD, FOLD_PAUSES, fold};
pub use of_record::{Shown, show};
pub use records::images::{Content, Image, LIST};
pub use used::refuse_used_by_others;

use crate::{
    Allowed, Stamp,
    access::{ReadImages, WriteImages},
    audit,
    catalogue::imports::refuse_at_work,
    check_rev,
};

/// What is known of a picture.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageDocument {
    /// Whose it is.
    #[serde(skip)]
    pub owner: Id<Organization>,
    /// Its id.
    #[serde(rename = "_id")]
    pub id: Id<Image>,
    /// Its name, by which parts name it.
    pub name: String,
    /// The record it was brought for.
    pub belongs_to: Option<String>,
    /// What it is made of.
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
    #[serde(flatten)]
    pub stamp: Stamp,
}

impl From<ImageRow> for ImageDocument {
    fn from(row: ImageRow) -> Self {
        let ImageRow { owner, id, name, belongs_to, kind, content_hash, size, width, height, stamp } = row;
        Self { owner, id, name, belongs_to, kind, content_hash, size, width, height, stamp }
    }
}

impl ImageDocument {
    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        drawing::picture::Kind::of_word(&self.kind)
            .map_or("application/octet-stream", |kind| kind.media_type())
    }

    /// When it was last changed.
    pub fn last_modified(&self) -> Timestamp {
        self.stamp.last_modified
    }
}

/// One page of the pictures of the organization's own.
pub fn list(tx: &mut Tx<'_>, _: &Allowed<ReadImages>, query: &ListQuery) -> Result<Page<ImageDocument>> {
    Ok(images::list(tx, query)?.map(ImageDocument::from))
}

/// Removes a picture of the organization's own that nothing uses.
pub fn delete(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteImages>,
    name: &str,
    rev: Option<i64>,
) -> Result<ImageDocument> {
    refuse_at_work(tx)?;
    let row = own(tx, caller, name)?;
    check_rev(rev, &row.stamp)?;
    used::refuse(tx, &row)?;
    images::delete(tx, row.id)?;
    let document = ImageDocument::from(row);
    audit::note(tx, caller, "delete", document.id, Some(&document), None)?;
    Ok(document)
}

/// The picture of the organization's own that is meant by its id, by the
/// record it was brought for, or by its name. A shared one is not its to change.
fn own(tx: &mut Tx<'_>, caller: &Allowed<WriteImages>, name: &str) -> Result<ImageRow> {
    let row = of_record::named(tx, caller, name)?.ok_or_else(Error::not_found::<Image>)?;
    if row.owner == caller.organization {
        return Ok(row);
    }
    Err(Error::Forbidden("The picture is of the shared catalogue, which its operator alone changes.".into()))
}
