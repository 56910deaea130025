//! Other names of records: the number the Gjirafa dialect knows one by, eight
//! letters, a uuid, the id in a foreign system.

use std::collections::HashMap;

use base::{Error, Id, Kind, Result};
use database::{Row, Statement, Tx, params};

/// The form of a Gjirafa number: an int32, counted per organization and kind of record.
pub const NUMBER: &str = "number";
/// The form of the eight letters that the Gjirafa dialect knows a project by.
pub const LETTERS: &str = "letters";

static INSERT: Statement = Statement::tenant(
    "external_id.insert",
    "INSERT INTO external_id (organization_id, record_kind, form, value, record_id) VALUES ($1, $2, $3, $4, $5)",
);

static RECORD: Statement = Statement::tenant(
    "external_id.record",
    "SELECT record_id FROM external_id
     WHERE organization_id = $1 AND record_kind = $2 AND form = $3 AND value = $4",
);

static NEXT: Statement = Statement::tenant(
    "external_id.next",
    "INSERT INTO counter (organization_id, name, last) VALUES ($1, $2, 1)
     ON CONFLICT (organization_id, name) DO UPDATE SET last = counter.last + 1
     RETURNING last",
);

static VALUE: Statement = Statement::tenant(
    "external_id.value",
    "SELECT value FROM external_id
     WHERE organization_id = $1 AND record_kind = $2 AND record_id = $3 AND form = $4",
);

static VALUES: Statement = Statement::tenant(
    "external_id.values",
    "SELECT record_id, value FROM external_id WHERE organization_id = $1 AND record_kind = $2 AND form = $3",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &RECORD, &NEXT, &VALUE, &VALUES];

/// Gives a new record its number.
pub fn number<K: Kind>(tx: &mut Tx<'_>, id: Id<K>) -> Result<i32> {
    let number: i32 = tx.fetch_one(&NEXT, params![K::NAME], |row| row.get("last"))?;
    tx.execute_one(&INSERT, params![K::NAME, NUMBER, number.to_string(), id])?;
    Ok(number)
}

/// Gives a new record its eight letters.
pub fn letter<K: Kind>(tx: &mut Tx<'_>, id: Id<K>, letters: &str) -> Result<()> {
    tx.execute_one(&INSERT, params![K::NAME, LETTERS, letters, id])
}

/// The id that any of a record's names stands for: the id itself, as a uuid
/// too, its number, its letters.
pub fn resolve<K: Kind>(tx: &mut Tx<'_>, name: &str) -> Result<Option<Id<K>>> {
    if let Some(id) = name.parse().ok().or_else(|| Id::from_uuid(name)) {
        return Ok(Some(id));
    }
    if is_number(name) {
        return record(tx, NUMBER, name);
    }
    if is_letters(name) { record(tx, LETTERS, &name.to_ascii_lowercase()) } else { Ok(None) }
}

/// Whether this is an int32 as it is written, and not "+5" or "007".
fn is_number(name: &str) -> bool {
    name.parse::<i32>().is_ok_and(|number| number.to_string() == name)
}

fn is_letters(name: &str) -> bool {
    name.len() == 8 && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn record<K: Kind>(tx: &mut Tx<'_>, form: &str, value: &str) -> Result<Option<Id<K>>> {
    tx.fetch_optional(&RECORD, params![K::NAME, form, value], |row| row.get("record_id"))
}

/// The number of a record.
pub fn number_of<K: Kind>(tx: &mut Tx<'_>, id: Id<K>) -> Result<i32> {
    tx.fetch_one(&VALUE, params![K::NAME, id, NUMBER], |row| read_number(row, "value"))
}

/// The letters of a record.
pub fn letters_of<K: Kind>(tx: &mut Tx<'_>, id: Id<K>) -> Result<String> {
    tx.fetch_one(&VALUE, params![K::NAME, id, LETTERS], |row| row.get("value"))
}

/// The number of every record of a kind.
pub fn numbers<K: Kind>(tx: &mut Tx<'_>) -> Result<HashMap<Id<K>, i32>> {
    let pairs = tx.fetch_all(&VALUES, params![K::NAME, NUMBER], |row| {
        Ok((row.get("record_id")?, read_number(row, "value")?))
    })?;
    Ok(pairs.into_iter().collect())
}

/// The letters of every record of a kind.
pub fn letters<K: Kind>(tx: &mut Tx<'_>) -> Result<HashMap<Id<K>, String>> {
    let pairs = tx.fetch_all(&VALUES, params![K::NAME, LETTERS], |row| {
        Ok((row.get("record_id")?, row.get::<String>("value")?))
    })?;
    Ok(pairs.into_iter().collect())
}

/// A number in a column of external ids.
pub(crate) fn read_number(row: &Row<'_>, column: &str) -> Result<i32> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| Error::internal("a stored number", error))
}
