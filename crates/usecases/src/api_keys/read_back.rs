use base::{Error, Id, Result};
use database::Tx;
use keys::{ApiKey as ApiKeyKind, KeyText};
use records::{api_keys::sealed_texts, roles};
use zeroize::Zeroizing;

use super::{ApiKey, document, find};
use crate::{Allowed, Subject, access::WriteApiKeys, audit, organizations};

/// Keeps the text of a key, sealed, if the organization wants its keys to be read back.
pub(super) fn keep(tx: &mut Tx<'_>, key: Id<ApiKeyKind>, text: &KeyText) -> Result<()> {
    if !organizations::settings(tx)?.allow_reading_keys_back {
        return Ok(());
    }
    let about = about(tx, key)?;
    let sealed = tx.seal(&about, text.expose().as_bytes())?;
    sealed_texts::put(tx, key, sealed)
}

/// The text of a key, once more and never again: for an administrator who has
/// signed in, where the organization allowed it when the text was made and
/// allows it still.
pub fn read_back(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
) -> Result<(ApiKey, Zeroizing<String>)> {
    organizations::require_professional(tx)?;
    let row = find(tx, caller, key)?;
    if !matches!(caller.subject, Subject::User(_)) {
        return Err(Error::Forbidden(
            "A key is read back by a person who has signed in, not by a key.".into(),
        ));
    }
    if !organizations::settings(tx)?.allow_reading_keys_back {
        return Err(Error::Forbidden("The organization does not let keys be read back.".into()));
    }
    let role = roles::permissions(tx, row.role)?;
    let document = document(tx, caller, &row, role)?;
    caller.forbid_more_than_own("Who reads the key", document.effective_scopes)?;
    let Some(sealed) = sealed_texts::find(tx, row.id)? else {
        return Err(Error::conflict(
            "The key cannot be read back: it was before, or it was made while that was not allowed.",
        ));
    };
    let about = about(tx, row.id)?;
    let text = tx.unseal(&about, &sealed)?;
    let text = std::str::from_utf8(&text).map_err(|error| Error::internal("a sealed text", error))?;
    let text = Zeroizing::new(text.to_owned());
    sealed_texts::delete(tx, row.id)?;
    audit::note(tx, caller, "readBack", row.id, None, Some(&document))?;
    Ok((document, text))
}

/// What is sealed opens for this key of this organization alone.
fn about(tx: &Tx<'_>, key: Id<ApiKeyKind>) -> Result<String> {
    Ok(format!("apiKeyText:{}:{key}", tx.organization()?))
}
