//! Finds programs on this machine.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// The PostgreSQL programs we start.
const POSTGRES: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Where Debian keeps each version of PostgreSQL, outside PATH.
const DEBIAN_POSTGRES: &str = "/usr/lib/postgresql";

/// Whether a program of this name is on PATH.
pub fn on_path(program: &str) -> bool {
    path_folders().iter().any(|folder| folder.join(program).is_file())
}

/// Whether a server of this name is on PATH, or where Debian keeps servers, which may be outside it.
pub fn is_server(program: &str) -> bool {
    on_path(program) || Path::new("/usr/sbin").join(program).is_file()
}

/// The folder with the programs of a PostgreSQL server: on PATH, else the newest that Debian has.
pub fn postgres_folder() -> Option<PathBuf> {
    let mut folders = path_folders();
    folders.extend(debian_postgres_folders());
    folders.into_iter().find(|folder| POSTGRES.iter().all(|program| folder.join(program).is_file()))
}

/// The numbers of the user whose rights PostgreSQL takes, or `None` for those we have: it refuses to run as root.
pub fn postgres_user() -> Result<Option<(u32, u32)>> {
    if !is_root() {
        return Ok(None);
    }
    for user in ["postgres", "nobody"] {
        if let (Some(uid), Some(gid)) = (id("-u", user), id("-g", user)) {
            return Ok(Some((uid, gid)));
        }
    }
    Err("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`".into())
}

/// Whether we may change this machine.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn path_folders() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

/// Newest first.
fn debian_postgres_folders() -> Vec<PathBuf> {
    let Ok(entries) = Path::new(DEBIAN_POSTGRES).read_dir() else { return Vec::new() };
    let mut versions: Vec<u32> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    versions.sort_unstable_by(|left, right| right.cmp(left));
    versions.iter().map(|version| Path::new(DEBIAN_POSTGRES).join(version.to_string()).join("bin")).collect()
}

fn id(option: &str, user: &str) -> Option<u32> {
    let output = Command::new("id").args([option, user]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
