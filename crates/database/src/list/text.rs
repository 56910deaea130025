use std::fmt::Write;

use base::{Error, Result};

use super::{
    Compare, Condition, Filter, List, ListQuery, MOST_TRIED, MOST_WALKED, Reached, SHARED_CATALOGUE, Sort,
    alternative::{ALL, Alternative},
    cursor::read_cursor,
    few::Choice,
    one_of,
    sought::{NUMBER, OWN, Sought},
    texts::{InTexts, TYPE, is_of_type},
};
use crate::{Engine, Row, Tx, Value};

/// The conditions after `WHERE`, and the values they compare with.
pub(super) struct Text {
    /// Whose rows: the parameters of the organizations.
    pub(super) owners: Vec<String>,
    /// What an index may serve.
    pub(super) sql: String,
    /// What only narrows, row by row.
    pub(super) narrowed: String,
    /// How many rows that may not be meant are looked at to count those that are.
    pub(super) most_walked: u64,
    /// Of these each row meets one; where there are none, there are no rows.
    pub(super) alternatives: Vec<Alternative>,
    /// What is searched for.
    sought: Vec<Vec<Sought>>,
    /// The types that parts may be of; none for what is no part.
    pub(super) types: Option<Vec<&'static str>>,
    pub(super) params: Vec<Value>,
}

impl Text {
    fn empty() -> Self {
        Self {
            owners: Vec::new(),
            sql: String::new(),
            narrowed: String::new(),
            most_walked: MOST_WALKED,
            alternatives: vec![Alternative::looked_up(ALL.to_owned())],
            sought: Vec::new(),
            types: None,
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
        let types = Some(list.types.to_vec()).filter(|types| !types.is_empty());
        let mut text = Self { types, ..Self::empty() };
        let own = text.param(tx.organization()?);
        text.owners.push(own);
        if list.shared_too && tx.organization()? != SHARED_CATALOGUE {
            let shared = text.param(SHARED_CATALOGUE);
            text.owners.push(shared);
        }
        if !list.condition.is_empty() {
            text.and(list.condition);
        }
        let (mut shared, mut of_few) = (None, Vec::new());
        for (name, values) in &query.filters {
            let filter = list.filters.iter().find(|filter| filter.name.eq_ignore_ascii_case(name));
            // A name that is no filter here is another's business, or the caller's mistake, which the door tells.
            if let Some(filter) = filter {
                let condition = text.filter(filter, values)?;
                match filter.compare {
                    _ if filter.index.is_empty() => text.narrowed.push_str(&condition),
                    Compare::OfFew(_) if !condition.is_empty() => of_few.push(format!("{ALL}{condition}")),
                    Compare::Contains if shared.is_none() && !condition.is_empty() => {
                        shared = Some((filter.column, condition));
                    }
                    Compare::Contains => text.narrowed.push_str(&condition),
                    _ => text.sql.push_str(&condition),
                }
            }
        }
        let mut choices = Vec::new();
        for condition in &query.conditions {
            let met = text.condition(condition);
            match &condition.reached {
                Reached::ByIndex => text.and(&met),
                Reached::ByWalking => text.narrow(&met, MOST_TRIED),
                Reached::WhereFew(found) => {
                    let found = text.with_values(found, &condition.values);
                    if sort.is_some() {
                        choices.push(Choice { condition: met, found, tried: MOST_TRIED });
                    } else {
                        // All that are found are counted.
                        text.and(&one_of(tx.engine(), &format!("{}.id", list.alias), &found));
                    }
                }
            }
        }
        choices.extend(of_few.into_iter().map(|condition| text.choice(list, condition)));
        text.alternatives = text.of_each_type(&Alternative::looked_up(ALL.to_owned()));
        if let Some((column, condition)) = shared {
            let is_alone = query.alternatives.is_empty() && text.sought.is_empty();
            let found = if is_alone { text.of_texts(list, tx, column, &condition)? } else { None };
            match found {
                Some(alternatives) => text.alternatives = alternatives,
                None => text.narrowed.push_str(&condition),
            }
        }
        text.choose_few(list, tx, choices)?;
        if !query.alternatives.is_empty() {
            let alternatives = text.alternatives_of(tx.engine(), &query.alternatives);
            text.either(&alternatives);
        }
        text.search(tx, list, sort.filter(|_| query.alternatives.is_empty()))?;
        Ok(text)
    }

    /// The same of each type.
    pub(super) fn of_each_type(&self, one: &Alternative) -> Vec<Alternative> {
        let Some(types) = &self.types else { return vec![one.clone()] };
        let of_type = |of: &&'static str| Alternative::looked_up(is_of_type(of)).of(Some(*of)).and(one);
        types.iter().filter_map(of_type).collect()
    }

    /// The types that are looked up one by one in the texts of a source: an organization's own are few.
    pub(super) fn types_of(&self, source: &str) -> Vec<Option<&'static str>> {
        match &self.types {
            Some(types) if source != OWN => types.iter().copied().map(Some).collect(),
            _ => vec![None],
        }
    }

    /// The condition that parts are of these types.
    pub(super) fn is_of_types(&self) -> String {
        let one_of = |types: &Vec<&str>| format!("{TYPE} IN ('{}')", types.join("', '"));
        self.types.as_ref().map_or_else(|| ALL.to_owned(), one_of)
    }

    fn condition(&mut self, condition: &Condition) -> String {
        format!("({})", self.with_values(&condition.sql, &condition.values))
    }

    /// A text with the values that each `$?` stands for.
    fn with_values(&mut self, text: &str, values: &[Value]) -> String {
        let mut values = values.iter();
        let mut pieces = text.split("$?");
        let mut sql = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let value = values.next().cloned().unwrap_or(Value::Null);
            sql.push_str(&self.param(value));
            sql.push_str(piece);
        }
        sql
    }

    /// A condition, and where rows are found that meet it, of whatever state.
    fn choice(&self, list: &List, condition: String) -> Choice {
        let (from, alias, of) = (list.from, list.alias, self.is_of_types());
        let found = format!(
            "SELECT {alias}.id FROM {from} WHERE {alias}.organization_id = $owner AND {of} AND {condition}"
        );
        Choice { condition, found, tried: MOST_WALKED }
    }

    fn alternatives_of(&mut self, engine: Engine, conditions: &[Condition]) -> Vec<Alternative> {
        let alike = conditions.chunk_by(|one, other| engine == Engine::Postgres && one.sql == other.sql);
        let looked_up = |alike: &[Condition]| match alike {
            [only] => Alternative::looked_up(self.condition(only)),
            _ => self.for_each(alike),
        };
        alike.map(looked_up).collect()
    }

    /// An alternative with the values of each of these conditions, whose text is the same.
    fn for_each(&mut self, conditions: &[Condition]) -> Alternative {
        let sql = conditions.first().map_or(ALL, |one| &one.sql);
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
        let each =
            |former: &Alternative| alternatives.iter().filter_map(|one| former.and(one)).collect::<Vec<_>>();
        self.alternatives = self.alternatives.iter().flat_map(each).collect();
    }

    /// The conditions of a filter, each after an `AND`.
    fn filter(&mut self, filter: &Filter, values: &[String]) -> Result<String> {
        let column = filter.column;
        match filter.compare {
            Compare::OfFew(compare) => self.filter(&Filter { compare: *compare, ..*filter }, values),
            Compare::Equal if column == TYPE => {
                self.keep_types(|one| values.is_empty() || values.iter().any(|value| value == one));
                Ok(String::new())
            }
            Compare::NoneOf if column == TYPE => {
                self.keep_types(|one| values.iter().all(|value| value != one));
                Ok(String::new())
            }
            Compare::Equal => any(values, |value| Ok(format!("{column} = {}", self.param(value)))),
            Compare::NoneOf => {
                let other = |value: &String| format!(" AND {column} <> {}", self.param(value.as_str()));
                Ok(values.iter().map(other).collect())
            }
            Compare::Contains => any(values, |value| {
                let pattern = format!("%{}%", escaped(&base::normalized(value)));
                Ok(format!("{column} LIKE {} ESCAPE '!'", self.param(pattern)))
            }),
            Compare::Missing => any(values, |value| match value {
                "true" => Ok(format!("{column} IS NULL")),
                "false" => Ok(format!("{column} IS NOT NULL")),
                _ => Err(Error::invalid(filter.name, "must be true or false")),
            }),
            Compare::Range => any(values, |value| {
                let ends = range(value).ok_or_else(|| Error::invalid(filter.name, "is no range"))?;
                Ok(self.between(column, ends))
            }),
            Compare::Found(searched) => {
                let sought = values.iter().map(|value| Sought::new(searched, value));
                // Where one is of signs that no text is stored with, every row has it.
                let sought: Option<Vec<_>> = sought.collect();
                self.sought.extend(sought.filter(|sought| !sought.is_empty()));
                Ok(String::new())
            }
        }
    }

    fn keep_types(&mut self, may_be_of: impl Fn(&str) -> bool) {
        self.types.iter_mut().for_each(|types| types.retain(|one| may_be_of(one)));
    }

    /// Narrows to what is searched for.
    fn search(&mut self, tx: &mut Tx<'_>, list: &List, sort: Option<&Sort>) -> Result<()> {
        let sought = std::mem::take(&mut self.sought);
        if let ([values], Some(sort)) = (&sought[..], sort)
            && let [only] = &values[..]
            && InTexts::tells(&[&self.sql, &self.narrowed, sort.column])
        {
            self.alternatives = only.in_texts(tx.engine(), self)?;
            return Ok(());
        }
        for values in sought {
            let mut alternatives = Vec::new();
            for one in &values {
                alternatives.extend(one.alternatives(tx, list.alias, self)?);
            }
            if values.len() > 1 {
                alternatives = self.any_of(&alternatives);
            }
            self.either(&alternatives);
        }
        Ok(())
    }

    /// Rows that may meet several of these, each once.
    fn any_of(&self, alternatives: &[Alternative]) -> Vec<Alternative> {
        let of_type = |of: Option<&'static str>| {
            let may_be = |one: &&Alternative| one.of.is_none() || one.of == of;
            let those: Vec<_> = alternatives.iter().filter(may_be).collect();
            (!those.is_empty()).then(|| Alternative::any_of(&those).of(of))
        };
        self.types_of(NUMBER).into_iter().filter_map(of_type).collect()
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
    /// Where there are no rows, nothing is asked.
    pub(super) fn query(
        &self,
        tx: &mut Tx<'_>,
        name: &str,
        sql: &str,
        each: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        if self.alternatives.is_empty() {
            return Ok(());
        }
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

    pub(super) fn and(&mut self, condition: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
    }

    pub(super) fn param(&mut self, value: impl Into<Value>) -> String {
        self.params.push(value.into());
        format!("${}", self.params.len())
    }
}

/// The condition that what is said of one of the values is met, if there are any.
fn any(values: &[String], mut condition: impl FnMut(&str) -> Result<String>) -> Result<String> {
    let each: Vec<_> = values.iter().map(|value| condition(value)).collect::<Result<_>>()?;
    Ok(if each.is_empty() { String::new() } else { format!(" AND ({})", each.join(" OR ")) })
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
