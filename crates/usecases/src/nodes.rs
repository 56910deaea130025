//! The nodes that share a database, and how far each of them is.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base::{Id, Random, Result, Stopwatch};
use database::{Database, Engine, Scope, Tx};
use gate::BOUND;
use records::nodes::{self, Node, NodeRow};
use tokio::time::{sleep, timeout};

/// A node that has told nothing for this long lets nobody in: its own bound is
/// over, and so is what two steady clocks may differ by in that time.
pub const SILENT: Duration = BOUND.saturating_add(Duration::from_millis(250));
/// A node that has told nothing for this long is gone.
const GONE: Duration = Duration::from_mins(1);
/// Between two looks at how far the others are: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LAST_PAUSE: Duration = Duration::from_millis(50);

/// This node among those that share its database.
pub struct Nodes {
    database: Database,
    id: Id<Node>,
    name: String,
    pulse: AtomicU64,
    /// The last pulse of each other node, and since when it is known here: no
    /// clock but our own is asked.
    others: Mutex<HashMap<Id<Node>, (u64, Stopwatch)>>,
    looking: tokio::sync::Mutex<()>,
}

/// Who feels a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Felt {
    /// How many nodes have said so, this one included.
    pub nodes: usize,
    /// How many have not; none of them lets anyone in by what was before.
    pub silent: usize,
}

impl Nodes {
    /// This node, by this name.
    pub fn new(database: &Database, name: impl Into<String>, random: &mut Random) -> Self {
        Self {
            database: database.clone(),
            id: Id::new(database.clock().now(), random),
            name: name.into(),
            pulse: AtomicU64::new(0),
            others: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
        }
    }

    /// Tells the others that this node goes on, and how far it is. On SQLite
    /// there are none: a file has one server.
    pub(crate) async fn tell(&self, position: (u32, u64)) -> Result<()> {
        if self.database.engine() == Engine::Sqlite {
            return Ok(());
        }
        let (id, name) = (self.id, self.name.clone());
        let pulse = self.pulse.fetch_add(1, Ordering::SeqCst) + 1;
        let tell = move |tx: &mut Tx<'_>| nodes::tell(tx, id, &name, position, pulse);
        self.database.reserved(BOUND).touch(Scope::System, tell).await
    }

    /// Tells the others not to wait for this node: it lets nobody in any more.
    pub async fn leave(&self) -> Result<()> {
        self.forget(self.id, self.pulse.load(Ordering::SeqCst)).await
    }

    /// Looks which nodes there are, and forgets those that are gone. Done now
    /// and then, so that nobody waits for the dead.
    pub async fn watch(&self) -> Result<()> {
        for row in self.look().await? {
            if self.silence(&row) > GONE {
                self.forget(row.id, row.pulse).await?;
            }
        }
        Ok(())
    }

    /// How many nodes let keys in, this one included.
    pub fn count(&self) -> usize {
        1 + self.others().values().filter(|(_, since)| since.elapsed() <= SILENT).count()
    }

    /// Waits until no node lets anyone in by what was before a change, which
    /// was there before `committed` was started. Each node has said that it is
    /// past `position`, or is silent for so long that it lets nobody in; once
    /// [`SILENT`] is over, each that has not said so has read the change or
    /// lets nobody in, so there is nothing left to wait for.
    pub async fn felt_everywhere(&self, position: Option<(u32, u64)>, committed: Stopwatch) -> Felt {
        let mut felt = Felt::default();
        let mut pause = FIRST_PAUSE;
        let left = || SILENT.saturating_sub(committed.elapsed());
        while !left().is_zero() {
            // Where the database does not answer, time alone must do.
            if let (Some(position), Ok(Ok(others))) = (position, timeout(left(), self.look()).await) {
                let (told, rest): (Vec<_>, Vec<_>) =
                    others.into_iter().partition(|row| (row.generation, row.place) >= position);
                felt = Felt { nodes: 1 + told.len(), silent: rest.len() };
                if rest.iter().all(|row| self.silence(row) > SILENT) {
                    break;
                }
            }
            sleep(pause.min(left())).await;
            pause = LAST_PAUSE.min(pause * 2);
        }
        felt
    }

    /// The other nodes as they have told of themselves.
    async fn look(&self) -> Result<Vec<NodeRow>> {
        let _one_at_a_time = self.looking.lock().await;
        let mut rows = self.database.read(Scope::System, nodes::all).await?;
        rows.retain(|row| row.id != self.id);
        let mut others = self.others();
        let known = |row: &NodeRow| {
            let before = others.get(&row.id).filter(|(pulse, _)| *pulse == row.pulse);
            (row.id, before.copied().unwrap_or((row.pulse, Stopwatch::start())))
        };
        let now_known = rows.iter().map(known).collect();
        *others = now_known;
        Ok(rows)
    }

    /// How long this node knows that the other has told nothing since.
    fn silence(&self, row: &NodeRow) -> Duration {
        let since =
            self.others().get(&row.id).filter(|(pulse, _)| *pulse == row.pulse).map(|(_, since)| *since);
        since.map_or(Duration::ZERO, Stopwatch::elapsed)
    }

    async fn forget(&self, id: Id<Node>, pulse: u64) -> Result<()> {
        self.database.touch(Scope::System, move |tx| nodes::forget(tx, id, pulse)).await
    }

    fn others(&self) -> MutexGuard<'_, HashMap<Id<Node>, (u64, Stopwatch)>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
