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

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&GENERATION, &RAISE_GENERATION, &SCHEMA];

/// The generation: bearer tokens of another one are over.
pub fn generation(tx: &mut Tx<'_>) -> Result<u32> {
    tx.fetch_one(&GENERATION, params![], |row| row.get("value"))
}

/// Raises the generation to this one, unless it is there already.
pub fn raise_generation(tx: &mut Tx<'_>, to: u32) -> Result<()> {
    tx.execute(&RAISE_GENERATION, params![to]).map(drop)
}

/// The number of the last migration.
pub fn schema(tx: &mut Tx<'_>) -> Result<u32> {
    tx.fetch_one(&SCHEMA, params![], |row| row.get("version"))
}
