//! Rows: one module per aggregate. Every statement is a named constant that a
//! test prepares on both engines; a row goes in and comes out as a struct.
//!
//! A tenant statement has the organization as `$1`; its transaction passes it.

pub mod api_keys;
pub mod audit;
pub mod customers;
pub mod external_ids;
pub mod idempotency;
pub mod imported_texts;
pub mod key_changes;
pub mod organizations;
pub mod roles;
pub mod sessions;
mod stamp;
pub mod store;
pub mod users;

use database::{Statement, list::List};

pub use stamp::Stamp;

/// Every statement, for the test that prepares them all.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    [
        api_keys::STATEMENTS,
        api_keys::addresses::STATEMENTS,
        api_keys::secrets::STATEMENTS,
        api_keys::tally::STATEMENTS,
        audit::STATEMENTS,
        customers::STATEMENTS,
        external_ids::STATEMENTS,
        idempotency::STATEMENTS,
        imported_texts::STATEMENTS,
        key_changes::STATEMENTS,
        organizations::STATEMENTS,
        roles::STATEMENTS,
        sessions::STATEMENTS,
        store::STATEMENTS,
        users::STATEMENTS,
        database::bell::STATEMENTS,
        database::job::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Every list, for the test over its filters and sorts.
pub fn lists() -> impl Iterator<Item = &'static List> {
    [&api_keys::LIST, &api_keys::LIST_WITH_DELETED].into_iter()
}
