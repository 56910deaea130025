//! Makes sure that the programs we need are on this machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::programs::{is_root, on_path, postgres_folder};
use crate::shell::{Shell, cargo};

/// Debian's postgresql package starts a server of its own, unless a file like this one says not to.
const NO_SERVER: &str = "/etc/postgresql-common/createcluster.d/swage.conf";

/// What is going to run.
#[derive(Clone, Copy, PartialEq)]
pub enum Needs {
    /// The tests.
    Test,
    /// The long tests and the benchmarks.
    Proof,
}

/// Installs what is missing, or says how to; quick when all is there.
pub fn ensure(shell: &mut Shell, needs: Needs) -> Result {
    let missing = missing_packages(needs);
    if !missing.is_empty() {
        install(shell, &missing)?;
        let still = missing_packages(needs);
        if !still.is_empty() {
            return Err(format!("still missing after the installation: {}", still.join(" ")).into());
        }
    }
    if !has_nextest() {
        shell.run(&mut cargo(["install", "cargo-nextest", "--locked"]))?;
    }
    println!("All needed programs are here.");
    Ok(())
}

/// The Debian packages of the programs that are not here.
fn missing_packages(needs: Needs) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if postgres_folder().is_none() {
        missing.push("postgresql");
    }
    // The durability tests watch system calls.
    if !on_path("strace") {
        missing.push("strace");
    }
    // SQLite is compiled from C.
    if !on_path("cc") {
        missing.extend(["gcc", "libc6-dev"]);
    }
    // The benchmarks load the server with it.
    if needs == Needs::Proof && !on_path("wrk") {
        missing.push("wrk");
    }
    missing
}

fn install(shell: &mut Shell, packages: &[&str]) -> Result {
    if !on_path("apt-get") {
        let names = packages.join(" ");
        return Err(format!("install these first (names of the Debian packages): {names}").into());
    }
    let arguments = [&["install", "-y", "--no-install-recommends"], packages].concat();
    if !is_root() {
        return Err(format!("programs are missing, run: sudo apt-get {}", arguments.join(" ")).into());
    }
    if packages.contains(&"postgresql") {
        keep_server_from_starting()?;
    }
    shell.run(&mut apt_get(&["update"]))?;
    shell.run(&mut apt_get(&arguments))
}

fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn keep_server_from_starting() -> Result {
    let file = Path::new(NO_SERVER);
    if file.exists() {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(file, "# Swage's tests start servers of their own.\ncreate_main_cluster = false\n")?)
}

/// Asks cargo, which also looks outside PATH.
fn has_nextest() -> bool {
    cargo(["nextest", "--version"]).output().is_ok_and(|output| output.status.success())
}
