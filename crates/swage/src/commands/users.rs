use std::{fmt::Write, path::PathBuf};

use base::{Error, Random, Result};
use database::{Database, Priority, Scope, list::ListQuery};
use records::users::UserRow;
use swage::open_database;
use usecases::{Caller, sessions, users};

use super::{CALLER, Context, organization, passwords, print};
use crate::cli::{Of, Users};

pub async fn run(context: Context, command: Users) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let database = open_database(&settings, clock, &mut random).await?;
    match command {
        Users::List { of } => list(&database, of).await,
        Users::Suspend { of, email } => suspend(&database, of, email, true).await,
        Users::Resume { of, email } => suspend(&database, of, email, false).await,
        Users::ResetPassword { of, email, password_file } => {
            reset_password(&database, of, email, password_file, &mut random).await
        }
    }
}

async fn list(database: &Database, of: Of) -> Result<()> {
    let organization = organization(database, of.organization).await?.id;
    let mut cursor = None;
    loop {
        let caller = Caller::system(organization, CALLER).allow()?;
        let query = ListQuery { limit: 1000, cursor, ..ListQuery::default() };
        let read = move |tx: &mut database::Tx<'_>| users::list(tx, &caller, &query);
        let page = database.read(Scope::Organization(organization), read).await?;
        let mut text = String::new();
        for user in page.items {
            let (id, state, roles) = (user.id, user.state.to_string(), user.roles.join(","));
            let _ = writeln!(text, "{id}  {state:<9}  {roles:<8}  {}  {}", user.email, user.name);
        }
        print(&text)?;
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

async fn suspend(database: &Database, of: Of, email: String, suspended: bool) -> Result<()> {
    let user = find(database, of, email).await?;
    let caller = Caller::system(user.organization, CALLER).allow()?;
    let (scope, id) = (Scope::Organization(user.organization), user.id.to_string());
    let unit = move |tx: &mut database::Tx<'_>| users::suspend(tx, &caller, &id, suspended, None);
    let changed = database.write_as(Priority::Security, scope, unit).await?;
    print(&format!("{}  {}", changed.state, changed.email))
}

async fn reset_password(
    database: &Database,
    of: Of,
    email: String,
    password_file: Option<PathBuf>,
    random: &mut Random,
) -> Result<()> {
    let user = find(database, of, email).await?;
    let password = passwords::choose(password_file.as_deref(), random)?;
    let may_write = Caller::system(user.organization, CALLER).allow()?;
    let hash = password.hash.clone();
    let unit = move |tx: &mut database::Tx<'_>| users::set_password(tx, &may_write, user.id, &hash);
    database.write_as(Priority::Security, Scope::Organization(user.organization), unit).await?;
    print(&format!("user           {}\n{}", user.email, password.line()))
}

/// The only user with this address, in any organization or in the one named.
async fn find(database: &Database, of: Of, email: String) -> Result<UserRow> {
    let within = match of.organization {
        Some(name) => Some(organization(database, Some(name)).await?.id),
        None => None,
    };
    let mut found = database.read(Scope::System, move |tx| sessions::members(tx, &email, within)).await?;
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => {
            let message = "must say in which, as several have a user with this address";
            Err(Error::invalid("--organization", message))
        }
        (None, _) => Err(Error::not_found::<::keys::User>()),
    }
}
