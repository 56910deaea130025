//! The rows of a file are read, checked, and stored with what they would do.

use std::collections::{HashMap, HashSet, VecDeque};

use base::{Error, Id, Organization, Result};
use database::{Database, Priority, Scope, Tx};
use records::catalogue::{
    import_rows::{self, StagedRow},
    imports::{self, Import, ImportRow},
};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};
use workbook::Refusal;

use super::{
    State,
    carry::{Until, as_caller},
    plan::{Planned, plan},
    read::{ParsedRow, Source, read},
    refuse_at_work,
    report::RowReport,
    state,
};

/// Pieces that are decided on at once: one does not see what another does.
const AT_ONCE: usize = 2;

/// What was met before in the file.
#[derive(Default)]
struct Met {
    /// The row of each part.
    parts: HashMap<String, (String, u32)>,
    /// The brands that are new.
    brands: HashSet<String>,
}

/// Reads the file to its end, unless time is up; what was stored before is not stored again.
pub(super) async fn stage(
    database: &Database,
    organization: Id<Organization>,
    import: &ImportRow,
    until: &Until,
) -> Result<()> {
    let bytes = file(database, organization, import.id).await?;
    let source = Source {
        bytes,
        name: import.file_name.clone(),
        kind: import.kind.as_deref().and_then(|kind| kind.parse().ok()),
        mapping: serde_json::from_str(&import.mapping)
            .map_err(|error| Error::internal("a mapping", error))?,
    };
    let (send, mut pieces) = mpsc::channel(2);
    let reading = spawn_blocking(move || read(source, |piece| send.blocking_send(piece).is_ok()));
    let mut met = Met::default();
    let mut position = 0;
    let mut deciding = VecDeque::new();
    // A piece is stored while the next ones are decided on, and never before the one before it.
    let mut storing: Option<JoinHandle<Result<()>>> = None;
    loop {
        while deciding.len() < AT_ONCE
            && let Some(piece) = pieces.recv().await
        {
            let from = position;
            position += u32::try_from(piece.len()).unwrap_or(u32::MAX);
            deciding.push_back(decide(database, organization, import, from, piece));
        }
        let Some(decided) = deciding.pop_front().filter(|_| !until.is_over()) else { break };
        let decided = decided.await.map_err(|error| Error::internal("deciding on rows", error))??;
        let rows = met.all(decided)?;
        stored(storing.take()).await?;
        storing = Some(store(database, organization, import.id, rows));
    }
    stored(storing).await?;
    if until.is_over() {
        return Ok(());
    }
    let outcome = reading.await.map_err(|error| Error::internal("reading a workbook", error))?;
    let refusal = match outcome {
        Ok(()) => None,
        Err(Refusal::Io(what)) => return Err(Error::internal("reading a workbook", what)),
        Err(refusal) => Some(format!("The file {refusal}.")),
    };
    let id = import.id;
    let close = move |tx: &mut Tx<'_>| close(tx, id, refusal.clone());
    database.write(Scope::Organization(organization), close).await
}

/// The file as it came.
pub(super) async fn file(
    database: &Database,
    organization: Id<Organization>,
    import: Id<Import>,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for position in 0.. {
        let unit = move |tx: &mut Tx<'_>| imports::piece(tx, import, position);
        let Some(piece) = database.read(Scope::Organization(organization), unit).await? else { break };
        bytes.extend(piece);
    }
    Ok(bytes)
}

/// Decides what some rows do. A unit that reads holds up nobody.
fn decide(
    database: &Database,
    organization: Id<Organization>,
    import: &ImportRow,
    from: u32,
    piece: Vec<ParsedRow>,
) -> JoinHandle<Result<Vec<Planned>>> {
    let (database, caller) = (database.clone(), as_caller(organization, import));
    let unit = move |tx: &mut Tx<'_>| plan(tx, &caller, from, &piece);
    tokio::spawn(async move { database.read(Scope::Organization(organization), unit).await })
}

/// Stores rows with what they do; those that are stored already stay.
fn store(
    database: &Database,
    organization: Id<Organization>,
    id: Id<Import>,
    rows: Vec<StagedRow>,
) -> JoinHandle<Result<()>> {
    let database = database.clone();
    let keep = move |tx: &mut Tx<'_>| {
        let mut import = imports::find(tx, id)?.ok_or_else(Error::not_found::<Import>)?;
        if State::of(&import) != State::Reading {
            return Err(Error::conflict("The import was cancelled."));
        }
        let stored = import.counts.total;
        let new = || rows.iter().filter(|row| row.position >= stored);
        import_rows::insert(tx, id, new())?;
        for row in new() {
            let count = match row.action.as_str() {
                "create" => &mut import.counts.creates,
                "update" => &mut import.counts.updates,
                "same" => &mut import.counts.sames,
                _ => &mut import.counts.wrongs,
            };
            *count += 1;
        }
        tx.will_be_done_again(true);
        import.counts.total = rows.last().map_or(stored, |last| stored.max(last.position + 1));
        imports::update(tx, &import)
    };
    let scope = Scope::Organization(organization);
    tokio::spawn(async move { database.write_as(Priority::Background, scope, keep).await })
}

/// Waits until rows are stored.
async fn stored(storing: Option<JoinHandle<Result<()>>>) -> Result<()> {
    match storing {
        Some(storing) => {
            storing.await.map_err(|error| Error::internal("storing rows of an import", error))?
        }
        None => Ok(()),
    }
}

impl Met {
    /// The rows as they are stored, after all that were met before.
    fn all(&mut self, planned: Vec<Planned>) -> Result<Vec<StagedRow>> {
        let stored = |mut planned: Planned| {
            self.meet(&mut planned);
            planned.row.report =
                serde_json::to_string(&planned.report).map_err(|error| Error::internal("a report", error))?;
            Ok(planned.row)
        };
        planned.into_iter().map(stored).collect()
    }

    /// Two rows about the same part contradict each other.
    fn meet(&mut self, planned: &mut Planned) {
        let here = (planned.row.sheet.clone(), planned.row.row_number);
        if let Some(key) = planned.key.take() {
            if let Some((sheet, row)) = self.parts.get(&key) {
                let message = format!("is about the same part as row {row} of sheet {sheet:?}");
                planned.report = RowReport { name: planned.report.name.clone(), ..RowReport::wrong(message) };
                "wrong".clone_into(&mut planned.row.action);
            } else {
                self.parts.insert(key, here);
            }
        }
        let is_made = planned.row.action == "create";
        planned.report.new_brand = planned
            .report
            .new_brand
            .take()
            .filter(|name| is_made && self.brands.insert(base::normalized(name)));
    }
}

/// All was read: the import is over, or is applied now.
fn close(tx: &mut Tx<'_>, id: Id<Import>, refusal: Option<String>) -> Result<()> {
    let mut import = imports::find(tx, id)?.ok_or_else(Error::not_found::<Import>)?;
    if State::of(&import) != State::Reading {
        return Ok(());
    }
    let counts = import.counts;
    let next = if refusal.is_some() || (counts.wrongs > 0 && !import.dry_run) {
        import.failure =
            refusal.or_else(|| Some(format!("Of {} rows {} are wrong.", counts.total, counts.wrongs)));
        State::Refused
    } else if import.dry_run {
        State::Checked
    } else if counts.creates + counts.updates == 0 {
        State::Done
    } else {
        refuse_at_work(tx)?;
        State::Applying
    };
    state::end(tx, &mut import, next)
}
