//! Work that outlives a request: enqueued in the transaction that wants it,
//! leased by whoever runs it, tried again with growing pauses, set aside when
//! it keeps failing.

use std::time::Duration;

use base::{Id, Result, Timestamp, kinds};
use serde_json::{Value as Json, json};

use crate::{Row, Statement, Tx, params};

kinds! {
    /// A job.
    Job => "job",
    /// A lease of a job: whoever holds it runs the job.
    Lease => "lease",
}

/// How long a runner may keep a job, unless it renews the lease, before another takes it.
pub const LEASE: Duration = Duration::from_mins(1);

/// A job that its runner has leased.
#[derive(Debug, Clone)]
pub struct Leased {
    /// Its id.
    pub id: Id<Job>,
    /// What is to be done.
    pub kind: String,
    /// Which of its kind it is.
    pub key: String,
    /// Of one lane only a few are run at once.
    pub lane: String,
    /// What it needs to know.
    pub payload: Json,
    /// How often it was tried, this time included.
    pub attempts: u32,
    lease: Id<Lease>,
    asked: i64,
}

/// Jobs of a kind that were set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dead {
    /// Of which kind.
    pub kind: String,
    /// How many.
    pub count: u64,
    /// What the last of them failed with.
    pub last_error: String,
}

static ENQUEUE: Statement = Statement::shared(
    "job.enqueue",
    "INSERT INTO job (id, kind, job_key, lane, payload, run_at, leased_until, attempts, last_error, dead, created, asked)
     VALUES ($1, $2, $3, $4, $5, $6, 0, 0, NULL, 0, $7, 1)
     ON CONFLICT (kind, job_key) DO UPDATE SET asked = job.asked + 1, payload = excluded.payload, dead = 0,
         attempts = CASE WHEN job.dead = 1 THEN 0 ELSE job.attempts END,
         run_at = CASE WHEN job.dead = 0 AND job.lease IS NULL AND job.run_at < excluded.run_at
                       THEN job.run_at ELSE excluded.run_at END",
);

static ENSURE: Statement = Statement::shared(
    "job.ensure",
    "INSERT INTO job (id, kind, job_key, lane, payload, run_at, leased_until, attempts, last_error, dead, created, asked)
     VALUES ($1, $2, '', $2, '{}', $3, 0, 0, NULL, 0, $3, 1)
     ON CONFLICT (kind, job_key) DO NOTHING",
);

static LEASE_NEXT: Statement = Statement::system(
    "job.lease_next",
    "UPDATE job SET leased_until = $2, lease = $3, attempts = attempts + 1
     WHERE id = (SELECT id FROM job WHERE dead = 0 AND run_at <= $1 AND leased_until <= $1
                 AND kind IN (SELECT value FROM json_each($4)) AND lane NOT IN (SELECT value FROM json_each($5))
                 ORDER BY run_at, id LIMIT 1)
     RETURNING id, kind, job_key, lane, payload, attempts, lease, asked",
)
.on_postgres(
    "UPDATE job SET leased_until = $2, lease = $3, attempts = attempts + 1
     WHERE id = (SELECT id FROM job WHERE dead = 0 AND run_at <= $1 AND leased_until <= $1
                 AND kind IN (SELECT jsonb_array_elements_text($4::text::jsonb))
                 AND lane NOT IN (SELECT jsonb_array_elements_text($5::text::jsonb))
                 ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING id, kind, job_key, lane, payload, attempts, lease, asked",
);

static RENEW: Statement =
    Statement::system("job.renew", "UPDATE job SET leased_until = $3 WHERE id = $1 AND lease = $2");

static FINISH: Statement =
    Statement::system("job.finish", "DELETE FROM job WHERE id = $1 AND lease = $2 AND asked = $3");

static RELEASE: Statement = Statement::system(
    "job.release",
    "UPDATE job SET leased_until = 0, lease = NULL, attempts = 0, last_error = NULL WHERE id = $1 AND lease = $2",
);

static REPEAT: Statement = Statement::system(
    "job.repeat",
    "UPDATE job SET run_at = $3, leased_until = 0, lease = NULL, attempts = 0, last_error = $4
     WHERE id = $1 AND lease = $2",
);

static FAIL: Statement = Statement::system(
    "job.fail",
    "UPDATE job SET run_at = $3, leased_until = 0, lease = NULL, last_error = $4,
                    dead = CASE WHEN asked = $6 THEN $5 ELSE 0 END
     WHERE id = $1 AND lease = $2",
);

static DEAD: Statement = Statement::system(
    "job.dead",
    "SELECT kind, count(*) AS dead, max(last_error) AS last_error FROM job WHERE dead = 1 GROUP BY kind ORDER BY kind",
);

static OVERDUE: Statement =
    Statement::system("job.overdue", "SELECT count(*) AS overdue FROM job WHERE dead = 0 AND run_at <= $1");

/// Every statement of this module, for the test that prepares them.
pub static STATEMENTS: &[&Statement] =
    &[&ENQUEUE, &ENSURE, &LEASE_NEXT, &RENEW, &FINISH, &RELEASE, &REPEAT, &FAIL, &DEAD, &OVERDUE];

/// Asks for `kind` to be done no earlier than `after` from now. Of one kind
/// and key there is one job: asked for again, it is done at the earlier of the
/// two times, or once more where it is being done; one that was set aside is
/// taken up again. The payload is that of the last who asked.
pub fn enqueue(tx: &mut Tx<'_>, kind: &str, key: &str, payload: &Json, after: Duration) -> Result<()> {
    enqueue_in(tx, kind, kind, key, payload, after)
}

/// The same in a lane of its own instead of the kind's: of a lane a node runs
/// only a few jobs at once, so that a slow one holds nobody else's.
pub fn enqueue_in(
    tx: &mut Tx<'_>,
    lane: &str,
    kind: &str,
    key: &str,
    payload: &Json,
    after: Duration,
) -> Result<()> {
    let id: Id<Job> = tx.new_id();
    let (now, run_at) = (tx.now(), tx.now().plus(after));
    tx.execute(&ENQUEUE, params![id, kind, key, lane, payload.to_string(), run_at, now])?;
    tx.wake_runner();
    Ok(())
}

/// Makes sure that the one job of a recurring kind is there.
pub fn ensure(tx: &mut Tx<'_>, kind: &str) -> Result<()> {
    let id: Id<Job> = tx.new_id();
    let now = tx.now();
    tx.execute(&ENSURE, params![id, kind, now]).map(drop)
}

/// Takes the next job that is due, of one of `kinds` and in none of the lanes that are `busy`.
pub fn lease_next(tx: &mut Tx<'_>, kinds: &[&str], busy: &[String]) -> Result<Option<Leased>> {
    let lease: Id<Lease> = tx.new_id();
    let (now, until) = (tx.now(), tx.now().plus(LEASE));
    let (kinds, busy) = (json!(kinds).to_string(), json!(busy).to_string());
    tx.fetch_optional(&LEASE_NEXT, params![now, until, lease, kinds, busy], read)
}

/// Keeps a job for longer; false if the lease was lost to another runner.
pub fn renew(tx: &mut Tx<'_>, job: &Leased) -> Result<bool> {
    let until = tx.now().plus(LEASE);
    Ok(tx.execute(&RENEW, params![job.id, job.lease, until])? == 1)
}

/// The job is done: it is forgotten, or done once more where it was asked for meanwhile.
pub fn finish(tx: &mut Tx<'_>, job: &Leased) -> Result<()> {
    if tx.execute(&FINISH, params![job.id, job.lease, job.asked])? == 0 {
        // Asked for meanwhile; or the lease was lost, and then this touches nothing.
        tx.execute(&RELEASE, params![job.id, job.lease])?;
        tx.wake_runner();
    }
    Ok(())
}

/// The job is done, or failed with `error`, and is due again at `at`.
pub fn repeat(tx: &mut Tx<'_>, job: &Leased, at: Timestamp, error: Option<&str>) -> Result<()> {
    tx.execute(&REPEAT, params![job.id, job.lease, at, error]).map(drop)
}

/// The job failed: it is tried again after `pause`, and up to a tenth more so
/// that those which fail together do not come back together; or set aside
/// where there is none.
pub fn fail(tx: &mut Tx<'_>, job: &Leased, error: &str, pause: Option<Duration>) -> Result<()> {
    let tenth = |pause: Duration| pause * u32::from(job.lease.as_bytes()[11]) / 2560;
    let run_at = tx.now().plus(pause.map(|pause| pause + tenth(pause)).unwrap_or_default());
    tx.execute(&FAIL, params![job.id, job.lease, run_at, error, pause.is_none(), job.asked]).map(drop)
}

/// What was set aside, by kind.
pub fn dead(tx: &mut Tx<'_>) -> Result<Vec<Dead>> {
    tx.fetch_all(&DEAD, params![], |row| {
        Ok(Dead {
            kind: row.get("kind")?,
            count: row.get("dead")?,
            last_error: row.get::<Option<String>>("last_error")?.unwrap_or_default(),
        })
    })
}

/// How many jobs were due longer than `since` ago and are not done.
pub fn overdue(tx: &mut Tx<'_>, since: Duration) -> Result<u64> {
    let before = tx.now().minus(since);
    tx.fetch_one(&OVERDUE, params![before], |row| row.get("overdue"))
}

fn read(row: &Row<'_>) -> Result<Leased> {
    let payload: String = row.get("payload")?;
    Ok(Leased {
        id: row.get("id")?,
        kind: row.get("kind")?,
        key: row.get("job_key")?,
        lane: row.get("lane")?,
        payload: serde_json::from_str(&payload)
            .map_err(|error| base::Error::internal("a job's payload", error))?,
        attempts: row.get("attempts")?,
        lease: row.get("lease")?,
        asked: row.get("asked")?,
    })
}
