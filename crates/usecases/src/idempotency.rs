//! A request that is repeated with the same `Idempotency-Key` is carried out
//! once. The answer is kept in the transaction that did it, so there is no
//! moment in which one is stored without the other.

use std::time::Duration;

use base::{Error, Id, Result};
use database::Tx;
use records::idempotency::{Kept, Record, Slot, find, insert};
use serde::Serialize;
use serde_json::json;

use crate::Caller;

/// How long an answer is kept.
pub const KEPT_FOR: Duration = Duration::from_hours(24);

/// What is told to a repetition whose first answer held a secret.
pub const CARRIED_OUT: &str =
    "This request was carried out before. Its answer held a secret, which is shown only once.";

/// What a write answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, as JSON text.
    pub body: String,
    /// The record's revision, where the answer is a document.
    pub rev: Option<i64>,
    /// The record it is about.
    pub record: Option<Id<Record>>,
    /// What is kept of the body; nothing of one that holds a secret.
    pub kept: Option<String>,
    /// Whether this is a kept answer.
    pub replayed: bool,
}

impl Answer {
    /// `body` with `status`.
    pub fn new(status: u16, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_string(body).map_err(|error| Error::internal("an answer", error))?;
        Ok(Self { status, kept: Some(body.clone()), body, rev: None, record: None, replayed: false })
    }

    /// The answer is the document with this id at this revision.
    #[must_use]
    pub fn about<K>(self, id: Id<K>, rev: i64) -> Self {
        Self { rev: Some(rev), ..self.naming(id) }
    }

    /// The answer says something of the record with this id, as that it is gone.
    #[must_use]
    pub fn naming<K>(self, id: Id<K>) -> Self {
        Self { record: Some(id.cast()), ..self }
    }

    /// The body holds a secret: it is shown once and never kept.
    #[must_use]
    pub fn with_secret(self) -> Self {
        Self { kept: None, ..self }
    }

    /// The body holds a secret: in its place this is kept for a repetition.
    pub fn with_secret_kept_as(self, body: &impl Serialize) -> Result<Self> {
        Ok(Self { kept: Self::new(self.status, body)?.kept, ..self })
    }
}

/// The word under which a caller may repeat a request: 1 to 255 printable
/// ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatKey(String);

impl RepeatKey {
    /// The word in the header `Idempotency-Key`, bare or in quotes.
    pub fn new(text: &str) -> Result<Self> {
        let key = text.trim().trim_matches('"');
        if key.is_empty() || key.len() > 255 || !key.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err(Error::invalid("Idempotency-Key", "must be 1 to 255 printable ASCII characters"));
        }
        Ok(Self(key.to_owned()))
    }
}

/// A request that its caller may repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeatable {
    /// What is asked: the id of the operation and the path.
    pub operation: String,
    /// The key the caller chose.
    pub key: RepeatKey,
    /// SHA-256 of the body.
    pub body_hash: [u8; 32],
}

/// Does `work`, or gives the answer it was given before.
pub fn once(
    tx: &mut Tx<'_>,
    caller: &Caller,
    request: Option<&Repeatable>,
    work: impl FnOnce(&mut Tx<'_>) -> Result<Answer>,
) -> Result<Answer> {
    let Some(request) = request else { return work(tx) };
    let subject = caller.subject.to_string();
    let slot = Slot { subject: &subject, operation: &request.operation, key: &request.key.0 };
    let since = tx.now().minus(KEPT_FOR);
    if let Some(kept) = find(tx, slot, since)? {
        return replay(&kept, request);
    }
    let answer = work(tx)?;
    let kept = Kept {
        body_hash: request.body_hash,
        status: answer.status,
        answer: answer.kept.clone(),
        record: answer.record,
    };
    insert(tx, slot, &kept)?;
    Ok(answer)
}

fn replay(kept: &Kept, request: &Repeatable) -> Result<Answer> {
    if kept.body_hash != request.body_hash {
        return Err(Error::Unprocessable("This Idempotency-Key was used before with another body.".into()));
    }
    let told = || {
        json!({
            "_id": kept.record,
            "message": CARRIED_OUT,
        })
    };
    let body = kept.answer.clone().unwrap_or_else(|| told().to_string());
    Ok(Answer { status: kept.status, body, kept: None, rev: None, record: kept.record, replayed: true })
}
