use std::sync::Arc;

use base::{Error, Line, Result, hex};
use database::Tx;
use drawing::picture::Picture;
use records::{
    Stamp,
    images::{self, Content, ImageRow},
};
use sha2::{Digest, Sha256};

use super::{ImageDocument, of_record};
use crate::{Allowed, access::WriteImages, audit, catalogue::imports::refuse_at_work};

/// A picture that was read and written anew, before any unit of work.
#[derive(Debug, Clone)]
pub struct PreparedImage {
    kind: &'static str,
    width: u32,
    height: u32,
    size: u32,
    content_hash: String,
    content: Arc<Content>,
}

/// Reads what somebody brings, within limits of size and memory. It takes its
/// time: on a thread that may block, and only so many at once.
pub fn prepare(bytes: &[u8]) -> Result<PreparedImage> {
    let picture = Picture::read(bytes).map_err(|refused| Error::invalid("file", refused))?;
    let Picture { kind, bytes, width, height, thumbnail } = picture;
    Ok(PreparedImage {
        kind: kind.word(),
        width,
        height,
        size: u32::try_from(bytes.len()).map_err(|error| Error::internal("the size of a picture", error))?,
        content_hash: hex::encode(&Sha256::digest(&bytes)),
        content: Arc::new(Content { bytes, thumbnail }),
    })
}

/// A picture to be kept.
#[derive(Debug, Clone)]
pub struct NewImage {
    /// Its name; that of its record where none is given.
    pub name: Option<Line<200>>,
    /// The record it is brought for, by its id; `None` puts it into the library alone.
    pub belongs_to: Option<String>,
    /// The picture itself.
    pub picture: PreparedImage,
}

/// What became of a picture that was brought.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The picture.
    pub image: ImageDocument,
    /// Whether it is a new one, or stands in the place of another.
    pub new: bool,
}

/// Keeps a picture. One of the same name, or of the same record, gives way to it.
pub fn bring(tx: &mut Tx<'_>, caller: &Allowed<WriteImages>, new: &NewImage) -> Result<Brought> {
    refuse_at_work(tx)?;
    let record = new.belongs_to.clone();
    if let Some(record) = &record {
        of_record::check(tx, caller, record)?;
    }
    let is_own = |row: &ImageRow| row.owner == caller.organization;
    let former = match &record {
        Some(record) => images::of_record(tx, record)?.filter(is_own),
        None => None,
    };
    let name = match (&new.name, &former, &record) {
        (Some(name), _, _) => name.to_string(),
        (None, Some(former), _) => former.name.clone(),
        (None, None, Some(record)) => record.clone(),
        (None, None, None) => return Err(Error::invalid("name", "is required")),
    };
    let namesake = images::named(tx, &name)?.filter(is_own);
    match (former, namesake) {
        (Some(former), Some(other)) if other.id != former.id => Err(taken(&other)),
        (None, Some(other)) if record.is_some() && other.belongs_to != record => Err(taken(&other)),
        (Some(former), _) => replace(tx, caller, former, name, &new.picture),
        (None, Some(namesake)) => replace(tx, caller, namesake, name, &new.picture),
        (None, None) => add(tx, caller, name, record, &new.picture),
    }
}

fn taken(other: &ImageRow) -> Error {
    Error::conflict(format!("There is a picture {:?} already: {}.", other.name, other.id))
}

fn add(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteImages>,
    name: String,
    belongs_to: Option<String>,
    picture: &PreparedImage,
) -> Result<Brought> {
    let row = ImageRow {
        owner: caller.organization,
        id: tx.new_id(),
        name,
        belongs_to,
        kind: picture.kind.to_owned(),
        content_hash: picture.content_hash.clone(),
        size: picture.size,
        width: picture.width,
        height: picture.height,
        stamp: Stamp::new(tx.now(), caller.subject.to_string()),
    };
    images::insert(tx, &row, &picture.content)?;
    let image = ImageDocument::from(row);
    audit::note(tx, caller, "create", image.id, None, Some(&image))?;
    Ok(Brought { image, new: true })
}

fn replace(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteImages>,
    former: ImageRow,
    name: String,
    picture: &PreparedImage,
) -> Result<Brought> {
    let row = ImageRow {
        name,
        kind: picture.kind.to_owned(),
        content_hash: picture.content_hash.clone(),
        size: picture.size,
        width: picture.width,
        height: picture.height,
        stamp: former.stamp.changed(tx.now(), caller.subject.to_string()),
        ..former.clone()
    };
    images::replace(tx, &row, &picture.content)?;
    let (before, image) = (ImageDocument::from(former), ImageDocument::from(row));
    audit::note(tx, caller, "update", image.id, Some(&before), Some(&image))?;
    Ok(Brought { image, new: false })
}
