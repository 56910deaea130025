//! The two engines as the rest of Swage sees them, each test on both.
#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod backup;
mod bell;
mod jobs;
mod schema;
mod tls;
mod units;
