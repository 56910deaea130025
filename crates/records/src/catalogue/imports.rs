//! Imports of the catalogue: the files that came, and what became of them.

use base::{Id, Organization, Page, Result, Timestamp, kinds};
use database::{
    Row, Statement, Tx,
    list::{Compare, Filter, List, ListQuery, Sort},
    params,
};
use keys::Permissions;

use crate::Stamp;

kinds! {
    /// An import of the catalogue.
    Import => "import",
}

/// A row of `catalogue_import`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its id.
    pub id: Id<Import>,
    /// The name of the file.
    pub file_name: String,
    /// Its length in bytes.
    pub file_bytes: u64,
    /// What the sheets hold that do not say it themselves.
    pub kind: Option<String>,
    /// JSON: the field that each header stands for, where they differ.
    pub mapping: String,
    /// Whether it only looks.
    pub dry_run: bool,
    /// The permissions of who sent it.
    pub permissions: Permissions,
    /// The name of who sent it.
    pub caller_name: String,
    /// Where it stands.
    pub state: String,
    /// Why it was refused, failed, or was not wholly undone.
    pub failure: Option<String>,
    /// How many rows there are.
    pub counts: Counts,
    /// Who made and changed it.
    pub stamp: Stamp,
}

/// How many rows an import has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Read so far.
    pub total: u32,
    /// Of these, from the first: applied.
    pub applied: u32,
    /// That make a part.
    pub creates: u32,
    /// That change one.
    pub updates: u32,
    /// That say nothing new.
    pub sames: u32,
    /// That cannot be applied.
    pub wrongs: u32,
}

/// The imports, the newest last.
pub static LIST: List = List {
    name: "catalogue_import.list",
    from: "catalogue_import",
    beside: None,
    alias: "catalogue_import",
    columns: "catalogue_import.*",
    condition: "",
    shared_too: false,
    types: &[],
    filters: &[Filter {
        name: "state",
        column: "catalogue_import.state",
        compare: Compare::Equal,
        index: "",
    }],
    sorts: &[Sort {
        name: "created",
        column: "catalogue_import.created",
        text: false,
        index: "catalogue_import_created",
    }],
};

static INSERT: Statement = Statement::tenant(
    "catalogue_import.insert",
    "INSERT INTO catalogue_import (organization_id, id, file_name, file_bytes, kind, mapping, dry_run, permissions,
                                   caller_name, state, failure, total, applied, creates, updates, sames, wrongs,
                                   created, created_by, last_modified, last_modified_by, rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
);

static UPDATE: Statement = Statement::tenant(
    "catalogue_import.update",
    "UPDATE catalogue_import SET state = $3, failure = $4, total = $5, applied = $6, creates = $7, updates = $8,
            sames = $9, wrongs = $10, last_modified = $11, last_modified_by = $12, rev = $13
     WHERE organization_id = $1 AND id = $2",
);

static FIND: Statement = Statement::tenant(
    "catalogue_import.find",
    "SELECT * FROM catalogue_import WHERE organization_id = $1 AND id = $2",
);

static AT_WORK: Statement = Statement::tenant(
    "catalogue_import.at_work",
    "SELECT * FROM catalogue_import
     WHERE organization_id = $1 AND state IN ('applying', 'rollingBack', 'undoing')",
);

static SILENT: Statement = Statement::system(
    "catalogue_import.silent",
    "SELECT organization_id, id FROM catalogue_import
     WHERE state IN ('receiving', 'reading', 'applying', 'rollingBack', 'undoing') AND last_modified < $1",
);

static INSERT_PIECE: Statement = Statement::tenant(
    "catalogue_import_piece.insert",
    "INSERT INTO catalogue_import_piece (organization_id, import_id, position, bytes) VALUES ($1, $2, $3, $4)",
);

static PIECE: Statement = Statement::tenant(
    "catalogue_import_piece.find",
    "SELECT bytes FROM catalogue_import_piece WHERE organization_id = $1 AND import_id = $2 AND position = $3",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &UPDATE, &FIND, &AT_WORK, &SILENT, &INSERT_PIECE, &PIECE];

/// Adds an import.
pub fn insert(tx: &mut Tx<'_>, row: &ImportRow) -> Result<()> {
    let (counts, stamp) = (&row.counts, &row.stamp);
    tx.execute_one(
        &INSERT,
        params![
            row.id,
            row.file_name.as_str(),
            i64::try_from(row.file_bytes).unwrap_or(i64::MAX),
            row.kind.clone(),
            row.mapping.as_str(),
            row.dry_run,
            row.permissions.iter().map(|permission| permission.to_string()).collect::<Vec<_>>().join(","),
            row.caller_name.as_str(),
            row.state.as_str(),
            row.failure.clone(),
            counts.total,
            counts.applied,
            counts.creates,
            counts.updates,
            counts.sames,
            counts.wrongs,
            stamp.created,
            stamp.created_by.as_str(),
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// Stores where an import stands.
pub fn update(tx: &mut Tx<'_>, row: &ImportRow) -> Result<()> {
    let (counts, stamp) = (&row.counts, &row.stamp);
    tx.execute_one(
        &UPDATE,
        params![
            row.id,
            row.state.as_str(),
            row.failure.clone(),
            counts.total,
            counts.applied,
            counts.creates,
            counts.updates,
            counts.sames,
            counts.wrongs,
            stamp.last_modified,
            stamp.last_modified_by.as_str(),
            stamp.rev,
        ],
    )
}

/// The import with this id.
pub fn find(tx: &mut Tx<'_>, id: Id<Import>) -> Result<Option<ImportRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// The import that is at work on the organization's catalogue now.
pub fn at_work(tx: &mut Tx<'_>) -> Result<Option<ImportRow>> {
    tx.fetch_optional(&AT_WORK, params![], read)
}

/// The imports of every organization that are under way, and have stood where they stand since this moment.
pub fn silent(tx: &mut Tx<'_>, since: Timestamp) -> Result<Vec<(Id<Organization>, Id<Import>)>> {
    tx.fetch_all(&SILENT, params![since], |row| Ok((row.get("organization_id")?, row.get("id")?)))
}

/// One page of the imports.
pub fn list(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<ImportRow>> {
    LIST.fetch(tx, query, read)
}

/// Stores a piece of the file.
pub fn insert_piece(tx: &mut Tx<'_>, import: Id<Import>, position: u32, bytes: &[u8]) -> Result<()> {
    tx.execute_one(&INSERT_PIECE, params![import, position, bytes])
}

/// A piece of the file, from 0; none after the last.
pub fn piece(tx: &mut Tx<'_>, import: Id<Import>, position: u32) -> Result<Option<Vec<u8>>> {
    tx.fetch_optional(&PIECE, params![import, position], |row| row.get("bytes"))
}

fn read(row: &Row<'_>) -> Result<ImportRow> {
    let permissions: String = row.get("permissions")?;
    Ok(ImportRow {
        id: row.get("id")?,
        file_name: row.get("file_name")?,
        file_bytes: row.get("file_bytes")?,
        kind: row.get("kind")?,
        mapping: row.get("mapping")?,
        dry_run: row.get("dry_run")?,
        // One that this version does not know any more gives nothing.
        permissions: permissions.split(',').filter_map(|word| word.parse().ok()).collect(),
        caller_name: row.get("caller_name")?,
        state: row.get("state")?,
        failure: row.get("failure")?,
        counts: Counts {
            total: row.get("total")?,
            applied: row.get("applied")?,
            creates: row.get("creates")?,
            updates: row.get("updates")?,
            sames: row.get("sames")?,
            wrongs: row.get("wrongs")?,
        },
        stamp: Stamp::read(row)?,
    })
}
