//! Links that are mailed: each lets a person set a password, once.

use std::{net::IpAddr, time::Duration};

use base::{EmailAddress, Error, Id, Result};
use database::{Scope, Tx, job};
use keys::User;
use records::{
    organizations,
    user_links::{self, UserLink, UserLinkRow},
    users::{self, UserRow},
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{letters, replace_password};
use crate::{
    Allowed, Caller, Subject,
    access::AnyCaller,
    audit,
    jobs::{Outcome, Run},
    secret_token::{SecretToken, Tokened},
    sessions,
};

impl Tokened for UserLink {
    const PREFIX: &'static str = "swl_";
}

/// The token in a link: the organization and the link it names, and its secret.
pub type LinkToken = SecretToken<UserLink>;

/// Nobody is mailed another reset within this time.
const PAUSE: Duration = Duration::from_mins(1);

/// The job that mails a reset to whom an address belongs, if to anybody.
pub(crate) const FORGOTTEN: &str = "forgottenPassword";
/// Who waits for a reset does not wait for long.
pub(crate) const PAUSES: &[Duration] =
    &[Duration::from_secs(5), Duration::from_mins(1), Duration::from_mins(10)];

/// What that job knows.
#[derive(Serialize, Deserialize)]
struct Asked {
    email: String,
    public_url: String,
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Invite,
    Reset,
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset => "reset",
        }
    }

    fn lifetime(self) -> Duration {
        match self {
            Self::Invite => Duration::from_hours(7 * 24),
            Self::Reset => Duration::from_hours(1),
        }
    }
}

/// Makes a link in the place of those the user has; answers its address. Its
/// secret stands nowhere but there.
pub(super) fn make(tx: &mut Tx<'_>, user: &UserRow, purpose: Purpose, public_url: &str) -> Result<String> {
    user_links::use_all(tx, user.id)?;
    let token = LinkToken::new(tx.organization()?, tx.new_id(), tx.new_secret());
    let row = UserLinkRow {
        id: token.id,
        user: user.id,
        purpose: purpose.word().to_owned(),
        secret_hash: token.hash(),
        created: tx.now(),
        expires: tx.now().plus(purpose.lifetime()),
        used: None,
    };
    user_links::insert(tx, &row)?;
    // After the #, which no browser sends and no proxy writes down.
    Ok(format!("{public_url}/password#{}", *token.expose()))
}

/// Mails the person who calls a link to set a new password.
pub fn reset_own(
    tx: &mut Tx<'_>,
    caller: &Allowed<AnyCaller>,
    user: Id<User>,
    public_url: &str,
) -> Result<()> {
    let row = users::find(tx, user)?.ok_or_else(Error::not_found::<User>)?;
    send_reset(tx, caller, &row, public_url)
}

fn send_reset(tx: &mut Tx<'_>, caller: &Caller, user: &UserRow, public_url: &str) -> Result<()> {
    let recent = tx.now().minus(PAUSE);
    if user_links::any_since(tx, user.id, recent)? {
        return Ok(());
    }
    let link = make(tx, user, Purpose::Reset, public_url)?;
    let organization = organizations::find(tx)?.name;
    letters::reset(tx, &user.email, &organization, &link)?;
    audit::note(tx, caller, "requestPasswordReset", user.id, None, Some(&json!({})))
}

/// Asks that a reset be mailed to whom the address belongs. Whether it belongs
/// to anybody is found out by a job, so that no answer can tell.
pub fn forgotten(tx: &mut Tx<'_>, email: &EmailAddress, public_url: &str) -> Result<()> {
    let asked = Asked { email: email.to_string(), public_url: public_url.to_owned() };
    job::enqueue(tx, FORGOTTEN, &email.normalized(), &json!(asked), Duration::ZERO)
}

/// Does what [`forgotten`] asked for.
pub(crate) async fn mail_forgotten(run: Run) -> Outcome {
    let Asked { email, public_url } = run.payload()?;
    let candidates = move |tx: &mut Tx<'_>| sessions::candidates(tx, &email, None);
    for user in run.database.read(Scope::System, candidates).await? {
        let (scope, public_url) = (Scope::Organization(user.organization), public_url.clone());
        let send = move |tx: &mut Tx<'_>| {
            let by = Caller::system(user.organization, "forgottenPassword");
            send_reset(tx, &by, &user, &public_url)
        };
        run.database.write(scope, send).await?;
    }
    Ok(())
}

/// Whether the token is one of ours, not used and not over: looked at before a
/// password is hashed for it.
pub fn is_good(tx: &mut Tx<'_>, token: &LinkToken) -> Result<bool> {
    Ok(holder(tx, token)?.is_some())
}

/// Sets the password, already hashed, of whom the link was mailed to. Ends the
/// link, all others and every session; says whether the link was good.
pub fn set_password(tx: &mut Tx<'_>, token: &LinkToken, hash: &str, address: Option<IpAddr>) -> Result<bool> {
    let Some(user) = holder(tx, token)? else { return Ok(false) };
    let caller = Caller {
        subject: Subject::User(user.id),
        name: user.email.clone(),
        permissions: users::permissions(tx, user.id)?,
        customer: user.customer,
        address,
        ..Caller::system(token.organization, "link")
    };
    replace_password(tx, &caller, &user, hash)?;
    Ok(true)
}

fn holder(tx: &mut Tx<'_>, token: &LinkToken) -> Result<Option<UserRow>> {
    let Some(link) = user_links::find(tx, token.id)? else { return Ok(None) };
    if !token.is_of(&link.secret_hash) || link.used.is_some() || link.expires <= tx.now() {
        return Ok(None);
    }
    Ok(users::find(tx, link.user)?.filter(|user| !user.suspended))
}
