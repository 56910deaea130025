//! Who may report leaked keys: those whose public keys are published at one
//! address, as GitHub publishes those of its secret scanning.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base::{Error, Result, Timestamp};
use keys::ReporterKey;
use outbound::http::{Courier, Target};
use serde::Deserialize;
use tracing::warn;

/// The list is not fetched again within this time, so that nobody can have us
/// ask all the time by naming keys that are not there.
const PAUSE: Duration = Duration::from_mins(1);
/// Older ones are fetched again before they are used: a key may be withdrawn.
const FRESH: Duration = Duration::from_hours(24);
/// How many bytes the list may have.
const LONGEST_LIST: usize = 256 * 1024;

/// The public keys of those who may report leaked keys, fetched when needed.
pub struct Reporters {
    courier: Courier,
    address: Target,
    known: Mutex<Known>,
    /// When the list was last asked for. Held while it is fetched, once for all who wait.
    asked: tokio::sync::Mutex<Option<Timestamp>>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Arc<HashMap<String, ReporterKey>>,
    fetched: Option<Timestamp>,
}

/// The list as it is published.
#[derive(Deserialize)]
struct Published {
    public_keys: Vec<PublishedKey>,
}

#[derive(Deserialize)]
struct PublishedKey {
    key_identifier: String,
    key: String,
}

impl Reporters {
    /// Those whose keys are at this address.
    pub fn new(courier: Courier, address: Target) -> Self {
        Self { courier, address, known: Mutex::default(), asked: tokio::sync::Mutex::default() }
    }

    /// Whether the reporter who is named so has signed these bytes; an error
    /// where that cannot be told now.
    pub async fn has_signed(
        &self,
        name: &str,
        bytes: &[u8],
        signature: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let key = self.key(name, now).await?;
        Ok(key.is_some_and(|key| key.has_signed(bytes, signature)))
    }

    async fn key(&self, name: &str, now: Timestamp) -> Result<Option<ReporterKey>> {
        if let Some(key) = self.known().fresh(name, now) {
            return Ok(Some(key));
        }
        let mut asked = self.asked.lock().await;
        if asked.is_none_or(|at| at.plus(PAUSE) <= now) {
            *asked = Some(now);
            match self.fetch().await {
                Ok(keys) => *self.known() = Known { keys: Arc::new(keys), fetched: Some(now) },
                Err(words) => warn!(address = %self.address, words, "the keys of who reports leaked keys"),
            }
        }
        let known = self.known().clone();
        match known.fresh(name, now) {
            Some(key) => Ok(Some(key)),
            None if known.is_fresh(now, PAUSE) => Ok(None),
            None => Err(Error::unavailable("The public keys of those who report cannot be fetched.")),
        }
    }

    async fn fetch(&self) -> Result<HashMap<String, ReporterKey>, String> {
        let answer = self.courier.get(&self.address, LONGEST_LIST).await?;
        if answer.status != 200 {
            return Err(format!("the answer was {}", answer.status));
        }
        let list: Published = serde_json::from_str(&answer.body).map_err(|error| error.to_string())?;
        // One of a kind that is not known here does not take the others away.
        let read = |key: PublishedKey| Some((key.key_identifier, ReporterKey::from_pem(&key.key).ok()?));
        Ok(list.public_keys.into_iter().filter_map(read).collect())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn fresh(&self, name: &str, now: Timestamp) -> Option<ReporterKey> {
        self.keys.get(name).filter(|_| self.is_fresh(now, FRESH)).cloned()
    }

    fn is_fresh(&self, now: Timestamp, within: Duration) -> bool {
        self.fetched.is_some_and(|at| now < at.plus(within))
    }
}

impl std::fmt::Debug for Reporters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reporters({})", self.address)
    }
}
