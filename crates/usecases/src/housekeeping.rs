//! Jobs that keep the store tidy, and what runs jobs.

use std::time::Duration;

use base::{Result, Timestamp};
use database::{Database, Scope, Tx, job};
use records::{idempotency, sessions};
use serde_json::json;
use tracing::{error, info};

use crate::idempotency::KEPT_FOR;

/// Forgets sessions that are over and kept answers that are too old.
const TIDY: &str = "tidy";
const TIDY_EVERY: Duration = Duration::from_hours(1);

/// Makes sure that what runs for ever is enqueued.
pub async fn start(database: &Database) -> Result<()> {
    database.write(Scope::System, |tx| enqueue_tidying(tx, Duration::ZERO)).await
}

/// Runs the jobs that are due, one after the other; answers how many there were.
pub async fn run_due_jobs(database: &Database) -> Result<u32> {
    let mut ran = 0;
    while let Some(leased) = database.write(Scope::System, job::lease_next).await? {
        ran += 1;
        if let Err(failure) = run(database, leased.clone()).await {
            error!(job = leased.kind, attempts = leased.attempts, error = %failure, "a job failed");
            let words = failure.to_string();
            database.write(Scope::System, move |tx| job::fail(tx, &leased, &words)).await?;
        }
    }
    Ok(ran)
}

async fn run(database: &Database, leased: job::Leased) -> Result<()> {
    match leased.kind.as_str() {
        TIDY => database.write(Scope::System, move |tx| tidy(tx, &leased)).await,
        unknown => Err(base::Error::Internal(format!("no one knows the job {unknown}"))),
    }
}

fn tidy(tx: &mut Tx<'_>, leased: &job::Leased) -> Result<()> {
    let too_old: Timestamp = tx.now().minus(KEPT_FOR);
    let over = sessions::delete_expired(tx)?;
    let forgotten = idempotency::delete_before(tx, too_old)?;
    info!(sessions = over, answers = forgotten, "tidied");
    job::finish(tx, leased)?;
    enqueue_tidying(tx, TIDY_EVERY)
}

fn enqueue_tidying(tx: &mut Tx<'_>, after: Duration) -> Result<()> {
    job::enqueue(tx, TIDY, "", &json!({}), after)
}
