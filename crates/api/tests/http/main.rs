//! The API as a program sees it, on both engines.

mod contract;
mod document;
mod examples;
mod golden;
mod key_life;
mod keys_create;
mod keys_list;
mod keys_update;
mod request;
mod security_table;
