use base::{Error, Line, Result};
use database::{Tx, list::ListQuery};
use records::api_keys;

use super::{ApiKey, Selection, change::delete_row, documents};
use crate::{Allowed, Subject, access::WriteApiKeys, organizations};

/// The most keys that are revoked at once: more would hold the database for long.
pub const MOST_REVOKED: usize = 100;

/// What was revoked, or would be.
#[derive(Debug)]
pub struct Revoked {
    /// The keys, the oldest first.
    pub keys: Vec<ApiKey>,
    /// Whether there are more of them.
    pub more: bool,
}

/// Revokes the keys that are meant, the oldest [`MOST_REVOKED`] of them, all or
/// none; never the one that calls, which would not see the answer. With
/// `dry_run` it only looks.
pub fn revoke(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    selection: &Selection,
    reason: Option<&Line<200>>,
    dry_run: bool,
) -> Result<Revoked> {
    organizations::require_professional(tx)?;
    if selection.is_all() {
        return Err(Error::invalid("filter", "must say which keys are meant, by one field at least"));
    }
    let page = ListQuery { limit: MOST_REVOKED as u64 + 1, ..ListQuery::default() };
    let query = selection.of(tx, &page).map_err(|error| error.within("filter"))?;
    let mut page = api_keys::list(tx, false, &query)?;
    page.items.retain(|row| caller.subject != Subject::Key(row.id));
    let more = page.cursor.is_some() || page.items.len() > MOST_REVOKED;
    page.items.truncate(MOST_REVOKED);
    if dry_run {
        return Ok(Revoked { keys: documents(tx, caller, page)?.items, more });
    }
    let mut keys = Vec::with_capacity(page.items.len());
    for row in page.items {
        keys.push(delete_row(tx, caller, row, reason.map(ToString::to_string))?);
    }
    Ok(Revoked { keys, more })
}
