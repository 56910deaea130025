use std::collections::BTreeMap;

use database::{Database, Scope, Statement, Tx, params};
use rstest::rstest;
use testkit::{Engine, Postgres, Sqlite, Store};

use crate::{history_of, listed::bare, lists, open};

/// Columns of parts that are always compared with one value.
const ALWAYS_GIVEN: &[&str] = &["item_type", "status"];
/// The index of substrings, which is of another kind.
const SUBSTRINGS: &str = "part_search";

/// Every index: its table and its columns in order.
async fn indexes(database: &Database) -> BTreeMap<String, Vec<String>> {
    static INDEXES: Statement = Statement::shared(
        "test.indexes",
        "SELECT schema.name AS index_name, info.name AS column_name
         FROM sqlite_schema AS schema, pragma_index_info(schema.name) AS info
         WHERE schema.type = 'index' ORDER BY schema.name, info.seqno",
    )
    .on_postgres(
        "SELECT relname::text AS index_name, attname::text AS column_name
         FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid,
              unnest(indkey::int2[]) WITH ORDINALITY AS part (attnum, place), pg_attribute
         WHERE relnamespace = current_schema()::regnamespace
           AND pg_attribute.attrelid = indrelid AND pg_attribute.attnum = part.attnum
         ORDER BY index_name, place",
    );
    let read = |tx: &mut Tx<'_>| {
        let mut indexes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        tx.for_each(&INDEXES, params![], |row| {
            indexes.entry(row.get("index_name")?).or_default().push(row.get("column_name")?);
            Ok(())
        })?;
        Ok(indexes)
    };
    database.read(Scope::System, read).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn the_index_of_a_sort_or_filter_begins_with_the_organization_and_its_column(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let store = Store::new(engine);
    let database = open(&store);
    let mut all = indexes(&database).await;
    all.extend(indexes(&history_of(&store, &database)).await);
    for list in lists() {
        let sorts = list.sorts.iter().map(|sort| (sort.name, sort.column, sort.index, Some("id")));
        let filters = list.filters.iter().map(|filter| (filter.name, filter.column, filter.index, None));
        for (name, column, index, then) in
            sorts.chain(filters).filter(|(_, _, index, _)| !index.is_empty() && *index != SUBSTRINGS)
        {
            let place = format!("{}, {name}: {index}", list.name);
            let columns = all.get(index).unwrap_or_else(|| panic!("{place} does not exist"));
            let mut columns = columns.iter().map(String::as_str);
            assert_eq!(columns.next(), Some("organization_id"), "{place}");
            // Parts are always listed by their type and by where they stand.
            let mut columns =
                columns.skip_while(|given| ALWAYS_GIVEN.contains(given) && *given != bare(column));
            assert_eq!(columns.next(), Some(bare(column)), "{place}");
            // A page ends at a row, and so does the index.
            assert!(then.is_none_or(|then| columns.next() == Some(then)), "{place}");
        }
        for sort in list.sorts {
            assert!(!sort.index.is_empty(), "{} is sorted by {} without an index", list.name, sort.name);
        }
    }
}
