use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{Field, Problem, Value};

/// The values of a table of fields; a field without a value is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    table: Table,
    values: BTreeMap<&'static str, Value>,
}

/// A table of fields; the same names are the same table.
#[derive(Debug, Clone, Copy)]
struct Table(&'static [Field]);

impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|field| field.name).eq(other.0.iter().map(|field| field.name))
    }
}
impl Eq for Table {}

impl Values {
    /// No values.
    pub const fn new(table: &'static [Field]) -> Self {
        Self { table: Table(table), values: BTreeMap::new() }
    }

    /// The fields that may have values.
    pub const fn table(&self) -> &'static [Field] {
        self.table.0
    }

    /// Reads a whole document, with everything that is wrong with it. Names
    /// that are no fields are not looked at.
    pub fn read(table: &'static [Field], json: &Map<String, Json>) -> (Self, Vec<Problem>) {
        Self::new(table).revised(json)
    }

    /// The values with a change: what is absent stays, null clears, a value sets.
    #[must_use]
    pub fn revised(mut self, change: &Map<String, Json>) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        for field in self.table() {
            match change.get(field.name) {
                None => {}
                Some(Json::Null) => self.set(field, None),
                Some(json) => match Value::read(&field.kind, json) {
                    Ok(value) => self.set(field, value),
                    Err(problem) => {
                        problems.push(problem.within(field.name));
                        continue;
                    }
                },
            }
            if field.required && self.get(field.name).is_none() {
                let message =
                    if change.contains_key(field.name) { "must not be empty" } else { "is required" };
                problems.push(Problem { path: field.name.into(), message: message.into() });
            }
        }
        (self, problems)
    }

    /// What is missing: the required fields without a value.
    pub fn missing(&self) -> impl Iterator<Item = &'static Field> {
        self.table().iter().filter(|field| field.required && self.get(field.name).is_none())
    }

    /// Sets a field of the table, or clears it.
    pub fn set(&mut self, field: &'static Field, value: Option<Value>) {
        match value {
            Some(value) => drop(self.values.insert(field.name, value)),
            None => drop(self.values.remove(field.name)),
        }
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// The text of a field that has one.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The canonical count of a measured field: nanometres, millipascal, …
    pub fn canonical(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Measure(measured)) => Some(measured.canonical),
            Some(Value::Toleranced(toleranced)) => Some(toleranced.measured.canonical),
            _ => None,
        }
    }

    /// The rows of a field that has some.
    pub fn rows(&self, name: &str) -> &[Self] {
        match self.get(name) {
            Some(Value::Rows(rows)) => rows,
            _ => &[],
        }
    }

    /// Every value, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.table().iter().filter_map(|field| Some((field.name, self.get(field.name)?)))
    }

    /// The values as the API answers them, in the order of the table.
    pub fn to_json(&self) -> Map<String, Json> {
        self.iter().map(|(name, value)| (name.to_owned(), value.to_json())).collect()
    }
}
