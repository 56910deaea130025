//! The API as a program sees it, on both engines.
#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod addresses;
mod audit;
mod bad_input;
mod contract;
mod conventions;
mod document;
mod events;
mod examples;
mod garbage;
mod golden;
mod history;
mod history_spill;
mod import;
mod key_life;
mod keys_create;
mod keys_list;
mod keys_update;
mod limits;
mod nodes;
mod passwords;
mod receiver;
mod request;
mod rotation;
mod security_table;
mod sign_in;
mod source;
mod tenancy;
mod tokens;
mod users;
mod verify;
mod wait;
mod webhook_delivery;
mod webhooks;
