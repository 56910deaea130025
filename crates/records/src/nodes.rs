//! The nodes that share the database.

use base::{Id, Result, Timestamp};
use database::{Statement, Tx, params};

base::kinds! {
    /// A running server that lets keys in.
    Node => "node",
}

static TELL: Statement = Statement::system(
    "node.tell",
    "INSERT INTO node (id, name, generation, place, pulse, started, seen) VALUES ($1, $2, $3, $4, $5, $6, $6)
     ON CONFLICT (id) DO UPDATE SET generation = excluded.generation, place = excluded.place,
                                    pulse = excluded.pulse, seen = excluded.seen",
);

static ALL: Statement = Statement::system(
    "node.all",
    "SELECT id, name, generation, place, pulse, started, seen FROM node ORDER BY name, id",
);

static FORGET: Statement = Statement::system("node.forget", "DELETE FROM node WHERE id = $1 AND pulse = $2");

static LEAST_PLACE: Statement = Statement::system("node.least_place", "SELECT min(place) AS place FROM node");

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&TELL, &ALL, &FORGET, &LEAST_PLACE];

/// A node as it last told of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeRow {
    /// Its id: another one each time it starts.
    pub id: Id<Node>,
    /// The name its operator gave it, or its machine's.
    pub name: String,
    /// The store's generation as it knows it.
    pub generation: u32,
    /// The place up to which it has read the changes of keys.
    pub place: u64,
    /// How often it has told.
    pub pulse: u64,
    /// When it first told, by its own clock.
    pub started: Timestamp,
    /// When it last told, by its own clock.
    pub seen: Timestamp,
}

/// Tells how far a node is.
pub fn tell(
    tx: &mut Tx<'_>,
    id: Id<Node>,
    name: &str,
    (generation, place): (u32, u64),
    pulse: u64,
) -> Result<()> {
    let (place, pulse, now) = (number(place), number(pulse), tx.now());
    tx.execute_one(&TELL, params![id, name, generation, place, pulse, now])
}

/// All nodes that are not forgotten.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<NodeRow>> {
    tx.fetch_all(&ALL, params![], |row| {
        Ok(NodeRow {
            id: row.get("id")?,
            name: row.get("name")?,
            generation: row.get("generation")?,
            place: row.get("place")?,
            pulse: row.get("pulse")?,
            started: row.get("started")?,
            seen: row.get("seen")?,
        })
    })
}

/// Forgets a node, unless it has told anything since that pulse.
pub fn forget(tx: &mut Tx<'_>, id: Id<Node>, pulse: u64) -> Result<()> {
    tx.execute(&FORGET, params![id, number(pulse)]).map(drop)
}

/// The place that every node has passed; `None` where none tells.
pub fn least_place(tx: &mut Tx<'_>) -> Result<Option<u64>> {
    tx.fetch_one(&LEAST_PLACE, params![], |row| row.get("place"))
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
