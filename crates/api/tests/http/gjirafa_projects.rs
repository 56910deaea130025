//! Projects, and what a key or a person may do who is limited to them.

use base::{Id, Random};
use database::{Scope, Statement, Tx, params};
use keys::SystemRole;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, TestOrganization};

async fn project(app: &TestApp, shop: &TestOrganization<'_>, name: &str) -> Json {
    let call = app.get(format!("/api/projects/{name}")).credential(&shop.admin.text);
    call.expect(200).await.json["result"].clone()
}

async fn list(app: &TestApp, shop: &TestOrganization<'_>, query: &str) -> Json {
    let path = format!("/organizations/{}/projects{query}", shop.public_id);
    app.get(path).credential(&shop.admin.text).expect(200).await.json["result"].clone()
}

fn names(page: &Json) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// Gives a user of this role a role in a project; answers the session's token.
async fn member(app: &TestApp, shop: &TestOrganization<'_>, project: &str, role: &'static str) -> String {
    static JOIN: Statement = Statement::tenant(
        "test.join",
        "INSERT INTO project_user (organization_id, id, project_id, user_id, role_id,
                                   created, created_by, last_modified, last_modified_by, rev)
         SELECT $1, $2, external_id.record_id, user_account.id, role.id, 0, 'x', 0, 'x', 1
         FROM external_id, user_account, role
         WHERE external_id.organization_id = $1 AND user_account.organization_id = $1 AND role.organization_id = $1
           AND external_id.record_kind = 'project' AND external_id.value = $3 AND user_account.email = $4
           AND role.system_role = $5",
    );
    let (email, password) = shop.user(SystemRole::Customer).await;
    let id: Id<base::Organization> = Id::new(app.clock.now(), &mut Random::seeded(5));
    let (letters, address) = (project.to_owned(), email.clone());
    let join =
        move |tx: &mut Tx<'_>| tx.execute_one(&JOIN, params![id, letters.as_str(), address.as_str(), role]);
    app.database.write(Scope::Organization(shop.id), join).await.unwrap();
    let login = app.post("/security/v1/login").json(&json!({ "email": email, "password": password }));
    login.expect(200).await.json["token"].as_str().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn a_project_is_made_read_and_changed(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let first = project(&app, &shop, "1").await;
    let expected = json!({
        "publicProjectId": shop.public_id, "name": "Shop", "publicOrganizationId": shop.public_id,
        "orderNumber": 1, "isDefault": true, "biskoId": "", "prebidConfigId": "",
    });
    assert_eq!(first, expected);
    let letters = shop.project("Spring").await;
    assert!(letters.len() == 8 && letters.bytes().all(|byte| byte.is_ascii_lowercase()));
    let made = project(&app, &shop, "2").await;
    assert_eq!(
        (&made["name"], &made["orderNumber"], &made["isDefault"]),
        (&json!("Spring"), &json!(2), &json!(false))
    );
    // Every address of it answers the same.
    for (method, path) in [("GET", ""), ("GET", "/external-projects"), ("PUT", "/external-projects")] {
        let path = format!("/api/projects/{}{path}", letters.to_uppercase());
        assert_eq!(
            app.call(method, path).credential(&shop.admin.text).expect(200).await.json["result"],
            made
        );
    }
    // What was read may be written back.
    for method in ["PUT", "POST"] {
        let call = app.call(method, format!("/api/projects/{letters}")).credential(&shop.admin.text);
        assert_eq!(call.json(&made).expect(200).await.json["result"], made);
    }
    let change = |body: Json| app.call("PUT", "/api/projects/2").credential(&shop.admin.text).json(&body);
    let changed =
        change(json!({ "name": "Summer", "orderNumber": -5, "biskoId": "b", "prebidConfigId": "p" }));
    let changed = changed.expect(200).await.json["result"].clone();
    assert_eq!((&changed["name"], &changed["orderNumber"]), (&json!("Summer"), &json!(-5)));
    let cleared = change(json!({ "biskoId": null })).expect(200).await.json["result"].clone();
    assert_eq!((&cleared["biskoId"], &cleared["prebidConfigId"]), (&json!(""), &json!("p")));
    assert_eq!(names(&list(&app, &shop, "").await), ["Summer", "Shop"]);
    for (body, wrong) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x".repeat(101) }), "name"),
        (json!({ "orderNumber": 2_147_483_648_i64 }), "orderNumber"),
        (json!({ "biskoId": "\u{202e}" }), "biskoId"),
    ] {
        assert_eq!(change(body).expect(400).await.wrong_fields(), [wrong]);
    }
}

#[rstest]
#[tokio::test]
async fn one_project_is_always_the_default_one(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    shop.project("Second").await;
    let change = |name: &str, is_default: bool| {
        let call = app.call("PUT", format!("/api/projects/{name}")).credential(&shop.admin.text);
        call.json(&json!({ "isDefault": is_default }))
    };
    assert_eq!(change("1", false).expect(400).await.wrong_fields(), ["isDefault"]);
    change("2", true).expect(200).await;
    assert_eq!(project(&app, &shop, "1").await["isDefault"], false);
    assert_eq!(project(&app, &shop, "2").await["isDefault"], true);
    change("1", false).expect(200).await;
    let entries = app.audit(shop.id, &shop.id.to_string()).await;
    let of_project: Vec<_> = entries.iter().filter(|entry| entry.record_kind == "project").collect();
    assert_eq!(of_project[0].after["isDefault"], false);
}

#[rstest]
#[tokio::test]
async fn projects_are_searched_ordered_and_paged(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for name in ["beta", "Alpha", "ÉTÉ"] {
        app.pass(std::time::Duration::from_hours(24));
        shop.project(name).await;
    }
    for (query, expected) in [
        ("", &["Shop", "beta", "Alpha", "ÉTÉ"][..]),
        ("?order=desc", &["ÉTÉ", "Alpha", "beta", "Shop"]),
        ("?order=name", &["Alpha", "beta", "Shop", "ÉTÉ"]),
        ("?order=name%20desc&take=2", &["ÉTÉ", "Shop"]),
        ("?order=-insertedDate&take=1", &["ÉTÉ"]),
        ("?search=&page=1&take=3&order=asc", &["Shop", "beta", "Alpha"]),
        ("?page=2&take=3", &["ÉTÉ"]),
        ("?page=9&take=3", &[]),
        ("?search=A", &["beta", "Alpha"]),
        ("?search=%C3%A9t", &["ÉTÉ"]),
        ("?insertedDate=2026-01-02", &["beta"]),
        ("?insertedDate=2026-01-02T23:59:00Z", &["beta"]),
        ("?insertedDate=2025-12-31", &[]),
        ("?take=100000", &["Shop", "beta", "Alpha", "ÉTÉ"]),
    ] {
        assert_eq!(names(&list(&app, &shop, query).await), expected, "{query}");
    }
    let page = list(&app, &shop, "?page=2&take=3").await;
    let counts =
        ["currentPage", "totalPages", "pageSize", "totalCount"].map(|name| page[name].as_u64().unwrap());
    assert_eq!(counts, [2, 2, 3, 4]);
    let path = format!("/organizations/{}/projects", shop.public_id);
    for (query, wrong) in [
        ("page=0", "page"),
        ("take=0", "take"),
        ("take=x", "take"),
        ("order=colour", "order"),
        ("order=name%20up", "order"),
        ("insertedDate=soon", "insertedDate"),
    ] {
        let call = app.get(format!("{path}?{query}")).credential(&shop.admin.text);
        assert_eq!(call.expect(400).await.wrong_fields(), [wrong], "{query}");
    }
    let unknown = app.get(format!("{path}?colour=red")).credential(&shop.admin.text).expect(200).await;
    assert_eq!(unknown.header("swage-ignored-fields"), "?colour");
}

#[rstest]
#[tokio::test]
async fn a_key_of_the_default_project_sees_the_shop_and_one_of_others_does_not(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let second = shop.project("Second").await;
    let own = format!("/organizations/{}/projects", shop.public_id);
    let inside = shop.key_in(&[&shop.public_id], 2).await;
    let outside = shop.key_in(&[&second], 2).await;
    assert_eq!(names(&app.get(&own).credential(&inside.text).expect(200).await.json["result"]), ["Shop"]);
    let refused = app.get(&own).credential(&outside.text).expect(403).await;
    assert!(refused.words().contains("default project"));
    // Neither is let into what concerns the organization as a whole.
    let admin = shop.key_in(&[&shop.public_id], 1).await;
    let keys = app.get("/api/v1/organization/apikeys").credential(&admin.text).expect(403).await;
    assert!(keys.words().contains("limited to projects"));
    let project = json!({ "name": "Third" });
    app.post(&own).credential(&admin.text).json(&project).expect(403).await;
    // The default project moves, and what belongs to it with it.
    let moved = app.call("PUT", format!("/api/projects/{second}")).credential(&shop.admin.text);
    moved.json(&json!({ "isDefault": true })).expect(200).await;
    app.get(&own).credential(&outside.text).expect(200).await;
    app.get(&own).credential(&inside.text).expect(403).await;
}

#[rstest]
#[tokio::test]
async fn a_limited_key_finds_no_other_project_and_no_key_beyond_its_own(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (one, two) = (shop.project("One").await, shop.project("Two").await);
    let owner = shop.key_in(&[&one], 1).await;
    let (both, other) = (shop.key_in(&[&one, &two], 2).await, shop.key_in(&[&two], 2).await);
    let keys_of =
        |project: &str| app.get(format!("/api/projects/{project}/api-keys")).credential(&owner.text);
    let ids = |list: &Json| {
        list["result"].as_array().unwrap().iter().map(|key| key["apiKeyId"].clone()).collect::<Vec<_>>()
    };

    keys_of(&two).expect(404).await;
    keys_of("1").expect(404).await;
    // It sees itself; the key of both projects is more than its own.
    assert_eq!(ids(&keys_of(&one).expect(200).await.json), [json!(2)]);
    let of_admin = app.get(format!("/api/projects/{one}/api-keys")).credential(&shop.admin.text);
    assert_eq!(ids(&of_admin.expect(200).await.json), [json!(2), json!(3)]);
    for key in [&both.id, &other.id, &"1".to_owned()] {
        let path = format!("/api/projects/{one}/api-keys");
        let rename = app.call("PUT", path.as_str()).credential(&owner.text);
        rename.json(&json!({ "id": key, "name": "Mine" })).expect(404).await;
        app.call("DELETE", format!("{path}/{key}")).credential(&owner.text).expect(404).await;
    }
    // Nor does the administrator find at a project a key that is not its.
    let wrong = app.call("DELETE", format!("/api/projects/{one}/api-keys/{}", other.id));
    wrong.credential(&shop.admin.text).expect(404).await;

    // What it makes is limited as it is itself.
    let make = |projects: Json| {
        let call = app.post(format!("/api/projects/{one}/api-keys")).credential(&owner.text).shows_secret();
        call.json(&json!({ "listProjectsId": projects, "userApiKey": { "apiName": "Made" } }))
    };
    make(json!([two])).expect(403).await;
    let made = make(json!([])).expect(200).await.json["result"].clone();
    let text = made["apiKey"].as_str().unwrap();
    app.get(format!("/api/projects/{one}")).credential(text).expect(200).await;
    app.get(format!("/api/projects/{two}")).credential(text).expect(404).await;
    app.call("DELETE", format!("/api/projects/{one}/api-keys/{}", made["id"]))
        .credential(&owner.text)
        .expect(200)
        .await;
    assert!(!app.lets_in(text).await);
}

#[rstest]
#[tokio::test]
async fn who_has_a_role_in_a_project_may_do_there_what_it_permits_and_nowhere_else(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (one, two) = (shop.project("One").await, shop.project("Two").await);
    let beyond = shop.key_in(&[&one, &two], 2).await;
    let within = shop.key_in(&[&one], 2).await;
    let owner = member(&app, &shop, &one, "admin").await;

    app.get("/api/v1/organization/apikeys").credential(&owner).expect(403).await;
    app.get(format!("/api/projects/{two}/api-keys")).credential(&owner).expect(403).await;
    let list = app.get(format!("/api/projects/{one}/api-keys")).credential(&owner).expect(200).await.json;
    assert_eq!(list["result"].as_array().unwrap().len(), 1);
    assert_eq!(list["result"][0]["apiKeyId"].to_string(), within.id);
    let delete =
        |key: &str| app.call("DELETE", format!("/api/projects/{one}/api-keys/{key}")).credential(&owner);
    delete(&beyond.id).expect(404).await;
    delete(&within.id).expect(200).await;

    let make = |projects: Json| {
        let call = app.post(format!("/api/projects/{one}/api-keys")).credential(&owner).shows_secret();
        call.json(&json!({ "listProjectsId": projects, "roleId": 1, "userApiKey": { "apiName": "Made" } }))
    };
    make(json!([two])).expect(403).await;
    let made = make(json!([])).expect(200).await.json["result"].clone();
    let key = made["apiKey"].as_str().unwrap();
    app.get(format!("/api/projects/{two}/api-keys")).credential(key).expect(404).await;
    app.get(format!("/api/projects/{one}/api-keys")).credential(key).expect(200).await;
    // The owner sees in their account the project they work in, and no other.
    let path = format!("/api/accounts/organizations/{}/projects", shop.id);
    let own = app.get(&path).credential(&owner).expect(200).await.json["result"].clone();
    assert_eq!(names(&own), ["One"]);
    assert_eq!(
        names(&app.get(&path).credential(&shop.admin.text).expect(200).await.json["result"]),
        ["Shop", "One", "Two"]
    );
    // Renaming the project is theirs to do; making it the default one is not.
    let change = |body: Json| app.call("PUT", format!("/api/projects/{one}")).credential(&owner).json(&body);
    change(json!({ "name": "Renamed" })).expect(200).await;
    change(json!({ "isDefault": true })).expect(403).await;
}
