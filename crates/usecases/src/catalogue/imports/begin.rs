use std::time::Duration;

use base::{Error, Id, Organization, Result};
use database::{Database, Scope, Tx, job};
use records::catalogue::imports::{self, Counts, Import, ImportRow};
use serde_json::json;

use super::{KIND, Mapping, State, refuse_at_work, state};
use crate::{
    Allowed,
    access::WriteComponents,
    catalogue::{sheets::Kind, stamp},
};

/// How many bytes of a file are stored together.
const PIECE: usize = 256 * 1024;

/// Whoever sent the file goes on with it at once; the job does so where that node has died.
const RESCUE_AFTER: Duration = Duration::from_secs(8);

/// A file that comes.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// Its name.
    pub file_name: String,
    /// Its length in bytes.
    pub file_bytes: u64,
    /// What the sheets hold that do not say it by their names.
    pub kind: Option<Kind>,
    /// What the headers stand for, where they differ.
    pub mapping: Mapping,
    /// Whether to look only.
    pub dry_run: bool,
}

/// Makes a place for a file.
pub fn begin(tx: &mut Tx<'_>, caller: &Allowed<WriteComponents>, new: &NewImport) -> Result<ImportRow> {
    if !new.dry_run {
        refuse_at_work(tx)?;
    }
    let mapping = serde_json::to_string(&new.mapping).map_err(|error| Error::internal("a mapping", error))?;
    let row = ImportRow {
        id: tx.new_id(),
        file_name: new.file_name.clone(),
        file_bytes: new.file_bytes,
        kind: new.kind.map(|kind| kind.word().to_owned()),
        mapping,
        dry_run: new.dry_run,
        permissions: caller.permissions,
        caller_name: caller.name.clone(),
        state: State::Receiving.word().to_owned(),
        failure: None,
        counts: Counts::default(),
        stamp: stamp(tx, caller),
    };
    imports::insert(tx, &row)?;
    Ok(row)
}

/// Stores the file; ends early where it is waited for no more.
pub async fn receive(
    database: &Database,
    organization: Id<Organization>,
    import: Id<Import>,
    file: &[u8],
) -> Result<()> {
    for (position, piece) in (0..).zip(file.chunks(PIECE)) {
        let piece = piece.to_vec();
        let store = move |tx: &mut Tx<'_>| {
            let mut row = imports::find(tx, import)?.ok_or_else(Error::not_found::<Import>)?;
            let is_waited_for = State::of(&row) == State::Receiving;
            if is_waited_for {
                imports::insert_piece(tx, import, position, &piece)?;
                row.stamp.last_modified = tx.now();
                imports::update(tx, &row)?;
            }
            Ok(is_waited_for)
        };
        if !database.write(Scope::Organization(organization), store).await? {
            break;
        }
    }
    Ok(())
}

/// The file is there: it can be read, unless it was cancelled or given up meanwhile.
pub fn received(tx: &mut Tx<'_>, import: Id<Import>) -> Result<ImportRow> {
    let mut row = imports::find(tx, import)?.ok_or_else(Error::not_found::<Import>)?;
    if State::of(&row) != State::Receiving {
        return Ok(row);
    }
    state::store(tx, &mut row, State::Reading)?;
    let payload = json!({ "organization": tx.organization()?, "import": import });
    job::enqueue(tx, KIND, &import.to_string(), &payload, RESCUE_AFTER)?;
    Ok(row)
}
