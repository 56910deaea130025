use base::{Error, FieldError, Result};
use database::Tx;
use hose::{ItemType, Part, fields::Problem};
use keys::{Permission, Resource};
use records::catalogue::parts::{self, PartRow, PartSeen, Status};
use serde_json::{Map, Value as Json};

use super::{Changes, Item, PartDocument, brands, change, crimp, imports, stamp};
use crate::{Allowed, Caller, audit, organizations};

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
pub(super) fn made(tx: &mut Tx<'_>, caller: &Caller, item_type: ItemType, new: &NewPart) -> Result<PartSeen> {
    let (part, problems) = first(tx, item_type, new)?.revised(&new.fields);
    refuse(problems)?;
    check(&part)?;
    let brand = match part.brand() {
        Some(name) => Some(brands::named_or_new(tx, caller, name)?.row),
        None => None,
    };
    let brand_id = brand.as_ref().map(|brand| brand.id);
    refuse_taken(tx, &part, brand_id, None)?;
    let part = with_brand_name(part, brand.map(|brand| brand.name));
    let (status, status_reason) = first_status(tx, caller)?;
    let row = PartRow {
        owner: caller.organization,
        id: tx.new_id(),
        part,
        brand: brand_id,
        status,
        status_reason,
        deleted: None,
        stamp: stamp(tx, caller),
    };
    parts::insert(tx, &row)?;
    let mut seen = PartSeen { row, said: None };
    change::say(tx, caller, &mut seen, &new.fields)?;
    crimp::revise_own(tx, caller, &seen.row, &new.fields)?;
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

/// The name of the brand as the brand itself has it.
pub(super) fn with_brand_name(mut part: Part, name: Option<String>) -> Part {
    let table = part.item_type().fields();
    if let (Some(field), Some(name)) = (hose::fields::Field::named(table, "brand"), name) {
        part.values.set(field, Some(hose::fields::Value::Text(name)));
    }
    part
}

/// Where a new part stands: who runs the organization needs nobody's approval.
fn first_status(tx: &mut Tx<'_>, caller: &Caller) -> Result<(Status, Option<String>)> {
    let may_approve = caller.permissions.contains(Permission::write(Resource::Organization));
    if may_approve || !organizations::settings(tx)?.new_parts_need_approval {
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

/// Refuses a number that another part of the brand has, however it is typed.
pub(super) fn refuse_taken(
    tx: &mut Tx<'_>,
    part: &Part,
    brand: Option<base::Id<super::Brand>>,
    own: Option<base::Id<Item>>,
) -> Result<()> {
    let other = parts::with_number(tx, part.item_type(), brand, part.part_number())?;
    let Some(other) = other.filter(|other| Some(other.row.id) != own) else { return Ok(()) };
    let shared = if other.row.owner == super::SHARED_CATALOGUE { " in the shared catalogue" } else { "" };
    Err(Error::conflict(format!(
        "There is {} {}{}{shared} already: {}.",
        a(part.item_type()),
        other.row.part.part_number(),
        part.brand().map(|brand| format!(" of {brand}")).unwrap_or_default(),
        other.row.id,
    )))
}
