//! Answers kept so that a repeated request is not carried out twice.

use base::{Id, Result, Timestamp, kinds};
use database::{Row, Statement, Tx, params};

kinds! {
    /// Any record, where its kind does not matter.
    Record => "record",
}

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// SHA-256 of the request's body.
    pub body_hash: [u8; 32],
    /// The status it was answered with.
    pub status: u16,
    /// The JSON it was answered with; `None` where that held a secret.
    pub answer: Option<String>,
    /// The record it was about.
    pub record: Option<Id<Record>>,
}

/// Which request: a caller's key for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot<'a> {
    /// Who calls.
    pub subject: &'a str,
    /// What is asked.
    pub operation: &'a str,
    /// The key the caller chose.
    pub key: &'a str,
}

static FIND: Statement = Statement::tenant(
    "idempotency.find",
    "SELECT * FROM idempotency
     WHERE organization_id = $1 AND subject = $2 AND operation = $3 AND idempotency_key = $4 AND created > $5",
);

static INSERT: Statement = Statement::tenant(
    "idempotency.insert",
    "INSERT INTO idempotency (organization_id, subject, operation, idempotency_key, body_hash, status, answer,
                              record_id, created)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (organization_id, subject, operation, idempotency_key) DO UPDATE
     SET body_hash = excluded.body_hash, status = excluded.status, answer = excluded.answer,
         record_id = excluded.record_id, created = excluded.created",
);

static DELETE_BEFORE: Statement =
    Statement::system("idempotency.delete_before", "DELETE FROM idempotency WHERE created <= $1");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&FIND, &INSERT, &DELETE_BEFORE];

/// The answer kept for this request since `since`.
pub fn find(tx: &mut Tx<'_>, slot: Slot<'_>, since: Timestamp) -> Result<Option<Kept>> {
    tx.fetch_optional(&FIND, params![slot.subject, slot.operation, slot.key, since], read)
}

/// Keeps an answer, in the place of one that is too old to count.
pub fn insert(tx: &mut Tx<'_>, slot: Slot<'_>, kept: &Kept) -> Result<()> {
    let now = tx.now();
    tx.execute_one(
        &INSERT,
        params![
            slot.subject,
            slot.operation,
            slot.key,
            &kept.body_hash[..],
            kept.status,
            kept.answer.clone(),
            kept.record,
            now,
        ],
    )
}

/// Forgets the answers kept until `moment`.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, params![moment])
}

fn read(row: &Row<'_>) -> Result<Kept> {
    Ok(Kept {
        body_hash: row.get("body_hash")?,
        status: row.get("status")?,
        answer: row.get("answer")?,
        record: row.get("record_id")?,
    })
}
