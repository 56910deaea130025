//! Who changed what, written in the transaction that changes it.

use base::{Id, Result, kinds};
use database::{Statement, Tx, params};
use serde_json::Value as Json;

kinds! {
    /// An entry of the audit record.
    AuditEntry => "audit entry",
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// `user:ID`, `key:ID` or `system:WORD`.
    pub subject: &'a str,
    /// The name of the subject at the time.
    pub subject_name: &'a str,
    /// The request it was done in.
    pub request_id: Option<&'a str>,
    /// The client's address.
    pub address: Option<String>,
    /// What was done, such as `create`.
    pub action: &'a str,
    /// To what kind of record.
    pub record_kind: &'a str,
    /// To which.
    pub record_id: String,
    /// The record before, without secrets.
    pub before: Option<Json>,
    /// The record after, without secrets.
    pub after: Option<Json>,
}

static INSERT: Statement = Statement::tenant(
    "audit.insert",
    "INSERT INTO audit (organization_id, id, at, subject, subject_name, request_id, address, action,
                        record_kind, record_id, before, after)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT];

/// Adds an entry.
pub fn insert(tx: &mut Tx<'_>, entry: &Entry<'_>) -> Result<()> {
    let (id, now): (Id<AuditEntry>, _) = (tx.new_id(), tx.now());
    tx.execute_one(
        &INSERT,
        params![
            id,
            now,
            entry.subject,
            entry.subject_name,
            entry.request_id,
            entry.address.clone(),
            entry.action,
            entry.record_kind,
            entry.record_id.as_str(),
            entry.before.as_ref().map(Json::to_string),
            entry.after.as_ref().map(Json::to_string),
        ],
    )
}
