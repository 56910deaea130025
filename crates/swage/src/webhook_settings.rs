use std::{path::PathBuf, time::Duration};

use base::{Error, Result};
use outbound::http::{Courier, Rules};
use serde::{Deserialize, Serialize};

use crate::{Settings, files};

/// The section `webhooks`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct WebhookSettings {
    /// Whether a webhook may be told over plain HTTP.
    pub allow_http: bool,
    /// Whether a webhook may be on this machine or a private network.
    pub allow_private: bool,
    /// A file of certificates to trust; empty for the machine's own.
    pub ca_file: PathBuf,
    /// How long it is remembered what webhooks were told.
    pub keep_days: u32,
}

impl Settings {
    /// Where webhooks may be.
    pub fn webhook_rules(&self) -> Rules {
        let WebhookSettings { allow_http, allow_private, .. } = self.webhooks;
        Rules { allow_http, allow_private }
    }

    /// Who takes messages to webhooks.
    pub fn courier(&self) -> Result<Courier> {
        let authorities = files::read_named(&self.webhooks.ca_file)?;
        let courier = Courier::new(self.webhook_rules(), authorities.as_ref().map(|text| text.as_bytes()));
        courier.map_err(|error| Error::invalid("webhooks.ca_file", error))
    }

    /// How long it is remembered what webhooks were told.
    pub fn deliveries_kept(&self) -> Result<Duration> {
        match self.webhooks.keep_days {
            days @ 1..=3650 => Ok(Duration::from_hours(24 * u64::from(days))),
            _ => Err(Error::invalid("webhooks.keep_days", "must be from 1 to 3650")),
        }
    }
}
