use std::fmt::Write;

use base::{Error, Random, Result};
use database::Scope;
use hose::demo::Scale;
use records::organizations;
use swage::{
    Assembled, Settings,
    demo::{self, Credentials, Filled},
    files::{self, shown},
    server::{Ready, Server},
};

use super::{Context, json, print, write_credentials};
use crate::cli::Demo;

/// The file in the data directory that keeps what the system shows once.
const FILE: &str = "credentials.json";

pub async fn run(context: Context, arguments: Demo) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let server = Server::prepare(settings.clone(), clock, &mut random).await?;
    let credentials = find_or_make(&settings, &server.assembled, &mut random).await?;
    let credentials = filled(&settings, &server.assembled, credentials, &arguments, &mut random).await?;
    server.assembled.gate.catch_up().await?;
    server
        .run(async |ready| {
            if let Some(path) = &arguments.serve.credentials_file {
                write_credentials(path, &ready, &credentials, &mut random)?;
            }
            print(&words(&ready, &credentials))
        })
        .await
}

async fn find_or_make(
    settings: &Settings,
    assembled: &Assembled,
    random: &mut Random,
) -> Result<Credentials> {
    let path = settings.data.join(FILE);
    let kept = match files::read(&path)? {
        Some(text) => Some(serde_json::from_str::<Credentials>(&text).map_err(|error| {
            let message = format!("does not hold the demo's credentials (line {})", error.line());
            Error::invalid(shown(&path), message)
        })?),
        None => None,
    };
    let database = &assembled.store.database;
    if let Some(credentials) = kept {
        let id = credentials.organization_id.to_string();
        if database.read(Scope::System, move |tx| organizations::named(tx, &id)).await?.is_some() {
            return Ok(credentials);
        }
        // Written, but not made: the first start was cut short.
    }
    if !database.read(Scope::System, |tx| organizations::all(tx, 1)).await?.is_empty() {
        let message = format!("holds an organization that is not the demo's of {}", path.display());
        return Err(Error::invalid("the database", message));
    }
    let keep = |credentials: &Credentials, random: &mut Random| {
        files::replace(&path, json(credentials)?.as_bytes(), random)
    };
    demo::make(&assembled.store, settings.environment()?, &assembled.clock, random, keep).await
}

/// The demo with its catalogue, which is made once.
async fn filled(
    settings: &Settings,
    assembled: &Assembled,
    credentials: Credentials,
    arguments: &Demo,
    random: &mut Random,
) -> Result<Credentials> {
    let scale = arguments.scale.unwrap_or(Scale::Tiny);
    let wanted = Filled { scale: scale.name().to_owned(), seed: arguments.seed.unwrap_or(1) };
    if let Some(there) = &credentials.catalogue {
        let is_other = arguments.scale.is_some_and(|_| wanted.scale != there.scale)
            || arguments.seed.is_some_and(|seed| seed != there.seed);
        if is_other {
            let message = format!(
                "must be {} of seed {}, which the demo has; for another, start one in another directory",
                there.scale, there.seed
            );
            return Err(Error::invalid("--scale", message));
        }
        return Ok(credentials);
    }
    demo::catalogue::fill(&assembled.store.database, credentials.organization_id, scale, wanted.seed).await?;
    let credentials = Credentials { catalogue: Some(wanted), ..credentials };
    files::replace(&settings.data.join(FILE), json(&credentials)?.as_bytes(), random)?;
    Ok(credentials)
}

fn words(ready: &Ready, credentials: &Credentials) -> String {
    let Credentials { public_organization_id, admin, keys, .. } = credentials;
    let mut text = format!(
        "\nThe Swage demo is ready at {}\n\n  \
         organization         {public_organization_id}\n  \
         administrator        {}\n  \
         password             {}\n",
        ready.url, admin.email, admin.password
    );
    for key in [&keys.admin, &keys.full_access, &keys.read_only, &keys.customer] {
        let _ = writeln!(text, "  {:20} {}", key.name, key.api_key);
    }
    let _ = writeln!(
        text,
        "\nTry:\n  curl -H 'x-api-key: {}' {}/api/v1/organization/apikeys\n",
        keys.admin.api_key, ready.url
    );
    text
}
