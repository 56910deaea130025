//! A backup is text, the same from either engine, so it also moves a shop from
//! SQLite to PostgreSQL: a first line that says what it is, then for every
//! table one line with its columns and one line for each row.

use std::{
    collections::BTreeSet,
    io::{BufRead, Write},
};

use base::{Error, Result, hex};
use serde_json::{Value as Json, json};

use crate::{Database, Scope, Table, Tx, Value, catalogue};

const FORMAT: &str = "swage-backup-1";

/// Tables that speak of the moment alone: a backup holds nothing of them.
const PASSING: &[&str] = &["node"];

impl Database {
    /// All tables as they stand in the database.
    pub async fn tables(&self) -> Result<Vec<Table>> {
        self.read(Scope::System, catalogue::tables).await
    }
}

/// Writes every row of every table that is to be kept, all of one moment, to `out`.
pub fn write(tx: &mut Tx<'_>, out: &mut dyn Write) -> Result<()> {
    let failed = |error: std::io::Error| Error::internal("the backup could not be written", error);
    let mut line = |json: &Json| writeln!(out, "{json}").map_err(failed);
    line(&json!({ "format": FORMAT, "made": tx.now() }))?;
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
    line(&json!({ "end": true }))
}

/// Puts the rows of a backup into a database that is migrated but empty, and
/// raises the generation, which ends every bearer token made before.
pub fn restore(tx: &mut Tx<'_>, from: &mut dyn BufRead) -> Result<()> {
    let known = in_dependency_order(catalogue::tables(tx)?);
    for table in known.iter().rev() {
        // Only what a migration puts there may be there.
        tx.execute_text("restore", &format!("DELETE FROM {}", table.name), &[])?;
    }
    let mut insert: Option<(String, usize)> = None;
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
                let (text, width) = insert.as_ref().ok_or_else(|| wrong("stands before any table"))?;
                let values = cells.iter().map(from_json).collect::<Option<Vec<_>>>();
                let values =
                    values.filter(|v| v.len() == *width).ok_or_else(|| wrong("is not a row of its table"))?;
                let stored = tx.execute_text("restore", text, &values).map_err(|error| match error {
                    Error::Internal(words) => wrong(&format!("cannot be stored: {words}")),
                    other => other,
                })?;
                if stored == 0 {
                    return Err(wrong("cannot be stored: its key is there already"));
                }
            }
            _ if json.get("table").is_some() => {
                insert = Some(insertion(&json, &known).map_err(|what| wrong(&what))?);
            }
            _ if json.get("end").is_some() => complete = true,
            _ => return Err(wrong("is not part of a backup")),
        }
    }
    if !complete {
        return Err(Error::invalid("backup", "ends too early"));
    }
    tx.execute_text("restore", "UPDATE store_state SET value = value + 1 WHERE name = 'generation'", &[])?;
    Ok(())
}

fn insertion(header: &Json, known: &[Table]) -> Result<(String, usize), String> {
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
    Ok((text, columns.len()))
}

/// Tables after those they refer to.
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
