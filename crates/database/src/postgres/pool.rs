use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use base::Result;

use super::{PostgresConnection, Server};
use crate::{
    Scope,
    queue::Queue,
    tx::Connection,
    unit::{Ran, Unit, too_late},
};

/// How often a write that lost a race is run in all.
const RUNS: u32 = 10;

/// Whether a unit writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
    /// A write of rows that no other unit decides by.
    Touch,
}

pub(crate) type Asked = (Access, Box<dyn Unit>);

/// Starts `threads` threads, each with a connection that it opens when first needed.
pub(crate) fn start(server: &Server, threads: usize, units: &Arc<Queue<Asked>>) {
    let contended = Arc::new(Contended::default());
    for _ in 0..threads {
        let (server, units, contended) = (server.clone(), Arc::clone(units), Arc::clone(&contended));
        thread::spawn(move || run_all(&server, &units, &contended));
    }
}

fn run_all(server: &Server, units: &Queue<Asked>, contended: &Contended) {
    let mut connection: Option<PostgresConnection> = None;
    while let Some((access, unit)) = units.pop() {
        if unit.time_left().is_zero() {
            unit.answer(Err(too_late()));
            continue;
        }
        let opened = match connection.take() {
            Some(open) if !open.client.is_closed() => Ok(open),
            _ => PostgresConnection::open(server),
        };
        match opened {
            Err(error) => unit.answer(Err(error)),
            Ok(mut open) => {
                if run(&mut open, access, unit, contended) {
                    connection = Some(open);
                }
            }
        }
    }
}

/// Runs a unit, again if it lost a race; false if the connection is not to be used again.
///
/// A first run waits for nothing, which is right for most. One that lost a
/// race runs again only when it is its turn among those of its organization,
/// and while any waits there, first runs wait too: so of many at once each
/// gets through.
fn run(
    connection: &mut PostgresConnection,
    access: Access,
    mut unit: Box<dyn Unit>,
    contended: &Contended,
) -> bool {
    if access == Access::Read {
        return read(connection, unit);
    }
    let organization = number_of(unit.scope());
    let mut turn = None;
    for attempt in 1..=RUNS {
        let takes_turns = access == Access::Write && (attempt > 1 || contended.is(organization));
        if turn.is_none() && takes_turns {
            turn = Some(contended.wait(organization));
            if let Err(error) = take_turn(connection, organization, unit.time_left()) {
                unit.answer(Err(error));
                return false;
            }
        }
        connection.lost_race = false;
        let (healthy, committed) = attempt_once(connection, access, unit.as_mut());
        if !connection.lost_race {
            unit.answer(committed);
            return healthy && (turn.is_none() || give_turn(connection));
        }
        metrics::counter!("swage_database_serialization_failures_total").increment(1);
        if unit.time_left().is_zero() {
            break;
        }
    }
    unit.answer(Err(base::Error::unavailable("Others kept changing the same records; please try again.")));
    turn.is_none() || give_turn(connection)
}

/// Runs a unit that only reads. It loses no race, and nobody waits until its transaction is over.
fn read(connection: &mut PostgresConnection, mut unit: Box<dyn Unit>) -> bool {
    let begin = begin(Access::Read, unit.scope(), unit.time_left());
    if let Err(error) = connection.command(&begin) {
        unit.answer(Err(error));
        return false;
    }
    let ran = unit.run(Connection::Postgres(connection));
    unit.answer(Ok(()));
    connection.command("ROLLBACK").is_ok() && !matches!(ran, Ran::Panicked)
}

/// Which organizations have units that wait for their turn, and how many.
#[derive(Default)]
struct Contended(Mutex<HashMap<i64, u32>>);

/// A unit waits for its turn, or has it.
struct Turn<'a> {
    contended: &'a Contended,
    organization: i64,
}

impl Contended {
    fn is(&self, organization: i64) -> bool {
        self.lock().contains_key(&organization)
    }

    fn wait(&self, organization: i64) -> Turn<'_> {
        *self.lock().entry(organization).or_default() += 1;
        Turn { contended: self, organization }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut waiting = self.contended.lock();
        let left = waiting.get(&self.organization).map_or(0, |count| count.saturating_sub(1));
        if left == 0 {
            waiting.remove(&self.organization);
        } else {
            waiting.insert(self.organization, left);
        }
    }
}

/// Waits for the organization's turn, on all nodes: a lock of the connection
/// and not of a transaction, whose snapshot would be older than the turn.
fn take_turn(connection: &mut PostgresConnection, organization: i64, time_left: Duration) -> Result<()> {
    let milliseconds = time_left.as_millis().max(1);
    connection
        .command(&format!("SET statement_timeout = {milliseconds}; SELECT pg_advisory_lock({organization})"))
}

fn give_turn(connection: &mut PostgresConnection) -> bool {
    connection.command("SELECT pg_advisory_unlock_all()").is_ok()
}

/// An organization as the number of a lock: the last eight bytes of its id, which are random.
fn number_of(scope: Scope) -> i64 {
    match scope {
        Scope::Organization(id) => id.as_bytes().last_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes)),
        Scope::System => 0,
    }
}

fn attempt_once(
    connection: &mut PostgresConnection,
    access: Access,
    unit: &mut dyn Unit,
) -> (bool, Result<()>) {
    let begin = begin(access, unit.scope(), unit.time_left());
    if let Err(error) = connection.command(&begin) {
        return (false, Err(error));
    }
    connection.is_done_again = false;
    let ran = unit.run(Connection::Postgres(connection));
    let keep = matches!(ran, Ran::Done);
    let ended = connection.command(match (keep, connection.is_done_again) {
        (false, _) => "ROLLBACK",
        (true, false) => "COMMIT",
        (true, true) => "SET LOCAL synchronous_commit = off; COMMIT",
    });
    let healthy = ended.is_ok() && !matches!(ran, Ran::Panicked);
    // A unit that failed has its own answer; only a lost commit replaces it.
    (healthy, if keep { ended } else { Ok(()) })
}

/// Opens the transaction and binds it to its scope: row-level security lets it
/// see only the rows of `app.organization`, or all where `app.system` is on.
/// A node that stands still in the middle of one loses it when its time is
/// over, so that others do not wait for what it holds.
fn begin(access: Access, scope: Scope, time_left: Duration) -> String {
    let mut text = String::from(match access {
        Access::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ",
        Access::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE; ",
        Access::Touch => "BEGIN ISOLATION LEVEL READ COMMITTED; ",
    });
    let (organization, system) = match scope {
        Scope::Organization(id) => (id.to_string(), "off"),
        Scope::System => (String::new(), "on"),
    };
    let milliseconds = time_left.as_millis().max(1);
    let _ = write!(
        text,
        "SELECT set_config('app.organization', '{organization}', true), set_config('app.system', '{system}', true), \
         set_config('statement_timeout', '{milliseconds}', true), \
         set_config('idle_in_transaction_session_timeout', '{milliseconds}', true)"
    );
    text
}
