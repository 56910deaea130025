use base::{Error, Result, hex};
use serde_json::{Value as Json, json};

use super::{
    Compare, Condition, EXACT_TOTAL, Filter, List, ListQuery, MOST_WALKED, SHARED_CATALOGUE, Searched, Sort,
    sought::Sought,
};
use crate::{Tx, Value};

/// What some of the rows meet, and no others of the alternatives.
#[derive(Clone)]
pub(super) struct Alternative {
    /// A condition that an index serves.
    pub(super) sql: String,
    /// One that so many rows meet that they are met by walking along the list.
    walked: String,
}

impl Alternative {
    pub(super) fn looked_up(sql: String) -> Self {
        Self { sql, walked: ALL.to_owned() }
    }

    pub(super) fn walked(walked: String) -> Self {
        Self { sql: ALL.to_owned(), walked }
    }

    fn is_walked(&self) -> bool {
        self.walked != ALL
    }

    fn and(&self, other: &Self) -> Self {
        let both = |one: &str, other: &str| match (one, other) {
            (ALL, only) | (only, ALL) => only.to_owned(),
            (one, other) => format!("{one} AND {other}"),
        };
        Self { sql: both(&self.sql, &other.sql), walked: both(&self.walked, &other.walked) }
    }

    /// One of them, where rows may meet several.
    fn any_of(alternatives: &[Self]) -> Self {
        let both = |one: &Self| format!("{} AND {}", one.sql, one.walked);
        let any = format!("({})", alternatives.iter().map(both).collect::<Vec<_>>().join(" OR "));
        if alternatives.iter().any(Self::is_walked) { Self::walked(any) } else { Self::looked_up(any) }
    }
}

/// Every row meets it.
const ALL: &str = "1 = 1";
/// None does.
const NONE: &str = "1 = 0";

/// The conditions after `WHERE`, and the values they compare with.
pub(super) struct Text {
    /// Whose rows: the parameters of the organizations.
    pub(super) owners: Vec<String>,
    sql: String,
    /// Of these each row meets one.
    alternatives: Vec<Alternative>,
    pub(super) params: Vec<Value>,
}

impl Text {
    fn empty() -> Self {
        Self {
            owners: Vec::new(),
            sql: String::new(),
            alternatives: vec![Alternative::looked_up(ALL.to_owned())],
            params: Vec::new(),
        }
    }

    /// Nothing but whose rows.
    pub(super) fn of_same_owners(&self) -> Self {
        let params = self.params.get(..self.owners.len()).unwrap_or_default().to_vec();
        Self { owners: self.owners.clone(), params, ..Self::empty() }
    }

    pub(super) fn of(list: &List, tx: &mut Tx<'_>, query: &ListQuery) -> Result<Self> {
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
        for condition in &query.conditions {
            let condition = text.condition(condition);
            text.and(&condition);
        }
        if !query.alternatives.is_empty() {
            let one = |condition: &Condition| Alternative::looked_up(text.condition(condition));
            let alternatives: Vec<_> = query.alternatives.iter().map(one).collect();
            text.either(&alternatives);
        }
        Ok(text)
    }

    fn condition(&mut self, condition: &Condition) -> String {
        let mut values = condition.values.iter();
        let mut pieces = condition.sql.split("$?");
        let mut sql = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let value = values.next().cloned().unwrap_or(Value::Null);
            sql.push_str(&self.param(value));
            sql.push_str(piece);
        }
        format!("({sql})")
    }

    /// Rows must meet one of these, too.
    fn either(&mut self, alternatives: &[Alternative]) {
        let each = |former: &Alternative| alternatives.iter().map(|one| former.and(one)).collect::<Vec<_>>();
        self.alternatives = self.alternatives.iter().flat_map(each).collect();
    }

    /// How many rows there are, and whether there may be more: exact up to
    /// [`EXACT_TOTAL`], unless a text is found so often that not all are looked at.
    pub(super) fn total(&self, list: &List, tx: &mut Tx<'_>) -> Result<(u64, bool)> {
        let sql = self.arms(list, |rows, alternative| {
            let most = if alternative.is_walked() { MOST_WALKED } else { EXACT_TOTAL + 1 };
            let walked = &alternative.walked;
            format!(
                "SELECT count(*) AS looked_at, coalesce(sum(matching), 0) AS matching, {most} AS most FROM \
                 (SELECT CASE WHEN {walked} THEN 1 ELSE 0 END AS matching {rows} LIMIT {most}) AS seen"
            )
        });
        let (mut matching, mut is_lower_bound) = (0, false);
        tx.query_text(list.name, &sql, &self.params, |row| {
            matching += row.get::<u64>("matching")?;
            is_lower_bound |= row.get::<u64>("looked_at")? == row.get::<u64>("most")?;
            Ok(())
        })?;
        Ok((matching.min(EXACT_TOTAL), is_lower_bound || matching > EXACT_TOTAL))
    }

    /// The statement for how many rows there are of each value of an expression.
    pub(super) fn counts(&self, list: &List, expression: &str) -> String {
        let arms = self.arms(list, |rows, Alternative { walked, .. }| {
            format!("SELECT {expression} AS value, count(*) AS n {rows} AND {walked} GROUP BY {expression}")
        });
        format!(
            "SELECT value, CAST(sum(n) AS BIGINT) AS n FROM ({arms}) AS counted GROUP BY value ORDER BY value"
        )
    }

    /// The statement for a page. Which rows are in it is found first, in the
    /// order of an index and with no more of each owner's than the page may
    /// need; only these are then read whole.
    pub(super) fn page(&self, list: &List, sort: &Sort, down: bool, limit: u64, offset: i64) -> String {
        let direction = if down { "DESC" } else { "ASC" };
        let (column, alias, from) = (sort.column, list.alias, list.from);
        let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(offset);
        let arms = self.arms(list, |rows, Alternative { walked, .. }| {
            format!(
                "SELECT {alias}.organization_id AS owner, {column} AS cursor_value, {alias}.id AS cursor_id {rows} \
                 AND {walked} ORDER BY {column} {direction}, {alias}.id {direction} LIMIT {most}"
            )
        });
        let order = format!("ORDER BY cursor_value {direction}, cursor_id {direction}");
        format!(
            "SELECT {}, cursor_value, cursor_id FROM ({arms} {order} LIMIT {limit} OFFSET {offset}) AS in_page \
             CROSS JOIN {from} WHERE {alias}.organization_id = owner AND {alias}.id = cursor_id {order}",
            list.columns
        )
    }

    /// One `SELECT` for each owner and alternative, put together.
    fn arms(&self, list: &List, select: impl Fn(&str, &Alternative) -> String) -> String {
        let arm = |(owner, alternative): (&String, &Alternative)| {
            let (from, alias, conditions) = (list.from, list.alias, &self.sql);
            let looked_up = &alternative.sql;
            let rows =
                format!("FROM {from} WHERE {alias}.organization_id = {owner} AND {looked_up}{conditions}");
            format!("SELECT * FROM ({}) AS of_owner", select(&rows, alternative).replace("$owner", owner))
        };
        let each = self.owners.iter().flat_map(|owner| self.alternatives.iter().map(move |one| (owner, one)));
        each.map(arm).collect::<Vec<_>>().join(" UNION ALL ")
    }

    fn filter(&mut self, tx: &mut Tx<'_>, list: &List, filter: &Filter, values: &[String]) -> Result<()> {
        if let Compare::Found(searched) = filter.compare {
            return self.found(tx, list, searched, values);
        }
        let mut alternatives = Vec::with_capacity(values.len());
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
                Compare::Found(_) => continue,
            });
        }
        if alternatives.is_empty() {
            return Ok(());
        }
        self.and(&format!("({})", alternatives.join(" OR ")));
        Ok(())
    }

    fn found(
        &mut self,
        tx: &mut Tx<'_>,
        list: &List,
        searched: &'static Searched,
        values: &[String],
    ) -> Result<()> {
        let mut alternatives = Vec::new();
        for value in values {
            // Of signs that no text is stored with: every row has them.
            let Some(sought) = Sought::new(searched, value) else { return Ok(()) };
            alternatives.extend(sought.alternatives(tx, list.alias, self)?);
        }
        match (&alternatives[..], values) {
            ([], []) => {}
            ([], _) => self.and(NONE),
            (_, [_]) => self.either(&alternatives),
            _ => self.either(&[Alternative::any_of(&alternatives)]),
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

#[cfg(test)]
mod tests {
    use super::{ALL, Alternative, Text};

    #[test]
    fn only_what_is_walked_to_is_counted_as_such() {
        let (looked_up, walked) =
            (|| Alternative::looked_up("a = 1".into()), || Alternative::walked("b > 0".into()));
        let mut text = Text::empty();
        text.either(&[looked_up(), walked()]);
        assert_eq!(text.alternatives.iter().map(Alternative::is_walked).collect::<Vec<_>>(), [false, true]);
        text.either(&[looked_up()]);
        assert_eq!(text.alternatives.iter().map(Alternative::is_walked).collect::<Vec<_>>(), [false, true]);
        assert_eq!(
            (text.alternatives[0].sql.as_str(), text.alternatives[0].walked.as_str()),
            ("a = 1 AND a = 1", ALL)
        );
    }
}
