//! What can be configured, and what it means to the parts of the program.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use api::Origins;
use base::{Error, Result};
use keys::{Environment, ForwardedHeader, Network, TrustedProxies};
use serde::{Deserialize, Deserializer, Serialize};
use usecases::history::Keep;
use usecases::organizations::is_origin;

use crate::{
    DatabaseUrl, leak_settings::LeakSettings, mail_settings::MailSettings, token_settings::TokenSettings,
    webhook_settings::WebhookSettings,
};

/// What is configured. Passwords in it are masked wherever it is printed.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Settings {
    /// The data directory.
    pub data: PathBuf,
    /// The file of the secrets; empty for the usual one.
    pub secrets_file: PathBuf,
    /// The database.
    pub database: DatabaseSettings,
    /// The HTTP doors.
    pub http: HttpSettings,
    /// The operator's own reverse proxies.
    pub proxies: ProxySettings,
    /// This node.
    pub node: NodeSettings,
    /// New keys.
    pub keys: KeySettings,
    /// The history of calls.
    pub history: HistorySettings,
    /// Bearer tokens.
    pub tokens: TokenSettings,
    /// Mail.
    pub mail: MailSettings,
    /// Reports of leaked keys.
    pub leaked_keys: LeakSettings,
    /// Webhooks.
    pub webhooks: WebhookSettings,
    /// Prometheus.
    pub metrics: MetricsSettings,
    /// The log.
    pub log: LogSettings,
}

/// The section `database`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct DatabaseSettings {
    /// Its address; empty for SQLite in the data directory.
    pub url: DatabaseUrl,
    /// The address under which migrations run; empty for the same.
    pub migration_url: DatabaseUrl,
    /// The authorities that vouch for PostgreSQL; empty for this machine's.
    pub ca_file: PathBuf,
    /// Connections or reader threads; 0 for the usual number.
    pub connections: usize,
    /// How many units may wait.
    pub queue: usize,
    /// How long a unit may take in all.
    pub deadline_seconds: u64,
}

/// The section `http`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct HttpSettings {
    /// Address and port.
    pub listen: String,
    /// The most bytes of a body.
    pub body_limit_bytes: usize,
    /// Web pages that may call from a browser.
    #[serde(deserialize_with = "list")]
    pub allowed_origins: Vec<String>,
    /// Whether the session cookie is for HTTPS alone.
    pub secure_cookies: bool,
    /// Where people reach the doors; empty for where they listen.
    pub public_url: String,
}

/// The section `proxies`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct ProxySettings {
    /// Addresses and networks.
    #[serde(deserialize_with = "list")]
    pub trusted: Vec<String>,
    /// The header they write.
    pub header: String,
}

/// The section `node`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct NodeSettings {
    /// What people call it; empty for the machine's name.
    pub name: String,
}

/// The section `keys`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct KeySettings {
    /// The second part of every key.
    pub environment: String,
    /// How many days before its end a key's callers are told of it.
    pub warn_days: u16,
    /// Whether an organization may have its keys kept to be read back.
    pub allow_reading_back: bool,
}

/// The section `history`.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
pub struct HistorySettings {
    /// For how many days calls are kept.
    pub keep_days: u32,
    /// For how many days their totals are kept.
    pub keep_totals_days: u32,
    /// The most megabytes of calls that wait in files.
    pub spill_megabytes: u32,
}

impl HistorySettings {
    /// How long it is kept.
    pub fn keep(self) -> Keep {
        let days = |days: u32| Duration::from_secs(u64::from(days) * 24 * 60 * 60);
        Keep { calls: days(self.keep_days), totals: days(self.keep_totals_days) }
    }

    /// The most bytes of calls that wait in files.
    pub fn spill_bytes(self) -> u64 {
        u64::from(self.spill_megabytes) * 1_000_000
    }

    fn validate(self) -> [Result<()>; 3] {
        [
            within("history.keep_days", self.keep_days as usize, 1, 36_500),
            within("history.keep_totals_days", self.keep_totals_days as usize, 1, 36_500),
            within("history.spill_megabytes", self.spill_megabytes as usize, 1, 1_000_000),
        ]
    }
}

/// The section `metrics`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct MetricsSettings {
    /// Address and port; empty for nowhere.
    pub listen: String,
}

/// The section `log`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct LogSettings {
    /// For programs or for people.
    pub format: LogFormat,
    /// What is logged.
    pub filter: String,
}

/// For whom the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For programs.
    Json,
    /// For people.
    Text,
}

impl Settings {
    /// Names every setting whose value cannot be meant.
    pub fn validate(&self) -> Result<()> {
        let outcomes = [
            self.database().map(drop),
            self.listen().map(drop),
            self.metrics_listen().map(drop),
            self.proxies().map(drop),
            self.origins().map(drop),
            self.environment().map(drop),
            self.public_url().map(drop),
            self.jwt_issuer().map(drop),
            self.jwt_lifetime().map(drop),
            self.sender().map(drop),
            self.post().map(drop),
            self.courier().map(drop),
            self.reporters().map(drop),
            self.deliveries_kept().map(drop),
            crate::logging::filter(&self.log).map(drop),
            within("database.connections", self.database.connections, 0, 1000),
            within("database.queue", self.database.queue, 1, 1_000_000),
            within("keys.warn_days", self.keys.warn_days.into(), 0, 365),
            within("http.body_limit_bytes", self.http.body_limit_bytes, 1024, 1 << 30),
        ];
        let mut wrong = Vec::new();
        for outcome in outcomes.into_iter().chain(self.history.validate()) {
            match outcome {
                Ok(()) => {}
                Err(Error::Invalid(fields)) => wrong.extend(fields),
                Err(other) => return Err(other),
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
    }

    /// The file of the secrets.
    pub fn secrets_path(&self) -> PathBuf {
        if self.secrets_file.as_os_str().is_empty() {
            self.data.join("secrets.toml")
        } else {
            self.secrets_file.clone()
        }
    }

    /// What people call this node.
    pub fn node_name(&self) -> String {
        match self.node.name.as_str() {
            "" => rustix::system::uname().nodename().to_string_lossy().into_owned(),
            name => name.to_owned(),
        }
    }

    /// The file of the database, where it is SQLite.
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        match self.database.url.expose() {
            "" => Some(self.data.join("swage.db")),
            url => url.strip_prefix("sqlite://").map(PathBuf::from),
        }
    }

    /// The files of the database, where it is SQLite: the shop's and the history's.
    pub fn sqlite_paths(&self) -> Result<Vec<PathBuf>> {
        let settings = self.database()?;
        let history = settings.of_history();
        let urls = [Some(settings), history].into_iter().flatten().map(|settings| settings.url);
        Ok(urls.filter_map(|url| url.strip_prefix("sqlite://").map(PathBuf::from)).collect())
    }

    /// The folder of the calls that cannot be written at once.
    pub fn spill_path(&self) -> PathBuf {
        self.data.join("history-spill")
    }

    /// The database.
    pub fn database(&self) -> Result<database::Settings> {
        let DatabaseSettings { url, migration_url, ca_file, connections, queue, deadline_seconds } =
            &self.database;
        let url = match self.sqlite_path() {
            Some(path) if path.as_os_str().is_empty() => {
                return Err(Error::invalid("database.url", "names no file"));
            }
            Some(path) => format!("sqlite://{}", path.display()),
            None => known_scheme("database.url", url)?,
        };
        within(
            "database.deadline_seconds",
            usize::try_from(*deadline_seconds).unwrap_or(usize::MAX),
            1,
            3600,
        )?;
        let mut settings = database::Settings::at(url);
        if !migration_url.is_empty() {
            settings.migration_url = Some(known_scheme("database.migration_url", migration_url)?);
        }
        settings.ca_file = Some(ca_file.clone()).filter(|path| !path.as_os_str().is_empty());
        if *connections > 0 {
            settings.connections = *connections;
        }
        settings.queue = *queue;
        settings.deadline = Duration::from_secs(*deadline_seconds);
        Ok(settings)
    }

    /// Where the doors are.
    pub fn listen(&self) -> Result<SocketAddr> {
        address("http.listen", &self.http.listen)
    }

    /// Where Prometheus may ask, if anywhere.
    pub fn metrics_listen(&self) -> Result<Option<SocketAddr>> {
        let listen = self.metrics.listen.as_str();
        if listen.is_empty() { Ok(None) } else { address("metrics.listen", listen).map(Some) }
    }

    /// What the doors need to know.
    pub fn doors(&self) -> Result<api::Settings> {
        Ok(api::Settings {
            proxies: self.proxies()?,
            origins: self.origins()?,
            body_limit: self.http.body_limit_bytes,
            secure_cookies: self.http.secure_cookies,
            key_environment: self.environment()?,
            webhooks: self.webhook_rules(),
            public_url: self.public_url()?,
            key_warning: self.key_warning(),
            keys_read_back: self.keys.allow_reading_back,
            reporters: self.reporters()?,
        })
    }

    /// How long before its end a key is told of.
    pub fn key_warning(&self) -> Duration {
        Duration::from_hours(24 * u64::from(self.keys.warn_days))
    }

    /// The second part of every key made here.
    pub fn environment(&self) -> Result<Environment> {
        self.keys.environment.parse().map_err(|error| Error::invalid("keys.environment", error))
    }

    /// Where people reach the doors, without a slash at its end.
    pub fn public_url(&self) -> Result<String> {
        let url = self.http.public_url.trim_end_matches('/');
        if url.is_empty() {
            return Ok(format!("http://{}", self.listen()?));
        }
        let (origin, _path) = url.split_at(url.match_indices('/').nth(2).map_or(url.len(), |(at, _)| at));
        if is_origin(origin) && !url.contains(['?', '#', ' ']) {
            return Ok(url.to_owned());
        }
        Err(Error::invalid("http.public_url", "must be as in https://swage.shop.example"))
    }

    fn proxies(&self) -> Result<TrustedProxies> {
        let network = |(n, text): (usize, &String)| {
            text.parse::<Network>().map_err(|error| Error::invalid(format!("proxies.trusted[{n}]"), error))
        };
        let networks = self.proxies.trusted.iter().enumerate().map(network).collect::<Result<Vec<_>>>()?;
        let header = [ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded]
            .into_iter()
            .find(|header| header.name().eq_ignore_ascii_case(&self.proxies.header))
            .ok_or_else(|| Error::invalid("proxies.header", "must be X-Forwarded-For or Forwarded"))?;
        Ok(TrustedProxies::new(networks, header))
    }

    fn origins(&self) -> Result<Origins> {
        let origins = &self.http.allowed_origins;
        if origins.iter().any(|origin| origin == "*") {
            return Ok(Origins::Any);
        }
        match origins.iter().position(|origin| !is_origin(origin)) {
            Some(n) => Err(Error::invalid(
                format!("http.allowed_origins[{n}]"),
                "must be * or as in https://shop.example, without a path",
            )),
            None => Ok(Origins::Only(origins.clone())),
        }
    }
}

fn address(path: &str, text: &str) -> Result<SocketAddr> {
    text.parse().map_err(|_| {
        Error::invalid(
            path,
            "must be an IP address and a port, as in 127.0.0.1:8420, 0.0.0.0:8420 or [::1]:8420",
        )
    })
}

fn known_scheme(path: &str, url: &DatabaseUrl) -> Result<String> {
    let url = url.expose();
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(url.to_owned());
    }
    Err(Error::invalid(path, "must begin with sqlite:// or postgres://"))
}

fn within(path: &str, value: usize, least: usize, most: usize) -> Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::invalid(path, format!("must be from {least} to {most}")))
}

/// A list, or its items separated by commas as an environment variable has them.
fn list<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a list of texts")]
    enum Given {
        List(Vec<String>),
        Text(String),
    }
    Ok(match Given::deserialize(deserializer)? {
        Given::List(items) => items,
        Given::Text(text) => {
            text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
        }
    })
}
