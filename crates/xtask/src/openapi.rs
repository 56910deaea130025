//! Keeps docs/src/openapi.json equal to what the program answers.

use std::fs;
use std::path::Path;

use crate::Result;
use crate::shell::{Shell, cargo};

const FILE: &str = "docs/src/openapi.json";

/// Writes the file, or only compares it.
pub fn run(shell: &mut Shell, check: bool) -> Result {
    let wanted = tempfile::NamedTempFile::new()?;
    let mut command = cargo(["run", "--quiet", "--package", "swage", "--", "openapi"]);
    shell.run(command.stdout(wanted.reopen()?))?;
    let wanted = fs::read(wanted)?;

    let file = Path::new(FILE);
    if check {
        let is = fs::read(file).unwrap_or_default();
        return if is == wanted {
            Ok(())
        } else {
            Err(format!("{FILE} is old, run: cargo xtask openapi").into())
        };
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(file, wanted)?)
}
