use std::collections::BTreeMap;

use hose::fields::{Field, Kind as Form};
use serde::{Deserialize, Serialize};
use workbook::{Header, letters};

use super::report::WrongReport;
use crate::catalogue::sheets::{self, Kind};

/// Which field each header of a sheet stands for, where they differ; a header without one is passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(pub BTreeMap<String, Option<String>>);

impl Mapping {
    /// What a header is to be read as: itself, unless the mapping says otherwise.
    fn of<'a>(&'a self, header: &'a str) -> Option<&'a str> {
        let said = self.0.iter().find(|(known, _)| folded(known) == folded(header));
        match said {
            Some((_, field)) => field.as_deref().filter(|field| !field.is_empty()),
            None => Some(header),
        }
    }
}

/// What the cells of a column hold.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// The id of the part.
    Id,
    /// A field, in this unit if the header names one.
    Field(&'static Field, String),
}

/// The columns of a sheet.
#[derive(Debug, Clone)]
pub(super) struct Columns(pub BTreeMap<u16, (String, Target)>);

impl Columns {
    /// Reads the header of a sheet of parts of a type.
    pub fn read(header: &Header, kind: Kind, mapping: &Mapping) -> Result<Self, Vec<WrongReport>> {
        let mut columns = BTreeMap::new();
        let mut wrong = Vec::new();
        for (column, text) in header.columns() {
            let Some(meant) = mapping.of(text) else { continue };
            let read = target(meant, text, kind).and_then(|target| {
                match columns.values().find(|(_, other)| is_same(other, &target)) {
                    Some((other, _)) => Err(format!("stands for the same as {other:?}")),
                    None => Ok(target),
                }
            });
            match read {
                Ok(target) => drop(columns.insert(column, (text.to_owned(), target))),
                Err(message) => wrong.push(WrongReport {
                    column: Some(letters(column)),
                    header: Some(text.to_owned()),
                    message,
                }),
            }
        }
        let has = |name: &str| {
            columns.values().any(|(_, target)| matches!(target, Target::Field(f, _) if f.name == name))
        };
        let has_id = columns.values().any(|(_, target)| matches!(target, Target::Id));
        let key = if kind == Kind::CrimpData { "hosePartNumber" } else { "partNumber" };
        if wrong.is_empty() && !has_id && !has(key) {
            let message = format!("must have a column {key} or _id, by which its rows are known");
            wrong.push(WrongReport { column: None, header: None, message });
        }
        if wrong.is_empty() { Ok(Self(columns)) } else { Err(wrong) }
    }

    /// The column of a field.
    pub fn of(&self, name: &str) -> Option<(u16, &str)> {
        let is_it = |target: &Target| matches!(target, Target::Field(field, _) if field.name == name);
        self.0
            .iter()
            .find(|(_, (_, target))| is_it(target))
            .map(|(column, (header, _))| (*column, header.as_str()))
    }
}

impl Columns {
    /// What is wrong with a field, told of the column it stands in.
    pub fn place(&self, path: &str, message: String) -> WrongReport {
        let name = path.split(['.', '[']).next().unwrap_or(path);
        let Some((column, header)) = self.of(name) else {
            return WrongReport { column: None, header: Some(name.to_owned()), message };
        };
        let within = path[name.len()..].trim_start_matches('.');
        let message = if within.is_empty() { message } else { format!("{within} {message}") };
        WrongReport { column: Some(letters(column)), header: Some(header.to_owned()), message }
    }

    /// A field without which it is not known what a row is about.
    pub fn lacks(&self, name: &str) -> WrongReport {
        let message = if self.of(name).is_some() { "must not be blank" } else { "is missing" };
        self.place(name, format!("{message} where there is no _id"))
    }
}

fn is_same(one: &Target, other: &Target) -> bool {
    match (one, other) {
        (Target::Id, Target::Id) => true,
        (Target::Field(one, _), Target::Field(other, _)) => one.name == other.name,
        _ => false,
    }
}

/// What a header means; `workingPressure [psi]` has its unit in brackets.
fn target(meant: &str, header: &str, kind: Kind) -> Result<Target, String> {
    let (name, of_name) = unit(meant);
    let unit = of_name.or_else(|| unit(header).1).unwrap_or_default();
    if folded(name) == folded(sheets::ID) {
        return Ok(Target::Id);
    }
    let fields = kind.fields();
    let Some(field) = fields.iter().copied().find(|field| folded(field.name) == folded(name)) else {
        let names: Vec<_> = fields.iter().map(|field| field.name).collect();
        return Err(format!("is no field of {}; these are: {}", kind.what(), names.join(", ")));
    };
    let (Form::Measure(dimension) | Form::Toleranced(dimension)) = field.kind else {
        let is_measured = unit.is_empty();
        return is_measured
            .then(|| Target::Field(field, String::new()))
            .ok_or_else(|| format!("has a unit in brackets, but {} has none", field.name));
    };
    let known = unit.is_empty() || dimension.units().iter().any(|known| known.eq_ignore_ascii_case(unit));
    if !known {
        return Err(format!("must have one of {} in its brackets", dimension.units().join(", ")));
    }
    Ok(Target::Field(field, unit.to_owned()))
}

/// A header without its unit, and the unit.
fn unit(header: &str) -> (&str, Option<&str>) {
    let split = header.trim().strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
    let split = split.or_else(|| header.trim().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')));
    match split {
        Some((name, unit)) => (name, Some(unit.trim())),
        None => (header, None),
    }
}

/// Case, spaces, dashes and underscores of a header do not matter.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use workbook::{Cell, Row};

    use super::*;

    fn columns(headers: &[&str], mapping: &Mapping) -> Result<Vec<String>, Vec<String>> {
        let cells = (1..).zip(headers).map(|(column, text)| Cell { column, text: Ok((*text).to_owned()) });
        let header = Header::read("hose", &Row { number: 1, cells: cells.collect() }).unwrap();
        let told = |(_, target): &(String, Target)| match target {
            Target::Id => "id".to_owned(),
            Target::Field(field, unit) => format!("{} {unit}", field.name).trim_end().to_owned(),
        };
        Columns::read(&header, Kind::Part(hose::ItemType::Hose), mapping)
            .map(|columns| columns.0.values().map(told).collect())
            .map_err(|wrong| wrong.into_iter().map(|wrong| wrong.message).collect())
    }

    #[test]
    fn headers_stand_in_any_order_and_case_with_their_units() {
        let read =
            columns(&["Working Pressure [PSI]", "part_number", "_id", "BRAND", "cost"], &Mapping::default());
        assert_eq!(read.unwrap(), ["workingPressure PSI", "partNumber", "id", "brand", "cost"]);
    }

    #[test]
    fn a_header_that_means_nothing_is_told_with_those_that_do() {
        let wrong = columns(&["partNumber", "colour"], &Mapping::default()).unwrap_err();
        assert!(
            wrong[0].starts_with("is no field of hoses; these are: partNumber, brand, size,"),
            "{wrong:?}"
        );
        let wrong = columns(&["partNumber [mm]"], &Mapping::default()).unwrap_err();
        assert_eq!(wrong, ["has a unit in brackets, but partNumber has none"]);
        let wrong = columns(&["partNumber", "workingPressure [mm]"], &Mapping::default()).unwrap_err();
        assert_eq!(wrong, ["must have one of bar, MPa, kPa, psi in its brackets"]);
        let wrong = columns(&["brand"], &Mapping::default()).unwrap_err();
        assert_eq!(wrong, ["must have a column partNumber or _id, by which its rows are known"]);
    }

    #[test]
    fn a_mapping_says_what_a_suppliers_headers_mean() {
        let said = [("Artikel", Some("partNumber")), ("PN [bar]", Some("workingPressure")), ("Lager", None)];
        let mapping =
            Mapping(said.map(|(header, field)| (header.to_owned(), field.map(str::to_owned))).into());
        let read = columns(&["artikel", "PN [bar]", "Lager", "brand"], &mapping);
        assert_eq!(read.unwrap(), ["partNumber", "workingPressure bar", "brand"]);
        let twice = columns(&["artikel", "partNumber"], &mapping).unwrap_err();
        assert_eq!(twice, ["stands for the same as \"artikel\""]);
    }
}
