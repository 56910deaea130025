use base::{EmailAddress, Error, FieldError, Id, Line, Result};
use database::Tx;
use keys::{Role, SystemRole};
use records::{
    Stamp, external_ids, organizations,
    users::{self, UserRow},
};

use super::{
    Account,
    change::forbid_taken,
    find, letters,
    links::{self, Purpose},
    roles,
};
use crate::{Allowed, access::WriteUsers, audit, customers};

/// The most people who are invited at once: each password is hashed.
pub const MOST_INVITED: usize = 50;

/// A person to be invited.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The address to sign in with.
    pub email: EmailAddress,
    /// The name to greet by; else the address.
    pub name: Option<Line<100>>,
    /// The role, by any of its names; else `regular`.
    pub role: Option<String>,
    /// The customer the person belongs to, by any of its names.
    pub customer: Option<String>,
    /// The first password, hashed. Without one a link to set it is mailed.
    pub password_hash: Option<String>,
}

/// Invites people, all of them or none. `public_url` is where the page is
/// that the mailed links lead to.
pub fn invite(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    invitations: &[Invitation],
    public_url: &str,
) -> Result<Vec<Account>> {
    let mut accounts = Vec::with_capacity(invitations.len());
    let mut wrong: Vec<FieldError> = Vec::new();
    for (n, invitation) in invitations.iter().enumerate() {
        match add(tx, caller, &format!("emailAddresses[{n}]"), invitation, public_url) {
            Ok(account) => accounts.push(account),
            Err(Error::Invalid(fields)) => wrong.extend(fields),
            Err(other) => return Err(other),
        }
    }
    if wrong.is_empty() { Ok(accounts) } else { Err(Error::Invalid(wrong)) }
}

fn add(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    path: &str,
    invitation: &Invitation,
    public_url: &str,
) -> Result<Account> {
    let email = &invitation.email;
    let id = tx.new_id();
    let email_path = format!("{path}.email");
    forbid_taken(tx, id, &email_path, email)?;
    let role = invitation.role.as_deref().unwrap_or(SystemRole::Regular.word());
    let role = roles::given(tx, caller, &format!("{path}.role"), role)?;
    let customer = match &invitation.customer {
        Some(name) => Some(customers::named(tx, name)?.ok_or_else(|| {
            Error::invalid(format!("{path}.customerId"), "is not a customer of this organization")
        })?),
        None => None,
    };
    let stamp = Stamp::new(tx.now(), caller.subject.to_string());
    let name = invitation.name.as_ref().map_or(email.as_str(), Line::as_str);
    let row = UserRow {
        password_hash: invitation.password_hash.clone(),
        customer,
        invited: Some(tx.now()),
        ..UserRow::new(caller.organization, id, email.as_str(), name, stamp)
    };
    make(tx, caller, &email_path, &row, &[role], public_url)
}

/// Invites a person who has no role in the organization, only the one that
/// they are about to get in a project.
pub(crate) fn invite_without_role(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    path: &str,
    email: &EmailAddress,
    public_url: &str,
) -> Result<UserRow> {
    if caller.is_limited() {
        let words =
            "Inviting a new person concerns the whole organization; in a project its users can be added.";
        return Err(Error::Forbidden(words.into()));
    }
    let (id, stamp) = (tx.new_id(), Stamp::new(tx.now(), caller.subject.to_string()));
    let row = UserRow {
        invited: Some(tx.now()),
        ..UserRow::new(caller.organization, id, email.as_str(), email.as_str(), stamp)
    };
    make(tx, caller, path, &row, &[], public_url)?;
    Ok(row)
}

/// Stores a person who is invited, and sends the link to set a password if
/// there is none; `path` is that of the address in the input.
fn make(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    path: &str,
    row: &UserRow,
    roles: &[Id<Role>],
    public_url: &str,
) -> Result<Account> {
    users::insert(tx, row, roles)?;
    external_ids::number(tx, row.id)?;
    if row.password_hash.is_none() {
        send_link(tx, row, public_url).map_err(|error| match error {
            // What no mail server would take.
            Error::Invalid(_) => Error::invalid(path, "cannot be mailed to"),
            other => other,
        })?;
    }
    let account = Account::read(tx, row)?;
    audit::note(tx, caller, "invite", row.id, None, Some(&account))?;
    Ok(account)
}

/// Sends a person who has not followed the invitation a new one; the former
/// link is over.
pub fn remind(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteUsers>,
    user: &str,
    public_url: &str,
) -> Result<Account> {
    let row = find(tx, user)?;
    if row.confirmed.is_some() || row.suspended {
        return Err(Error::conflict("The user does not wait for an invitation."));
    }
    let before = Account::read(tx, &row)?;
    let row = UserRow {
        invited: Some(tx.now()),
        stamp: row.stamp.changed(tx.now(), caller.subject.to_string()),
        ..row
    };
    users::update(tx, &row)?;
    send_link(tx, &row, public_url)?;
    let after = Account::read(tx, &row)?;
    audit::note(tx, caller, "remind", row.id, Some(&before), Some(&after))?;
    Ok(after)
}

fn send_link(tx: &mut Tx<'_>, user: &UserRow, public_url: &str) -> Result<()> {
    let link = links::make(tx, user, Purpose::Invite, public_url)?;
    let organization = organizations::find(tx)?.name;
    letters::invitation(tx, &user.email, &organization, &link)
}
