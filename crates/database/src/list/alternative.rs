//! What rows of a list may meet in several ways, each looked up by itself.

use super::texts::InTexts;

/// What some of the rows meet, and no others of the alternatives.
#[derive(Clone)]
pub(super) struct Alternative {
    /// The type of its rows; none where they may be of any.
    pub(super) of: Option<&'static str>,
    /// A condition that an index serves.
    pub(super) sql: String,
    /// One that so many rows meet that they are met by walking along the list.
    pub(super) walked: String,
    /// Values, as a table `k`, with each of which it is another alternative; on PostgreSQL, which
    /// begins many arms slowly.
    pub(super) each: Option<String>,
    /// How its rows are found in `part_text`, where that tells all that is asked of them.
    pub(super) texts: Option<InTexts>,
}

impl Alternative {
    pub(super) fn looked_up(sql: String) -> Self {
        Self { of: None, sql, walked: ALL.to_owned(), each: None, texts: None }
    }

    pub(super) fn walked(walked: String) -> Self {
        Self { walked, ..Self::looked_up(ALL.to_owned()) }
    }

    pub(super) fn of(self, of: Option<&'static str>) -> Self {
        Self { of, ..self }
    }

    pub(super) fn in_texts(self, texts: InTexts) -> Self {
        Self { texts: Some(texts), ..self }
    }

    pub(super) fn is_walked(&self) -> bool {
        self.walked != ALL
    }

    /// What meets both; none where they are of different types.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        if self.of.is_some() && other.of.is_some() && self.of != other.of {
            return None;
        }
        let both = |one: &str, other: &str| match (one, other) {
            (ALL, only) | (only, ALL) => only.to_owned(),
            (one, other) => format!("{one} AND {other}"),
        };
        Some(Self {
            of: self.of.or(other.of),
            sql: both(&self.sql, &other.sql),
            walked: both(&self.walked, &other.walked),
            each: self.each.clone().or_else(|| other.each.clone()),
            texts: None,
        })
    }

    /// One of those of a type, where rows may meet several.
    pub(super) fn any_of(alternatives: &[&Self]) -> Self {
        let both = |one: &&Self| format!("{} AND {}", one.sql, one.walked);
        let any = format!("({})", alternatives.iter().map(both).collect::<Vec<_>>().join(" OR "));
        if alternatives.iter().any(|one| one.is_walked()) { Self::walked(any) } else { Self::looked_up(any) }
    }
}

/// A `SELECT` for rows of an alternative, of one owner or, from the texts, of all.
pub(super) struct Arm<'a> {
    /// Whose a row is.
    pub(super) owner: String,
    /// `FROM …` with the conditions that an index serves.
    pub(super) rows: String,
    /// A further condition.
    pub(super) walked: String,
    /// Values with each of which it is another arm.
    pub(super) each: Option<&'a str>,
    /// The number of the alternative.
    pub(super) alternative: usize,
    /// How many rows are counted, or looked at to count.
    pub(super) most: u64,
}

/// Every row meets it.
pub(super) const ALL: &str = "1 = 1";

/// The `SELECT`s of arms put together, each with the values for which it is run again.
pub(super) fn joined<'a>(arms: impl Iterator<Item = (String, Option<&'a str>)>) -> String {
    let whole = |(arm, each): (String, Option<&str>)| match each {
        None => format!("SELECT * FROM ({arm}) AS arm"),
        Some(each) => format!("SELECT arm.* FROM {each} CROSS JOIN LATERAL ({arm}) AS arm"),
    };
    arms.map(whole).collect::<Vec<_>>().join(" UNION ALL ")
}
