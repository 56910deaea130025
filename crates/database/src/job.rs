//! Work that outlives a request: enqueued in the transaction that wants it,
//! leased by whoever runs it, tried again with growing pauses, set aside when
//! it keeps failing.

use std::time::Duration;

use base::{Id, Result, kinds};
use serde_json::Value as Json;

use crate::{Row, Statement, Tx, params};

kinds! {
    /// A job.
    Job => "job",
}

/// How long a runner may keep a job before another takes it.
const LEASE: Duration = Duration::from_mins(1);
/// How often a job is tried before it is set aside.
const ATTEMPTS: u32 = 8;

/// A job that its runner has leased.
#[derive(Debug, Clone)]
pub struct Leased {
    /// Its id.
    pub id: Id<Job>,
    /// What is to be done.
    pub kind: String,
    /// Which of its kind it is.
    pub key: String,
    /// What it needs to know.
    pub payload: Json,
    /// How often it was tried, this time included.
    pub attempts: u32,
}

static ENQUEUE: Statement = Statement::shared(
    "job.enqueue",
    "INSERT INTO job (id, kind, job_key, payload, run_at, leased_until, attempts, last_error, dead, created)
     VALUES ($1, $2, $3, $4, $5, 0, 0, NULL, 0, $6)
     ON CONFLICT (kind, job_key) DO NOTHING",
);

static LEASE_NEXT: Statement = Statement::system(
    "job.lease_next",
    "UPDATE job SET leased_until = $2, attempts = attempts + 1
     WHERE id = (SELECT id FROM job WHERE dead = 0 AND run_at <= $1 AND leased_until <= $1
                 ORDER BY run_at, id LIMIT 1)
     RETURNING id, kind, job_key, payload, attempts",
)
.on_postgres(
    "UPDATE job SET leased_until = $2, attempts = attempts + 1
     WHERE id = (SELECT id FROM job WHERE dead = 0 AND run_at <= $1 AND leased_until <= $1
                 ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, kind, job_key, payload, attempts",
);

static FINISH: Statement = Statement::system("job.finish", "DELETE FROM job WHERE id = $1");

static FAIL: Statement = Statement::system(
    "job.fail",
    "UPDATE job SET run_at = $2, leased_until = 0, last_error = $3, dead = $4 WHERE id = $1",
);

/// Every statement of this module, for the test that prepares them.
pub static STATEMENTS: &[&Statement] = &[&ENQUEUE, &LEASE_NEXT, &FINISH, &FAIL];

/// Asks for `kind` to be done no earlier than `after` from now. Where one with
/// the same key waits already, that one stands.
pub fn enqueue(tx: &mut Tx<'_>, kind: &str, key: &str, payload: &Json, after: Duration) -> Result<()> {
    let id: Id<Job> = tx.new_id();
    let (now, run_at) = (tx.now(), tx.now().plus(after));
    tx.execute(&ENQUEUE, params![id, kind, key, payload.to_string(), run_at, now])?;
    Ok(())
}

/// Takes the next job that is due.
pub fn lease_next(tx: &mut Tx<'_>) -> Result<Option<Leased>> {
    let (now, until) = (tx.now(), tx.now().plus(LEASE));
    tx.fetch_optional(&LEASE_NEXT, params![now, until], read)
}

/// The job is done; it is forgotten.
pub fn finish(tx: &mut Tx<'_>, job: &Leased) -> Result<()> {
    tx.execute(&FINISH, params![job.id])?;
    Ok(())
}

/// The job failed: it is tried again after 1, 2, 4 … minutes, and set aside after eight tries.
pub fn fail(tx: &mut Tx<'_>, job: &Leased, error: &str) -> Result<()> {
    let pause = Duration::from_secs(60 << job.attempts.saturating_sub(1).min(ATTEMPTS));
    let run_at = tx.now().plus(pause);
    tx.execute(&FAIL, params![job.id, run_at, error, job.attempts >= ATTEMPTS])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Leased> {
    let payload: String = row.get("payload")?;
    Ok(Leased {
        id: row.get("id")?,
        kind: row.get("kind")?,
        key: row.get("job_key")?,
        payload: serde_json::from_str(&payload)
            .map_err(|error| base::Error::internal("a job's payload", error))?,
        attempts: row.get("attempts")?,
    })
}
