//! Calls to addresses that strangers gave us. They go to public addresses
//! alone, follow nobody elsewhere, and take a bounded time.

mod address;
mod courier;
mod target;

pub use address::is_public;
pub use courier::{ANSWER_KEPT, Answer, Courier, TIMEOUT};
pub use target::{Rules, Target};
