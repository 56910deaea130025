//! Calls with what is no key of anybody's, counted for each minute.

use base::{Result, Timestamp};
use database::{Statement, Tx, params};

static ADD: Statement = Statement::system(
    "unknown_call.add",
    "INSERT INTO unknown_call (minute, outcome, calls) VALUES ($1, $2, $3)
     ON CONFLICT (minute, outcome) DO UPDATE SET calls = unknown_call.calls + excluded.calls",
);

static SINCE: Statement = Statement::system(
    "unknown_call.since",
    "SELECT outcome, CAST(sum(calls) AS BIGINT) AS calls FROM unknown_call WHERE minute >= $1
     GROUP BY outcome ORDER BY outcome",
);

static DELETE_BEFORE: Statement =
    Statement::system("unknown_call.delete_before", "DELETE FROM unknown_call WHERE minute < $1");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&ADD, &SINCE, &DELETE_BEFORE];

/// Adds to the calls of a minute.
pub fn add(tx: &mut Tx<'_>, minute: Timestamp, outcome: &str, calls: u64) -> Result<()> {
    let calls = i64::try_from(calls).unwrap_or(i64::MAX);
    tx.execute_one(&ADD, params![minute, outcome, calls])
}

/// How many there were since a moment, for each outcome.
pub fn since(tx: &mut Tx<'_>, moment: Timestamp) -> Result<Vec<(String, u64)>> {
    tx.fetch_all(&SINCE, params![moment], |row| Ok((row.get("outcome")?, row.get("calls")?)))
}

/// Forgets minutes before a moment.
pub fn delete_before(tx: &mut Tx<'_>, moment: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, params![moment])
}
