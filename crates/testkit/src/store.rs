use std::{path::PathBuf, sync::OnceLock, time::Duration};

use base::{Clock, Random};
use database::{Database, Engine, Settings};
use tempfile::TempDir;
use usecases::history::{History, Keep};

/// A new, migrated, empty database of one test; gone with it.
pub struct Store {
    /// How to open it.
    pub settings: Settings,
    /// Its own folder.
    pub folder: TempDir,
    postgres: Option<(String, String)>,
}

impl Store {
    /// A database on this engine. PostgreSQL is the server that
    /// `SWAGE_TEST_POSTGRES` names; `cargo xtask test` starts one.
    pub fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        match engine {
            Engine::Sqlite => {
                let settings = Settings::at(format!("sqlite://{}", folder.path().join("swage.db").display()));
                Self { settings, folder, postgres: None }
            }
            Engine::Postgres => {
                let server = postgres_server();
                let name = database_name(&folder);
                administer(&server, &format!("CREATE DATABASE {name} TEMPLATE {}", template(&server)));
                let settings = Settings { connections: 4, ..Settings::at(with_database(&server, &name)) };
                Self { settings, folder, postgres: Some((server, name)) }
            }
        }
    }

    /// Opens it.
    pub fn open(&self, clock: Clock, random: Random) -> Database {
        Database::open(&self.settings, clock, random).unwrap()
    }

    /// Opens the history of calls that goes with the database: calls are kept
    /// for 90 days, their totals for 730, and a megabyte waits in files.
    pub fn history(&self, database: &Database, random: &mut Random) -> History {
        let calls = database.open_history(&self.settings, Random::from_seed(random.bytes())).unwrap();
        let days = |days: u64| Duration::from_secs(days * 24 * 60 * 60);
        let keep = Keep { calls: days(90), totals: days(730) };
        History::open(database.clone(), calls, &self.spill(), 1_000_000, keep, random).unwrap()
    }

    /// The folder of the calls that wait in files.
    pub fn spill(&self) -> PathBuf {
        self.folder.path().join("history-spill")
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            // A test that failed may have left connections behind.
            let drop_it = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let server = server.clone();
            let _ = std::thread::spawn(move || administer(&server, &drop_it)).join();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told of the server by the command that started it")]
fn postgres_server() -> String {
    std::env::var("SWAGE_TEST_POSTGRES")
        .expect("SWAGE_TEST_POSTGRES names no server: run the tests with `cargo xtask test`")
}

fn database_name(folder: &TempDir) -> String {
    let name = folder.path().file_name().unwrap().to_string_lossy();
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("test_{}_{}", std::process::id(), plain.to_lowercase())
}

fn with_database(server: &str, name: &str) -> String {
    let (address, _) = server.rsplit_once('/').unwrap();
    // Most tests need no TLS, and are faster without.
    format!("{address}/{name}?sslmode=disable")
}

/// A migrated database to copy: migrating anew for every test would take longer.
fn template(server: &str) -> String {
    static MADE: OnceLock<String> = OnceLock::new();
    MADE.get_or_init(|| {
        let server = server.to_owned();
        // The synchronous client must not run on a thread of the asynchronous runtime.
        std::thread::spawn(move || make_template(&server)).join().unwrap()
    })
    .clone()
}

fn make_template(server: &str) -> String {
    // Every test is a process of its own; the first to come makes it.
    let name = format!("swage_template_{}", database::schema_fingerprint());
    let mut client = postgres::Client::connect(server, postgres::NoTls).unwrap();
    client.batch_execute("SELECT pg_advisory_lock(7092002320)").unwrap();
    let exists =
        client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate", &[&name]).unwrap();
    if exists.is_none() {
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).unwrap();
        client.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
        Database::migrate(&Settings::at(with_database(server, &name))).unwrap();
        client.batch_execute(&format!("ALTER DATABASE {name} IS_TEMPLATE true")).unwrap();
    }
    name
}

fn administer(server: &str, command: &str) {
    let (server, command) = (server.to_owned(), command.to_owned());
    let run = move || {
        let mut client = postgres::Client::connect(&server, postgres::NoTls).unwrap();
        client.batch_execute(&command).unwrap();
    };
    std::thread::spawn(run).join().unwrap();
}
