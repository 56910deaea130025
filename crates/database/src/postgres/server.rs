//! Where PostgreSQL is, and the one way to connect to it.

use std::{path::Path, time::Duration};

use ::postgres::{Client, Config, config::SslMode};
use base::{Error, Result};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls;

/// A server that stays silent this long is given up: no thread waits longer
/// for a machine that is gone.
const SILENCE: Duration = Duration::from_secs(10);

/// A server, and how to connect to it.
#[derive(Clone)]
pub(crate) struct Server {
    config: Config,
    tls: MakeRustlsConnect,
}

impl Server {
    /// The server at `url`. Its certificate is proved by the authorities of
    /// `ca_file` where that is given, else by those of this machine.
    pub(crate) fn at(url: &str, ca_file: Option<&Path>) -> Result<Self> {
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(Error::invalid("database-url", "must start with sqlite:// or postgres://"));
        }
        let mut config: Config = with_known_mode(url)
            .parse()
            .map_err(|error| Error::invalid("database-url", format!("is not an address: {error}")))?;
        config.application_name("swage").connect_timeout(Duration::from_secs(5));
        // A list's statement has many arms, of which few rows are wanted: compiling it takes ten times as long as
        // running it. Who asks for it in the address gets it.
        let options = format!("-c jit=off {}", config.get_options().unwrap_or_default());
        config.options(options.trim_end());
        config.tcp_user_timeout(SILENCE).keepalives_idle(SILENCE);
        config.keepalives_interval(SILENCE / 5).keepalives_retries(3);
        match (config.get_ssl_mode(), ca_file) {
            (SslMode::Disable, Some(_)) => {
                let message = "is given, but the address says sslmode=disable";
                return Err(Error::invalid("database.ca_file", message));
            }
            // Who names an authority wants it asked.
            (_, Some(_)) => config.ssl_mode(SslMode::Require),
            _ => &mut config,
        };
        let tls = tls::connector(config.get_ssl_mode(), ca_file)?;
        Ok(Self { config, tls })
    }

    pub(crate) fn connect(&self) -> std::result::Result<Client, ::postgres::Error> {
        self.config.connect(self.tls.clone())
    }
}

/// libpq's modes that prove the server's certificate are what `require` means here.
fn with_known_mode(url: &str) -> String {
    let Some((address, parameters)) = url.split_once('?') else { return url.to_owned() };
    let known = |parameter: &str| match parameter {
        "sslmode=verify-ca" | "sslmode=verify-full" => "sslmode=require".to_owned(),
        other => other.to_owned(),
    };
    let parameters: Vec<_> = parameters.split('&').map(known).collect();
    format!("{address}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> SslMode {
        Server::at(url, None).unwrap().config.get_ssl_mode()
    }

    #[test]
    fn what_the_address_asks_for_comes_last() {
        let options = |url: &str| Server::at(url, None).unwrap().config.get_options().map(ToOwned::to_owned);
        assert_eq!(options("postgres://db/swage").unwrap(), "-c jit=off");
        let asked = options("postgres://db/swage?options=-c%20jit%3Don%20-c%20work_mem%3D8MB");
        assert_eq!(asked.unwrap(), "-c jit=off -c jit=on -c work_mem=8MB");
    }

    #[test]
    fn an_address_says_whether_tls_is_wanted() {
        assert_eq!(mode("postgres://db/swage"), SslMode::Prefer);
        assert_eq!(mode("postgres://db/swage?sslmode=disable"), SslMode::Disable);
        for word in ["require", "verify-ca", "verify-full"] {
            assert_eq!(
                mode(&format!("postgres://db/swage?connect_timeout=3&sslmode={word}")),
                SslMode::Require
            );
        }
        assert!(Server::at("postgres://db/swage?sslmode=maybe", None).is_err());
        let off = Server::at("postgres://db/swage?sslmode=disable", Some(Path::new("ca.crt")));
        assert!(matches!(off, Err(Error::Invalid(fields)) if fields[0].path == "database.ca_file"));
    }
}
