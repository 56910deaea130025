use std::{fmt::Write, time::Duration};

use base::{Error, Line, Prose, Result};
use database::{Priority, Scope, list::ListQuery};
use swage::{open_database, open_store, usual_scopes};
use usecases::{
    Caller,
    api_keys::{self, ApiKey, ApprovedAddress, Doubtful, DrawnSecret, Essentials, Minted, NewKey, Selection},
};

use super::{CALLER, Context, organization, print, tell};
use crate::cli::{CreateKey, Keys, Of};

pub async fn run(context: Context, command: Keys) -> Result<()> {
    match command {
        Keys::List { of, deleted } => list(context, of, deleted).await,
        Keys::Create(arguments) => create(context, arguments).await,
        Keys::Rotate { of, key, grace } => rotate(context, of, key, Duration::from_hours(grace)).await,
        Keys::Report { of, unused_for } => report(context, of, unused_for).await,
        Keys::Revoke { of, key } => revoke(context, of, key).await,
    }
}

async fn list(context: Context, of: Of, deleted: bool) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let database = open_database(&settings, clock, &mut random).await?;
    let organization = organization(&database, of.organization).await?.id;
    let may_read = Caller::system(organization, CALLER).allow()?;
    let mut lines = line(["ID", "TYPE", "STATE", "SCOPES", "EXPIRES", "LAST USED", "KEY", "NAME"]);
    let mut query = ListQuery { limit: database::list::MAX_LIMIT, ..ListQuery::default() };
    loop {
        let (may_read, asked) = (may_read.clone(), query.clone());
        let unit = move |tx: &mut database::Tx<'_>| {
            api_keys::list(tx, &may_read, deleted, &Selection::default(), &asked)
        };
        let page = database.read(Scope::Organization(organization), unit).await?;
        page.items.iter().for_each(|key| lines += &row(key));
        match page.cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    print(&lines)
}

fn row(key: &ApiKey) -> String {
    line([
        &key.id.to_string(),
        key.key_type.word(),
        key.state.word(),
        &key.scopes.to_string(),
        &moment(key.expires),
        &moment(key.last_used),
        &key.masked,
        &key.name,
    ])
}

fn moment(at: Option<base::Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.to_string())
}

fn line([id, key_type, state, scopes, expires, used, masked, name]: [&str; 8]) -> String {
    format!("{id:24}  {key_type:11}  {state:10}  {scopes:10}  {expires:24}  {used:24}  {masked:31}  {name}\n")
}

async fn create(context: Context, arguments: CreateKey) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let new = new_key(&arguments)?;
    let store = open_store(&settings, clock.clone(), &mut random).await?;
    let organization = organization(&store.database, arguments.of.organization).await?.id;
    let peppers = store.secrets.for_gate()?.peppers;
    let (environment, may_keep) = (settings.environment()?, settings.keys.allow_reading_back);
    let (text, minted) = Minted::draw(&peppers, environment, may_keep, clock.now(), &mut random)?;
    let may_write = Caller::system(organization, CALLER).allow()?;
    let unit = move |tx: &mut database::Tx<'_>| api_keys::create(tx, &may_write, &minted, &new);
    let made = store.database.write(Scope::Organization(organization), unit).await?;
    let mut words = format!("Made the key {:?} ({}). It is shown this once:", made.name, made.id);
    for warning in &made.warnings {
        let _ = write!(words, "\nNote: {}", warning.message());
    }
    tell(&words);
    print(&text.expose())
}

fn new_key(arguments: &CreateKey) -> Result<NewKey> {
    let address =
        |network: &::keys::Network| ApprovedAddress { network: *network, description: Prose::default() };
    let essentials = Essentials {
        name: Line::new(&arguments.name).map_err(|error| Error::invalid("--name", error))?,
        scopes: arguments.scopes.unwrap_or_else(|| usual_scopes(arguments.key_type)),
        key_type: arguments.key_type,
    };
    Ok(NewKey {
        addresses: arguments.addresses.iter().map(address).collect(),
        starts: arguments.starts,
        expires: arguments.expires,
        customer: arguments.customer.clone(),
        ..NewKey::new(essentials)
    })
}

async fn rotate(context: Context, of: Of, key: String, grace: Duration) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let store = open_store(&settings, clock, &mut random).await?;
    let organization = organization(&store.database, of.organization).await?.id;
    let peppers = store.secrets.for_gate()?.peppers;
    let drawn = DrawnSecret::draw(settings.environment()?, settings.keys.allow_reading_back, &mut random);
    let may_write = Caller::system(organization, CALLER).allow()?;
    let unit = move |tx: &mut database::Tx<'_>| {
        api_keys::rotate(tx, &may_write, &key, &drawn, &peppers, grace, None)
    };
    let scope = Scope::Organization(organization);
    let (rotated, text) = store.database.write_as(Priority::Security, scope, unit).await?;
    tell(&format!("Rotated the key {:?} ({}). Its new text is shown this once:", rotated.name, rotated.id));
    print(&text.expose())
}

async fn report(context: Context, of: Of, unused_for: u32) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let database = open_database(&settings, clock, &mut random).await?;
    let organization = organization(&database, of.organization).await?.id;
    let may_read = Caller::system(organization, CALLER).allow()?;
    let mut lines = format!("{:24}  {:24}  {:34}  {}\n", "ID", "LAST USED", "FINDINGS", "NAME");
    let mut query = ListQuery { limit: database::list::MAX_LIMIT, ..ListQuery::default() };
    loop {
        let (may_read, asked) = (may_read.clone(), query.clone());
        let unit = move |tx: &mut database::Tx<'_>| api_keys::report(tx, &may_read, unused_for, &asked);
        let page = database.read(Scope::Organization(organization), unit).await?.page;
        for Doubtful { key, findings } in &page.items {
            let findings: Vec<_> = findings.iter().map(|finding| finding.code()).collect();
            let (id, used, name) = (key.id.to_string(), moment(key.last_used), &key.name);
            let _ = writeln!(lines, "{id:24}  {used:24}  {:34}  {name}", findings.join(","));
        }
        match page.cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    print(lines.trim_end())
}

async fn revoke(context: Context, of: Of, key: String) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let database = open_database(&settings, clock, &mut random).await?;
    let organization = organization(&database, of.organization).await?.id;
    let may_write = Caller::system(organization, CALLER).allow()?;
    let unit = move |tx: &mut database::Tx<'_>| api_keys::delete(tx, &may_write, &key, None);
    let gone = database.write_as(Priority::Security, Scope::Organization(organization), unit).await?;
    print(&format!("Revoked the key {:?} ({}).", gone.name, gone.id))
}
