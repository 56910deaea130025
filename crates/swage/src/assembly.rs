use std::{path::Path, sync::Arc};

use api::{App, Parts};
use base::{Clock, Error, Random, Result};
use database::{Database, Scope};
use gate::Gate;
use records::organizations;
use usecases::{
    feed::DatabaseKeys,
    history::History,
    jobs::{self, Runner},
    nodes::Nodes,
};

use crate::{
    Settings,
    files::{self, shown},
    secrets::Secrets,
};

/// An open store: the database, and the secrets kept apart from it.
#[derive(Clone)]
pub struct Store {
    /// The database.
    pub database: Database,
    /// The secrets.
    pub secrets: Secrets,
}

/// The application, ready for its doors to be opened.
#[derive(Clone)]
pub struct Assembled {
    /// The store beneath it.
    pub store: Store,
    /// The history of calls.
    pub history: History,
    /// The authority.
    pub gate: Arc<Gate>,
    /// This node among the others.
    pub nodes: Arc<Nodes>,
    /// What [`api::router`] takes.
    pub app: App,
    /// What does its jobs.
    pub runner: Runner,
    /// The clock of all its parts.
    pub clock: Clock,
}

/// Brings the database's schema up to date and does nothing else.
pub async fn migrate(settings: &Settings, random: &mut Random) -> Result<()> {
    make_place(settings, random)?;
    let settings = settings.database()?;
    blocking(move || {
        let history = settings.of_history();
        [Some(settings), history].iter().flatten().try_for_each(Database::migrate)
    })
    .await
}

/// Opens the database, which brings its schema up to date.
pub async fn open_database(settings: &Settings, clock: Clock, random: &mut Random) -> Result<Database> {
    make_place(settings, random)?;
    let (settings, random) = (settings.database()?, Random::from_seed(random.bytes()));
    blocking(move || Database::open(&settings, clock, random)).await
}

/// Opens the database of the history of calls that goes with this one.
pub async fn open_history(settings: &Settings, database: &Database, random: &mut Random) -> Result<Database> {
    make_place(settings, random)?;
    let (database, settings) = (database.clone(), settings.database()?);
    let random = Random::from_seed(random.bytes());
    blocking(move || database.open_history(&settings, random)).await
}

/// Makes the data directory and the files of the database, for their owner alone.
fn make_place(settings: &Settings, random: &mut Random) -> Result<()> {
    files::make_directory(&settings.data)?;
    for path in settings.sqlite_paths()?.iter().filter(|path| !path.exists()) {
        // SQLite would make it readable for everyone; its other files have the mode of this one.
        files::create(path, b"", random)?;
    }
    Ok(())
}

/// Does what waits for the disk or the network.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::internal("the database", error))?
}

/// Opens the store; makes the secrets of a new one.
pub async fn open_store(settings: &Settings, clock: Clock, random: &mut Random) -> Result<Store> {
    let database = open_database(settings, clock, random).await?;
    let path = settings.secrets_path();
    let secrets = match Secrets::load(&path)? {
        Some(secrets) => secrets,
        None => new_secrets(&database, &path, random).await?,
    };
    let secrets = if settings.tokens.jwt { secrets.with_jwt_key(&path, random)? } else { secrets };
    Ok(Store::new(database, secrets))
}

/// Makes the secrets of a new store. In one with keys they would silently end
/// every key of the old ones.
async fn new_secrets(database: &Database, path: &Path, random: &mut Random) -> Result<Secrets> {
    if database.read(Scope::System, organizations::any_founded).await? {
        let message = "is not there, but the database has an organization, whose keys were made with it: \
                       bring it back from where it was kept, or copy it from another node";
        return Err(Error::invalid(shown(path), message));
    }
    Secrets::create(path, random)
}

impl Store {
    fn new(database: Database, secrets: Secrets) -> Self {
        Self { database: database.with_vault(secrets.vault()), secrets }
    }
}

/// What the gate checks with: JWTs too, where they are in use.
fn gate_secrets(settings: &Settings, store: &Store) -> Result<gate::Secrets> {
    let mut secrets = store.secrets.for_gate()?;
    if let Some(issuer) = settings.jwt_issuer()? {
        secrets.tokens = secrets.tokens.with_jwt(store.secrets.jwt(issuer, settings.jwt_lifetime()?)?);
    }
    Ok(secrets)
}

/// Puts the application together. A test gives a clock that stands and a
/// seeded generator.
pub async fn assemble(settings: &Settings, clock: Clock, random: &mut Random) -> Result<Assembled> {
    let store = open_store(settings, clock.clone(), random).await?;
    let database = store.database.clone();
    let nodes = Arc::new(Nodes::new(&database, settings.node_name(), random));
    let source = Arc::new(DatabaseKeys::new(&database).of_node(Arc::clone(&nodes)));
    let gate = Gate::open(gate_secrets(settings, &store)?, source, clock.clone()).await?;
    let history = History::open(
        database.clone(),
        open_history(settings, &database, random).await?,
        &settings.spill_path(),
        settings.history.spill_bytes(),
        settings.history.keep(),
        random,
    )?;
    let parts = jobs::Parts {
        post: settings.post()?,
        sender: settings.sender()?,
        courier: settings.courier()?,
        deliveries_kept: settings.deliveries_kept()?,
        key_warning: settings.key_warning(),
    };
    let runner = Runner::new(database.clone(), history.and_forget(jobs::kinds(parts)));
    let app = App::new(Parts {
        database,
        history: history.clone(),
        gate: Arc::clone(&gate),
        nodes: Arc::clone(&nodes),
        clock: clock.clone(),
        random: Random::from_seed(random.bytes()),
        settings: settings.doors()?,
    });
    app.refresh_origins().await?;
    Ok(Assembled { store, history, gate, nodes, app, runner, clock })
}
