//! Where PostgreSQL is, and the one way to connect to it.

use std::time::Duration;

use ::postgres::{Client, Config, NoTls};
use base::{Error, Result};

/// A server that stays silent this long is given up: no thread waits longer
/// for a machine that is gone.
const SILENCE: Duration = Duration::from_secs(10);

/// A server, and how to connect to it.
#[derive(Clone)]
pub(crate) struct Server {
    config: Config,
}

impl Server {
    pub(crate) fn at(url: &str) -> Result<Self> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(Error::invalid("database-url", "must start with sqlite:// or postgres://"));
        }
        let mut config: Config = url
            .parse()
            .map_err(|error| Error::invalid("database-url", format!("is not an address: {error}")))?;
        config.application_name("swage").connect_timeout(Duration::from_secs(5));
        config.tcp_user_timeout(SILENCE).keepalives_idle(SILENCE);
        config.keepalives_interval(SILENCE / 5).keepalives_retries(3);
        Ok(Self { config })
    }

    pub(crate) fn connect(&self) -> std::result::Result<Client, ::postgres::Error> {
        self.config.connect(NoTls)
    }
}
