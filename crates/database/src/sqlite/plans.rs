//! What the planner is told of how many rows there are.
//!
//! Without it SQLite takes every index for equally good, the one on nothing but
//! the organization too, and with what ANALYZE counts its plans would differ
//! from shop to shop and from day to day. So it is told the same everywhere: of
//! a large table, each further column of an index leaves a tenth.

use rusqlite::{Connection, Result, Row, TransactionBehavior};

/// The rows that every table is said to have.
const ROWS: u64 = 1_000_000;
/// What one more column of an index leaves.
const TENTH: u64 = 10;
/// What no column but the last of a unique index leaves less than.
const FEWEST: u64 = 2;

/// Of an index: its table, its name, and the rows of the table, then those
/// that are left by its first column, by its first two, and so on.
type Told = (String, String, String);

/// Tells the planner, if it was not told so before; those see it who open the
/// file afterwards.
pub(crate) fn tell(connection: &mut Connection) -> Result<()> {
    let wanted = of_indexes(connection)?;
    // Another process may write meanwhile: who has nothing to say does not wait for it.
    if connection.table_exists(None, "sqlite_stat1")? && told(connection)? == wanted {
        return Ok(());
    }
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Makes the table that is written here, if it is not there.
    tx.execute_batch("ANALYZE sqlite_schema; DELETE FROM sqlite_stat1")?;
    for told in wanted {
        tx.execute("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)", told)?;
    }
    tx.commit()
}

fn told(connection: &Connection) -> Result<Vec<Told>> {
    let mut statement = connection.prepare("SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx")?;
    statement.query_map([], |row| row.try_into())?.collect()
}

fn of_indexes(connection: &Connection) -> Result<Vec<Told>> {
    // The key of a table without row numbers goes by the name of the table.
    let mut statement = connection.prepare(
        "SELECT t.name AS of_table, CASE WHEN l.origin = 'pk' AND t.wr THEN t.name ELSE l.name END AS name,
                l.\"unique\" AS is_unique,
                (SELECT count(*) FROM pragma_index_xinfo(l.name) AS x WHERE x.key) AS columns
         FROM pragma_table_list AS t, pragma_index_list(t.name) AS l
         WHERE t.schema = 'main' AND t.type = 'table' ORDER BY 1, 2",
    )?;
    let told = |row: &Row<'_>| {
        Ok((row.get("of_table")?, row.get("name")?, left(row.get("columns")?, row.get("is_unique")?)))
    };
    statement.query_map([], told)?.collect()
}

fn left(columns: u32, is_unique: bool) -> String {
    let mut left = ROWS;
    let mut told = vec![left.to_string()];
    for column in 1..=columns {
        left = (left / TENTH).max(FEWEST);
        told.push(if is_unique && column == columns { 1 } else { left }.to_string());
    }
    // An index is never read once for each organization or part there is: they are many.
    told.push("noskipscan".to_owned());
    told.join(" ")
}
