use base::{Error, Id, Result};
use database::Tx;
use records::catalogue::{
    brands as brand_rows,
    import_rows::{self, Done, StagedRow},
    imports::{self, Import},
    parts,
};

use super::{State, apply::fields, carry::as_caller, crimp, manage::told, report::RowReport, state};
use crate::{
    Caller, audit,
    catalogue::{Brands, by, change, delete, document::rev, sheets::CRIMP_DATA},
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
    let rows = import_rows::from(tx, id, from, import.counts.applied - from)?;
    for row in rows.iter().rev().filter(|row| row.done_rev.is_some()) {
        one(tx, &caller, row)?;
    }
    let undone = |row: &StagedRow| Done { position: row.position, record: row.record, rev: None };
    import_rows::done(tx, id, &rows.iter().map(undone).collect::<Vec<_>>())?;
    import.counts.applied = from;
    if from > 0 {
        return imports::update(tx, &import).map(|()| true);
    }
    state::store(tx, &mut import, over)?;
    audit::note(tx, &caller, over.word(), id, None, Some(&told(&import)))?;
    Ok(false)
}

/// Nobody else has written the catalogue since the row was applied, so what it did can be taken back.
fn one(tx: &mut Tx<'_>, caller: &Caller, row: &StagedRow) -> Result<()> {
    if row.kind == CRIMP_DATA {
        return crimp::revert(tx, caller, row);
    }
    let found = match row.record {
        Some(record) => parts::find(tx, record)?,
        None => None,
    };
    let Some(seen) = found.filter(|seen| Some(rev(seen)) == row.done_rev) else {
        let place = format!("row {} of sheet {:?}", row.row_number, row.sheet);
        return Err(Error::Internal(format!("{place} of an import was changed while it was taken back")));
    };
    if row.action != "create" {
        change::revised(tx, caller, &seen, &fields(&row.reverse)?)?;
        return Ok(());
    }
    delete::removed(tx, caller, &seen)?;
    let report: RowReport =
        serde_json::from_str(&row.report).map_err(|error| Error::internal("a report", error))?;
    match report.new_brand {
        Some(name) => forget_brand(tx, caller, &name),
        None => Ok(()),
    }
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
