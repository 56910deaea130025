use std::{fs::File, io::BufReader, path::Path};

use base::{Error, Result};
use database::{Scope, backup};
use swage::{
    Settings,
    files::{self, shown},
    open_database, open_history, sealed,
    secrets::Secrets,
};
use usecases::store;
use zeroize::Zeroizing;

use super::{Context, sealed_path, tell};
use crate::cli::Restore;

pub async fn run(context: Context, arguments: Restore) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    let Restore { file, passphrase_file, replace } = arguments;
    // Opened before anything is touched.
    let secrets = sealed_secrets(&settings, &file, passphrase_file.as_deref(), replace)?;
    File::open(&file).map_err(|error| Error::invalid(shown(&file), format!("cannot be read: {error}")))?;

    let database = open_database(&settings, clock, &mut random).await?;
    let history = open_history(&settings, &database, &mut random).await?;
    let open = move || {
        let file = File::open(&file).map_err(|error| Error::internal("the backup cannot be read", error));
        Ok::<_, Error>(BufReader::new(file?))
    };
    let again = open.clone();
    let unit = move |tx: &mut database::Tx<'_>| store::restore(tx, &mut open()?, replace);
    let restored = database.patient().write(Scope::System, unit).await;
    restored.map_err(|error| match error {
        Error::Conflict(message) => {
            Error::conflict(format!("{message} --replace puts the backup in its place."))
        }
        other => other,
    })?;
    if !history.is_same(&database) {
        // It was read to its end already: only the disk can fail this now.
        let unit = move |tx: &mut database::Tx<'_>| backup::restore(tx, &mut again()?);
        history.patient().write(Scope::System, unit).await?;
    }
    // Calls of the life before.
    files::remove_directory(&settings.spill_path())?;

    let path = settings.secrets_path();
    if let Some(secrets) = secrets {
        files::replace(&path, secrets.as_bytes(), &mut random)?;
    }
    if Secrets::load(&path)?.is_none() {
        tell(&format!(
            "Now bring back {}: without it no key works, and the server does not start.",
            path.display()
        ));
    }
    tell("Restored. Every session and every bearer token has ended.");
    Ok(())
}

/// The secrets that are to be put in their place; `None` where those there stay.
fn sealed_secrets(
    settings: &Settings,
    backup: &Path,
    passphrase: Option<&Path>,
    replace: bool,
) -> Result<Option<Zeroizing<String>>> {
    let path = sealed_path(backup);
    let there = files::read(&settings.secrets_path())?;
    let Some(passphrase) = passphrase else {
        if path.is_file() && there.is_none() {
            return Err(Error::invalid(
                "--passphrase-file",
                format!("must be given: the secrets are in {}", path.display()),
            ));
        }
        return Ok(None);
    };
    let sealed = files::read(&path)?.ok_or_else(|| Error::invalid(shown(&path), "is not there"))?;
    let opened = sealed::open(&sealed, &files::read_line(passphrase)?)?;
    Secrets::parse(&opened).map_err(|what| Error::invalid(shown(&path), what))?;
    match there {
        Some(there) if *there == *opened => Ok(None),
        Some(_) if !replace => Err(Error::conflict(format!(
            "{} holds other secrets than the backup's; --replace puts the backup's in their place.",
            settings.secrets_path().display()
        ))),
        _ => Ok(Some(opened)),
    }
}
