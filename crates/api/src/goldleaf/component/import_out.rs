use base::Result;
use database::Tx;
use serde::Serialize;
use usecases::{
    Caller,
    catalogue::imports::{self, ImportRow, RowReport, StagedRow, State},
};
use utoipa::ToSchema;

/// How many rows a document shows of each kind.
pub(super) const SHOWN: u32 = 100;

/// An import.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Import)]
pub(super) struct ImportOut {
    /// Its id.
    #[serde(rename = "_id")]
    pub(super) id: String,
    /// The name of the file.
    file_name: String,
    /// Its length in bytes.
    file_bytes: u64,
    /// What the sheets were said to hold.
    component_type: Option<String>,
    /// Whether it was only to look.
    dry_run: bool,
    /// `receiving`, `reading`, `applying`, `rollingBack`, `undoing` while it is under way; then `checked` (only looked
    /// at), `refused` (rows are wrong), `done`, `cancelled`, `failed`, `undone`, or `partlyUndone` (it was to be taken
    /// back, but some rows were changed meanwhile and stay as they are: `failure` and `errors` name them).
    #[schema(example = "done")]
    state: String,
    /// Whether something is still to be done.
    under_way: bool,
    /// Why it was refused, failed, or could not be taken back whole.
    failure: Option<String>,
    /// Its rows.
    rows: RowCounts,
    /// When the file came.
    #[schema(format = DateTime)]
    created: String,
    /// Who sent it: `user:ID`, `key:ID` or `system:WORD`.
    created_by: String,
    /// When its state last changed.
    #[schema(format = DateTime)]
    last_modified: String,
    /// Rises with every change of its state.
    rev: i64,
    /// The first hundred rows that are wrong; where one import is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<RowOut>>,
    /// The first hundred rows that make or change a part; where one import is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<RowOut>>,
}

/// How many rows an import has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportRowCounts)]
struct RowCounts {
    /// Read so far.
    total: u32,
    /// Applied so far; falls while it is undone.
    applied: u32,
    /// That make a part.
    create: u32,
    /// That change one.
    update: u32,
    /// That say nothing new.
    same: u32,
    /// That cannot be applied, or taken back.
    wrong: u32,
}

impl From<ImportRow> for ImportOut {
    fn from(row: ImportRow) -> Self {
        let counts = row.counts;
        Self {
            id: row.id.to_string(),
            under_way: State::of(&row).is_under_way(),
            file_name: row.file_name,
            file_bytes: row.file_bytes,
            component_type: row.kind,
            dry_run: row.dry_run,
            state: row.state,
            failure: row.failure,
            rows: RowCounts {
                total: counts.total,
                applied: counts.applied,
                create: counts.creates,
                update: counts.updates,
                same: counts.sames,
                wrong: counts.wrongs,
            },
            created: row.stamp.created.to_string(),
            created_by: row.stamp.created_by,
            last_modified: row.stamp.last_modified.to_string(),
            rev: row.stamp.rev,
            errors: None,
            changes: None,
        }
    }
}

impl ImportOut {
    /// An import with the first of its rows.
    pub(super) fn with_rows(tx: &mut Tx<'_>, caller: &Caller, import: ImportRow) -> Result<Self> {
        let mut of = |action| imports::report(tx, caller, import.id, Some(action), 0, SHOWN);
        let errors = of("wrong")?;
        let mut changes = of("create")?;
        changes.extend(of("update")?);
        changes.sort_by_key(|(row, _)| row.position);
        changes.truncate(SHOWN as usize);
        let out = |rows: Vec<_>| Some(rows.into_iter().map(RowOut::from).collect());
        Ok(Self { errors: out(errors), changes: out(changes), ..import.into() })
    }
}

/// A row of an import.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportRow)]
pub(super) struct RowOut {
    /// Its place among all rows, from 0.
    position: u32,
    /// The sheet.
    sheet: String,
    /// The row of the sheet, from 1.
    row: u32,
    /// The type of the part.
    component_type: String,
    /// The part, as the row names it.
    name: String,
    /// `create`, `update`, `same` or `wrong`.
    action: String,
    /// The id of the part, once it is there.
    component_id: Option<String>,
    /// The cells that say something new.
    cells: Vec<CellOut>,
    /// What is wrong.
    errors: Vec<WrongOut>,
}

/// A cell that says something new.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportCell)]
struct CellOut {
    /// The letters of its column.
    column: String,
    /// What stands over the column.
    header: String,
    /// The field.
    field: String,
    /// The value as it was; null if there was none.
    old: Option<String>,
    /// The value as it will be; null if it is cleared.
    new: Option<String>,
}

/// What is wrong with a cell, or with a whole row.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportError)]
struct WrongOut {
    /// The letters of the column; null for the whole row.
    column: Option<String>,
    /// What stands over the column.
    header: Option<String>,
    /// What is wrong.
    message: String,
}

impl RowOut {
    pub(super) const fn position(&self) -> u32 {
        self.position
    }
}

impl From<(StagedRow, RowReport)> for RowOut {
    fn from((row, report): (StagedRow, RowReport)) -> Self {
        let cell = |cell: imports::CellReport| CellOut {
            column: cell.column,
            header: cell.header,
            field: cell.field,
            old: cell.old,
            new: cell.new,
        };
        let wrong = |wrong: imports::WrongReport| WrongOut {
            column: wrong.column,
            header: wrong.header,
            message: wrong.message,
        };
        Self {
            position: row.position,
            sheet: row.sheet,
            row: row.row_number,
            component_type: row.kind,
            name: report.name,
            action: row.action,
            component_id: row.record.map(|id| id.to_string()),
            cells: report.cells.into_iter().map(cell).collect(),
            errors: report.errors.into_iter().map(wrong).collect(),
        }
    }
}
