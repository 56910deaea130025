//! The one way lists are read: filters, a sort, a page or a cursor, and a
//! total, made into one statement text for both engines.

use base::{Error, Page, Result, hex};
use serde_json::{Value as Json, json};

use crate::{Row, Tx, Value};

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
    /// Contains the value, both folded: the column is a `*_norm` one.
    Contains,
    /// `true` asks for rows without a value, `false` for those with one.
    Missing,
    /// From one number up to another: the value is `FROM..BELOW`, where either
    /// may be left out, or one number alone.
    Range,
}

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

impl List {
    /// One page, with the total.
    pub fn fetch<T>(
        &self,
        tx: &mut Tx<'_>,
        query: &ListQuery,
        mut map: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Page<T>> {
        let (sort, down) = self.sort(query)?;
        let mut text = Text { sql: String::new(), params: vec![tx.organization()?.into()] };
        text.narrow(self, query)?;
        let total = self.total(tx, &text)?;

        let offset = match &query.cursor {
            Some(cursor) => {
                text.start_after(self, sort, down, cursor)?;
                0
            }
            None => query.page.saturating_sub(1).saturating_mul(query.limit),
        };
        let direction = if down { "DESC" } else { "ASC" };
        let alias = self.alias;
        let sql = format!(
            "SELECT {}, {} AS cursor_value, {alias}.id AS cursor_id FROM {} WHERE {} \
             ORDER BY {} {direction}, {alias}.id {direction} LIMIT {} OFFSET {}",
            self.columns,
            sort.column,
            self.from,
            text.sql,
            sort.column,
            query.limit + 1,
            i64::try_from(offset).unwrap_or(i64::MAX),
        );
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
            total: total.min(EXACT_TOTAL),
            page: query.page,
            limit: query.limit,
            total_is_lower_bound: total > EXACT_TOTAL,
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

    fn total(&self, tx: &mut Tx<'_>, text: &Text) -> Result<u64> {
        let sql = format!(
            "SELECT count(*) AS total FROM (SELECT 1 FROM {} WHERE {} LIMIT {}) AS matching",
            self.from,
            text.sql,
            EXACT_TOTAL + 1
        );
        let mut total = 0;
        tx.query_text(self.name, &sql, &text.params, |row| {
            total = row.get("total")?;
            Ok(())
        })?;
        Ok(total)
    }
}

/// The conditions after `WHERE`, and the values they compare with.
struct Text {
    sql: String,
    params: Vec<Value>,
}

impl Text {
    fn narrow(&mut self, list: &List, query: &ListQuery) -> Result<()> {
        self.sql = format!("{}.organization_id = $1", list.alias);
        if !list.condition.is_empty() {
            self.and(list.condition);
        }
        for (name, values) in &query.filters {
            let filter = list.filters.iter().find(|filter| filter.name.eq_ignore_ascii_case(name));
            // A name that is no filter here is another's business, or the caller's mistake, which the door tells.
            if let Some(filter) = filter {
                self.filter(filter, values)?;
            }
        }
        Ok(())
    }

    fn filter(&mut self, filter: &Filter, values: &[String]) -> Result<()> {
        let mut alternatives = Vec::with_capacity(values.len());
        for value in values {
            alternatives.push(match filter.compare {
                Compare::Equal => format!("{} = {}", filter.column, self.param(value.as_str())),
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
            });
        }
        if !alternatives.is_empty() {
            self.and(&format!("({})", alternatives.join(" OR ")));
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
