//! The commands that only start other programs.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use cargo_metadata::MetadataCommand;

use crate::cluster::Cluster;
use crate::schemathesis::{self, Amount};
use crate::setup::{self, Needs};
use crate::shell::{Shell, cargo};
use crate::{Result, shell};

/// Tells tests where their PostgreSQL is.
const POSTGRES_URL: &str = "SWAGE_TEST_POSTGRES";

/// Tells tests which authority vouches for it.
const POSTGRES_CA: &str = "SWAGE_TEST_POSTGRES_CA";

/// Tells tests to run with their full counts.
const PROOF: &str = "SWAGE_PROOF";

/// The variables by which tests find the server.
pub fn told_of(cluster: &Cluster) -> [(&'static str, OsString); 2] {
    [(POSTGRES_URL, cluster.url().into()), (POSTGRES_CA, cluster.ca_file().into())]
}

/// Runs the tests that these arguments of nextest choose.
pub fn test(shell: &mut Shell, arguments: &[String]) -> Result {
    let cluster = Cluster::start(false)?;
    shell.run(cargo(["nextest", "run"]).args(arguments).envs(told_of(&cluster)))
}

/// Runs the long tests, then the benchmarks, then much bad input.
pub fn proof(shell: &mut Shell) -> Result {
    setup::ensure(shell, Needs::Proof)?;
    let cluster = Cluster::start(true)?;
    let long_tests = ["nextest", "run", "--workspace", "--release", "--no-fail-fast", "-E", "test(/proof_/)"];
    for mut command in [cargo(long_tests), all_benchmarks()] {
        shell.run(command.envs(told_of(&cluster)).env(PROOF, "1"))?;
    }
    schemathesis::run(shell, Amount::MANY)
}

/// Runs all benchmarks, or those that these arguments of `cargo bench` choose.
pub fn bench(shell: &mut Shell, arguments: &[String]) -> Result {
    setup::ensure(shell, Needs::Proof)?;
    let cluster = Cluster::start(true)?;
    let mut command = if arguments.is_empty() { all_benchmarks() } else { cargo(["bench"]) };
    shell.run(command.args(arguments).envs(told_of(&cluster)))
}

/// Only the targets that are benchmarks: `--workspace` alone also runs each crate's unit tests as empty ones.
fn all_benchmarks() -> Command {
    cargo(["bench", "--workspace", "--bench", "*"])
}

/// Builds the program as it is released, then becomes it.
pub fn demo(shell: &mut Shell, arguments: &[String]) -> Result {
    shell.run(&mut cargo(["build", "--release", "--package", "swage"]))?;
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let mut swage = Command::new(metadata.target_directory.join("release/swage"));
    swage.args(["demo", "--data"]).arg(metadata.workspace_root.join("data/demo")).args(arguments);
    let error = swage.exec(); // only returns when it fails
    Err(format!("cannot start `{}`: {error}", shell::describe(&swage)).into())
}
