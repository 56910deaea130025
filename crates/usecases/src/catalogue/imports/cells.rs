//! What the cells of a row say.

use hose::fields::{Field, Value};
use serde_json::{Map, Value as Json};
use workbook::letters;

use super::{
    headers::Target,
    read::ParsedCell,
    report::{CellReport, RowReport, WrongReport},
};
use crate::catalogue::sheets::CLEAR;

/// What a row says of a part, as far as it could be read.
pub(super) struct Said<'a> {
    pub cell: &'a ParsedCell,
    pub field: &'static Field,
    /// None clears.
    pub value: Option<Value>,
}

/// Reads the cells of fields.
pub(super) fn read(cells: &[ParsedCell]) -> (Vec<Said<'_>>, Vec<WrongReport>) {
    let (mut said, mut wrong) = (Vec::new(), Vec::new());
    for cell in cells {
        let text = match &cell.text {
            Ok(text) => text,
            Err(fault) => {
                wrong.push(cell.wrong(fault.to_string()));
                continue;
            }
        };
        let Target::Field(field, unit) = &cell.target else { continue };
        if text.trim() == CLEAR {
            said.push(Said { cell, field, value: None });
            continue;
        }
        match Value::parse(&field.kind, text, unit) {
            // Nothing but spaces is blank.
            Ok(None) => {}
            Ok(value) => said.push(Said { cell, field, value }),
            Err(message) => wrong.push(cell.wrong(message)),
        }
    }
    (said, wrong)
}

/// What cells say of a field, as text.
pub(super) fn text_of(said: &[Said<'_>], name: &str) -> Option<String> {
    said.iter().find(|said| said.field.name == name)?.value.as_ref().map(Value::to_text)
}

/// The fields that cells set to something new, and the same as they are now; each is told in the report.
pub(super) fn differences(
    said: Vec<Said<'_>>,
    old: impl Fn(&str) -> Option<Value>,
    by_id: bool,
    report: &mut RowReport,
) -> (Map<String, Json>, Map<String, Json>) {
    let (mut change, mut reverse) = (Map::new(), Map::new());
    for said in said {
        let old = old(said.field.name);
        if is_same(&said, old.as_ref(), by_id) {
            continue;
        }
        let json = |value: Option<&Value>| value.map_or(Json::Null, Value::to_json);
        change.insert(said.field.name.to_owned(), json(said.value.as_ref()));
        reverse.insert(said.field.name.to_owned(), json(old.as_ref()));
        report.cells.push(CellReport {
            column: letters(said.cell.column),
            header: said.cell.header.clone(),
            field: said.field.name.to_owned(),
            old: old.as_ref().map(Value::to_text),
            new: said.value.as_ref().map(Value::to_text),
        });
    }
    (change, reverse)
}

/// Whether a cell says what is so already.
fn is_same(said: &Said<'_>, old: Option<&Value>, by_id: bool) -> bool {
    if said.value.as_ref() == old {
        return true;
    }
    let (Some(new), Some(old)) = (&said.value, old) else { return false };
    match said.field.name {
        // A brand has one name, however it is written.
        "brand" => base::normalized(&new.to_text()) == base::normalized(&old.to_text()),
        // Without an id the part is known by its number, however that is typed.
        "partNumber" if !by_id => true,
        // What several texts have become in one cell.
        _ => new.to_text() == old.to_text(),
    }
}
