use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use axum::http::HeaderValue;
use base::{Clock, Error, Id, Organization, Random, Result};
use database::{Database, Scope};
use gate::Gate;
use keys::{Environment, KeyText, Permissions, TrustedProxies};
use tokio::sync::Semaphore;
use usecases::{
    api_keys::Minted,
    history::History,
    images::{self, PreparedImage},
    nodes::Nodes,
    organizations, passwords,
    reporters::Reporters,
    webhooks::Rules,
};

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
    /// Where webhooks may be.
    pub webhooks: Rules,
    /// Where people reach the doors, such as `https://swage.shop.example`,
    /// without a slash at its end: mailed links begin with it, and tokens name it as their issuer.
    pub public_url: String,
    /// How long before its end a key's callers are told of it.
    pub key_warning: Duration,
    /// Whether an organization may have its keys kept to be read back.
    pub keys_read_back: bool,
    /// Who may report leaked keys, if anybody.
    pub reporters: Option<Arc<Reporters>>,
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
    /// The history of calls.
    pub history: History,
    /// The authority.
    pub gate: Arc<Gate>,
    /// This node among the others.
    pub nodes: Arc<Nodes>,
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
    pub(crate) history: History,
    pub(crate) gate: Arc<Gate>,
    pub(crate) nodes: Arc<Nodes>,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) attempts: Attempts,
    /// The same for mailed links, so that neither delays the other.
    pub(crate) link_attempts: Attempts,
    pub(crate) paths: Paths,
    /// Permissions as a header names them: a few sets, asked for all the time.
    scope_headers: Mutex<HashMap<Permissions, HeaderValue>>,
    /// As many passwords are hashed at once as memory is meant for.
    pub(crate) hashing: Semaphore,
    /// As many pictures are unpacked at once as memory is meant for.
    pub(crate) pictures: Semaphore,
    random: Mutex<Random>,
    /// The web pages that may call with the credentials of an organization
    /// that says so itself.
    pub(crate) own_origins: ArcSwap<OwnOrigins>,
}

/// What the organizations say of the web pages that may call.
#[derive(Debug, Default)]
pub(crate) struct OwnOrigins {
    pub(crate) by_organization: HashMap<Id<Organization>, Vec<String>>,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Inner {
            attempts: Attempts::new(parts.clock.clone()),
            link_attempts: Attempts::new(parts.clock.clone()),
            paths: crate::paths(),
            scope_headers: Mutex::default(),
            database: parts.database,
            history: parts.history,
            gate: parts.gate,
            nodes: parts.nodes,
            clock: parts.clock,
            settings: parts.settings,
            hashing: Semaphore::new(2),
            pictures: Semaphore::new(2),
            random: Mutex::new(parts.random),
            own_origins: ArcSwap::default(),
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

    /// Reads again which web pages the organizations let call: after a change
    /// here, and now and then for the changes of other nodes.
    pub async fn refresh_origins(&self) -> Result<()> {
        let all = self.database.read(Scope::System, organizations::all_origins).await?;
        self.own_origins.store(Arc::new(OwnOrigins { by_organization: all.into_iter().collect() }));
        Ok(())
    }

    /// Hashes passwords, one after the other, on a thread that may be busy.
    pub(crate) async fn hash_passwords(&self, passwords: Vec<String>) -> Result<Vec<String>> {
        let mut random = Random::from_seed(self.random(Random::bytes));
        let _one_of_few = self.hashing.acquire().await.map_err(|error| Error::internal("hashing", error))?;
        let hash = move || passwords.iter().map(|password| passwords::hash(password, &mut random)).collect();
        let hashed = tokio::task::spawn_blocking(hash).await;
        hashed.map_err(|error| Error::internal("hashing a password", error))?
    }

    /// Reads a picture that somebody brings, on a thread that may be busy.
    pub(crate) async fn prepare_image(&self, bytes: Vec<u8>) -> Result<PreparedImage> {
        let _one_of_few =
            self.pictures.acquire().await.map_err(|error| Error::internal("a picture", error))?;
        let prepared = tokio::task::spawn_blocking(move || images::prepare(&bytes)).await;
        prepared.map_err(|error| Error::internal("reading a picture", error))?
    }

    /// Draws a new key; its text is kept by whoever answers, its MAC is stored.
    pub(crate) fn mint(&self) -> Result<(KeyText, Minted)> {
        let (peppers, settings) = (&self.gate.secrets().peppers, &self.settings);
        let (environment, may_keep) = (settings.key_environment, settings.keys_read_back);
        self.random(|random| Minted::draw(peppers, environment, may_keep, self.clock.now(), random))
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
