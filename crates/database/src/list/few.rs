//! Conditions that few rows may meet, or many: the few are looked up, and where there are many, walking along the list
//! soon meets enough.

use std::fmt::Write;

use base::Result;

use super::{List, MOST_LOOKED_UP, MOST_WALKED, alternative::ALL, one_of, text::Text};
use crate::Tx;

/// A condition, and the statement for the ids of the rows that meet it.
pub(super) struct Choice {
    pub(super) condition: String,
    pub(super) found: String,
    /// How many rows are tried with the condition to count those that meet it.
    pub(super) tried: u64,
}

impl Text {
    /// Narrows to rows that meet all of these. Those of the one that the fewest meet are looked up, if they are few;
    /// no index leads to the others.
    pub(super) fn choose_few(&mut self, list: &List, tx: &mut Tx<'_>, choices: Vec<Choice>) -> Result<()> {
        if choices.is_empty() {
            return Ok(());
        }
        let mut counts = Vec::new();
        let arms = choices.iter().enumerate().map(|(n, choice)| self.counted(n, &choice.found));
        self.query(tx, list.name, &arms.collect::<Vec<_>>().join(" UNION ALL "), |row| {
            counts.push((row.get::<u64>("found")?, row.get::<u64>("choice")?));
            Ok(())
        })?;
        let fewest = counts.into_iter().min().filter(|(found, _)| *found <= MOST_LOOKED_UP);
        if fewest.is_some() {
            let others = std::mem::take(&mut self.sql);
            self.narrow(&format!("{ALL}{others}"), MOST_WALKED);
        }
        for (n, Choice { condition, found, tried }) in (0..).zip(choices) {
            if fewest.is_some_and(|(_, fewest)| fewest == n) {
                self.and(&one_of(tx.engine(), &format!("{}.id", list.alias), &found));
            } else {
                self.narrow(&condition, tried);
            }
        }
        Ok(())
    }

    /// A condition that leads no engine to an index, and how many rows are tried with it to count those that meet it.
    pub(super) fn narrow(&mut self, condition: &str, tried: u64) {
        self.most_walked = self.most_walked.min(tried);
        let _ = write!(self.narrowed, " AND ({condition}) IS TRUE");
    }

    /// The statement for how many rows are found, to one more than are looked up.
    fn counted(&self, choice: usize, found: &str) -> String {
        let of = |owner: &String| {
            let found = found.replace("$owner", owner);
            format!("SELECT * FROM ({found} LIMIT {}) AS one", MOST_LOOKED_UP + 1)
        };
        let mut found: Vec<_> = self.owners.iter().map(of).collect();
        // It may be the same whose the rows are.
        found.dedup();
        let found = found.join(" UNION ALL ");
        format!("SELECT {choice} AS choice, count(*) AS found FROM ({found}) AS found")
    }
}
