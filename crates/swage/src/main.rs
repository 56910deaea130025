//! The program `swage`: see its `--help`.

mod cli;
mod commands;

use std::process::ExitCode;

use base::{Error, Result};
use clap::Parser;

fn main() -> ExitCode {
    match run(cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            // One line, whatever the words come from.
            eprintln!("swage: {}", error.to_string().replace('\n', " "));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: cli::Cli) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::internal("the threads could not be started", error))?;
    runtime.block_on(commands::run(cli))
}
