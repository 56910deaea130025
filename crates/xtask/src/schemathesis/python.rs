//! A virtual environment of Python, in the target folder, with schemathesis in it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use cargo_metadata::MetadataCommand;

use crate::Result;
use crate::shell::Shell;

const REQUIREMENTS: &str = include_str!("requirements.txt");

/// Whether Python can make virtual environments.
pub fn makes_environments() -> bool {
    let mut python = Command::new("python3");
    python.args(["-c", "import ensurepip, venv"]).output().is_ok_and(|output| output.status.success())
}

/// The program; installed at the first time, and when its version has changed. After that no network is needed.
pub fn ensure(shell: &mut Shell) -> Result<PathBuf> {
    let folder = MetadataCommand::new().no_deps().exec()?.target_directory.join("schemathesis");
    let folder = PathBuf::from(folder);
    let (program, installed) = (folder.join("bin/schemathesis"), folder.join("installed.txt"));
    if fs::read_to_string(&installed).is_ok_and(|text| text == REQUIREMENTS) && program.is_file() {
        return Ok(program);
    }
    shell.run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let wanted = folder.join("requirements.txt");
    fs::write(&wanted, REQUIREMENTS)?;
    let mut install = Command::new(folder.join("bin/python"));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]);
    shell.run(install.arg("--requirement").arg(&wanted))?;
    fs::rename(&wanted, &installed)?;
    Ok(program)
}
