use std::{
    fs::OpenOptions,
    io::{BufWriter, Write},
    path::Path,
};

use base::{Error, Random, Result};
use database::{
    Scope,
    backup::{self, Part},
};
use swage::{
    Settings,
    files::{self, Draft, shown},
    open_database, open_history, sealed,
    secrets::Secrets,
};

use super::{Context, sealed_path, tell};
use crate::cli::Backup;

pub async fn run(context: Context, arguments: Backup) -> Result<()> {
    let Context { settings, clock, mut random } = context;
    // Before the work, so that a wrong passphrase file costs none.
    let sealed = match &arguments.passphrase_file {
        Some(file) => Some(seal(&settings, file, &mut random)?),
        None => None,
    };
    let database = open_database(&settings, clock, &mut random).await?;
    let history = open_history(&settings, &database, &mut random).await?;
    let draft = Draft::of(&arguments.file, &mut random)?;
    let path = draft.path().to_owned();
    for (database, part) in database.backup_parts(&history) {
        let path = path.clone();
        let unit = move |tx: &mut database::Tx<'_>| {
            let failed = |error| Error::internal("the backup could not be written", error);
            let mut options = OpenOptions::new();
            // The unit may run again: it starts with an empty file, or after the part before it.
            let file = match part {
                Part::History => options.append(true),
                Part::Whole | Part::Shop => options.write(true).truncate(true),
            };
            let mut out = BufWriter::new(file.open(&path).map_err(failed)?);
            backup::write(tx, part, &mut out)?;
            out.flush().map_err(failed)
        };
        database.patient().read(Scope::System, unit).await?;
    }
    draft.replace()?;

    let secrets = settings.secrets_path();
    match sealed {
        Some(sealed) => {
            let path = sealed_path(&arguments.file);
            files::replace(&path, sealed.as_bytes(), &mut random)?;
            tell(&format!("The secrets are in {}, under the passphrase.", path.display()));
        }
        None => tell(&format!(
            "The secrets are not in it: keep {} too, apart from the backup. Without it no key works after a restore.",
            secrets.display()
        )),
    }
    Ok(())
}

fn seal(settings: &Settings, passphrase: &Path, random: &mut Random) -> Result<String> {
    let path = settings.secrets_path();
    // Reads it as a server would: one that is not good is not worth keeping.
    Secrets::load(&path)?;
    let text = files::read(&path)?.ok_or_else(|| Error::invalid(shown(&path), "is not there"))?;
    sealed::seal(&text, &files::read_line(passphrase)?, random)
}
