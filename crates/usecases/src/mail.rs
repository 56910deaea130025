//! Mail. It is enqueued in the transaction that has something to tell, so it
//! goes out if that is committed, and only then.

use std::time::Duration;

use base::{Error, Id, Result, Timestamp, hex, kinds};
use database::{Tx, job};
use outbound::mail::{Letter, NotSent, Post, Sender};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::jobs::{Failure, Outcome, Run};

kinds! {
    /// A mail that waits to be sent.
    Waiting => "mail",
}

pub(crate) const KIND: &str = "mail";

/// For about two days: as long as a mail server may be away.
pub(crate) const PAUSES: &[Duration] = &[
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(15),
    Duration::from_hours(1),
    Duration::from_hours(4),
    Duration::from_hours(8),
    Duration::from_hours(12),
    Duration::from_hours(24),
];

/// A mail in plain text to one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mail<'a> {
    /// The address, as in `ada@shop.example`.
    pub to: &'a str,
    /// The subject: 1 to 200 characters in one line.
    pub subject: &'a str,
    /// The text: at most 20,000 characters.
    pub text: &'a str,
}

/// What the job knows.
#[derive(Serialize, Deserialize)]
struct Payload {
    written: Timestamp,
    /// [`Content`] as JSON, sealed, in hexadecimal.
    sealed: String,
}

#[derive(Serialize, Deserialize)]
struct Content {
    to: String,
    subject: String,
    text: String,
}

/// Has a mail sent once the transaction is committed. Its text may hold a
/// one-time link, so it is sealed while it waits, and gone when it is sent.
pub fn enqueue(tx: &mut Tx<'_>, mail: &Mail<'_>) -> Result<()> {
    let id: Id<Waiting> = tx.new_id();
    let Mail { to, subject, text } = *mail;
    // What cannot be sent is told to whoever would send it.
    Letter::new(id.to_string(), tx.now(), to, subject, text)?;
    let content = Content { to: to.to_owned(), subject: subject.to_owned(), text: text.to_owned() };
    let content = serde_json::to_vec(&content).map_err(|error| Error::internal("a mail", error))?;
    let sealed = tx.seal(&about(id), &content)?;
    let payload = Payload { written: tx.now(), sealed: hex::encode(&sealed) };
    job::enqueue(tx, KIND, &id.to_string(), &json!(payload), Duration::ZERO)
}

pub(crate) async fn send(run: Run, post: Post, sender: Sender) -> Outcome {
    let payload = run.payload()?;
    let letter = letter(&run, &payload).map_err(|error| Failure::Lasting(error.to_string()))?;
    post.send(&sender, &letter).await.map_err(|not_sent| match not_sent {
        NotSent::Yet(words) => Failure::Passing(words),
        NotSent::Ever(words) => Failure::Lasting(words),
    })
}

fn letter(run: &Run, payload: &Payload) -> Result<Letter> {
    let unreadable = |error: &dyn std::fmt::Display| Error::internal("a waiting mail", error);
    let id: Id<Waiting> = run.job.key.parse().map_err(|error| unreadable(&error))?;
    let sealed = hex::decode(&payload.sealed).ok_or_else(|| unreadable(&"not hexadecimal"))?;
    let content = run.database.unseal(&about(id), &sealed)?;
    let Content { to, subject, text } =
        serde_json::from_slice(&content).map_err(|error| unreadable(&error))?;
    Letter::new(id.to_string(), payload.written, &to, &subject, &text)
}

fn about(id: Id<Waiting>) -> String {
    format!("mail:{id}")
}
