//! PostgreSQL: a bounded pool of threads, each owning a connection.

mod connection;
pub(crate) mod listener;
mod pool;
mod server;
mod tls;

pub(crate) use connection::{PostgresConnection, cell, cells, words};
pub(crate) use pool::{Access, Asked, start};
pub(crate) use server::Server;
