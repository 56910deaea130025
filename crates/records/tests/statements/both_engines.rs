use std::collections::BTreeMap;

use database::{Statement, Value, list::List, params};
use testkit::{Postgres, Sqlite, TestApp};

use crate::{
    filled::{filled, scope},
    listed::Listed,
    lists,
    narrowing::narrowed,
    order::in_order,
};

static NUMBERS: Statement = Statement::tenant(
    "test.numbers",
    "SELECT id, part_number FROM part WHERE organization_id IN ($1, '000000000000000000000000')",
);

/// Lists of rows that name ids which are drawn within units: another engine runs others besides, and draws others.
const OF_DRAWN_IDS: &[&str] = &[
    "audit.list",
    "catalogue_import.list",
    "image.list",
    "project_user.list",
    "project_user.unconfirmed",
    "user.list",
    "webhook.list",
    "webhook_delivery.list",
];

/// Filters whose values are such ids.
const BY_DRAWN_IDS: &[&str] = &["createdBy", "role", "customer"];

/// Their ids are drawn too, but their numbers are given.
fn is_of_parts(list: &List) -> bool {
    list.name.starts_with("part.")
}

/// The numbers of parts, by id.
async fn numbers(app: &TestApp) -> BTreeMap<String, String> {
    let read = |tx: &mut database::Tx<'_>| {
        tx.fetch_all(&NUMBERS, params![], |row| Ok((row.get("id")?, row.get("part_number")?)))
    };
    app.database.read(scope(app).await, read).await.unwrap().into_iter().collect()
}

/// Parts by their numbers, in the order of a sort. Where they are the same by
/// that, their drawn ids decide, and here their numbers.
fn by_number(rows: &[Listed], numbers: &BTreeMap<String, String>) -> Vec<(Value, String)> {
    let mut rows: Vec<_> = rows.iter().map(|(id, value)| (value.clone(), numbers[id].clone())).collect();
    for same in rows.chunk_by_mut(|one, other| one.0 == other.0) {
        same.sort_by(|one, other| one.1.cmp(&other.1));
    }
    rows
}

/// The numbers of the parts that each value of a filter leaves, in their
/// order. Some filters take drawn ids, so which value is the first is drawn too.
fn found(answers: &[Vec<Listed>], numbers: &BTreeMap<String, String>) -> Vec<Vec<String>> {
    let number = |(id, _): &Listed| numbers[id].clone();
    let mut found: Vec<Vec<_>> = answers.iter().map(|rows| rows.iter().map(number).collect()).collect();
    found.sort();
    found
}

#[tokio::test]
async fn every_sort_and_filter_answers_the_same_rows_in_the_same_order_on_both_engines() {
    let apps = [filled(Sqlite).await, filled(Postgres).await];
    let numbers = [numbers(&apps[0]).await, numbers(&apps[1]).await];
    for list in lists() {
        for sort in list.sorts {
            for down in [false, true] {
                let sqlite = in_order(&apps[0], list, sort, down).await;
                let postgres = in_order(&apps[1], list, sort, down).await;
                assert_eq!(sqlite.len(), postgres.len(), "{}", list.name);
                if is_of_parts(list) {
                    let [sqlite, postgres] =
                        [by_number(&sqlite, &numbers[0]), by_number(&postgres, &numbers[1])];
                    assert_eq!(sqlite, postgres, "{} by {} down: {down}", list.name, sort.name);
                    continue;
                }
                assert!(sqlite == postgres || OF_DRAWN_IDS.contains(&list.name), "{}", list.name);
            }
        }
        for filter in list.filters {
            let sqlite = narrowed(&apps[0], list, filter).await;
            let postgres = narrowed(&apps[1], list, filter).await;
            if is_of_parts(list) {
                let [sqlite, postgres] = [found(&sqlite, &numbers[0]), found(&postgres, &numbers[1])];
                assert_eq!(sqlite, postgres, "{} with {}", list.name, filter.name);
                continue;
            }
            let is_drawn = OF_DRAWN_IDS.contains(&list.name) || BY_DRAWN_IDS.contains(&filter.name);
            assert!(sqlite == postgres || is_drawn, "{} with {}", list.name, filter.name);
        }
    }
}
