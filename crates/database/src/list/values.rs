//! Texts that many parts share, such as materials: which of them contain what is sought is seen by looking at each text
//! once, and the parts of those that do are looked up.

use base::Result;

use super::{List, alternative::Alternative, text::Text, texts::is_of_type};
use crate::Tx;

/// Texts that are looked at, of an owner's parts of a type.
const MOST_SHARED: u64 = 64;
/// Texts whose parts are looked up.
const MOST_SOUGHT: usize = 12;

impl Text {
    /// The parts whose text in `column` meets a condition, text by text; `None` where there are too many texts.
    pub(super) fn of_texts(
        &mut self,
        list: &List,
        tx: &mut Tx<'_>,
        column: &str,
        condition: &str,
    ) -> Result<Option<Vec<Alternative>>> {
        let Some(types) = self.types.clone().filter(|types| !types.is_empty()) else { return Ok(None) };
        let mut arms = Vec::new();
        for owner in &self.owners {
            arms.extend(types.iter().map(|of| texts(list, owner, of, column, condition)));
        }
        let (mut found, mut all) = (Vec::new(), true);
        self.query(tx, list.name, &arms.join(" UNION ALL "), |row| {
            all &= row.get::<u64>("number")? <= MOST_SHARED;
            if row.get::<u64>("meets")? == 1 {
                found.push((row.get::<String>("of_type")?, row.get::<String>("text")?));
            }
            Ok(())
        })?;
        found.sort();
        // The organization and the shared catalogue may have the same.
        found.dedup();
        if !all || found.len() > MOST_SOUGHT {
            return Ok(None);
        }
        let looked_up = |(of, text): (String, String)| {
            let of = types.iter().copied().find(|one| *one == of)?;
            let has = format!("{} AND {column} = {}", is_of_type(of), self.param(text));
            Some(Alternative::looked_up(has).of(Some(of)))
        };
        Ok(Some(found.into_iter().filter_map(looked_up).collect()))
    }
}

/// The statement for the texts in a column, each found in an index behind the one before it: their numbers, and whether
/// they meet a condition.
fn texts(list: &List, owner: &str, of: &str, column: &str, condition: &str) -> String {
    let (from, alias) = (list.from, list.alias);
    let bare = column.rsplit('.').next().unwrap_or(column);
    let first = |behind: &str| {
        format!(
            "(SELECT {column} FROM {from} WHERE {alias}.organization_id = {owner} AND {of_type} AND {column} {behind} \
              ORDER BY {column} LIMIT 1)",
            of_type = is_of_type(of)
        )
    };
    format!(
        "SELECT '{of}' AS of_type, number, {column} AS text, CASE WHEN 1 = 1{condition} THEN 1 ELSE 0 END AS meets \
         FROM (WITH RECURSIVE known (number, text) AS ( \
                   SELECT CAST(1 AS BIGINT), {} \
                   UNION ALL SELECT number + 1, {} FROM known WHERE text IS NOT NULL AND number <= {MOST_SHARED}) \
               SELECT number, text AS {bare} FROM known WHERE text IS NOT NULL) AS {alias}",
        first(">= ''"),
        first("> known.text")
    )
}
