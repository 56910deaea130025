//! The rows of an import: what each changes, and what it was before.

use base::{Id, Result, Timestamp};
use database::{Row, Statement, Tx, params};

use super::{Item, imports::Import};

/// A row of `catalogue_import_row`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedRow {
    /// Its place among the rows of the import, from 0.
    pub position: u32,
    /// The sheet it stands in.
    pub sheet: String,
    /// Its number there, from 1.
    pub row_number: u32,
    /// The type of part it is about, or `crimpData`.
    pub kind: String,
    /// `create`, `update`, `same` or `wrong`.
    pub action: String,
    /// The part, once it is there.
    pub record: Option<Id<Item>>,
    /// JSON: cells with old and new values, and what is wrong.
    pub report: String,
    /// JSON: the fields to be set.
    pub change: String,
    /// JSON: the same as they were.
    pub reverse: String,
    /// The revision of the part when the row was read.
    pub seen_rev: Option<i64>,
    /// The revision that applying the row gave it.
    pub done_rev: Option<i64>,
}

/// Rows with what became of them; `d` is joined beside `r`.
macro_rules! rows {
    ($joined:literal, $condition:literal, $end:literal) => {
        concat!(
            "SELECT r.position, r.sheet, r.row_number, r.kind, r.action, coalesce(d.record_id, r.record_id) AS record_id,
                    r.report, r.change, r.reverse, r.seen_rev, d.rev AS done_rev
             FROM catalogue_import_row AS r
             LEFT JOIN catalogue_import_done AS d
                  ON d.organization_id = $1 AND d.import_id = r.import_id AND d.position = r.position ",
            $joined,
            " WHERE r.organization_id = $1 AND r.import_id = $2 AND ",
            $condition,
            " ORDER BY r.position LIMIT ",
            $end
        )
    };
}

static INSERT: Statement = Statement::tenant(
    "catalogue_import_row.insert",
    "INSERT INTO catalogue_import_row (organization_id, import_id, position, sheet, row_number, kind, action,
                                       record_id, report, change, reverse, seen_rev)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);

static FROM: Statement = Statement::tenant("catalogue_import_row.from", rows!("", "r.position >= $3", "$4"));

static TO_APPLY: Statement = Statement::tenant(
    "catalogue_import_row.to_apply",
    "SELECT position, sheet, row_number, kind, action, record_id, '' AS report, change, '' AS reverse, seen_rev,
            CAST(NULL AS BIGINT) AS done_rev
     FROM catalogue_import_row
     WHERE organization_id = $1 AND import_id = $2 AND position >= $3 ORDER BY position LIMIT $4",
);

static OF_ACTION: Statement = Statement::tenant(
    "catalogue_import_row.of_action",
    rows!("", "r.action = $3 AND r.position >= $4", "$5"),
);

static DONE: Statement = Statement::tenant(
    "catalogue_import_row.done",
    "INSERT INTO catalogue_import_done (organization_id, import_id, position, record_id, rev)
     VALUES ($1, $2, $3, $4, $5)",
);

static UNDONE: Statement = Statement::tenant(
    "catalogue_import_row.undone",
    "UPDATE catalogue_import_done SET rev = NULL
     FROM (VALUES ($2, CAST($3 AS BIGINT))) AS v
     WHERE organization_id = $1 AND import_id = v.column1 AND position = v.column2",
);

static LEAVE: Statement = Statement::tenant(
    "catalogue_import_row.leave",
    "UPDATE catalogue_import_row SET action = 'wrong', report = $4
     WHERE organization_id = $1 AND import_id = $2 AND position = $3",
);

static CHANGED_SINCE: Statement = Statement::tenant(
    "catalogue_import_row.changed_since",
    rows!(
        "LEFT JOIN part AS p ON p.organization_id IN ($1, '000000000000000000000000') AND p.id = d.record_id
         LEFT JOIN item AS i ON i.organization_id = $1 AND i.id = d.record_id",
        "d.rev IS NOT NULL AND r.kind <> 'crimpData'
         AND (p.id IS NULL OR p.deleted IS NOT NULL OR p.rev + coalesce(i.rev, 0) <> d.rev)
         AND NOT EXISTS (SELECT 1 FROM catalogue_restored AS s
                         WHERE s.organization_id = $1 AND s.record_id = d.record_id AND s.was_rev = d.rev
                           AND s.now_rev = p.rev + coalesce(i.rev, 0) AND p.deleted IS NULL)",
        "$3"
    ),
);

static CRIMPED_SINCE: Statement = Statement::tenant(
    "catalogue_import_row.crimped_since",
    rows!(
        "",
        "r.action = 'create' AND r.kind = 'hose'
         AND EXISTS (SELECT 1 FROM crimp_spec AS c WHERE c.organization_id = $1 AND c.hose_id = d.record_id)",
        "$3"
    ),
);

static FERRULE_USED_SINCE: Statement = Statement::tenant(
    "catalogue_import_row.ferrule_used_since",
    rows!(
        "JOIN part AS p ON p.organization_id = $1 AND p.id = d.record_id
         JOIN brand AS b ON b.organization_id IN ($1, '000000000000000000000000') AND b.id = p.brand_id",
        "r.action = 'create' AND r.kind = 'ferrule'
         AND EXISTS (SELECT 1 FROM crimp_spec AS c
                     WHERE c.organization_id = $1 AND c.ferrule_brand_norm = b.name_norm
                       AND c.ferrule_norm = p.part_norm AND c.last_modified > $4)",
        "$3"
    ),
);

static CRIMP_CHANGED_SINCE: Statement = Statement::tenant(
    "catalogue_import_row.crimp_changed_since",
    rows!(
        "LEFT JOIN crimp_spec AS c ON c.organization_id = $1 AND c.id = d.record_id",
        "d.rev IS NOT NULL AND r.kind = 'crimpData' AND (c.id IS NULL OR c.rev <> d.rev)
         AND NOT EXISTS (SELECT 1 FROM catalogue_restored AS s
                         WHERE s.organization_id = $1 AND s.record_id = d.record_id AND s.was_rev = d.rev
                           AND s.now_rev = c.rev)",
        "$3"
    ),
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[
    &INSERT,
    &FROM,
    &TO_APPLY,
    &OF_ACTION,
    &DONE,
    &UNDONE,
    &LEAVE,
    &CHANGED_SINCE,
    &CRIMP_CHANGED_SINCE,
    &CRIMPED_SINCE,
    &FERRULE_USED_SINCE,
];

/// Adds rows.
pub fn insert<'a>(
    tx: &mut Tx<'_>,
    import: Id<Import>,
    rows: impl Iterator<Item = &'a StagedRow>,
) -> Result<()> {
    let stored = |row: &StagedRow| {
        params![
            import,
            row.position,
            row.sheet.as_str(),
            row.row_number,
            row.kind.as_str(),
            row.action.as_str(),
            row.record,
            row.report.as_str(),
            row.change.as_str(),
            row.reverse.as_str(),
            row.seen_rev,
        ]
        .to_vec()
    };
    tx.execute_many(&INSERT, &rows.map(stored).collect::<Vec<_>>())
}

/// At most so many rows from this position on.
pub fn from(tx: &mut Tx<'_>, import: Id<Import>, position: u32, most: u32) -> Result<Vec<StagedRow>> {
    tx.fetch_all(&FROM, params![import, position, most], read)
}

/// The same, without what is only told of them.
pub fn to_apply(tx: &mut Tx<'_>, import: Id<Import>, position: u32, most: u32) -> Result<Vec<StagedRow>> {
    tx.fetch_all(&TO_APPLY, params![import, position, most], read)
}

/// The same of those with one action.
pub fn of_action(
    tx: &mut Tx<'_>,
    import: Id<Import>,
    action: &str,
    position: u32,
    most: u32,
) -> Result<Vec<StagedRow>> {
    tx.fetch_all(&OF_ACTION, params![import, action, position, most], read)
}

/// What became of a row that was applied, or undone.
#[derive(Debug, Clone, Copy)]
pub struct Done {
    /// Its place among the rows of the import.
    pub position: u32,
    /// The part it is about.
    pub record: Option<Id<Item>>,
    /// The revision that part has now; none where the row is undone.
    pub rev: Option<i64>,
}

/// Rows were applied.
pub fn done(tx: &mut Tx<'_>, import: Id<Import>, rows: &[Done]) -> Result<()> {
    let stored = |row: &Done| params![import, row.position, row.record, row.rev].to_vec();
    tx.execute_many(&DONE, &rows.iter().map(stored).collect::<Vec<_>>())
}

/// Rows that were applied were undone, by their positions.
pub fn undone(tx: &mut Tx<'_>, import: Id<Import>, positions: impl Iterator<Item = u32>) -> Result<()> {
    tx.execute_many(
        &UNDONE,
        &positions.map(|position| params![import, position].to_vec()).collect::<Vec<_>>(),
    )
}

/// A row that was applied cannot be undone; its report says why.
pub fn leave(tx: &mut Tx<'_>, import: Id<Import>, position: u32, report: &str) -> Result<()> {
    tx.execute_one(&LEAVE, params![import, position, report])
}

/// Rows whose part or crimp data was changed or deleted since they were applied, and not put back; at most so many.
pub fn changed_since(tx: &mut Tx<'_>, import: Id<Import>, most: u32) -> Result<Vec<StagedRow>> {
    let mut rows = tx.fetch_all(&CHANGED_SINCE, params![import, most], read)?;
    rows.extend(tx.fetch_all(&CRIMP_CHANGED_SINCE, params![import, most], read)?);
    Ok(rows)
}

/// Rows that made a hose for which there is crimp data by now, or a ferrule that crimp data names since this moment;
/// at most so many of each.
pub fn crimped_since(
    tx: &mut Tx<'_>,
    import: Id<Import>,
    since: Timestamp,
    most: u32,
) -> Result<Vec<StagedRow>> {
    let mut rows = tx.fetch_all(&CRIMPED_SINCE, params![import, most], read)?;
    rows.extend(tx.fetch_all(&FERRULE_USED_SINCE, params![import, most, since], read)?);
    Ok(rows)
}

fn read(row: &Row<'_>) -> Result<StagedRow> {
    Ok(StagedRow {
        position: row.get("position")?,
        sheet: row.get("sheet")?,
        row_number: row.get("row_number")?,
        kind: row.get("kind")?,
        action: row.get("action")?,
        record: row.get("record_id")?,
        report: row.get("report")?,
        change: row.get("change")?,
        reverse: row.get("reverse")?,
        seen_rev: row.get("seen_rev")?,
        done_rev: row.get("done_rev")?,
    })
}
