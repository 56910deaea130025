//! The sequence of changes to keys that every node follows.

use base::{Id, Organization, Result, Timestamp};
use database::{Engine, Statement, Tx, bell, params};
use keys::ApiKey;
use serde_json::json;

static LOCK: Statement = Statement::shared("key_change.lock", "SELECT 1 AS locked")
    .on_postgres("SELECT 1 AS locked FROM (SELECT pg_advisory_xact_lock(7092002319)) AS lock");

static INSERT: Statement = Statement::shared(
    "key_change.insert",
    "INSERT INTO key_change (organization_id, key_id, at) VALUES ($1, $2, $3)",
);

static INSERT_ALL: Statement = Statement::shared(
    "key_change.insert_all",
    "INSERT INTO key_change (organization_id, key_id, at) SELECT $1, value, $3 FROM json_each($2)",
)
.on_postgres(
    "INSERT INTO key_change (organization_id, key_id, at)
     SELECT $1, jsonb_array_elements_text($2::text::jsonb), $3",
);

static AFTER: Statement = Statement::system(
    "key_change.after",
    "SELECT seq, organization_id, key_id FROM key_change WHERE seq > $1 ORDER BY seq LIMIT $2",
);

static LAST: Statement =
    Statement::system("key_change.last", "SELECT coalesce(max(seq), 0) AS seq FROM key_change");

static RESUME: Statement = Statement::system("key_change.resume", "SELECT 1 AS seq").on_postgres(
    "SELECT setval(sequence, greatest(coalesce(pg_sequence_last_value(sequence), 1),
                                      (SELECT coalesce(max(seq), 1) FROM key_change))) AS seq
     FROM (SELECT pg_get_serial_sequence('key_change', 'seq')::regclass AS sequence) AS of_key_change",
);

static FORGETTABLE: Statement = Statement::system(
    "key_change.forgettable",
    "SELECT coalesce(max(seq), 0) AS seq FROM
         (SELECT seq FROM key_change
          WHERE at < $1 AND seq <= $2 AND seq < (SELECT max(seq) FROM key_change) ORDER BY seq LIMIT $3) AS old",
);

static FORGET: Statement = Statement::system("key_change.forget", "DELETE FROM key_change WHERE seq <= $1");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&LOCK, &INSERT, &INSERT_ALL, &AFTER, &LAST, &RESUME, &FORGETTABLE, &FORGET];

/// Tells that a key has changed. The last thing a transaction does: on
/// PostgreSQL it takes a lock until the commit, so that the order of the
/// sequence is the order of the commits and no reader misses a late one. All
/// nodes hear of the commit.
pub fn insert(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<()> {
    let (organization, now) = (tx.organization()?, tx.now());
    announce(tx)?;
    tx.execute_one(&INSERT, params![organization, key, now])
}

/// The same for many keys at once.
pub fn insert_all(tx: &mut Tx<'_>, keys: &[Id<ApiKey>]) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let (organization, now) = (tx.organization()?, tx.now());
    announce(tx)?;
    tx.execute(&INSERT_ALL, params![organization, json!(keys).to_string(), now]).map(drop)
}

fn announce(tx: &mut Tx<'_>) -> Result<()> {
    bell::ring(tx)?;
    if tx.engine() == Engine::Postgres {
        tx.fetch_one(&LOCK, params![], |_| Ok(()))?;
    }
    Ok(())
}

/// One change: its place, and which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyChange {
    /// Its place in the sequence.
    pub seq: u64,
    /// Whose key.
    pub organization: Id<Organization>,
    /// Which key.
    pub key: Id<ApiKey>,
}

/// The first `most` changes after a place.
pub fn after(tx: &mut Tx<'_>, seq: u64, most: u32) -> Result<Vec<KeyChange>> {
    let seq = i64::try_from(seq).unwrap_or(i64::MAX);
    tx.fetch_all(&AFTER, params![seq, most], |row| {
        Ok(KeyChange {
            seq: row.get("seq")?,
            organization: row.get("organization_id")?,
            key: row.get("key_id")?,
        })
    })
}

/// The place of the last change; 0 if there was none.
pub fn last(tx: &mut Tx<'_>) -> Result<u64> {
    tx.fetch_one(&LAST, params![], |row| row.get("seq"))
}

/// Forgets changes from before a moment up to a place, at most so many of
/// them; answers the last place that was forgotten, if any was. The last change
/// of all stays, so that the sequence goes on after it wherever it is restored.
pub fn forget(tx: &mut Tx<'_>, before: Timestamp, upto: u64, most: u32) -> Result<Option<u64>> {
    let upto = i64::try_from(upto).unwrap_or(i64::MAX);
    let last: i64 = tx.fetch_one(&FORGETTABLE, params![before, upto, most], |row| row.get("seq"))?;
    let forgotten = tx.execute(&FORGET, params![last])?;
    Ok(u64::try_from(last).ok().filter(|_| forgotten > 0))
}

/// Lets the sequence go on after what a restored backup has put in: PostgreSQL
/// does not count rows that bring their own place, SQLite does.
pub fn resume(tx: &mut Tx<'_>) -> Result<()> {
    tx.fetch_one(&RESUME, params![], |_| Ok(()))
}
