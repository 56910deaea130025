//! Which picture is that of a record.

use base::{Error, Result};
use database::Tx;
use records::images::{self, Content, Image, ImageRow};

use super::ImageDocument;
use crate::{Allowed, Caller, access::ReadImages, organizations};

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
    let logo = logo(tx, caller, name)?;
    let row = match logo {
        Some(row) => Some(row),
        None => named(tx, name)?,
    };
    let row = row.ok_or_else(Error::not_found::<Image>)?;
    let content = if has(&row.content_hash) { None } else { images::content(tx, row.id)? };
    Ok(Shown { image: row.into(), content })
}

/// The picture that was brought for this record, or that has this id or this name.
pub(super) fn named(tx: &mut Tx<'_>, name: &str) -> Result<Option<ImageRow>> {
    if let Some(row) = images::of_record(tx, name)? {
        return Ok(Some(row));
    }
    if let Ok(id) = name.parse()
        && let Some(row) = images::find(tx, id)?
    {
        return Ok(Some(row));
    }
    images::named(tx, name)
}

/// The logo of the caller's organization, if that is what is named: the
/// picture that was brought for it, else the one that its settings name.
fn logo(tx: &mut Tx<'_>, caller: &Caller, name: &str) -> Result<Option<ImageRow>> {
    if name != caller.organization.to_string() {
        return Ok(None);
    }
    if let Some(row) = images::of_record(tx, name)? {
        return Ok(Some(row));
    }
    match organizations::settings(tx)?.logo_image_name {
        Some(logo) => images::named(tx, &logo),
        None => Ok(None),
    }
}

/// The id of a record that may have a picture of its own.
pub(super) fn checked(_tx: &mut Tx<'_>, caller: &Caller, record: &str) -> Result<String> {
    if record == caller.organization.to_string() {
        return Ok(record.to_owned());
    }
    Err(Error::NotFound("There is no such record that could have a picture.".into()))
}
