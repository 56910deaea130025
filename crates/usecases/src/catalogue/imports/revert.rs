use std::collections::{BTreeMap, HashMap};

use base::{Error, Id, Result};
use database::Tx;
use records::catalogue::{
    Item, brands as brand_rows,
    import_rows::{self, StagedRow},
    imports::{self, Import, ImportRow},
    parts::{self, PartSeen},
    restored::{self, Restored},
};

use super::{
    State,
    apply::{fields, placed},
    carry::as_caller,
    crimp,
    manage::MOST_NAMED,
    report::RowReport,
    state,
};
use crate::{
    Caller,
    catalogue::{
        Brands, by, change, delete,
        document::rev,
        known::Known,
        sheets::CRIMP_DATA,
        store::{Ready, Step, store_all},
    },
};

/// Takes back the last rows that are applied, at most so many; the first of all ends it. Answers whether more are to
/// be taken back.
pub(super) fn revert(tx: &mut Tx<'_>, id: Id<Import>, most: u32) -> Result<bool> {
    let mut import = imports::find(tx, id)?.ok_or_else(Error::not_found::<Import>)?;
    let over = match State::of(&import) {
        State::RollingBack if import.failure.is_some() => State::Failed,
        State::RollingBack => State::Cancelled,
        State::Undoing => State::Undone,
        _ => return Ok(false),
    };
    let caller = as_caller(tx.organization()?, &import);
    let from = import.counts.applied.saturating_sub(most);
    let mut rows = import_rows::from(tx, id, from, import.counts.applied - from)?;
    rows.retain(|row| row.done_rev.is_some());
    rows.reverse();
    let left = all(tx, &caller, &rows)?;
    for row in &rows {
        if let Some(why) = left.get(&row.position) {
            leave(tx, &mut import, row, why)?;
        }
    }
    let undone = rows.iter().filter(|row| !left.contains_key(&row.position));
    import_rows::undone(tx, id, undone.map(|row| row.position))?;
    import.counts.applied = from;
    tx.will_be_done_again(from > 0);
    if from > 0 {
        return imports::update(tx, &import).map(|()| true);
    }
    end(tx, import, over).map(|()| false)
}

/// Why rows cannot be taken back, by their positions.
type Left = BTreeMap<u32, String>;

/// Takes back all of these rows, the last first, but those that cannot be: another write may have been under way when
/// the import began.
fn all(tx: &mut Tx<'_>, caller: &Caller, rows: &[StagedRow]) -> Result<Left> {
    let (mut known, mut left) = (Known::default(), Left::new());
    let (mut steps, mut of_steps, mut restored) = (Vec::new(), Vec::new(), Vec::new());
    let of_parts = rows.iter().filter(|row| row.kind != CRIMP_DATA);
    let seen = parts::with_ids(tx, of_parts.filter_map(|row| row.record))?;
    let put_back = restored::of(tx, rows.iter().filter_map(|row| row.record))?;
    for row in rows {
        let expected = expected(row, &put_back);
        let outcome = if row.kind == CRIMP_DATA {
            crimp::revert(tx, caller, row, expected).map(|now| restored.extend(again(row, now)))
        } else {
            let seen = row.record.and_then(|record| seen.get(&record));
            let seen = seen.filter(|seen| Some(rev(seen)) == expected);
            step(tx, caller, &mut known, seen, row).map(|step| {
                steps.push(Ready::from(step));
                of_steps.push(row);
            })
        };
        outcome.or_else(|refusal| note(&mut left, row, refusal))?;
    }
    while let Some((n, refusal)) = store_all(tx, &steps.iter().collect::<Vec<_>>())? {
        steps.remove(n);
        note(&mut left, of_steps.remove(n), refusal)?;
    }
    for (row, Ready { step, .. }) in of_steps.into_iter().zip(&steps) {
        if row.action != "create" {
            restored.extend(again(row, Some(rev(&step.now))));
            continue;
        }
        delete::forget_crimp_data(tx, caller, &step.now.row)?;
        if let Some(name) = report(row)?.new_brand {
            forget_brand(tx, caller, &name)?;
        }
    }
    restored::add(tx, &restored)?;
    Ok(left)
}

/// The revision at which the record of a row is as the row left it: other imports may have changed it since, and have
/// been taken back.
fn expected(row: &StagedRow, put_back: &HashMap<(Id<Item>, i64), i64>) -> Option<i64> {
    let (record, done) = (row.record?, row.done_rev?);
    Some(put_back.get(&(record, done)).copied().unwrap_or(done))
}

/// The record of a row is at this revision as it was when the row was read. Its revision only rises: whoever has seen
/// a higher one would take another state for that.
fn again(row: &StagedRow, now: Option<i64>) -> Option<Restored> {
    Some(Restored { record: row.record?, was: row.seen_rev?, now: now? })
}

/// What takes back a row, unless somebody has changed its part since.
fn step(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    seen: Option<&PartSeen>,
    row: &StagedRow,
) -> Result<Step> {
    let former = seen.ok_or_else(|| Error::conflict("The part was changed meanwhile."))?.clone();
    let now = if row.action == "create" {
        PartSeen { row: delete::deleted(tx, caller, &former.row), said: former.said.clone() }
    } else {
        change::changed(tx, caller, known, &former, &fields(&row.reverse)?)?
    };
    Ok(Step { former: Some(former), now })
}

/// Notes why a row is left as it is; what is our own fault or passes is none of its.
fn note(left: &mut Left, row: &StagedRow, refusal: Error) -> Result<()> {
    match placed(refusal, row) {
        Error::Conflict(why) => {
            left.insert(row.position, why);
            Ok(())
        }
        other => Err(other),
    }
}

/// Stores that a row is left as it is, and why.
fn leave(tx: &mut Tx<'_>, import: &mut ImportRow, row: &StagedRow, why: &str) -> Result<()> {
    let report = report(row)?.and_wrong(why);
    let report = serde_json::to_string(&report).map_err(|error| Error::internal("a report", error))?;
    import_rows::leave(tx, import.id, row.position, &report)?;
    let counts = &mut import.counts;
    *(if row.action == "create" { &mut counts.creates } else { &mut counts.updates }) -= 1;
    counts.wrongs += 1;
    Ok(())
}

/// Nothing more is to be taken back. None of an import's rows is wrong when it is applied, so those that are were left.
fn end(tx: &mut Tx<'_>, mut import: ImportRow, over: State) -> Result<()> {
    if import.counts.wrongs == 0 {
        return state::end(tx, &mut import, over);
    }
    let mut words: Vec<_> = import.failure.take().into_iter().collect();
    words.push("It could not be taken back whole.".to_owned());
    for row in import_rows::of_action(tx, import.id, "wrong", 0, MOST_NAMED)? {
        words.extend(report(&row)?.errors.into_iter().map(|wrong| wrong.message));
    }
    if import.counts.wrongs > MOST_NAMED {
        words.push(format!("And {} rows more.", import.counts.wrongs - MOST_NAMED));
    }
    import.failure = Some(words.join(" "));
    state::end(tx, &mut import, State::PartlyUndone)
}

fn report(row: &StagedRow) -> Result<RowReport> {
    serde_json::from_str(&row.report).map_err(|error| Error::internal("a report", error))
}

/// A brand that the import made goes with the last of its parts.
fn forget_brand(tx: &mut Tx<'_>, caller: &Caller, name: &str) -> Result<()> {
    let brands = Brands::load(tx)?;
    let Some(brand) = brands.named(name).filter(|brand| brand.row.owner == caller.organization) else {
        return Ok(());
    };
    if brand_rows::own_parts(tx, brand.row.id)?.is_empty() {
        brand_rows::delete(tx, brand.row.id, &by(caller))?;
    }
    Ok(())
}
