use std::{fmt::Write, sync::Arc, thread, time::Duration};

use base::{Random, Result};

use super::PostgresConnection;
use crate::{
    Scope,
    queue::Queue,
    tx::Connection,
    unit::{Ran, Unit, too_late},
};

/// How often a write that lost a race is run in all.
const RUNS: u32 = 5;

/// Whether a unit writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

pub(crate) type Asked = (Access, Box<dyn Unit>);

/// Starts `threads` threads, each with a connection that it opens when first needed.
pub(crate) fn start(config: &::postgres::Config, threads: usize, units: &Arc<Queue<Asked>>) {
    for _ in 0..threads {
        let (config, units) = (config.clone(), Arc::clone(units));
        thread::spawn(move || run_all(&config, &units));
    }
}

fn run_all(config: &::postgres::Config, units: &Queue<Asked>) {
    let mut connection: Option<PostgresConnection> = None;
    let mut jitter = Random::system();
    while let Some((access, unit)) = units.pop() {
        if unit.time_left().is_zero() {
            unit.answer(Err(too_late()));
            continue;
        }
        let opened = match connection.take() {
            Some(open) if !open.client.is_closed() => Ok(open),
            _ => PostgresConnection::open(config),
        };
        match opened {
            Err(error) => unit.answer(Err(error)),
            Ok(mut open) => {
                if run(&mut open, access, unit, &mut jitter) {
                    connection = Some(open);
                }
            }
        }
    }
}

/// Runs a unit, again if it lost a race; false if the connection is not to be used again.
fn run(
    connection: &mut PostgresConnection,
    access: Access,
    mut unit: Box<dyn Unit>,
    jitter: &mut Random,
) -> bool {
    for attempt in 1..=RUNS {
        connection.lost_race = false;
        let (healthy, committed) = attempt_once(connection, access, unit.as_mut());
        if !connection.lost_race {
            unit.answer(committed);
            return healthy;
        }
        metrics::counter!("swage_database_serialization_failures_total").increment(1);
        thread::sleep(Duration::from_millis(u64::from(jitter.below(5 << attempt))));
    }
    unit.answer(Err(base::Error::unavailable("Others kept changing the same records; please try again.")));
    true
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
    let ran = unit.run(Connection::Postgres(connection));
    let keep = matches!((&ran, access), (Ran::Done, Access::Write));
    let ended = connection.command(if keep { "COMMIT" } else { "ROLLBACK" });
    let healthy = ended.is_ok() && !matches!(ran, Ran::Panicked);
    // A unit that failed has its own answer; only a lost commit replaces it.
    (healthy, if keep { ended } else { Ok(()) })
}

/// Opens the transaction and binds it to its scope: row-level security lets it
/// see only the rows of `app.organization`, or all where `app.system` is on.
fn begin(access: Access, scope: Scope, time_left: Duration) -> String {
    let mut text = String::from(match access {
        Access::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ",
        Access::Write => "BEGIN ISOLATION LEVEL SERIALIZABLE; ",
    });
    let (organization, system) = match scope {
        Scope::Organization(id) => (id.to_string(), "off"),
        Scope::System => (String::new(), "on"),
    };
    let milliseconds = time_left.as_millis().max(1);
    let _ = write!(
        text,
        "SELECT set_config('app.organization', '{organization}', true), set_config('app.system', '{system}', true), \
         set_config('statement_timeout', '{milliseconds}', true)"
    );
    text
}
