//! People who sign in: listed, invited, changed, deleted.

mod account;
mod change;
mod invite;
mod letters;
pub mod links;
pub mod roles;

use base::{Error, Id, Page, Result};
use database::{Tx, list::ListQuery};
use keys::User;
use records::{
    external_ids, sessions, user_links,
    users::{self, UserRow},
};

pub use account::{Account, State};
pub use change::{AccountChange, delete, suspend, update, update_oneself};
pub(crate) use invite::invite_without_role;
pub use invite::{Invitation, MOST_INVITED, invite, remind};
pub use records::users::LIST;

use crate::{
    Allowed, Caller,
    access::{AnyCaller, ReadUsers, WriteUsers},
    audit,
};

/// One page of the organization's users.
pub fn list(tx: &mut Tx<'_>, _caller: &Allowed<ReadUsers>, query: &ListQuery) -> Result<Page<Account>> {
    let page = users::list(tx, query)?;
    let accounts = page.items.iter().map(|row| Account::read(tx, row)).collect::<Result<Vec<_>>>()?;
    let mut accounts = accounts.into_iter();
    Ok(page.map(|_| accounts.next().unwrap_or_else(|| unreachable!("an account was made of every row"))))
}

/// The person who calls.
pub fn oneself(tx: &mut Tx<'_>, _caller: &Allowed<AnyCaller>, user: Id<User>) -> Result<Account> {
    let row = users::find(tx, user)?.ok_or_else(Error::not_found::<User>)?;
    Account::read(tx, &row)
}

/// A user as it is now, for who has just tried to change it.
pub fn current(tx: &mut Tx<'_>, name: &str) -> Result<Account> {
    let row = find(tx, name)?;
    Account::read(tx, &row)
}

/// Sets a new password, already hashed, and ends every session and every
/// mailed link of the user.
pub fn set_password(tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>, user: Id<User>, hash: &str) -> Result<()> {
    let row = users::find(tx, user)?.ok_or_else(Error::not_found::<User>)?;
    replace_password(tx, caller, &row, hash)
}

fn replace_password(tx: &mut Tx<'_>, caller: &Caller, row: &UserRow, hash: &str) -> Result<()> {
    let changed = UserRow {
        password_hash: Some(hash.to_owned()),
        confirmed: row.confirmed.or(Some(tx.now())),
        stamp: row.stamp.changed(tx.now(), caller.subject.to_string()),
        ..row.clone()
    };
    users::update(tx, &changed)?;
    sessions::delete_of_user(tx, row.id)?;
    user_links::use_all(tx, row.id)?;
    let (before, after) = (Account::read(tx, row)?, Account::read(tx, &changed)?);
    audit::note(tx, caller, "resetPassword", row.id, Some(&before), Some(&after))
}

/// The user that any of their names stands for; another organization's is not found.
pub(crate) fn find(tx: &mut Tx<'_>, name: &str) -> Result<UserRow> {
    let id: Option<Id<User>> = external_ids::resolve(tx, name)?;
    let row = match id {
        Some(id) => users::find(tx, id)?,
        None => None,
    };
    row.ok_or_else(Error::not_found::<User>)
}
