//! The parts of a catalogue: what kinds there are, and their fields.

mod choices;
mod item_type;
mod tables;

use base::normalized;
use serde_json::{Map, Value as Json};

pub use item_type::ItemType;
pub use tables::END;

use crate::{
    Dash,
    fields::{Problem, Values},
    part_number,
};

/// A part: its type, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    item_type: ItemType,
    /// What is known of it.
    pub values: Values,
}

impl Part {
    /// A part of which nothing is known yet.
    pub const fn new(item_type: ItemType) -> Self {
        Self { item_type, values: Values::new(item_type.fields()) }
    }

    /// A part as it was stored.
    pub const fn stored(item_type: ItemType, values: Values) -> Self {
        Self { item_type, values }
    }

    /// Reads a whole document, with everything that is wrong with it.
    pub fn read(item_type: ItemType, json: &Map<String, Json>) -> (Self, Vec<Problem>) {
        Self::new(item_type).revised(json)
    }

    /// The part with a change: what is absent stays, null clears, a value sets.
    #[must_use]
    pub fn revised(self, change: &Map<String, Json>) -> (Self, Vec<Problem>) {
        let (values, mut problems) = self.values.revised(change);
        let part = Self { values, ..self };
        let number = part.values.text("partNumber");
        if number.is_some_and(|number| part_number::normalized(number).is_empty()) {
            problems
                .push(Problem { path: "partNumber".into(), message: "must have a letter or a digit".into() });
        }
        (part, problems)
    }

    /// What of it is at odds with itself.
    pub fn inconsistencies(&self) -> Vec<Problem> {
        const PAIRS: &[(&str, &str)] = &[
            ("workingPressure", "proofPressure"),
            ("workingPressure", "burstPressure"),
            ("innerDiameter", "outerDiameter"),
            ("minOuterDiameter", "maxOuterDiameter"),
        ];
        let is_at_odds = |(less, more): &&(&'static str, &'static str)| {
            let (less, more) = (self.values.canonical(less), self.values.canonical(more));
            less.zip(more).is_some_and(|(less, more)| less > more)
        };
        let pairs = PAIRS.iter().filter(is_at_odds);
        pairs
            .map(|(less, more)| Problem {
                path: (*more).to_owned(),
                message: format!("must not be less than {less}"),
            })
            .collect()
    }

    /// What kind of part it is.
    pub const fn item_type(&self) -> ItemType {
        self.item_type
    }

    /// Its part number; empty only while it is being made.
    pub fn part_number(&self) -> &str {
        self.values.text("partNumber").unwrap_or_default()
    }

    /// Its part number in the form in which it is looked up.
    pub fn part_norm(&self) -> String {
        part_number::normalized(self.part_number())
    }

    /// The name of its brand; an other item may have none.
    pub fn brand(&self) -> Option<&str> {
        self.values.text("brand")
    }

    /// A text of it as lists are narrowed by it: folded.
    pub fn folded(&self, name: &str) -> Option<String> {
        self.values.text(name).map(normalized)
    }

    /// The hose size it is or fits, if its text names one.
    pub fn hose_dash(&self) -> Option<Dash> {
        let field = match self.item_type {
            ItemType::CrimpFitting => "hoseSize",
            _ => "size",
        };
        self.values.text(field).and_then(Dash::parse)
    }

    /// The size of its end, if its text names one.
    pub fn end_dash(&self) -> Option<Dash> {
        self.values.text("dashSize").and_then(Dash::parse)
    }
}

#[cfg(test)]
mod tests;
