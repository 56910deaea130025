use base::Result;

use super::{
    List, MOST_LOOKED_UP, Searched,
    text::{Text, escaped},
};
use crate::{Engine, Tx};

/// A text that parts are searched for by.
pub(super) struct Sought {
    searched: &'static Searched,
    folded: String,
}

impl Sought {
    /// `None` where nothing of the text is stored.
    pub(super) fn new(searched: &'static Searched, text: &str) -> Option<Self> {
        let folded = (searched.fold)(text);
        (!folded.is_empty()).then_some(Self { searched, folded })
    }

    /// Two letters and one are looked for at the beginning alone.
    fn is_prefix(&self) -> bool {
        self.folded.chars().take(3).count() < 3
    }

    /// Whether more texts have it than are worth looking up one by one.
    pub(super) fn is_often(&self, tx: &mut Tx<'_>, text: &Text) -> Result<bool> {
        // Numbers alone are in an index by how they begin.
        if self.is_prefix() && self.searched.sources.contains(&"description") {
            return Ok(true);
        }
        let mut found = text.of_same_owners();
        let ids = self.found(tx.engine(), &mut found);
        let sql = format!("SELECT count(*) AS n FROM ({ids} LIMIT {}) AS found", MOST_LOOKED_UP + 1);
        let mut n = 0;
        tx.query_text("part_text.found", &sql, &found.params, |row| {
            n = row.get::<u64>("n")?;
            Ok(())
        })?;
        Ok(n > MOST_LOOKED_UP)
    }

    /// The condition of rows whose ids the index of texts gives.
    pub(super) fn looked_up(&self, engine: Engine, list: &List, text: &mut Text) -> String {
        let ids = self.found(engine, text);
        format!("{}.id IN ({ids})", list.alias)
    }

    /// The condition as each row can be asked it.
    pub(super) fn walked(&self, engine: Engine, text: &mut Text) -> String {
        let part = text.param(self.folded.as_str());
        // Several times as fast as LIKE, which on SQLite folds letters once more.
        let place = if engine == Engine::Sqlite { "instr" } else { "strpos" };
        let is_there = if self.is_prefix() { "= 1" } else { "> 0" };
        let meets = |column: &&str| format!("{place}({column}, {part}) {is_there}");
        format!("({})", self.searched.columns.iter().map(meets).collect::<Vec<_>>().join(" OR "))
    }

    /// The ids of the parts that have the text.
    fn found(&self, engine: Engine, text: &mut Text) -> String {
        let owners = text.owners.join(", ");
        let sources: Vec<_> = self.searched.sources.iter().map(|source| text.param(*source)).collect();
        let (from, matches) = if self.is_prefix() {
            // No text sorts behind it that begins so.
            let from = text.param(self.folded.as_str());
            let below = text.param(format!("{}{}", self.folded, char::MAX));
            ("part_text", format!("norm >= {from} AND norm < {below} AND source <> 'description'"))
        } else if engine == Engine::Sqlite {
            let phrase = text.param(format!("\"{}\"", self.folded.replace('"', "\"\"")));
            // In this order: the index of substrings leads to few rows.
            let from = "part_search CROSS JOIN part_text ON part_text.number = part_search.rowid";
            (from, format!("part_search MATCH {phrase}"))
        } else {
            let pattern = text.param(format!("%{}%", escaped(&self.folded)));
            ("part_text", format!("norm LIKE {pattern} ESCAPE '!'"))
        };
        format!(
            "SELECT part_id FROM {from} WHERE organization_id IN ({owners}) AND source IN ({}) AND {matches}",
            sources.join(", ")
        )
    }
}
