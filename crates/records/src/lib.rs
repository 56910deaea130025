//! Rows: one module per aggregate. Every statement is a named constant that a
//! test prepares on both engines; a row goes in and comes out as a struct.
//!
//! A tenant statement has the organization as `$1`; its transaction passes it.

pub mod api_call_days;
pub mod api_calls;
pub mod api_keys;
pub mod audit;
pub mod catalogue;
pub mod currencies;
pub mod customers;
pub mod directories;
pub mod external_ids;
pub mod idempotency;
pub mod images;
pub mod imported_texts;
pub mod key_changes;
pub mod nodes;
pub mod organizations;
pub mod project_users;
pub mod projects;
pub mod revoked_tokens;
pub mod roles;
pub mod sessions;
mod stamp;
pub mod store;
pub mod terms;
pub mod unknown_calls;
pub mod user_links;
pub mod users;
pub mod webhook_deliveries;
pub mod webhooks;

use database::{Statement, list::List};

pub use stamp::Stamp;

/// Every statement but those on the history of calls, for the test that prepares them all.
pub fn statements() -> impl Iterator<Item = &'static Statement> {
    [
        api_keys::STATEMENTS,
        api_keys::addresses::STATEMENTS,
        api_keys::ends::STATEMENTS,
        api_keys::many::STATEMENTS,
        api_keys::sealed_texts::STATEMENTS,
        api_keys::secrets::STATEMENTS,
        api_keys::tally::STATEMENTS,
        audit::STATEMENTS,
        catalogue::brands::STATEMENTS,
        catalogue::couplings::STATEMENTS,
        catalogue::crimp_specs::STATEMENTS,
        catalogue::import_rows::STATEMENTS,
        catalogue::imports::STATEMENTS,
        catalogue::items::STATEMENTS,
        catalogue::mappings::STATEMENTS,
        catalogue::parts::STATEMENTS,
        catalogue::restored::STATEMENTS,
        catalogue::stock::STATEMENTS,
        currencies::STATEMENTS,
        customers::STATEMENTS,
        directories::STATEMENTS,
        external_ids::STATEMENTS,
        idempotency::STATEMENTS,
        images::STATEMENTS,
        images::uses::STATEMENTS,
        imported_texts::STATEMENTS,
        key_changes::STATEMENTS,
        nodes::STATEMENTS,
        organizations::STATEMENTS,
        project_users::STATEMENTS,
        projects::STATEMENTS,
        revoked_tokens::STATEMENTS,
        roles::STATEMENTS,
        sessions::STATEMENTS,
        store::STATEMENTS,
        terms::STATEMENTS,
        user_links::STATEMENTS,
        users::STATEMENTS,
        database::bell::STATEMENTS,
        webhook_deliveries::STATEMENTS,
        webhooks::STATEMENTS,
        database::job::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Every statement on the history of calls, which is another database on SQLite.
pub fn history_statements() -> impl Iterator<Item = &'static Statement> {
    [api_calls::STATEMENTS, api_call_days::STATEMENTS, unknown_calls::STATEMENTS]
        .into_iter()
        .flatten()
        .copied()
}

/// Every list of the history of calls.
pub fn history_lists() -> impl Iterator<Item = &'static List> {
    [&api_calls::LIST, &api_call_days::LIST].into_iter()
}

/// Every list but those of the history of calls, for the test over its filters and sorts.
pub fn lists() -> impl Iterator<Item = &'static List> {
    [
        &api_keys::LIST,
        &api_keys::LIST_WITH_DELETED,
        &audit::LIST,
        &catalogue::imports::LIST,
        &images::LIST,
        &catalogue::lists::OWN,
        &catalogue::lists::PENDING,
        &catalogue::lists::VISIBLE,
        &project_users::LIST,
        &project_users::UNCONFIRMED,
        &users::LIST,
        &webhook_deliveries::LIST,
        &webhooks::LIST,
    ]
    .into_iter()
}
