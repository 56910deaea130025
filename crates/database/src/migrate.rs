use std::path::Path;

use base::{Error, Result};
pub(crate) use refinery::Target;

use crate::{
    Schema,
    postgres::{Server, words},
    sqlite::plans,
};

mod for_sqlite {
    refinery::embed_migrations!("migrations/sqlite");
}

mod for_sqlite_history {
    refinery::embed_migrations!("migrations/sqlite_history");
}

mod for_postgres {
    refinery::embed_migrations!("migrations/postgres");
}

/// A number that differs whenever the migrations differ, in hexadecimal.
pub fn schema_fingerprint() -> String {
    let runner = for_postgres::migrations::runner();
    let checksums = runner.get_migrations().iter().map(refinery::Migration::checksum);
    format!("{:016x}", checksums.fold(0u64, |all, one| all.rotate_left(7) ^ one))
}

/// Held while PostgreSQL is migrated, so that of several nodes one does it.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_lock(7092002318)";

pub(crate) fn sqlite(path: &Path, schema: Schema, to: Target) -> Result<()> {
    let failed =
        |error: &dyn std::fmt::Display| Error::internal("the SQLite file could not be migrated", error);
    let mut connection = rusqlite::Connection::open(path).map_err(|e| failed(&e))?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(|e| failed(&e))?;
    connection.busy_timeout(std::time::Duration::from_secs(30)).map_err(|e| failed(&e))?;
    let runner = match schema {
        Schema::Shop => for_sqlite::migrations::runner(),
        Schema::History => for_sqlite_history::migrations::runner(),
    };
    runner.set_target(to).run(&mut connection).map_err(|e| failed(&e))?;
    plans::tell(&mut connection).map_err(|e| failed(&e))
}

pub(crate) fn postgres(server: &Server, to: Target) -> Result<()> {
    off_the_runtime(|| migrate_postgres(server, to))
}

fn migrate_postgres(server: &Server, to: Target) -> Result<()> {
    let failed = |error: &dyn std::fmt::Display| Error::internal("PostgreSQL could not be migrated", error);
    let mut client = server.connect().map_err(|e| failed(&words(&e)))?;
    client.batch_execute(MIGRATION_LOCK).map_err(|e| failed(&words(&e)))?;
    for_postgres::migrations::runner().set_target(to).run(&mut client).map_err(|e| failed(&e))?;
    Ok(())
}

/// Row-level security does not bind a superuser or a role that may pass it by,
/// so Swage does not run as one.
pub(crate) fn refuse_mighty_role(server: &Server) -> Result<()> {
    off_the_runtime(|| check_role(server))
}

/// The synchronous client must not run on a thread of the asynchronous runtime.
fn off_the_runtime(work: impl FnOnce() -> Result<()> + Send) -> Result<()> {
    let ended = std::thread::scope(|scope| scope.spawn(work).join());
    ended.unwrap_or_else(|_| Err(Error::Internal("setting up PostgreSQL panicked".into())))
}

fn check_role(server: &Server) -> Result<()> {
    let failed = |error: ::postgres::Error| {
        Error::internal("PostgreSQL could not be asked for its role", words(&error))
    };
    let mut client = server.connect().map_err(failed)?;
    let role = client
        .query_one(
            "SELECT rolname::text, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user",
            &[],
        )
        .map_err(failed)?;
    if role.get::<_, bool>(1) {
        let name: String = role.get(0);
        return Err(Error::invalid(
            "database-url",
            format!(
                "names the role {name}, which passes by row-level security; use one that is neither SUPERUSER nor BYPASSRLS"
            ),
        ));
    }
    Ok(())
}
