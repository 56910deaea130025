//! Makes sure that the programs we need are on this machine.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use crate::programs::{is_root, is_server, on_path, postgres_folder};
use crate::shell::{Shell, cargo};
use crate::{Result, schemathesis};

/// Debian's postgresql package starts a server of its own, unless a file like this one says not to.
const NO_SERVER: &str = "/etc/postgresql-common/createcluster.d/swage.conf";

/// The gateways that the tests start; their packages have the same names.
const GATEWAYS: [&str; 2] = ["nginx", "caddy"];

/// A unit that is a link to nothing here is never started: those of the gateways' packages would take port 80.
const UNITS: &str = "/etc/systemd/system";

/// Debian asks this program whether an installation may start a server.
const POLICY: &str = "/usr/sbin/policy-rc.d";

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
    // The tool that makes up bad input is installed into a virtual environment.
    if !schemathesis::makes_environments() {
        missing.push("python3-venv");
    }
    // The tests have another program read the workbooks we write.
    if !on_path("soffice") {
        missing.push("libreoffice-calc");
    }
    missing.extend(GATEWAYS.iter().filter(|gateway| !is_server(gateway)));
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
    for gateway in GATEWAYS.iter().filter(|gateway| packages.contains(gateway)) {
        mask(gateway)?;
    }
    let _policy = NoServers::start()?;
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

/// Keeps systemd from ever starting the server of this package.
fn mask(package: &str) -> Result {
    let unit = Path::new(UNITS).join(format!("{package}.service"));
    if unit.exists() || unit.is_symlink() {
        return Ok(());
    }
    fs::create_dir_all(UNITS)?;
    Ok(symlink("/dev/null", unit)?)
}

/// While this lives, no package that is installed starts a server.
struct NoServers;

impl NoServers {
    /// `None` if the machine has a policy of its own.
    fn start() -> Result<Option<Self>> {
        if Path::new(POLICY).exists() {
            return Ok(None);
        }
        fs::write(POLICY, "#!/bin/sh\nexit 101\n")?;
        fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755))?;
        Ok(Some(Self))
    }
}

impl Drop for NoServers {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(POLICY) {
            eprintln!("xtask: remove {POLICY}, which keeps packages from starting servers: {error}");
        }
    }
}

/// Asks cargo, which also looks outside PATH.
fn has_nextest() -> bool {
    cargo(["nextest", "--version"]).output().is_ok_and(|output| output.status.success())
}
