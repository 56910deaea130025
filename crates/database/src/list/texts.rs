use super::{
    PART_TYPES,
    sought::{OWN, SOURCES, Sought},
    text::{Text, escaped},
};
use crate::Engine;

/// What `part_text` holds of the part, by the names that `part` has for it. So
/// what is found is narrowed and put in order before any part is read. The index
/// that has the parts of a type in the order of their numbers tells the same.
const HELD: &[&str] =
    &["id", "part_norm", "item_type", "brand_id", "status", "style", "gender", "hose_dash", "end_dash"];
/// How many numbers there are for the texts of a source about the parts of a type.
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
    pub from: String,
    /// A condition.
    pub sql: String,
    /// How many rows of the list are looked at to see whether walking along it
    /// soon meets enough; none where few are found.
    pub glance: u64,
    /// Whether more were found than are counted.
    pub often: bool,
}

impl InTexts {
    /// Whether `part_text` tells all that these conditions on parts ask.
    pub fn tells(conditions: &[&str]) -> bool {
        names_only(HELD, conditions)
    }

    /// Those that meet a further condition, too.
    pub fn and(self, further: &str) -> Self {
        Self { sql: format!("{} AND {further}", self.sql), ..self }
    }

    /// The rows with a text in the texts of a source: those of the parts of a type, or of all.
    pub fn of(sought: &Sought, engine: Engine, text: &mut Text, source: &str, one: Option<&str>) -> Self {
        let (owners, texts) = (text.owners.join(", "), "part_text AS p".to_owned());
        let (from, matches) = if source == OWN {
            // They are few enough to look at each.
            let has = if sought.is_prefix() {
                sought.begins(text, "p.norm")
            } else {
                sought.has(engine, text, "p.norm")
            };
            let own = &text.owners[0];
            (texts, format!("p.organization_id = {own} AND p.owner_id IN ({owners}) AND {has}"))
        } else if engine == Engine::Sqlite {
            let phrase = text.param(format!("\"{}\"", sought.folded.replace('"', "\"\"")));
            // In this order: the index of substrings leads to few rows.
            let found = format!("part_search_{source}");
            let from = format!("{found} CROSS JOIN part_text AS p ON p.number = {found}.rowid");
            (from, format!("p.organization_id IN ({owners}) AND {found} MATCH {phrase}"))
        } else {
            let pattern = text.param(format!("%{}%", escaped(&sought.folded)));
            let like = format!("p.norm LIKE {pattern} ESCAPE '!'");
            (texts, format!("p.organization_id IN ({owners}) AND {like}"))
        };
        let glance = if source == OWN { 0 } else { sought.searched.glance };
        let found = Self { from, sql: format!("{matches} AND p.source = '{source}'"), glance, often: false };
        match one {
            None => found,
            Some(one) if engine == Engine::Sqlite => {
                let from = numbers_from(source, one);
                found.and(&format!("part_search_{source}.rowid BETWEEN {from} AND {}", from + OF_TYPE - 1))
            }
            Some(one) => found.and(&is_of_type(one)),
        }
    }
}

/// Where the numbers of the texts of a source about the parts of a type begin.
fn numbers_from(source: &str, one: &str) -> u64 {
    let place = |all: &[&str], one: &str| all.iter().take_while(|known| **known != one).count();
    OF_TYPE * (place(&SOURCES, source) * PART_TYPES.len() + place(&PART_TYPES, one) + 1) as u64
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
