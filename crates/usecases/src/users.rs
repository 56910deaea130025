//! People who sign in.

use base::{Id, Result};
use database::Tx;
use keys::User;
use records::{sessions, users};
use serde_json::json;

use crate::{Allowed, access::WriteUsers, audit};

/// Sets a new password, already hashed, and ends every session of the user.
pub fn set_password(tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>, user: Id<User>, hash: &str) -> Result<()> {
    users::set_password(tx, user, hash, &caller.subject.to_string())?;
    sessions::delete_of_user(tx, user)?;
    audit::note(tx, caller, "resetPassword", user, None, Some(&json!({})))
}
