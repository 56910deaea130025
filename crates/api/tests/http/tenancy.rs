//! One organization knows nothing of another.

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Call, Engine, Postgres, Sqlite, TestApp, TestOrganization};

const KEYS: &str = "/api/v1/organization/apikeys";

fn names(list: &Json) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap()).collect()
}

/// Two organizations. The first has keys numbered 1 to 4, the second 1 alone.
async fn two(app: &TestApp) -> (TestOrganization<'_>, TestOrganization<'_>, testkit::TestKey) {
    let (first, second) = (app.organization("First").await, app.organization("Second").await);
    for name in ["Theirs", "Theirs too"] {
        first.key_with(json!({ "name": name })).await;
    }
    let key = first.key_with(json!({ "name": "Fourth" })).await;
    (first, second, key)
}

#[rstest]
#[tokio::test]
async fn another_organizations_key_is_not_found(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (first, second, key) = two(&app).await;
    let token = app.token(&key).await;
    let before = (app.row_counts().await, first.document(&key.id).await);
    let nowhere = second.delete("0123456789abcdef01234567").expect(404).await.json;
    let session = second.sign_in().await;
    let second_token = app.token(&second.admin).await;
    let fields = json!({ "name": "Mine", "scopes": "read", "keyType": "read-only", "rev": 1 });
    for credential in [&second.admin.text, &session, &second_token] {
        for id in [key.id.as_str(), &key.id.to_uppercase(), "4", "2"] {
            let update = || app.post(format!("{KEYS}/{id}/update")).credential(credential).json(&fields);
            let delete = || app.post(format!("{KEYS}/{id}/delete")).credential(credential);
            let calls: Vec<Call<'_>> = vec![
                update(),
                update().header("if-match", "\"1\""),
                update().header("idempotency-key", "k"),
                delete(),
                delete().header("if-match", "\"9\""),
                delete().header("idempotency-key", "k"),
            ];
            for call in calls {
                // Not a word more than of what is nowhere: neither 403 nor 409.
                assert_eq!(call.expect(404).await.json, nowhere, "{id}");
            }
        }
    }
    let mut counts = app.row_counts().await;
    counts.sessions -= 1;
    assert_eq!((counts, first.document(&key.id).await), before);
    assert!(app.lets_in(&key.text).await && app.lets_in(&token).await);
    // The number that both have is each one's own.
    second.change("1", json!({ "name": "Renamed", "keyType": "admin" })).expect(200).await;
    assert_eq!(names(&first.keys("").await.json), ["Test admin", "Theirs", "Theirs too", "Fourth"]);
}

#[rstest]
#[tokio::test]
async fn a_list_shows_ones_own_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (first, second, _) = two(&app).await;
    second.key_with(json!({ "name": "Ours" })).await;
    let sorted = first.keys("?limit=1&sortBy[0].key=name").await.json;
    let cursor = sorted["cursor"].as_str().unwrap();
    for query in [
        "",
        "?includeDeleted=true&limit=-1",
        "?search.name=theirs",
        "?keyType=full-access",
        "?organizationId=1",
        &format!("?organizationId={0}&organization_id={0}", first.id),
        &format!("?sortBy[0].key=name&cursor={cursor}"),
    ] {
        let list = second.keys(query).await.json;
        let found = names(&list);
        assert!(found.iter().all(|name| ["Test admin", "Ours"].contains(name)), "{query}: {found:?}");
        assert!(list["total"].as_u64().unwrap() <= 2, "{query}");
        assert!(!list.to_string().contains(&first.id.to_string()));
    }
    assert_eq!(second.keys("").await.json["total"], 2);
    assert_eq!(first.keys("").await.json["total"], 4);
}

#[rstest]
#[tokio::test]
async fn another_organizations_customers_and_roles_are_unknown(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (first, second, key) = two(&app).await;
    let customer = first.customer("Farm").await.to_string();
    let role = first.document(&key.id).await["roleId"].as_str().unwrap().to_owned();
    let own = second.key("customer").await;
    let before = app.row_counts().await;
    for (fields, wrong) in [
        (json!({ "keyType": "customer", "customerId": customer }), "customerId"),
        // The first has a customer of this number, the second none.
        (json!({ "keyType": "customer", "customerId": "1" }), "customerId"),
        (json!({ "keyType": "customer", "roleId": role }), "roleId"),
    ] {
        for call in [second.new_key(fields.clone()), second.change(&own.id, fields.clone())] {
            let answer = call.expect(400).await;
            assert_eq!(answer.wrong_fields(), [wrong]);
            assert!(answer.json["details"].as_str().unwrap().contains("of this organization"));
        }
    }
    assert_eq!(app.row_counts().await, before);

    // At the exchange such a customer counts as none.
    let exchange = json!({ "apiKey": own.text, "name": own.name, "grantType": "client_credentials" });
    let exchanged = app.post("/security/v1/token").header("apiCustomerId", &customer).json(&exchange);
    let exchanged = exchanged.expect(200).await;
    let token = exchanged.json["securityToken"].as_str().unwrap();
    let verified = app.get("/security/v1/verify").credential(token).expect(200).await;
    assert_eq!(verified.header("x-swage-customer"), "");
    assert_eq!(verified.header("x-swage-organization"), second.id.to_string());
}

#[rstest]
#[tokio::test]
async fn what_one_does_another_does_not_feel(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (first, second, key) = two(&app).await;
    // Keys of one name in both, each with its own secret.
    let same = second.key_with(json!({ "name": "Fourth" })).await;
    let exchange = json!({ "apiKey": same.text, "name": "Fourth", "grantType": "client_credentials" });
    app.post("/security/v1/token").json(&exchange).expect(200).await;
    let token = app.token(&key).await;
    second.delete(&same.id).expect(200).await;
    assert!(app.lets_in(&key.text).await && app.lets_in(&token).await);
    assert!(!app.lets_in(&same.text).await);
    for (shop, name) in [(&first, "First"), (&second, "Second")] {
        let session = shop.sign_in().await;
        let verified = app.get("/security/v1/verify").credential(&session).expect(200).await;
        assert_eq!(verified.json["organizationId"], shop.id.to_string(), "{name}");
    }
    let audit = app.audit(second.id, &key.id).await;
    assert_eq!(audit, []);
}
