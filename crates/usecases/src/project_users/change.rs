use base::{EmailAddress, Error, Id, Result};
use database::Tx;
use keys::User;
use records::{
    project_users::ProjectUser,
    users::{self as rows, UserRow},
};

use super::{join::take, part};
use crate::{
    Allowed,
    access::WriteUsers,
    check_rev,
    projects::{self, Here},
    users::{self, Account},
};

/// Takes a user out of a project; they stay a user. Answers the part they had,
/// and their address.
pub fn remove(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    here: &Here,
    user: &str,
    rev: Option<i64>,
) -> Result<(Id<ProjectUser>, String)> {
    let user = users::find(tx, user)?;
    let part = part(tx, here.project, user.id)?;
    check_rev(rev, &part.stamp)?;
    take(tx, caller, &part)?;
    Ok((part.id, user.email))
}

/// Sends the invitation again to a person who works in the project and has not
/// followed it.
pub fn resend(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    here: &Here,
    email: &EmailAddress,
    public_url: &str,
) -> Result<Account> {
    let user = rows::with_email(tx, email.as_str())?.ok_or_else(Error::not_found::<User>)?;
    part(tx, here.project, user.id)?;
    users::remind(tx, caller, &user.id.to_string(), public_url)
}

/// Keeps a user of a project from signing in, or lets them again, in the whole
/// organization; the answer's state says which.
pub fn activate(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    project: &str,
    user: &str,
    rev: Option<i64>,
) -> Result<Account> {
    let user = worker(tx, caller, project, user)?;
    users::suspend(tx, caller, &user.id.to_string(), !user.suspended, rev)
}

/// Deletes a user of a project from the whole organization.
pub fn delete(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    project: &str,
    user: &str,
    rev: Option<i64>,
) -> Result<Account> {
    let user = worker(tx, caller, project, user)?;
    users::delete(tx, caller, &user.id.to_string(), rev)
}

/// The user of this name, who works in the project of that.
fn worker(tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>, project: &str, user: &str) -> Result<UserRow> {
    let here = projects::enter(tx, caller, project)?;
    let user = users::find(tx, user)?;
    part(tx, here.project, user.id)?;
    Ok(user)
}
