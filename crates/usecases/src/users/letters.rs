//! What is mailed to people.

use base::Result;
use database::Tx;

use crate::mail::{Mail, enqueue};

pub(super) fn invitation(tx: &mut Tx<'_>, to: &str, organization: &str, link: &str) -> Result<()> {
    let subject = format!("You are invited to {organization}");
    let text = format!(
        "You are invited to work with {organization} in Swage.\n\n\
         Choose a password here:\n\n{link}\n\n\
         The link works once, and for seven days. If you did not expect this, do nothing.\n"
    );
    enqueue(tx, &Mail { to, subject: &subject, text: &text })
}

pub(super) fn reset(tx: &mut Tx<'_>, to: &str, organization: &str, link: &str) -> Result<()> {
    let subject = format!("Your password for {organization}");
    let text = format!(
        "Somebody, probably you, asked for a new password for {to} at {organization} in Swage.\n\n\
         Choose it here:\n\n{link}\n\n\
         The link works once, and for one hour. If it was not you, do nothing: your password stays.\n"
    );
    enqueue(tx, &Mail { to, subject: &subject, text: &text })
}

pub(super) fn address_changed(tx: &mut Tx<'_>, former: &str, new: &str) -> Result<()> {
    let text = format!(
        "From now on you sign in to Swage as {new}, and no longer as {former}.\n\n\
         If you did not want this, speak to an administrator of your organization now.\n"
    );
    enqueue(tx, &Mail { to: former, subject: "Your address in Swage was changed", text: &text })
}
