//! Replays the queries of lists that fuzzing has collected.

#[path = "../../../../fuzz/corpus.rs"]
mod corpus;

use corpus::inputs;
use rstest::rstest;
use testkit::{Engine, Postgres, Sqlite, TestApp, list_query};

#[rstest]
#[tokio::test]
async fn a_query_of_a_list_is_answered_or_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for input in inputs("list_query") {
        list_query(&shop, &input).await;
    }
}
