use base::{Error, Id, Line, Result};
use database::{Database, Scope};
use records::{
    catalogue::SHARED_CATALOGUE,
    organizations::{self as rows, OrganizationRow},
};
use swage::{open_store, public_id};
use usecases::{
    Caller,
    organizations::{self, Administrator, Founding},
};

use super::{CALLER, Context, passwords, print};
use crate::cli::Init;

pub async fn run(context: Context, arguments: Init) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let name = arguments.name.as_deref().map(Line::new).transpose();
    let name = name.map_err(|error| Error::invalid("--name", error))?;
    let email: Line<254> = Line::new(&arguments.email).map_err(|error| Error::invalid("--email", error))?;
    if !email.as_str().contains('@') {
        return Err(Error::invalid("--email", "must be an e-mail address"));
    }
    let database = open_store(&settings, clock.clone(), &mut random).await?.database;
    let is_first = database.read(Scope::System, |tx| rows::all(tx, 1)).await?.is_empty();
    if name.is_some() && !is_first && !arguments.another {
        return Err(Error::conflict("There is an organization already; --another makes one more."));
    }
    let password = passwords::choose(arguments.password_file.as_deref(), &mut random)?;
    let administrator = Administrator { email: email.clone(), password_hash: password.hash.clone() };
    let made = match name {
        Some(name) => {
            let (id, public_id) = (Id::new(clock.now(), &mut random), public_id(&mut random));
            let subscription = arguments.subscription;
            found(&database, Founding { id, public_id, name, subscription, administrator }).await?
        }
        None => found_shared(&database, administrator).await?,
    };
    let OrganizationRow { id, public_id, name, .. } = made;
    print(&format!(
        "organization   {name}\n\
         id             {id}\n\
         public id      {public_id}\n\
         administrator  {email}\n{}",
        password.line()
    ))
}

async fn found(database: &Database, founding: Founding) -> Result<OrganizationRow> {
    let by = Caller::system(founding.id, CALLER);
    database.write(founding.scope(), move |tx| organizations::found(tx, &by, &founding)).await
}

async fn found_shared(database: &Database, administrator: Administrator) -> Result<OrganizationRow> {
    let by = Caller::system(SHARED_CATALOGUE, CALLER);
    let unit = move |tx: &mut database::Tx<'_>| organizations::found_shared(tx, &by, &administrator);
    database.write(Scope::Organization(SHARED_CATALOGUE), unit).await
}
