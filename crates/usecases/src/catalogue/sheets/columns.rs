use hose::{
    ItemType,
    fields::{Field, Kind, Value},
};
use workbook::{Column, Sheet};

use super::super::{PartDocument, SAID, said::OF_COST};
use crate::Caller;

/// Over the column of ids.
pub const ID: &str = "_id";

/// What a cell says to clear a value; a blank one leaves it.
pub const CLEAR: &str = "<clear>";

/// The fields of a part that a sheet may have: those of its type, and what an organization says of it.
pub fn fields(item_type: ItemType) -> impl Iterator<Item = &'static Field> {
    item_type.fields().iter().chain(SAID)
}

/// Those of them that a caller may see.
pub fn shown_fields(caller: &Caller, item_type: ItemType) -> Vec<&'static Field> {
    let costs = caller.shows_costs();
    fields(item_type).filter(|field| costs || !OF_COST.contains(&field.name)).collect()
}

/// The sheet of a type.
pub(super) fn sheet(caller: &Caller, item_type: ItemType, with_hints: bool) -> Sheet {
    let about =
        "optional; the id of the part to be changed. Without it the part is known by brand and part number";
    sheet_of(item_type.word(), about, &shown_fields(caller, item_type), with_hints)
}

/// A sheet of records with ids.
pub(super) fn sheet_of(name: &str, about_id: &str, fields: &[&'static Field], with_hints: bool) -> Sheet {
    let id = Column { header: ID.to_owned(), hint: about_id.to_owned(), choices: Vec::new() };
    let mut columns = vec![id];
    columns.extend(fields.iter().map(|field| column(field)));
    if !with_hints {
        for column in &mut columns {
            column.hint.clear();
        }
    }
    Sheet { name: name.to_owned(), columns }
}

fn column(field: &'static Field) -> Column {
    let needed = if field.required { "required" } else { "optional" };
    let choices: Vec<String> = match field.kind {
        Kind::Choice(choice) => (choice.words)().into_iter().map(ToOwned::to_owned).collect(),
        Kind::Word(word) => vec![word.to_owned()],
        _ => Vec::new(),
    };
    let hint = format!("{needed}; {}. {}", form(&field.kind), field.about);
    Column { header: field.name.to_owned(), hint, choices }
}

/// What may stand in the cells of a field, in words.
fn form(kind: &Kind) -> String {
    match kind {
        Kind::Text(most) => format!("text of at most {most} characters"),
        Kind::Number(_) => "number".to_owned(),
        Kind::Count(most) => format!("whole number from 1 to {most}"),
        Kind::Flag => "true or false".to_owned(),
        Kind::Word(word) => format!("{word}, or blank"),
        Kind::Choice(choice) => format!("one of {}", (choice.words)().join(", ")),
        Kind::Measure(dimension) => format!("number with its unit, one of {}", dimension.units().join(", ")),
        Kind::Toleranced(dimension) => {
            format!("number, its tolerance and unit, as in 31.62 ±0.15 {}", dimension.usual_unit())
        }
        Kind::Texts => "texts, with ; between them".to_owned(),
        Kind::Temperatures => {
            "media with their temperatures, as in mineral oil -40..100 °C, with ; between them".to_owned()
        }
        Kind::Rows(table) => {
            let names: Vec<_> = table.iter().map(|field| format!("{} …", field.name)).collect();
            format!("each as {}, with ; between them", names.join(", "))
        }
    }
}

/// The cells of a part under these fields, after its id.
pub(super) fn cells(document: &PartDocument, fields: &[&'static Field]) -> Vec<Cell> {
    let mut cells = vec![Cell::Text(document.id().to_string())];
    cells.extend(fields.iter().map(|field| match field.name {
        "imageName" => document.image_name.clone().map_or(Cell::Blank, Cell::Text),
        name => Cell::of(value(document, name)),
    }));
    cells
}

fn value<'a>(document: &'a PartDocument, name: &str) -> Option<&'a Value> {
    document.row.part.values.get(name).or_else(|| document.said.get(name))
}

/// A cell that owns what it holds.
pub(super) enum Cell {
    Blank,
    Text(String),
    Number(base::Decimal),
    Flag(bool),
}

impl Cell {
    pub fn of(value: Option<&Value>) -> Self {
        match value {
            None => Self::Blank,
            Some(Value::Number(number)) => Self::Number(*number),
            Some(Value::Flag(flag)) => Self::Flag(*flag),
            Some(value) => Self::Text(value.to_text()),
        }
    }

    pub fn value(&self) -> workbook::Value<'_> {
        match self {
            Self::Blank => workbook::Value::Blank,
            Self::Text(text) => workbook::Value::Text(text),
            Self::Number(number) => workbook::Value::Number(*number),
            Self::Flag(flag) => workbook::Value::Flag(*flag),
        }
    }
}
