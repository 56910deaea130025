//! Roles and permissions: what a role may do, its keys feel at once.

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Call, Engine, Postgres, Sqlite, TestApp, TestKey, TestOrganization};

/// The published numbers of two permissions.
const SEE_HOSES: i32 = 111;
const SEE_ROLES: i32 = 211;
const CHANGE_ROLES: i32 = 212;

fn get<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, path: &str) -> Call<'a> {
    app.get(path).credential(&shop.admin.text)
}

fn put<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, body: &Json) -> Call<'a> {
    app.call("PUT", "/api/roles").credential(&shop.admin.text).json(body)
}

/// Whether the key may see hoses.
async fn sees_hoses(app: &TestApp, credential: &str) -> bool {
    let answer = app.get("/security/v1/verify?scope=hose:read").credential(credential).send().await;
    answer.status == 200
}

async fn numbers(app: &TestApp, shop: &TestOrganization<'_>, path: &str) -> Vec<i64> {
    let list = get(app, shop, path).expect(200).await.json["result"].clone();
    list.as_array().unwrap().iter().map(|permission| permission["id"].as_i64().unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn every_organization_has_three_roles_that_stay_as_they_are(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for path in
        ["/api/roles?projectId=1&search=&page=1&take=10&order=asc&organizationId=1", "/api/projects/1/roles"]
    {
        let page = get(&app, &shop, path).expect(200).await.json["result"].clone();
        let roles: Vec<_> =
            page["items"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
        assert_eq!(roles, ["admin", "regular", "customer"]);
        assert_eq!(page["items"][0]["organizationId"], Json::Null);
        assert_eq!(page["items"][0]["isActive"], true);
    }
    let before = app.row_counts().await;
    for role in ["1", "2", "3"] {
        let answer = put(&app, &shop, &json!({ "id": role, "name": "Mine" })).expect(400).await;
        assert_eq!(answer.wrong_fields(), ["id"]);
        let gone = app.call("DELETE", format!("/api/roles/{role}")).credential(&shop.admin.text);
        assert_eq!(gone.expect(400).await.wrong_fields(), ["id"]);
        let path = "/api/projects/1/role-permissions/add-or-remove-per-role";
        let toggle = app.call("PUT", path).credential(&shop.admin.text);
        toggle.json(&json!({ "roleId": role, "permissionId": SEE_HOSES })).expect(400).await;
    }
    assert_eq!(app.row_counts().await, before);
    for path in [
        "/api/roles?projectId=99",
        "/api/roles?organizationId=99",
        "/api/roles/99",
        "/api/roles/1?projectId=99",
    ] {
        get(&app, &shop, path).expect(404).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_role_of_ones_own_is_made_changed_and_deleted(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let body =
        json!({ "name": "Warehouse", "description": "Counts.", "isActive": true, "organizationId": null });
    let post = |body: &Json| app.post("/api/roles?projectId=1").credential(&shop.admin.text).json(body);
    let made = post(&body).expect(200).await.json["result"].clone();
    let expected = json!({ "id": 4, "name": "Warehouse", "description": "Counts.", "isActive": true, "organizationId": 1 });
    assert_eq!(made, expected);
    assert_eq!(numbers(&app, &shop, "/api/projects/1/role-permissions/4").await, [0_i64; 0]);
    // Its name is taken, in any case; what was read may be written back.
    assert_eq!(post(&json!({ "name": "WAREHOUSE " })).expect(400).await.wrong_fields(), ["name"]);
    assert_eq!(
        post(&json!({ "name": "X", "organizationId": 7 })).expect(400).await.wrong_fields(),
        ["organizationId"]
    );
    assert_eq!(put(&app, &shop, &made).expect(200).await.json["result"], made);
    let renamed =
        put(&app, &shop, &json!({ "id": 4, "name": "Stock" })).expect(200).await.json["result"].clone();
    assert_eq!((&renamed["name"], &renamed["description"]), (&json!("Stock"), &json!("Counts.")));

    let key = shop.key_in(&[], 4).await;
    let delete = || app.call("DELETE", "/api/roles/4").credential(&shop.admin.text);
    let refused = delete().expect(400).await;
    assert!(refused.words().contains("1 keys"), "{}", refused.json);
    app.call("DELETE", format!("/api/organizations/1/api-keys/{}", key.id))
        .credential(&shop.admin.text)
        .expect(200)
        .await;
    assert_eq!(delete().expect(200).await.json["result"], true);
    delete().expect(404).await;
    get(&app, &shop, "/api/roles/4").expect(404).await;
    // The name is free again, and the number is not given twice.
    assert_eq!(post(&json!({ "name": "Stock" })).expect(200).await.json["result"]["id"], 5);
}

#[rstest]
#[tokio::test]
async fn permissions_are_published_under_numbers_that_never_change(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let all = get(&app, &shop, "/api/projects/1/permissions").expect(200).await.json["result"].clone();
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 62);
    let hose = all.iter().find(|permission| permission["key"] == "hose.read").unwrap();
    assert_eq!(
        *hose,
        json!({ "id": SEE_HOSES, "name": "hose:read", "key": "hose.read", "title": "See hoses" })
    );
    assert_eq!(numbers(&app, &shop, "/api/projects/1/role-permissions/1").await.len(), 62);
}

#[rstest]
#[tokio::test]
async fn what_a_role_may_do_its_keys_feel_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let role = shop.role().await;
    let keys = [
        shop.key_in(&[], i32::try_from(role).unwrap()).await,
        shop.key_in(&[], i32::try_from(role).unwrap()).await,
    ];
    assert!(!sees_hoses(&app, &keys[0].text).await);
    assert!(shop.toggle(role, SEE_HOSES).await, "it has it now");
    for key in &keys {
        assert!(sees_hoses(&app, &key.text).await);
    }
    let exchange = json!({ "apiKey": keys[0].text, "name": "A key", "grantType": "client_credentials" });
    let token = app.post("/security/v1/token").json(&exchange).shows_secret().expect(200).await;
    let token = token.json["securityToken"].as_str().unwrap().to_owned();
    assert!(sees_hoses(&app, &token).await);

    // Not active it permits nothing; its tokens end and stay ended.
    let active = |flag: bool| put(&app, &shop, &json!({ "id": role, "isActive": flag }));
    let before = app.row_counts().await.changes;
    active(false).expect(200).await;
    assert_eq!(app.row_counts().await.changes, before + 2, "the feed tells of every key of the role");
    for key in &keys {
        assert!(!sees_hoses(&app, &key.text).await);
    }
    assert!(!app.lets_in(&token).await);
    active(true).expect(200).await;
    assert!(sees_hoses(&app, &keys[1].text).await && !app.lets_in(&token).await);

    assert!(!shop.toggle(role, SEE_HOSES).await, "it does not have it now");
    assert!(!sees_hoses(&app, &keys[1].text).await);
    // A rename concerns no key.
    let before = app.row_counts().await.changes;
    put(&app, &shop, &json!({ "id": role, "name": "Other" })).expect(200).await;
    assert_eq!(app.row_counts().await.changes, before);
}

#[rstest]
#[tokio::test]
async fn nobody_gives_what_they_do_not_have(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let role = shop.role().await;
    let scoped = shop.key_with(json!({ "keyType": "admin", "scopes": "role:read,role:write" })).await;
    let path = "/api/projects/1/role-permissions/add-or-remove-per-role";
    let toggle = |key: &TestKey, permission: i32| {
        let body = json!({ "roleId": role, "permissionId": permission });
        app.call("PUT", path).credential(&key.text).json(&body)
    };
    let refused = toggle(&scoped, SEE_HOSES).expect(403).await;
    assert!(refused.words().contains("hose:read"));
    toggle(&scoped, SEE_ROLES).expect(200).await;
    toggle(&scoped, CHANGE_ROLES).expect(200).await;
    // What another has given may be taken away, and not given back by a switch.
    assert!(shop.toggle(role, SEE_HOSES).await);
    let active = |flag: bool| {
        app.call("PUT", "/api/roles").credential(&scoped.text).json(&json!({ "id": role, "isActive": flag }))
    };
    active(false).expect(200).await;
    active(true).expect(403).await;
    for permission in [json!(0), json!(-1), json!("hose"), json!(113)] {
        let body = json!({ "roleId": role, "permissionId": permission });
        let answer = app.call("PUT", path).credential(&shop.admin.text).json(&body).expect(400).await;
        assert_eq!(answer.wrong_fields(), ["permissionId"]);
    }
    let limited = shop.key_in(&[&shop.public_id], 1).await;
    toggle(&limited, SEE_HOSES).expect(403).await;
}
