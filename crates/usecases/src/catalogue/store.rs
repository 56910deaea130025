use std::collections::HashSet;

use base::{Error, Result};
use database::Tx;
use records::catalogue::{
    items,
    parts::{self, NumberKey, PartRow, PartSeen},
};

use super::{SHARED_CATALOGUE, create::a};

/// A part as it was, if it was there, and as it is to be.
#[derive(Debug)]
pub(super) struct Step {
    /// As it was.
    pub former: Option<PartSeen>,
    /// As it is to be.
    pub now: PartSeen,
}

/// Stores a part, unless another one of its brand has its number, however it is typed.
pub(super) fn store(tx: &mut Tx<'_>, step: Step) -> Result<PartSeen> {
    match store_all(tx, std::slice::from_ref(&step))? {
        None => Ok(step.now),
        Some((_, taken)) => Err(taken),
    }
}

/// Stores many parts; nothing where one of them must not have its number: then
/// answers the first of these, and why.
pub(super) fn store_all(tx: &mut Tx<'_>, steps: &[Step]) -> Result<Option<(usize, Error)>> {
    if let Some(refusal) = taken(tx, steps)? {
        return Ok(Some(refusal));
    }
    let changed = steps.iter().filter(|step| step.former.as_ref().is_none_or(|f| f.row != step.now.row));
    parts::set(tx, &changed.map(|step| &step.now.row).collect::<Vec<_>>())?;
    let said = steps.iter().filter(|step| step.former.as_ref().is_none_or(|f| f.said != step.now.said));
    items::set(tx, &said.filter_map(|step| step.now.said.as_ref()).collect::<Vec<_>>())?;
    Ok(None)
}

/// The first part whose number another one of its brand has, and why it may not.
pub(super) fn taken(tx: &mut Tx<'_>, steps: &[Step]) -> Result<Option<(usize, Error)>> {
    let renumbered = |step: &&Step| step.former.as_ref().is_none_or(|f| key(&f.row) != key(&step.now.row));
    let keys: Vec<NumberKey> = steps.iter().filter(renumbered).map(|step| key(&step.now.row)).collect();
    if keys.is_empty() {
        return Ok(None);
    }
    let found = parts::with_numbers(tx, keys.iter())?;
    let mut met = HashSet::new();
    for (n, step) in steps.iter().enumerate().filter(|(_, step)| renumbered(step)) {
        let key = key(&step.now.row);
        let other = found.get(&key).filter(|other| other.row.id != step.now.row.id);
        if let Some(other) = other {
            return Ok(Some((n, refusal(&other.row))));
        }
        if !met.insert(key) {
            return Ok(Some((n, refusal(&step.now.row))));
        }
    }
    Ok(None)
}

/// What no two parts have in common.
fn key(row: &PartRow) -> NumberKey {
    (row.brand, row.part.item_type(), row.part.part_norm())
}

fn refusal(other: &PartRow) -> Error {
    let shared = if other.owner == SHARED_CATALOGUE { " in the shared catalogue" } else { "" };
    Error::conflict(format!(
        "There is {} {}{}{shared} already: {}.",
        a(other.part.item_type()),
        other.part.part_number(),
        other.part.brand().map(|brand| format!(" of {brand}")).unwrap_or_default(),
        other.id,
    ))
}
