//! Configuration: the defaults, a file, the environment, flags; each goes
//! before those before it.

use std::path::{Path, PathBuf};

use base::{Error, FieldError, Result};
use clap::Args;
use figment::{
    Figment, Metadata, Source,
    providers::{Env, Format, Serialized, Toml},
    value::{Dict, Value},
};

use crate::Settings;

/// Every setting with its default, with a comment that says what it is for.
pub const DEFAULTS: &str = include_str!("default.toml");

/// The file in the data directory that is read where no other is named.
const FILE: &str = "swage.toml";

/// Where Swage keeps things: what every command must know.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Where things are")]
pub struct Place {
    /// The file of settings [default: swage.toml in the data directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data directory [default: ./data; demo: ./data/demo]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME [default: SQLite in the data directory]
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// The file of the secrets [default: secrets.toml in the data directory]
    #[arg(long, global = true, value_name = "FILE")]
    pub secrets_file: Option<PathBuf>,
}

/// Where the server listens.
#[derive(Debug, Clone, Default, Args)]
pub struct Listen {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8420]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Where Prometheus may ask for /metrics [default: nowhere]
    #[arg(long, value_name = "ADDRESS")]
    pub metrics_listen: Option<String>,
}

/// Whose defaults apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defaults {
    /// Those of [`DEFAULTS`].
    Usual,
    /// Those of the demo organization: its own directory, keys marked as such, words for people.
    Demo,
}

/// Reads the configuration and refuses one that cannot be meant.
pub fn load(place: &Place, listen: &Listen, defaults: Defaults) -> Result<Settings> {
    let without_file = layers(place, listen, defaults, place.config.as_deref())?;
    let data: PathBuf = without_file.extract_inner("data").map_err(wrong)?;
    let usual_file = data.join(FILE);
    let layers = if place.config.is_none() && usual_file.is_file() {
        layers(place, listen, defaults, Some(&usual_file))?
    } else {
        without_file
    };
    refuse_unknown(&layers)?;
    let settings: Settings = layers.extract().map_err(wrong)?;
    if settings.data != data {
        let message = format!("cannot be set in {}, which lies in it", usual_file.display());
        return Err(Error::invalid("data", message));
    }
    settings.validate()?;
    Ok(settings)
}

/// The variables SWAGE_… of the environment that set nothing: most often mistyped.
pub fn unused_variables() -> Vec<String> {
    let is_unused = |name: &str| !name.contains("__") && short_name(name).is_none();
    let names = Env::prefixed("SWAGE_").lowercase(false);
    let unused = names.iter().map(|(name, _)| name.to_string()).filter(|name| is_unused(name));
    unused.map(|name| format!("SWAGE_{name}")).collect()
}

fn layers(place: &Place, listen: &Listen, defaults: Defaults, file: Option<&Path>) -> Result<Figment> {
    let mut layers = Figment::from(Toml::string(DEFAULTS));
    if defaults == Defaults::Demo {
        layers = layers
            .merge(Serialized::default("data", "./data/demo"))
            .merge(Serialized::default("keys.environment", "demo"))
            .merge(Serialized::default("http.secure_cookies", false))
            .merge(Serialized::default("mail.transport", "directory"))
            .merge(Serialized::default("log.format", "text"));
    }
    if let Some(file) = file {
        if !file.is_file() {
            return Err(Error::invalid("--config", format!("names {}, which is no file", file.display())));
        }
        layers = layers.merge(Toml::file_exact(file));
    }
    layers = layers
        .merge(Env::prefixed("SWAGE_").filter_map(|name| short_name(name.as_str()).map(Into::into)))
        .merge(Env::prefixed("SWAGE_").filter(|name| name.as_str().contains("__")).split("__"));
    let flags = [
        ("data", place.data.as_ref().map(|path| path.to_string_lossy().into_owned())),
        ("secrets_file", place.secrets_file.as_ref().map(|path| path.to_string_lossy().into_owned())),
        ("database.url", place.database_url.clone()),
        ("http.listen", listen.listen.clone()),
        ("metrics.listen", listen.metrics_listen.clone()),
    ];
    for (path, value) in flags {
        if let Some(value) = value {
            layers = layers.merge(Serialized::default(path, value));
        }
    }
    Ok(layers)
}

/// What the short variable SWAGE_`name` sets.
fn short_name(name: &str) -> Option<&'static str> {
    match name.to_ascii_lowercase().as_str() {
        "data" => Some("data"),
        "listen" => Some("http.listen"),
        "database_url" => Some("database.url"),
        "secrets_file" => Some("secrets_file"),
        _ => None,
    }
}

/// Refuses what is no setting: a default has them all.
fn refuse_unknown(layers: &Figment) -> Result<()> {
    let known: Dict = Figment::from(Toml::string(DEFAULTS)).extract().map_err(wrong)?;
    let mut unknown = Vec::new();
    add_unknown(&known, &layers.extract().map_err(wrong)?, "", &mut unknown);
    let refused = |path: String| {
        let place = layers.find_metadata(&path).map(place_of).unwrap_or_default();
        FieldError::new(path, format!("is not a setting{place}"))
    };
    if unknown.is_empty() { Ok(()) } else { Err(Error::Invalid(unknown.into_iter().map(refused).collect())) }
}

fn add_unknown(known: &Dict, given: &Dict, within: &str, unknown: &mut Vec<String>) {
    for (key, value) in given {
        let path = if within.is_empty() { key.clone() } else { format!("{within}.{key}") };
        match (known.get(key), value) {
            (None, _) => unknown.push(path),
            (Some(Value::Dict(_, known)), Value::Dict(_, given)) => add_unknown(known, given, &path, unknown),
            _ => {}
        }
    }
}

fn wrong(error: figment::Error) -> Error {
    let field = |error: figment::Error| {
        let place = error.metadata.as_ref().map(place_of).unwrap_or_default();
        FieldError::new(error.path.join("."), format!("cannot be read: {}{place}", error.kind))
    };
    Error::Invalid(error.into_iter().map(field).collect())
}

fn place_of(metadata: &Metadata) -> String {
    match metadata.source.as_ref().and_then(Source::file_path) {
        Some(file) => format!(" (in {})", file.display()),
        None if metadata.name.contains("environment") => " (in the environment)".to_owned(),
        None => String::new(),
    }
}
