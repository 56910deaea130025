//! Bearer tokens: what is said of them, and how one is ended.

use base::{Id, Result, Timestamp};
use database::Tx;
use keys::{ApiKey, TokenId};
use records::{api_keys, key_changes, revoked_tokens};
use serde_json::json;

use crate::{
    Allowed,
    access::{AnyCaller, ReadApiKeys},
    audit,
};

/// What is said of a key to who asks about a token of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInWords {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
}

/// A key of the caller's organization; `None` if there is none of this id.
pub fn key_in_words(
    tx: &mut Tx<'_>,
    _caller: &Allowed<ReadApiKeys>,
    key: Id<ApiKey>,
) -> Result<Option<KeyInWords>> {
    let row = api_keys::find(tx, key)?;
    Ok(row.map(|row| KeyInWords { name: row.name, created: row.stamp.created }))
}

/// As many ended tokens are remembered of a key. One more ends them all: a
/// node holds them in memory, and whoever has the key can make as many as they
/// like.
const MOST: usize = 1000;

/// Ends one token of a key, in the key's own name: whoever holds a token may
/// end it. Ended again, it stays ended.
pub fn revoke(
    tx: &mut Tx<'_>,
    caller: &Allowed<AnyCaller>,
    key: Id<ApiKey>,
    token: TokenId,
    expires: Timestamp,
) -> Result<()> {
    if api_keys::find(tx, key)?.is_none() || !revoked_tokens::insert(tx, key, token, expires)? {
        return Ok(());
    }
    if revoked_tokens::of_key(tx, key)?.len() > MOST {
        api_keys::end_tokens(tx, key)?;
        revoked_tokens::delete_of_key(tx, key)?;
    }
    let ended = json!({ "token": token.to_string(), "expires": expires });
    audit::note(tx, caller, "revokeToken", key, None, Some(&ended))?;
    key_changes::insert(tx, key)
}
