//! The examples of the documentation, posted verbatim.

use std::{collections::BTreeMap, fs};

use rstest::rstest;
use serde_json::Value as Json;
use testkit::{Engine, Postgres, Sqlite, TestApp};

use crate::{contract, request::Request};

/// Every example, by `METHOD path`.
fn examples() -> BTreeMap<String, Json> {
    let text = fs::read_to_string("../../contract/examples.json").unwrap();
    let mut examples: BTreeMap<String, Json> = serde_json::from_str(&text).unwrap();
    examples.remove("note").expect("the examples say what they are");
    examples
}

#[test]
fn an_example_is_of_an_operation_that_is_served_or_not_yet() {
    for operation in examples().keys() {
        let (served, pending) = (contract::is_served(operation), contract::is_not_yet_served(operation));
        assert!(served != pending, "{operation}: served {served}, not yet served {pending}");
    }
}

#[rstest]
#[tokio::test]
async fn every_documented_example_is_accepted_as_it_stands(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let mut accepted = 0;
    for (operation, body) in examples() {
        if !contract::is_served(&operation) {
            continue;
        }
        let (method, path) = operation.split_once(' ').unwrap();
        let request = Request::new(&shop, method, path, Some(body)).await;
        let answer = request.call(&app).credential(&shop.admin.text).send().await;
        let words = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert!(matches!(answer.status, 200 | 201), "{operation} answered {}: {words}", answer.status);
        assert_eq!(answer.header("swage-ignored-fields"), "", "{operation}");
        accepted += 1;
    }
    assert!(accepted >= 3);
}
