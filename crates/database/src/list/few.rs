//! Conditions that few rows may meet, or many: the few are looked up, and where there are many, walking along the list
//! soon meets enough.

use std::fmt::Write;

use base::Result;
use serde_json::json;

use super::{List, MOST_LOOKED_UP, MOST_WALKED, alternative::ALL, text::Text};
use crate::{Engine, Tx};

/// A condition, and the statement for the ids of the rows that meet it.
pub(super) struct Choice {
    pub(super) condition: String,
    pub(super) found: String,
    /// How many rows are tried with the condition to count those that meet it.
    pub(super) tried: u64,
}

impl Text {
    /// Narrows to rows that meet all of these. Those of the one that the fewest meet are looked up, if they are few;
    /// no index leads to the others. What finds them is asked once.
    pub(super) fn choose_few(&mut self, list: &List, tx: &mut Tx<'_>, choices: Vec<Choice>) -> Result<()> {
        if choices.is_empty() {
            return Ok(());
        }
        let mut ids = vec![Vec::<String>::new(); choices.len()];
        let arms = choices.iter().enumerate().map(|(n, choice)| self.found(n, &choice.found));
        self.query(tx, list.name, &arms.collect::<Vec<_>>().join(" UNION ALL "), |row| {
            let (choice, id): (usize, _) = (row.get("choice")?, row.get("id")?);
            ids[choice].push(id);
            Ok(())
        })?;
        let fewest = (0..).zip(ids).min_by_key(|(_, ids)| ids.len());
        let fewest = fewest.filter(|(_, ids)| ids.len() as u64 <= MOST_LOOKED_UP);
        for (n, Choice { condition, tried, .. }) in (0..).zip(choices) {
            if fewest.as_ref().is_none_or(|(fewest, _)| *fewest != n) {
                self.narrow(&condition, tried);
            }
        }
        if let Some((_, ids)) = fewest {
            let others = std::mem::take(&mut self.sql);
            self.narrow(&format!("{ALL}{others}"), MOST_WALKED);
            self.look_up(list, tx.engine(), &ids);
        }
        Ok(())
    }

    /// A condition that leads no engine to an index, and how many rows are tried with it to count those that meet it.
    pub(super) fn narrow(&mut self, condition: &str, tried: u64) {
        self.most_walked = self.most_walked.min(tried);
        let _ = write!(self.narrowed, " AND ({condition}) IS TRUE");
    }

    /// The statement for the ids of the rows that are found, to one more of each owner's than are looked up.
    fn found(&self, choice: usize, found: &str) -> String {
        let of = |owner: &String| {
            let (found, most) = (found.replace("$owner", owner), MOST_LOOKED_UP + 1);
            format!("SELECT {choice} AS choice, id FROM ({found} LIMIT {most}) AS one")
        };
        let mut found: Vec<_> = self.owners.iter().map(of).collect();
        // It may be the same whose the rows are.
        found.dedup();
        found.join(" UNION ALL ")
    }

    /// Narrows to the rows with these ids; none where there are none.
    fn look_up(&mut self, list: &List, engine: Engine, ids: &[String]) {
        if ids.is_empty() {
            self.alternatives.clear();
        }
        let id = format!("{}.id", list.alias);
        let condition = match engine {
            Engine::Sqlite => {
                format!("{id} IN (SELECT value FROM json_each({}))", self.param(json!(ids).to_string()))
            }
            Engine::Postgres => format!("{id} = ANY (string_to_array({}, ','))", self.param(ids.join(","))),
        };
        self.and(&condition);
    }
}
