//! API keys through the Gjirafa dialect: the same keys as everywhere else.

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestKey, TestOrganization};

const NEVER: &str = "9999-12-31T23:59:59Z";

/// The role of these names in every new organization.
const ADMIN: i32 = 1;
const REGULAR: i32 = 2;
const CUSTOMER: i32 = 3;

fn path(shop: &TestOrganization<'_>) -> String {
    format!("/api/organizations/{}/api-keys", shop.public_id)
}

fn create<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, body: &Json) -> Call<'a> {
    app.post(path(shop)).credential(&shop.admin.text).json(body).shows_secret()
}

fn update<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, body: &Json) -> Call<'a> {
    app.call("PUT", path(shop)).credential(&shop.admin.text).json(body)
}

async fn read(app: &TestApp, shop: &TestOrganization<'_>, key: &str) -> Json {
    let call = app.get(format!("{}/{key}", path(shop))).credential(&shop.admin.text);
    call.expect(200).await.json["result"].clone()
}

async fn items(app: &TestApp, shop: &TestOrganization<'_>) -> Vec<Json> {
    let list = app.get(path(shop)).credential(&shop.admin.text).expect(200).await.json;
    list["result"].as_array().unwrap().clone()
}

fn said(answer: &Answer) -> String {
    answer.json["errors"][0].as_str().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn a_key_made_here_is_read_changed_and_used_in_the_other_dialect(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let body = json!({
        "roleId": REGULAR,
        "userApiKey": {
            "apiKeyId": 0, "apiName": "Importer", "hasExpireTime": true,
            "startDateTime": "2025-01-01T00:00:00Z", "expireDateTime": "2027-01-01T00:00:00+01:00",
        },
    });
    let made = create(&app, &shop, &body).expect(200).await;
    let envelope = &made.json;
    assert_eq!((&envelope["success"], &envelope["statusCode"]), (&json!(true), &json!(200)));
    assert_eq!((&envelope["errors"], &envelope["resultInfo"]), (&json!([]), &Json::Null));
    assert!(envelope["messages"][0].as_str().unwrap().contains("Importer"));
    let key = &envelope["result"];
    let text = key["apiKey"].as_str().unwrap().to_owned();
    assert_eq!((&key["id"], &key["name"], &key["roleId"]), (&json!(2), &json!("Importer"), &json!(REGULAR)));
    assert_eq!(key["startDate"], "2025-01-01T00:00:00.000Z");
    assert_eq!(
        (&key["expireDate"], &key["hasExpireTime"]),
        (&json!("2026-12-31T23:00:00.000Z"), &json!(true))
    );
    assert!(app.lets_in(&text).await);

    let there = shop.keys("?search.name=importer").await.json["items"][0].clone();
    assert_eq!((&there["keyType"], &there["scopes"]), (&json!("full-access"), &json!("read,write")));
    assert_eq!(there["expires"], "2026-12-31T23:00:00.000Z");
    let id = there["_id"].as_str().unwrap();
    let test_key = TestKey { id: id.to_owned(), name: "Importer".into(), text: text.clone() };
    let token = app.token(&test_key).await;
    shop.change(id, json!({ "name": "Renamed there", "scopes": "read" })).expect(200).await;
    assert!(!app.lets_in(&token).await, "a change there ends the tokens");
    assert_eq!(read(&app, &shop, "2").await["name"], "Renamed there");
    let gone = app.call("DELETE", format!("{}/2", path(&shop))).credential(&shop.admin.text);
    assert_eq!(gone.expect(200).await.json["result"], true);
    assert!(!app.lets_in(&text).await);
    shop.delete(id).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn a_key_made_there_is_read_changed_and_deleted_here(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "name": "Made there", "keyType": "read-only", "scopes": "read" })).await;
    let here = read(&app, &shop, &key.id).await;
    assert_eq!((&here["id"], &here["roleId"]), (&json!(2), &json!(ADMIN)));
    assert_eq!((&here["expireDate"], &here["hasExpireTime"]), (&json!(NEVER), &json!(false)));
    assert!(here["apiKey"].as_str().unwrap().contains('…'));

    // What was read may be written back: nothing changes but the revision, and no token ends.
    let token = app.token(&key).await;
    let back = update(&app, &shop, &here).expect(200).await;
    assert_eq!(back.json["result"], here);
    assert!(app.lets_in(&token).await);

    let change = json!({ "id": 2, "name": "Changed here", "expireDate": "2030-01-01", "roleId": REGULAR });
    update(&app, &shop, &change).expect(200).await;
    assert!(!app.lets_in(&token).await);
    let there = shop.document(&key.id).await;
    assert_eq!(
        (&there["name"], &there["expires"]),
        (&json!("Changed here"), &json!("2030-01-01T00:00:00.000Z"))
    );
    assert_eq!(there["keyType"], "read-only", "not the type that goes with the role, so it stays");

    let gone = app.call("DELETE", format!("{}/{}", path(&shop), key.id)).credential(&shop.admin.text);
    gone.expect(200).await;
    assert!(!app.lets_in(&key.text).await);
}

#[rstest]
#[tokio::test]
async fn the_type_goes_with_the_role_and_follows_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let type_of = async |name: &str| {
        shop.keys(&format!("?search.name={name}")).await.json["items"][0]["keyType"].clone()
    };
    for (role, key_type) in [
        (Some(ADMIN), "admin"),
        (Some(REGULAR), "full-access"),
        (Some(CUSTOMER), "customer"),
        (None, "full-access"),
    ] {
        let name = format!("Role{}", role.unwrap_or(0));
        let body = json!({ "roleId": role, "userApiKey": { "apiName": name } });
        let made = create(&app, &shop, &body).expect(200).await.json["result"].clone();
        assert_eq!(made["roleId"], role.unwrap_or(REGULAR));
        assert_eq!(type_of(&name).await, key_type);
    }
    let number =
        items(&app, &shop).await.iter().find(|key| key["apiKeyName"] == "Role1").unwrap()["apiKeyId"].clone();
    for (role, key_type) in [(CUSTOMER, "customer"), (REGULAR, "full-access"), (ADMIN, "admin")] {
        update(&app, &shop, &json!({ "id": number, "roleId": role })).expect(200).await;
        assert_eq!(type_of("Role1").await, key_type);
    }
}

#[rstest]
#[tokio::test]
async fn a_key_without_an_end_tells_a_far_one_which_may_be_written_back(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let mut number = 1;
    for given in [
        json!({ "apiName": "K" }),
        json!({ "apiName": "K", "hasExpireTime": false }),
        json!({ "apiName": "K", "hasExpireTime": 0, "expireDateTime": "2027-01-01" }),
        json!({ "apiName": "K", "expireDateTime": NEVER }),
        json!({ "apiName": "K", "hasExpireTime": "false", "expireDateTime": "9999-12-31T23:59:59.9999999" }),
    ] {
        let made =
            create(&app, &shop, &json!({ "userApiKey": given })).expect(200).await.json["result"].clone();
        number += 1;
        assert_eq!((&made["hasExpireTime"], &made["expireDate"]), (&json!(false), &json!(NEVER)), "{given}");
        assert_eq!(made["startDate"], "2026-01-01T00:00:00.000Z");
        assert_eq!(made["id"], number);
    }
    for (given, wrong) in [
        (json!({ "apiName": "K", "hasExpireTime": true }), "userApiKey.expireDateTime"),
        (
            json!({ "apiName": "K", "hasExpireTime": true, "expireDateTime": NEVER }),
            "userApiKey.expireDateTime",
        ),
        (json!({ "apiName": "K", "expireDateTime": "soon" }), "userApiKey.expireDateTime"),
        (
            json!({ "apiName": "K", "startDateTime": "2026-02-02", "expireDateTime": "2026-02-01" }),
            "userApiKey.expireDateTime",
        ),
        (json!({ "apiName": "" }), "userApiKey.apiName"),
        (json!({}), "userApiKey.apiName"),
        (json!({ "apiName": "K", "hasExpireTime": 2 }), "userApiKey.hasExpireTime"),
    ] {
        let answer = create(&app, &shop, &json!({ "userApiKey": given })).expect(400).await;
        assert_eq!(answer.wrong_fields(), [wrong], "{given}: {}", answer.json);
    }
    for (change, end) in [
        (json!({ "id": 2, "expireDate": "2027-01-01" }), Some("2027-01-01T00:00:00.000Z")),
        (json!({ "id": 2, "name": "L", "hasExpireTime": true }), Some("2027-01-01T00:00:00.000Z")),
        (json!({ "id": 2, "expireDate": null }), None),
        (
            json!({ "id": 2, "hasExpireTime": true, "expireDate": "2028-01-01" }),
            Some("2028-01-01T00:00:00.000Z"),
        ),
        (json!({ "id": 2, "hasExpireTime": false }), None),
    ] {
        let key = update(&app, &shop, &change).expect(200).await.json["result"].clone();
        assert_eq!(key["expireDate"], end.unwrap_or(NEVER), "{change}");
        assert_eq!(key["hasExpireTime"], end.is_some(), "{change}");
    }
    for change in [
        json!({ "id": 2, "hasExpireTime": true }),
        json!({ "id": 2, "hasExpireTime": true, "expireDate": NEVER }),
        json!({ "id": 2, "startDate": "2028-01-01", "expireDate": "2027-01-01" }),
    ] {
        assert_eq!(update(&app, &shop, &change).expect(400).await.wrong_fields(), ["expireDate"], "{change}");
    }
}

#[rstest]
#[tokio::test]
async fn a_repeated_creation_does_not_show_the_key_again(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let body = json!({ "userApiKey": { "apiName": "Once" } });
    let call = || create(&app, &shop, &body).header("idempotency-key", "k");
    let first = call().expect(200).await;
    let again = call().expect(200).await;
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.json["result"]["id"], first.json["result"]["id"]);
    assert!(again.json["result"]["apiKey"].as_str().unwrap().contains('…'));
    assert!(again.json["messages"][0].as_str().unwrap().contains("shown only once"));
    assert_eq!(items(&app, &shop).await.len(), 2);
    let other = json!({ "userApiKey": { "apiName": "Other" } });
    let answer = create(&app, &shop, &other).header("idempotency-key", "k").expect(400).await;
    assert!(said(&answer).contains("Idempotency-Key"));
}

#[rstest]
#[tokio::test]
async fn projects_are_added_to_a_key_and_taken_away_but_never_the_last(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (one, two) = (shop.project("One").await, shop.project("Two").await);
    let key = shop.key_in(&[&one], REGULAR).await;
    let names = async || {
        let all = items(&app, &shop).await;
        let key = all.iter().find(|item| item["apiKeyId"] == 2).unwrap();
        let list = key["projectsNameList"].as_array().unwrap().iter();
        list.map(|project| project["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let left = async || {
        let list = app.get(format!("{}/2/projects/select-list", path(&shop))).credential(&shop.admin.text);
        list.expect(200).await.json["result"].clone()
    };
    let add = |projects: Json| {
        let call = app.post(format!("{}/projects", path(&shop))).credential(&shop.admin.text);
        call.json(&json!({ "apiKeyId": 2, "projectIds": projects }))
    };
    let remove = |project: &str| {
        let call = app.call("PUT", format!("{}/2/projects?projectId={project}", path(&shop)));
        call.credential(&shop.admin.text)
    };
    assert_eq!(names().await, ["One"]);
    let unlisted = left().await;
    assert_eq!(unlisted.as_array().unwrap().len(), 2);
    assert_eq!(unlisted[1]["value"], two);
    assert_eq!((&unlisted[1]["id"], &unlisted[1]["name"]), (&json!(3), &json!("Two")));

    let token = app.token(&key).await;
    assert_eq!(add(json!([two, 1])).expect(200).await.json["result"], true);
    assert_eq!(names().await.len(), 3);
    assert_eq!(left().await, json!([]));
    assert!(!app.lets_in(&token).await, "a change of its projects ends the tokens of a key");

    // What changes nothing ends nothing.
    let token = app.token(&key).await;
    add(json!([two])).expect(200).await;
    assert!(app.lets_in(&token).await);

    for project in ["1", two.as_str()] {
        remove(project).expect(200).await;
    }
    assert_eq!(names().await, ["One"]);
    let refused = remove(&one).expect(400).await;
    assert!(said(&refused).contains("only project"), "{}", refused.json);
    assert_eq!(remove("nothing").expect(400).await.wrong_fields(), ["projectId"]);
    let bare = app.call("PUT", format!("{}/2/projects", path(&shop))).credential(&shop.admin.text);
    assert_eq!(bare.expect(400).await.wrong_fields(), ["projectId"]);
    assert_eq!(add(json!([])).expect(400).await.wrong_fields(), ["projectIds"]);
    assert_eq!(
        add(json!([one, "zzzzzzzz", 99])).expect(400).await.wrong_fields(),
        ["projectIds[1]", "projectIds[2]"]
    );
    let unknown =
        create(&app, &shop, &json!({ "listProjectsId": ["zzzzzzzz"], "userApiKey": { "apiName": "K" } }));
    assert_eq!(unknown.expect(400).await.wrong_fields(), ["listProjectsId[0]"]);
}

#[rstest]
#[tokio::test]
async fn an_old_revision_is_told_so_in_the_envelope(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let made = create(&app, &shop, &json!({ "userApiKey": { "apiName": "K" } })).expect(200).await;
    assert_eq!(made.header("etag"), "\"1\"");
    let rename =
        |name: &str| update(&app, &shop, &json!({ "id": 2, "name": name })).header("if-match", "\"1\"");
    assert_eq!(rename("L").expect(200).await.header("etag"), "\"2\"");
    assert!(said(&rename("M").expect(400).await).contains("revision 2"));
    assert_eq!(read(&app, &shop, "2").await["name"], "L");
}

#[rstest]
#[tokio::test]
async fn what_is_done_here_stands_in_the_audit_record(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let project = shop.project("One").await;
    let key = shop.key_in(&[&project], REGULAR).await;
    let id = shop.keys("?search.name=A%20key").await.json["items"][0]["_id"].as_str().unwrap().to_owned();
    app.pass(std::time::Duration::from_secs(1));
    update(&app, &shop, &json!({ "id": key.id, "name": "B" })).expect(200).await;
    app.pass(std::time::Duration::from_secs(1));
    let add = app.post(format!("{}/projects", path(&shop))).credential(&shop.admin.text);
    add.json(&json!({ "apiKeyId": key.id, "projectIds": [1] })).expect(200).await;
    app.pass(std::time::Duration::from_secs(1));
    app.call("DELETE", format!("{}/{}", path(&shop), key.id)).credential(&shop.admin.text).expect(200).await;
    let entries = app.audit(shop.id, &id).await;
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["create", "update", "update", "delete"]);
    let counts: Vec<_> =
        entries.iter().map(|entry| entry.after["projects"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [1, 1, 2, 2]);
}
