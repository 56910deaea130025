//! TLS to PostgreSQL, whose test server has a certificate for 127.0.0.1 by an
//! authority of its own.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use base::{Clock, Random, Result};
use database::{Database, Scope, Settings, Statement, Tx, params};
use testkit::{Postgres, Store};

static IS_SAFE: Statement = Statement::shared(
    "test.is_safe",
    "SELECT count(*) AS safe FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()",
);

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told of the authority by the command that started them"
)]
fn authority() -> PathBuf {
    std::env::var("SWAGE_TEST_POSTGRES_CA").expect("run the tests with `cargo xtask test`").into()
}

/// A database that is asked with this `sslmode`.
fn open(store: &Store, mode: &str, host: &str, ca_file: Option<&Path>) -> Result<Database> {
    let url = store.settings.url.replace("sslmode=disable", mode).replace("127.0.0.1", host);
    let settings = Settings { url, ca_file: ca_file.map(Path::to_owned), ..store.settings.clone() };
    Database::open(&settings, Clock::system(), Random::seeded(1))
}

async fn is_safe(database: &Database) -> bool {
    let count = |tx: &mut Tx<'_>| tx.fetch_one(&IS_SAFE, params![], |row| row.get::<i64>("safe"));
    database.read(Scope::System, count).await.unwrap() == 1
}

#[tokio::test]
async fn a_server_that_its_authority_vouches_for_is_spoken_to_by_tls() {
    let store = Store::new(Postgres);
    let authority = authority();
    for (mode, ca_file, safe) in [
        ("sslmode=require", Some(authority.as_path()), true),
        ("sslmode=verify-full", Some(&authority), true),
        ("sslmode=prefer", Some(&authority), true),
        ("sslmode=prefer", None, true),
        ("", None, true),
        ("sslmode=disable", None, false),
    ] {
        let database = open(&store, mode, "127.0.0.1", ca_file).unwrap();
        assert_eq!(is_safe(&database).await, safe, "{mode} {ca_file:?}");
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_refused() {
    let store = Store::new(Postgres);
    let stranger = store.folder.path().join("stranger.crt");
    let made = Command::new("openssl")
        .args(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=Stranger".split(' '),
        )
        .args(["-keyout", "/dev/null", "-out"])
        .arg(&stranger)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let authority = authority();
    for (mode, host, ca_file) in [
        ("sslmode=require", "127.0.0.1", Some(stranger.as_path())),
        ("sslmode=prefer", "127.0.0.1", Some(&stranger)),
        // This machine's authorities do not know it.
        ("sslmode=require", "127.0.0.1", None),
        // It has no certificate for this name.
        ("sslmode=require", "localhost", Some(&authority)),
    ] {
        let refused =
            open(&store, mode, host, ca_file).err().unwrap_or_else(|| panic!("{mode} {host}")).to_string();
        assert!(refused.contains("certificate"), "{refused}");
    }
}

#[tokio::test]
async fn a_file_that_holds_no_authority_is_named() {
    let store = Store::new(Postgres);
    let path = store.folder.path().join("empty.crt");
    for wrong in [store.folder.path().join("nowhere.crt"), path.clone()] {
        std::fs::write(&path, "nothing").unwrap();
        let refused = open(&store, "sslmode=require", "127.0.0.1", Some(&wrong)).err().unwrap().to_string();
        assert!(refused.starts_with("database.ca_file") && refused.contains(".crt"), "{refused}");
    }
}
