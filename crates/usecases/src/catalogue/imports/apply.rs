//! The rows of an import are decided on without being written, and then written.

use base::{Error, Id, Result};
use database::Tx;
use hose::{ItemType, Part};
use records::catalogue::{
    self,
    import_rows::{self, Done, StagedRow},
    imports::{self, Import, ImportRow},
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
        store::{Ready, Step, taken, write_all},
    },
};

/// The rows from which on it matters how a database looks them up.
const MANY: u32 = 1000;

/// The next rows of an import, and what they do to parts.
pub(super) struct Decided {
    /// The position of the first.
    from: u32,
    rows: Vec<DecidedRow>,
}

struct DecidedRow {
    row: StagedRow,
    /// None where it is about crimp data, or says nothing new.
    step: Option<Ready>,
}

impl DecidedRow {
    fn of_part(&self) -> Option<(&StagedRow, &Ready)> {
        Some((&self.row, self.step.as_ref()?))
    }
}

impl Decided {
    /// The position behind the last.
    pub fn end(&self) -> u32 {
        self.from + u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// Those from this position on; none if they begin behind it.
    fn since(&self, position: u32) -> &[DecidedRow] {
        let passed = position.checked_sub(self.from).and_then(|passed| usize::try_from(passed).ok());
        passed.and_then(|passed| self.rows.get(passed..)).unwrap_or_default()
    }

    /// Whether the row at this position is among them.
    pub fn holds(&self, position: u32) -> bool {
        !self.since(position).is_empty()
    }
}

/// Decides on the rows of an import from this position on, at most so many. Only where brands may be made is gone on
/// past a row that names a new one.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    import: &ImportRow,
    from: u32,
    most: u32,
    makes_brands: bool,
) -> Result<Decided> {
    let caller = as_caller(tx.organization()?, import);
    let mut known = Known::default();
    let rows = import_rows::to_apply(tx, import.id, from, most)?;
    let changed = rows.iter().filter(|row| row.action == "update" && is_of_part(row));
    let formers = parts::with_ids(tx, changed.filter_map(|row| row.record))?;
    let mut decided = Decided { from, rows: Vec::with_capacity(rows.len()) };
    for row in rows {
        let mut step = None;
        if is_of_part(&row) {
            let fields = fields(&row.change)?;
            if !makes_brands && names_new_brand(tx, &mut known, &fields)? {
                break;
            }
            let former = row.record.and_then(|record| formers.get(&record));
            let outcome = step_of(tx, &caller, &mut known, former, &row, &fields);
            step = Some(outcome.map_err(|error| placed(error, &row))?.into());
        }
        decided.rows.push(DecidedRow { row, step });
    }
    // Until they are written, only the import itself gives numbers.
    let (of_steps, steps) =
        decided.rows.iter().filter_map(DecidedRow::of_part).unzip::<_, _, Vec<_>, Vec<_>>();
    match taken(tx, steps.into_iter().map(|ready| &ready.step))? {
        Some((n, refusal)) => Err(placed(refusal, of_steps[n])),
        None => Ok(decided),
    }
}

fn is_of_part(row: &StagedRow) -> bool {
    is_to_do(row) && row.kind != CRIMP_DATA
}

fn is_to_do(row: &StagedRow) -> bool {
    matches!(row.action.as_str(), "create" | "update")
}

fn names_new_brand(tx: &mut Tx<'_>, known: &mut Known, fields: &Map<String, Json>) -> Result<bool> {
    let Some(name) = fields.get("brand").and_then(Json::as_str) else { return Ok(false) };
    Ok(known.brands(tx)?.named(name).is_none())
}

fn step_of(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    former: Option<&PartSeen>,
    row: &StagedRow,
    fields: &Map<String, Json>,
) -> Result<Step> {
    if row.action == "create" {
        let now = create::fresh(tx, caller, known, Part::new(item_type(row)?), fields)?;
        return Ok(Step { former: None, now });
    }
    let former = former.filter(|seen| Some(rev(seen)) == row.seen_rev).ok_or_else(changed_meanwhile)?;
    let now = change::changed(tx, caller, known, former, fields)?;
    Ok(Step { former: Some(former.clone()), now })
}

/// Writes those that come next of what was decided on, at most so many; the last row of all ends the import. Answers
/// whether more of the same are to be written.
pub(super) fn write(tx: &mut Tx<'_>, id: Id<Import>, decided: &Decided, most: usize) -> Result<bool> {
    let mut import = imports::find(tx, id)?.ok_or_else(Error::not_found::<Import>)?;
    // Somebody else may have gone on with it, or have ended it.
    if State::of(&import) != State::Applying {
        return Ok(false);
    }
    let next = decided.since(import.counts.applied);
    if next.is_empty() {
        return Ok(false);
    }
    let next = next.get(..most).unwrap_or(next);
    let done = all(tx, &as_caller(tx.organization()?, &import), next)?;
    import_rows::done(tx, id, &done)?;
    let before = import.counts.applied;
    import.counts.applied += u32::try_from(next.len()).unwrap_or(u32::MAX);
    if (before..import.counts.applied).contains(&MANY) {
        catalogue::grew(tx)?;
    }
    let is_last = import.counts.applied == import.counts.total;
    tx.will_be_done_again(!is_last);
    if !is_last {
        imports::update(tx, &import)?;
        return Ok(decided.holds(import.counts.applied));
    }
    state::end(tx, &mut import, State::Done)?;
    Ok(false)
}

fn all(tx: &mut Tx<'_>, caller: &Caller, rows: &[DecidedRow]) -> Result<Vec<Done>> {
    let mut done = Vec::with_capacity(rows.len());
    for row in rows.iter().map(|decided| &decided.row).filter(|row| is_to_do(row) && row.kind == CRIMP_DATA) {
        let (record, rev) = crimp::apply(tx, caller, row).map_err(|error| placed(error, row))?;
        done.push(Done { position: row.position, record: Some(record), rev: Some(rev) });
    }
    let (of_steps, steps): (Vec<_>, Vec<_>) = rows.iter().filter_map(DecidedRow::of_part).unzip();
    refuse_changed(tx, &of_steps)?;
    write_all(tx, &steps)?;
    done.extend(of_steps.iter().zip(&steps).map(|(row, ready)| {
        let now = &ready.step.now;
        Done { position: row.position, record: Some(now.row.id), rev: Some(rev(now)) }
    }));
    Ok(done)
}

/// A write may have been under way when the import began, and have changed a part since it was decided on.
fn refuse_changed(tx: &mut Tx<'_>, rows: &[&StagedRow]) -> Result<()> {
    let revs = parts::revs(tx, rows.iter().filter_map(|row| row.record))?;
    let is_changed = |row: &&&StagedRow| row.record.is_some_and(|id| revs.get(&id).copied() != row.seen_rev);
    let changed = rows.iter().find(is_changed);
    changed.map_or(Ok(()), |row| Err(placed(changed_meanwhile(), row)))
}

fn changed_meanwhile() -> Error {
    Error::conflict("The part was changed meanwhile.")
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
