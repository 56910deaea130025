//! The one way lists are read: filters, a sort, a page or a cursor, and a
//! total, made into one statement text for both engines.

use base::{Error, Id, Organization, Page, Result, hex};
use serde_json::{Value as Json, json};

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
    /// The alias of the table whose rows are listed.
    pub alias: &'static str,
    /// What follows `SELECT`.
    pub columns: &'static str,
    /// A condition every row meets; empty for none.
    pub condition: &'static str,
    /// Whether the rows of the shared catalogue are listed with the organization's own.
    pub shared_too: bool,
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
    /// Contains the value, both folded: the column is a `*_norm` one.
    Contains,
    /// `true` asks for rows without a value, `false` for those with one.
    Missing,
    /// From one number up to another: the value is `FROM..BELOW`, where either
    /// may be left out, or one number alone.
    Range,
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
}

impl Default for ListQuery {
    fn default() -> Self {
        Self { page: 1, limit: 50, cursor: None, filters: Vec::new(), sort: None }
    }
}

/// The organization whose rows of the catalogue every organization sees.
pub const SHARED_CATALOGUE: Id<Organization> = Id::from_bytes([0; 12]);
/// Rows looked at to count those that a text found often is in.
const MOST_WALKED: u64 = 5000;

impl List {
    /// One page, with the total.
    pub fn fetch<T>(
        &self,
        tx: &mut Tx<'_>,
        query: &ListQuery,
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Page<T>> {
        let (sort, down) = self.sort(query)?;
        let mut text = Text::of(self, tx, query)?;
        let (total, total_is_lower_bound) = text.total(self, tx)?;

        let offset = match &query.cursor {
            Some(cursor) => {
                text.start_after(self, sort, down, cursor)?;
                0
            }
            None => query.page.saturating_sub(1).saturating_mul(query.limit),
        };
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let sql = text.page(self, sort, down, query.limit + 1, offset);
        let mut rows = Vec::new();
        tx.query_text(self.name, &sql, &text.params, |row| {
            rows.push((map(row)?, row.get::<Value>("cursor_value")?, row.get::<String>("cursor_id")?));
            Ok(())
        })?;
        let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let cursor = rows.last().filter(|_| more).map(|(_, value, id)| cursor_text(value, id));
        Ok(Page {
            items: rows.into_iter().map(|(item, _, _)| item).collect(),
            total,
            page: query.page,
            limit: query.limit,
            total_is_lower_bound,
            cursor,
        })
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

/// The conditions after `WHERE`, and the values they compare with.
struct Text {
    /// Whose rows: the parameters of the organizations.
    owners: Vec<String>,
    sql: String,
    /// Conditions that so many rows meet that they are found by walking along
    /// the list, and not by an index.
    walked: Vec<String>,
    params: Vec<Value>,
}

impl Text {
    const fn empty() -> Self {
        Self { owners: Vec::new(), sql: String::new(), walked: Vec::new(), params: Vec::new() }
    }

    fn of(list: &List, tx: &mut Tx<'_>, query: &ListQuery) -> Result<Self> {
        let mut text = Self::empty();
        let own = text.param(tx.organization()?);
        text.owners.push(own);
        if list.shared_too && tx.organization()? != SHARED_CATALOGUE {
            let shared = text.param(SHARED_CATALOGUE);
            text.owners.push(shared);
        }
        if !list.condition.is_empty() {
            text.and(list.condition);
        }
        for (name, values) in &query.filters {
            let filter = list.filters.iter().find(|filter| filter.name.eq_ignore_ascii_case(name));
            // A name that is no filter here is another's business, or the caller's mistake, which the door tells.
            if let Some(filter) = filter {
                text.filter(tx, list, filter, values)?;
            }
        }
        Ok(text)
    }

    /// How many rows there are, and whether there may be more: exact up to
    /// [`EXACT_TOTAL`], unless a text is found so often that not all are looked at.
    fn total(&self, list: &List, tx: &mut Tx<'_>) -> Result<(u64, bool)> {
        let most = if self.walked.is_empty() { EXACT_TOTAL + 1 } else { MOST_WALKED };
        let matches = if self.walked.is_empty() { "1 = 1".to_owned() } else { self.walked.join(" AND ") };
        let arms = self.arms(list, &self.sql, |sql| {
            format!("SELECT CASE WHEN {matches} THEN 1 ELSE 0 END AS matching {sql} LIMIT {most}")
        });
        let sql = format!(
            "SELECT count(*) AS looked_at, coalesce(sum(matching), 0) AS matching FROM ({arms} LIMIT {most}) AS rows_seen"
        );
        let (mut looked_at, mut matching) = (0, 0);
        tx.query_text(list.name, &sql, &self.params, |row| {
            looked_at = row.get::<u64>("looked_at")?;
            matching = row.get::<u64>("matching")?;
            Ok(())
        })?;
        Ok((matching.min(EXACT_TOTAL), looked_at == most))
    }

    /// The statement for a page. Each owner's rows come by an index in order,
    /// no more of them than the page may need.
    fn page(&self, list: &List, sort: &Sort, down: bool, limit: u64, offset: i64) -> String {
        let direction = if down { "DESC" } else { "ASC" };
        let (column, alias) = (sort.column, list.alias);
        let mut conditions = self.sql.clone();
        for walked in &self.walked {
            conditions.push_str(" AND ");
            conditions.push_str(walked);
        }
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(offset);
        let arms = self.arms(list, &conditions, |sql| {
            format!(
                "SELECT {}, {column} AS cursor_value, {alias}.id AS cursor_id {sql} \
                 ORDER BY {column} {direction}, {alias}.id {direction} LIMIT {most}",
                list.columns
            )
        });
        format!(
            "{arms} ORDER BY cursor_value {direction}, cursor_id {direction} LIMIT {limit} OFFSET {offset}"
        )
    }

    /// One `SELECT` for each owner, put together.
    fn arms(&self, list: &List, conditions: &str, select: impl Fn(&str) -> String) -> String {
        let arm = |owner: &String| {
            let rows =
                format!("FROM {} WHERE {}.organization_id = {owner}{conditions}", list.from, list.alias);
            format!("SELECT * FROM ({}) AS of_owner", select(&rows))
        };
        self.owners.iter().map(arm).collect::<Vec<_>>().join(" UNION ALL ")
    }

    fn filter(&mut self, tx: &mut Tx<'_>, list: &List, filter: &Filter, values: &[String]) -> Result<()> {
        let mut alternatives = Vec::with_capacity(values.len());
        let mut is_walked = false;
        for value in values {
            alternatives.push(match filter.compare {
                Compare::Equal => format!("{} = {}", filter.column, self.param(value.as_str())),
                Compare::NoneOf => {
                    let column = filter.column;
                    let other = format!("{column} <> {}", self.param(value.as_str()));
                    self.and(&other);
                    continue;
                }
                Compare::Contains => {
                    let pattern = format!("%{}%", escaped(&base::normalized(value)));
                    format!("{} LIKE {} ESCAPE '!'", filter.column, self.param(pattern))
                }
                Compare::Missing => match value.as_str() {
                    "true" => format!("{} IS NULL", filter.column),
                    "false" => format!("{} IS NOT NULL", filter.column),
                    _ => return Err(Error::invalid(filter.name, "must be true or false")),
                },
                Compare::Range => {
                    let ends = range(value).ok_or_else(|| Error::invalid(filter.name, "is no range"))?;
                    self.between(filter.column, ends)
                }
                Compare::Found(searched) => match Sought::new(searched, value) {
                    // Of signs that no text is stored with: every row has them.
                    None => return Ok(()),
                    Some(sought) if sought.is_often(tx, self)? => {
                        is_walked = true;
                        sought.walked(self)
                    }
                    Some(sought) => sought.looked_up(tx.engine(), list, self),
                },
            });
        }
        if alternatives.is_empty() {
            return Ok(());
        }
        let condition = format!("({})", alternatives.join(" OR "));
        if is_walked {
            self.walked.push(condition);
        } else {
            self.and(&condition);
        }
        Ok(())
    }

    fn between(&mut self, column: &str, ends: (Option<i64>, Option<i64>)) -> String {
        match ends {
            (Some(from), Some(below)) if from.checked_add(1) == Some(below) => {
                format!("{column} = {}", self.param(from))
            }
            (Some(from), Some(below)) => {
                format!("{column} >= {} AND {column} < {}", self.param(from), self.param(below))
            }
            (Some(from), None) => format!("{column} >= {}", self.param(from)),
            (None, Some(below)) => format!("{column} < {}", self.param(below)),
            (None, None) => format!("{column} IS NOT NULL"),
        }
    }

    fn start_after(&mut self, list: &List, sort: &Sort, down: bool, cursor: &str) -> Result<()> {
        let read = read_cursor(cursor).filter(|(value, _)| matches!(value, Value::Text(_)) == sort.text);
        let (value, id) =
            read.ok_or_else(|| Error::invalid("cursor", "is not from this list in this order"))?;
        let sign = if down { '<' } else { '>' };
        let (value, id) = (self.param(value), self.param(id));
        self.and(&format!("({}, {}.id) {sign} ({value}, {id})", sort.column, list.alias));
        Ok(())
    }

    fn and(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }

    fn param(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }
}

/// A text that parts are searched for by.
struct Sought {
    searched: &'static Searched,
    folded: String,
}

impl Sought {
    /// `None` where nothing of the text is stored.
    fn new(searched: &'static Searched, text: &str) -> Option<Self> {
        let folded = (searched.fold)(text);
        (!folded.is_empty()).then_some(Self { searched, folded })
    }

    /// Two letters and one are looked for at the beginning alone.
    fn is_prefix(&self) -> bool {
        self.folded.chars().take(3).count() < 3
    }

    /// Whether more texts have it than are worth looking up one by one.
    fn is_often(&self, tx: &mut Tx<'_>, text: &Text) -> Result<bool> {
        let mut found = Text { params: text.params.clone(), owners: text.owners.clone(), ..Text::empty() };
        let ids = self.found(tx.engine(), &mut found);
        let sql = format!("SELECT count(*) AS n FROM ({ids} LIMIT {}) AS found", EXACT_TOTAL + 1);
        let mut n = 0;
        tx.query_text("part_text.found", &sql, &found.params, |row| {
            n = row.get::<u64>("n")?;
            Ok(())
        })?;
        Ok(n > EXACT_TOTAL)
    }

    /// The condition of rows whose ids the index of texts gives.
    fn looked_up(&self, engine: Engine, list: &List, text: &mut Text) -> String {
        let ids = self.found(engine, text);
        format!("{}.id IN ({ids})", list.alias)
    }

    /// The condition as each row can be asked it.
    fn walked(&self, text: &mut Text) -> String {
        let start = if self.is_prefix() { "" } else { "%" };
        let pattern = text.param(format!("{start}{}%", escaped(&self.folded)));
        let like = |column: &&str| format!("{column} LIKE {pattern} ESCAPE '!'");
        format!("({})", self.searched.columns.iter().map(like).collect::<Vec<_>>().join(" OR "))
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

/// The first number of a range, and the first beyond it.
fn range(text: &str) -> Option<(Option<i64>, Option<i64>)> {
    let end = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
    if let Some((from, below)) = text.split_once("..") {
        return Some((end(from)?, end(below)?));
    }
    let number: i64 = text.parse().ok()?;
    Some((Some(number), Some(number.checked_add(1)?)))
}

/// The pattern that matches `text` itself.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

fn cursor_text(value: &Value, id: &str) -> String {
    let value = match value {
        Value::Integer(n) => json!(n),
        Value::Text(text) => json!(text),
        Value::Null | Value::Bytes(_) => Json::Null,
    };
    hex::encode(json!([value, id]).to_string().as_bytes())
}

fn read_cursor(text: &str) -> Option<(Value, String)> {
    if text.len() > 8192 {
        return None;
    }
    let (value, id): (Json, String) = serde_json::from_slice(&hex::decode(text)?).ok()?;
    let value = match value {
        Json::Number(n) => Value::Integer(n.as_i64()?),
        Json::String(text) if !text.contains('\0') => Value::Text(text),
        _ => return None,
    };
    // PostgreSQL has no U+0000, in neither of them.
    (!id.contains('\0')).then_some((value, id))
}
