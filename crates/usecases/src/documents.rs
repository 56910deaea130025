//! What all stored documents have in common.

use base::{Error, Result};
use records::Stamp;

/// Refuses a change that was made to another revision than the stored one.
/// Without a revision the last writer wins.
pub fn check_rev(expected: Option<i64>, stamp: &Stamp) -> Result<()> {
    match expected {
        Some(seen) if seen != stamp.rev => Err(Error::Stale { seen, stored: stamp.rev, current: None }),
        _ => Ok(()),
    }
}
