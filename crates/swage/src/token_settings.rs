use std::time::Duration;

use base::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::Settings;

/// The section `tokens`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct TokenSettings {
    /// Whether there are JWTs.
    pub jwt: bool,
    /// For how long they are good.
    pub jwt_lifetime_seconds: u32,
}

impl Settings {
    /// Whom JWTs name as their issuer; `None` where there are none. Those who
    /// check them must be told it, so it does not follow the address listened on.
    pub fn jwt_issuer(&self) -> Result<Option<String>> {
        match (self.tokens.jwt, self.http.public_url.is_empty()) {
            (false, _) => Ok(None),
            (true, false) => self.public_url().map(Some),
            (true, true) => Err(Error::invalid("http.public_url", "is required where tokens.jwt is on")),
        }
    }

    /// For how long a JWT is good.
    pub fn jwt_lifetime(&self) -> Result<Duration> {
        match self.tokens.jwt_lifetime_seconds {
            seconds @ 60..=3600 => Ok(Duration::from_secs(seconds.into())),
            _ => Err(Error::invalid("tokens.jwt_lifetime_seconds", "must be from 60 to 3600")),
        }
    }
}
