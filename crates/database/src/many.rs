//! Statements that are run for many rows of parameters at once.

use base::{Error, Result};

use crate::{Engine, Statement, Tenancy, Tx, Value, statement::numbered_for_sqlite};

/// How many rows go into one text. Each makes a text of its own, which is prepared once.
const BATCHES: [usize; 4] = [128, 32, 8, 1];

impl Tx<'_> {
    /// Runs a statement that writes once for each of these rows of parameters,
    /// and must touch one row with each. Its text has one `VALUES (…)`, with
    /// every parameter in it but the organization's, `$1`.
    ///
    /// PostgreSQL is far away. SQLite notes before each statement how every page
    /// was that it touches, and has its index of texts written out.
    pub fn execute_many(
        &mut self,
        statement: &'static Statement,
        rows: &[impl AsRef<[Value]>],
    ) -> Result<()> {
        self.many(statement, statement.for_many(self.engine()), rows)
    }

    /// The same, each row with whether it is known to be new. These are written without what the
    /// statement says of those that are there (`ON CONFLICT …`), for which PostgreSQL looks before each.
    pub fn store_many<'a>(
        &mut self,
        statement: &'static Statement,
        rows: impl Iterator<Item = (&'a [Value], bool)>,
    ) -> Result<()> {
        let (new, others): (Vec<_>, Vec<_>) = rows.partition(|(_, is_new)| *is_new);
        let values =
            |rows: Vec<(&'a [Value], bool)>| rows.into_iter().map(|(row, _)| row).collect::<Vec<_>>();
        self.execute_many(statement, &values(others))?;
        self.many(statement, statement.for_many_new(self.engine()), &values(new))
    }

    fn many(
        &mut self,
        statement: &'static Statement,
        texts: &'static [String],
        rows: &[impl AsRef<[Value]>],
    ) -> Result<()> {
        if statement.tenancy != Tenancy::Tenant {
            return Err(Error::Internal(format!("{} is not on tenant tables", statement.name)));
        }
        let organization = Value::from(self.organization()?);
        let mut rest = rows;
        for (batch, text) in BATCHES.into_iter().zip(texts) {
            while let Some((now, later)) = rest.split_at_checked(batch) {
                let values = now.iter().flat_map(AsRef::as_ref);
                let params: Vec<&Value> = std::iter::once(&organization).chain(values).collect();
                let touched = self.run(statement.name, text, &params)?;
                if usize::try_from(touched) != Ok(batch) {
                    let name = statement.name;
                    return Err(Error::Internal(format!("{name} touched {touched} rows, not {batch}")));
                }
                rest = later;
            }
        }
        if rest.is_empty() {
            return Ok(());
        }
        Err(Error::Internal(format!("{} has no VALUES", statement.name)))
    }
}

/// The text of a statement for each of [`BATCHES`]; none if it has no `VALUES (…)`.
pub(crate) fn texts(text: &str, engine: Engine) -> Vec<String> {
    let texts = BATCHES.into_iter().filter_map(|batch| repeated(text, batch));
    match engine {
        Engine::Sqlite => texts.map(|text| numbered_for_sqlite(&text)).collect(),
        Engine::Postgres => texts.collect(),
    }
}

/// The text with what stands in the brackets after `VALUES` so many times; each
/// time with parameters of its own, but for `$1`.
fn repeated(text: &str, times: usize) -> Option<String> {
    let start = text.find("VALUES (")? + "VALUES ".len();
    let (before, rest) = text.split_at(start);
    let mut depth = 0;
    let end = rest.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    })?;
    let (row, after) = rest.split_at(end + 1);
    let pieces: Vec<(usize, &str)> = row.split('$').skip(1).map(number).collect::<Option<_>>()?;
    let each = pieces.iter().map(|(number, _)| number - 1).max()?;
    let open = row.split('$').next()?;
    let row_of = |n: usize| {
        let renumbered = |(number, words): &(usize, &str)| match number {
            1 => format!("$1{words}"),
            number => format!("${}{words}", number + n * each),
        };
        open.to_owned() + &pieces.iter().map(renumbered).collect::<String>()
    };
    Some(format!("{before}{}{after}", (0..times).map(row_of).collect::<Vec<_>>().join(", ")))
}

/// The number that a text begins with, and what follows.
fn number(text: &str) -> Option<(usize, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, words) = text.split_at(digits);
    Some((number.parse().ok().filter(|number| *number > 0)?, words))
}

#[cfg(test)]
mod tests {
    use super::repeated;

    #[test]
    fn a_row_is_repeated_with_parameters_of_its_own() {
        let text = "INSERT INTO t (o, a, b) VALUES ($1, $2, CAST($3 AS BIGINT)) ON CONFLICT (o) DO NOTHING";
        assert_eq!(repeated(text, 1).as_deref(), Some(text));
        assert_eq!(
            repeated(text, 3).unwrap(),
            "INSERT INTO t (o, a, b) VALUES ($1, $2, CAST($3 AS BIGINT)), ($1, $4, CAST($5 AS BIGINT)), \
             ($1, $6, CAST($7 AS BIGINT)) ON CONFLICT (o) DO NOTHING"
        );
        let text = "UPDATE t SET a = v.column2 FROM (VALUES ($2, $3)) AS v WHERE o = $1 AND b = v.column1";
        assert_eq!(
            repeated(text, 2).unwrap(),
            "UPDATE t SET a = v.column2 FROM (VALUES ($2, $3), ($4, $5)) AS v WHERE o = $1 AND b = v.column1"
        );
        assert_eq!(repeated("SELECT $1", 2), None);
    }
}
