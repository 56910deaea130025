//! Signing in and out: an opaque token, good for twelve hours, of which only
//! a hash is stored.

use std::{net::IpAddr, time::Duration};

use base::{Id, Organization, Random, Result, Timestamp, hex};
use database::Tx;
use keys::{Customer, Permissions, User};
use records::{
    sessions::{self, Session, SessionRow},
    users::{self, UserRow},
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{Caller, Subject};

/// How long a session lasts.
pub const LIFETIME: Duration = Duration::from_hours(12);

/// In how many organizations an e-mail address is looked for when none is
/// named: each costs a comparison of the password.
const MOST_MEMBERSHIPS: u32 = 5;
/// The same when one is named.
const MOST_NAMED: u32 = 10_000;

/// How every session token begins.
pub const PREFIX: &str = "sws_";

/// A session token: the organization and the session it names, and its secret,
/// all hexadecimal: `sws_<24><24><64>`.
#[derive(Clone)]
pub struct SessionToken {
    /// In which organization.
    pub organization: Id<Organization>,
    /// Which session.
    pub id: Id<Session>,
    secret: Zeroizing<[u8; 32]>,
}

impl SessionToken {
    /// A new token for a session in `organization`.
    pub fn mint(organization: Id<Organization>, now: Timestamp, random: &mut Random) -> Self {
        Self { organization, id: Id::new(now, random), secret: Zeroizing::new(random.bytes()) }
    }

    /// The token that `text` is; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX).filter(|digits| digits.len() == 112 && digits.is_ascii())?;
        let secret: [u8; 32] = hex::decode(&digits[48..])?.try_into().ok()?;
        Some(Self {
            organization: digits[..24].parse().ok()?,
            id: digits[24..48].parse().ok()?,
            secret: Zeroizing::new(secret),
        })
    }

    /// The whole text.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{PREFIX}{}{}{}", self.organization, self.id, hex::encode(&*self.secret)))
    }

    /// What a page must send beside its cookie with every request that
    /// writes: it cannot be guessed by another site, which cannot read it.
    pub fn csrf(&self) -> String {
        let digest = Sha256::new().chain_update(b"swage csrf 1").chain_update(*self.secret).finalize();
        hex::encode(&digest[..16])
    }

    /// Whether `shown` is [`csrf`](Self::csrf), in constant time.
    pub fn is_csrf(&self, shown: &str) -> bool {
        self.csrf().as_bytes().ct_eq(shown.as_bytes()).into()
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(*self.secret).into()
    }
}

/// A member whose password is to be compared.
pub type Candidate = UserRow;

/// The members with this e-mail address, in any organization or in the one named.
pub fn candidates(
    tx: &mut Tx<'_>,
    email: &str,
    organization: Option<Id<Organization>>,
) -> Result<Vec<Candidate>> {
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

/// Opens a session for a user whose password was right.
pub fn open(
    tx: &mut Tx<'_>,
    user: &UserRow,
    token: &SessionToken,
    address: Option<IpAddr>,
) -> Result<SignedIn> {
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
    Ok(SignedIn { user: user.clone(), roles: users::roles(tx, user.id)?, expires })
}

/// Who a session is of, and what they may do.
#[derive(Debug, Clone)]
pub struct Member {
    user: Id<User>,
    name: String,
    permissions: Permissions,
    customer: Option<Id<Customer>>,
}

/// Whose session the token is of, if it is one and not over.
pub fn find(tx: &mut Tx<'_>, token: &SessionToken) -> Result<Option<Member>> {
    let Some(session) = sessions::find(tx, token.id)? else { return Ok(None) };
    let is_shown = bool::from(session.secret_hash.ct_eq(&token.hash()));
    if !is_shown || session.expires <= tx.now() {
        return Ok(None);
    }
    let Some(user) = users::find(tx, session.user)? else { return Ok(None) };
    let permissions = users::permissions(tx, user.id)?;
    Ok(Some(Member { user: user.id, name: user.email, permissions, customer: user.customer }))
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
            customer: self.customer,
            address,
            request_id: Some(request_id.to_owned()),
        }
    }
}

/// Ends a session.
pub fn close(tx: &mut Tx<'_>, token: &SessionToken) -> Result<()> {
    sessions::delete(tx, token.id)
}
