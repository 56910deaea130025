use base::{Error, Result};
use database::{Priority, Scope};
use swage::open_database;
use usecases::{Caller, sessions, users};

use super::{CALLER, Context, organization, passwords, print};
use crate::cli::Users;

pub async fn run(context: Context, command: Users) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let Users::ResetPassword { of, email, password_file } = command;
    let database = open_database(&settings, clock, &mut random).await?;
    let within = match of.organization {
        Some(name) => Some(organization(&database, Some(name)).await?.id),
        None => None,
    };
    let asked = email.clone();
    let mut found = database.read(Scope::System, move |tx| sessions::candidates(tx, &asked, within)).await?;
    let user = match (found.pop(), found.is_empty()) {
        (Some(only), true) => only,
        (Some(_), false) => {
            let message = "must say in which, as several have a user with this address";
            return Err(Error::invalid("--organization", message));
        }
        (None, _) => return Err(Error::not_found::<::keys::User>()),
    };
    let password = passwords::choose(password_file.as_deref(), &mut random)?;
    let may_write = Caller::system(user.organization, CALLER).allow()?;
    let hash = password.hash.clone();
    let unit = move |tx: &mut database::Tx<'_>| users::set_password(tx, &may_write, user.id, &hash);
    database.write_as(Priority::Security, Scope::Organization(user.organization), unit).await?;
    print(&format!("user           {}\n{}", user.email, password.line()))
}
