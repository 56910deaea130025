//! What leaves the house: mail, and calls to the webhooks of others. I/O
//! without rules of the trade.

pub mod http;
pub mod mail;
