//! Who changed what, written in the transaction that changes it.

use base::{Error, Id, Page, Result, Timestamp, kinds};
use database::{
    Row, Statement, Tx,
    list::{Compare, Filter, List, ListQuery, Sort},
    params,
};
use serde_json::Value as Json;

kinds! {
    /// An entry of the audit record.
    AuditEntry => "audit entry",
}

/// An entry to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// `user:ID`, `key:ID` or `system:WORD`.
    pub subject: String,
    /// The name of the subject at the time.
    pub subject_name: String,
    /// The request it was done in.
    pub request_id: Option<&'a str>,
    /// The client's address.
    pub address: Option<String>,
    /// What was done, such as `create`.
    pub action: &'a str,
    /// To what kind of record, in one word such as `apiKey`.
    pub record_kind: String,
    /// To which.
    pub record_id: String,
    /// The record before, without secrets.
    pub before: Option<Json>,
    /// The record after, without secrets.
    pub after: Option<Json>,
}

/// A row of `audit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Its id.
    pub id: Id<AuditEntry>,
    /// When.
    pub at: Timestamp,
    /// `user:ID`, `key:ID` or `system:WORD`.
    pub subject: String,
    /// The name of the subject at the time.
    pub subject_name: String,
    /// The request it was done in.
    pub request_id: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// What was done.
    pub action: String,
    /// To what kind of record.
    pub record_kind: String,
    /// To which.
    pub record_id: String,
    /// The record before.
    pub before: Option<Json>,
    /// The record after.
    pub after: Option<Json>,
}

/// The whole record.
pub static LIST: List = List {
    name: "audit.list",
    from: "audit",
    beside: None,
    alias: "audit",
    columns: "audit.*",
    condition: "",
    shared_too: false,
    types: &[],
    filters: &[
        equal("recordKind", "audit.record_kind", "audit_record"),
        equal("recordId", "audit.record_id", "audit_record_id"),
        equal("subject", "audit.subject", "audit_subject"),
        equal("action", "audit.action", "audit_action"),
        Filter { name: "time", column: "audit.at", compare: Compare::Range, index: "audit_at" },
    ],
    sorts: &[Sort { name: "time", column: "audit.at", text: false, index: "audit_at" }],
};

const fn equal(name: &'static str, column: &'static str, index: &'static str) -> Filter {
    Filter { name, column, compare: Compare::Equal, index }
}

static INSERT: Statement = Statement::tenant(
    "audit.insert",
    "INSERT INTO audit (organization_id, id, at, subject, subject_name, request_id, address, action,
                        record_kind, record_id, before, after)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT];

/// Adds an entry; answers its id.
pub fn insert(tx: &mut Tx<'_>, entry: &Entry<'_>) -> Result<Id<AuditEntry>> {
    let (id, now) = (tx.new_id(), tx.now());
    tx.execute_one(
        &INSERT,
        params![
            id,
            now,
            entry.subject.as_str(),
            entry.subject_name.as_str(),
            entry.request_id,
            entry.address.clone(),
            entry.action,
            entry.record_kind.as_str(),
            entry.record_id.as_str(),
            entry.before.as_ref().map(Json::to_string),
            entry.after.as_ref().map(Json::to_string),
        ],
    )?;
    Ok(id)
}

/// One page of the record.
pub fn list(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<EntryRow>> {
    LIST.fetch(tx, query, read)
}

fn read(row: &Row<'_>) -> Result<EntryRow> {
    Ok(EntryRow {
        id: row.get("id")?,
        at: row.get("at")?,
        subject: row.get("subject")?,
        subject_name: row.get("subject_name")?,
        request_id: row.get("request_id")?,
        address: row.get("address")?,
        action: row.get("action")?,
        record_kind: row.get("record_kind")?,
        record_id: row.get("record_id")?,
        before: json(row.get("before")?)?,
        after: json(row.get("after")?)?,
    })
}

fn json(text: Option<String>) -> Result<Option<Json>> {
    let read = |text: String| {
        serde_json::from_str(&text).map_err(|error| Error::internal("a stored audit entry", error))
    };
    text.map(read).transpose()
}
