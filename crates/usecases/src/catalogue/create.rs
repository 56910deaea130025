use base::{Error, FieldError, Id, Result};
use database::Tx;
use hose::{
    ItemType, Part,
    fields::{Field, Problem, Value},
};
use keys::{Permission, Resource};
use records::catalogue::parts::{self, PartRow, PartSeen, Status};
use serde_json::{Map, Value as Json};

use super::{
    Brand, Changes, PartDocument, change, crimp, imports,
    known::Known,
    stamp,
    store::{Step, store},
};
use crate::{Allowed, Caller, audit};

/// A part to be added: its fields as they came.
#[derive(Debug, Clone)]
pub struct NewPart {
    /// The fields of its type, and what the organization says of it.
    pub fields: Map<String, Json>,
    /// A part of the same type whose values stand where the fields say nothing.
    pub like: Option<String>,
}

/// Adds a part of the organization's own. Where the organization wants new
/// parts approved, one that is added by somebody else waits for it.
pub fn create<N: Changes>(tx: &mut Tx<'_>, caller: &Allowed<N>, new: &NewPart) -> Result<PartDocument> {
    imports::refuse_at_work(tx)?;
    let seen = made(tx, caller, N::ITEM_TYPE, new)?;
    let document = PartDocument::new(tx, caller, seen)?;
    audit::note(tx, caller, "create", document.id(), None, Some(&document.told()))?;
    Ok(document)
}

/// Stores a new part.
fn made(tx: &mut Tx<'_>, caller: &Caller, item_type: ItemType, new: &NewPart) -> Result<PartSeen> {
    let first = first(tx, item_type, new)?;
    let now = fresh(tx, caller, &mut Known::default(), first, &new.fields)?;
    let seen = store(tx, Step { former: None, now })?;
    crimp::revise_own(tx, caller, &seen.row, &new.fields)?;
    Ok(seen)
}

/// A new part, not stored yet, of what it begins with and its fields.
pub(super) fn fresh(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    first: Part,
    fields: &Map<String, Json>,
) -> Result<PartSeen> {
    let (part, problems) = first.revised(fields);
    refuse(problems)?;
    check(&part)?;
    let (part, brand) = with_brand(tx, caller, known, part)?;
    let (status, status_reason) = first_status(tx, caller, known)?;
    let row = PartRow {
        owner: caller.organization,
        id: tx.new_id(),
        part,
        brand,
        status,
        status_reason,
        deleted: None,
        stamp: stamp(tx, caller),
    };
    let mut seen = PartSeen { row, said: None };
    change::say(tx, caller, known, &mut seen, fields)?;
    Ok(seen)
}

/// What a new part begins with: nothing, or the values of another.
fn first(tx: &mut Tx<'_>, item_type: ItemType, new: &NewPart) -> Result<Part> {
    let Some(like) = &new.like else { return Ok(Part::new(item_type)) };
    let found = match like.parse() {
        Ok(id) => parts::find(tx, id)?,
        Err(_) => None,
    };
    let found = found.filter(|seen| seen.row.part.item_type() == item_type);
    let message = || format!("is not the id of {} that can be seen", a(item_type));
    found.map(|seen| seen.row.part).ok_or_else(|| Error::invalid("itemId", message()))
}

/// What a type is called after an article.
pub(super) fn a(item_type: ItemType) -> String {
    let what = item_type.what();
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {what}")
}

/// The part with the name of its brand as the brand itself has it, and that brand; a new name makes a new one.
pub(super) fn with_brand(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    mut part: Part,
) -> Result<(Part, Option<Id<Brand>>)> {
    let Some(name) = part.brand() else { return Ok((part, None)) };
    let brand = known.brand(tx, caller, name)?.row;
    if let Some(field) = Field::named(part.item_type().fields(), "brand") {
        part.values.set(field, Some(Value::Text(brand.name)));
    }
    Ok((part, Some(brand.id)))
}

/// Where a new part stands: who runs the organization needs nobody's approval.
fn first_status(tx: &mut Tx<'_>, caller: &Caller, known: &mut Known) -> Result<(Status, Option<String>)> {
    let may_approve = caller.permissions.contains(Permission::write(Resource::Organization));
    if may_approve || !known.settings(tx)?.new_parts_need_approval {
        return Ok((Status::Approved, None));
    }
    Ok((Status::Pending, Some(format!("Added by {}, who may not approve it.", caller.name))))
}

pub(super) fn refuse(problems: Vec<Problem>) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let field = |problem: Problem| FieldError::new(problem.path, problem.message);
    Err(Error::Invalid(problems.into_iter().map(field).collect()))
}

/// What must hold between the fields of a part.
pub(super) fn check(part: &Part) -> Result<()> {
    let wrong = part.inconsistencies();
    refuse(wrong)
}
