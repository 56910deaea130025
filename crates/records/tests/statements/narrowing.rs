use std::collections::BTreeSet;

use database::{
    Value,
    list::{Compare, Filter, List, ListQuery},
};
use testkit::TestApp;

use crate::listed::{Listed, all};

/// How a filter compares, whether few rows meet it or many.
fn compare(filter: &Filter) -> Compare {
    match filter.compare {
        Compare::OfFew(compare) => *compare,
        compare => compare,
    }
}

/// The values to try a filter with: what rows hold, and what none does.
fn samples(filter: &Filter, rows: &[Listed]) -> Vec<Vec<String>> {
    if compare(filter) == Compare::Missing {
        return [vec!["true"], vec!["false"], vec!["true", "false"]]
            .map(|values| values.into_iter().map(ToOwned::to_owned).collect())
            .into();
    }
    let held = rows.iter().filter(|(_, value)| *value != Value::Null);
    let texts: BTreeSet<String> = held.map(|(_, value)| words(value)).collect();
    let held: BTreeSet<&str> = texts.iter().map(String::as_str).collect();
    let whole = held.iter().map(|text| vec![(*text).to_owned()]);
    // Every pair of a few, so that it does not matter in which order drawn ids come.
    let few: Vec<&str> = held.iter().copied().take(4).collect();
    let pairs = few
        .iter()
        .enumerate()
        .flat_map(|(n, one)| few[n + 1..].iter().map(|other| vec![(*one).to_owned(), (*other).to_owned()]));
    let mut samples: Vec<Vec<String>> = whole.chain(pairs).collect();
    let first = held.first().unwrap();
    match compare(filter) {
        Compare::Equal => samples.push(vec!["no such value".to_owned()]),
        Compare::NoneOf => samples.push(held.iter().map(|text| (*text).to_owned()).collect()),
        Compare::Found(searched) => {
            let pieces = held.iter().flat_map(|text| pieces(text));
            samples.extend(pieces.map(|piece| vec![piece]));
            let others = ["no such value", "%%%", "___", "\"\"\"", "'or'", "!!!", "x", "-"];
            samples.extend(others.map(|other| vec![other.to_owned()]));
            assert!(!searched.sources.is_empty());
        }
        Compare::Contains => {
            let parts = ["no such value", "a", "LPH", "%", "_", "!", "\\", "É", " ", "'", "ß"];
            samples.extend(parts.map(|part| vec![part.to_owned()]));
        }
        Compare::Missing | Compare::OfFew(_) => {}
        Compare::Range => {
            let last = held.last().unwrap();
            let ranges =
                [format!("{first}.."), format!("..{last}"), format!("{first}..{last}"), "..".to_owned()];
            samples.extend(ranges.map(|range| vec![range]));
            samples.extend(["..1", "9000000000000000.."].map(|range| vec![range.to_owned()]));
        }
    }
    samples
}

/// Parts of a text: what it is found by, and what it is not.
fn pieces(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let piece =
        |from: usize, to: usize| letters.get(from..to.min(letters.len())).map(|piece| piece.iter().collect());
    [piece(0, 1), piece(0, 2), piece(1, 3), piece(1, 4), piece(2, letters.len())]
        .into_iter()
        .flatten()
        .collect()
}

/// A value as a filter is given it.
fn words(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        other => panic!("a list is narrowed by {other:?}"),
    }
}

fn passes(filter: &Filter, values: &[String], held: &Value) -> bool {
    if compare(filter) == Compare::Missing {
        return values.iter().any(|value| *value == (*held == Value::Null).to_string());
    }
    if let Compare::Found(searched) = compare(filter)
        && values.iter().any(|value| (searched.fold)(value).is_empty())
    {
        return true;
    }
    if *held == Value::Null {
        return false;
    }
    let text = words(held);
    if compare(filter) == Compare::NoneOf {
        return values.iter().all(|value| *value != text);
    }
    values.iter().any(|value| match compare(filter) {
        Compare::Missing | Compare::NoneOf | Compare::OfFew(_) => false,
        Compare::Found(searched) => {
            let folded = (searched.fold)(value);
            if folded.chars().count() < 3 { text.starts_with(&folded) } else { text.contains(&folded) }
        }
        Compare::Equal => text == *value,
        Compare::Contains => text.contains(&base::normalized(value)),
        Compare::Range => is_within(value, text.parse().unwrap()),
    })
}

fn is_within(range: &str, number: i64) -> bool {
    let Some((from, below)) = range.split_once("..") else { return range.parse() == Ok(number) };
    let end = |text: &str, open: i64| if text.is_empty() { open } else { text.parse().unwrap() };
    (end(from, i64::MIN)..=end(below, i64::MAX).saturating_sub(1)).contains(&number)
}

/// The rows that each value of a filter leaves.
pub(crate) async fn narrowed(
    app: &TestApp,
    list: &'static List,
    filter: &'static Filter,
) -> Vec<Vec<Listed>> {
    let rows = all(app, list, ListQuery::default(), filter.column).await;
    let mut answers = Vec::new();
    for values in samples(filter, &rows) {
        let expected: Vec<_> = rows.iter().filter(|row| passes(filter, &values, &row.1)).cloned().collect();
        let query =
            ListQuery { filters: vec![(filter.name.to_owned(), values.clone())], ..ListQuery::default() };
        let found = all(app, list, query, filter.column).await;
        assert_eq!(found, expected, "{} with {} {values:?}", list.name, filter.name);
        answers.push(found);
    }
    assert!(answers.iter().any(|found| !found.is_empty()));
    assert!(filter.compare == Compare::Missing || answers.iter().any(Vec::is_empty));
    answers
}
