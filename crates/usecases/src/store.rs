//! The store as a whole: a backup put back.

use std::io::BufRead;

use base::{Error, Result};
use database::{Tx, backup};
use records::{images::uses, key_changes, organizations, sessions, store, user_links};

/// Puts a backup in the place of all there is; refuses where there is an
/// organization, or an administrator of the shared catalogue, unless it is to be replaced.
///
/// Ends every session, every mailed link, and every bearer token of any life this store had: two
/// restorings of one backup must not end in the same generation, so the time
/// in seconds is the least it may be.
pub fn restore(tx: &mut Tx<'_>, backup: &mut dyn BufRead, replace: bool) -> Result<()> {
    if !replace && organizations::any_founded(tx)? {
        return Err(Error::conflict("There is an organization here already."));
    }
    let above_former = store::generation(tx)?.saturating_add(1);
    backup::restore(tx, backup)?;
    // An older backup lacks the folded names of pictures.
    let misfolded = uses::misfolded(tx)?;
    uses::refold(tx, &misfolded)?;
    let seconds = u32::try_from(tx.now().as_seconds()).unwrap_or(0);
    store::raise_generation(tx, above_former.max(seconds))?;
    key_changes::resume(tx)?;
    user_links::delete_all(tx)?;
    sessions::delete_all(tx)
}
