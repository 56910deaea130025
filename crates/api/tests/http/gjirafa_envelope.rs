//! The envelope: every answer of the Gjirafa dialect stands in it, failures too.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Document, Engine, Postgres, Sqlite, TestApp};

use crate::request::Request;

/// The operations of the dialect: method, path, and what the document says of them.
fn operations() -> Vec<(String, String, &'static Json)> {
    let all = Document::get().operations().into_iter();
    all.filter(|(_, _, operation)| operation["x-swage-envelope"] == true).collect()
}

/// Fails unless this is a failure in the envelope; answers what it says.
fn failed(answer: &Answer, status: u16) -> Vec<&str> {
    assert_eq!(answer.status, status, "{}", answer.json);
    Document::get().check_schema("a failure", "GjirafaFailure", &answer.json);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.json["success"], false);
    assert_eq!(answer.json["statusCode"], status);
    assert_eq!((&answer.json["result"], &answer.json["messages"]), (&Json::Null, &json!([])));
    answer.json["errors"].as_array().unwrap().iter().map(|words| words.as_str().unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn every_operation_succeeds_in_the_envelope(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for (method, path, operation) in operations() {
        let request = Request::of_document(&shop, &method, &path, operation).await;
        let answer = request.call(&app).credential(&shop.admin.text).shows_secret().expect(200).await;
        assert_eq!(answer.json["success"], true, "{method} {path}");
        assert_eq!(
            (&answer.json["errors"], &answer.json["statusCode"]),
            (&json!([]), &json!(200)),
            "{method} {path}"
        );
        assert!(!answer.json["result"].is_null(), "{method} {path}");
        let says = answer.json["messages"].as_array().unwrap().len();
        let is_write = operation["x-swage-access"] == "write";
        assert_eq!(says, usize::from(is_write), "{method} {path}");
    }
}

#[rstest]
#[tokio::test]
async fn every_operation_fails_in_the_envelope(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let limited = shop.key_with(json!({ "rateLimit": { "requests": 1, "seconds": 60 } })).await;
    app.lets_in(&limited.text).await;
    for (method, path, operation) in operations() {
        let request = Request::of_document(&shop, &method, &path, operation).await;
        // As whatever it may accept.
        let call = || request.call(&app).header("accept", "application/problem+json");
        let refused = call().send().await;
        failed(&refused, 401);
        assert!(!refused.header("www-authenticate").is_empty());
        let over = call().credential(&limited.text).send().await;
        failed(&over, 429);
        assert!(!over.header("retry-after").is_empty());
        if !operation["x-swage-permission"].is_null() {
            let key = shop.key_with(json!({ "scopes": "brand:read" })).await;
            let words = call().credential(&key.text).send().await;
            assert!(failed(&words, 403)[0].contains("needs the permission"));
        }
        if path.contains('{') {
            let filled: Vec<_> =
                path.split('/').map(|part| if part.starts_with('{') { "nothing" } else { part }).collect();
            let call = app
                .call(&method, filled.join("/") + "?projectId=1&id=1&email=a@b.example")
                .credential(&shop.admin.text);
            let call =
                if operation["requestBody"].is_null() { call } else { call.json(&request.bare_body()) };
            failed(&call.send().await, 404);
        }
        if !operation["requestBody"].is_null() {
            let call = || request.call_without_body(&app).credential(&shop.admin.text);
            assert!(failed(&call().json(&json!([])).send().await, 400)[0].starts_with("the input "));
            failed(&call().body("text/plain", "x").send().await, 400);
            failed(&call().body("application/json", "x".repeat(3_000_000)).send().await, 400);
        }
    }
}

#[rstest]
#[tokio::test]
async fn an_address_or_method_that_is_not_there_fails_in_the_form_of_its_neighbours(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    for (method, path) in [
        ("PATCH", "/api/projects/1"),
        ("DELETE", "/api/projects/1"),
        ("DELETE", "/api/organizations/1/api-keys"),
        ("PUT", "/organizations/1/projects"),
        ("GET", "/api/projects"),
        ("GET", "/api/projects/1/nothing"),
        ("GET", "/api/projects//api-keys"),
        ("GET", "/API/Organizations/1"),
        ("GET", "/organizations"),
        ("GET", "/api/accounts/x"),
        ("GET", "/api/v2/organizations/x/users"),
        ("GET", "/api/v1/projects/x/y"),
    ] {
        failed(&app.call(method, path).send().await, 404);
    }
    for (method, path, status) in [
        ("GET", "/api/v1/organization/nothing", 404),
        ("DELETE", "/api/v1/organization/apikeys", 405),
        ("GET", "/nothing", 404),
    ] {
        let answer = app.call(method, path).send().await;
        assert_eq!((answer.status, answer.json["status"].as_u64()), (status, Some(u64::from(status))));
    }
}

#[rstest]
#[tokio::test]
async fn a_method_or_an_address_beside_those_that_are_served_is_not_there(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let operations = operations();
    let templates: BTreeSet<_> = operations.iter().map(|(_, path, _)| path.as_str()).collect();
    assert!(templates.len() >= 27);
    for template in templates {
        let path = template.replace(['{', '}'], "");
        let is_served = |method: &str| {
            operations.iter().any(|(known, served, _)| known == method && matches(served, &path))
        };
        for method in ["GET", "PUT", "POST", "DELETE", "PATCH"] {
            let call = |path: &str| app.call(method, path).credential(&shop.admin.text);
            if !is_served(method) {
                failed(&call(&path).send().await, 404);
            }
            failed(&call(&format!("{path}/no/thing")).send().await, 404);
        }
    }
}

/// Whether the path is one of the template's.
fn matches(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(one, other)| one.starts_with('{') || one == other)
}

#[rstest]
#[tokio::test]
async fn only_a_version_that_is_known_is_accepted(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let get = |query: &str| app.get(format!("/api/projects/1{query}")).credential(&shop.admin.text);
    for version in ["1", "1.0", "v1", "V1.0"] {
        get(&format!("?api-version={version}")).expect(200).await;
        get("").header("api-version", version).expect(200).await;
    }
    for version in ["", "2", "1.1", "v2", "latest"] {
        let answer = get(&format!("?api-version={version}")).send().await;
        assert_eq!(failed(&answer, 400), ["api-version must be one of 1, 1.0, v1, v1.0"]);
        failed(&get("").header("api-version", version).send().await, 400);
    }
    // The other dialect knows no such thing.
    let there = app.get("/api/v1/organization/apikeys?api-version=2").credential(&shop.admin.text);
    there.expect(200).await;
}
