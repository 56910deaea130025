//! What all stored documents have in common.

use base::{Error, Result};
use records::Stamp;
use serde::Serialize;

/// Refuses a change that was made to another revision than the stored one.
/// Without a revision the last writer wins.
pub fn check_rev<D: Serialize>(expected: Option<i64>, stamp: &Stamp, current: &D) -> Result<()> {
    match expected {
        Some(rev) if rev != stamp.rev => Err(Error::Conflict {
            message: format!(
                "The document was changed meanwhile: it is at revision {}, not {rev}.",
                stamp.rev
            ),
            current: serde_json::to_value(current).ok(),
        }),
        _ => Ok(()),
    }
}
