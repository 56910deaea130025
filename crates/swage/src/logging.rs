//! The log, on the standard error output.

use std::io::{IsTerminal, stderr};

use base::{Error, Result};
use tracing_subscriber::{EnvFilter, fmt};

use crate::settings::{LogFormat, LogSettings};

/// What is to be logged. The migrator is heard only when something is wrong,
/// or when asked for.
pub(crate) fn filter(settings: &LogSettings) -> Result<EnvFilter> {
    let asked = &settings.filter;
    let directives =
        if asked.contains("refinery") { asked.clone() } else { format!("refinery_core=warn,{asked}") };
    EnvFilter::try_new(directives).map_err(|error| Error::invalid("log.filter", error))
}

/// Starts the log of a server.
pub fn start(settings: &LogSettings) -> Result<()> {
    let log = fmt().with_env_filter(filter(settings)?).with_ansi(stderr().is_terminal()).with_writer(stderr);
    let started = match settings.format {
        LogFormat::Json => log.json().flatten_event(true).try_init(),
        LogFormat::Text => log.try_init(),
    };
    started.map_err(|error| Error::internal("the log", error))
}

/// Starts the log of a command that a person runs: what goes wrong, in words.
pub fn start_for_person() -> Result<()> {
    let log = fmt()
        .with_max_level(tracing::Level::WARN)
        .without_time()
        .with_ansi(stderr().is_terminal())
        .with_writer(stderr);
    log.try_init().map_err(|error| Error::internal("the log", error))
}
