//! Which file of a workbook is which, and which of them should not be there.

use std::io::{Read, Seek};

use quick_xml::events::Event;

use super::archive::Archive;
use super::strings::Strings;
use super::styles::Styles;
use super::xml::{Xml, attribute};
use crate::{Refusal, limits};

/// What is needed to read the sheets of a workbook.
pub struct Package {
    pub sheets: Vec<SheetEntry>,
    pub strings: Strings,
    pub styles: Styles,
}

/// A sheet, and the entry of the archive that holds it.
pub struct SheetEntry {
    pub name: String,
    pub entry: usize,
}

/// A file that another one names.
struct Related {
    id: String,
    /// The last word of its type, such as `worksheet`.
    kind: String,
    target: String,
}

impl Package {
    pub fn open<R: Read + Seek + Send>(archive: &mut Archive<R>) -> Result<Self, Refusal> {
        refuse_company(archive)?;
        refuse_macro_types(archive)?;
        let of_all = related(archive, "")?;
        let book = of_all.iter().find(|related| related.kind == "officeDocument");
        let book = book.and_then(|book| archive.find(&book.target)).ok_or(Refusal::NotAWorkbook)?;
        let name = archive.entries()[book].name.clone();
        let of_book = related(archive, &name)?;
        let entry = |archive: &Archive<R>, kind: &str| {
            of_book
                .iter()
                .find(|related| related.kind == kind)
                .and_then(|related| archive.find(&related.target))
        };
        let strings = match entry(archive, "sharedStrings") {
            Some(entry) => Strings::read(Xml::new(archive.read(entry)?))?,
            None => Strings::default(),
        };
        let styles = match entry(archive, "styles") {
            Some(entry) => Styles::read(Xml::new(archive.read(entry)?))?,
            None => Styles::default(),
        };
        let named = named_sheets(Xml::new(archive.read(book)?))?;
        let mut sheets = Vec::new();
        for (name, id) in named {
            let Some(related) = of_book.iter().find(|related| related.id == id) else {
                return Err(Refusal::Archive("a sheet in it is missing"));
            };
            // Charts on sheets of their own have no cells.
            if related.kind == "worksheet" {
                let entry =
                    archive.find(&related.target).ok_or(Refusal::Archive("a sheet in it is missing"))?;
                sheets.push(SheetEntry { name, entry });
            }
        }
        Ok(Self { sheets, strings, styles })
    }
}

/// Refuses what can run, or draws from elsewhere.
fn refuse_company<R>(archive: &Archive<R>) -> Result<(), Refusal> {
    for entry in archive.entries() {
        let name = entry.name.to_ascii_lowercase();
        let has = |part: &str| name.contains(part);
        if has("vbaproject") || has("vbadata") || has("macrosheets/") || has("dialogsheets/") {
            return Err(Refusal::Macros);
        }
        if has("externallinks/") || name.ends_with("/connections.xml") || has("querytables/") {
            return Err(Refusal::ExternalLinks);
        }
        if has("embeddings/") || has("activex/") || has("ctrlprops/") {
            return Err(Refusal::EmbeddedObjects);
        }
        if has("encryptedpackage") {
            return Err(Refusal::EntryEncrypted(entry.name.clone()));
        }
    }
    Ok(())
}

/// Refuses a workbook that says it may have macros (`.xlsm`), and what is no workbook at all.
fn refuse_macro_types<R: Read + Seek + Send>(archive: &mut Archive<R>) -> Result<(), Refusal> {
    let entry = archive.find("[Content_Types].xml").ok_or(Refusal::NotAWorkbook)?;
    let mut xml = Xml::new(archive.read(entry)?);
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) => {
                let kind = attribute(&element, "ContentType").unwrap_or_default().to_ascii_lowercase();
                if kind.contains("macroenabled") || kind.contains("vbaproject") {
                    return Err(Refusal::Macros);
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The files that the one of this name names; those of the whole archive for no name.
fn related<R: Read + Seek + Send>(archive: &mut Archive<R>, name: &str) -> Result<Vec<Related>, Refusal> {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let slash = if folder.is_empty() { "" } else { "/" };
    let entry = archive.find(&format!("{folder}{slash}_rels/{file}.rels")).ok_or(Refusal::NotAWorkbook)?;
    let mut xml = Xml::new(archive.read(entry)?);
    let mut all = Vec::new();
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element)
                if element.local_name().into_inner() == "Relationship" =>
            {
                let text = |name| attribute(&element, name).unwrap_or_default().into_owned();
                let kind = text("Type");
                all.push(Related {
                    id: text("Id"),
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    target: resolved(folder, &text("Target")),
                });
                // One for each sheet, and some more.
                if all.len() > limits::ENTRIES {
                    return Err(Refusal::TooManyEntries);
                }
            }
            Event::Eof => return Ok(all),
            _ => {}
        }
    }
}

/// A target as a name in the archive: it is written from the folder of the file that names it, or from the root.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(rooted) = target.strip_prefix('/') {
        return rooted.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The names of the sheets that are not hidden, and by which id each is to be found.
fn named_sheets(mut xml: Xml<'_>) -> Result<Vec<(String, String)>, Refusal> {
    let mut sheets = Vec::new();
    let mut count = 0;
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) if element.local_name().into_inner() == "sheet" => {
                count += 1;
                if count > limits::SHEETS {
                    return Err(Refusal::TooManySheets);
                }
                let state = attribute(&element, "state");
                // The attribute `r:id`, whose local name no other of them has.
                let (name, id) = (attribute(&element, "name"), attribute(&element, "id"));
                if let (Some(name), Some(id), None | Some("visible")) = (name, id, state.as_deref()) {
                    sheets.push((name.into_owned(), id.into_owned()));
                }
            }
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}
