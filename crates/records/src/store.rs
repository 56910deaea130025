//! Facts about the store as a whole.

use base::Result;
use database::{Statement, Tx, params};

static GENERATION: Statement =
    Statement::system("store.generation", "SELECT value FROM store_state WHERE name = 'generation'");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&GENERATION];

/// The generation: bearer tokens of another one are over.
pub fn generation(tx: &mut Tx<'_>) -> Result<u32> {
    tx.fetch_one(&GENERATION, params![], |row| row.get("value"))
}
