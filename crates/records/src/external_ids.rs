//! Other names of records: the number the Gjirafa dialect knows one by, a
//! uuid, the id in a foreign system.

use base::{Id, Kind, Result};
use database::{Statement, Tx, params};

/// The form of a Gjirafa number: an int32, counted per organization and kind of record.
pub const NUMBER: &str = "number";

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

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&INSERT, &RECORD, &NEXT];

/// Gives a new record its number.
pub fn number<K: Kind>(tx: &mut Tx<'_>, id: Id<K>) -> Result<i32> {
    let number: i32 = tx.fetch_one(&NEXT, params![K::NAME], |row| row.get("last"))?;
    tx.execute_one(&INSERT, params![K::NAME, NUMBER, number.to_string(), id])?;
    Ok(number)
}

/// The id that any of a record's names stands for: the id itself, or its number.
pub fn resolve<K: Kind>(tx: &mut Tx<'_>, name: &str) -> Result<Option<Id<K>>> {
    if let Ok(id) = name.parse() {
        return Ok(Some(id));
    }
    // As it is written, and not "+5" or "007".
    let number = name.parse::<i32>().ok().filter(|number| number.to_string() == name);
    match number {
        Some(_) => tx.fetch_optional(&RECORD, params![K::NAME, NUMBER, name], |row| row.get("record_id")),
        None => Ok(None),
    }
}
