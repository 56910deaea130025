//! The API as a program sees it, on both engines.
#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod addresses;
mod bad_input;
mod contract;
mod conventions;
mod document;
mod examples;
mod garbage;
mod golden;
mod import;
mod key_life;
mod keys_create;
mod keys_list;
mod keys_update;
mod limits;
mod nodes;
mod request;
mod rotation;
mod security_table;
mod sign_in;
mod source;
mod tenancy;
mod tokens;
mod verify;
