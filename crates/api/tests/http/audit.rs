//! The audit record, as it is read and exported.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, TestOrganization};

const AUDIT: &str = "/api/v1/audit";

async fn read(shop: &TestOrganization<'_>, query: &str) -> Json {
    shop.app().get(format!("{AUDIT}{query}")).credential(&shop.admin.text).expect(200).await.json
}

fn actions(list: &Json) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn a_change_is_read_with_what_was_before_and_after(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "name": "First" })).await;
    app.pass(Duration::from_mins(1));
    let change = shop.change(&key.id, json!({ "name": "Second" })).header("x-request-id", "request-7");
    change.from("192.0.2.7").expect(200).await;
    let list = read(&shop, &format!("?recordId={}", key.id)).await;
    assert_eq!(actions(&list), ["update", "create"], "the newest first");
    let entry = &list["items"][0];
    assert_eq!((&entry["before"]["name"], &entry["after"]["name"]), (&json!("First"), &json!("Second")));
    for (field, value) in [
        ("time", "2026-01-01T00:01:00.000Z"),
        ("subject", &format!("key:{}", shop.admin.id)),
        ("subjectName", "Test admin"),
        ("recordKind", "apiKey"),
        ("recordId", &key.id),
        ("requestId", "request-7"),
        ("ipAddress", "192.0.2.7"),
    ] {
        assert_eq!(entry[field], value, "{field}");
    }
    assert_eq!(list["items"][1]["before"], Json::Null);
    assert!(!list.to_string().contains(&key.text));
}

#[rstest]
#[tokio::test]
async fn it_is_narrowed_by_record_who_what_and_when(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (one, other) = (shop.key("admin").await, shop.key("read-only").await);
    app.pass(Duration::from_hours(1));
    let rename = json!({ "name": "x", "scopes": "read", "keyType": "read-only" });
    let path = format!("/api/v1/organization/apikeys/{}/update", other.id);
    app.post(path).credential(&one.text).json(&rename).expect(200).await;
    app.pass(Duration::from_hours(1));
    shop.delete(&other.id).expect(200).await;
    for (query, expected) in [
        ("?recordKind=organization".to_owned(), vec!["create"]),
        (format!("?recordKind=apiKey&recordId={}", other.id), vec!["delete", "update", "create"]),
        (format!("?subject=key:{}", one.id), vec!["update"]),
        ("?action=delete&action=update".to_owned(), vec!["delete", "update"]),
        ("?from=2026-01-01T01:00:00Z&to=2026-01-01T02:00:00Z".to_owned(), vec!["update"]),
        ("?from=2026-01-01T01:00:00Z&sortBy[0].order=asc".to_owned(), vec!["update", "delete"]),
        ("?to=2026-01-01T00:00:00Z".to_owned(), vec![]),
        ("?action=create&limit=1".to_owned(), vec!["create"]),
    ] {
        let list = read(&shop, &query).await;
        assert_eq!(actions(&list), expected, "{query}");
    }
    let first = read(&shop, "?limit=2").await;
    let cursor = first["cursor"].as_str().unwrap();
    let second = read(&shop, &format!("?limit=2&cursor={cursor}")).await;
    let ids =
        |list: &Json| list["items"].as_array().unwrap().iter().map(|e| e["_id"].clone()).collect::<Vec<_>>();
    let whole = ids(&read(&shop, "").await);
    assert_eq!([ids(&first), ids(&second)].concat(), whole[..4]);
    for wrong in ["?from=yesterday", "?to=x", "?sortBy[0].key=subject", "?cursor=zz"] {
        app.get(format!("{AUDIT}{wrong}")).credential(&shop.admin.text).expect(400).await;
    }
}

#[rstest]
#[tokio::test]
async fn another_organization_sees_nothing_of_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let key = shop.key("admin").await;
    assert_eq!(read(&other, &format!("?recordId={}", key.id)).await["total"], 0);
    assert!(!read(&other, "").await.to_string().contains(&key.id));
    let export =
        app.get(format!("{AUDIT}/export?format=jsonl")).credential(&other.admin.text).expect(200).await;
    assert!(!String::from_utf8_lossy(&export.bytes).contains(&key.id));
}

#[rstest]
#[tokio::test]
async fn all_of_it_is_exported_in_pieces(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "name": "=HYPERLINK(\"http://evil.example\"),'x'" })).await;
    // A name that begins a formula is the name of who did it, too.
    let body = json!({ "name": "x", "scopes": "read", "keyType": "read-only" });
    let path = format!("/api/v1/organization/apikeys/{}/update", key.id);
    app.post(&path).credential(&key.text).json(&body).send().await;
    let evil = shop.key_with(json!({ "name": "=1+1", "keyType": "admin" })).await;
    app.post(&path).credential(&evil.text).json(&body).expect(200).await;
    // More than is read at once.
    for n in 0..520 {
        let rename = json!({ "name": format!("n {n}"), "scopes": "read", "keyType": "read-only" });
        app.post(&path).credential(&shop.admin.text).json(&rename).expect(200).await;
        app.pass(Duration::from_millis(1));
    }
    let total = usize::try_from(read(&shop, "").await["total"].as_u64().unwrap()).unwrap();
    let export = |query: &str| app.get(format!("{AUDIT}/export{query}")).credential(&shop.admin.text);

    let lines = export("?format=jsonl").expect(200).await;
    assert_eq!(lines.header("content-disposition"), "attachment; filename=\"audit.jsonl\"");
    let text = String::from_utf8(lines.bytes).unwrap();
    let entries: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), total);
    assert_eq!(entries[..50], *read(&shop, "").await["items"].as_array().unwrap());

    let csv = export("").expect(200).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let csv = String::from_utf8(csv.bytes).unwrap();
    assert_eq!(csv.matches("\r\n").count(), total + 1);
    assert!(csv.contains(",\"'=1+1\",update,apiKey,"), "a formula is no formula");
    assert!(!csv.contains(",=") && !csv.contains("\n="));
    let narrowed = export("?format=csv&action=delete").expect(200).await;
    assert_eq!(String::from_utf8(narrowed.bytes).unwrap().lines().count(), 1);
    assert_eq!(export("?format=xlsx").expect(400).await.wrong_fields(), ["format"]);
}
