use base::{Error, Line, Result};
use database::{Tx, list::ListQuery};

use super::{ApiKey, Selection, change::delete_because, documents};
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
    let page = documents(tx, caller, false, &query)?;
    let is_other = |key: &ApiKey| caller.subject != Subject::Key(key.id);
    let mut keys: Vec<_> = page.items.into_iter().filter(is_other).collect();
    let more = page.cursor.is_some() || keys.len() > MOST_REVOKED;
    keys.truncate(MOST_REVOKED);
    if !dry_run {
        for key in &mut keys {
            let reason = reason.map(ToString::to_string);
            *key = delete_because(tx, caller, &key.id.to_string(), None, reason)?;
        }
    }
    Ok(Revoked { keys, more })
}
