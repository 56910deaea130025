//! The commands. Each opens into the use cases and has no rules of its own.

mod backup;
mod demo;
mod doctor;
mod init;
mod keys;
mod passwords;
mod restore;
mod serve;
mod users;

use std::{
    io::{ErrorKind, Write, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use base::{Clock, Error, Id, Organization, Random, Result};
use database::{Database, Scope, Tx};
use records::organizations::{self, OrganizationRow};
use serde::Serialize;
use swage::{
    Settings,
    config::{self, Defaults, Listen},
    files, logging,
    server::Ready,
};

use crate::cli::{Cli, Command};

/// The word by which the audit record knows who types commands.
const CALLER: &str = "command-line";

/// What every command is given.
struct Context {
    settings: Settings,
    clock: Clock,
    random: Random,
}

pub async fn run(cli: Cli) -> Result<ExitCode> {
    if let Command::Openapi = cli.command {
        return openapi().map(|()| ExitCode::SUCCESS);
    }
    let (listen, defaults, serves) = match &cli.command {
        Command::Serve(serve) => (serve.listen.clone(), Defaults::Usual, true),
        Command::Demo(demo) => (demo.serve.listen.clone(), Defaults::Demo, true),
        _ => (Listen::default(), Defaults::Usual, false),
    };
    let settings = config::load(&cli.place, &listen, defaults)?;
    if serves {
        logging::start(&settings.log)?;
    } else {
        logging::start_for_person()?;
    }
    let mut context = Context { settings, clock: Clock::system(), random: Random::system() };
    match cli.command {
        Command::Serve(arguments) => serve::run(context, arguments).await?,
        Command::Demo(arguments) => demo::run(context, arguments).await?,
        Command::Init(arguments) => init::run(context, arguments).await?,
        Command::Keys { command } => keys::run(context, command).await?,
        Command::Users { command } => users::run(context, command).await?,
        Command::Migrate => swage::migrate(&context.settings, &mut context.random).await?,
        Command::Backup(arguments) => backup::run(context, arguments).await?,
        Command::Restore(arguments) => restore::run(context, arguments).await?,
        Command::Doctor => return doctor::run(context).await,
        Command::Openapi => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn openapi() -> Result<()> {
    let document = serde_json::to_string_pretty(&api::openapi());
    print(&document.map_err(|error| Error::internal("the API document", error))?)
}

/// Writes lines to the standard output.
fn print(text: &str) -> Result<()> {
    let mut out = stdout().lock();
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        // Whoever reads has read enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|error| Error::internal("the standard output", error)),
    }
}

/// Tells the person something that is no part of the output.
fn tell(text: &str) {
    eprintln!("{text}");
}

/// The organization named, or the only one there is.
async fn organization(database: &Database, named: Option<String>) -> Result<OrganizationRow> {
    if let Some(name) = named {
        return database.read(Scope::System, move |tx| founded(tx, &name)).await;
    }
    let mut all = database.read(Scope::System, |tx| organizations::all(tx, 2)).await?;
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(_), false) => Err(Error::invalid("--organization", "must say which, as there are several")),
        (None, _) => {
            Err(Error::NotFound("There is no organization yet: `swage init` makes the first.".into()))
        }
    }
}

/// The organization of this name, once it is founded.
fn founded(tx: &mut Tx<'_>, name: &str) -> Result<OrganizationRow> {
    let found = organizations::named(tx, name)?.ok_or_else(Error::not_found::<Organization>)?;
    if organizations::is_founded(tx, found.id)? {
        return Ok(found);
    }
    let words = "The shared catalogue has no administrator yet: `swage init --shared-catalogue` makes one.";
    Err(Error::NotFound(words.into()))
}

/// What `--credentials-file` is given.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reachable<'a, C> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics_url: Option<&'a str>,
    #[serde(flatten)]
    credentials: C,
}

/// An organization's names, where there is one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Names {
    organization_id: Id<Organization>,
    public_organization_id: String,
}

fn write_credentials(
    path: &Path,
    ready: &Ready,
    credentials: impl Serialize,
    random: &mut Random,
) -> Result<()> {
    let (url, metrics_url) = (ready.url.as_str(), ready.metrics_url.as_deref());
    let reachable = Reachable { url, metrics_url, credentials };
    files::replace(path, json(&reachable)?.as_bytes(), random)
}

fn json(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::internal("JSON", error))?;
    Ok(text + "\n")
}

/// `FILE.secrets` beside a backup in `FILE`.
fn sealed_path(backup: &Path) -> PathBuf {
    let mut path = backup.as_os_str().to_os_string();
    path.push(".secrets");
    path.into()
}
