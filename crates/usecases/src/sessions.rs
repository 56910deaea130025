//! Signing in and out: an opaque token, good for twelve hours, of which only
//! a hash is stored.

use std::{collections::BTreeSet, net::IpAddr, time::Duration};

use base::{Id, Organization, Result, Timestamp, hex};
use database::Tx;
use keys::{Customer, Permissions, User};
use records::{
    sessions::{self, Session, SessionRow},
    users::{self, UserRow},
};
use subtle::ConstantTimeEq;

use crate::{
    Caller, Subject,
    secret_token::{SecretToken, Tokened},
};

/// How long a session lasts.
pub const LIFETIME: Duration = Duration::from_hours(12);

/// In how many organizations an e-mail address is looked for when none is
/// named: each costs a comparison of the password.
const MOST_MEMBERSHIPS: u32 = 5;
/// The same when one is named.
const MOST_NAMED: u32 = 10_000;

/// How every session token begins.
pub const PREFIX: &str = "sws_";

impl Tokened for Session {
    const PREFIX: &'static str = PREFIX;
}

/// A session token: the organization and the session it names, and its secret.
pub type SessionToken = SecretToken<Session>;

impl SessionToken {
    /// What a page must send beside its cookie with every request that
    /// writes: it cannot be guessed by another site, which cannot read it.
    pub fn csrf(&self) -> String {
        hex::encode(&self.derived(b"swage csrf 1")[..16])
    }

    /// Whether `shown` is [`csrf`](Self::csrf), in constant time.
    pub fn is_csrf(&self, shown: &str) -> bool {
        self.csrf().as_bytes().ct_eq(shown.as_bytes()).into()
    }
}

/// A member whose password is to be compared.
pub type Candidate = UserRow;

/// The members who may sign in with this e-mail address, in any organization
/// or in the one named.
pub fn candidates(
    tx: &mut Tx<'_>,
    email: &str,
    organization: Option<Id<Organization>>,
) -> Result<Vec<Candidate>> {
    let mut found = members(tx, email, organization)?;
    found.retain(|user| !user.suspended);
    Ok(found)
}

/// The members with this e-mail address, suspended ones too.
pub fn members(tx: &mut Tx<'_>, email: &str, organization: Option<Id<Organization>>) -> Result<Vec<UserRow>> {
    let most = if organization.is_some() { MOST_NAMED } else { MOST_MEMBERSHIPS };
    let mut found = users::by_email(tx, email, most)?;
    found.retain(|user| organization.is_none_or(|wanted| wanted == user.organization));
    Ok(found)
}

/// What a person who has signed in is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub user: UserRow,
    /// Their roles, by name.
    pub roles: Vec<String>,
    /// The first moment the session is over.
    pub expires: Timestamp,
}

/// Opens a session for a user whose password was right; `None` if the user
/// was suspended or deleted, or the password changed, since it was compared.
pub fn open(
    tx: &mut Tx<'_>,
    user: &UserRow,
    token: &SessionToken,
    address: Option<IpAddr>,
) -> Result<Option<SignedIn>> {
    let now =
        users::find(tx, user.id)?.filter(|now| !now.suspended && now.password_hash == user.password_hash);
    let Some(user) = now else { return Ok(None) };
    let user = confirmed(tx, user)?;
    let expires = tx.now().plus(LIFETIME);
    let row = SessionRow {
        organization: user.organization,
        id: token.id,
        user: user.id,
        secret_hash: token.hash(),
        expires,
        address: address.map(|address| address.to_string()),
    };
    sessions::insert(tx, &row)?;
    let roles = users::roles(tx, user.id)?;
    Ok(Some(SignedIn { user, roles, expires }))
}

/// Who uses a password has confirmed the invitation.
fn confirmed(tx: &mut Tx<'_>, user: UserRow) -> Result<UserRow> {
    if user.confirmed.is_some() {
        return Ok(user);
    }
    let user = UserRow { confirmed: Some(tx.now()), ..user };
    users::update(tx, &user)?;
    Ok(user)
}

/// Who a session is of, and what they may do.
#[derive(Debug, Clone)]
pub struct Member {
    user: Id<User>,
    name: String,
    permissions: Permissions,
    customer: Option<Id<Customer>>,
    only_buys: bool,
}

/// Whose session the token is of, if it is one and not over.
pub fn find(tx: &mut Tx<'_>, token: &SessionToken) -> Result<Option<Member>> {
    let Some(session) = sessions::find(tx, token.id)? else { return Ok(None) };
    if !token.is_of(&session.secret_hash) || session.expires <= tx.now() {
        return Ok(None);
    }
    let Some(user) = users::find(tx, session.user)?.filter(|user| !user.suspended) else { return Ok(None) };
    let permissions = users::permissions(tx, user.id)?;
    let only_buys = users::is_only_customer(tx, user.id)?;
    Ok(Some(Member { user: user.id, name: user.email, permissions, customer: user.customer, only_buys }))
}

impl Member {
    /// The member as a caller.
    pub fn caller(self, organization: Id<Organization>, address: Option<IpAddr>, request_id: &str) -> Caller {
        Caller {
            organization,
            subject: Subject::User(self.user),
            name: self.name,
            permissions: self.permissions,
            key_type: None,
            projects: BTreeSet::new(),
            customer: self.customer,
            only_buys: self.only_buys,
            address,
            request_id: Some(request_id.to_owned()),
        }
    }
}

/// Ends a session.
pub fn close(tx: &mut Tx<'_>, token: &SessionToken) -> Result<()> {
    sessions::delete(tx, token.id)
}
