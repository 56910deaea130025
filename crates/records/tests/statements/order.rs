use database::{
    Value,
    list::{List, ListQuery, Sort},
};
use testkit::TestApp;

use crate::listed::{Listed, all, page, sorted_by};

fn key(row: &Listed) -> (Option<i64>, Option<&str>, &str) {
    match &row.1 {
        Value::Integer(number) => (Some(*number), None, &row.0),
        Value::Text(text) => (None, Some(text), &row.0),
        other => panic!("a list is sorted by {other:?}"),
    }
}

/// Every row of a list in this order, read page by page and by the cursor.
pub(crate) async fn in_order(
    app: &TestApp,
    list: &'static List,
    sort: &'static Sort,
    down: bool,
) -> Vec<Listed> {
    let whole = all(app, list, sorted_by(sort, down), sort.column).await;
    assert!(whole.len() > 7, "{} has too few rows: `filled` makes them", list.name);
    let mut expected = whole.clone();
    expected.sort_by(|one, other| key(one).cmp(&key(other)));
    if down {
        expected.reverse();
    }
    assert_eq!(whole, expected, "{} by {} down: {down}", list.name, sort.name);
    assert!(whole.iter().all(|row| matches!(row.1, Value::Text(_)) == sort.text), "{}", sort.name);

    let base = ListQuery { limit: 3, ..sorted_by(sort, down) };
    let mut by_page = Vec::new();
    let mut number = 1;
    loop {
        let query = ListQuery { page: number, ..base.clone() };
        let page = page(app, list, query, sort.column).await.unwrap();
        assert_eq!((page.page, page.limit, page.total), (number, 3, whole.len() as u64));
        let is_last = page.cursor.is_none();
        by_page.extend(page.items);
        if is_last {
            break;
        }
        number += 1;
    }
    assert_eq!(by_page, whole, "{} by pages", list.name);

    let mut by_cursor = Vec::new();
    let mut cursor = None;
    loop {
        let query = ListQuery { cursor: cursor.clone(), ..base.clone() };
        let page = page(app, list, query, sort.column).await.unwrap();
        assert_eq!(page.total, whole.len() as u64, "a cursor does not change the total");
        by_cursor.extend(page.items);
        assert!(by_cursor.len() <= whole.len(), "a cursor leads back");
        match page.cursor {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(by_cursor, whole, "{} by cursors", list.name);
    whole
}
