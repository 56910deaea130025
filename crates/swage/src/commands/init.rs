use base::{Error, Id, Line, Result};
use database::Scope;
use records::organizations as rows;
use swage::{open_store, public_id};
use usecases::{
    Caller,
    organizations::{self, Founding},
};

use super::{CALLER, Context, passwords, print};
use crate::cli::Init;

pub async fn run(context: Context, arguments: Init) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let name = Line::new(&arguments.name).map_err(|error| Error::invalid("--name", error))?;
    let email: Line<254> = Line::new(&arguments.email).map_err(|error| Error::invalid("--email", error))?;
    if !email.as_str().contains('@') {
        return Err(Error::invalid("--email", "must be an e-mail address"));
    }
    let store = open_store(&settings, clock.clone(), &mut random).await?;
    let is_first = store.database.read(Scope::System, |tx| rows::all(tx, 1)).await?.is_empty();
    if !is_first && !arguments.another {
        return Err(Error::conflict("There is an organization already; --another makes one more."));
    }
    let password = passwords::choose(arguments.password_file.as_deref(), &mut random)?;
    let founding = Founding {
        id: Id::new(clock.now(), &mut random),
        public_id: public_id(&mut random),
        name,
        subscription: arguments.subscription,
        admin_email: email,
        admin_password_hash: password.hash.clone(),
    };
    let by = Caller::system(founding.id, CALLER);
    let Founding { id, public_id, name, admin_email, .. } = founding.clone();
    store.database.write(founding.scope(), move |tx| organizations::found(tx, &by, &founding)).await?;
    print(&format!(
        "organization   {name}\n\
         id             {id}\n\
         public id      {public_id}\n\
         administrator  {admin_email}\n{}",
        password.line()
    ))
}
