use base::{Error, Id, Result};
use database::Tx;
use hose::{ItemType, Part};
use records::catalogue::{
    import_rows::{self, Done, StagedRow},
    imports::{self, Import},
    parts::{self, PartSeen},
};
use serde_json::{Map, Value as Json};

use super::{State, carry::as_caller, crimp, state};
use crate::{
    Caller,
    catalogue::{
        change, create,
        document::rev,
        known::Known,
        sheets::CRIMP_DATA,
        store::{Step, store_all},
    },
};

/// Applies the next rows, at most so many; the last of them ends the import. Answers whether more are to be applied.
pub(super) fn apply(tx: &mut Tx<'_>, id: Id<Import>, most: u32) -> Result<bool> {
    let mut import = imports::find(tx, id)?.ok_or_else(Error::not_found::<Import>)?;
    if State::of(&import) != State::Applying {
        return Ok(false);
    }
    let caller = as_caller(tx.organization()?, &import);
    let rows = import_rows::from(tx, id, import.counts.applied, most)?;
    let done = all(tx, &caller, &rows)?;
    import_rows::done(tx, id, &done)?;
    import.counts.applied += u32::try_from(rows.len()).unwrap_or(u32::MAX);
    if import.counts.applied < import.counts.total {
        return imports::update(tx, &import).map(|()| true);
    }
    state::end(tx, &mut import, State::Done)?;
    Ok(false)
}

fn all(tx: &mut Tx<'_>, caller: &Caller, rows: &[StagedRow]) -> Result<Vec<Done>> {
    let mut known = Known::default();
    let changed = rows.iter().filter(|row| row.action == "update" && row.kind != CRIMP_DATA);
    let formers = parts::with_ids(tx, changed.filter_map(|row| row.record))?;
    let (mut done, mut steps, mut of_steps) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
    for row in rows.iter().filter(|row| matches!(row.action.as_str(), "create" | "update")) {
        if row.kind == CRIMP_DATA {
            let (record, rev) = crimp::apply(tx, caller, row).map_err(|error| placed(error, row))?;
            done.push(Done { position: row.position, record: Some(record), rev: Some(rev) });
        } else {
            let former = row.record.and_then(|record| formers.get(&record));
            steps.push(step(tx, caller, &mut known, former, row).map_err(|error| placed(error, row))?);
            of_steps.push(row);
        }
    }
    if let Some((n, refusal)) = store_all(tx, &steps)? {
        return Err(placed(refusal, of_steps[n]));
    }
    done.extend(of_steps.iter().zip(&steps).map(|(row, step)| Done {
        position: row.position,
        record: Some(step.now.row.id),
        rev: Some(rev(&step.now)),
    }));
    Ok(done)
}

fn step(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    former: Option<&PartSeen>,
    row: &StagedRow,
) -> Result<Step> {
    let fields = fields(&row.change)?;
    if row.action == "create" {
        let now = create::fresh(tx, caller, known, Part::new(item_type(row)?), &fields)?;
        return Ok(Step { former: None, now });
    }
    let former = former.filter(|seen| Some(rev(seen)) == row.seen_rev);
    let former = former.ok_or_else(|| Error::conflict("The part was changed meanwhile."))?;
    let now = change::changed(tx, caller, known, former, &fields)?;
    Ok(Step { former: Some(former.clone()), now })
}

/// The failure of a row, told of it; what is our own or passes stays as it is.
pub(super) fn placed(error: Error, row: &StagedRow) -> Error {
    match error {
        Error::Internal(_) | Error::Unavailable { .. } => error,
        other => Error::conflict(format!("Row {} of sheet {:?}: {other}", row.row_number, row.sheet)),
    }
}

pub(super) fn fields(json: &str) -> Result<Map<String, Json>> {
    serde_json::from_str(json).map_err(|error| Error::internal("a row of an import", error))
}

fn item_type(row: &StagedRow) -> Result<ItemType> {
    row.kind.parse().map_err(|wrong| Error::internal("a row of an import", wrong))
}
