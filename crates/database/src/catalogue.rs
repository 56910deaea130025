//! The schema as the engine itself describes it.

use base::Result;

use crate::{Engine, Row, Statement, Tx, params};

/// A table as it stands in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// Its primary key and unique indexes.
    pub unique_keys: Vec<UniqueKey>,
    /// The columns of each foreign key, with the table it refers to.
    pub foreign_keys: Vec<(Vec<String>, String)>,
}

/// A primary key or a unique index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueKey {
    /// Whether it is the primary key.
    pub primary: bool,
    /// Its columns, in order.
    pub columns: Vec<String>,
}

/// The history of migrations is the migrator's own.
const MIGRATOR: &str = "refinery_schema_history";

// The index of substrings is a table, and several, on SQLite; it holds what `part_text` holds.
static TABLES: Statement = Statement::shared(
    "catalogue.tables",
    "SELECT name AS table_name FROM sqlite_schema
     WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'part_search%' ORDER BY name",
)
.on_postgres("SELECT tablename::text AS table_name FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename");

static COLUMNS: Statement = Statement::shared(
    "catalogue.columns",
    "SELECT name AS column_name FROM pragma_table_info($1) ORDER BY cid",
)
.on_postgres(
    "SELECT attname::text AS column_name FROM pg_attribute
             WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
);

static UNIQUE_KEYS: Statement = Statement::shared(
    "catalogue.unique_keys",
    "SELECT list.name AS key_name, CASE WHEN list.origin = 'pk' THEN 1 ELSE 0 END AS is_primary, info.name AS column_name
     FROM pragma_index_list($1) AS list, pragma_index_info(list.name) AS info
     WHERE list.\"unique\" = 1 ORDER BY list.name, info.seqno",
)
.on_postgres(
    "SELECT pg_index.indexrelid::regclass::text AS key_name, indisprimary AS is_primary, attname::text AS column_name
     FROM pg_index, unnest(indkey::int2[]) WITH ORDINALITY AS part (attnum, place), pg_attribute
     WHERE indrelid = $1::text::regclass AND indisunique
       AND pg_attribute.attrelid = indrelid AND pg_attribute.attnum = part.attnum
     ORDER BY key_name, place",
);

static FOREIGN_KEYS: Statement = Statement::shared(
    "catalogue.foreign_keys",
    "SELECT CAST(id AS TEXT) AS key_name, \"from\" AS column_name, \"table\" AS target
     FROM pragma_foreign_key_list($1) ORDER BY id, seq",
)
.on_postgres(
    "SELECT conname::text AS key_name, attname::text AS column_name, confrelid::regclass::text AS target
     FROM pg_constraint, unnest(conkey) WITH ORDINALITY AS part (attnum, place), pg_attribute
     WHERE conrelid = $1::text::regclass AND contype = 'f'
       AND pg_attribute.attrelid = conrelid AND pg_attribute.attnum = part.attnum
     ORDER BY key_name, place",
);

/// All tables of ours, by name.
pub(crate) fn tables(tx: &mut Tx<'_>) -> Result<Vec<Table>> {
    let names = tx.fetch_all(&TABLES, params![], |row| row.get::<String>("table_name"))?;
    names.into_iter().filter(|name| name != MIGRATOR).map(|name| table(tx, name)).collect()
}

fn table(tx: &mut Tx<'_>, name: String) -> Result<Table> {
    let columns = tx.fetch_all(&COLUMNS, params![name.as_str()], |row| row.get("column_name"))?;
    let mut unique_keys: Vec<(String, UniqueKey)> = Vec::new();
    tx.for_each(&UNIQUE_KEYS, params![name.as_str()], |row| {
        let (key, column) = key_and_column(row)?;
        let primary = row.get("is_primary")?;
        match unique_keys.last_mut() {
            Some((last, found)) if *last == key => found.columns.push(column),
            _ => unique_keys.push((key, UniqueKey { primary, columns: vec![column] })),
        }
        Ok(())
    })?;
    let mut foreign_keys: Vec<(String, (Vec<String>, String))> = Vec::new();
    tx.for_each(&FOREIGN_KEYS, params![name.as_str()], |row| {
        let (key, column) = key_and_column(row)?;
        match foreign_keys.last_mut() {
            Some((last, (columns, _))) if *last == key => columns.push(column),
            _ => foreign_keys.push((key, (vec![column], row.get("target")?))),
        }
        Ok(())
    })?;
    if tx.engine() == Engine::Sqlite && unique_keys.iter().all(|(_, key)| !key.primary) {
        // An INTEGER PRIMARY KEY is the row's own number and has no index.
        unique_keys.push((String::new(), UniqueKey { primary: true, columns: columns[..1].to_vec() }));
    }
    Ok(Table {
        name,
        columns,
        unique_keys: unique_keys.into_iter().map(|(_, key)| key).collect(),
        foreign_keys: foreign_keys.into_iter().map(|(_, key)| key).collect(),
    })
}

fn key_and_column(row: &Row<'_>) -> Result<(String, String)> {
    Ok((row.get("key_name")?, row.get("column_name")?))
}
