//! A backup is text, the same from either engine, so it also moves a shop from
//! SQLite to PostgreSQL: a first line that says what it is, then for every
//! table one line with its columns and one line for each row. The history of
//! calls comes last; on SQLite it is read from a file of its own.

use std::{
    collections::BTreeSet,
    io::{BufRead, Write},
};

use base::{Error, Result, hex};
use serde_json::{Value as Json, json};

use crate::{Database, Scope, Table, Tx, Value, catalogue};

const FORMAT: &str = "swage-backup-1";

/// Tables of which a backup holds nothing: one speaks of the moment alone, the
/// others are made by triggers of what other tables hold.
const PASSING: &[&str] = &["node", "part_text", "coupling", "crimped_coupling", "crimped_hose"];
/// The tables of the history of calls.
const OF_HISTORY: &[&str] = &["api_call", "api_call_day", "unknown_call"];

/// The owner of the shared catalogue, as a migration puts it there: backups that are older lack it.
const SHARED_CATALOGUE: &str = "\
    INSERT INTO organization (id, public_id, number, name, subscription, created, created_by, \
                              last_modified, last_modified_by, rev) \
    SELECT '000000000000000000000000', 'catalogs', 0, 'Shared catalogue', 'enterprise', \
           0, 'system:migration', 0, 'system:migration', 1 \
    WHERE NOT EXISTS (SELECT 1 FROM organization WHERE number = 0)";

/// What triggers could not tell of rows that came before their part: by what
/// numbers of its own an organization finds it.
const OWN_NUMBERS: &str = "\
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, \
                           style, gender, hose_dash, end_dash) \
    SELECT i.organization_id, p.organization_id, i.id, 'own', i.org_norm, \
           p.part_norm, p.item_type, p.brand_id, p.status, p.style, p.gender, p.hose_dash, p.end_dash \
    FROM item AS i \
    JOIN part AS p ON p.organization_id IN (i.organization_id, '000000000000000000000000') AND p.id = i.id \
    WHERE i.org_norm IS NOT NULL AND NOT EXISTS ( \
        SELECT 1 FROM part_text AS t \
        WHERE t.organization_id = i.organization_id AND t.id = i.id AND t.source = 'own')";

/// How much of a backup is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it, from a database that has all tables.
    Whole,
    /// All but the history of calls and the last line.
    Shop,
    /// What [`Shop`](Self::Shop) left.
    History,
}

impl Database {
    /// All tables as they stand in the database.
    pub async fn tables(&self) -> Result<Vec<Table>> {
        self.read(Scope::System, catalogue::tables).await
    }
}

impl Database {
    /// What a backup is written from, in order: this database, and that of the
    /// history where it is another.
    pub fn backup_parts(&self, history: &Self) -> Vec<(Self, Part)> {
        if self.is_same(history) {
            vec![(self.clone(), Part::Whole)]
        } else {
            vec![(self.clone(), Part::Shop), (history.clone(), Part::History)]
        }
    }
}

/// Writes every row of every table that is to be kept, all of one moment, to `out`.
pub fn write(tx: &mut Tx<'_>, part: Part, out: &mut dyn Write) -> Result<()> {
    let failed = |error: std::io::Error| Error::internal("the backup could not be written", error);
    let mut line = |json: &Json| writeln!(out, "{json}").map_err(failed);
    if part != Part::History {
        line(&json!({ "format": FORMAT, "made": tx.now() }))?;
    }
    for table in in_dependency_order(catalogue::tables(tx)?) {
        if PASSING.contains(&table.name.as_str()) {
            continue;
        }
        line(&json!({ "table": table.name, "columns": table.columns }))?;
        let key = table.unique_keys.iter().find(|key| key.primary).map_or(&table.columns, |key| &key.columns);
        // In the order of the key, since PostgreSQL has none of its own.
        let text = format!("SELECT {} FROM {} ORDER BY {}", quoted(&table.columns), table.name, quoted(key));
        tx.query_text("backup", &text, &[], |row| {
            line(&Json::Array(row.values().iter().map(to_json).collect()))
        })?;
    }
    if part == Part::Shop { Ok(()) } else { line(&json!({ "end": true })) }
}

/// Puts the rows of a backup into a database that is migrated but empty, and
/// raises the generation, which ends every bearer token made before. Rows of
/// the history are passed over where it is kept apart, and all others where
/// this is the database it is kept in.
pub fn restore(tx: &mut Tx<'_>, from: &mut dyn BufRead) -> Result<()> {
    let known = in_dependency_order(catalogue::tables(tx)?);
    let is_history = known.iter().all(|table| OF_HISTORY.contains(&table.name.as_str()));
    let is_elsewhere = |name: &str| {
        known.iter().all(|table| table.name != name) && (is_history || OF_HISTORY.contains(&name))
    };
    for table in known.iter().rev() {
        // Only what a migration puts there may be there.
        tx.execute_text("restore", &format!("DELETE FROM {}", table.name), &[])?;
    }
    let mut rows: Option<Rows> = None;
    let mut complete = false;
    for (number, line) in from.lines().enumerate() {
        let wrong = |what: &str| Error::invalid(format!("line {}", number + 1), what);
        let line = line.map_err(|error| wrong(&error.to_string()))?;
        let json: Json = serde_json::from_str(&line).map_err(|error| wrong(&error.to_string()))?;
        match &json {
            _ if complete => return Err(wrong("stands after the end")),
            _ if number == 0 => {
                if json["format"] != FORMAT {
                    return Err(wrong(&format!("does not begin a {FORMAT}")));
                }
            }
            Json::Array(cells) => {
                let Rows { insert, width } = rows.as_ref().ok_or_else(|| wrong("stands before any table"))?;
                let values = cells.iter().map(from_json).collect::<Option<Vec<_>>>();
                let values =
                    values.filter(|v| v.len() == *width).ok_or_else(|| wrong("is not a row of its table"))?;
                let Some(text) = insert else { continue };
                let stored = tx.execute_text("restore", text, &values).map_err(|error| match error {
                    Error::Internal(words) => wrong(&format!("cannot be stored: {words}")),
                    other => other,
                })?;
                if stored == 0 {
                    return Err(wrong("cannot be stored: its key is there already"));
                }
            }
            _ if json["table"].as_str().is_some_and(is_elsewhere) => {
                rows = Some(Rows { insert: None, width: json["columns"].as_array().map_or(0, Vec::len) });
            }
            _ if json.get("table").is_some() => {
                rows = Some(insertion(&json, &known).map_err(|what| wrong(&what))?);
            }
            _ if json.get("end").is_some() => complete = true,
            _ => return Err(wrong("is not part of a backup")),
        }
    }
    if !complete {
        return Err(Error::invalid("backup", "ends too early"));
    }
    if !is_history {
        tx.execute_text(
            "restore",
            "UPDATE store_state SET value = value + 1 WHERE name = 'generation'",
            &[],
        )?;
        tx.execute_text("restore", SHARED_CATALOGUE, &[])?;
        tx.execute_text("restore", OWN_NUMBERS, &[])?;
    }
    Ok(())
}

/// What becomes of the rows that follow the head of their table.
struct Rows {
    /// What stores one; `None` where they are another database's.
    insert: Option<String>,
    /// How many columns they have.
    width: usize,
}

fn insertion(header: &Json, known: &[Table]) -> Result<Rows, String> {
    let name = header["table"].as_str().unwrap_or_default();
    let table = known.iter().find(|table| table.name == name);
    let table = table.ok_or_else(|| format!("names the table {name:?}, which this version does not have"))?;
    let columns: Vec<String> =
        serde_json::from_value(header["columns"].clone()).map_err(|e| e.to_string())?;
    if let Some(unknown) = columns.iter().find(|column| !table.columns.contains(column)) {
        return Err(format!("names the column {unknown:?}, which this version does not have"));
    }
    let parameters: Vec<_> = (1..=columns.len()).map(|n| format!("${n}")).collect();
    // A row that is there already would look like a lost race, which is run again.
    let text = format!(
        "INSERT INTO {name} ({}) VALUES ({}) ON CONFLICT DO NOTHING",
        quoted(&columns),
        parameters.join(", ")
    );
    Ok(Rows { insert: Some(text), width: columns.len() })
}

/// Tables after those they refer to, those of the history last.
fn in_dependency_order(mut tables: Vec<Table>) -> Vec<Table> {
    let mut placed = BTreeSet::new();
    let mut ordered = Vec::new();
    while !tables.is_empty() {
        let ready = |table: &Table| table.foreign_keys.iter().all(|(_, target)| placed.contains(target));
        let (now, later): (Vec<_>, Vec<_>) = tables.into_iter().partition(ready);
        assert!(!now.is_empty(), "tables refer to each other in a circle");
        placed.extend(now.iter().map(|table| table.name.clone()));
        ordered.extend(now);
        tables = later;
    }
    ordered.sort_by_key(|table| OF_HISTORY.contains(&table.name.as_str()));
    ordered
}

fn quoted(columns: &[String]) -> String {
    columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}

/// Bytes are written as an object, so that they cannot be taken for text.
fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(n) => json!(n),
        Value::Text(text) => json!(text),
        Value::Bytes(bytes) => json!({ "hex": hex::encode(bytes) }),
    }
}

fn from_json(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Null,
        Json::Number(n) => Value::Integer(n.as_i64()?),
        Json::String(text) => Value::Text(text.clone()),
        Json::Object(_) => Value::Bytes(hex::decode(json["hex"].as_str()?)?),
        _ => return None,
    })
}
