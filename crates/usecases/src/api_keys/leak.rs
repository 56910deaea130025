use base::{Id, Result};
use database::Tx;
use keys::ApiKey as ApiKeyKind;
use records::{
    api_keys::{self, ApiKeyRow},
    organizations, users,
};
use serde::Serialize;

use super::change::replace_row;
use crate::{
    Allowed,
    access::WriteApiKeys,
    audit,
    mail::{self, Mail},
};

/// Where somebody found the text of a key: as they tell it, and never the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// The address of the place, if it has one.
    pub url: Option<String>,
    /// What kind of place it is, such as `commit`.
    pub source: Option<String>,
}

/// Suspends a key whose text others can read, and mails the administrators who
/// can sign in. Of a key that is suspended already nothing is said again.
pub fn suspend_leaked(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: Id<ApiKeyKind>,
    leak: &Leak,
) -> Result<()> {
    let Some(row) = api_keys::find(tx, key)?.filter(|row| !row.suspended) else { return Ok(()) };
    tell_administrators(tx, &row, leak)?;
    audit::note(tx, caller, "leak", key, None, Some(leak))?;
    replace_row(tx, caller, row, "suspend", |_, _, row| {
        row.suspended = true;
        row.epoch += 1;
        Ok(())
    })?;
    Ok(())
}

fn tell_administrators(tx: &mut Tx<'_>, key: &ApiKeyRow, leak: &Leak) -> Result<()> {
    let organization = organizations::find(tx)?.name;
    let place = leak.url.as_deref().unwrap_or("(the place was not told)");
    let text = format!(
        "The text of the API key \"{}\" ({}) of {organization} was found where others can read it:\n\n{place}\n\n\
         The key is suspended: neither it nor a bearer token of it is let in any more.\n\n\
         To take the text away there does not make it secret again. Either delete the key and make\n\
         another one, or rotate it with a grace of 0 seconds and resume it; then put the new text\n\
         where the program needs it.\n",
        key.name, key.id
    );
    for to in users::administrators(tx)? {
        mail::enqueue(tx, &Mail { to: &to, subject: "An API key was found in public", text: &text })?;
    }
    Ok(())
}
