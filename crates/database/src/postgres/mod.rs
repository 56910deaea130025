//! PostgreSQL: a bounded pool of threads, each owning a connection.

mod connection;
mod pool;

pub(crate) use connection::{PostgresConnection, cell, cells, words};
pub(crate) use pool::{Access, Asked, start};
