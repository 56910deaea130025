//! The history of calls: what is in it, who sees it, and how long it is kept.

use std::time::Duration;

use base::{Id, Random};
use database::{Scope, Statement, Tx, params};
use gate::{
    Credential, Denied,
    history::{Route, Seen, Whose},
};
use keys::KeyText;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, TestKey, TestOrganization};
use usecases::organizations::Subscription;

const HISTORY: &str = "/api/v1/organization/api/history";
const DAYS: &str = "/api/v1/organization/api-history/days";
const VERIFY: &str = "/security/v1/verify";
const KEYS: &str = "/api/v1/organization/apikeys";

/// Whether a call is one that a filter leaves.
type Holds = fn(&Json) -> bool;

static MINUTES: Statement = Statement::system("test.minutes", "SELECT count(*) AS n FROM unknown_call");

/// The items of a list as the shop's administrator sees it.
async fn items(app: &TestApp, shop: &TestOrganization<'_>, path: &str) -> Vec<Json> {
    app.write_history().await;
    let answer = app.get(path).credential(&shop.admin.text).expect(200).await;
    answer.json["items"].as_array().unwrap().clone()
}

/// The calls of a key, the newest first.
async fn calls_of(app: &TestApp, shop: &TestOrganization<'_>, key: &str) -> Vec<Json> {
    items(app, shop, &format!("{HISTORY}?apiKeyId={key}&limit=-1")).await
}

/// What became of each call of a key, the oldest first: operation, status, outcome.
async fn outcomes(app: &TestApp, shop: &TestOrganization<'_>, key: &str) -> Vec<(String, u64, String)> {
    let text = |call: &Json, field: &str| call[field].as_str().unwrap().to_owned();
    let calls = calls_of(app, shop, key).await;
    let outcome =
        |call: &Json| (text(call, "operation"), call["status"].as_u64().unwrap(), text(call, "outcome"));
    calls.iter().rev().map(outcome).collect()
}

fn expected(list: &[(&str, u64, &str)]) -> Vec<(String, u64, String)> {
    list.iter()
        .map(|(operation, status, outcome)| ((*operation).into(), *status, (*outcome).into()))
        .collect()
}

#[rstest]
#[tokio::test]
async fn a_call_is_there_with_all_that_is_known_of_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let customer = shop.customer("Buyer").await;
    let key = shop.key_with(json!({ "name": "ERP", "keyType": "customer", "customerId": customer })).await;
    app.pass(Duration::from_millis(1500));
    let body = json!({ "apiKey": key.text, "name": "ERP", "grantType": "client_credentials" });
    let call =
        app.post("/Security/v1/token/?secret=no").header("x-request-id", "my-own-id").from("2001:db8::7");
    let answer = call.json(&body).shows_secret().expect(200).await;
    let calls = calls_of(&app, &shop, &key.id).await;
    assert_eq!(calls.len(), 1);
    let mut call = calls[0].clone();
    let fields = call.as_object_mut().unwrap();
    let id = fields.remove("_id").unwrap();
    assert!(id.as_str().unwrap().parse::<Id<keys::ApiCall>>().is_ok());
    let micros = fields.remove("durationMicros").unwrap().as_u64().unwrap();
    assert!((1..60_000_000).contains(&micros), "{micros}");
    assert_eq!(
        call,
        json!({
            "time": "2026-01-01T00:00:01.500Z", "apiKeyId": key.id, "apiKeyName": "ERP", "customerId": customer,
            "operation": "postSecurityToken", "method": "POST", "path": "/security/v1/token", "status": 200,
            "outcome": "letIn", "ipAddress": "2001:db8::7", "requestBytes": body.to_string().len(),
            "responseBytes": answer.bytes.len(), "requestId": "my-own-id",
        })
    );
}

#[rstest]
#[tokio::test]
async fn each_refusal_of_a_known_key_is_there_with_its_reason(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let expired = shop.key_with(json!({ "expires": "2025-12-31T23:59:59Z" })).await;
    let early = shop.key_with(json!({ "startDate": "2027-01-01" })).await;
    let near = shop.key_with(json!({ "approvedIpAddresses": [{ "ipAddress": "10.0.0.0/8" }] })).await;
    let metered = shop.key_with(json!({ "rateLimit": { "requests": 1, "seconds": 60 } })).await;
    let reader = shop.key("read-only").await;
    for (key, status) in [(&expired, 401), (&early, 401), (&near, 403), (&metered, 200), (&metered, 429)] {
        app.get(VERIFY).credential(&key.text).expect(status).await;
    }
    app.post(KEYS).credential(&reader.text).json(&json!({})).expect(403).await;
    let misnamed = json!({ "apiKey": reader.text, "name": "Another", "grantType": "client_credentials" });
    app.post("/security/v1/token").json(&misnamed).expect(401).await;
    let token = app.token(&reader).await;
    app.get(VERIFY).credential(&token).expect(200).await;
    app.pass(Duration::from_hours(1));
    app.get(VERIFY).credential(&token).expect(401).await;

    let verify = "getSecurityVerify";
    assert_eq!(outcomes(&app, &shop, &expired.id).await, expected(&[(verify, 401, "expired")]));
    assert_eq!(outcomes(&app, &shop, &early.id).await, expected(&[(verify, 401, "notStarted")]));
    assert_eq!(outcomes(&app, &shop, &near.id).await, expected(&[(verify, 403, "wrongAddress")]));
    let twice = expected(&[(verify, 200, "letIn"), (verify, 429, "overLimit")]);
    assert_eq!(outcomes(&app, &shop, &metered.id).await, twice);
    assert_eq!(
        outcomes(&app, &shop, &reader.id).await,
        expected(&[
            ("postOrganizationApiKeys", 403, "letIn"),
            ("postSecurityToken", 401, "wrongName"),
            ("postSecurityToken", 200, "letIn"),
            (verify, 200, "letIn"),
            (verify, 401, "tokenExpired"),
        ])
    );
}

#[rstest]
#[tokio::test]
async fn the_calls_of_a_deleted_key_are_its_organizations(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let key = shop.key("full-access").await;
    let token = app.token(&key).await;
    shop.delete(&key.id).expect(200).await;
    for credential in [&key.text, &token] {
        app.get(VERIFY).credential(credential).expect(401).await;
    }
    // A live key's id with another secret: the old text of a key, or an attack.
    let live = shop.key("full-access").await;
    let mut random = Random::seeded(5);
    let id = live.id.parse().unwrap();
    let forged = KeyText::mint("test".parse().unwrap(), id, &mut random).expose().to_string();
    app.get(VERIFY).credential(&forged).expect(401).await;
    let verify = "getSecurityVerify";
    let refused =
        [("postSecurityToken", 200, "letIn"), (verify, 401, "unknown"), (verify, 401, "tokenEnded")];
    assert_eq!(outcomes(&app, &shop, &key.id).await, expected(&refused));
    assert_eq!(outcomes(&app, &shop, &live.id).await, expected(&[(verify, 401, "unknown")]));
    assert!(calls_of(&app, &other, &key.id).await.is_empty());
    let listed = calls_of(&app, &other, "").await;
    assert!(listed.iter().all(|call| call["apiKeyId"] == other.admin.id), "{listed:?}");
}

#[rstest]
#[tokio::test]
async fn filters_leave_what_they_name_and_the_newest_comes_first(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let mut keys: Vec<TestKey> = Vec::new();
    for _ in 0..3 {
        keys.push(shop.key("full-access").await);
    }
    for round in 0..4 {
        for key in &keys {
            app.get(VERIFY).credential(&key.text).expect(200).await;
            app.get(KEYS).credential(&key.text).expect(403).await;
        }
        app.pass(Duration::from_hours(12));
        assert!(round < 4);
    }
    shop.delete(&keys[2].id).expect(200).await;
    app.get(VERIFY).credential(&keys[2].text).expect(401).await;

    let all = items(&app, &shop, &format!("{HISTORY}?limit=-1")).await;
    let times: Vec<_> = all.iter().map(|call| call["time"].as_str().unwrap().to_owned()).collect();
    assert!(times.is_sorted_by(|one, next| one >= next), "{times:?}");
    let cases: [(String, Holds); 10] = [
        (format!("apiKeyId={}", keys[0].id), |call| call["apiKeyId"] != Json::Null),
        ("status=403".into(), |call| call["status"] == 403),
        ("status=4xx".into(), |call| (400..500).contains(&call["status"].as_u64().unwrap())),
        ("status=401&status=2XX".into(), |call| {
            call["status"] == 401 || call["status"].as_u64().unwrap() / 100 == 2
        }),
        ("operation=getSecurityVerify".into(), |call| call["operation"] == "getSecurityVerify"),
        ("outcome=unknown".into(), |call| call["outcome"] == "unknown"),
        ("from=2026-01-01T12:00:00Z".into(), |call| call["time"].as_str().unwrap() >= "2026-01-01T12"),
        ("to=2026-01-02".into(), |call| call["time"].as_str().unwrap() < "2026-01-02"),
        ("from=2026-01-01T12:00:00Z&to=2026-01-02T00:00:00Z&outcome=letIn".into(), |call| {
            ("2026-01-01T12".."2026-01-02").contains(&call["time"].as_str().unwrap())
                && call["outcome"] == "letIn"
        }),
        ("status=5xx".into(), |_| false),
    ];
    for (query, holds) in cases {
        let mut wanted: Vec<_> = all.iter().filter(|call| holds(call)).collect();
        if query.starts_with("apiKeyId") {
            wanted.retain(|call| call["apiKeyId"] == keys[0].id);
        }
        let found =
            items(&app, &shop, &format!("{HISTORY}?limit=-1&to=2026-01-03T00:00:00.001Z&{query}")).await;
        let before = items(&app, &shop, &format!("{HISTORY}?limit=-1&{query}")).await;
        // The calls of this test itself came later, and are of the administrator's key.
        let found_of =
            |list: &[Json]| list.iter().filter(|call| all.contains(call)).cloned().collect::<Vec<_>>();
        assert_eq!(found_of(&before), wanted.into_iter().cloned().collect::<Vec<_>>(), "{query}");
        assert!(found.len() <= before.len() + 1, "{query}");
    }
    // Oldest first, by the cursor, and by the other spelling of the path.
    let mut oldest_first = all.clone();
    oldest_first.reverse();
    let whole = format!("{HISTORY}?limit=-1&sortBy[0].order=asc&to=2026-01-03");
    let ascending = items(&app, &shop, &whole).await;
    let early: Vec<_> =
        oldest_first.iter().filter(|call| call["time"].as_str().unwrap() < "2026-01-03").cloned().collect();
    assert_eq!(ascending, early);
    let page = "/api/v1/organization/api-history?limit=10&to=2026-01-03";
    let mut by_cursor = Vec::new();
    let mut cursor = String::new();
    loop {
        let answer = app.get(format!("{page}{cursor}")).credential(&shop.admin.text).expect(200).await;
        by_cursor.extend(answer.json["items"].as_array().unwrap().clone());
        let Some(next) = answer.json["cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    by_cursor.reverse();
    assert_eq!(by_cursor, early);
}

#[rstest]
#[tokio::test]
async fn a_filter_that_cannot_be_meant_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for (query, field) in [
        ("status=ok", "status"),
        ("status=6xx", "status"),
        ("status=99", "status"),
        ("status=-1xx", "status"),
        ("from=yesterday", "from"),
        ("to=2026-13-01", "to"),
        ("sortBy[0].key=status", "sortBy[0].key"),
        ("cursor=zz", "cursor"),
    ] {
        let answer = app.get(format!("{HISTORY}?{query}")).credential(&shop.admin.text).expect(400).await;
        assert_eq!(answer.wrong_fields(), [field], "{query}");
    }
    // What names nobody's key finds nothing.
    for name in ["5000", "no-key", "ffffffffffffffffffffffff", "-1"] {
        assert!(calls_of(&app, &shop, name).await.is_empty(), "{name}");
    }
    // The first key has the number 1.
    assert!(!calls_of(&app, &shop, "1").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn the_days_add_up_to_the_calls(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let one = shop.key("full-access").await;
    let two = shop.key("read-only").await;
    for round in 0..5 {
        for key in [&one, &two, &other.admin] {
            app.get(VERIFY).credential(&key.text).expect(200).await;
            app.get(VERIFY).header("x-api-key", &key.text).header("apiCustomerId", "?").expect(200).await;
        }
        app.get(KEYS).credential(&two.text).send().await;
        if round == 2 {
            shop.delete(&one.id).expect(200).await;
            app.get(VERIFY).credential(&one.text).expect(401).await;
            let again = shop.key_with(json!({ "expires": "2025-01-01" })).await;
            app.get(VERIFY).credential(&again.text).expect(401).await;
            break;
        }
        // In two batches, on more than one day.
        app.write_history().await;
        app.pass(Duration::from_hours(9));
    }
    app.pass(Duration::from_hours(100));
    let to = "2026-01-04";
    let calls = items(&app, &shop, &format!("{HISTORY}?limit=-1&to={to}")).await;
    let days = items(&app, &shop, &format!("{DAYS}?limit=-1&to={to}")).await;
    assert!(days.len() >= 4, "{days:?}");
    let sum = |field: &str, day: &Json, of: &dyn Fn(&Json) -> u64| {
        let same = |call: &&Json| {
            call["apiKeyId"] == day["apiKeyId"]
                && call["time"].as_str().unwrap().starts_with(day["day"].as_str().unwrap())
        };
        let total: u64 = calls.iter().filter(same).map(of).sum();
        assert_eq!(day[field], total, "{field} of {day}");
        total
    };
    let mut total = 0;
    for day in &days {
        total += sum("calls", day, &|_| 1);
        sum("refused", day, &|call| u64::from(call["outcome"] != "letIn"));
        sum("requestBytes", day, &|call| call["requestBytes"].as_u64().unwrap());
        sum("responseBytes", day, &|call| call["responseBytes"].as_u64().unwrap());
        sum("durationMicros", day, &|call| call["durationMicros"].as_u64().unwrap());
        assert!(day["longestMicros"].as_u64() <= day["durationMicros"].as_u64());
    }
    assert_eq!(total, calls.len() as u64);
    let of_one = items(&app, &shop, &format!("{DAYS}?apiKeyId={}&from=2026-01-01&to={to}", two.id)).await;
    assert!(!of_one.is_empty() && of_one.iter().all(|day| day["apiKeyName"] == "A key"), "{of_one:?}");
    let first = items(&app, &shop, &format!("{DAYS}?sortBy[0].order=asc&to={to}")).await;
    assert_eq!(first[0]["day"], "2026-01-01");
    assert!(items(&app, &other, &format!("{DAYS}?apiKeyId={}", two.id)).await.is_empty());
}

#[rstest]
#[tokio::test]
async fn calls_are_kept_for_a_time_and_their_totals_for_longer(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    for _ in 0..1100 {
        app.get(VERIFY).credential(&key.text).expect(200).await;
    }
    app.get(VERIFY).credential("nobody's").expect(401).await;
    app.pass(Duration::from_hours(24));
    app.get(VERIFY).credential(&key.text).expect(200).await;
    assert_eq!(app.unknown_calls().await, [("unknown".to_owned(), 1)]);
    let day = Duration::from_hours(24);
    app.pass(day * 89);
    app.history.forget_old().await.unwrap();
    assert_eq!(calls_of(&app, &shop, &key.id).await.len(), 1000, "nothing is 90 days old yet");
    app.pass(Duration::from_millis(1));
    app.history.forget_old().await.unwrap();
    assert_eq!(calls_of(&app, &shop, &key.id).await.len(), 1);
    assert!(app.unknown_calls().await.is_empty());
    let days = format!("{DAYS}?apiKeyId={}", key.id);
    let calls: Vec<_> = items(&app, &shop, &days).await.iter().map(|day| day["calls"].clone()).collect();
    assert_eq!(calls, [json!(1), json!(1100)]);
    app.pass(day * (730 - 90));
    app.history.forget_old().await.unwrap();
    assert_eq!(items(&app, &shop, &days).await.len(), 2, "the first day is 730 days old, and not more");
    app.pass(day);
    app.history.forget_old().await.unwrap();
    assert_eq!(items(&app, &shop, &days).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn who_may_not_see_the_keys_does_not_see_their_calls(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let free = app.organization_with("Free", Subscription::Free).await;
    let session = free.sign_in().await;
    for path in [HISTORY, DAYS, "/api/v1/organization/api-history"] {
        app.get(path).credential(&shop.key("full-access").await.text).expect(403).await;
        app.get(path).credential(&session).expect(403).await;
        // People are let in; their own calls are not in it.
        app.get(path).credential(&shop.sign_in().await).expect(200).await;
    }
    let calls = items(&app, &shop, &format!("{HISTORY}?limit=-1")).await;
    assert!(calls.iter().all(|call| call["apiKeyId"].is_string()));
    let refused: Vec<_> = calls.iter().filter(|call| call["status"] == 403).collect();
    assert_eq!(refused.len(), 3);
}

#[rstest]
#[tokio::test]
async fn a_flood_of_nobodys_keys_becomes_a_few_rows(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let count: u32 = if engine == Postgres { 100_000 } else { 1_000_000 };
    let mut random = Random::seeded(9);
    let route = std::sync::Arc::new(Route {
        operation: "getSecurityVerify".into(),
        method: "GET".into(),
        path: VERIFY.into(),
    });
    let recorder = app.history.recorder();
    let denied = Denied::Unknown;
    for n in 0..count {
        let id = match n % 4 {
            // In the right form: of nobody, and of a live key.
            0 => Some(Id::new(app.clock.now(), &mut random)),
            1 => Some(key.id.parse().unwrap()),
            _ => None,
        };
        // Made once for many: making them is what takes the time.
        let text =
            id.filter(|_| n < 20_000).map(|id| KeyText::mint("test".parse().unwrap(), id, &mut random));
        let whose = match (&text, id) {
            (Some(text), _) => app.gate.whose(Credential::Key(&text.expose()), denied),
            (None, Some(id)) => Whose::Named(None, id),
            (None, None) => app.gate.whose(Credential::Key("no key at all"), denied),
        };
        recorder.record(Seen {
            at: app.clock.now(),
            whose,
            customer: None,
            route: route.clone(),
            status: 401,
            outcome: denied.code(),
            micros: 1,
            address: None,
            request_bytes: 0,
            response_bytes: 0,
            request_id: "flood".into(),
        });
        if n % (count / 10) == 0 {
            app.pass(Duration::from_mins(1));
            app.write_history().await;
        }
    }
    let rows = app.unknown_calls().await;
    let named = calls_of(&app, &shop, &key.id).await.len() as u64;
    assert!((60..=60 * 11).contains(&named), "{named}");
    assert_eq!(rows, [("unknown".to_owned(), u64::from(count) - named)]);
    app.write_history().await;
    let counts = recorder.counts();
    assert_eq!((counts.recorded, counts.waiting, counts.spilled, counts.lost), (counts.written, 0, 0, 0));
    let minutes = |tx: &mut Tx<'_>| tx.fetch_one(&MINUTES, params![], |row| row.get::<u64>("n"));
    assert!(app.history.database().read(Scope::System, minutes).await.unwrap() <= 11);
}
