use super::{
    PART_TYPES,
    sought::{OWN, Sought},
    text::{Text, escaped},
};
use crate::Engine;

/// What `part_text` holds of the part, by the names that `part` has for it. So
/// what is found is narrowed and put in order before any part is read.
const HELD: &[&str] =
    &["id", "part_norm", "item_type", "brand_id", "status", "style", "gender", "hose_dash", "end_dash"];
/// What an index tells that has the parts of a type in the order of their numbers.
const IN_ORDER: &[&str] = &["id", "part_norm", "item_type", "brand_id", "status"];
/// Rows of parts that are looked at as cheaply as many more of an index.
const READ_WHOLE: u64 = 1000;

/// How many numbers there are for the texts of a type.
const OF_TYPE: u64 = 1 << 40;
/// The column with the type of a part.
pub(super) const TYPE: &str = "p.item_type";

/// The condition that a part is of a type: told in full, for PostgreSQL has an index for each.
pub(super) fn is_of_type(one: &str) -> String {
    format!("{TYPE} = '{one}'")
}

/// How rows are found in `part_text`.
#[derive(Clone)]
pub(super) struct InTexts {
    /// What follows `FROM`; the texts go by the alias of the parts.
    pub from: &'static str,
    /// A condition.
    pub sql: String,
    /// How many rows of the list are looked at to see whether walking along it
    /// soon meets enough; none where few are found.
    glance: u64,
    /// Whether more were found than are counted.
    pub often: bool,
}

impl InTexts {
    /// Whether `part_text` tells all that these conditions on parts ask.
    pub fn tells(conditions: &[&str]) -> bool {
        names_only(HELD, conditions)
    }

    /// How many rows of the list are looked at, where these conditions are asked of them too.
    pub fn glance(&self, conditions: &str) -> u64 {
        if names_only(IN_ORDER, &[conditions]) { self.glance } else { self.glance.min(READ_WHOLE) }
    }

    /// The same of the parts of a type.
    pub fn of_type(self, engine: Engine, one: &str) -> Self {
        let place = PART_TYPES.iter().take_while(|known| **known != one).count();
        let from = OF_TYPE * (place as u64 + 1);
        self.and(&match engine {
            Engine::Sqlite => format!("part_search.rowid BETWEEN {from} AND {}", from + OF_TYPE - 1),
            Engine::Postgres => is_of_type(one),
        })
    }

    /// Those that meet a further condition, too.
    pub fn and(self, further: &str) -> Self {
        Self { sql: format!("{} AND {further}", self.sql), ..self }
    }

    /// The rows with a text in the texts of a source.
    pub fn of(sought: &Sought, engine: Engine, text: &mut Text, source: &str) -> Self {
        let owners = text.owners.join(", ");
        let (from, matches) = if source == OWN {
            // They are few enough to look at each.
            let has = if sought.is_prefix() {
                sought.begins(text, "p.norm")
            } else {
                sought.has(engine, text, "p.norm")
            };
            let own = &text.owners[0];
            ("part_text AS p", format!("p.organization_id = {own} AND p.owner_id IN ({owners}) AND {has}"))
        } else if engine == Engine::Sqlite {
            let phrase = text.param(format!("\"{}\"", sought.folded.replace('"', "\"\"")));
            // In this order: the index of substrings leads to few rows.
            let from = "part_search CROSS JOIN part_text AS p ON p.number = part_search.rowid";
            (from, format!("p.organization_id IN ({owners}) AND part_search MATCH {phrase}"))
        } else {
            let pattern = text.param(format!("%{}%", escaped(&sought.folded)));
            let like = format!("p.norm LIKE {pattern} ESCAPE '!'");
            ("part_text AS p", format!("p.organization_id IN ({owners}) AND {like}"))
        };
        let glance = if source == OWN { 0 } else { sought.searched.glance };
        Self { from, sql: format!("{matches} AND p.source = '{source}'"), glance, often: false }
    }
}

/// Whether conditions on parts name these columns alone.
fn names_only(columns: &[&str], conditions: &[&str]) -> bool {
    let is_between = |c: char| !(c.is_alphanumeric() || "._$".contains(c));
    let mut words = conditions.iter().flat_map(|text| text.split(is_between));
    words.all(|word| match word.split_once('.') {
        Some((table, column)) => table == "p" && columns.contains(&column),
        None => word != "$owner",
    })
}

#[cfg(test)]
mod tests {
    use super::InTexts;

    #[test]
    fn what_is_held_of_a_part_is_told_and_nothing_else() {
        assert!(InTexts::tells(&["", " AND p.status = 'approved' AND (p.brand_id = $2)", "p.part_norm"]));
        assert!(InTexts::tells(&["p.status = 'approved' AND p.style = $3"]));
        assert!(!InTexts::tells(&["p.status = 'approved' AND p.shape = $3"]));
        assert!(!InTexts::tells(&["coalesce(i.available, 1) = $3"]));
        assert!(!InTexts::tells(&["p.id IN (SELECT id FROM t WHERE organization_id = $owner)"]));
    }
}
