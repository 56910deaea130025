//! Records that were put back: at one revision they are again as they were at another.

use std::collections::HashMap;

use base::{Id, Result};
use database::{Statement, Tx, params};
use serde_json::json;

use super::Item;

/// A part, or a row of crimp data, that was put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Its id.
    pub record: Id<Item>,
    /// The revision at which it was so before.
    pub was: i64,
    /// The revision at which it is so again.
    pub now: i64,
}

static INSERT: Statement = Statement::tenant(
    "catalogue_restored.insert",
    "INSERT INTO catalogue_restored (organization_id, record_id, was_rev, now_rev) VALUES ($1, $2, $3, $4)",
);

// What was put back to the former revision is now as it was then, too.
static MOVE: Statement = Statement::tenant(
    "catalogue_restored.move",
    "UPDATE catalogue_restored SET now_rev = k.value ->> 2 FROM json_each($2) AS k
     WHERE organization_id = $1 AND record_id = k.value ->> 0 AND now_rev = k.value ->> 1",
)
.on_postgres(
    "UPDATE catalogue_restored SET now_rev = (k.value ->> 2)::bigint
     FROM jsonb_array_elements($2::text::jsonb) AS k (value)
     WHERE organization_id = $1 AND record_id = k.value ->> 0 AND now_rev = (k.value ->> 1)::bigint",
);

static OF: Statement = Statement::tenant(
    "catalogue_restored.of",
    "SELECT r.record_id, r.was_rev, r.now_rev FROM json_each($2) AS k
     CROSS JOIN catalogue_restored AS r ON r.organization_id = $1 AND r.record_id = k.value",
)
.on_postgres(
    "SELECT r.record_id, r.was_rev, r.now_rev FROM jsonb_array_elements_text($2::text::jsonb) AS k (value)
     JOIN catalogue_restored AS r ON r.organization_id = $1 AND r.record_id = k.value",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &MOVE, &OF];

/// Records were put back.
pub fn add(tx: &mut Tx<'_>, restored: &[Restored]) -> Result<()> {
    if restored.is_empty() {
        return Ok(());
    }
    let all: Vec<_> = restored.iter().map(|one| (one.record, one.was, one.now)).collect();
    tx.execute(&MOVE, params![json!(all).to_string()])?;
    let stored = |one: &Restored| params![one.record, one.was, one.now].to_vec();
    tx.execute_many(&INSERT, &restored.iter().map(stored).collect::<Vec<_>>())
}

/// Of these records, at which revision each is again as it was at another: by its id and the other.
pub fn of(tx: &mut Tx<'_>, records: impl Iterator<Item = Id<Item>>) -> Result<HashMap<(Id<Item>, i64), i64>> {
    let records: Vec<_> = records.collect();
    let found = tx.fetch_all(&OF, params![json!(records).to_string()], |row| {
        Ok(((row.get("record_id")?, row.get("was_rev")?), row.get("now_rev")?))
    })?;
    Ok(found.into_iter().collect())
}
