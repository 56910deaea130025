use serde::{Deserialize, Serialize};

/// What a row of an import does, or what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowReport {
    /// The part, as the row names it.
    pub name: String,
    /// The cells that say something new.
    pub cells: Vec<CellReport>,
    /// What is wrong.
    pub errors: Vec<WrongReport>,
    /// The brand that it is the first to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_brand: Option<String>,
}

/// A cell that says something new; stored without the names of its fields, since an import has a million of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredCell", into = "StoredCell")]
pub struct CellReport {
    /// The letters of its column.
    pub column: String,
    /// What stands over the column.
    pub header: String,
    /// The field.
    pub field: String,
    /// The value as it was; none if there was none.
    pub old: Option<String>,
    /// The value as it will be; none if it is cleared.
    pub new: Option<String>,
}

type StoredCell = (String, String, String, Option<String>, Option<String>);

impl From<StoredCell> for CellReport {
    fn from((column, header, field, old, new): StoredCell) -> Self {
        Self { column, header, field, old, new }
    }
}

impl From<CellReport> for StoredCell {
    fn from(CellReport { column, header, field, old, new }: CellReport) -> Self {
        (column, header, field, old, new)
    }
}

/// What is wrong with a cell, or with a whole row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongReport {
    /// The letters of the column; none for the whole row.
    pub column: Option<String>,
    /// What stands over the column.
    pub header: Option<String>,
    /// What is wrong, in words that follow the name of the cell.
    pub message: String,
}

impl RowReport {
    /// A whole row is wrong.
    pub(super) fn wrong(message: impl Into<String>) -> Self {
        Self::default().and_wrong(message)
    }

    /// And the whole row is wrong.
    pub(super) fn and_wrong(mut self, message: impl Into<String>) -> Self {
        self.errors.push(WrongReport { column: None, header: None, message: message.into() });
        self
    }
}
