use std::{borrow::Borrow, collections::HashMap, error::Error as _};

use ::postgres::{
    Client, Statement,
    error::SqlState,
    fallible_iterator::FallibleIterator,
    types::{IsNull, ToSql, Type, accepts, private::BytesMut, to_sql_checked},
};
use base::{Error, Result};

use super::Server;
use crate::{Row, Value, tx::Cells, unit::too_late};

/// Prepared statements kept for each connection; past it all are let go,
/// since only lists make new texts.
const STATEMENT_CACHE: usize = 512;

pub(crate) struct PostgresConnection {
    pub(super) client: Client,
    statements: HashMap<String, Statement>,
    /// The transaction lost a race that another run of the unit may win.
    pub(super) lost_race: bool,
    /// What the transaction does is done again if the server loses it.
    pub(crate) is_done_again: bool,
}

impl PostgresConnection {
    pub(crate) fn open(server: &Server) -> Result<Self> {
        let client = server.connect().map_err(|error| {
            tracing::error!(error = %words(&error), "PostgreSQL cannot be reached");
            Error::unavailable("The database cannot be reached.")
        })?;
        Ok(Self { client, statements: HashMap::new(), lost_race: false, is_done_again: false })
    }

    /// Runs `BEGIN`, `COMMIT` and the like, several at once.
    pub(crate) fn command(&mut self, text: &str) -> Result<()> {
        let outcome = self.client.batch_execute(text);
        outcome.map_err(|error| self.failed("a transaction command", &error))
    }

    pub(crate) fn query(
        &mut self,
        name: &str,
        text: &str,
        params: &[Value],
        mut each: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let statement = self.prepared(name, text)?;
        let outcome = self.client.query_raw(&statement, params).and_then(|mut rows| {
            while let Some(row) = rows.next()? {
                if let Err(error) = each(&Row { statement: name, cells: Cells::Postgres(&row) }) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        });
        outcome.map_err(|error| self.failed(name, &error))?
    }

    pub(crate) fn execute(&mut self, name: &str, text: &str, params: &[impl Borrow<Value>]) -> Result<u64> {
        let statement = self.prepared(name, text)?;
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|value| value.borrow() as _).collect();
        let outcome = self.client.execute(&statement, &params);
        outcome.map_err(|error| self.failed(name, &error))
    }

    pub(crate) fn prepare(&mut self, name: &str, text: &str) -> Result<()> {
        let outcome = self.client.prepare(text).map(drop);
        outcome.map_err(|error| self.failed(name, &error))
    }

    fn prepared(&mut self, name: &str, text: &str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(text) {
            return Ok(statement.clone());
        }
        let outcome = self.client.prepare(text);
        let statement = outcome.map_err(|error| self.failed(name, &error))?;
        if self.statements.len() >= STATEMENT_CACHE {
            self.statements.clear();
        }
        self.statements.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    fn failed(&mut self, name: &str, error: &::postgres::Error) -> Error {
        let Some(code) = error.code() else {
            if !is_of_connection(error) {
                return Error::internal(name, words(error));
            }
            tracing::error!(statement = name, error = %words(error), "the connection to PostgreSQL failed");
            return Error::unavailable("The database cannot be reached.");
        };
        // A unique violation too: the unit looked before it wrote, so only a
        // writer it could not see can have come first.
        let races = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::UNIQUE_VIOLATION,
        ];
        if races.contains(code) {
            self.lost_race = true;
        }
        if *code == SqlState::QUERY_CANCELED {
            return too_late();
        }
        // Shut down, not started yet, out of connections, disk or memory: the
        // server's state and not our doing.
        if ["57P", "08", "53"].iter().any(|class| code.code().starts_with(class)) {
            tracing::error!(statement = name, error = %words(error), "PostgreSQL cannot serve");
            return Error::unavailable("The database cannot be reached.");
        }
        Error::internal(name, words(error))
    }
}

/// Whether the server could not be heard, and did not refuse or was not asked:
/// a value that its column cannot hold is refused on this side.
fn is_of_connection(error: &::postgres::Error) -> bool {
    error.is_closed() || error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

/// What the error says, with what the server said: its own text is only "db error".
pub(crate) fn words(error: &::postgres::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

impl ToSql for Value {
    fn to_sql(
        &self,
        column: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, column) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Integer(n), &Type::INT4) => i32::try_from(*n)?.to_sql(column, out),
            (Self::Integer(n), &Type::INT8) => n.to_sql(column, out),
            (Self::Text(text), &(Type::TEXT | Type::VARCHAR)) => text.to_sql(column, out),
            (Self::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(column, out),
            (value, column) => Err(format!("{value:?} for a parameter of type {column}").into()),
        }
    }

    accepts!(INT8, INT4, TEXT, VARCHAR, BYTEA);
    to_sql_checked!();
}

pub(crate) fn cell(row: &::postgres::Row, column: &str) -> Option<Value> {
    let index = row.columns().iter().position(|candidate| candidate.name() == column)?;
    value(row, index)
}

pub(crate) fn cells(row: &::postgres::Row) -> Vec<Value> {
    (0..row.len()).filter_map(|index| value(row, index)).collect()
}

fn value(row: &::postgres::Row, index: usize) -> Option<Value> {
    fn read<'a, T>(row: &'a ::postgres::Row, index: usize, wrap: impl Fn(T) -> Value) -> Option<Value>
    where
        T: ::postgres::types::FromSql<'a>,
    {
        row.try_get::<_, Option<T>>(index).ok().map(|value| value.map_or(Value::Null, wrap))
    }
    match *row.columns().get(index)?.type_() {
        Type::INT8 => read(row, index, Value::Integer),
        Type::INT4 => read(row, index, |n: i32| Value::Integer(i64::from(n))),
        Type::BOOL => read(row, index, |flag: bool| Value::Integer(i64::from(flag))),
        Type::BYTEA => read(row, index, Value::Bytes),
        Type::TEXT | Type::VARCHAR | Type::NAME => read(row, index, Value::Text),
        _ => None,
    }
}
