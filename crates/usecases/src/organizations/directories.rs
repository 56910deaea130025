//! Product groups, suppliers and locations.

use std::collections::BTreeMap;

use base::{Error, FieldError, Id, Line, Patch, Result};
use database::Tx;
use records::{
    Stamp,
    directories::{self, EntryRow},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use records::directories::{Directory, Location, ProductGroup, Supplier};

use crate::{
    Allowed,
    access::{ReadOrganization, WriteOrganization},
    audit,
};

/// The form that is stored now.
const VERSION: u32 = 1;

/// What there is to say of an entry beside its name: texts, by the name of the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    version: u32,
    /// What is said.
    #[serde(flatten)]
    pub texts: BTreeMap<String, String>,
}

/// An entry as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<K> {
    /// The row.
    pub row: EntryRow<K>,
    /// Its details, read.
    pub details: Details,
}

/// An entry to be made, changed or deleted.
#[derive(Debug, Clone, Default)]
pub struct EntrySetting {
    /// Which, by its id; a new one is made where none is named.
    pub id: Option<String>,
    /// Its name; a new one needs one.
    pub name: Option<Line<100>>,
    /// What is said of it.
    pub texts: BTreeMap<&'static str, Patch<String>>,
    /// Whether it goes away.
    pub deleted: bool,
}

/// Every entry of a kind, by name.
pub fn list<K: Directory>(tx: &mut Tx<'_>, _caller: &Allowed<ReadOrganization>) -> Result<Vec<Entry<K>>> {
    directories::all(tx)?.into_iter().map(entry).collect()
}

/// Makes, changes and deletes entries, all of them or none. `path` answers
/// where the field of an entry stands in what was sent.
pub fn set<K: Directory>(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteOrganization>,
    settings: &[EntrySetting],
    path: impl Fn(usize, &str) -> String,
) -> Result<Vec<Entry<K>>> {
    let mut entries = Vec::with_capacity(settings.len());
    let mut wrong: Vec<FieldError> = Vec::new();
    for (n, setting) in settings.iter().enumerate() {
        match set_one(tx, caller, setting, |field| path(n, field)) {
            Ok(entry) => entries.push(entry),
            Err(Error::Invalid(fields)) => wrong.extend(fields),
            Err(other) => return Err(other),
        }
    }
    if wrong.is_empty() { Ok(entries) } else { Err(Error::Invalid(wrong)) }
}

fn set_one<K: Directory>(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteOrganization>,
    setting: &EntrySetting,
    path: impl Fn(&str) -> String,
) -> Result<Entry<K>> {
    let former = match &setting.id {
        Some(id) => Some(known(tx, id)?.ok_or_else(|| {
            Error::invalid(path("_id"), format!("is not a {} of this organization", K::NAME))
        })?),
        None => None,
    };
    let (now, by) = (tx.now(), caller.subject.to_string());
    let name = setting.name.as_ref().map(Line::to_string);
    let name = name.or_else(|| former.as_ref().map(|row| row.name.clone()));
    let name = name.ok_or_else(|| Error::invalid(path("name"), "is required"))?;
    let id = former.as_ref().map_or_else(|| tx.new_id(), |row| row.id);
    let other = directories::with_name::<K>(tx, &name)?.filter(|other| other.id != id);
    if other.is_some() && !setting.deleted {
        return Err(Error::invalid(path("name"), format!("is the name of another {}", K::NAME)));
    }
    let mut details = match &former {
        Some(row) => read(&row.details)?,
        None => Details { version: VERSION, texts: BTreeMap::new() },
    };
    for (field, text) in &setting.texts {
        match text {
            Patch::Leave => {}
            Patch::Clear => drop(details.texts.remove(*field)),
            Patch::Set(text) => drop(details.texts.insert((*field).to_owned(), text.clone())),
        }
    }
    let row = EntryRow {
        id,
        name,
        details: serde_json::to_string(&details).map_err(|error| Error::internal("details", error))?,
        deleted: setting.deleted.then_some(now),
        deleted_by: setting.deleted.then(|| by.clone()),
        stamp: match &former {
            Some(row) => row.stamp.changed(now, by),
            None => Stamp::new(now, by),
        },
    };
    let action = match (&former, setting.deleted) {
        (None, _) => "create",
        (Some(_), false) => "update",
        (Some(_), true) => "delete",
    };
    match &former {
        Some(_) => directories::update(tx, &row)?,
        None => directories::insert(tx, &row)?,
    }
    let told = |row: &EntryRow<K>, details: &Details| json!({ "name": row.name, "details": details.texts });
    let before = match &former {
        Some(row) => Some(told(row, &read(&row.details)?)),
        None => None,
    };
    audit::note(tx, caller, action, row.id, before.as_ref(), Some(&told(&row, &details)))?;
    Ok(Entry { row, details })
}

fn known<K: Directory>(tx: &mut Tx<'_>, id: &str) -> Result<Option<EntryRow<K>>> {
    match id.parse::<Id<K>>() {
        Ok(id) => directories::find(tx, id),
        Err(_) => Ok(None),
    }
}

fn entry<K>(row: EntryRow<K>) -> Result<Entry<K>> {
    Ok(Entry { details: read(&row.details)?, row })
}

fn read(details: &str) -> Result<Details> {
    serde_json::from_str(details).map_err(|error| Error::internal("stored details", error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_is_the_golden_one() {
        const STORED: &str = r#"{"version":1,"city":"Oslo","phoneNumber":"1"}"#;
        let texts = [("city", "Oslo"), ("phoneNumber", "1")];
        let texts = texts.map(|(field, text)| (field.to_owned(), text.to_owned())).into();
        let details = Details { version: 1, texts };
        assert_eq!(serde_json::to_string(&details).unwrap(), STORED);
        assert_eq!(read(STORED).unwrap(), details);
    }
}
