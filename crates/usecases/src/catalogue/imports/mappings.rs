use base::{Error, Id, Line, Result};
use database::Tx;
use records::{
    Stamp,
    catalogue::mappings::{self, Mapping as Stored, MappingRow},
};
use serde_json::json;

use super::Mapping;
use crate::{
    Allowed,
    access::{ReadComponents, WriteComponents},
    audit,
    catalogue::{by, sheets::Kind, stamp},
};

/// A mapping to be stored under a name.
#[derive(Debug, Clone)]
pub struct NewMapping {
    /// Its name, such as that of the supplier.
    pub name: Line<100>,
    /// What the sheets hold that do not say it by their names.
    pub kind: Option<Kind>,
    /// The field that each header stands for.
    pub headers: Mapping,
}

/// A mapping as it is stored.
#[derive(Debug, Clone)]
pub struct StoredMapping {
    /// Its id.
    pub id: Id<Stored>,
    /// Its name.
    pub name: String,
    /// What the sheets hold that do not say it by their names.
    pub kind: Option<Kind>,
    /// The field that each header stands for.
    pub headers: Mapping,
    /// Who made and changed it.
    pub stamp: Stamp,
}

/// Every mapping, by name.
pub fn mappings(tx: &mut Tx<'_>, _: &Allowed<ReadComponents>) -> Result<Vec<StoredMapping>> {
    mappings::all(tx)?.into_iter().map(read).collect()
}

/// The mapping with this name, for an import that names it.
pub fn named_mapping(tx: &mut Tx<'_>, name: &str) -> Result<StoredMapping> {
    let found = mappings::named(tx, name)?;
    found.map_or_else(|| Err(Error::invalid("mapping", "names no stored mapping")), read)
}

/// Stores a mapping; one of the same name, in any case, is replaced.
pub fn set_mapping(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteComponents>,
    new: &NewMapping,
) -> Result<StoredMapping> {
    let former = mappings::named(tx, new.name.as_str())?.map(read).transpose()?;
    let stored = StoredMapping {
        id: former.as_ref().map_or_else(|| tx.new_id(), |former| former.id),
        name: new.name.to_string(),
        kind: new.kind,
        headers: new.headers.clone(),
        stamp: match &former {
            Some(former) => former.stamp.changed(tx.now(), by(caller)),
            None => stamp(tx, caller),
        },
    };
    let row = MappingRow {
        id: stored.id,
        name: stored.name.clone(),
        kind: stored.kind.map(|kind| kind.word().to_owned()),
        headers: serde_json::to_string(&stored.headers)
            .map_err(|error| Error::internal("a mapping", error))?,
        stamp: stored.stamp.clone(),
    };
    mappings::set(tx, &row)?;
    let action = if former.is_some() { "update" } else { "create" };
    audit::note(tx, caller, action, row.id, former.as_ref().map(told).as_ref(), Some(&told(&stored)))?;
    Ok(stored)
}

/// Forgets a mapping, named by its id or its name.
pub fn delete_mapping(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteComponents>,
    name: &str,
) -> Result<StoredMapping> {
    let is_meant = |row: &MappingRow| {
        row.id.to_string() == name || base::normalized(&row.name) == base::normalized(name)
    };
    let found = mappings::all(tx)?.into_iter().find(is_meant).ok_or_else(Error::not_found::<Stored>)?;
    let stored = read(found)?;
    mappings::delete(tx, stored.id)?;
    audit::note(tx, caller, "delete", stored.id, Some(&told(&stored)), None)?;
    Ok(stored)
}

fn read(row: MappingRow) -> Result<StoredMapping> {
    Ok(StoredMapping {
        id: row.id,
        name: row.name,
        kind: row.kind.and_then(|word| word.parse().ok()),
        headers: serde_json::from_str(&row.headers)
            .map_err(|error| Error::internal("a stored mapping", error))?,
        stamp: row.stamp,
    })
}

/// What the audit record and the webhooks are told.
fn told(stored: &StoredMapping) -> serde_json::Value {
    json!({
        "name": stored.name, "componentType": stored.kind.map(Kind::word), "headers": stored.headers,
    })
}
