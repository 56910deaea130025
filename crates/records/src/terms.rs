//! When an organization accepted or declined which version of the terms.

use base::{Id, Result, Timestamp, kinds};
use database::{Row, Statement, Tx, params};

kinds! {
    /// A decision on the terms.
    TermsDecision => "decision on the terms",
}

/// A row of `terms_decision`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsRow {
    /// Its id.
    pub id: Id<TermsDecision>,
    /// Which version of the terms.
    pub version: i64,
    /// Whether they were accepted.
    pub accepted: bool,
    /// When.
    pub decided: Timestamp,
    /// By whom: `user:ID`, `key:ID` or `system:WORD`.
    pub decided_by: String,
}

static INSERT: Statement = Statement::tenant(
    "terms.insert",
    "INSERT INTO terms_decision (organization_id, id, version, accepted, decided, decided_by)
     VALUES ($1, $2, $3, $4, $5, $6)",
);

static LATEST: Statement = Statement::tenant(
    "terms.latest",
    "SELECT * FROM terms_decision WHERE organization_id = $1 ORDER BY decided DESC, id DESC LIMIT 1",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &LATEST];

/// Adds a decision.
pub fn insert(tx: &mut Tx<'_>, row: &TermsRow) -> Result<()> {
    tx.execute_one(&INSERT, params![row.id, row.version, row.accepted, row.decided, row.decided_by.as_str()])
}

/// The last decision, if there was any.
pub fn latest(tx: &mut Tx<'_>) -> Result<Option<TermsRow>> {
    tx.fetch_optional(&LATEST, params![], read)
}

fn read(row: &Row<'_>) -> Result<TermsRow> {
    Ok(TermsRow {
        id: row.get("id")?,
        version: row.get("version")?,
        accepted: row.get("accepted")?,
        decided: row.get("decided")?,
        decided_by: row.get("decided_by")?,
    })
}
