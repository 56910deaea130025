use base::Result;

use super::{MOST_LOOKED_UP, Searched, alternative::Alternative, one_of, text::Text, texts::InTexts};
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

    /// The rows that have the text in the first of the columns, those that have it in the second alone, and so on,
    /// where `part_text` tells all that is asked of them.
    pub(super) fn in_texts(&self, engine: Engine, text: &mut Text) -> Result<Vec<Alternative>> {
        self.in_each_column(engine, text, |text, source, column| {
            let walked = Alternative::walked(self.has(engine, text, column));
            Ok(match (self.is_prefix(), source) {
                (true, NUMBER) => {
                    let begins = Alternative::looked_up(self.begins(text, column));
                    text.of_each_type(&begins)
                }
                (true, DESCRIPTION) => text.of_each_type(&walked),
                (_, OWN) => {
                    let texts = InTexts::of(self, engine, text, source, None).and(&text.is_of_types());
                    vec![walked.in_texts(texts)]
                }
                _ => {
                    let each = text.of_each_type(&walked);
                    let found = |one: Alternative| {
                        let texts = InTexts::of(self, engine, text, source, one.of);
                        one.in_texts(texts)
                    };
                    each.into_iter().map(found).collect()
                }
            })
        })
    }

    /// What is found in each column, without what those before it have.
    fn in_each_column(
        &self,
        engine: Engine,
        text: &mut Text,
        mut found: impl FnMut(&mut Text, &str, &str) -> Result<Vec<Alternative>>,
    ) -> Result<Vec<Alternative>> {
        let mut alternatives = Vec::new();
        let columns = self.searched.columns;
        for (n, (source, column)) in self.searched.sources.iter().zip(columns).enumerate() {
            for one in found(text, source, column)? {
                alternatives.push(self.here_alone(engine, text, one, &columns[..n]));
            }
        }
        Ok(alternatives)
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
        self.in_each_column(tx.engine(), text, |text, source, column| {
            // An index gives what begins so in its order.
            if self.is_prefix() && column.starts_with(&format!("{alias}.")) && source != DESCRIPTION {
                return Ok(vec![Alternative::looked_up(self.begins(text, column))]);
            }
            let mut found = Vec::new();
            for of in text.types_of(source) {
                found.extend(self.of_type(tx, alias, text, (source, column), of)?);
            }
            Ok(found)
        })
    }

    /// The rows of a type that have the text in one column; `None` where none has.
    fn of_type(
        &self,
        tx: &mut Tx<'_>,
        alias: &str,
        text: &mut Text,
        (source, column): (&str, &str),
        of: Option<&'static str>,
    ) -> Result<Option<Alternative>> {
        let engine = tx.engine();
        let often = self.is_prefix() && source == DESCRIPTION;
        let found = if often { MOST_LOOKED_UP + 1 } else { self.count(tx, text, source, of)? };
        let found = match found {
            0 => return Ok(None),
            1..=MOST_LOOKED_UP => {
                let ids = self.ids(engine, text, source, of);
                Alternative::looked_up(one_of(engine, &format!("{alias}.id"), &ids))
            }
            _ => Alternative::walked(self.has(engine, text, column)),
        };
        Ok(Some(found.of(of)))
    }

    /// How many texts of a source have it, to one more than are looked up.
    fn count(&self, tx: &mut Tx<'_>, text: &Text, source: &str, of: Option<&str>) -> Result<u64> {
        let mut found = text.of_same_owners();
        let ids = self.ids(tx.engine(), &mut found, source, of);
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

    /// The ids of the parts of a type that have the text.
    fn ids(&self, engine: Engine, text: &mut Text, source: &str, of: Option<&str>) -> String {
        let InTexts { from, sql, .. } = InTexts::of(self, engine, text, source, of);
        format!("SELECT p.id FROM {from} WHERE {sql}")
    }
}

/// The texts that are the numbers of parts.
pub(super) const NUMBER: &str = "number";
/// The texts that are an organization's own numbers.
pub(super) const OWN: &str = "own";
/// The texts that are in no index by how they begin.
const DESCRIPTION: &str = "description";
/// All of them, in the order in which SQLite numbers them.
pub(super) const SOURCES: [&str; 3] = [NUMBER, DESCRIPTION, OWN];
