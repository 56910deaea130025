//! How far a catalogue that is filled by rule has come.

use base::Result;
use database::{Statement, Tx, params};

static PARTS: Statement =
    Statement::tenant("stock.parts", "SELECT count(*) AS n FROM part WHERE organization_id = $1");
static ITEMS: Statement =
    Statement::tenant("stock.items", "SELECT count(*) AS n FROM item WHERE organization_id = $1");
static CRIMPS: Statement =
    Statement::tenant("stock.crimps", "SELECT count(*) AS n FROM crimp_spec WHERE organization_id = $1");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&PARTS, &ITEMS, &CRIMPS];

/// How much an organization has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stock {
    /// Parts of its own.
    pub parts: usize,
    /// Items of which it says something.
    pub items: usize,
    /// Rows of crimp data of its own.
    pub crimps: usize,
}

/// Counts all of it.
pub fn count(tx: &mut Tx<'_>) -> Result<Stock> {
    let mut number = |statement| {
        let n: u64 = tx.fetch_one(statement, params![], |row| row.get("n"))?;
        Ok::<_, base::Error>(usize::try_from(n).unwrap_or(usize::MAX))
    };
    Ok(Stock { parts: number(&PARTS)?, items: number(&ITEMS)?, crimps: number(&CRIMPS)? })
}
