use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::NotSent;

/// Writes a letter as `<id>.eml`, for the owner alone: it may hold a one-time link.
pub(super) async fn put(folder: &Path, id: &str, message: Vec<u8>) -> Result<(), NotSent> {
    let (folder, id) = (folder.to_owned(), id.to_owned());
    let written = tokio::task::spawn_blocking(move || write(&folder, &id, &message)).await;
    let failed = |error: &dyn std::fmt::Display| NotSent::Yet(format!("the directory of mail: {error}"));
    written.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
}

fn write(folder: &PathBuf, id: &str, message: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let draft = folder.join(format!(".{id}.new"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(message)?;
    file.sync_all()?;
    // There whole or not at all.
    fs::rename(&draft, folder.join(format!("{id}.eml")))
}
