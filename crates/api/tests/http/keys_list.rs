//! `GET /api/v1/organization/apikeys`.

use std::{collections::BTreeSet, time::Duration};

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Engine, Postgres, Sqlite, TestApp, TestOrganization};

fn names(answer: &Answer) -> Vec<&str> {
    answer.json["items"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect()
}

/// An organization with its first key, "Test admin", and one key of each of these names, a second apart.
async fn shop_with<'a>(app: &'a TestApp, names: &[&str]) -> TestOrganization<'a> {
    let shop = app.organization("Shop").await;
    for name in names {
        app.pass(Duration::from_secs(1));
        shop.key_with(json!({ "name": name })).await;
    }
    shop
}

#[rstest]
#[tokio::test]
async fn a_list_comes_in_pages(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = shop_with(&app, &["1", "2", "3", "4"]).await;
    let all = shop.keys("").await;
    assert_eq!(names(&all), ["Test admin", "1", "2", "3", "4"]);
    assert_eq!(
        (&all.json["total"], &all.json["page"], &all.json["limit"]),
        (&json!(5), &json!(1), &json!(50))
    );
    assert!(all.json.get("cursor").is_none() && all.json.get("totalIsLowerBound").is_none());
    for item in all.json["items"].as_array().unwrap() {
        assert!(item["apiKey"].as_str().unwrap().contains('…'));
    }

    for (query, expected) in [
        ("?limit=2", vec!["Test admin", "1"]),
        ("?limit=2&page=2", vec!["2", "3"]),
        ("?itemsPerPage=2&page=3", vec!["4"]),
        ("?LIMIT=2&Page=3", vec!["4"]),
        ("?limit=2&page=4", vec![]),
        ("?limit=5&page=1000000000", vec![]),
        ("?limit=2&limit=3&page=1", vec!["Test admin", "1", "2"]),
        ("?limit=&page=", vec!["Test admin", "1", "2", "3", "4"]),
    ] {
        let page = shop.keys(query).await;
        assert_eq!(names(&page), expected, "{query}");
        assert_eq!(page.json["total"], 5, "{query}");
    }
    for (query, limit) in [("?limit=1000", 1000), ("?limit=1001", 1000), ("?limit=-1", 1000), ("?limit=7", 7)]
    {
        assert_eq!(shop.keys(query).await.json["limit"], limit, "{query}");
    }
}

#[rstest]
#[tokio::test]
async fn a_list_can_be_ordered(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = shop_with(&app, &["banana", "Apple", "_", "Ärmel", "cherry"]).await;
    let by_age = ["Test admin", "banana", "Apple", "_", "Ärmel", "cherry"];
    let by_name = ["_", "Apple", "banana", "cherry", "Test admin", "Ärmel"];
    let reversed = |names: [&'static str; 6]| {
        let mut names = names;
        names.reverse();
        names
    };
    for (query, expected) in [
        ("", by_age),
        ("?sortBy[0].key=created", by_age),
        ("?sortBy[0].key=created&sortBy[0].order=desc", reversed(by_age)),
        ("?sortBy[0].order=desc", reversed(by_age)),
        ("?sortBy[0].key=name", by_name),
        ("?sortBy[0].key=name&sortBy[0].order=asc", by_name),
        ("?sortBy[0][key]=name&sortBy[0][order]=DESC", reversed(by_name)),
        ("?sortBy%5B0%5D%5Bkey%5D=Name", by_name),
    ] {
        let answer = shop.keys(query).await;
        assert_eq!(names(&answer), expected, "{query}");
        assert_eq!(answer.header("swage-ignored-fields"), "", "{query}");
    }
}

#[rstest]
#[tokio::test]
async fn a_list_can_be_searched_by_name(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = shop_with(&app, &["ERP sync", "erp export", "100%", "1000", "a_b", "axb", "ÜBER!"]).await;
    for (query, expected) in [
        ("?search.name=erp", vec!["ERP sync", "erp export"]),
        ("?search[name]=ERP", vec!["ERP sync", "erp export"]),
        ("?search%5Bname%5D=P%20S", vec!["ERP sync"]),
        ("?search.name=+erp+", vec!["ERP sync", "erp export"]),
        ("?search.name=%25", vec!["100%"]),
        ("?search.name=_", vec!["a_b"]),
        ("?search.name=%C3%BCber", vec!["ÜBER!"]),
        ("?search.name=!", vec!["ÜBER!"]),
        ("?search.name='%20OR%201=1--", vec![]),
        ("?search.name=sync&search.name=1000", vec!["ERP sync", "1000"]),
        (
            "?search.name=",
            vec!["Test admin", "ERP sync", "erp export", "100%", "1000", "a_b", "axb", "ÜBER!"],
        ),
    ] {
        let answer = shop.keys(query).await;
        assert_eq!(names(&answer), expected, "{query}");
        assert_eq!(answer.json["total"], expected.len(), "{query}");
    }
}

#[rstest]
#[tokio::test]
async fn a_list_can_be_narrowed_to_types(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for key_type in ["full-access", "read-only", "customer"] {
        shop.key_with(json!({ "keyType": key_type, "name": key_type })).await;
    }
    let found = async |query: &str| -> BTreeSet<String> {
        names(&shop.keys(query).await).into_iter().map(ToOwned::to_owned).collect()
    };
    for (query, expected) in [
        ("?keyType=customer", vec!["customer"]),
        ("?keyType=customer&keyType=read-only", vec!["customer", "read-only"]),
        ("?keyType[]=customer&keyType[]=read-only", vec!["customer", "read-only"]),
        ("?keyType[0]=customer&keyType[1]=full-access", vec!["customer", "full-access"]),
        ("?keytype%5B%5D=admin", vec!["Test admin"]),
        // In every form that a new key's type is read in.
        ("?keyType=fullAccess", vec!["full-access"]),
        ("?keyType=READ-ONLY", vec!["read-only"]),
        ("?keyType=customer&search.name=read", vec![]),
        ("?keyType=", vec!["Test admin", "customer", "full-access", "read-only"]),
    ] {
        assert_eq!(found(query).await, expected.into_iter().map(ToOwned::to_owned).collect(), "{query}");
    }
}

#[rstest]
#[tokio::test]
async fn a_cursor_visits_every_key_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    // Many of one moment and of one name: only the id tells them apart.
    for n in 0..23 {
        shop.key_with(json!({ "name": if n % 5 == 0 { "Same" } else { "same" } })).await;
        if n % 4 == 0 {
            app.pass(Duration::from_secs(1));
        }
    }
    for query in [
        "?limit=4",
        "?limit=4&sortBy[0].order=desc",
        "?limit=5&sortBy[0].key=name",
        "?limit=5&sortBy[0].key=name&sortBy[0].order=desc",
        "?limit=3&search.name=same",
        "?limit=1&keyType=full-access",
    ] {
        let whole: Vec<_> = {
            let query = query.split_once('&').map_or("", |(_, rest)| rest);
            let all = shop.keys(&format!("?limit=-1&{query}")).await;
            all.json["items"].as_array().unwrap().iter().map(|key| key["_id"].clone()).collect()
        };
        assert!(whole.len() >= 23);
        let mut visited = Vec::new();
        let mut cursor = None;
        loop {
            let query = match &cursor {
                Some(cursor) => format!("{query}&cursor={cursor}"),
                None => query.to_owned(),
            };
            let page = shop.keys(&query).await.json;
            assert_eq!(page["total"], whole.len());
            visited.extend(page["items"].as_array().unwrap().iter().map(|key| key["_id"].clone()));
            cursor = page["cursor"].as_str().map(ToOwned::to_owned);
            if cursor.is_none() {
                break;
            }
            assert!(visited.len() <= whole.len(), "{query} does not end");
        }
        assert_eq!(visited, whole, "{query}");
    }
}

#[rstest]
#[tokio::test]
async fn a_cursor_is_not_upset_by_what_comes_and_goes(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = shop_with(&app, &["1", "2", "3", "4", "5"]).await;
    let first = shop.keys("?limit=3").await;
    assert_eq!(names(&first), ["Test admin", "1", "2"]);
    let cursor = first.json["cursor"].as_str().unwrap();
    // The key at which the page ended goes, and so does one behind it; another comes.
    let id = |n: usize| first.json["items"][n]["_id"].as_str().unwrap();
    shop.delete(id(2)).expect(200).await;
    shop.delete(id(1)).expect(200).await;
    app.pass(Duration::from_secs(1));
    shop.key_with(json!({ "name": "6" })).await;
    let rest = shop.keys(&format!("?limit=10&cursor={cursor}")).await;
    assert_eq!(names(&rest), ["3", "4", "5", "6"]);
}

#[rstest]
#[tokio::test]
async fn deleted_keys_are_listed_when_asked_for(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = shop_with(&app, &["Gone", "Here"]).await;
    let gone = shop.keys("?search.name=gone").await.json["items"][0]["_id"].as_str().unwrap().to_owned();
    app.pass(Duration::from_secs(5));
    shop.delete(&gone).expect(200).await;
    for query in ["", "?includeDeleted=false", "?includeDeleted=0", "?includeDeleted=FALSE"] {
        let list = shop.keys(query).await;
        assert_eq!(names(&list), ["Test admin", "Here"], "{query}");
        assert_eq!(list.json["total"], 2);
    }
    for query in ["?includeDeleted=true", "?includeDeleted=1", "?includedeleted", "?includeDeleted="] {
        let list = shop.keys(query).await;
        assert_eq!(names(&list), ["Test admin", "Gone", "Here"], "{query}");
        assert_eq!(list.json["total"], 3);
    }
    let document = shop.document(&gone).await;
    let expected = json!({
        "state": "revoked", "deleted": true, "deletedDate": "2026-01-01T00:00:07.000Z", "warnings": [],
        "deletedBy": format!("key:{}", shop.admin.id), "rev": 2, "lastModified": "2026-01-01T00:00:07.000Z",
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&document[field], value, "{field}");
    }
    shop.change(&gone, json!({})).expect(404).await;
    shop.delete(&gone).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn what_a_list_does_not_know_is_named(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let answer = shop.keys("?colour=red&search.colour=x&limit=5&sortBy[1].key=name&a,b%0d%0a%C3%A9=1").await;
    let ignored = answer.header("swage-ignored-fields");
    assert_eq!(ignored, "?colour, ?search.colour, ?sortBy[1].key, ?a?b???");
    assert_eq!(answer.json["limit"], 5);

    let many: Vec<_> = (0..150).map(|n| format!("parameter{n}=1")).collect();
    let answer = shop.keys(&format!("?{}", many.join("&"))).await;
    let ignored = answer.header("swage-ignored-fields");
    assert!(ignored.ends_with(", ...") && ignored.len() < 1100, "{ignored}");
}

#[rstest]
#[tokio::test]
async fn what_a_list_cannot_make_sense_of_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = shop_with(&app, &["1", "2"]).await;
    let by_age = shop.keys("?limit=1").await.json["cursor"].as_str().unwrap().to_owned();
    let by_name = shop.keys("?limit=1&sortBy[0].key=name").await.json["cursor"].as_str().unwrap().to_owned();
    let hex = |text: &str| base::hex::encode(text.as_bytes());
    let many = vec!["search.name=1"; 201].join("&");
    for (query, path) in [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=1.5", "page"),
        ("page=x", "page"),
        ("page=1000000001", "page"),
        ("page=99999999999999999999", "page"),
        ("limit=0", "limit"),
        ("limit=-2", "limit"),
        ("limit=ten", "limit"),
        ("limit=1e3", "limit"),
        ("limit=9223372036854775808", "limit"),
        ("itemsPerPage=0", "itemsPerPage"),
        ("includeDeleted=maybe", "includeDeleted"),
        ("keyType=root", "keyType"),
        ("keyType=customer&keyType=root", "keyType"),
        ("sortBy[0].order=sideways", "sortBy[0].order"),
        ("sortBy[0].key=secret", "sortBy[0].key"),
        ("sortBy[0].key=api_key.created;DROP", "sortBy[0].key"),
        ("cursor=1", "cursor"),
        ("cursor=zz", "cursor"),
        (&format!("cursor={}", hex("[]")), "cursor"),
        (&format!("cursor={}", hex("[null,\"1\"]")), "cursor"),
        (&format!("cursor={}", hex("[1e400,\"1\"]")), "cursor"),
        (&format!("cursor={}", hex("[1,\"\\u0000\"]")), "cursor"),
        (&format!("cursor={}", "ab".repeat(490)), "cursor"),
        (&format!("cursor={by_age}&sortBy[0].key=name"), "cursor"),
        (&format!("cursor={by_name}"), "cursor"),
        ("search.name=%00", "search.name"),
        ("%00=1", "?"),
        (&format!("search.name={}", "x".repeat(1001)), "search.name"),
        (&many, ""),
    ] {
        let path_and_query = format!("/api/v1/organization/apikeys?{query}");
        let answer = app.get(path_and_query).credential(&shop.admin.text).expect(400).await;
        assert_eq!(answer.wrong_fields(), [path], "{query}");
    }
    // Bytes that are no UTF-8 are text that nothing matches.
    assert_eq!(shop.keys("?search.name=%ff%fe").await.json["total"], 0);
}

#[rstest]
#[tokio::test]
async fn the_state_follows_the_clock(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = json!({ "startDate": "2026-01-01T00:00:10Z", "expires": "2026-01-01T00:00:20Z" });
    let key = shop.key_with(key).await;
    let millis = Duration::from_millis;
    for (pass, state) in [
        (millis(0), "notStarted"),
        (millis(9_999), "notStarted"),
        (millis(1), "active"),
        (millis(9_999), "active"),
        (millis(1), "expired"),
        (Duration::from_hours(1_000_000), "expired"),
    ] {
        app.pass(pass);
        assert_eq!(shop.document(&key.id).await["state"], state);
        assert_eq!(app.lets_in(&key.text).await, state == "active");
    }
}

#[rstest]
#[tokio::test]
async fn the_last_use_is_shown_once_it_is_stored(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "approvedIpAddresses": [{ "ipAddress": "198.51.100.0/24" }] })).await;
    let used = async || {
        usecases::feed::store_uses(&app.database, &app.gate).await.unwrap();
        let document = shop.document(&key.id).await;
        (document["lastUsed"].clone(), document["lastUsedAddress"].clone(), document["rev"].clone())
    };
    let verify = || app.get("/security/v1/verify").credential(&key.text);
    assert_eq!(used().await, (Json::Null, Json::Null, json!(1)));
    // What is refused is no use.
    verify().from("203.0.113.1").expect(403).await;
    assert_eq!(used().await, (Json::Null, Json::Null, json!(1)));

    app.pass(Duration::from_secs(1));
    verify().from("198.51.100.1").expect(200).await;
    app.pass(Duration::from_secs(1));
    verify().from("198.51.100.2").expect(200).await;
    let last = (json!("2026-01-01T00:00:02.000Z"), json!("198.51.100.2"), json!(1));
    assert_eq!(used().await, last);
    assert_eq!(used().await, last);

    // The exchange is a use, and so is that of a token.
    app.pass(Duration::from_secs(1));
    let body = json!({ "apiKey": key.text, "name": key.name, "grantType": "client_credentials" });
    let exchanged = app.post("/security/v1/token").json(&body).from("198.51.100.3").expect(200).await;
    assert_eq!(used().await.0, "2026-01-01T00:00:03.000Z");
    app.pass(Duration::from_secs(1));
    let token = exchanged.json["securityToken"].as_str().unwrap();
    app.get("/security/v1/verify").credential(token).from("2001:db8::7").expect(200).await;
    assert_eq!(used().await, (json!("2026-01-01T00:00:04.000Z"), json!("2001:db8::7"), json!(1)));

    // A use that is stored after a change takes nothing of it back.
    app.pass(Duration::from_secs(1));
    app.get("/security/v1/verify").credential(token).expect(200).await;
    shop.change(&key.id, json!({ "name": "Renamed" })).expect(200).await;
    assert_eq!(used().await, (json!("2026-01-01T00:00:05.000Z"), json!("192.0.2.1"), json!(2)));
    assert_eq!(shop.document(&key.id).await["name"], "Renamed");
}
