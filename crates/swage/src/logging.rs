//! The log, on the standard error output.

use std::io::stderr;

use base::{Error, Result};
use tracing_subscriber::{EnvFilter, fmt};

use crate::settings::{LogFormat, LogSettings};

/// What is to be logged.
pub(crate) fn filter(settings: &LogSettings) -> Result<EnvFilter> {
    EnvFilter::try_new(&settings.filter).map_err(|error| Error::invalid("log.filter", error))
}

/// Starts the log of a server.
pub fn start(settings: &LogSettings) -> Result<()> {
    let log = fmt().with_env_filter(filter(settings)?).with_writer(stderr);
    let started = match settings.format {
        LogFormat::Json => log.json().flatten_event(true).try_init(),
        LogFormat::Text => log.try_init(),
    };
    started.map_err(|error| Error::internal("the log", error))
}

/// Starts the log of a command that a person runs: what goes wrong, in words.
pub fn start_for_person() -> Result<()> {
    let log = fmt().with_max_level(tracing::Level::WARN).without_time().with_writer(stderr);
    log.try_init().map_err(|error| Error::internal("the log", error))
}
