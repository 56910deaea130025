//! Fields declared once: what the API takes and answers, what a workbook has
//! as columns, and what is stored, are made from the same table.

mod measured;
mod problem;
mod stored;
mod value;
mod values;

pub use measured::{Dimension, Measured, TemperatureRange, Toleranced};
pub use problem::Problem;
pub use value::Value;
pub use values::Values;

/// A field of a part or of crimp data.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in JSON and over a column.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Whether there must be a value.
    pub required: bool,
    /// What it is, in words.
    pub about: &'static str,
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// One line of text of at most so many characters.
    Text(usize),
    /// A decimal number from 0 up to this; the name says its unit.
    Number(i64),
    /// A whole number from 1 up to this.
    Count(i64),
    /// Yes or no.
    Flag,
    /// This word, or nothing.
    Word(&'static str),
    /// One of a list of words, however it is written.
    Choice(&'static Choice),
    /// A measured value, kept as it was entered.
    Measure(Dimension),
    /// A measured value with its tolerances.
    Toleranced(Dimension),
    /// Several lines of text.
    Texts,
    /// The temperatures at which each medium may be conveyed.
    Temperatures,
    /// The ends of an adaptor: objects with the fields of this table.
    Rows(&'static [Field]),
}

/// A list of words of which a value is one.
#[derive(Debug)]
pub struct Choice {
    /// The words as they are stored and answered.
    pub words: fn() -> Vec<&'static str>,
    /// The word that a text means.
    pub find: fn(&str) -> Option<&'static str>,
}

impl Field {
    /// A field that may be empty.
    pub const fn new(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { name, kind, required: false, about }
    }

    /// The same field where there must be a value.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The field of a table with this name.
    pub fn named(table: &'static [Self], name: &str) -> Option<&'static Self> {
        table.iter().find(|field| field.name == name)
    }
}
