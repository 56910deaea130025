//! The keys that deserve a look, and how many are revoked at once.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestOrganization};

const DAY: Duration = Duration::from_hours(24);
const REVOKE: &str = "/api/v1/organization/apikeys/revoke";

fn revoke<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, body: &Json) -> Call<'a> {
    app.post(REVOKE).credential(&shop.admin.text).json(body)
}

async fn report(app: &TestApp, shop: &TestOrganization<'_>, query: &str) -> Json {
    let path = format!("/api/v1/organization/apikeys/report{query}");
    app.get(path).credential(&shop.admin.text).expect(200).await.json
}

fn names(answer: &Answer) -> Vec<&str> {
    answer.json["items"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect()
}

/// An organization whose keys were all made on one day, but for "young" 100 days later; "used" was used then.
async fn shop_of_keys(app: &TestApp) -> TestOrganization<'_> {
    let shop = app.organization("Shop").await;
    let end = json!("2030-01-01T00:00:00Z");
    let office = json!([{ "ipAddress": "10.0.0.0/8" }]);
    let fields = |name: &str| json!({ "name": name, "expires": end, "approvedIpAddresses": office });
    shop.key_with(fields("old")).await;
    shop.key_with(json!({ "name": "endless", "approvedIpAddresses": office, "keyType": "read-only" })).await;
    let used = shop.key_with(json!({ "name": "used", "expires": end })).await;
    app.pass(100 * DAY);
    shop.key_with(fields("young")).await;
    app.get("/security/v1/verify").credential(&used.text).expect(200).await;
    usecases::feed::store_uses(&app.database, &app.gate).await.unwrap();
    shop
}

#[rstest]
#[tokio::test]
async fn the_report_names_what_is_unused_endless_or_open(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = shop_of_keys(&app).await;
    let other = app.organization("Other").await;
    other.key("admin").await;
    let found = |report: &Json| -> Vec<(String, Json)> {
        let items = report["items"].as_array().unwrap().iter();
        items
            .map(|item| (item["key"]["name"].as_str().unwrap().to_owned(), item["findings"].clone()))
            .collect()
    };
    let whole = report(&app, &shop, "").await;
    assert_eq!(
        found(&whole),
        [
            ("Test admin".to_owned(), json!(["neverExpires", "noAddresses"])),
            ("old".to_owned(), json!(["unused"])),
            ("endless".to_owned(), json!(["unused", "neverExpires"])),
            ("used".to_owned(), json!(["noAddresses"])),
        ]
    );
    assert_eq!(
        whole["counts"],
        json!({ "live": 5, "unused": 2, "neverUsed": 3, "neverExpires": 2, "noAddresses": 2 })
    );
    assert_eq!(whole["unusedSince"], "2026-01-11T00:00:00.000Z");
    // On the hundredth day they are not unused for longer than that.
    let patient = report(&app, &shop, "?unusedForDays=100").await;
    assert_eq!(patient["counts"]["unused"], 0);
    assert_eq!(patient["total"], 3);
    let first = report(&app, &shop, "?limit=1&sortBy[0].key=name").await;
    assert_eq!(found(&first), [("endless".to_owned(), json!(["unused", "neverExpires"]))]);
    assert_eq!(first["total"], 4);
    for wrong in ["0", "3651", "-1", "x"] {
        let path = format!("/api/v1/organization/apikeys/report?unusedForDays={wrong}");
        let refused = app.get(path).credential(&shop.admin.text).expect(400).await;
        assert_eq!(refused.json["errors"][0]["path"], "unusedForDays", "{wrong}");
    }
}

#[rstest]
#[tokio::test]
async fn the_list_can_be_narrowed_to_the_same_keys(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = shop_of_keys(&app).await;
    for (query, expected) in [
        ("?unusedForDays=90", vec!["old", "endless"]),
        ("?neverExpires=true", vec!["Test admin", "endless"]),
        ("?neverExpires=false", vec!["old", "used", "young"]),
        ("?noAddresses=1", vec!["Test admin", "used"]),
        ("?noAddresses=false&neverExpires=false&unusedForDays=1", vec!["old"]),
        ("?createdBy=user:nobody", vec![]),
        ("?roleId=2", vec![]),
    ] {
        let answer = shop.keys(query).await;
        assert_eq!(names(&answer), expected, "{query}");
        assert_eq!(answer.header("swage-ignored-fields"), "", "{query}");
    }
    // What the list is narrowed by inside is nobody's to give.
    assert_eq!(shop.keys("?doubtful=..5").await.header("swage-ignored-fields"), "?doubtful");
}

#[rstest]
#[tokio::test]
async fn keys_are_revoked_by_a_filter_and_no_others(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = shop_of_keys(&app).await;
    let other = app.organization("Other").await;
    let theirs = other.key("full-access").await;
    let mine = shop.key_with(json!({ "name": "mine" })).await;
    let token = app.token(&mine).await;

    let filter = json!({ "ids": [mine.id, theirs.id, "no-such-key"] });
    let look = revoke(&app, &shop, &json!({ "filter": filter, "dryRun": true })).expect(200).await;
    assert_eq!((names(&look), &look.json["dryRun"]), (vec!["mine"], &json!(true)));
    assert!(app.lets_in(&mine.text).await && app.lets_in(&token).await);

    let body = json!({ "filter": filter, "reason": "Left in a repository" });
    let done = revoke(&app, &shop, &body).expect(200).await;
    assert_eq!((names(&done), &done.json["more"]), (vec!["mine"], &json!(false)));
    assert_eq!(done.json["items"][0]["state"], "revoked");
    assert!(!app.lets_in(&mine.text).await && !app.lets_in(&token).await);
    assert!(app.lets_in(&theirs.text).await);
    assert_eq!(shop.document(&mine.id).await["revokedReason"], "Left in a repository");

    let unused = revoke(&app, &shop, &json!({ "filter": { "unusedForDays": 90, "neverExpires": true } }));
    assert_eq!(names(&unused.expect(200).await), ["endless"]);
    let nobody = json!({ "filter": { "ids": ["no-such-key"] } });
    assert_eq!(names(&revoke(&app, &shop, &nobody).expect(200).await), Vec::<&str>::new());

    // Who calls is never among them.
    let all = revoke(&app, &shop, &json!({ "filter": { "createdBefore": "9000-01-01T00:00:00Z" } }));
    assert_eq!(names(&all.expect(200).await), ["old", "used", "young"]);
    assert_eq!(names(&shop.keys("").await), ["Test admin"]);
}

#[rstest]
#[tokio::test]
async fn a_hundred_keys_are_revoked_at_once_the_oldest_first(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for n in 0..103 {
        shop.key_with(json!({ "name": format!("k{n:03}"), "keyType": "read-only", "scopes": "read" })).await;
    }
    let body = json!({ "filter": { "keyTypes": ["read-only"] } });
    let first = revoke(&app, &shop, &body).expect(200).await;
    assert_eq!((&first.json["total"], &first.json["more"]), (&json!(100), &json!(true)));
    let second = revoke(&app, &shop, &body).expect(200).await;
    assert_eq!((&second.json["total"], &second.json["more"]), (&json!(3), &json!(false)));
    assert_eq!(shop.keys("").await.json["total"], 1);
}

#[rstest]
#[tokio::test]
async fn what_is_to_be_revoked_must_be_said(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = shop_of_keys(&app).await;
    for (body, path) in [
        (json!({}), "filter"),
        (json!({ "filter": {} }), "filter"),
        (json!({ "filter": { "ids": [] } }), "filter.ids"),
        (json!({ "filter": { "keyTypes": ["admin", "x"] } }), "filter.keyTypes[1]"),
        (json!({ "filter": { "unusedForDays": 0 } }), "filter.unusedForDays"),
        (json!({ "filter": { "createdBefore": "soon" } }), "filter.createdBefore"),
        (json!({ "filter": { "roleId": "no-such-role" } }), "filter.roleId"),
        (json!({ "filter": { "customerId": "no-such-customer" } }), "filter.customerId"),
        (json!({ "filter": { "unusedfordays": 90 } }), "filter.unusedfordays"),
        (json!({ "filter": { "neverExpires": true }, "reason": "x".repeat(201) }), "reason"),
    ] {
        let refused = revoke(&app, &shop, &body).expect(400).await;
        assert_eq!(refused.json["errors"][0]["path"], path, "{body}");
    }
    assert_eq!(shop.keys("").await.json["total"], 5);
}
