//! Every statement and every list, on both engines.
#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod both_engines;
mod cursors;
mod filled;
mod indexes;
mod listed;
mod narrowing;
mod order;
mod searching;
mod tenancy;

use base::{Clock, Random};
use database::{Database, Statement, list::List};
use testkit::Store;

fn open(store: &Store) -> Database {
    store.open(Clock::system(), Random::seeded(1))
}

/// The database of the history of calls, which goes with this one.
fn history_of(store: &Store, database: &Database) -> Database {
    database.open_history(&store.settings, Random::seeded(2)).unwrap()
}

fn statements() -> impl Iterator<Item = &'static Statement> {
    records::statements().chain(records::history_statements())
}

fn lists() -> impl Iterator<Item = &'static List> {
    records::lists().chain(records::history_lists())
}
