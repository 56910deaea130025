use base::{EmailAddress, Error, Id, Line, Result};
use database::Tx;
use keys::{Permissions, User};
use records::{
    project_users, projects, sessions, user_links,
    users::{self, UserRow},
};

use super::{Account, find, letters, roles};
use crate::{
    Allowed, Caller, Subject,
    access::{AnyCaller, WriteUsers},
    audit, check_rev,
};

/// A change of a user; what is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct AccountChange {
    /// The name to greet by.
    pub name: Option<Line<100>>,
    /// The address to sign in with.
    pub email: Option<EmailAddress>,
    /// The one role the user then has, by any of its names.
    pub role: Option<String>,
    /// The revision the caller has seen.
    pub rev: Option<i64>,
}

/// Changes a user.
pub fn update(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    user: &str,
    change: &AccountChange,
) -> Result<Account> {
    let row = find_weaker(tx, caller, user)?;
    apply(tx, caller, &row, change)
}

/// Changes the user who calls. Nobody raises themselves: the role may permit
/// no more than they may do already.
pub fn update_oneself(
    tx: &mut Tx<'_>,
    caller: &Allowed<AnyCaller>,
    user: Id<User>,
    change: &AccountChange,
) -> Result<Account> {
    let row = users::find(tx, user)?.ok_or_else(Error::not_found::<User>)?;
    apply(tx, caller, &row, change)
}

fn apply(tx: &mut Tx<'_>, caller: &Caller, row: &UserRow, change: &AccountChange) -> Result<Account> {
    check_rev(change.rev, &row.stamp)?;
    if let Some(email) = &change.email {
        forbid_taken(tx, row.id, "email", email)?;
    }
    let role = match &change.role {
        Some(name) => Some(roles::given(tx, caller, "role", name)?),
        None => None,
    };
    let email = change.email.as_ref().map_or_else(|| row.email.clone(), EmailAddress::to_string);
    let moves = base::normalized(&email) != base::normalized(&row.email);
    let changed = UserRow {
        name: change.name.as_ref().map_or_else(|| row.name.clone(), Line::to_string),
        email,
        ..row.clone()
    };
    let account = store(tx, caller, "update", row, changed, |tx| match role {
        Some(role) => users::replace_roles(tx, row.id, &[role]),
        None => Ok(()),
    })?;
    if moves {
        // What was mailed to the former address must not open the account any more.
        user_links::use_all(tx, row.id)?;
        letters::address_changed(tx, &row.email, &account.email)?;
    }
    Ok(account)
}

/// The user of this name, if they may do no more than the caller, in the
/// organization or in any project: else whoever may change users could take
/// over an administrator's account by giving it an address of their own.
fn find_weaker(tx: &mut Tx<'_>, caller: &Caller, name: &str) -> Result<UserRow> {
    let row = find(tx, name)?;
    if caller.subject != Subject::User(row.id) {
        let in_projects = projects::permissions_of_user(tx, row.id)?.into_iter();
        let anywhere: Permissions = in_projects.map(|(_, permission)| permission).collect();
        caller.forbid_over_stronger(users::permissions(tx, row.id)? | anywhere)?;
    }
    Ok(row)
}

/// Refuses an address that another user of the organization has.
pub(super) fn forbid_taken(tx: &mut Tx<'_>, user: Id<User>, path: &str, email: &EmailAddress) -> Result<()> {
    match users::with_email(tx, email.as_str())? {
        Some(other) if other.id != user => Err(Error::invalid(path, "is the address of another user")),
        _ => Ok(()),
    }
}

/// Suspends a user or resumes one: who is suspended cannot sign in, and all
/// their sessions end.
pub fn suspend(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    user: &str,
    suspended: bool,
    rev: Option<i64>,
) -> Result<Account> {
    let row = find_weaker(tx, caller, user)?;
    check_rev(rev, &row.stamp)?;
    let action = if suspended { "suspend" } else { "resume" };
    let changed = UserRow { suspended, ..row.clone() };
    store(tx, caller, action, &row, changed, |tx| if suspended { shut_out(tx, row.id) } else { Ok(()) })
}

/// Deletes a user, who is kept for the record; the address may be invited again.
pub fn delete(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    user: &str,
    rev: Option<i64>,
) -> Result<Account> {
    let row = find_weaker(tx, caller, user)?;
    check_rev(rev, &row.stamp)?;
    let (now, by) = (tx.now(), caller.subject.to_string());
    let changed = UserRow { password_hash: None, deleted: Some(now), deleted_by: Some(by), ..row.clone() };
    store(tx, caller, "delete", &row, changed, |tx| {
        project_users::delete_of_user(tx, row.id)?;
        shut_out(tx, row.id)
    })
}

/// Ends every session and every mailed link of a user.
fn shut_out(tx: &mut Tx<'_>, user: Id<User>) -> Result<()> {
    sessions::delete_of_user(tx, user)?;
    user_links::use_all(tx, user)
}

/// Stores what a user has become, together with what `more` does, unless the
/// organization would be left without an administrator.
fn store(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &str,
    row: &UserRow,
    changed: UserRow,
    more: impl FnOnce(&mut Tx<'_>) -> Result<()>,
) -> Result<Account> {
    let before = Account::read(tx, row)?;
    let changed = UserRow { stamp: row.stamp.changed(tx.now(), caller.subject.to_string()), ..changed };
    users::update(tx, &changed)?;
    more(tx)?;
    if users::administrators(tx)?.is_empty() {
        return Err(Error::conflict(
            "This is the last administrator who can sign in: make another one first.",
        ));
    }
    let after = Account::read(tx, &changed)?;
    audit::note(tx, caller, action, row.id, Some(&before), Some(&after))?;
    Ok(after)
}
