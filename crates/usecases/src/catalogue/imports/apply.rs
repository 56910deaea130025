use base::{Error, Id, Result};
use database::Tx;
use hose::ItemType;
use records::catalogue::{
    import_rows::{self, StagedRow},
    imports::{self, Import},
    parts,
};
use serde_json::{Map, Value as Json};

use super::{State, carry::as_caller, crimp, manage::told, state};
use crate::{
    Caller, audit,
    catalogue::{NewPart, change, create, document::rev, sheets::CRIMP_DATA},
};

/// Applies the next rows, at most so many; the last of them ends the import.
pub(super) fn apply(tx: &mut Tx<'_>, id: Id<Import>, most: u32) -> Result<()> {
    let mut import = imports::find(tx, id)?.ok_or_else(Error::not_found::<Import>)?;
    if State::of(&import) != State::Applying {
        return Ok(());
    }
    let caller = as_caller(tx.organization()?, &import);
    let rows = import_rows::from(tx, id, import.counts.applied, most)?;
    for row in &rows {
        one(tx, &caller, id, row).map_err(|error| placed(error, row))?;
    }
    import.counts.applied += u32::try_from(rows.len()).unwrap_or(u32::MAX);
    if import.counts.applied < import.counts.total {
        return imports::update(tx, &import);
    }
    state::store(tx, &mut import, State::Done)?;
    audit::note(tx, &caller, State::Done.word(), id, None, Some(&told(&import)))
}

fn one(tx: &mut Tx<'_>, caller: &Caller, id: Id<Import>, row: &StagedRow) -> Result<()> {
    if row.kind == CRIMP_DATA && matches!(row.action.as_str(), "create" | "update") {
        let (record, rev) = crimp::apply(tx, caller, row)?;
        return import_rows::done(tx, id, row.position, Some(record), Some(rev));
    }
    let now = match row.action.as_str() {
        "create" => {
            let new = NewPart { fields: fields(&row.change)?, like: None };
            create::made(tx, caller, item_type(row)?, &new)?
        }
        "update" => {
            let former = match row.record {
                Some(record) => parts::find(tx, record)?,
                None => None,
            };
            let former = former.filter(|seen| Some(rev(seen)) == row.seen_rev);
            let former = former.ok_or_else(|| Error::conflict("The part was changed meanwhile."))?;
            change::revised(tx, caller, &former, &fields(&row.change)?)?
        }
        _ => return Ok(()),
    };
    import_rows::done(tx, id, row.position, Some(now.row.id), Some(rev(&now)))
}

/// The failure of a row, told of it; what is our own or passes stays as it is.
fn placed(error: Error, row: &StagedRow) -> Error {
    match error {
        Error::Internal(_) | Error::Unavailable { .. } => error,
        other => Error::conflict(format!("Row {} of sheet {:?}: {other}", row.row_number, row.sheet)),
    }
}

pub(super) fn fields(json: &str) -> Result<Map<String, Json>> {
    serde_json::from_str(json).map_err(|error| Error::internal("a row of an import", error))
}

pub(super) fn item_type(row: &StagedRow) -> Result<ItemType> {
    row.kind.parse().map_err(|wrong| Error::internal("a row of an import", wrong))
}
