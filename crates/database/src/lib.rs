//! The two database engines behind one synchronous transaction.
//!
//! A use case is a plain function over a [`Tx`]; [`Database::read`] and
//! [`Database::write`] run it on a thread that owns a connection and give the
//! outcome to asynchronous code:
//!
//! ```ignore
//! let key = database.write(Scope::Organization(id), move |tx| usecases::keys::create(tx, &caller, &draft)).await?;
//! ```
//!
//! A unit may be run more than once (PostgreSQL refuses to serialise it, a
//! batch on SQLite is repeated), so it has no effect but through its `Tx`, and
//! takes its time and its ids from there: both are the same in every run.

pub mod backup;
pub mod bell;
mod catalogue;
mod engine;
pub mod job;
pub mod list;
mod many;
mod migrate;
mod postgres;
mod queue;
mod sqlite;
mod statement;
mod tx;
mod unit;
mod value;
mod vault;

pub use catalogue::{Table, UniqueKey};
pub use engine::{Database, Schema, Settings};
pub use migrate::schema_fingerprint;
pub use queue::Priority;
pub use statement::{Engine, Statement, Tenancy};
pub use tx::{Row, Scope, Tx};
pub use value::{FromValue, Value};
pub use vault::Vault;

/// The parameters of a statement, in order. In a statement on a tenant table
/// they start at `$2`: `$1` is the organization, which the transaction passes.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::Value::from($value)),*][..] };
}
