//! The bell: rung by transactions whose commit others wait to hear of.

use base::Result;

use crate::{Statement, Tx, params, tx::Connection};

/// What a transaction on PostgreSQL notifies.
pub(crate) const CHANNEL: &str = "swage";

static RING: Statement = Statement::shared("bell.ring", "SELECT 1 AS rung")
    .on_postgres("SELECT 1 AS rung FROM (SELECT pg_notify('swage', '')) AS bell");

/// Every statement of this module, for the test that prepares them.
pub static STATEMENTS: &[&Statement] = &[&RING];

/// Rings the bell once the transaction has committed: all who
/// [`listen`](crate::Database::listen) hear it, on PostgreSQL on every node.
/// There, transactions that ring commit one after the other; so none rings
/// without need.
pub fn ring(tx: &mut Tx<'_>) -> Result<()> {
    match &mut tx.connection {
        Connection::Sqlite(connection) => {
            connection.rung = true;
            Ok(())
        }
        Connection::Postgres(_) => tx.fetch_one(&RING, params![], |_| Ok(())),
    }
}
