use base::{Result, Timestamp};
use database::Row;
use serde::Serialize;

/// Who made a document and who changed it last: the audit fields that every
/// stored document carries, and its revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Stamp {
    /// When it was made.
    pub created: Timestamp,
    /// By whom: `user:ID`, `key:ID` or `system:WORD`.
    pub created_by: String,
    /// When it was last changed.
    pub last_modified: Timestamp,
    /// By whom.
    pub last_modified_by: String,
    /// Rises by one with every change, from 1.
    pub rev: i64,
}

impl Stamp {
    /// A document made now.
    pub fn new(now: Timestamp, by: impl Into<String>) -> Self {
        let by = by.into();
        Self { created: now, created_by: by.clone(), last_modified: now, last_modified_by: by, rev: 1 }
    }

    /// The same document changed now.
    #[must_use]
    pub fn changed(&self, now: Timestamp, by: impl Into<String>) -> Self {
        Self { last_modified: now, last_modified_by: by.into(), rev: self.rev + 1, ..self.clone() }
    }

    pub(crate) fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            created: row.get("created")?,
            created_by: row.get("created_by")?,
            last_modified: row.get("last_modified")?,
            last_modified_by: row.get("last_modified_by")?,
            rev: row.get("rev")?,
        })
    }
}
