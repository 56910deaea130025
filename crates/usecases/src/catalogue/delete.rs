use base::{Error, Result};
use database::Tx;
use hose::ItemType;
use records::catalogue::{
    crimp_specs,
    parts::{self, PartRow, PartSeen, Status, StoredPart},
};

use super::{Changes, PartDocument, by, create::a, document::rev, find::seen, imports};
use crate::{Allowed, Caller, audit, documents};

/// The most places of use that a refusal names.
const MOST_NAMED: u32 = 10;

/// Deletes a part of the organization's own that nothing uses.
pub fn delete<N: Changes>(
    tx: &mut Tx<'_>,
    caller: &Allowed<N>,
    name: &str,
    expected: Option<i64>,
) -> Result<PartDocument> {
    imports::refuse_at_work(tx)?;
    let former = seen(tx, caller, Some(N::ITEM_TYPE), name)?;
    documents::check(expected, rev(&former))?;
    gone(tx, caller, &former)?;
    let document = PartDocument::new(tx, caller, former)?;
    audit::note(tx, caller, "delete", document.id(), Some(&document.told()), None)?;
    Ok(document)
}

/// Stores that a part is gone; refuses where it is used.
pub(super) fn gone(tx: &mut Tx<'_>, caller: &Caller, former: &PartSeen) -> Result<()> {
    if former.row.owner != caller.organization {
        return Err(Error::Forbidden(
            "The part is of the shared catalogue: say that it is not available instead.".into(),
        ));
    }
    let uses = uses(tx, &former.row)?;
    if !uses.is_empty() {
        let what = a(former.row.part.item_type());
        return Err(Error::conflict(format!("This is {what} in use: {}.", uses.join("; "))));
    }
    forget_crimp_data(tx, caller, &former.row)?;
    parts::set(tx, &[StoredPart::from(&deleted(tx, caller, &former.row))])
}

/// A hose takes the organization's own crimp data with it; that of the shared catalogue is not its to delete.
pub(super) fn forget_crimp_data(tx: &mut Tx<'_>, caller: &Caller, row: &PartRow) -> Result<()> {
    if row.part.item_type() == ItemType::Hose {
        for spec in crimp_specs::of_hose(tx, row.id)?.iter().filter(|spec| spec.owner == caller.organization)
        {
            crimp_specs::delete(tx, spec.id)?;
        }
    }
    Ok(())
}

/// A part that is gone, not stored yet.
pub(super) fn deleted(tx: &Tx<'_>, caller: &Caller, row: &PartRow) -> PartRow {
    let now = tx.now();
    PartRow {
        status: Status::Deleted,
        deleted: Some((now, by(caller))),
        stamp: row.stamp.changed(now, by(caller)),
        ..row.clone()
    }
}

/// Where a part is used, in words.
fn uses(tx: &mut Tx<'_>, row: &PartRow) -> Result<Vec<String>> {
    let part = &row.part;
    if part.item_type() != ItemType::Ferrule {
        return Ok(Vec::new());
    }
    let named =
        crimp_specs::of_ferrule(tx, part.brand().unwrap_or_default(), part.part_number(), MOST_NAMED)?;
    let mut words = Vec::new();
    for spec in named {
        let hose = parts::find(tx, spec.hose)?.map(|hose| hose.row.part.part_number().to_owned());
        let hose = hose.unwrap_or_else(|| spec.hose.to_string());
        words.push(format!("crimp data of the hose {hose} ({})", spec.id));
    }
    Ok(words)
}
