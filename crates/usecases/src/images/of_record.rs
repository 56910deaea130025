//! Which picture is that of a record.

use base::{Error, Result};
use database::Tx;
use records::{
    catalogue::parts::{self, PartSeen},
    images::{self, Content, Image, ImageRow},
};

use super::ImageDocument;
use crate::{Allowed, Caller, access::ReadImages, catalogue::brands::Brands, organizations};

/// A picture to be shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// What is known of it.
    pub image: ImageDocument,
    /// Its bytes; `None` for a caller who has them.
    pub content: Option<Content>,
}

/// The picture of what is named: of a record, or of the library by id or name.
/// Its bytes are read unless `has` says that the caller has this content.
pub fn show(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadImages>,
    name: &str,
    has: impl Fn(&str) -> bool,
) -> Result<Shown> {
    let row = named(tx, caller, name)?.ok_or_else(Error::not_found::<Image>)?;
    let content = if has(&row.content_hash) { None } else { images::content(tx, row.id)? };
    Ok(Shown { image: row.into(), content })
}

/// The picture that was brought for this record, or that the record names, or
/// that has this id or this name.
pub(super) fn named(tx: &mut Tx<'_>, caller: &Caller, name: &str) -> Result<Option<ImageRow>> {
    if let Some(row) = images::of_record(tx, name)? {
        return Ok(Some(row));
    }
    if let Some(image) = Record::find(tx, caller, name)?.and_then(|record| record.image)
        && let Some(row) = images::named(tx, &image)?
    {
        return Ok(Some(row));
    }
    if let Ok(id) = name.parse()
        && let Some(row) = images::find(tx, id)?
    {
        return Ok(Some(row));
    }
    images::named(tx, name)
}

/// What may have a picture: the caller's organization, a part, a brand.
struct Record {
    /// The name of the picture that it names.
    image: Option<String>,
}

impl Record {
    /// The record with this id, as far as the caller's organization sees it.
    fn find(tx: &mut Tx<'_>, caller: &Caller, name: &str) -> Result<Option<Self>> {
        if name == caller.organization.to_string() {
            return Ok(Some(Self { image: organizations::settings(tx)?.logo_image_name }));
        }
        if let Ok(id) = name.parse()
            && let Some(PartSeen { row, said }) = parts::find(tx, id)?
        {
            // What the organization says stands before what the maker says.
            let said = said.and_then(|said| said.image_name);
            return Ok(Some(Self {
                image: said.or_else(|| row.part.values.text("imageName").map(Into::into)),
            }));
        }
        let Ok(id) = name.parse() else { return Ok(None) };
        let brands = Brands::load(tx)?;
        Ok(brands.with_id(id).map(|brand| Self { image: brand.row.image_name.clone() }))
    }
}

/// Refuses what is no record that may have a picture of its own.
pub(super) fn check(tx: &mut Tx<'_>, caller: &Caller, record: &str) -> Result<()> {
    match Record::find(tx, caller, record)? {
        Some(_) => Ok(()),
        None => Err(Error::NotFound("There is no such record that could have a picture.".into())),
    }
}
