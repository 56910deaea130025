//! A body of another type than JSON, or larger than is taken.

use std::{convert::Infallible, fs};

use axum::body::{Body, Bytes};
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, Postgres, Sqlite, TestApp};

use super::{Operation, on_every_operation};

#[rstest]
#[tokio::test]
async fn a_body_must_be_json_by_its_type(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        for kind in [
            "text/plain",
            "text/json",
            "multipart/form-data; boundary=x",
            "application/xml",
            "application/jsonp",
            "é",
        ] {
            let call = operation.call().body(kind, operation.good.to_string());
            let answer = call.expect(operation.status(415)).await;
            assert_eq!(answer.words(), "The body must be application/json.", "{kind}");
        }
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn every_way_to_call_a_body_json_is_taken(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for kind in ["application/json", "Application/JSON;charset=utf-8", "application/merge-patch+json"] {
        for operation in Operation::all(&app, &shop).await {
            let call = operation.call().body(kind, operation.good.to_string()).shows_secret();
            let status = call.send().await.status;
            assert!(matches!(status, 200 | 201), "{kind} {} {status}", operation.path());
        }
    }
}

/// A body of so many pieces of 64 KiB, none of which is there before it is read.
fn stream(pieces: usize) -> Body {
    let piece = Bytes::from(vec![b' '; 64 * 1024]);
    let pieces = (0..pieces).map(move |_| Ok::<_, Infallible>(piece.clone()));
    Body::from_stream(futures_util::stream::iter(pieces))
}

/// The most memory this process has had, in bytes.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

#[rstest]
#[tokio::test]
async fn a_body_of_a_hundred_megabytes_takes_no_memory(#[values(Sqlite, Postgres)] engine: Engine) {
    on_every_operation(engine, async |operation| {
        // Once as large as it may be, so that what that takes is not counted.
        operation.call().body("application/json", stream(32)).expect(400).await;
        let peak = peak_memory();
        let answer =
            operation.call().body("application/json", stream(1600)).expect(operation.status(413)).await;
        assert!(answer.words().contains("2097152 bytes"));
        let grown = peak_memory() - peak;
        assert!(grown < 8 * 1024 * 1024, "{} took {grown} bytes", operation.path());
    })
    .await;
}

#[rstest]
#[tokio::test]
async fn a_body_may_be_as_large_as_is_said(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start_with(engine, |settings| settings.body_limit = 1000).await;
    let shop = app.organization("Shop").await;
    let good = json!({ "name": "K", "scopes": "read", "keyType": "read-only" }).to_string();
    for (length, status) in [(1000, 201), (1001, 413), (5000, 413)] {
        let body = format!("{good:length$}");
        let call = app.post("/api/v1/organization/apikeys").credential(&shop.admin.text);
        call.body("application/json", body).shows_secret().expect(status).await;
    }
    // Who may not call is told that first.
    let call = app.post("/api/v1/organization/apikeys").body("application/json", "x".repeat(5000));
    call.expect(401).await;
}
