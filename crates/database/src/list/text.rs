use base::{Error, Result, hex};
use serde_json::{Value as Json, json};

use super::{
    Compare, Condition, EXACT_TOTAL, Filter, List, ListQuery, MOST_WALKED, SHARED_CATALOGUE, Sort,
    sought::Sought,
};
use crate::{Tx, Value};

/// The conditions after `WHERE`, and the values they compare with.
pub(super) struct Text {
    /// Whose rows: the parameters of the organizations.
    pub(super) owners: Vec<String>,
    sql: String,
    /// Conditions that so many rows meet that they are found by walking along
    /// the list, and not by an index.
    walked: Vec<String>,
    /// Whether so few rows meet the conditions that they are best found first and sorted then.
    few: bool,
    pub(super) params: Vec<Value>,
}

impl Text {
    const fn empty() -> Self {
        Self { owners: Vec::new(), sql: String::new(), walked: Vec::new(), few: false, params: Vec::new() }
    }

    /// Nothing but whose rows.
    pub(super) fn of_same_owners(&self) -> Self {
        let params = self.params.get(..self.owners.len()).unwrap_or_default().to_vec();
        Self { owners: self.owners.clone(), params, ..Self::empty() }
    }

    pub(super) fn of(list: &List, tx: &mut Tx<'_>, query: &ListQuery) -> Result<Self> {
        let mut text = Self { few: query.few, ..Self::empty() };
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
        for condition in &query.conditions {
            text.condition(condition);
        }
        Ok(text)
    }

    fn condition(&mut self, condition: &Condition) {
        let mut values = condition.values.iter();
        let mut pieces = condition.sql.split("$?");
        let mut sql = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let value = values.next().cloned().unwrap_or(Value::Null);
            sql.push_str(&self.param(value));
            sql.push_str(piece);
        }
        self.and(&format!("({sql})"));
    }

    /// How many rows there are, and whether there may be more: exact up to
    /// [`EXACT_TOTAL`], unless a text is found so often that not all are looked at.
    pub(super) fn total(&self, list: &List, tx: &mut Tx<'_>) -> Result<(u64, bool)> {
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

    /// The statement for how many rows there are of each value of an expression.
    pub(super) fn counts(&self, list: &List, expression: &str) -> String {
        let arms = self.arms(list, &self.conditions(), |sql| {
            format!("SELECT {expression} AS value, count(*) AS n {sql} GROUP BY {expression}")
        });
        format!(
            "SELECT value, CAST(sum(n) AS BIGINT) AS n FROM ({arms}) AS counted GROUP BY value ORDER BY value"
        )
    }

    /// Every condition, those too that are met by walking.
    fn conditions(&self) -> String {
        let mut conditions = self.sql.clone();
        for walked in &self.walked {
            conditions.push_str(" AND ");
            conditions.push_str(walked);
        }
        conditions
    }

    /// The statement for a page. Which rows are in it is found first, in the
    /// order of an index and with no more of each owner's than the page may
    /// need; only these are then read whole.
    pub(super) fn page(&self, list: &List, sort: &Sort, down: bool, limit: u64, offset: i64) -> String {
        let direction = if down { "DESC" } else { "ASC" };
        // Of few rows, an expression that no index is in the order of keeps the engine from walking along one.
        let column =
            if self.few && sort.text { format!("({} || '')", sort.column) } else { sort.column.into() };
        let (alias, from) = (list.alias, list.from);
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(offset);
        let arms = self.arms(list, &self.conditions(), |sql| {
            format!(
                "SELECT {alias}.organization_id AS owner, {column} AS cursor_value, {alias}.id AS cursor_id {sql} \
                 ORDER BY {column} {direction}, {alias}.id {direction} LIMIT {most}"
            )
        });
        let order = format!("ORDER BY cursor_value {direction}, cursor_id {direction}");
        format!(
            "SELECT {}, cursor_value, cursor_id FROM ({arms} {order} LIMIT {limit} OFFSET {offset}) AS in_page \
             CROSS JOIN {from} WHERE {alias}.organization_id = owner AND {alias}.id = cursor_id {order}",
            list.columns
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
                        sought.walked(tx.engine(), self)
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

    pub(super) fn start_after(&mut self, list: &List, sort: &Sort, down: bool, cursor: &str) -> Result<()> {
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

    pub(super) fn param(&mut self, value: impl Into<Value>) -> String {
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
pub(super) fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

pub(super) fn cursor_text(value: &Value, id: &str) -> String {
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
