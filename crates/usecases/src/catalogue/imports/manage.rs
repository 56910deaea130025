//! Imports are listed, looked at, cancelled and undone.

use base::{Error, Id, Page, Result};
use database::{Database, Scope, Tx, job, list::ListQuery};
use records::catalogue::{
    import_rows::{self, StagedRow},
    imports::{self, Import, ImportRow},
};
use serde_json::{Value as Json, json};

use super::{KIND, RowReport, State, refuse_at_work, stage, state};
use crate::{
    Allowed, Caller,
    access::{ReadComponents, WriteComponents},
    catalogue::said::OF_COST,
};

/// The most rows that a refusal names.
pub(super) const MOST_NAMED: u32 = 10;

/// One page of the imports.
pub fn list(tx: &mut Tx<'_>, _: &Allowed<ReadComponents>, query: &ListQuery) -> Result<Page<ImportRow>> {
    imports::list(tx, query)
}

/// The import with this id.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<ImportRow> {
    let found = match name.parse() {
        Ok(id) => imports::find(tx, id)?,
        Err(_) => None,
    };
    found.ok_or_else(Error::not_found::<Import>)
}

/// The rows of an import from this position on, at most so many, with what each does; perhaps of one action alone.
/// Costs are for those who may see costs.
pub fn report(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: Id<Import>,
    action: Option<&str>,
    from: u32,
    most: u32,
) -> Result<Vec<(StagedRow, RowReport)>> {
    let rows = match action {
        Some(action) => import_rows::of_action(tx, id, action, from, most)?,
        None => import_rows::from(tx, id, from, most)?,
    };
    let read = |row: StagedRow| {
        let mut report: RowReport =
            serde_json::from_str(&row.report).map_err(|error| Error::internal("a report", error))?;
        report.cells.retain(|cell| caller.shows_costs() || !OF_COST.contains(&cell.field.as_str()));
        Ok((row, report))
    };
    rows.into_iter().map(read).collect()
}

/// The file as it came. Costs may stand in it.
pub async fn file(
    database: &Database,
    caller: &Allowed<ReadComponents>,
    name: String,
) -> Result<(ImportRow, Vec<u8>)> {
    if !caller.shows_costs() {
        return Err(Error::Forbidden("A file may hold costs, and is for those who may see them.".into()));
    }
    let scope = Scope::Organization(caller.organization);
    let import = database.read(scope, move |tx| find(tx, &name)).await?;
    let bytes = stage::file(database, caller.organization, import.id).await?;
    Ok((import, bytes))
}

/// Ends an import before its end: nothing of it stays.
pub fn cancel(tx: &mut Tx<'_>, _: &Allowed<WriteComponents>, name: &str) -> Result<ImportRow> {
    let mut import = find(tx, name)?;
    match State::of(&import) {
        State::Receiving | State::Reading => state::store(tx, &mut import, State::Cancelled)?,
        State::Applying => {
            state::store(tx, &mut import, State::RollingBack)?;
            go_on_soon(tx, import.id)?;
        }
        State::Done => return Err(Error::conflict("The import is done; it can be undone.")),
        // Nothing of these is left, or soon will be.
        _ => {}
    }
    Ok(import)
}

/// Takes back all that an import did, as long as nothing has been done to it since.
pub fn undo(tx: &mut Tx<'_>, _: &Allowed<WriteComponents>, name: &str) -> Result<ImportRow> {
    let mut import = find(tx, name)?;
    if State::of(&import) != State::Done {
        let state = &import.state;
        return Err(Error::conflict(format!("The import is {state}; only one that is done can be undone.")));
    }
    refuse_at_work(tx)?;
    let changed = import_rows::changed_since(tx, import.id, MOST_NAMED)?;
    let crimped = import_rows::crimped_since(tx, import.id, import.stamp.last_modified, MOST_NAMED)?;
    let why = [(changed, "changed since"), (crimped, "used in crimp data since")];
    let words: Vec<_> = why.into_iter().flat_map(|(rows, why)| words(rows, why)).collect();
    if !words.is_empty() {
        return Err(Error::conflict(format!("The import cannot be undone: {}.", words.join("; "))));
    }
    state::store(tx, &mut import, State::Undoing)?;
    go_on_soon(tx, import.id)?;
    Ok(import)
}

fn words(rows: Vec<StagedRow>, why: &str) -> Vec<String> {
    let word = |row: StagedRow| {
        let report: RowReport = serde_json::from_str(&row.report).unwrap_or_default();
        format!("{} of row {} was {why}", report.name, row.row_number)
    };
    rows.into_iter().map(word).collect()
}

pub(super) fn go_on_soon(tx: &mut Tx<'_>, import: Id<Import>) -> Result<()> {
    let payload = json!({ "organization": tx.organization()?, "import": import });
    job::enqueue(tx, KIND, &import.to_string(), &payload, std::time::Duration::ZERO)
}

/// What the audit record and the webhooks are told.
pub(super) fn told(import: &ImportRow) -> Json {
    let counts = &import.counts;
    json!({
        "fileName": import.file_name, "fileBytes": import.file_bytes, "dryRun": import.dry_run,
        "state": import.state, "failure": import.failure, "rows": counts.total, "creates": counts.creates,
        "updates": counts.updates, "unchanged": counts.sames, "wrong": counts.wrongs,
    })
}
