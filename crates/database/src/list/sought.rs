use base::Result;

use super::{
    MOST_LOOKED_UP, Searched,
    alternative::Alternative,
    one_of,
    text::Text,
    texts::{InTexts, TYPE, TYPES},
};
use crate::{Engine, Tx};

/// A text that parts are searched for by.
pub(super) struct Sought {
    pub(super) searched: &'static Searched,
    pub(super) folded: String,
}

impl Sought {
    /// `None` where nothing of the text is stored.
    pub(super) fn new(searched: &'static Searched, text: &str) -> Option<Self> {
        let folded = (searched.fold)(text);
        (!folded.is_empty()).then_some(Self { searched, folded })
    }

    /// Two letters and one are looked for at the beginning alone.
    pub(super) fn is_prefix(&self) -> bool {
        self.folded.chars().take(3).count() < 3
    }

    /// The rows that have the text in the first of the columns, those that have
    /// it in the second alone, and so on, where `part_text` tells all that is asked of them.
    pub(super) fn in_texts(&self, engine: Engine, text: &mut Text) -> Vec<Alternative> {
        let columns = self.searched.columns;
        let mut alternatives = Vec::new();
        for (n, (source, column)) in self.searched.sources.iter().zip(columns).enumerate() {
            let found = match (self.is_prefix(), *source) {
                (true, NUMBER) => vec![Alternative::looked_up(self.begins(text, column))],
                (true, DESCRIPTION) => vec![Alternative::walked(self.has(engine, text, column))],
                (_, OWN) => {
                    let texts = InTexts::of(self, engine, text, source);
                    vec![Alternative::walked(self.has(engine, text, column)).in_texts(texts)]
                }
                _ => self.of_each_type(engine, text, source, column),
            };
            let alone = found.into_iter().map(|found| self.here_alone(engine, text, found, &columns[..n]));
            alternatives.extend(alone);
        }
        alternatives
    }

    /// The rows of each type that may be meant: each type has its own, walked along or found.
    fn of_each_type(&self, engine: Engine, text: &mut Text, source: &str, column: &str) -> Vec<Alternative> {
        let asked: Vec<_> = (0..TYPES.len()).filter(|place| text.may_be_of(TYPES[*place])).collect();
        let of_type = |place: usize| {
            let texts = InTexts::of(self, engine, text, source).of_type(engine, place);
            let walked = Alternative::walked(self.has(engine, text, column));
            Alternative { sql: format!("{TYPE} = '{}'", TYPES[place]), ..walked }.in_texts(texts)
        };
        asked.into_iter().map(of_type).collect()
    }

    /// What is found in one column, without what the columns before it have: a row is met once.
    fn here_alone(
        &self,
        engine: Engine,
        text: &mut Text,
        mut found: Alternative,
        before: &[&str],
    ) -> Alternative {
        for column in before {
            let other = format!(" AND NOT {}", self.has(engine, text, column));
            found.texts.as_mut().map_or(&mut found.sql, |texts| &mut texts.sql).push_str(&other);
        }
        found
    }

    /// The rows that have the text in the first of the columns, those that have it in the second alone, and so on.
    pub(super) fn alternatives(
        &self,
        tx: &mut Tx<'_>,
        alias: &str,
        text: &mut Text,
    ) -> Result<Vec<Alternative>> {
        let mut alternatives = Vec::new();
        let columns = self.searched.columns;
        for (n, (source, column)) in self.searched.sources.iter().zip(columns).enumerate() {
            let Some(found) = self.in_column(tx, alias, text, source, column)? else { continue };
            alternatives.push(self.here_alone(tx.engine(), text, found, &columns[..n]));
        }
        Ok(alternatives)
    }

    /// The rows that have the text in one column; `None` where none has.
    fn in_column(
        &self,
        tx: &mut Tx<'_>,
        alias: &str,
        text: &mut Text,
        source: &str,
        column: &str,
    ) -> Result<Option<Alternative>> {
        // An index gives what begins so in its order.
        if self.is_prefix() && column.starts_with(&format!("{alias}.")) && source != DESCRIPTION {
            return Ok(Some(Alternative::looked_up(self.begins(text, column))));
        }
        let engine = tx.engine();
        let often = self.is_prefix() && source == DESCRIPTION;
        let found = if often { MOST_LOOKED_UP + 1 } else { self.count(tx, text, source)? };
        Ok(match found {
            0 => None,
            1..=MOST_LOOKED_UP => {
                let ids = self.ids(engine, text, source);
                Some(Alternative::looked_up(one_of(engine, &format!("{alias}.id"), &ids)))
            }
            _ => Some(Alternative::walked(self.has(engine, text, column))),
        })
    }

    /// How many texts of a source have it, to one more than are looked up.
    fn count(&self, tx: &mut Tx<'_>, text: &Text, source: &str) -> Result<u64> {
        let mut found = text.of_same_owners();
        let ids = self.ids(tx.engine(), &mut found, source);
        let sql = format!("SELECT count(*) AS n FROM ({ids} LIMIT {}) AS found", MOST_LOOKED_UP + 1);
        let mut n = 0;
        found.query(tx, "part_text.found", &sql, |row| {
            n = row.get::<u64>("n")?;
            Ok(())
        })?;
        Ok(n)
    }

    /// Whether a row has it in this column.
    pub(super) fn has(&self, engine: Engine, text: &mut Text, column: &str) -> String {
        let part = text.param(self.folded.as_str());
        // Several times as fast as LIKE, which on SQLite folds letters once more.
        let place = if engine == Engine::Sqlite { "instr" } else { "strpos" };
        let is_there = if self.is_prefix() { "= 1" } else { "> 0" };
        format!("(coalesce({place}({column}, {part}), 0) {is_there})")
    }

    pub(super) fn begins(&self, text: &mut Text, column: &str) -> String {
        let from = text.param(self.folded.as_str());
        // No text sorts behind it that begins so.
        let below = text.param(format!("{}{}", self.folded, char::MAX));
        format!("{column} >= {from} AND {column} < {below}")
    }

    /// The ids of the parts that have the text.
    fn ids(&self, engine: Engine, text: &mut Text, source: &str) -> String {
        let InTexts { from, sql, .. } = InTexts::of(self, engine, text, source);
        format!("SELECT p.id FROM {from} WHERE {sql}")
    }
}

/// The texts that are the numbers of parts.
pub(super) const NUMBER: &str = "number";
/// The texts that are an organization's own numbers.
pub(super) const OWN: &str = "own";
/// The texts that are in no index by how they begin.
const DESCRIPTION: &str = "description";
