//! The one way lists are read: filters, a sort, a page or a cursor, and a
//! total, made into one statement text for both engines.

mod alternative;
mod cursor;
mod few;
mod sought;
mod statements;
mod text;
mod texts;
mod values;

use base::{Error, Id, Organization, Page, Result};
use cursor::cursor_text;
use text::Text;

use crate::{Engine, Row, Tx, Value};

/// Rows counted exactly; beyond it a total is a lower bound.
pub const EXACT_TOTAL: u64 = 10_000;
/// The most rows a page may hold.
pub const MAX_LIMIT: u64 = 1000;

/// What can be listed, and how.
pub struct List {
    /// A name for the log.
    pub name: &'static str,
    /// What follows `FROM`: tables that have `organization_id`, the first of them under `alias`.
    pub from: &'static str,
    /// A table beside these that may have no row: its alias, and what follows.
    pub beside: Option<(&'static str, &'static str)>,
    /// The alias of the table whose rows are listed.
    pub alias: &'static str,
    /// What follows `SELECT`.
    pub columns: &'static str,
    /// A condition every row meets; empty for none.
    pub condition: &'static str,
    /// Whether the rows of the shared catalogue are listed with the organization's own.
    pub shared_too: bool,
    /// Which of [`PART_TYPES`] the rows are of; none for what is no part. Those of each type stand
    /// together in every index, and are looked up by themselves.
    pub types: &'static [&'static str],
    /// What the rows can be narrowed by.
    pub filters: &'static [Filter],
    /// What the rows can be ordered by; the first is the usual order.
    pub sorts: &'static [Sort],
}

/// A way to narrow a list.
pub struct Filter {
    /// The name a caller gives, such as `search.name`.
    pub name: &'static str,
    /// The column, with its alias.
    pub column: &'static str,
    /// How a value is compared.
    pub compare: Compare,
    /// The index that serves it; empty where it only narrows what another index found.
    pub index: &'static str,
}

/// How a filter's value is compared with its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// Equal to one of the given values.
    Equal,
    /// Equal to none of the given values.
    NoneOf,
    /// Contains the value, both folded: the column is a `*_norm` one. With an index, texts that parts share.
    Contains,
    /// `true` asks for rows without a value, `false` for those with one.
    Missing,
    /// From one number up to another: the value is `FROM..BELOW`, where either
    /// may be left out, or one number alone.
    Range,
    /// As the other; where few rows meet it they are looked up by its index, which holds rows in no
    /// order that is asked for, and where many do, the others are walked past.
    OfFew(&'static Compare),
    /// Contains the value, of three letters or more, or begins with it: parts
    /// are found so by what they are searched by.
    Found(&'static Searched),
}

/// What parts are searched by: rows of `part_text`.
#[derive(Debug)]
pub struct Searched {
    /// The form in which the texts are stored.
    pub fold: fn(&str) -> String,
    /// Which of the texts.
    pub sources: &'static [&'static str],
    /// The columns, with their aliases, that hold the same texts.
    pub columns: &'static [&'static str],
    /// How many rows of a list are cheaply looked at to see how many have a text.
    pub glance: u64,
}

impl PartialEq for Searched {
    fn eq(&self, other: &Self) -> bool {
        (self.sources, self.columns) == (other.sources, other.columns)
    }
}
impl Eq for Searched {}

/// A way to order a list.
pub struct Sort {
    /// The name a caller gives, such as `name`.
    pub name: &'static str,
    /// The column, with its alias; never null.
    pub column: &'static str,
    /// Whether the column is text, and not a number.
    pub text: bool,
    /// The index that serves it.
    pub index: &'static str,
}

/// What a caller asks of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// The page, from 1.
    pub page: u64,
    /// Rows in a page, 1 to [`MAX_LIMIT`].
    pub limit: u64,
    /// Where the last answer ended; takes the place of `page`.
    pub cursor: Option<String>,
    /// Filters by name, each with the values it may have.
    pub filters: Vec<(String, Vec<String>)>,
    /// The sort's name, and whether it runs downwards.
    pub sort: Option<(String, bool)>,
    /// Conditions of a use case's own.
    pub conditions: Vec<Condition>,
    /// Of these too, of which a row meets at most one, rows meet one; none where all rows are wanted.
    /// Each is looked up by itself, so that an index gives its rows in order. Those with the same text have values
    /// that are texts.
    pub alternatives: Vec<Condition>,
}

/// A condition that rows must meet, which no caller writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Its text; each `$?` stands for the next value, `$owner` for whose the rows are.
    pub sql: String,
    /// What the rows are compared with.
    pub values: Vec<Value>,
    /// How the rows that meet it are reached.
    pub reached: Reached,
}

/// How the rows that meet a condition are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reached {
    /// An index may lead to them.
    ByIndex,
    /// This statement, with the same values in the same order, finds their ids, as `id`: where these are few they are
    /// looked up, and where many, the others are walked past.
    WhereFew(String),
    /// The others are walked past.
    ByWalking,
}

impl Condition {
    /// One to which an index may lead.
    pub fn new(sql: impl Into<String>, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), values, reached: Reached::ByIndex }
    }
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            page: 1,
            limit: 50,
            cursor: None,
            filters: Vec::new(),
            sort: None,
            conditions: Vec::new(),
            alternatives: Vec::new(),
        }
    }
}

/// The condition that a column is one of what a statement finds. PostgreSQL takes what is found
/// for many rows, unless it is found before it looks any up.
fn one_of(engine: Engine, column: &str, found: &str) -> String {
    match engine {
        Engine::Sqlite => format!("{column} IN ({found})"),
        Engine::Postgres => format!("{column} = ANY (ARRAY({found}))"),
    }
}

/// The organization whose rows of the catalogue every organization sees.
pub const SHARED_CATALOGUE: Id<Organization> = Id::from_bytes([0; 12]);
/// The types of parts, in the order in which SQLite numbers their texts.
pub const PART_TYPES: [&str; 6] = ["hose", "crimpFitting", "ferrule", "adaptor", "wrap", "otherItem"];
/// Texts found by the index of substrings and looked up one by one; where more
/// have what is sought, the list is walked along, which then soon meets them.
const MOST_LOOKED_UP: u64 = 1000;
/// Rows looked at to count those that meet what no index tells.
const MOST_WALKED: u64 = 5000;
/// The same where what tells is another table.
const MOST_TRIED: u64 = 1000;
/// Texts of a type that a search counts.
const MOST_FOUND: u64 = 1000;
/// Rows of an owner that are walked along even where few of them are wanted.
const SHORT: u64 = 1000;

impl List {
    /// One page, with the total.
    pub fn fetch<T>(
        &self,
        tx: &mut Tx<'_>,
        query: &ListQuery,
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Page<T>> {
        let (sort, down) = self.sort(query)?;
        let mut text = Text::of(self, tx, query, Some(sort))?;
        let (total, total_is_lower_bound) = text.total(self, tx)?;

        let offset = match &query.cursor {
            Some(cursor) => {
                text.start_after(self, sort, down, cursor)?;
                0
            }
            None => query.page.saturating_sub(1).saturating_mul(query.limit),
        };
        // No table has more rows, and no engine counts further.
        let offset = offset.min(i64::MAX.unsigned_abs() >> 1);
        text.choose(self, tx, sort, down, query.limit + 1 + offset)?;
        let sql = text.page(self, sort, down, query.limit + 1, offset);
        let mut rows = Vec::new();
        text.query(tx, self.name, &sql, |row| {
            rows.push((map(row)?, row.get::<Value>("cursor_value")?, row.get::<String>("cursor_id")?));
            Ok(())
        })?;
        let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let cursor = rows.last().filter(|_| more).map(|(_, value, id)| cursor_text(value, id));
        // Those that are answered are there, however few were counted; and where they end, all are told.
        let answered = if rows.is_empty() { 0 } else { offset + rows.len() as u64 };
        let total = if total_is_lower_bound { total.max(answered) } else { total };
        let ends = !more && query.cursor.is_none() && (answered > 0 || offset == 0);
        let (total, total_is_lower_bound) =
            if ends { (answered, false) } else { (total, total_is_lower_bound) };
        Ok(Page {
            items: rows.into_iter().map(|(item, _, _)| item).collect(),
            total,
            page: query.page,
            limit: query.limit,
            total_is_lower_bound,
            cursor,
        })
    }

    /// How many of the rows there are with each value of an expression, by value.
    pub fn counts(&self, tx: &mut Tx<'_>, query: &ListQuery, expression: &str) -> Result<Vec<(Value, u64)>> {
        let text = Text::of(self, tx, query, None)?;
        let mut counts = Vec::new();
        text.query(tx, self.name, &text.counts(self, expression), |row| {
            counts.push((row.get("value")?, row.get("n")?));
            Ok(())
        })?;
        Ok(counts)
    }

    /// All its tables.
    fn whole(&self) -> String {
        [self.from, self.beside.map_or("", |(_, table)| table)].join(" ")
    }

    /// The tables that such conditions name.
    fn naming(&self, conditions: &[&str]) -> String {
        let is_named = |alias: &str| conditions.iter().any(|text| text.contains(&format!("{alias}.")));
        match self.beside {
            Some((alias, _)) if is_named(alias) => self.whole(),
            _ => self.from.to_owned(),
        }
    }

    fn sort(&self, query: &ListQuery) -> Result<(&Sort, bool)> {
        let Some((name, down)) = &query.sort else { return Ok((&self.sorts[0], false)) };
        let sort = self.sorts.iter().find(|sort| sort.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
            let known: Vec<_> = self.sorts.iter().map(|sort| sort.name).collect();
            Error::invalid("sortBy", format!("must be one of {}", known.join(", ")))
        })?;
        Ok((sort, *down))
    }
}
