//! Rows of crimp data: what each would do, does, and takes back.

use std::slice;

use base::{Error, Id, Result};
use database::Tx;
use hose::{Dash, ItemType, crimp::CRIMP_SPEC, fields::Values};
use records::catalogue::{
    Item,
    crimp_specs::{self, CrimpSpecRow},
    import_rows::StagedRow,
    parts::{self, PartSeen},
};
use serde_json::{Map, json};

use super::{
    apply::fields,
    cells::{Said, differences, text_of},
    headers::Columns,
    lookup::id_cell,
    plan::Planned,
    read::ParsedCell,
    report::RowReport,
};
use crate::{
    Caller,
    catalogue::{
        CrimpSpec, by, changes,
        known::Known,
        sheets::{CRIMP_DATA, CRIMP_HOSE},
        stamp,
    },
};

/// What a row without an id is known by, beside its hose: it says nothing new of these, however it writes them.
const KEY: [&str; 5] =
    ["couplingSeries", "couplingSeriesBrand", "ferruleBrand", "ferrulePartNumber", "crimper"];

/// Where a change says which hose a new row is for.
const HOSE: &str = "hoseId";

/// Decides what a row does.
pub(super) fn plan(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    columns: &Columns,
    cells: &[ParsedCell],
    said: Vec<Said<'_>>,
    planned: &mut Planned,
) -> Result<()> {
    CRIMP_DATA.clone_into(&mut planned.row.kind);
    if let Some(needed) = changes(ItemType::Hose).filter(|needed| !caller.permissions.contains(*needed)) {
        let message = format!("needs the permission {needed}, which {} does not have", caller.name);
        planned.report = RowReport::wrong(message);
        return Ok(());
    }
    let by_id = id_cell(cells);
    let found = match by_id {
        Some(cell) => with_id(tx, caller, cell, planned)?,
        None => of_key(tx, caller, known, columns, &said, planned)?,
    };
    let Some((hose, existing)) = found.filter(|_| planned.report.errors.is_empty()) else { return Ok(()) };
    let is_known = by_id.is_none() && existing.is_some();
    let is_of_row = |said: &Said<'_>| {
        let name = said.field.name;
        let is_hose = CRIMP_HOSE.iter().any(|field| field.name == name);
        !is_hose && (!is_known || !KEY.contains(&name))
    };
    let said = said.into_iter().filter(is_of_row).collect();
    let old = |name: &str| existing.as_ref().and_then(|row| row.values.get(name).cloned());
    let (mut change, reverse) = differences(said, old, true, &mut planned.report);
    let values = existing.as_ref().map_or_else(|| Values::new(CRIMP_SPEC), |row| row.values.clone());
    let (_, problems) = values.revised(&change);
    planned
        .report
        .errors
        .extend(problems.into_iter().map(|problem| columns.place(&problem.path, problem.message)));
    if !planned.report.errors.is_empty() {
        return Ok(());
    }
    if existing.is_none() {
        change.insert(HOSE.to_owned(), json!(hose));
    }
    planned.decide(existing.map(|row| (row.id.cast(), row.stamp.rev)), change, reverse);
    Ok(())
}

/// A row, as far as it is there, and its hose.
type Found = Option<(Id<Item>, Option<CrimpSpecRow>)>;

fn with_id(tx: &mut Tx<'_>, caller: &Caller, cell: &ParsedCell, planned: &mut Planned) -> Result<Found> {
    let found = match cell.text.as_ref().ok().and_then(|text| text.trim().parse().ok()) {
        Some(id) => crimp_specs::find(tx, id)?,
        None => None,
    };
    let Some(row) = found else {
        planned.report.errors.push(cell.wrong("is not the id of a row of crimp data"));
        return Ok(None);
    };
    planned.key = Some(row.id.to_string());
    if row.owner != caller.organization {
        let message = "is a row of the shared catalogue: leave its id out, and it is your own in its place";
        planned.report.errors.push(cell.wrong(message));
        return Ok(None);
    }
    Ok(Some((row.hose, Some(row))))
}

/// The organization's own row for the same hose, series, ferrule and machine.
fn of_key(
    tx: &mut Tx<'_>,
    caller: &Caller,
    known: &mut Known,
    columns: &Columns,
    said: &[Said<'_>],
    planned: &mut Planned,
) -> Result<Found> {
    let text = |name: &str| text_of(said, name);
    let (Some(brand), Some(number)) = (text("hoseBrand"), text("hosePartNumber")) else {
        let missing = CRIMP_HOSE.iter().filter(|field| text(field.name).is_none());
        planned.report.errors.extend(missing.map(|field| columns.lacks(field.name)));
        return Ok(None);
    };
    planned.report.name = format!("{brand} {number}");
    let hose = match known.brands(tx)?.named(&brand) {
        Some(brand) => parts::with_number(tx, ItemType::Hose, Some(brand.row.id), &number)?,
        None => None,
    };
    let Some(hose) = hose else {
        let message = "is no hose of the catalogue; hoses are imported first, in a file of their own";
        planned.report.errors.push(columns.place("hosePartNumber", message.to_owned()));
        return Ok(None);
    };
    let mut values = Values::new(CRIMP_SPEC);
    for said in said {
        if CRIMP_SPEC.iter().any(|field| field.name == said.field.name) {
            values.set(said.field, said.value.clone());
        }
    }
    let probe = made(tx, caller, &hose, values);
    planned.key = Some(format!("{CRIMP_DATA} {} {:?}", hose.row.id, probe.key()));
    let own = crimp_specs::of_hose(tx, hose.row.id)?
        .into_iter()
        .find(|row| row.owner == caller.organization && row.key() == probe.key());
    Ok(Some((hose.row.id, own)))
}

fn made(tx: &mut Tx<'_>, caller: &Caller, hose: &PartSeen, values: Values) -> CrimpSpecRow {
    CrimpSpecRow {
        owner: caller.organization,
        id: tx.new_id(),
        hose: hose.row.id,
        hose_dash: hose.row.part.hose_dash().map(Dash::sixteenths),
        values,
        stamp: stamp(tx, caller),
    }
}

/// Stores what a row says; answers the id and the revision of the record.
pub(super) fn apply(tx: &mut Tx<'_>, caller: &Caller, row: &StagedRow) -> Result<(Id<Item>, i64)> {
    let mut change = fields(&row.change)?;
    let stored = if row.action == "create" {
        let hose = change.remove(HOSE).and_then(|id| id.as_str()?.parse().ok());
        let hose = match hose {
            Some(id) => parts::find(tx, id)?,
            None => None,
        };
        let hose = hose.ok_or_else(|| Error::conflict("The hose was deleted meanwhile."))?;
        let (values, _) = Values::new(CRIMP_SPEC).revised(&change);
        let made = made(tx, caller, &hose, values);
        crimp_specs::insert(tx, slice::from_ref(&made))?;
        made
    } else {
        revised(tx, caller, row, row.seen_rev, &change)?
    };
    Ok((stored.id.cast(), stored.stamp.rev))
}

/// Takes back what a row did, if its record is at this revision; answers the revision that it then has, if it stays.
pub(super) fn revert(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: &StagedRow,
    rev: Option<i64>,
) -> Result<Option<i64>> {
    if row.action == "create" {
        let made = own(tx, caller, row, rev)?;
        return crimp_specs::delete(tx, made.id).map(|()| None);
    }
    Ok(Some(revised(tx, caller, row, rev, &fields(&row.reverse)?)?.stamp.rev))
}

fn revised(
    tx: &mut Tx<'_>,
    caller: &Caller,
    row: &StagedRow,
    rev: Option<i64>,
    change: &Map<String, serde_json::Value>,
) -> Result<CrimpSpecRow> {
    let former = own(tx, caller, row, rev)?;
    let (values, _) = former.values.clone().revised(change);
    let now = CrimpSpecRow { values, stamp: former.stamp.changed(tx.now(), by(caller)), ..former };
    crimp_specs::update(tx, &now)?;
    Ok(now)
}

/// The record of a row, at the revision it must have.
fn own(tx: &mut Tx<'_>, caller: &Caller, row: &StagedRow, rev: Option<i64>) -> Result<CrimpSpecRow> {
    let found = match row.record {
        Some(id) => crimp_specs::find(tx, id.cast::<CrimpSpec>())?,
        None => None,
    };
    let found = found.filter(|found| found.owner == caller.organization && Some(found.stamp.rev) == rev);
    found.ok_or_else(|| Error::conflict("The crimp data was changed meanwhile."))
}
