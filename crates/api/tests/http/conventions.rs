//! What holds for every operation: paths, failures, request ids, repeats, web pages.

use std::time::Duration;

use api::Origins;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp};

const KEYS: &str = "/api/v1/organization/apikeys";

#[rstest]
#[tokio::test]
async fn paths_are_matched_in_any_case_and_with_a_slash_at_the_end(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    for path in [
        "/API/V1/ORGANIZATION/APIKEYS",
        "/api/v1/organization/apiKeys/",
        "/Api/v1/Organization/ApiKeys/?limit=1",
    ] {
        app.get(path).credential(&shop.admin.text).expect(200).await;
    }
    app.get("/Security/V1/Verify/?scope=hose:read").credential(&key.text).expect(200).await;
    let body = json!({ "name": "Renamed", "scopes": "read", "keyType": "read-only" });
    let update = format!("/API/v1/organization/ApiKeys/{}/UPDATE/", key.id.to_uppercase());
    let answer = app.post(update).credential(&shop.admin.text).json(&body).expect(200).await;
    assert_eq!(answer.json["_id"], key.id);
}

#[rstest]
#[tokio::test]
async fn unknown_paths_and_wrong_methods_fail_like_everything_else(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let long = format!("/api/v1/{}", "x/".repeat(4000));
    for path in [
        "/api",
        "/api/v1",
        "/api/v1/organization/apikey",
        "/api/v1/organization/apikeys//",
        "/api/v1//organization/apikeys",
        "/api/v1/organization/apikeys/update",
        "/api/v1/organization/apikeys//update",
        "/api/v1/organization/apikey%73",
        "/api/v1/organization/../organization/apikeys",
        "/api/v1/organization/apikeys/%2e%2e/apikeys",
        "/healthz/x",
        "/.env",
        "/api/v1/organization/apikeys;x=1",
        "/%00",
        "/%ff",
        "/api/v1/organization/apikeys/a%2Fb",
        long.as_str(),
    ] {
        // Whether or not anybody is known: what is not there is no secret.
        for call in [app.get(path), app.get(path).credential(&shop.admin.text), app.post(path)] {
            let answer = call.expect(404).await;
            is_failure(&answer);
            assert_eq!(answer.json["message"], "There is nothing at this address.", "{path}");
        }
    }
    for (method, path, allowed) in [
        ("DELETE", KEYS.to_owned(), "GET,HEAD,POST"),
        ("PUT", KEYS.to_owned(), "GET,HEAD,POST"),
        ("GET", "/security/v1/token".to_owned(), "POST"),
        ("GET", format!("{KEYS}/1/delete"), "POST"),
        ("OPTIONS", "/security/v1/verify/".to_owned(), "GET,HEAD,POST,PUT,PATCH,DELETE"),
        ("POST", "/healthz".to_owned(), "GET,HEAD"),
        ("OPTIONS", KEYS.to_owned(), "GET,HEAD,POST"),
        ("TRACE", KEYS.to_owned(), "GET,HEAD,POST"),
        ("BREW", KEYS.to_owned(), "GET,HEAD,POST"),
    ] {
        let answer = app.call(method, &path).credential(&shop.admin.text).expect(405).await;
        is_failure(&answer);
        assert_eq!(answer.header("allow"), allowed, "{method} {path}");
    }
}

/// Fails unless the body has what every failure's body has.
fn is_failure(answer: &Answer) {
    let text =
        |field: &str| answer.json[field].as_str().unwrap_or_else(|| panic!("{field}: {}", answer.json));
    assert_eq!(answer.json["status"], answer.status);
    assert_eq!(text("type"), format!("urn:swage:problem:{}", answer.status));
    assert_eq!(text("detail"), text("details"));
    assert!(!text("title").is_empty() && !text("message").is_empty() && !text("details").is_empty());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.header("x-request-id").is_empty());
}

#[rstest]
#[tokio::test]
async fn a_failure_has_the_members_and_the_form_that_were_asked_for(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let body = json!({ "name": "", "keyType": "x" });
    for (accept, kind) in [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/problem+json", "application/problem+json"),
        ("text/html, application/problem+json;q=0.9", "application/problem+json"),
    ] {
        let answer = app.post(KEYS).credential(&shop.admin.text).header("accept", accept).json(&body);
        let answer = answer.expect(400).await;
        is_failure(&answer);
        assert_eq!(answer.header("content-type"), kind, "{accept}");
        assert_eq!(answer.json["title"], "Bad Request");
        assert_eq!(answer.wrong_fields(), ["name", "scopes", "keyType"]);
        let details = "name must not be empty; scopes is required; \
                       keyType must be one of admin, full-access, read-only, customer";
        assert_eq!(answer.json["details"], details);
        // What is right is JSON whatever is accepted.
        let answer = app.get(KEYS).credential(&shop.admin.text).header("accept", accept).expect(200).await;
        assert_eq!(answer.header("content-type"), "application/json");
    }
    let statuses = [
        app.get(KEYS).expect(401).await,
        app.get(KEYS).credential(&shop.key("read-only").await.text).expect(403).await,
        shop.delete("77").expect(404).await,
        shop.change(&shop.admin.id, json!({ "rev": 5 })).expect(409).await,
        app.post(KEYS).credential(&shop.admin.text).body("text/plain", "{}").expect(415).await,
    ];
    for answer in statuses {
        is_failure(&answer);
        assert!(answer.json.get("errors").is_none());
        assert_eq!(answer.json.get("current").is_some(), answer.status == 409);
        assert_eq!(answer.header("www-authenticate").is_empty(), answer.status != 401);
    }
}

#[rstest]
#[tokio::test]
async fn every_answer_names_its_request(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let longest = "a".repeat(64);
    for id in ["1", "Order-42", "018f2e1c-7a3b-7c9e-8f00-000000000001", &longest] {
        for path in ["/healthz", "/nowhere", "/security/v1/verify"] {
            let answer = app.get(path).header("x-request-id", id).send().await;
            assert_eq!(answer.header("x-request-id"), id);
        }
    }
    let too_long = "a".repeat(65);
    let mut made = Vec::new();
    for id in ["", "a b", "a_b", "a\"b", "{}", "é", &too_long, "a;b"] {
        let answer = app.get("/healthz").header("x-request-id", id).expect(200).await;
        made.push(answer.header("x-request-id").to_owned());
    }
    made.push(app.get("/healthz").expect(200).await.header("x-request-id").to_owned());
    assert!(
        made.iter().all(|id| id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit())),
        "{made:?}"
    );
    let count = made.len();
    made.sort_unstable();
    made.dedup();
    assert_eq!(made.len(), count);
}

#[rstest]
#[tokio::test]
async fn a_repeat_with_the_same_key_is_done_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let make =
        |repeat: &str, name: &str| shop.new_key(json!({ "name": name })).header("idempotency-key", repeat);
    let first = make("order-1", "K").expect(201).await;
    assert_eq!(first.header("idempotent-replayed"), "");
    let after = app.row_counts().await;
    assert_eq!(after.kept_answers, 1);

    app.pass(Duration::from_secs(1));
    let again = make("order-1", "K").expect(201).await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.json["_id"], first.json["_id"]);
    let secret = first.json["apiKey"].as_str().unwrap().rsplit_once('_').unwrap().1;
    assert!(!again.json.to_string().contains(&secret[..8]), "{}", again.json);
    assert!(again.json["message"].as_str().unwrap().contains("shown only once"));
    // The name of the key may be quoted, as its draft has it.
    make("\"order-1\"", "K").expect(201).await;
    assert_eq!(app.row_counts().await, after);

    let answer = make("order-1", "Another").expect(422).await;
    assert!(answer.json["message"].as_str().unwrap().contains("another body"));
    assert_eq!(app.row_counts().await, after);
    make("order-2", "K").expect(201).await;
    assert_eq!(app.row_counts().await.keys, after.keys + 1);
}

#[rstest]
#[tokio::test]
async fn what_holds_no_secret_is_repeated_word_for_word(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let update = || {
        let fields = json!({ "name": "New", "approvedIpAddresses": [{ "ipAddress": "10.0.0.1" }] });
        shop.change(&key.id, fields).header("idempotency-key", "a")
    };
    let first = update().expect(200).await;
    let after = app.row_counts().await;
    app.pass(Duration::from_hours(23));
    // Even when the key has moved on since.
    shop.change(&key.id, json!({ "name": "Newer" })).expect(200).await;
    let again = update().expect(200).await;
    assert_eq!(again.bytes, first.bytes);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(shop.document(&key.id).await["name"], "Newer");
    assert_eq!(app.row_counts().await.audit, after.audit + 1);

    // The same key for another operation, or another record, is another request.
    let delete = |id: &str| shop.delete(id).header("idempotency-key", "a");
    let other = shop.key("full-access").await;
    let gone = delete(&key.id).expect(200).await;
    assert_eq!(gone.header("idempotent-replayed"), "");
    delete(&other.id).expect(200).await;
    // Whoever did not hear that it is gone hears it again, and no 404.
    let again = delete(&key.id).expect(200).await;
    assert_eq!((again.json, again.status), (gone.json, 200));
    shop.delete(&key.id).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn a_repeat_is_of_one_caller_and_of_one_day(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let second = shop.key("admin").await;
    let body = json!({ "name": "K", "scopes": "read", "keyType": "read-only" });
    let make = |credential: &str| {
        let call = app.post(KEYS).credential(credential).json(&body).shows_secret();
        call.header("idempotency-key", "the same")
    };
    let mut ids = Vec::new();
    for credential in [&shop.admin.text, &second.text, &other.admin.text, &shop.sign_in().await] {
        let made = make(credential).expect(201).await;
        assert_eq!(made.header("idempotent-replayed"), "");
        ids.push(made.json["_id"].as_str().unwrap().to_owned());
    }
    // A key and its token are one caller.
    let token = app.token(&shop.admin).await;
    let again = make(&token).expect(201).await;
    assert_eq!(again.json["_id"], ids[0].as_str());

    app.pass(Duration::from_millis(24 * 3_600_000 - 1));
    assert_eq!(make(&shop.admin.text).expect(201).await.json["_id"], ids[0].as_str());
    app.pass(Duration::from_millis(1));
    let anew = make(&shop.admin.text).expect(201).await;
    assert_eq!(anew.header("idempotent-replayed"), "");
    assert!(!ids.contains(&anew.json["_id"].as_str().unwrap().to_owned()));
    let again = make(&shop.admin.text).expect(201).await;
    assert_eq!(again.json["_id"], anew.json["_id"]);
}

#[rstest]
#[tokio::test]
async fn a_failure_is_not_kept(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let before = app.row_counts().await;
    let make = |fields| shop.new_key(fields).header("idempotency-key", "k");
    make(json!({ "name": "" })).expect(400).await;
    make(json!({ "roleId": "99" })).expect(400).await;
    assert_eq!(app.row_counts().await, before);
    let made = make(json!({})).expect(201).await;
    let id = made.json["_id"].as_str().unwrap();
    let change = |rev: i64| shop.change(id, json!({ "rev": rev })).header("idempotency-key", "k");
    change(7).expect(409).await;
    change(1).expect(200).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeats_at_the_same_time_are_done_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let before = app.row_counts().await;
    for round in 0..5 {
        let make = || shop.new_key(json!({})).header("idempotency-key", &format!("round {round}")).send();
        let answers = join_all((0..6).map(|_| make())).await;
        // Whoever comes while the first is being carried out waits for it.
        assert!(answers.iter().all(|answer| answer.status == 201));
        let new = answers.iter().filter(|answer| answer.header("idempotent-replayed").is_empty()).count();
        assert_eq!(new, 1);
        assert!(answers.iter().all(|answer| answer.json["_id"] == answers[0].json["_id"]));
        assert_eq!(app.row_counts().await.keys, before.keys + round + 1);
    }
}

#[rstest]
#[tokio::test]
async fn a_key_for_repeats_that_is_no_text_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let before = app.row_counts().await;
    let (longest, too_long) = ("x".repeat(255), "x".repeat(256));
    for (body, bad) in [
        (json!({}), ""),
        (json!({}), " "),
        (json!({}), "\"\""),
        (json!({}), "é"),
        (json!({}), "a\tb"),
        (json!({}), &too_long),
    ] {
        let answer = shop.new_key(body).header("idempotency-key", bad).expect(400).await;
        assert_eq!(answer.wrong_fields(), ["Idempotency-Key"], "{bad:?}");
    }
    // A header stands in no body, whatever the form of that is.
    let wrapped = json!({ "params": { "name": "K", "scopes": "read", "keyType": "read-only" } });
    let call = app.post(KEYS).credential(&shop.admin.text).json(&wrapped).header("idempotency-key", "é");
    assert_eq!(call.expect(400).await.wrong_fields(), ["Idempotency-Key"]);
    shop.delete(&shop.admin.id).header("idempotency-key", "").expect(400).await;
    assert_eq!(app.row_counts().await, before);
    shop.new_key(json!({})).header("idempotency-key", &longest).expect(201).await;
}

fn preflight<'a>(app: &'a TestApp, origin: &str) -> Call<'a> {
    let call = app.call("OPTIONS", KEYS).header("origin", origin);
    call.header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,apicustomerid")
}

#[rstest]
#[tokio::test]
async fn any_web_page_may_call_with_a_credential_of_its_own(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let answer = preflight(&app, "https://shop.example").expect(204).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let methods = answer.header("access-control-allow-methods");
    assert!(["GET", "POST"].iter().all(|method| methods.contains(method)), "{methods}");
    let allowed = answer.header("access-control-allow-headers").to_ascii_lowercase();
    for header in [
        "authorization",
        "apicustomerid",
        "x-api-key",
        "content-type",
        "idempotency-key",
        "if-match",
        "prefer",
    ] {
        assert!(allowed.split(", ").any(|allowed| allowed == header), "{header} in {allowed}");
    }
    assert_eq!(answer.header("access-control-max-age"), "3600");
    // Cookies never come along.
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    // It asks nothing of who calls, and works for what is not there.
    let nowhere = app.call("OPTIONS", "/nowhere").header("origin", "null");
    nowhere.header("access-control-request-method", "GET").expect(204).await;

    for (call, status) in [
        (app.get(KEYS).credential(&shop.admin.text), 200),
        (app.get(KEYS), 401),
        (app.get("/nowhere"), 404),
        (app.post("/security/v1/token").json(&json!({})), 400),
    ] {
        let answer = call.header("origin", "https://shop.example").expect(status).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let exposed = answer.header("access-control-expose-headers");
        for header in ["etag", "x-request-id", "retry-after", "swage-ignored-fields", "idempotent-replayed"] {
            assert!(exposed.contains(header), "{header} in {exposed}");
        }
    }
    let answer = app.get(KEYS).credential(&shop.admin.text).expect(200).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[rstest]
#[tokio::test]
async fn web_pages_can_be_limited_to_some_origins(#[values(Sqlite, Postgres)] engine: Engine) {
    let origins = vec!["https://shop.example".to_owned(), "http://localhost:5173".to_owned()];
    let app = TestApp::start_with(engine, |settings| settings.origins = Origins::Only(origins)).await;
    let shop = app.organization("Shop").await;
    for origin in ["https://shop.example", "http://localhost:5173"] {
        let answer = preflight(&app, origin).expect(204).await;
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert!(!answer.header("access-control-allow-headers").is_empty());
        let answer = app.get(KEYS).credential(&shop.admin.text).header("origin", origin).expect(200).await;
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert_eq!(answer.header("vary"), "Origin");
    }
    for origin in [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example:444",
        "https://shop.example.evil.example",
        "https://xshop.example",
        "https://SHOP.example/",
        "null",
        "*",
        "",
    ] {
        let answer = preflight(&app, origin).expect(204).await;
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{origin}");
        // The call itself is answered: only the browser must not hand it to the page.
        let answer = app.get(KEYS).credential(&shop.admin.text).header("origin", origin).expect(200).await;
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{origin}");
        assert_eq!(answer.header("vary"), "Origin");
    }
}

#[rstest]
#[tokio::test]
async fn the_document_and_its_page_are_served_to_anyone(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    for (path, kind) in [
        ("/api/openapi.json", "application/json"),
        ("/API/OpenAPI.json/", "application/json"),
        ("/api/docs", "text/html; charset=utf-8"),
        ("/api/docs/style.css", "text/css; charset=utf-8"),
    ] {
        let answer = app.get(path).expect(200).await;
        assert_eq!(answer.header("content-type"), kind);
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "public, max-age=300");
    }
    let document = app.get("/api/openapi.json").expect(200).await.json;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["paths"][KEYS]["get"]["operationId"], "getOrganizationApiKey");
}

#[rstest]
#[tokio::test]
async fn health_is_told_to_anyone(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    for path in ["/healthz", "/readyz"] {
        let answer = app.get(path).expect(200).await;
        assert_eq!(answer.json["status"], "ok");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}
