//! `POST /api/v1/organization/apikeys/{apiKeyId}/update`.

use std::time::Duration;

use futures_util::future::join_all;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, TestKey, TestOrganization};

#[rstest]
#[tokio::test]
async fn name_scopes_and_type_are_given_again(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let before = (app.row_counts().await, shop.document(&key.id).await);
    let update = |body: Json| {
        let call = app.post(format!("/api/v1/organization/apikeys/{}/update", key.id));
        call.credential(&shop.admin.text).json(&body)
    };
    let bare = ["name", "scopes", "keyType"];
    let wrapped = ["params.name", "params.scopes", "params.keyType"];
    for (body, expected) in [
        (json!({}), bare),
        (json!({ "params": {} }), wrapped),
        (json!({ "params": { "rev": 1, "expires": "2027-01-01" } }), wrapped),
        (json!({ "name": null, "scopes": null, "keyType": null }), bare),
        (json!({ "params": { "name": "", "scopes": "?", "keyType": "?" } }), wrapped),
    ] {
        let answer = update(body).expect(400).await;
        assert_eq!(answer.wrong_fields(), expected);
        let details = answer.json["details"].as_str().unwrap();
        assert!(expected.iter().all(|path| details.contains(path)), "{details}");
    }
    assert_eq!((app.row_counts().await, shop.document(&key.id).await), before);
}

#[rstest]
#[tokio::test]
async fn a_rename_is_warned_of_and_keeps_tokens(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "approvedIpAddresses": [{ "ipAddress": "192.0.2.1" }] })).await;
    let token = app.token(&key).await;
    app.pass(Duration::from_secs(1));

    let renamed = shop.change(&key.id, json!({ "name": "New name" })).expect(200).await;
    assert!(renamed.warnings().contains(&"renamed"));
    assert_eq!(renamed.json["rev"], 2);
    assert_eq!(renamed.header("etag"), "\"2\"");
    assert_eq!(renamed.json["created"], "2026-01-01T00:00:00.000Z");
    assert_eq!(renamed.json["lastModified"], "2026-01-01T00:00:01.000Z");
    assert_eq!(renamed.json["approvedIpAddresses"][0]["ipAddress"], "192.0.2.1");
    assert!(app.lets_in(&token).await);
    assert!(app.lets_in(&key.text).await);

    // The former name no longer exchanges, the new one does.
    let exchange = |name: &str| {
        let body = json!({ "apiKey": key.text, "name": name, "grantType": "client_credentials" });
        app.post("/security/v1/token").json(&body)
    };
    exchange(&key.name).expect(401).await;
    exchange("New name").expect(200).await;

    let again = shop.change(&key.id, json!({ "name": " New name " })).expect(200).await;
    assert!(!again.warnings().contains(&"renamed"));
}

#[rstest]
#[tokio::test]
async fn what_a_key_may_do_cannot_change_under_a_token(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let customer = shop.customer("Farm").await.to_string();
    let limit = json!({ "requests": 1000, "seconds": 1 });
    let here = json!([{ "ipAddress": "192.0.2.1", "description": "Here" }]);
    let described = json!([{ "ipAddress": "192.0.2.1", "description": "The office" }]);
    for (made, change, ends) in [
        (json!({}), json!({ "rateLimit": limit }), false),
        (json!({ "rateLimit": limit }), json!({ "rateLimit": null }), false),
        (json!({}), json!({ "scopes": "write,read,hose:read" }), false),
        (json!({}), json!({ "approvedIpAddresses": [] }), false),
        (json!({}), json!({ "approvedIpAddresses": null, "expires": null, "roleId": null }), false),
        (json!({ "approvedIpAddresses": here }), json!({ "approvedIpAddresses": here }), false),
        (json!({ "approvedIpAddresses": here }), json!({ "approvedIpAddresses": described }), false),
        (json!({ "approvedIpAddresses": here }), json!({ "approvedIpAddresses": [] }), true),
        (json!({}), json!({ "approvedIpAddresses": here }), true),
        (json!({}), json!({ "scopes": "read" }), true),
        (json!({ "scopes": "read" }), json!({ "scopes": "read,write" }), true),
        (json!({}), json!({ "keyType": "read-only" }), true),
        (json!({}), json!({ "keyType": "admin" }), true),
        (json!({}), json!({ "roleId": "2" }), true),
        (json!({}), json!({ "expires": "2026-02-01" }), true),
        (json!({ "expires": "2026-02-01" }), json!({ "expires": "2026-02-01T00:00:00Z" }), false),
        (json!({ "expires": "2026-02-01" }), json!({ "expires": null }), true),
        (json!({}), json!({ "startDate": "2025-02-01" }), true),
        (json!({ "keyType": "customer" }), json!({ "keyType": "customer", "customerId": customer }), true),
        (
            json!({ "keyType": "customer", "customerId": customer }),
            json!({ "keyType": "customer", "customerId": null }),
            true,
        ),
        (
            json!({ "keyType": "customer", "customerId": customer }),
            json!({ "keyType": "customer", "customerId": "1" }),
            false,
        ),
    ] {
        let key = shop.key_with(made.clone()).await;
        let token = app.token(&key).await;
        shop.change(&key.id, change.clone()).expect(200).await;
        assert_eq!(app.lets_in(&token).await, !ends, "{made} changed by {change}");
        // The key itself goes on, and gives new tokens.
        let token = app.token(&key).await;
        assert!(app.lets_in(&token).await, "{made} changed by {change}");
    }
}

#[rstest]
#[tokio::test]
async fn a_change_to_a_revision_long_gone_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let first = shop.change(&key.id, json!({ "name": "First", "rev": 1 })).expect(200).await;
    assert_eq!(first.header("etag"), "\"2\"");

    let before = app.row_counts().await;
    let late = json!({ "name": "Late" });
    let stale = [
        shop.change(&key.id, json!({ "name": "Late", "rev": 1 })).expect(409).await,
        shop.change(&key.id, late.clone()).header("if-match", "\"1\"").expect(409).await,
        shop.change(&key.id, late.clone()).header("if-match", "W/\"1\"").expect(409).await,
        shop.change(&key.id, json!({ "name": "Late", "rev": 99 })).expect(409).await,
    ];
    let document = shop.document(&key.id).await;
    for answer in stale {
        // The document comes along in the form the list has it, to be merged with.
        assert_eq!(answer.json["current"], document);
        assert!(answer.json["message"].as_str().unwrap().contains("revision 2"));
    }
    shop.delete(&key.id).header("if-match", "\"1\"").expect(409).await;
    assert_eq!(app.row_counts().await, before);

    let differing = shop.change(&key.id, json!({ "name": "Late", "rev": 2 })).header("if-match", "\"1\"");
    assert_eq!(differing.expect(400).await.wrong_fields(), ["rev"]);
    for tag in ["", "two", "\"2\", \"3\"", "\"-\"", "\"99999999999999999999\""] {
        let answer = shop.change(&key.id, late.clone()).header("if-match", tag).expect(400).await;
        assert_eq!(answer.wrong_fields(), ["If-Match"], "{tag:?}");
    }
    assert_eq!(app.row_counts().await, before);

    let both = shop.change(&key.id, json!({ "name": "Second", "rev": 2 })).header("if-match", "\"2\"");
    assert_eq!(both.expect(200).await.json["rev"], 3);
    // Whoever names no revision writes last, and wins.
    assert_eq!(shop.change(&key.id, json!({})).header("if-match", "*").expect(200).await.json["rev"], 4);
    assert_eq!(shop.change(&key.id, json!({ "rev": null })).expect(200).await.json["rev"], 5);
    shop.delete(&key.id).header("if-match", "\"5\"").expect(200).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_changes_to_one_revision_one_is_made(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    for rev in 1..6 {
        let change =
            |n: usize| shop.change(&key.id, json!({ "name": format!("Change {n}"), "rev": rev })).send();
        let answers = join_all((0..5).map(change)).await;
        let made: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(made.len(), 1);
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)));
        let document = shop.document(&key.id).await;
        assert_eq!((&document["name"], &document["rev"]), (&made[0].json["name"], &json!(rev + 1)));
    }
    assert_eq!(app.audit(shop.id, &key.id).await.len(), 6);
}

#[rstest]
#[tokio::test]
async fn a_document_that_was_read_may_be_posted_back(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let customer = shop.customer("Farm").await.to_string();
    let whole = json!({
        "approvedIpAddresses": [{ "ipAddress": "192.0.2.0/24", "description": "Here" }],
        "expires": "2027-01-01", "startDate": "2025-01-01", "rateLimit": { "requests": 9000, "seconds": 1 },
        "keyType": "customer", "customerId": customer,
    });
    for fields in [json!({}), whole] {
        let key = shop.key_with(fields).await;
        let token = app.token(&key).await;
        let document = shop.document(&key.id).await;
        let path = format!("/api/v1/organization/apikeys/{}/update", key.id);
        let post = |body: &Json| app.post(&path).credential(&shop.admin.text).json(body);

        let answer = post(&document).expect(200).await;
        let mut ignored: Vec<_> = answer.header("swage-ignored-fields").split(", ").collect();
        ignored.sort_unstable();
        let computed = [
            "apiKey",
            "effectiveScopes",
            "lastUsed",
            "lastUsedAddress",
            "projectIds",
            "revokedReason",
            "secrets",
            "state",
            "warnings",
        ];
        assert_eq!(ignored, computed);
        let mut expected = document.clone();
        expected["rev"] = json!(2);
        assert_eq!(answer.json, expected);
        assert_eq!(shop.document(&key.id).await, expected);
        assert!(app.lets_in(&token).await);

        // It was read at revision 1, so a second time it comes too late.
        post(&json!({ "params": document })).expect(409).await;
        let answer = post(&json!({ "params": expected })).expect(200).await;
        assert!(answer.header("swage-ignored-fields").contains("params.effectiveScopes"));

        // Strictly, what is not known is refused, each by its name.
        let strict = post(&answer.json).header("prefer", "respond-async, handling=strict");
        let strict = strict.expect(400).await;
        let mut wrong = strict.wrong_fields();
        wrong.sort_unstable();
        assert_eq!(wrong, computed);
        assert_eq!(shop.document(&key.id).await["rev"], 3);
    }
}

#[rstest]
#[tokio::test]
async fn strict_handling_refuses_unknown_fields_by_name(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let odd = json!({
        "nmae": "typo", "rateLimit": { "requests": 5, "seconds": 1, "burst": 2 },
        "approvedIpAddresses": [{ "ipAddress": "192.0.2.1" }, { "ipAddress": "192.0.2.2", "port": 80 }],
    });
    let before = app.row_counts().await;
    let answer = shop.change(&key.id, odd.clone()).header("prefer", "handling=strict").expect(400).await;
    let mut wrong = answer.wrong_fields();
    wrong.sort_unstable();
    let places = ["approvedIpAddresses[1].port", "nmae", "rateLimit.burst"];
    assert_eq!(wrong, places);
    assert_eq!(app.row_counts().await, before);

    let answer = shop.change(&key.id, odd).header("prefer", "handling=lenient").expect(200).await;
    let mut ignored: Vec<_> = answer.header("swage-ignored-fields").split(", ").collect();
    ignored.sort_unstable();
    assert_eq!(ignored, places);
    assert_eq!(answer.json["rateLimit"], json!({ "requests": 5, "seconds": 1 }));
    shop.change(&key.id, json!({})).header("prefer", "handling=strict").expect(200).await;
}

#[rstest]
#[tokio::test]
async fn the_role_follows_the_type_where_it_is_the_usual_one(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let roles = Roles::of(&shop).await;
    let role = async |fields: Json| shop.change(&key.id, fields).expect(200).await.json["roleId"].clone();
    assert_eq!(role(json!({})).await, roles.admin);
    assert_eq!(role(json!({ "keyType": "customer" })).await, roles.customer);
    assert_eq!(role(json!({ "keyType": "read-only" })).await, roles.admin);
    // A role that was chosen stays, until null returns to the usual one.
    assert_eq!(role(json!({ "keyType": "read-only", "roleId": "2" })).await, roles.regular);
    assert_eq!(role(json!({ "keyType": "customer" })).await, roles.regular);
    assert_eq!(role(json!({ "keyType": "customer", "roleId": null })).await, roles.customer);
    shop.change(&key.id, json!({ "roleId": "12" })).expect(400).await;
}

#[rstest]
#[tokio::test]
async fn what_does_not_go_together_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let customer = shop.customer("Farm").await.to_string();
    let pinned = json!({
        "keyType": "customer", "customerId": customer, "expires": "2026-06-01", "startDate": "2026-01-01",
    });
    let pinned = shop.key_with(pinned).await;
    let before = (app.row_counts().await, shop.document(&pinned.id).await);
    for (change, wrong) in [
        (json!({ "keyType": "full-access" }), "customerId"),
        (json!({ "keyType": "customer", "customerId": "5" }), "customerId"),
        (json!({ "keyType": "customer", "startDate": "2026-06-02" }), "expires"),
        (json!({ "keyType": "customer", "expires": "2025-12-31" }), "expires"),
        (json!({ "keyType": "customer", "expires": "soon" }), "expires"),
        (json!({ "keyType": "customer", "rateLimit": { "requests": 0, "seconds": 1 } }), "rateLimit"),
        (json!({ "keyType": "customer", "rateLimit": { "requests": 1, "seconds": 86_401 } }), "rateLimit"),
        (json!({ "keyType": "customer", "rateLimit": { "requests": 1_000_001, "seconds": 1 } }), "rateLimit"),
        (json!({ "keyType": "customer", "rateLimit": { "requests": 1 } }), "rateLimit"),
    ] {
        let answer = shop.change(&pinned.id, change.clone()).expect(400).await;
        assert_eq!(answer.wrong_fields(), [wrong], "{change}");
    }
    assert_eq!((app.row_counts().await, shop.document(&pinned.id).await), before);
    shop.change(&pinned.id, json!({ "keyType": "full-access", "customerId": null })).expect(200).await;
}

/// The roles that every organization has.
struct Roles {
    admin: String,
    regular: String,
    customer: String,
}

impl Roles {
    async fn of(shop: &TestOrganization<'_>) -> Self {
        let role = async |fields: Json| {
            let made = shop.new_key(fields).expect(201).await.json;
            made["roleId"].as_str().unwrap().to_owned()
        };
        Self {
            admin: role(json!({})).await,
            regular: role(json!({ "roleId": "2" })).await,
            customer: role(json!({ "keyType": "customer" })).await,
        }
    }

    fn usual(&self, key_type: &str) -> &str {
        if key_type == "customer" { &self.customer } else { &self.admin }
    }
}

/// An optional field of an update.
#[derive(Debug, Clone, PartialEq)]
enum Field {
    Absent,
    Null,
    Value(Json),
}

/// An update; values are indexes where they are ids that only the test's own run knows.
#[derive(Debug, Clone)]
struct Change {
    name: &'static str,
    scopes: &'static str,
    key_type: &'static str,
    addresses: Field,
    starts: Field,
    expires: Field,
    rate_limit: Field,
    customer: Field,
    role: Field,
}

fn field(values: Vec<Json>) -> impl Strategy<Value = Field> {
    prop_oneof![
        2 => Just(Field::Absent),
        1 => Just(Field::Null),
        3 => proptest::sample::select(values).prop_map(Field::Value),
    ]
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let here = json!({ "ipAddress": "192.0.2.0/24", "description": "Here" });
    let there = json!({ "ipAddress": "2001:db8::/32", "description": "" });
    let required = (
        proptest::sample::select(vec!["One", "Two"]),
        proptest::sample::select(vec!["read,write", "read", "hose:read,hose:write"]),
        proptest::sample::select(vec!["admin", "full-access", "read-only", "customer", "customer"]),
    );
    let optional = (
        field(vec![json!([]), json!([here]), json!([here, there]), json!([there, here])]),
        field(vec![json!("2020-01-01T00:00:00.000Z"), json!("2027-01-01T00:00:00.000Z")]),
        field(vec![json!("2019-01-01T00:00:00.000Z"), json!("2026-06-01T00:00:00.000Z")]),
        field(vec![json!({ "requests": 5000, "seconds": 1 }), json!({ "requests": 9000, "seconds": 60 })]),
        field(vec![json!(0), json!(1)]),
        field(vec![json!(0), json!(1), json!(2)]),
    );
    let change = (required, optional).prop_map(|((name, scopes, key_type), optional)| {
        let (addresses, starts, expires, rate_limit, customer, role) = optional;
        Change { name, scopes, key_type, addresses, starts, expires, rate_limit, customer, role }
    });
    proptest::collection::vec(change, 1..4)
}

/// What a key is according to the documentation, told as plainly as can be.
#[derive(Debug, Clone, PartialEq)]
struct Model {
    name: Json,
    scopes: Json,
    key_type: Json,
    addresses: Json,
    starts: Json,
    expires: Json,
    rate_limit: Json,
    customer: Json,
    role: Json,
}

impl Model {
    fn of(document: &Json) -> Self {
        let field = |name: &str| document[name].clone();
        Self {
            name: field("name"),
            scopes: field("scopes"),
            key_type: field("keyType"),
            addresses: field("approvedIpAddresses"),
            starts: field("startDate"),
            expires: field("expires"),
            rate_limit: field("rateLimit"),
            customer: field("customerId"),
            role: field("roleId"),
        }
    }

    /// The key after the change, or the path of what is wrong with it.
    fn after(&self, change: &Change, roles: &Roles, customers: &[String]) -> Result<Self, &'static str> {
        let patched = |field: &Field, before: &Json| match field {
            Field::Absent => before.clone(),
            Field::Null => Json::Null,
            Field::Value(value) => value.clone(),
        };
        let usual = |key_type: &Json| json!(roles.usual(key_type.as_str().unwrap()));
        let after = Self {
            name: json!(change.name),
            scopes: json!(change.scopes),
            key_type: json!(change.key_type),
            // Null must not open a key to the whole world.
            addresses: match &change.addresses {
                Field::Absent | Field::Null => self.addresses.clone(),
                Field::Value(list) => list.clone(),
            },
            starts: patched(&change.starts, &self.starts),
            expires: patched(&change.expires, &self.expires),
            rate_limit: patched(&change.rate_limit, &self.rate_limit),
            customer: patched(&named(&change.customer, customers), &self.customer),
            role: match &change.role {
                Field::Null => usual(&json!(change.key_type)),
                Field::Absent if self.role == usual(&self.key_type) => usual(&json!(change.key_type)),
                other => patched(&named(other, &roles.all()), &self.role),
            },
        };
        let text = |value: &Json| value.as_str().map(ToOwned::to_owned);
        if text(&after.starts).zip(text(&after.expires)).is_some_and(|(starts, expires)| starts > expires) {
            return Err("expires");
        }
        if !after.customer.is_null() && change.key_type != "customer" {
            return Err("customerId");
        }
        Ok(after)
    }

    fn keeps_tokens_of(&self, before: &Self) -> bool {
        let unfelt =
            Self { name: before.name.clone(), rate_limit: before.rate_limit.clone(), ..self.clone() };
        unfelt == *before
    }
}

impl Roles {
    fn all(&self) -> [String; 3] {
        [self.admin.clone(), self.regular.clone(), self.customer.clone()]
    }
}

/// The field with the id that its index stands for.
fn named(field: &Field, ids: &[String]) -> Field {
    match field {
        Field::Value(index) => Field::Value(json!(ids[usize::try_from(index.as_u64().unwrap()).unwrap()])),
        other => other.clone(),
    }
}

fn body(change: &Change, roles: &Roles, customers: &[String]) -> Json {
    let mut body = json!({ "name": change.name, "scopes": change.scopes, "keyType": change.key_type });
    for (name, field) in [
        ("approvedIpAddresses", change.addresses.clone()),
        ("startDate", change.starts.clone()),
        ("expires", change.expires.clone()),
        ("rateLimit", change.rate_limit.clone()),
        ("customerId", named(&change.customer, customers)),
        ("roleId", named(&change.role, &roles.all())),
    ] {
        match field {
            Field::Absent => {}
            Field::Null => body[name] = Json::Null,
            Field::Value(value) => body[name] = value,
        }
    }
    body
}

/// The document of a key that is there.
async fn live(shop: &TestOrganization<'_>, key: &TestKey) -> Json {
    let list = shop.keys("?limit=-1").await.json;
    list["items"].as_array().unwrap().iter().find(|item| item["_id"] == key.id).unwrap().clone()
}

async fn token(app: &TestApp, key: &TestKey, name: &Json) -> Option<String> {
    let body = json!({ "apiKey": key.text, "name": name, "grantType": "client_credentials" });
    let answer = app.post("/security/v1/token").json(&body).send().await;
    answer.json["securityToken"].as_str().map(ToOwned::to_owned)
}

#[rstest]
fn an_update_does_what_the_plain_model_says(#[values(Sqlite, Postgres)] engine: Engine) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let app = runtime.block_on(TestApp::start(engine));
    let shop = runtime.block_on(app.organization("Shop"));
    let roles = runtime.block_on(Roles::of(&shop));
    let customers = runtime
        .block_on(async { [shop.customer("A").await.to_string(), shop.customer("B").await.to_string()] });
    let cases = if engine == Postgres { 16 } else { 96 };
    let config = Config { cases, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };

    let check = async |changes: Vec<Change>| {
        let key = shop.key_with(json!({ "name": "One" })).await;
        let mut model = Model::of(&live(&shop, &key).await);
        let mut rev = 1;
        for change in changes {
            let token = token(&app, &key, &model.name).await;
            let expected = model.after(&change, &roles, &customers);
            let answer = shop.change(&key.id, body(&change, &roles, &customers)).send().await;
            let after = match expected {
                Err(path) => {
                    assert_eq!((answer.status, answer.wrong_fields()), (400, vec![path]));
                    model.clone()
                }
                Ok(after) => {
                    rev += 1;
                    assert_eq!(answer.status, 200, "{}", answer.json);
                    assert_eq!(Model::of(&answer.json), after);
                    assert_eq!(answer.warnings().contains(&"renamed"), after.name != model.name);
                    after
                }
            };
            let document = live(&shop, &key).await;
            assert_eq!(Model::of(&document), after);
            assert_eq!(document["rev"], rev);
            if let Some(token) = token {
                let kept = after.keeps_tokens_of(&model);
                assert_eq!(app.lets_in(&token).await, kept && document["state"] == "active");
            }
            model = after;
        }
        // What is gone makes the list no longer for the next case.
        shop.delete(&key.id).expect(200).await;
    };
    let outcome = TestRunner::new(config).run(&changes(), |changes| {
        runtime.block_on(check(changes));
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
