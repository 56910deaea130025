//! What leaves the house: mail. I/O without rules of the trade.

pub mod mail;
