use base::{Error, Id, Result};
use database::Tx;
use hose::fields::Field;
use records::catalogue::{Item, items::ItemRow, parts::PartSeen};
use serde_json::{Map, Value as Json};

use super::{
    Changes, PartDocument, by,
    create::{check, refuse, with_brand},
    crimp,
    document::rev,
    find::seen,
    imports,
    known::Known,
    said, stamp,
    store::{Step, store},
};
use crate::{Allowed, Caller, access::WriteItems, audit, documents};

/// A change of a part: fields as they came; absent leaves, null clears.
#[derive(Debug, Clone)]
pub struct PartChange {
    /// The fields of its type, and what the organization says of it.
    pub fields: Map<String, Json>,
    /// The revision the caller has seen.
    pub rev: Option<i64>,
}

/// Changes what an organization says of a part, and its own part itself.
pub fn update<N: Changes>(
    tx: &mut Tx<'_>,
    caller: &Allowed<N>,
    name: &str,
    change: &PartChange,
) -> Result<PartDocument> {
    let former = seen(tx, caller, Some(N::ITEM_TYPE), name)?;
    revise(tx, caller, former, change)
}

/// The same for an item of whatever type.
pub fn update_item(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteItems>,
    name: &str,
    change: &PartChange,
) -> Result<PartDocument> {
    let former = seen(tx, caller, None, name)?;
    revise(tx, caller, former, change)
}

fn revise(tx: &mut Tx<'_>, caller: &Caller, former: PartSeen, change: &PartChange) -> Result<PartDocument> {
    imports::refuse_at_work(tx)?;
    documents::check(change.rev, rev(&former))?;
    let now = revised(tx, caller, &former, &change.fields)?;
    let before = PartDocument::new(tx, caller, former)?;
    let document = PartDocument::new(tx, caller, now)?;
    audit::note(tx, caller, "update", document.id(), Some(&before.told()), Some(&document.told()))?;
    Ok(document)
}

/// Stores a part with a change of its fields.
pub(super) fn revised(
    tx: &mut Tx<'_>,
    caller: &Caller,
    former: &PartSeen,
    fields: &Map<String, Json>,
) -> Result<PartSeen> {
    let now = changed(tx, caller, &mut Known::default(), former, fields)?;
    let now = store(tx, Step { former: Some(former.clone()), now })?;
    crimp::revise_own(tx, caller, &now.row, fields)?;
    Ok(now)
}

/// A part with a change of its fields, not stored yet.
pub(super) fn changed(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    former: &PartSeen,
    fields: &Map<String, Json>,
) -> Result<PartSeen> {
    let mut now = former.clone();
    if former.row.owner == caller.organization {
        revise_own(tx, caller, known, &mut now, fields)?;
    } else {
        refuse_shared(former, fields)?;
    }
    say(tx, caller, known, &mut now, fields)?;
    Ok(now)
}

fn revise_own(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    now: &mut PartSeen,
    fields: &Map<String, Json>,
) -> Result<()> {
    let (part, problems) = now.row.part.clone().revised(fields);
    refuse(problems)?;
    if part == now.row.part {
        return Ok(());
    }
    check(&part)?;
    (now.row.part, now.row.brand) = with_brand(tx, caller, known, part)?;
    now.row.stamp = now.row.stamp.changed(tx.now(), by(caller));
    Ok(())
}

/// A shared part's data may be sent back as it was read, and no other.
pub(super) fn refuse_shared(former: &PartSeen, fields: &Map<String, Json>) -> Result<()> {
    let mut fields = fields.clone();
    fields.remove("imageName");
    let (part, problems) = former.row.part.clone().revised(&fields);
    let table = former.row.part.item_type().fields();
    let differs = |field: &&Field| part.values.get(field.name) != former.row.part.values.get(field.name);
    let mut changed: Vec<_> = table.iter().filter(differs).map(|field| field.name.to_owned()).collect();
    changed.extend(problems.into_iter().map(|problem| problem.path));
    if changed.is_empty() {
        return Ok(());
    }
    Err(Error::Forbidden(format!(
        "The part is of the shared catalogue, so this is not yours to change: {}.",
        changed.join(", ")
    )))
}

/// Puts into a part what a change says of it.
pub(super) fn say(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    seen: &mut PartSeen,
    fields: &Map<String, Json>,
) -> Result<()> {
    let is_shared = seen.row.owner != caller.organization;
    let image = fields.get("imageName").filter(|_| is_shared);
    if !said::is_said_in(fields) && image.is_none() {
        return Ok(());
    }
    let mut row = match &seen.said {
        Some(row) => ItemRow { stamp: row.stamp.changed(tx.now(), by(caller)), ..row.clone() },
        None => nothing_said(seen.row.id, seen.row.part.item_type().word(), stamp(tx, caller)),
    };
    said::revise(tx, caller, known, &mut row, fields)?;
    if let Some(image) = image {
        row.image_name = own_image(image, seen)?;
    }
    seen.said = Some(row);
    Ok(())
}

/// The picture that takes the place of a shared part's; none if it is the same.
fn own_image(image: &Json, seen: &PartSeen) -> Result<Option<String>> {
    let name = match image {
        Json::Null => return Ok(None),
        Json::String(name) => name,
        _ => return Err(Error::invalid("imageName", "must be a text")),
    };
    let line = base::Line::<200>::new(name).map_err(|wrong| Error::invalid("imageName", wrong))?;
    let is_same = seen.row.part.values.text("imageName") == Some(line.as_str());
    Ok((!is_same).then(|| line.as_str().to_owned()))
}

/// An item of which the organization has said nothing yet.
pub(super) fn nothing_said(id: Id<Item>, item_type: &str, stamp: records::Stamp) -> ItemRow {
    ItemRow {
        id,
        item_type: item_type.to_owned(),
        org_part_number: None,
        cost: None,
        cost_currency: None,
        list_price: None,
        list_price_currency: None,
        unit_of_measure: None,
        supplier: None,
        product_group: None,
        available: true,
        image_name: None,
        stamp,
    }
}
