//! What all stored documents have in common.

use base::{Error, Result};
use records::Stamp;

/// Refuses a change that was made to another revision than the stored one.
/// Without a revision the last writer wins.
pub fn check_rev(expected: Option<i64>, stamp: &Stamp) -> Result<()> {
    check(expected, stamp.rev)
}

/// The same for a document whose revision is not one record's alone.
pub(crate) fn check(expected: Option<i64>, stored: i64) -> Result<()> {
    match expected {
        Some(seen) if seen != stored => Err(Error::Stale { seen, stored, current: None }),
        _ => Ok(()),
    }
}
