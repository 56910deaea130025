//! Replays the queries of lists that fuzzing has collected.

use std::{fs, path::Path};

use rstest::rstest;
use testkit::{Engine, Postgres, Sqlite, TestApp, list_query};

#[rstest]
#[tokio::test]
async fn a_query_of_a_list_is_answered_or_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/list_query");
    let mut count = 0;
    for entry in fs::read_dir(corpus).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        list_query(&shop, &fs::read(path).unwrap()).await;
        count += 1;
    }
    assert!(count >= 10, "only {count} inputs");
}
