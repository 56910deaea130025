use std::collections::HashSet;

use base::{Error, Result};
use database::Tx;
use records::catalogue::{
    items::{self, StoredItem},
    parts::{self, NumberKey, PartRow, PartSeen, StoredPart},
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

/// A step with the rows it writes: they are made before anybody has to wait for it.
#[derive(Debug)]
pub(super) struct Ready {
    pub step: Step,
    part: Option<StoredPart>,
    said: Option<StoredItem>,
}

impl From<Step> for Ready {
    fn from(step: Step) -> Self {
        let (former, now) = (step.former.as_ref(), &step.now);
        let part = former.is_none_or(|former| former.row != now.row);
        let part = part.then(|| StoredPart::from(&now.row).known_new(former.is_none()));
        let said_before = former.and_then(|former| former.said.as_ref());
        let said = now.said.as_ref().filter(|said| said_before != Some(said));
        let said = said.map(|said| StoredItem::from(said).known_new(said_before.is_none()));
        Self { step, part, said }
    }
}

/// Stores a part, unless another one of its brand has its number, however it is typed.
pub(super) fn store(tx: &mut Tx<'_>, step: Step) -> Result<PartSeen> {
    let ready = Ready::from(step);
    match store_all(tx, &[&ready])? {
        None => Ok(ready.step.now),
        Some((_, taken)) => Err(taken),
    }
}

/// Stores many parts; nothing where one of them must not have its number: then
/// answers the first of these, and why.
pub(super) fn store_all(tx: &mut Tx<'_>, all: &[&Ready]) -> Result<Option<(usize, Error)>> {
    let taken = taken(tx, all.iter().map(|ready| &ready.step))?;
    if taken.is_none() {
        write_all(tx, all)?;
    }
    Ok(taken)
}

/// Stores many parts that may have their numbers.
pub(super) fn write_all(tx: &mut Tx<'_>, all: &[&Ready]) -> Result<()> {
    parts::set(tx, &all.iter().filter_map(|ready| ready.part.as_ref()).collect::<Vec<_>>())?;
    items::set(tx, &all.iter().filter_map(|ready| ready.said.as_ref()).collect::<Vec<_>>())
}

/// The first part whose number another one of its brand has, and why it may not.
pub(super) fn taken<'a>(
    tx: &mut Tx<'_>,
    steps: impl Iterator<Item = &'a Step>,
) -> Result<Option<(usize, Error)>> {
    let renumbered = |step: &Step| step.former.as_ref().is_none_or(|f| key(&f.row) != key(&step.now.row));
    let steps: Vec<_> = steps.enumerate().filter(|(_, step)| renumbered(step)).collect();
    let keys: Vec<NumberKey> = steps.iter().map(|(_, step)| key(&step.now.row)).collect();
    if keys.is_empty() {
        return Ok(None);
    }
    let found = parts::with_numbers(tx, keys.iter())?;
    let mut met = HashSet::new();
    for ((n, step), key) in steps.into_iter().zip(keys) {
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
