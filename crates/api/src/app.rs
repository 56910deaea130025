use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::HeaderValue;
use base::{Clock, Random};
use database::Database;
use gate::Gate;
use keys::{Environment, Permissions, TrustedProxies};
use tokio::sync::Semaphore;

use crate::{attempts::Attempts, door::Paths};

/// What the doors need to know of how they are set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whose word is taken for the client's address.
    pub proxies: TrustedProxies,
    /// Which web pages may call from a browser.
    pub origins: Origins,
    /// The most bytes of a JSON body.
    pub body_limit: usize,
    /// Whether the session cookie is for HTTPS alone.
    pub secure_cookies: bool,
    /// The second part of every key made here.
    pub key_environment: Environment,
    /// How long before its end a key's callers are told of it.
    pub key_warning: Duration,
}

/// Which web pages may call from a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Any: a credential in a header is never sent by itself.
    Any,
    /// These alone, such as `https://shop.example`.
    Only(Vec<String>),
}

/// What the doors are made of.
pub struct Parts {
    /// The database.
    pub database: Database,
    /// The authority.
    pub gate: Arc<Gate>,
    /// The clock.
    pub clock: Clock,
    /// Where new keys come from.
    pub random: Random,
    /// How they are set up.
    pub settings: Settings,
}

/// The application behind the doors; clones share it.
#[derive(Clone)]
pub struct App(Arc<Inner>);

#[doc(hidden)]
pub struct Inner {
    pub(crate) database: Database,
    pub(crate) gate: Arc<Gate>,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) attempts: Attempts,
    pub(crate) paths: Paths,
    /// Permissions as a header names them: a few sets, asked for all the time.
    scope_headers: Mutex<HashMap<Permissions, HeaderValue>>,
    /// As many passwords are hashed at once as memory is meant for.
    pub(crate) hashing: Semaphore,
    random: Mutex<Random>,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            attempts: Attempts::new(parts.clock.clone()),
            paths: crate::paths(),
            scope_headers: Mutex::default(),
            database: parts.database,
            gate: parts.gate,
            clock: parts.clock,
            settings: parts.settings,
            hashing: Semaphore::new(2),
            random: Mutex::new(parts.random),
        }))
    }

    /// Permissions as the header `X-Swage-Scopes` names them.
    pub(crate) fn scope_header(&self, permissions: Permissions) -> HeaderValue {
        const MOST: usize = 10_000;
        let mut known = self.0.scope_headers.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() > MOST {
            known.clear();
        }
        let make = || {
            let words: Vec<_> = permissions.iter().map(|permission| permission.to_string()).collect();
            HeaderValue::from_str(&words.join(",")).unwrap_or(HeaderValue::from_static(""))
        };
        known.entry(permissions).or_insert_with(make).clone()
    }

    /// Uses the generator that new keys, sessions and request ids come from.
    pub(crate) fn random<T>(&self, draw: impl FnOnce(&mut Random) -> T) -> T {
        draw(&mut self.0.random.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
