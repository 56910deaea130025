use base::{Decimal, Line};
use serde_json::Value as Json;

use super::{
    Dimension, Field, Kind, Measured, Problem, TemperatureRange, Toleranced, Values,
    measured::{number, number_of},
};

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, a word.
    Text(String),
    /// A number.
    Number(Decimal),
    /// Yes or no.
    Flag(bool),
    /// A measured value.
    Measure(Measured),
    /// A measured value with its tolerances.
    Toleranced(Toleranced),
    /// Several texts.
    Texts(Vec<String>),
    /// Temperatures by medium.
    Temperatures(Vec<TemperatureRange>),
    /// Rows, such as the ends of an adaptor.
    Rows(Vec<Values>),
}

/// The most values of a field that holds several.
const MOST_ROWS: usize = 50;

impl Value {
    /// Reads a value from JSON; `None` is an empty text or list, which is no value.
    pub(super) fn read(kind: &Kind, json: &Json) -> Result<Option<Self>, Problem> {
        if json.as_str().is_some_and(|text| text.trim().is_empty()) {
            return Ok(None);
        }
        let value = match *kind {
            Kind::Text(_) | Kind::Number(_) | Kind::Count(_) => {
                return Self::scalar(kind, &text_or_number(json)?).map_err(Problem::here);
            }
            Kind::Choice(_) | Kind::Word(_) => {
                let text = json.as_str().ok_or_else(|| Problem::here("must be a text"))?;
                return Self::scalar(kind, text).map_err(Problem::here);
            }
            Kind::Flag => {
                let is_flag = json.is_boolean() || json.is_number();
                let text = if is_flag { json.to_string() } else { text_or_number(json)? };
                return Self::scalar(kind, &text).map_err(Problem::here);
            }
            Kind::Measure(dimension) => Self::Measure(Measured::read(dimension, json)?),
            Kind::Toleranced(dimension) => Self::Toleranced(Toleranced::read(dimension, json)?),
            Kind::Texts => match json {
                Json::String(text) => Self::Texts(texts(text).map_err(Problem::here)?),
                _ => Self::Texts(each(json, |item| {
                    line::<200>(&text_or_number(item)?).map_err(Problem::here)
                })?),
            },
            Kind::Temperatures => match json {
                Json::String(text) => Self::Temperatures(temperatures(text).map_err(Problem::here)?),
                _ => Self::Temperatures(each(json, TemperatureRange::read)?),
            },
            Kind::Rows(table) => Self::Rows(each(json, |item| {
                let object = item.as_object().ok_or_else(|| Problem::here("must be an object"))?;
                let (values, mut problems) = Values::read(table, object);
                if problems.is_empty() { Ok(values) } else { Err(problems.swap_remove(0)) }
            })?),
        };
        Ok(value.unless_empty())
    }

    /// Reads a value from the text of a cell; `unit` is that of the column,
    /// empty for the usual one. `None` is an empty text or list.
    pub fn parse(kind: &Kind, text: &str, unit: &str) -> Result<Option<Self>, String> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let unit_or = |dimension: Dimension| if unit.is_empty() { dimension.usual_unit() } else { unit };
        let value = match *kind {
            Kind::Measure(dimension) => Self::Measure(Measured::parse(dimension, text, unit_or(dimension))?),
            Kind::Toleranced(dimension) => {
                Self::Toleranced(Toleranced::parse(dimension, text, unit_or(dimension))?)
            }
            Kind::Texts => Self::Texts(texts(text)?),
            Kind::Temperatures => Self::Temperatures(temperatures(text)?),
            Kind::Rows(table) => Self::Rows(rows(table, text)?),
            _ => return Self::scalar(kind, text),
        };
        Ok(value.unless_empty())
    }

    /// A list with nothing in it, such as `;` in a cell, is no value.
    fn unless_empty(self) -> Option<Self> {
        let is_empty = match &self {
            Self::Texts(all) => all.is_empty(),
            Self::Temperatures(all) => all.is_empty(),
            Self::Rows(all) => all.is_empty(),
            _ => false,
        };
        (!is_empty).then_some(self)
    }

    fn scalar(kind: &Kind, text: &str) -> Result<Option<Self>, String> {
        let text = text.trim();
        Ok(Some(match *kind {
            Kind::Text(max) => {
                if text.chars().count() > max {
                    return Err(format!("must not be longer than {max} characters"));
                }
                Self::Text(line::<2000>(text)?)
            }
            Kind::Choice(choice) => match (choice.find)(text) {
                Some(word) => Self::Text(word.to_owned()),
                None => return Err(format!("must be one of {}", (choice.words)().join(", "))),
            },
            Kind::Word(word) => match flag(text) {
                _ if text.eq_ignore_ascii_case(word) => Self::Text(word.to_owned()),
                Some(true) => Self::Text(word.to_owned()),
                Some(false) => return Ok(None),
                None => return Err(format!("must be {word} or null")),
            },
            Kind::Flag => Self::Flag(flag(text).ok_or("must be true or false")?),
            Kind::Number(max) => Self::Number(bounded(text, Decimal::ZERO, max)?),
            Kind::Count(max) => {
                let count = bounded(text, Decimal::ONE, max)?;
                if !count.is_integer() {
                    return Err("must be a whole number".into());
                }
                Self::Number(count)
            }
            Kind::Measure(_) | Kind::Toleranced(_) | Kind::Texts | Kind::Temperatures | Kind::Rows(_) => {
                return Err("must be of another form".into());
            }
        }))
    }

    /// The value as the API answers it.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => Json::String(text.clone()),
            Self::Number(value) => number(*value),
            Self::Flag(flag) => Json::Bool(*flag),
            Self::Measure(measured) => measured.to_json(),
            Self::Toleranced(toleranced) => toleranced.to_json(),
            Self::Texts(texts) => texts.iter().cloned().map(Json::String).collect(),
            Self::Temperatures(ranges) => ranges.iter().map(TemperatureRange::to_json).collect(),
            Self::Rows(rows) => rows.iter().map(|row| Json::Object(row.to_json())).collect(),
        }
    }

    /// The value as the text of a cell, which [`parse`](Self::parse) reads as the same.
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(value) => value.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Measure(measured) => measured.to_text(),
            Self::Toleranced(toleranced) => toleranced.to_text(),
            Self::Texts(texts) => texts.join("; "),
            Self::Temperatures(ranges) => {
                ranges.iter().map(TemperatureRange::to_text).collect::<Vec<_>>().join("; ")
            }
            Self::Rows(rows) => rows.iter().map(row_text).collect::<Vec<_>>().join("; "),
        }
    }
}

/// A text or a number as the text it would be in a cell.
fn text_or_number(json: &Json) -> Result<String, Problem> {
    match json {
        Json::String(text) => Ok(text.clone()),
        Json::Number(_) => Ok(json.to_string()),
        _ => Err(Problem::here("must be a text or a number")),
    }
}

fn each<T>(json: &Json, read: impl Fn(&Json) -> Result<T, Problem>) -> Result<Vec<T>, Problem> {
    let Json::Array(items) = json else { return Err(Problem::here("must be an array")) };
    if items.len() > MOST_ROWS {
        return Err(Problem::here(format!("must not have more than {MOST_ROWS} items")));
    }
    let read = |(n, item)| read(item).map_err(|problem: Problem| problem.within(&format!("[{n}]")));
    items.iter().enumerate().map(read).collect()
}

fn line<const MAX: usize>(text: &str) -> Result<String, String> {
    Line::<MAX>::new(text).map(|line| line.as_str().to_owned())
}

fn flag(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "1" | "yes" | "y" | "x" => Some(true),
        "false" | "0" | "no" | "n" | "-" => Some(false),
        _ => None,
    }
}

fn bounded(text: &str, least: Decimal, most: i64) -> Result<Decimal, String> {
    let value = number_of(text).ok_or("must be a number of at most 28 digits")?;
    if value < least || value > Decimal::from(most) {
        return Err(format!("must be a number from {least} to {most}"));
    }
    Ok(value.normalize())
}

/// The pieces of a cell that holds several values.
fn pieces(text: &str) -> Result<Vec<&str>, String> {
    let pieces: Vec<_> = text.split([';', '\n']).map(str::trim).filter(|piece| !piece.is_empty()).collect();
    if pieces.len() > MOST_ROWS {
        return Err(format!("must not have more than {MOST_ROWS} values"));
    }
    Ok(pieces)
}

fn texts(text: &str) -> Result<Vec<String>, String> {
    pieces(text)?.into_iter().map(line::<200>).collect()
}

fn temperatures(text: &str) -> Result<Vec<TemperatureRange>, String> {
    pieces(text)?.into_iter().map(TemperatureRange::parse).collect()
}

/// A row as one piece of a cell: `style JIC, gender male, dashSize 08`.
fn row_text(row: &Values) -> String {
    let field = |(name, value): (&str, &Value)| format!("{name} {}", value.to_text());
    row.iter().map(field).collect::<Vec<_>>().join(", ")
}

fn rows(table: &'static [Field], text: &str) -> Result<Vec<Values>, String> {
    pieces(text)?.into_iter().map(|piece| row(table, piece)).collect()
}

fn row(table: &'static [Field], text: &str) -> Result<Values, String> {
    let mut values = Values::new(table);
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once(' ').ok_or_else(|| wrong_row(table))?;
        let field = table.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        let field = field.ok_or_else(|| wrong_row(table))?;
        values.set(field, Value::parse(&field.kind, value, "").map_err(|wrong| format!("{name} {wrong}"))?);
    }
    let missing = values.missing().next().map(|field| format!("{} is required", field.name));
    missing.map_or(Ok(values), Err)
}

fn wrong_row(table: &[Field]) -> String {
    let names: Vec<_> = table.iter().map(|field| format!("{} …", field.name)).collect();
    format!("must be \"{}\", with ; between one and the next", names.join(", "))
}
