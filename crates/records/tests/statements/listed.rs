use base::Result;
use database::{
    Database, Row, Value,
    list::{List, ListQuery, Sort},
};
use testkit::TestApp;

use crate::filled::scope;

/// A row of a list: its id, and what a test wants to know of it.
pub(crate) type Listed = (String, Value);

/// What a column is called among those that a list answers.
pub(crate) fn bare(column: &str) -> &str {
    column.rsplit('.').next().unwrap()
}

pub(crate) async fn page(
    app: &TestApp,
    list: &'static List,
    query: ListQuery,
    column: &'static str,
) -> Result<base::Page<Listed>> {
    let columns = format!("{}, {column} AS listed_value", list.columns).leak();
    let list_with_it = List { columns, ..*list };
    let read = |row: &Row<'_>| Ok((row.get("id")?, row.get("listed_value")?));
    database_of(app, list).read(scope(app).await, move |tx| list_with_it.fetch(tx, &query, read)).await
}

pub(crate) async fn all(
    app: &TestApp,
    list: &'static List,
    query: ListQuery,
    column: &'static str,
) -> Vec<Listed> {
    let query = ListQuery { limit: 1000, ..query };
    let page = page(app, list, query, column).await.unwrap();
    assert_eq!((page.total, page.cursor), (page.items.len() as u64, None), "{}", list.name);
    page.items
}

pub(crate) fn sorted_by(sort: &Sort, down: bool) -> ListQuery {
    ListQuery { sort: Some((sort.name.to_owned(), down)), ..ListQuery::default() }
}

/// The database that a list is read from.
fn database_of<'a>(app: &'a TestApp, list: &List) -> &'a Database {
    let is_history = records::history_lists().any(|other| other.name == list.name);
    if is_history { app.history.database() } else { &app.database }
}
