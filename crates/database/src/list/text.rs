use std::fmt::Write;

use base::{Error, Result, hex};
use serde_json::{Value as Json, json};

use super::{
    Compare, Condition, EXACT_TOTAL, Filter, List, ListQuery, MOST_FOUND, MOST_WALKED, SHARED_CATALOGUE,
    Sort, sought::Sought, texts::InTexts,
};
use crate::{Engine, Row, Tx, Value};

/// What some of the rows meet, and no others of the alternatives.
#[derive(Clone)]
pub(super) struct Alternative {
    /// A condition that an index serves.
    pub(super) sql: String,
    /// One that so many rows meet that they are met by walking along the list.
    walked: String,
    /// Values, as a table `k`, with each of which it is another alternative; on PostgreSQL, which
    /// begins many arms slowly.
    each: Option<String>,
    /// How its rows are found in `part_text`, where that tells all that is asked of them.
    pub(super) texts: Option<InTexts>,
}

impl Alternative {
    pub(super) fn looked_up(sql: String) -> Self {
        Self { sql, walked: ALL.to_owned(), each: None, texts: None }
    }

    pub(super) fn walked(walked: String) -> Self {
        Self { sql: ALL.to_owned(), walked, each: None, texts: None }
    }

    pub(super) fn in_texts(self, texts: InTexts) -> Self {
        Self { texts: Some(texts), ..self }
    }

    fn is_walked(&self) -> bool {
        self.walked != ALL
    }

    fn and(&self, other: &Self) -> Self {
        let both = |one: &str, other: &str| match (one, other) {
            (ALL, only) | (only, ALL) => only.to_owned(),
            (one, other) => format!("{one} AND {other}"),
        };
        Self {
            sql: both(&self.sql, &other.sql),
            walked: both(&self.walked, &other.walked),
            each: self.each.clone().or_else(|| other.each.clone()),
            texts: None,
        }
    }

    /// One of them, where rows may meet several.
    fn any_of(alternatives: &[Self]) -> Self {
        let both = |one: &Self| format!("{} AND {}", one.sql, one.walked);
        let any = format!("({})", alternatives.iter().map(both).collect::<Vec<_>>().join(" OR "));
        if alternatives.iter().any(Self::is_walked) { Self::walked(any) } else { Self::looked_up(any) }
    }
}

/// A `SELECT` for rows of an alternative, of one owner or, from the texts, of all.
struct Arm<'a> {
    /// Whose a row is.
    owner: String,
    /// `FROM …` with the conditions that an index serves.
    rows: String,
    /// A further condition.
    walked: &'a str,
    /// Values with each of which it is another arm.
    each: Option<&'a str>,
    /// The number of the alternative.
    alternative: usize,
    /// How many rows are counted, or looked at to count.
    most: u64,
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
    /// What is searched for.
    sought: Vec<Vec<Sought>>,
    pub(super) params: Vec<Value>,
}

impl Text {
    fn empty() -> Self {
        Self {
            owners: Vec::new(),
            sql: String::new(),
            alternatives: vec![Alternative::looked_up(ALL.to_owned())],
            sought: Vec::new(),
            params: Vec::new(),
        }
    }

    /// Nothing but whose rows.
    pub(super) fn of_same_owners(&self) -> Self {
        let params = self.params.get(..self.owners.len()).unwrap_or_default().to_vec();
        Self { owners: self.owners.clone(), params, ..Self::empty() }
    }

    /// What `query` asks of a list in this order; without, of rows that are only counted.
    pub(super) fn of(list: &List, tx: &mut Tx<'_>, query: &ListQuery, sort: Option<&Sort>) -> Result<Self> {
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
                text.filter(filter, values)?;
            }
        }
        for condition in &query.conditions {
            let condition = text.condition(condition);
            text.and(&condition);
        }
        if !query.alternatives.is_empty() {
            let alternatives = text.alternatives_of(tx.engine(), &query.alternatives);
            text.either(&alternatives);
        }
        text.search(tx, list, sort.filter(|_| query.alternatives.is_empty()))?;
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

    fn alternatives_of(&mut self, engine: Engine, conditions: &[Condition]) -> Vec<Alternative> {
        match conditions {
            [first, rest @ ..]
                if engine == Engine::Postgres
                    && !rest.is_empty()
                    && rest.iter().all(|one| one.sql == first.sql) =>
            {
                vec![self.for_each(&first.sql, conditions)]
            }
            _ => conditions.iter().map(|one| Alternative::looked_up(self.condition(one))).collect(),
        }
    }

    /// An alternative with the values of each of these conditions, whose text is the same.
    fn for_each(&mut self, sql: &str, conditions: &[Condition]) -> Alternative {
        let mut numbered = String::from("(");
        for (n, piece) in sql.split("$?").enumerate() {
            if n > 0 {
                let _ = write!(numbered, "k.column{n}");
            }
            numbered.push_str(piece);
        }
        numbered.push(')');
        let row = |one: &Condition| {
            let values: Vec<_> = one.values.iter().map(|value| self.param(value.clone())).collect();
            format!("({})", values.join(", "))
        };
        let rows: Vec<_> = conditions.iter().map(row).collect();
        let each = Some(format!("(VALUES {}) AS k", rows.join(", ")));
        Alternative { each, ..Alternative::looked_up(numbered) }
    }

    /// Rows must meet one of these, too.
    fn either(&mut self, alternatives: &[Alternative]) {
        let each = |former: &Alternative| alternatives.iter().map(|one| former.and(one)).collect::<Vec<_>>();
        self.alternatives = self.alternatives.iter().flat_map(each).collect();
    }

    /// How many rows there are, and whether there may be more: exact up to
    /// [`EXACT_TOTAL`], but in a search up to [`MOST_FOUND`].
    pub(super) fn total(&mut self, list: &List, tx: &mut Tx<'_>) -> Result<(u64, bool)> {
        let sql = joined(self.arms(list).map(|Arm { rows, walked, each, alternative, most, .. }| {
            let matching = matching(walked);
            let arm = format!(
                "SELECT {alternative} AS alternative, count(*) AS looked_at, {matching} AS matching, {most} AS most \
                 FROM (SELECT CASE WHEN {walked} THEN 1 ELSE 0 END AS matching {rows} LIMIT {most}) AS seen"
            );
            (arm, each)
        }));
        let (mut matching, mut often) = (0, Vec::new());
        self.query(tx, list.name, &sql, |row| {
            matching += row.get::<u64>("matching")?;
            if row.get::<u64>("looked_at")? == row.get::<u64>("most")? {
                often.push(row.get::<u32>("alternative")?);
            }
            Ok(())
        })?;
        for (n, alternative) in (0..).zip(&mut self.alternatives) {
            if let Some(texts) = &mut alternative.texts {
                texts.often = often.contains(&n);
            }
        }
        Ok((matching.min(EXACT_TOTAL), !often.is_empty() || matching > EXACT_TOTAL))
    }

    /// The statement for how many rows there are of each value of an expression.
    pub(super) fn counts(&self, list: &List, expression: &str) -> String {
        let counted = joined(self.arms(list).map(|Arm { rows, walked, each, .. }| {
            let values = format!("SELECT {expression} AS value, count(*) AS n");
            (format!("{values} {rows} AND {walked} GROUP BY {expression}"), each)
        }));
        format!(
            "SELECT value, CAST(sum(n) AS BIGINT) AS n FROM ({counted}) AS counted GROUP BY value ORDER BY value"
        )
    }

    /// The statement for a page. Which rows are in it is found first, in the
    /// order of an index and with no more of each owner's than the page may
    /// need; only these are then read whole.
    pub(super) fn page(&self, list: &List, sort: &Sort, down: bool, limit: u64, offset: u64) -> String {
        let direction = if down { "DESC" } else { "ASC" };
        let (column, alias) = (sort.column, list.alias);
        let most = limit.saturating_add(offset);
        let arms = joined(self.arms(list).map(|Arm { owner, rows, walked, each, .. }| {
            let arm = format!(
                "SELECT {owner} AS owner, {column} AS cursor_value, {alias}.id AS cursor_id {rows} \
                 AND {walked} ORDER BY {column} {direction}, {alias}.id {direction} LIMIT {most}"
            );
            (arm, each)
        }));
        let order = format!("ORDER BY cursor_value {direction}, cursor_id {direction}");
        let (columns, from) = (list.columns, list.whole());
        format!(
            "SELECT {columns}, cursor_value, cursor_id FROM ({arms} {order} LIMIT {limit} OFFSET {offset}) AS in_page \
             CROSS JOIN {from} WHERE {alias}.organization_id = owner AND {alias}.id = cursor_id {order}"
        )
    }

    /// For each owner and alternative where its rows are.
    fn arms<'a>(&'a self, list: &'a List) -> impl Iterator<Item = Arm<'a>> {
        self.alternatives.iter().enumerate().flat_map(move |(n, one)| self.arms_of(list, n, one))
    }

    fn arms_of<'a>(&'a self, list: &List, alternative: usize, one: &'a Alternative) -> Vec<Arm<'a>> {
        let conditions = &self.sql;
        if let Some(InTexts { from, sql, .. }) = &one.texts {
            let rows = format!("FROM {from} WHERE {sql}{conditions}");
            let owner = "p.owner_id".to_owned();
            return vec![Arm { owner, rows, walked: ALL, each: None, alternative, most: MOST_FOUND + 1 }];
        }
        let (looked_up, alias) = (&one.sql, list.alias);
        let from = list.naming(&[conditions, looked_up, &one.walked]);
        let most = if one.is_walked() { MOST_WALKED } else { EXACT_TOTAL + 1 };
        let arm = |owner: &String| {
            let rows =
                format!("FROM {from} WHERE {alias}.organization_id = {owner} AND {looked_up}{conditions}");
            let rows = rows.replace("$owner", owner);
            let (owner, each) = (format!("{alias}.organization_id"), one.each.as_deref());
            Arm { owner, rows, walked: &one.walked, each, alternative, most }
        };
        self.owners.iter().map(arm).collect()
    }

    /// Where so many texts were found that not all were counted: whether walking
    /// along the list soon meets as many rows as are needed. They are then met
    /// so; else what is found is put in order.
    pub(super) fn choose(
        &mut self,
        list: &List,
        tx: &mut Tx<'_>,
        sort: &Sort,
        down: bool,
        needed: u64,
    ) -> Result<()> {
        for n in 0..self.alternatives.len() {
            let Some(texts) = &self.alternatives[n].texts else { continue };
            let glance = texts.glance;
            if texts.often && glance > 0 {
                let walked = Alternative { texts: None, ..self.alternatives[n].clone() };
                if self.soon_meets(list, tx, &walked, (sort, down), glance, needed)? {
                    self.alternatives[n] = walked;
                }
            }
        }
        Ok(())
    }

    fn soon_meets(
        &self,
        list: &List,
        tx: &mut Tx<'_>,
        walked: &Alternative,
        (sort, down): (&Sort, bool),
        glance: u64,
        needed: u64,
    ) -> Result<bool> {
        let direction = if down { "DESC" } else { "ASC" };
        let (column, alias) = (sort.column, list.alias);
        let sql =
            joined(self.arms_of(list, 0, walked).into_iter().map(|Arm { rows, walked, each, .. }| {
                let matching = matching(walked);
                let arm = format!(
                    "SELECT count(*) AS looked_at, {matching} AS matching \
                 FROM (SELECT CASE WHEN {walked} THEN 1 ELSE 0 END AS matching {rows} \
                       ORDER BY {column} {direction}, {alias}.id {direction} LIMIT {glance}) AS seen"
                );
                (arm, each)
            }));
        let mut soon = true;
        self.query(tx, list.name, &sql, |row| {
            soon &= row.get::<u64>("matching")? >= needed || row.get::<u64>("looked_at")? < glance;
            Ok(())
        })?;
        Ok(soon)
    }

    fn filter(&mut self, filter: &Filter, values: &[String]) -> Result<()> {
        let column = filter.column;
        match filter.compare {
            Compare::Equal => self.any(values, |text, value| Ok(format!("{column} = {}", text.param(value)))),
            Compare::NoneOf => {
                for value in values {
                    let other = format!("{column} <> {}", self.param(value.as_str()));
                    self.and(&other);
                }
                Ok(())
            }
            Compare::Contains => self.any(values, |text, value| {
                let pattern = format!("%{}%", escaped(&base::normalized(value)));
                Ok(format!("{column} LIKE {} ESCAPE '!'", text.param(pattern)))
            }),
            Compare::Missing => self.any(values, |_, value| match value {
                "true" => Ok(format!("{column} IS NULL")),
                "false" => Ok(format!("{column} IS NOT NULL")),
                _ => Err(Error::invalid(filter.name, "must be true or false")),
            }),
            Compare::Range => self.any(values, |text, value| {
                let ends = range(value).ok_or_else(|| Error::invalid(filter.name, "is no range"))?;
                Ok(text.between(column, ends))
            }),
            Compare::Found(searched) => {
                let sought = values.iter().map(|value| Sought::new(searched, value));
                // Where one is of signs that no text is stored with, every row has it.
                let sought: Option<Vec<_>> = sought.collect();
                self.sought.extend(sought.filter(|sought| !sought.is_empty()));
                Ok(())
            }
        }
    }

    /// Rows must meet what is said of one of the values, if there are any.
    fn any(
        &mut self,
        values: &[String],
        mut condition: impl FnMut(&mut Self, &str) -> Result<String>,
    ) -> Result<()> {
        let each: Vec<_> = values.iter().map(|value| condition(self, value)).collect::<Result<_>>()?;
        if !each.is_empty() {
            self.and(&format!("({})", each.join(" OR ")));
        }
        Ok(())
    }

    /// Narrows to what is searched for.
    fn search(&mut self, tx: &mut Tx<'_>, list: &List, sort: Option<&Sort>) -> Result<()> {
        let sought = std::mem::take(&mut self.sought);
        if let ([values], Some(sort)) = (&sought[..], sort)
            && let [only] = &values[..]
            && InTexts::tells(&[&self.sql, sort.column])
        {
            self.alternatives = only.in_texts(tx.engine(), self);
            return Ok(());
        }
        for values in sought {
            let mut alternatives = Vec::new();
            for one in &values {
                alternatives.extend(one.alternatives(tx, list.alias, self)?);
            }
            match (&alternatives[..], &values[..]) {
                ([], _) => self.and(NONE),
                (_, [_]) => self.either(&alternatives),
                _ => self.either(&[Alternative::any_of(&alternatives)]),
            }
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

    /// Runs a statement with those of the values that it names: PostgreSQL wants to know what the others are for.
    pub(super) fn query(
        &self,
        tx: &mut Tx<'_>,
        name: &str,
        sql: &str,
        each: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let (mut named, mut numbered) = (Vec::new(), String::with_capacity(sql.len()));
        let mut pieces = sql.split('$');
        numbered.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
            let (number, rest) = piece.split_at(digits);
            let place = named.iter().position(|known| *known == number).unwrap_or_else(|| {
                named.push(number);
                named.len() - 1
            });
            numbered.push('$');
            numbered.push_str(&(place + 1).to_string());
            numbered.push_str(rest);
        }
        let value = |number: &&str| self.params.get(number.parse::<usize>().ok()?.checked_sub(1)?).cloned();
        let params = named.iter().map(value).collect::<Option<Vec<_>>>();
        let params = params.ok_or_else(|| Error::Internal(format!("{name} names values that it lacks")))?;
        tx.query_text(name, &numbered, &params, each)
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

/// How many of the rows that were looked at meet a further condition.
fn matching(walked: &str) -> &'static str {
    if walked == ALL { "count(*)" } else { "coalesce(sum(matching), 0)" }
}

/// The `SELECT`s of arms put together, each with the values for which it is run again.
fn joined<'a>(arms: impl Iterator<Item = (String, Option<&'a str>)>) -> String {
    let whole = |(arm, each): (String, Option<&str>)| match each {
        None => format!("SELECT * FROM ({arm}) AS arm"),
        Some(each) => format!("SELECT arm.* FROM {each} CROSS JOIN LATERAL ({arm}) AS arm"),
    };
    arms.map(whole).collect::<Vec<_>>().join(" UNION ALL ")
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
