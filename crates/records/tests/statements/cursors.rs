use database::{
    Statement, Tx,
    list::{ListQuery, Sort},
    params,
};
use rstest::rstest;
use testkit::{Engine, Postgres, Sqlite};

use crate::{
    filled::{filled, scope},
    listed::{all, page, sorted_by},
};

#[rstest]
#[tokio::test]
async fn a_cursor_goes_on_where_it_was_given_while_rows_come_and_go(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    static FORGET: Statement = Statement::tenant(
        "test.forget",
        "UPDATE api_key SET deleted = 1 WHERE organization_id = $1 AND id = $2",
    );
    let app = filled(engine).await;
    let list = records::lists().next().unwrap();
    let query = ListQuery { limit: 4, ..sorted_by(&list.sorts[0], false) };
    let whole = all(&app, list, query.clone(), "id").await;
    let first = page(&app, list, query.clone(), "id").await.unwrap();
    let gone = first.items[3].0.clone();
    let forget = move |tx: &mut Tx<'_>| tx.execute_one(&FORGET, params![gone.as_str()]);
    app.database.write(scope(&app).await, forget).await.unwrap();
    let second = page(&app, list, ListQuery { cursor: first.cursor, ..query }, "id").await.unwrap();
    assert_eq!(second.items, whole[4..8]);
}

#[rstest]
#[tokio::test]
async fn a_cursor_of_another_order_or_made_up_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = filled(engine).await;
    let list = records::lists().next().unwrap();
    let by = |name: &str| list.sorts.iter().find(|sort| sort.name == name).unwrap();
    let start =
        |sort: &Sort, cursor: Option<String>| ListQuery { limit: 2, cursor, ..sorted_by(sort, false) };
    let of_number = page(&app, list, start(by("created"), None), "id").await.unwrap().cursor;
    let of_text = page(&app, list, start(by("name"), None), "id").await.unwrap().cursor;
    let long = Some("ab".repeat(5000));
    let hex = |text: &str| Some(base::hex::encode(text.as_bytes()));
    for (sort, cursor) in [
        ("name", of_number),
        ("created", of_text),
        ("created", Some("zz".to_owned())),
        ("created", Some(String::new())),
        ("created", long),
        ("created", hex("[1.5,\"a\"]")),
        ("created", hex("[99999999999999999999,\"a\"]")),
        ("created", hex("[null,\"a\"]")),
        ("name", hex("[\"a\\u0000\",\"a\"]")),
        ("name", hex("[\"a\",\"a\\u0000\"]")),
        ("name", hex("{}")),
    ] {
        let refused = page(&app, list, start(by(sort), cursor.clone()), "id").await;
        assert!(matches!(&refused, Err(base::Error::Invalid(_))), "{sort} {cursor:?}: {refused:?}");
    }
}
