//! Keys that another system made, known by a hash of their texts.

use std::{sync::Arc, time::Duration};

use gate::{Credential, Gate};
use keys::TextHash;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Call, Engine, Postgres, Sqlite, TestApp, TestKey, TestOrganization};
use usecases::feed::DatabaseKeys;

const PATH: &str = "/api/v1/organization/apikeys/import";
const TEXT: &str = "sk_live_4eC39HqLyjWDarjtT1zdp7dc";

/// A key with this text, as another system would tell it.
fn foreign(text: &str) -> Json {
    let hash = json!({ "algorithm": "sha256", "value": TextHash::Sha256.of(text).to_hex() });
    json!({ "name": "Imported", "scopes": "read", "keyType": "full-access", "prefix": "sk_live", "hash": hash })
}

fn import<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, body: &Json) -> Call<'a> {
    app.post(PATH).credential(&shop.admin.text).json(body)
}

async fn imported(app: &TestApp, shop: &TestOrganization<'_>, text: &str) -> TestKey {
    let answer = import(app, shop, &json!({ "keys": [foreign(text)] })).expect(201).await;
    let id = answer.json["items"][0]["_id"].as_str().unwrap().to_owned();
    TestKey { id, name: "Imported".to_owned(), text: text.to_owned() }
}

#[rstest]
#[tokio::test]
async fn an_imported_key_is_a_credential_as_any_other(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    assert!(!app.lets_in(TEXT).await);
    let key = imported(&app, &shop, TEXT).await;
    let verify = || app.get("/security/v1/verify");
    for call in [
        verify().credential(TEXT),
        verify().header("authorization", TEXT),
        verify().header("x-api-key", TEXT),
        verify().credential(&app.token(&key).await),
    ] {
        assert_eq!(call.expect(200).await.json["subject"], format!("key:{}", key.id));
    }
    assert_eq!(shop.document(&key.id).await["apiKey"], "sk_live…");
    for wrong in [&TEXT[1..], &TEXT.to_uppercase(), &format!("{TEXT}x"), "short", &"x".repeat(513)] {
        assert!(!app.lets_in(wrong).await, "{wrong}");
    }
    shop.delete(&key.id).expect(200).await;
    assert!(!app.lets_in(TEXT).await);
    // Its text is free again.
    imported(&app, &shop, TEXT).await;
    assert!(app.lets_in(TEXT).await);
}

#[rstest]
#[tokio::test]
async fn a_hash_is_taken_in_every_form_it_is_written_in(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let mut keys = Vec::new();
    for (text, algorithm, value) in [
        ("first-text-of-abc", "sha512", TextHash::Sha512.of("first-text-of-abc").to_hex()),
        ("second-text-of-abc", "sha256", TextHash::Sha256.of("second-text-of-abc").to_hex().to_uppercase()),
        ("abc-12345", "sha256", "tGzDTaAYIMsBqEhFnT3UHcNpWQoaDLPhSdv6FtBFs18=".to_owned()),
    ] {
        let mut key = foreign(text);
        key["hash"] = json!({ "algorithm": algorithm, "value": value });
        keys.push(key);
    }
    // The last is no hash of that text, but has the form of one.
    import(&app, &shop, &json!({ "keys": keys })).expect(201).await;
    assert!(app.lets_in("first-text-of-abc").await && app.lets_in("second-text-of-abc").await);
    assert!(!app.lets_in("abc-12345").await);
}

#[rstest]
#[tokio::test]
async fn all_keys_are_imported_or_none_and_each_wrong_one_is_named(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    imported(&app, &shop, TEXT).await;
    let before = app.row_counts().await;
    let with = |field: &str, value: Json| {
        let mut key = foreign("a-text-of-its-own");
        key[field] = value;
        key
    };
    for (keys, paths) in [
        (json!([]), vec!["keys"]),
        (json!([foreign("twice-the-same"), foreign("twice-the-same")]), vec!["keys[1].hash.value"]),
        (json!([foreign("fine-text"), with("hash", json!(null))]), vec!["keys[1].hash"]),
        (json!([with("hash", json!({}))]), vec!["keys[0].hash.algorithm", "keys[0].hash.value"]),
        (json!([with("hash", json!({ "algorithm": "md5", "value": "00" }))]), vec!["keys[0].hash.algorithm"]),
        (json!([with("hash", json!({ "algorithm": "sha256", "value": "00" }))]), vec!["keys[0].hash.value"]),
        (json!([with("prefix", json!("swg_live_"))]), vec!["keys[0].prefix"]),
        (json!([with("prefix", json!("x".repeat(33)))]), vec!["keys[0].prefix"]),
        (json!([with("name", json!("")), foreign("fine-text")]), vec!["keys[0].name"]),
        (json!([with("scopes", json!(7))]), vec!["keys[0].scopes"]),
        (json!([with("text", json!("clear"))]), vec!["keys[0].text"]),
        (json!([foreign("fine-text"), with("roleId", json!("none"))]), vec!["keys[1].roleId"]),
        (json!([foreign("fine-text"), foreign(TEXT)]), vec!["keys[1].hash.value"]),
    ] {
        for dry_run in [false, true] {
            let body = json!({ "keys": keys, "dryRun": dry_run });
            let answer = import(&app, &shop, &body).expect(400).await;
            assert_eq!(answer.wrong_fields(), paths, "{}", answer.json);
        }
    }
    // A text belongs to one key, of whatever organization.
    let theirs = import(&app, &other, &json!({ "keys": [foreign(TEXT)] })).expect(400).await;
    assert_eq!(theirs.wrong_fields(), ["keys[0].hash.value"]);
    let look = json!({ "keys": [foreign("fine-text")], "dryRun": true });
    let looked = import(&app, &shop, &look).expect(200).await.json;
    assert_eq!((&looked["total"], &looked["items"][0]["_id"]), (&json!(1), &Json::Null));
    assert_eq!(app.row_counts().await, before);
    assert!(!app.lets_in("fine-text").await);
}

#[rstest]
#[tokio::test]
async fn an_imported_key_is_rotated_to_a_text_of_ours(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let old = imported(&app, &shop, TEXT).await;
    let new = shop.rotate_with(&old, json!({ "graceSeconds": 60 })).await;
    assert!(new.text.starts_with("swg_test_"));
    assert!(shop.document(&old.id).await["apiKey"].as_str().unwrap().starts_with("swg_test_"));
    let answer = app.get("/security/v1/verify").credential(TEXT).expect(200).await;
    assert!(answer.header("swage-key-warning").starts_with("formerSecret"));
    assert!(app.lets_in(&new.text).await);
    app.pass(Duration::from_mins(1));
    assert!(!app.lets_in(TEXT).await && app.lets_in(&new.text).await);
}

#[rstest]
#[tokio::test]
async fn a_node_that_starts_anew_knows_imported_keys(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = imported(&app, &shop, TEXT).await;
    let keys = Arc::new(DatabaseKeys::new(&app.database));
    let node = Gate::open(app.gate.secrets().clone(), keys, app.clock.clone()).await.unwrap();
    let verified = node.verify(Credential::Key(TEXT), None, None, None).unwrap();
    assert_eq!(verified.key.id.to_string(), key.id);
}

#[rstest]
#[tokio::test]
async fn the_hash_of_a_key_of_ours_moves_nothing_of_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let live = shop.key("full-access").await;
    imported(&app, &other, &live.text).await;
    let subject = || async {
        app.get("/security/v1/verify").credential(&live.text).expect(200).await.json["subject"].clone()
    };
    assert_eq!(subject().await, format!("key:{}", live.id));
    // A text of ours that is over stays over.
    shop.delete(&live.id).expect(200).await;
    assert!(!app.lets_in(&live.text).await);
}

#[rstest]
#[tokio::test]
async fn nobody_imports_a_key_that_may_do_more(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let clerk = shop.key_with(json!({ "keyType": "admin", "scopes": "apiKey:read,apiKey:write" })).await;
    let body = json!({ "keys": [foreign(TEXT)] });
    app.post(PATH).credential(&clerk.text).json(&body).expect(403).await;
    assert!(!app.lets_in(TEXT).await);
}

#[rstest]
#[tokio::test]
async fn a_hundred_keys_are_imported_at_once_and_no_more(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let text = |n: usize| format!("imported-text-{n}");
    let keys = |count: usize| (0..count).map(|n| foreign(&text(n))).collect::<Json>();
    import(&app, &shop, &json!({ "keys": keys(101) })).expect(400).await;
    let answer = import(&app, &shop, &json!({ "keys": keys(100) })).expect(201).await;
    assert_eq!(answer.json["total"], 100);
    assert!(app.lets_in(&text(0)).await && app.lets_in(&text(99)).await);
}
