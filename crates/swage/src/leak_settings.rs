use std::{path::PathBuf, sync::Arc};

use base::{Error, Result};
use outbound::http::{Courier, Rules};
use serde::{Deserialize, Serialize};
use usecases::reporters::Reporters;

use crate::{Settings, files};

/// The section `leaked_keys`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct LeakSettings {
    /// Where the public keys of those who may report are; empty for nobody.
    pub reporters_url: String,
    /// A file of certificates to trust; empty for the machine's own.
    pub ca_file: PathBuf,
}

impl Settings {
    /// Who may report leaked keys, if anybody. Whoever answers at this address
    /// decides it, so it is asked over TLS alone.
    pub fn reporters(&self) -> Result<Option<Arc<Reporters>>> {
        let LeakSettings { reporters_url, ca_file } = &self.leaked_keys;
        if reporters_url.is_empty() {
            return Ok(None);
        }
        let wrong = |path: &'static str| move |error: &dyn std::fmt::Display| Error::invalid(path, error);
        let rules = Rules { allow_http: false, allow_private: true };
        if !reporters_url.starts_with("https://") {
            return Err(Error::invalid("leaked_keys.reporters_url", "must begin with https://"));
        }
        let address = rules.target(reporters_url).map_err(|e| wrong("leaked_keys.reporters_url")(&e))?;
        let authorities = files::read_named(ca_file)?;
        let courier = Courier::new(rules, authorities.as_ref().map(|text| text.as_bytes()))
            .map_err(|e| wrong("leaked_keys.ca_file")(&e))?;
        Ok(Some(Arc::new(Reporters::new(courier, address))))
    }
}
