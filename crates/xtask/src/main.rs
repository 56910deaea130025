//! The developer commands of this repository: `cargo xtask help` lists them.

mod arch;
mod cluster;
mod commands;
mod gate;
mod licences;
mod programs;
mod schemathesis;
mod setup;
mod shell;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use schemathesis::Amount;
use setup::Needs;
use shell::Shell;

/// What every step answers; the error is a sentence for the person at the terminal.
type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The developer commands of Swage.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make sure that the programs needed by `test` are there, and install what is missing
    Setup {
        /// Also what `proof` and `bench` need
        #[arg(long)]
        proof: bool,
    },

    /// Run every check of this repository; with arguments, only those tests
    Test {
        /// Handed to `cargo nextest run` as they are, for example: -p base money
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "NEXTEST ARGUMENTS")]
        arguments: Vec<String>,
    },

    /// Run the server on SQLite with a filled example, in data/demo
    Demo {
        /// Handed to `swage demo` as they are
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "SWAGE ARGUMENTS")]
        arguments: Vec<String>,
    },

    /// Check which of our crates depends on which
    Arch,

    /// Check the licence of every dependency
    Licences,

    /// Send bad input to every operation, made up from the OpenAPI document, and check every answer against it
    Schemathesis {
        /// How many inputs each operation gets of what is made up at random
        #[arg(long, default_value_t = Amount::FEW.examples)]
        examples: u32,
    },

    /// Run the tests named `proof_` with their full counts on a durable PostgreSQL, then the benchmarks
    Proof,

    /// Run the benchmarks on a durable PostgreSQL
    Bench {
        /// Handed to `cargo bench` as they are, for example: -p api --bench load
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "BENCH ARGUMENTS")]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result {
    std::env::set_current_dir(repository()?)?;
    let shell = &mut Shell::new()?;
    match command {
        Command::Setup { proof } => setup::ensure(shell, if proof { Needs::Proof } else { Needs::Test }),
        Command::Test { arguments } if arguments.is_empty() => gate::run(shell),
        Command::Test { arguments } => commands::test(shell, &arguments),
        Command::Demo { arguments } => commands::demo(shell, &arguments),
        Command::Arch => arch::check(),
        Command::Licences => licences::check(),
        Command::Schemathesis { examples } => {
            setup::ensure(shell, Needs::Test)?;
            schemathesis::run(shell, Amount::of(examples))
        }
        Command::Proof => commands::proof(shell),
        Command::Bench { arguments } => commands::bench(shell, &arguments),
    }
}

/// The folder of the repository, two above this crate. Cargo says where that
/// is when it runs the command: the program may have been built in another copy
/// of the repository, whose code it would otherwise look at.
fn repository() -> Result<PathBuf> {
    let ours = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let root = PathBuf::from(ours).ancestors().nth(2).map(Path::to_owned);
    root.ok_or_else(|| "this crate is not two folders below the repository".into())
}
