//! Facts about the store as a whole.

use base::Result;
use database::{Statement, Tx, params};

static GENERATION: Statement =
    Statement::system("store.generation", "SELECT value FROM store_state WHERE name = 'generation'");

static RAISE_GENERATION: Statement = Statement::system(
    "store.raise_generation",
    "UPDATE store_state SET value = $1 WHERE name = 'generation' AND value < $1",
);

static SCHEMA: Statement =
    Statement::system("store.schema", "SELECT max(version) AS version FROM refinery_schema_history");

static FORGOTTEN_CHANGES: Statement = Statement::system(
    "store.forgotten_changes",
    "SELECT value FROM store_state WHERE name = 'forgotten_changes'",
);

static SET_FORGOTTEN_CHANGES: Statement = Statement::system(
    "store.set_forgotten_changes",
    "INSERT INTO store_state (name, value) VALUES ('forgotten_changes', $1)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&GENERATION, &RAISE_GENERATION, &SCHEMA, &FORGOTTEN_CHANGES, &SET_FORGOTTEN_CHANGES];

/// The generation: bearer tokens of another one are over.
pub fn generation(tx: &mut Tx<'_>) -> Result<u32> {
    tx.fetch_one(&GENERATION, params![], |row| row.get("value"))
}

/// Raises the generation to this one, unless it is there already.
pub fn raise_generation(tx: &mut Tx<'_>, to: u32) -> Result<()> {
    tx.execute(&RAISE_GENERATION, params![to]).map(drop)
}

/// The place up to which changes of keys are forgotten: whoever has not read
/// further cannot read on from there.
pub fn forgotten_changes(tx: &mut Tx<'_>) -> Result<u64> {
    Ok(tx.fetch_optional(&FORGOTTEN_CHANGES, params![], |row| row.get("value"))?.unwrap_or(0))
}

/// Changes of keys are forgotten up to this place.
pub fn set_forgotten_changes(tx: &mut Tx<'_>, upto: u64) -> Result<()> {
    let upto = i64::try_from(upto).unwrap_or(i64::MAX);
    tx.execute_one(&SET_FORGOTTEN_CHANGES, params![upto])
}

/// The number of the last migration.
pub fn schema(tx: &mut Tx<'_>) -> Result<u32> {
    tx.fetch_one(&SCHEMA, params![], |row| row.get("version"))
}
