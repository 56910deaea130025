//! Files that others may not read, and that are there whole or not at all.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use base::{Error, Random, Result, hex};
use zeroize::Zeroizing;

/// Makes the directory, for its owner alone, unless it is there.
pub fn make_directory(path: &Path) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| failed("cannot be made", path, &error))
}

/// Removes the directory and all in it, if it is there.
pub fn remove_directory(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("cannot be removed", path, &error)),
        _ => Ok(()),
    }
}

/// A file beside another whose place it takes once it is complete; removed
/// where that does not come about. Readable by its owner alone.
pub struct Draft {
    path: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// Begins a draft of `target`.
    pub fn of(target: &Path, random: &mut Random) -> Result<Self> {
        let name = target.file_name().ok_or_else(|| Error::invalid(shown(target), "names no file"))?;
        let mut draft = name.to_os_string();
        draft.push(format!(".{}.new", hex::encode(&random.bytes::<6>())));
        let path = target.with_file_name(draft);
        let draft = Self { path, target: target.to_owned() };
        draft.open().map_err(|error| failed("cannot be written", target, &error))?;
        Ok(draft)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the draft in the place of the target.
    pub fn replace(self) -> Result<()> {
        let replaced = self.synced().and_then(|()| fs::rename(&self.path, &self.target));
        replaced.and_then(|()| sync_directory(&self.target)).map_err(|error| self.failed(&error))
    }

    /// Makes the draft the target; false where there is one already.
    pub fn create(self) -> Result<bool> {
        // A second name for the file: unlike a renaming, it never takes another's place.
        match self.synced().and_then(|()| fs::hard_link(&self.path, &self.target)) {
            Ok(()) => sync_directory(&self.target).map(|()| true).map_err(|error| self.failed(&error)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn open(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path)
    }

    fn synced(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    fn failed(&self, error: &io::Error) -> Error {
        failed("cannot be written", &self.target, error)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already where it took the target's place.
        let _ = fs::remove_file(&self.path);
    }
}

/// Puts `content` in the place of what is at `path`, for its owner alone.
pub fn replace(path: &Path, content: &[u8], random: &mut Random) -> Result<()> {
    filled(path, content, random)?.replace()
}

/// Makes the file at `path`, for its owner alone; false where there is one already.
pub fn create(path: &Path, content: &[u8], random: &mut Random) -> Result<bool> {
    filled(path, content, random)?.create()
}

fn filled(path: &Path, content: &[u8], random: &mut Random) -> Result<Draft> {
    let draft = Draft::of(path, random)?;
    let written =
        OpenOptions::new().write(true).open(&draft.path).and_then(|mut file| file.write_all(content));
    written.map_err(|error| draft.failed(&error))?;
    Ok(draft)
}

/// What the file at `path` holds; `None` where there is none. Wiped when dropped.
pub fn read(path: &Path) -> Result<Option<Zeroizing<String>>> {
    match fs::read_to_string(path) {
        Ok(content) => Ok(Some(Zeroizing::new(content))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("cannot be read", path, &error)),
    }
}

/// What the file at `path` holds, which must be there; `None` where the path is empty.
pub fn read_named(path: &Path) -> Result<Option<Zeroizing<String>>> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let text = read(path)?.ok_or_else(|| Error::invalid(shown(path), "is not there"))?;
    Ok(Some(text))
}

/// The one line of a file that holds a password or a passphrase.
pub fn read_line(path: &Path) -> Result<Zeroizing<String>> {
    let content = read(path)?.ok_or_else(|| Error::invalid(shown(path), "is not there"))?;
    let line = content.trim_end_matches(['\r', '\n']);
    if line.is_empty() || line.contains(['\r', '\n']) {
        return Err(Error::invalid(shown(path), "must hold one line"));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

fn sync_directory(of: &Path) -> io::Result<()> {
    let parent = of.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::invalid(shown(path), format!("{what}: {error}"))
}

/// The path for an error to name.
pub fn shown(path: &Path) -> String {
    path.display().to_string()
}
