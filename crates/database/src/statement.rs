use std::sync::OnceLock;

use crate::many;

/// Which database runs underneath.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// SQLite, embedded.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

/// Which rows a statement may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenancy {
    /// Rows of one organization: `$1` is the organization, passed by the transaction.
    Tenant,
    /// Rows that belong to no organization, or are written beside a tenant's
    /// (the key change feed); allowed in every transaction.
    Shared,
    /// Rows of all organizations: only in a transaction of [`Scope::System`](crate::Scope::System).
    System,
}

/// A named SQL statement, one text for both engines with parameters `$1…$n`.
#[derive(Debug)]
pub struct Statement {
    /// A name for the log and for errors, such as `api_key.find`.
    pub name: &'static str,
    /// Which rows it may touch.
    pub tenancy: Tenancy,
    text: &'static str,
    on_postgres: Option<&'static str>,
    for_sqlite: OnceLock<String>,
    /// For many rows at once, on SQLite and on PostgreSQL.
    for_many: [OnceLock<Vec<String>>; 2],
    /// The same for new rows.
    for_many_new: [OnceLock<Vec<String>>; 2],
}

impl Statement {
    /// A statement on tenant tables; `$1` is the organization.
    pub const fn tenant(name: &'static str, text: &'static str) -> Self {
        Self::new(name, Tenancy::Tenant, text)
    }

    /// A statement on tables without an organization.
    pub const fn shared(name: &'static str, text: &'static str) -> Self {
        Self::new(name, Tenancy::Shared, text)
    }

    /// A statement across organizations.
    pub const fn system(name: &'static str, text: &'static str) -> Self {
        Self::new(name, Tenancy::System, text)
    }

    const fn new(name: &'static str, tenancy: Tenancy, text: &'static str) -> Self {
        Self {
            name,
            tenancy,
            text,
            on_postgres: None,
            for_sqlite: OnceLock::new(),
            for_many: [OnceLock::new(), OnceLock::new()],
            for_many_new: [OnceLock::new(), OnceLock::new()],
        }
    }

    /// The same statement with another text on PostgreSQL, where the two really differ.
    #[must_use]
    pub const fn on_postgres(mut self, text: &'static str) -> Self {
        self.on_postgres = Some(text);
        self
    }

    /// The text for this engine.
    pub fn text(&'static self, engine: Engine) -> &'static str {
        match engine {
            Engine::Postgres => self.numbered(engine),
            Engine::Sqlite => self.for_sqlite.get_or_init(|| numbered_for_sqlite(self.text)),
        }
    }

    /// The texts for [many rows at once](crate::many::texts).
    pub(crate) fn for_many(&'static self, engine: Engine) -> &'static [String] {
        of(&self.for_many, engine).get_or_init(|| many::texts(self.numbered(engine), engine))
    }

    /// The same without what follows `ON CONFLICT`.
    pub(crate) fn for_many_new(&'static self, engine: Engine) -> &'static [String] {
        let text = self.numbered(engine);
        let for_new = text.split_once("ON CONFLICT").map_or(text, |(before, _)| before);
        of(&self.for_many_new, engine).get_or_init(|| many::texts(for_new, engine))
    }

    /// The same with its parameters as they are written here, `$1…$n`.
    fn numbered(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Postgres => self.on_postgres.unwrap_or(self.text),
            Engine::Sqlite => self.text,
        }
    }
}

/// What is kept for an engine.
fn of<T>([sqlite, postgres]: &[T; 2], engine: Engine) -> &T {
    match engine {
        Engine::Sqlite => sqlite,
        Engine::Postgres => postgres,
    }
}

/// Turns `$n` into `?n`: SQLite takes `$n` for a name and numbers it by first
/// appearance, which would exchange parameters silently.
pub(crate) fn numbered_for_sqlite(text: &str) -> String {
    let mut rewritten = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let starts_parameter = character == '$' && characters.peek().is_some_and(char::is_ascii_digit);
        rewritten.push(if starts_parameter { '?' } else { character });
    }
    rewritten
}

#[cfg(test)]
mod tests {
    #[test]
    fn parameters_keep_their_numbers() {
        assert_eq!(
            super::numbered_for_sqlite("a = $2 AND b = $1 AND c = '$'"),
            "a = ?2 AND b = ?1 AND c = '$'"
        );
    }
}
