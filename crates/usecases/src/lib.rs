//! What happens in Swage: who may, decide, write, audit. Every door (the
//! GoldLeaf dialect, the Gjirafa dialect, the web app, the command line) opens
//! into these functions and has no rules of its own.
//!
//! A use case is a plain function over a transaction and a proof that the
//! caller may: `fn delete(tx: &mut Tx, caller: &Allowed<WriteApiKeys>, …)`.

pub mod access;
pub mod api_keys;
pub mod audit;
pub mod catalogue;
pub mod customers;
mod documents;
pub mod feed;
pub mod history;
mod housekeeping;
pub mod idempotency;
pub mod images;
pub mod jobs;
pub mod mail;
pub mod nodes;
pub mod organizations;
pub mod passwords;
pub mod project_users;
pub mod projects;
pub mod reporters;
pub mod roles;
mod secret_token;
pub mod sessions;
pub mod store;
pub mod tokens;
pub mod users;
pub mod webhooks;

pub use access::{Allowed, Caller, Needs, Subject};
pub use documents::check_rev;
pub use records::Stamp;
pub use secret_token::{SecretToken, Tokened};
