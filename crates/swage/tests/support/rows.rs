//! The rows of a database as `swage backup` writes them.

use std::{collections::BTreeMap, fs};

use serde_json::Value as Json;

use super::Place;

/// A row: its columns by name.
pub type Row = BTreeMap<String, Json>;

/// Every row of every table, as of one moment.
pub struct Rows(BTreeMap<String, Vec<Row>>);

impl Rows {
    /// Those of the database that these arguments name.
    pub fn read(place: &Place, arguments: &[&str]) -> Self {
        let file = place.path("rows.backup");
        place.run(&[&["backup", file.to_str().unwrap()], arguments].concat());
        Self::parse(&fs::read_to_string(&file).unwrap())
    }

    fn parse(backup: &str) -> Self {
        let mut tables: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        let (mut table, mut columns) = (String::new(), Vec::new());
        for line in backup.lines() {
            match serde_json::from_str(line).unwrap() {
                Json::Array(cells) => {
                    assert_eq!(cells.len(), columns.len(), "{line}");
                    let row = columns.iter().cloned().zip(cells).collect();
                    tables.entry(table.clone()).or_default().push(row);
                }
                head if head.get("table").is_some() => {
                    table = text(&head["table"]);
                    columns = head["columns"].as_array().unwrap().iter().map(text).collect();
                }
                _ => {}
            }
        }
        Self(tables)
    }

    /// The rows of a table.
    pub fn of(&self, table: &str) -> &[Row] {
        self.0.get(table).map(Vec::as_slice).unwrap_or_default()
    }

    /// The rows of a table by the text in one of their columns.
    pub fn by(&self, table: &str, column: &str) -> BTreeMap<String, Vec<&Row>> {
        let mut grouped: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        for row in self.of(table) {
            grouped.entry(text(&row[column])).or_default().push(row);
        }
        grouped
    }
}

/// A JSON text without its quotes.
pub fn text(json: &Json) -> String {
    json.as_str().unwrap_or_else(|| panic!("{json} is no text")).to_owned()
}
