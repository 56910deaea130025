use std::borrow::Borrow;

use base::{Error, Id, Organization, Random, Result, Timestamp};

use zeroize::Zeroizing;

use crate::{
    Engine, FromValue, Statement, Tenancy, Value, Vault,
    postgres::PostgresConnection,
    sqlite::{Columns, SqliteConnection},
    statement::numbered_for_sqlite,
    unit::Ask,
};

/// Whose rows a transaction may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those of one organization.
    Organization(Id<Organization>),
    /// Those of all: for what happens before a caller is known, and for the
    /// system's own work.
    System,
}

/// A transaction, bound to its scope, with the one moment at which all in it
/// happens and the ids it will give.
pub struct Tx<'a> {
    pub(crate) connection: Connection<'a>,
    scope: Scope,
    now: Timestamp,
    random: Random,
    /// The last that it drew.
    last_id: Option<Id<()>>,
    vault: Option<Vault>,
    /// Whether its commit is to wake whoever runs jobs.
    wakes_runner: bool,
}

pub(crate) enum Connection<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PostgresConnection),
}

impl<'a> Tx<'a> {
    pub(crate) fn new(connection: Connection<'a>, ask: &Ask) -> Self {
        let random = Random::from_seed(ask.seed);
        let Ask { scope, now, .. } = *ask;
        Self { connection, scope, now, random, last_id: None, vault: ask.vault.clone(), wakes_runner: false }
    }

    /// The organization it is bound to.
    pub fn organization(&self) -> Result<Id<Organization>> {
        match self.scope {
            Scope::Organization(id) => Ok(id),
            Scope::System => Err(Error::Internal("a system transaction has no organization".into())),
        }
    }

    /// The moment the unit was asked for; the same in every run of it.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id, behind those the unit drew before; the same in every run of the unit.
    pub fn new_id<K>(&mut self) -> Id<K> {
        let following = self.last_id.and_then(|last| last.following(&mut self.random));
        let id = following.unwrap_or_else(|| Id::new(self.now, &mut self.random));
        self.last_id = Some(id);
        id.cast()
    }

    /// `text` sealed under the encryption key, to be stored. `about` says what
    /// it is and whose, such as `webhook:ID`; it opens under the same alone.
    pub fn seal(&mut self, about: &str, text: &[u8]) -> Result<Vec<u8>> {
        let vault = self.vault.as_ref().ok_or_else(no_vault)?;
        vault.seal(about, text, &mut self.random)
    }

    /// What [`seal`](Self::seal) sealed about the same.
    pub fn unseal(&self, about: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.vault.as_ref().ok_or_else(no_vault)?.open(about, sealed)
    }

    /// The commit will wake whoever runs jobs in this process.
    pub(crate) fn wake_runner(&mut self) {
        self.wakes_runner = true;
    }

    pub(crate) fn wakes_runner(&self) -> bool {
        self.wakes_runner
    }

    /// A secret nobody can guess; the same in every run of the unit.
    pub fn new_secret(&mut self) -> [u8; 32] {
        self.random.bytes()
    }

    /// Whether others wait until it is over: on SQLite those who want to write.
    pub fn is_waited_for(&self) -> bool {
        match &self.connection {
            Connection::Sqlite(connection) => connection.is_waited_for(),
            Connection::Postgres(_) => false,
        }
    }

    /// Whether whoever has this done does it again should PostgreSQL's server crash, and not wait until
    /// its commit has reached the disk. The next commit that is waited for takes those before it along.
    /// SQLite's are shared and always waited for.
    pub fn will_be_done_again(&mut self, again: bool) {
        if let Connection::Postgres(connection) = &mut self.connection {
            connection.is_done_again = again;
        }
    }

    /// Which engine runs it.
    pub fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }

    /// Calls `each` with every row, as it arrives.
    pub fn for_each(
        &mut self,
        statement: &'static Statement,
        params: &[Value],
        each: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let params = self.bound(statement, params)?;
        let text = statement.text(self.engine());
        self.query(statement.name, text, &params, each)
    }

    /// All rows.
    pub fn fetch_all<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Value],
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.for_each(statement, params, |row| {
            rows.push(map(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The only row, if there is one.
    pub fn fetch_optional<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Value],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut rows = self.fetch_all(statement, params, map)?;
        if rows.len() > 1 {
            return Err(Error::Internal(format!("{} gave {} rows for one", statement.name, rows.len())));
        }
        Ok(rows.pop())
    }

    /// The one row there always is.
    pub fn fetch_one<T>(
        &mut self,
        statement: &'static Statement,
        params: &[Value],
        map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.fetch_optional(statement, params, map)?
            .ok_or_else(|| Error::Internal(format!("{} gave no row", statement.name)))
    }

    /// Runs a statement that writes; answers how many rows it touched.
    pub fn execute(&mut self, statement: &'static Statement, params: &[Value]) -> Result<u64> {
        let params = self.bound(statement, params)?;
        self.run(statement.name, statement.text(self.engine()), &params)
    }

    /// Runs a statement that must touch exactly one row.
    pub fn execute_one(&mut self, statement: &'static Statement, params: &[Value]) -> Result<()> {
        match self.execute(statement, params)? {
            1 => Ok(()),
            n => Err(Error::Internal(format!("{} touched {n} rows, not one", statement.name))),
        }
    }

    /// Runs text made by the list builder or from the schema, with parameters `$1…$n`.
    pub(crate) fn query_text(
        &mut self,
        name: &str,
        text: &str,
        params: &[Value],
        each: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        match self.engine() {
            Engine::Sqlite => self.query(name, &numbered_for_sqlite(text), params, each),
            Engine::Postgres => self.query(name, text, params, each),
        }
    }

    /// Like [`query_text`](Self::query_text), for text that writes.
    pub(crate) fn execute_text(&mut self, name: &str, text: &str, params: &[Value]) -> Result<u64> {
        match self.engine() {
            Engine::Sqlite => self.run(name, &numbered_for_sqlite(text), params),
            Engine::Postgres => self.run(name, text, params),
        }
    }

    /// Runs text that writes, with the engine's own parameters.
    pub(crate) fn run(&mut self, name: &str, text: &str, params: &[impl Borrow<Value>]) -> Result<u64> {
        match &mut self.connection {
            Connection::Sqlite(connection) => connection.execute(name, text, params),
            Connection::Postgres(connection) => connection.execute(name, text, params),
        }
    }

    /// Has PostgreSQL count again what tables hold: by a plan that it made while they were
    /// empty it may read all of a table that has grown. SQLite is told the same for ever.
    /// PostgreSQL leaves out what another role owns.
    pub fn count_again(&mut self, tables: &[&'static str]) -> Result<()> {
        match &mut self.connection {
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(connection) => connection.command(&format!("ANALYZE {}", tables.join(", "))),
        }
    }

    fn query(
        &mut self,
        name: &str,
        text: &str,
        params: &[Value],
        each: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        match &mut self.connection {
            Connection::Sqlite(connection) => connection.query(name, text, params, each),
            Connection::Postgres(connection) => connection.query(name, text, params, each),
        }
    }

    /// Has the engine compile a statement without running it: for the test
    /// over all statements.
    pub fn prepare(&mut self, name: &str, text: &str) -> Result<()> {
        match &mut self.connection {
            Connection::Sqlite(connection) => connection.prepare(name, text),
            Connection::Postgres(connection) => connection.prepare(name, text),
        }
    }

    fn bound(&self, statement: &Statement, params: &[Value]) -> Result<Vec<Value>> {
        match (statement.tenancy, self.scope) {
            (Tenancy::Tenant, Scope::Organization(id)) => {
                Ok(std::iter::once(Value::from(id)).chain(params.iter().cloned()).collect())
            }
            (Tenancy::Shared, _) | (Tenancy::System, Scope::System) => Ok(params.to_vec()),
            (tenancy, scope) => {
                Err(Error::Internal(format!("{}: a {tenancy:?} statement in {scope:?}", statement.name)))
            }
        }
    }
}

pub(crate) fn no_vault() -> Error {
    Error::Internal("the database was opened without the encryption key".into())
}

/// One row of an answer.
pub struct Row<'a> {
    pub(crate) statement: &'a str,
    pub(crate) cells: Cells<'a>,
}

pub(crate) enum Cells<'a> {
    Sqlite(&'a rusqlite::Row<'a>, &'a Columns),
    Postgres(&'a ::postgres::Row),
}

impl Row<'_> {
    /// The column with this name, read as `T`.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T> {
        let value = match self.cells {
            Cells::Sqlite(row, columns) => crate::sqlite::cell(row, columns, column),
            Cells::Postgres(row) => crate::postgres::cell(row, column),
        };
        value
            .and_then(T::from_value)
            .ok_or_else(|| Error::Internal(format!("{}: column {column} cannot be read", self.statement)))
    }

    /// All values, in the order of the statement.
    pub(crate) fn values(&self) -> Vec<Value> {
        match self.cells {
            Cells::Sqlite(row, _) => crate::sqlite::cells(row),
            Cells::Postgres(row) => crate::postgres::cells(row),
        }
    }
}
