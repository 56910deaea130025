//! The group User: who is in the organization, and one's own profile.

use keys::SystemRole;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestOrganization};

const USERS: &str = "/api/v1/organization/users";
const INVITE: &str = "/api/v1/organization/users/invite";

fn invite<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, people: &Json) -> Call<'a> {
    app.post(INVITE).credential(&shop.admin.text).json(&json!({ "emailAddresses": people }))
}

fn post<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, user: &str, what: &str) -> Call<'a> {
    app.post(format!("/api/v1/organization/user/{user}/{what}")).credential(&shop.admin.text)
}

async fn users(app: &TestApp, shop: &TestOrganization<'_>, query: &str) -> Answer {
    app.get(format!("{USERS}{query}")).credential(&shop.admin.text).expect(200).await
}

async fn user(app: &TestApp, shop: &TestOrganization<'_>, email: &str) -> Json {
    let list = users(app, shop, "?limit=-1").await.json;
    list["items"].as_array().unwrap().iter().find(|user| user["email"] == email).cloned().unwrap_or_default()
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> String {
    let answer = app
        .post("/security/v1/login")
        .json(&json!({ "email": email, "password": password }))
        .expect(200)
        .await;
    answer.json["token"].as_str().unwrap().to_owned()
}

fn emails(list: &Answer) -> Vec<&str> {
    list.json["items"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn a_person_sees_the_own_profile_with_its_roles(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let profile = app.get("/api/v1/user").credential(&shop.sign_in().await).expect(200).await.json;
    assert_eq!(profile["email"], shop.email);
    assert_eq!(profile["roles"], json!(["admin"]));
    assert_eq!((&profile["state"], &profile["deleted"]), (&json!("active"), &json!(false)));
    assert_eq!(profile["confirmed"], "2026-01-01T00:00:00.000Z");

    let (email, password) = shop.user(SystemRole::Customer).await;
    let session = sign_in(&app, &email, &password).await;
    let profile = app.get("/api/v1/user").credential(&session).expect(200).await.json;
    assert_eq!((&profile["email"], &profile["roles"]), (&json!(email), &json!(["customer"])));
}

#[rstest]
#[tokio::test]
async fn what_concerns_oneself_is_not_for_keys(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let token = app.token(&shop.admin).await;
    for credential in [&shop.admin.text, &token] {
        app.get("/api/v1/user").credential(credential).expect(403).await;
        app.post("/api/v1/users/update").credential(credential).json(&json!({})).expect(403).await;
        app.post("/api/v1/user/resetpassword").credential(credential).expect(403).await;
    }
    app.get("/api/v1/user").expect(401).await;
}

#[rstest]
#[tokio::test]
async fn invited_people_are_users(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let customer = shop.customer("Acme").await.to_string();
    let people = json!([
        { "email": " Ann@Shop.example ", "name": "Ann Hopper", "role": "Admin" },
        { "email": "bob@shop.example", "password": "Crimp-4-all" },
        { "email": "cid@acme.example", "role": "customer", "customerId": customer },
    ]);
    let made = invite(&app, &shop, &people).expect(201).await.json;
    assert_eq!(made["total"], 3);
    let told = |n: usize| {
        let user = &made["items"][n];
        json!([
            user["email"],
            user["name"],
            user["roles"],
            user["state"],
            user["customerId"],
            user["createdBy"]
        ])
    };
    let by = format!("key:{}", shop.admin.id);
    assert_eq!(told(0), json!(["Ann@Shop.example", "Ann Hopper", ["admin"], "invited", null, by]));
    assert_eq!(told(1), json!(["bob@shop.example", "bob@shop.example", ["regular"], "invited", null, by]));
    assert_eq!(
        told(2),
        json!(["cid@acme.example", "cid@acme.example", ["customer"], "invited", customer, by])
    );

    // Who has a password uses it, and is confirmed by that.
    assert_eq!(app.mails_to("bob@shop.example").await, Vec::<String>::new());
    sign_in(&app, "BOB@shop.example", "Crimp-4-all").await;
    assert_eq!(user(&app, &shop, "bob@shop.example").await["state"], "active");
    // Who has none is mailed a link, and cannot sign in before.
    let mails = app.mails_to("Ann@Shop.example").await;
    assert!(mails.len() == 1 && mails[0].contains("You are invited to work with Shop"), "{mails:?}");

    let audit = app.audit(shop.id, made["items"][1]["_id"].as_str().unwrap()).await;
    assert_eq!(audit[0].action, "invite");
    assert_eq!(audit[0].after["email"], "bob@shop.example");
    assert!(!audit[0].after.to_string().contains("argon2"), "{}", audit[0].after);
}

#[rstest]
#[tokio::test]
async fn all_are_invited_or_none(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let foreign = other.customer("Theirs").await.to_string();
    let before = app.row_counts().await;
    let good = json!({ "email": "ann@shop.example" });
    for (people, wrong) in [
        (json!([]), vec!["emailAddresses"]),
        (json!([good, { "email": "ANN@shop.example " }]), vec!["emailAddresses[1].email"]),
        (json!([good, { "email": shop.email.to_uppercase() }]), vec!["emailAddresses[1].email"]),
        (json!([{ "email": "ann" }, good, {}]), vec!["emailAddresses[0].email", "emailAddresses[2].email"]),
        (json!([good, { "email": "bob@shop.example", "role": "boss" }]), vec!["emailAddresses[1].role"]),
        (
            json!([good, { "email": "bob@shop.example", "customerId": foreign }]),
            vec!["emailAddresses[1].customerId"],
        ),
        (json!([good, { "email": "bob@shop.example", "name": "" }]), vec!["emailAddresses[1].name"]),
    ] {
        let answer = invite(&app, &shop, &people).expect(400).await;
        assert_eq!(answer.wrong_fields(), wrong, "{people}");
    }
    for password in ["Short1!", "nouppercase1!", "NOLOWERCASE1!", "NoDigits!!", "NoSpecial11"] {
        let people = json!([good, { "email": "bob@shop.example", "password": password }]);
        let answer = invite(&app, &shop, &people).expect(400).await;
        assert_eq!(answer.wrong_fields(), ["emailAddresses[1].password"]);
        assert!(answer.json["details"].as_str().unwrap().contains("special character"));
    }
    let many: Json = (0..51).map(|n| json!({ "email": format!("u{n}@shop.example") })).collect();
    assert_eq!(invite(&app, &shop, &many).expect(400).await.wrong_fields(), ["emailAddresses"]);
    assert_eq!(app.row_counts().await, before);
    assert_eq!(users(&app, &shop, "").await.json["total"], 1);

    // The same address is another user in another organization.
    invite(&app, &shop, &json!([good])).expect(201).await;
    invite(&app, &other, &json!([good])).expect(201).await;
}

#[rstest]
#[tokio::test]
async fn nobody_gives_more_than_they_have(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "keyType": "admin", "scopes": "user:read,user:write" })).await;
    let people = |role: &str| json!({ "emailAddresses": [{ "email": "ann@shop.example", "role": role }] });
    for role in ["admin", "regular", "customer"] {
        app.post(INVITE).credential(&key.text).json(&people(role)).expect(403).await;
    }
    let (email, password) = shop.user(SystemRole::Regular).await;
    let session = sign_in(&app, &email, &password).await;
    app.post(INVITE).credential(&session).json(&people("customer")).expect(403).await;
    app.get(USERS).credential(&session).expect(200).await;

    // Nobody raises themselves; down they may go, and not up again.
    let role =
        |role: &str| app.post("/api/v1/users/update").credential(&session).json(&json!({ "role": role }));
    assert!(role("admin").expect(403).await.json["message"].as_str().unwrap().contains("apiKey:read"));
    assert_eq!(role("chief").expect(400).await.wrong_fields(), ["role"]);
    assert_eq!(role("regular").expect(200).await.json["roles"], json!(["regular"]));
    assert_eq!(role("customer").expect(200).await.json["roles"], json!(["customer"]));
    role("regular").expect(403).await;
    app.get(USERS).credential(&session).expect(403).await;
}

#[rstest]
#[tokio::test]
async fn one_changes_the_own_name_and_address(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (email, password) = shop.user(SystemRole::Regular).await;
    let session = sign_in(&app, &email, &password).await;
    let update = |body: Json| app.post("/api/v1/users/update").credential(&session).json(&body);
    let changed = update(json!({ "name": "Ann", "email": "ann@shop.example" })).expect(200).await;
    assert_eq!((&changed.json["name"], &changed.json["email"]), (&json!("Ann"), &json!("ann@shop.example")));
    assert_eq!((changed.header("etag"), &changed.json["rev"]), ("\"2\"", &json!(2)));
    let told = app.mails_to(&email).await;
    assert!(told.len() == 1 && told[0].contains("ann@shop.example"), "{told:?}");
    sign_in(&app, "ann@shop.example", &password).await;
    app.post("/security/v1/login").json(&json!({ "email": email, "password": password })).expect(401).await;

    let nothing = update(json!({ "name": null })).expect(200).await;
    assert_eq!(nothing.json["name"], "Ann");
    assert_eq!(update(json!({ "email": shop.email })).expect(400).await.wrong_fields(), ["email"]);
    assert_eq!(update(json!({ "name": "A", "rev": 1 })).expect(409).await.json["current"]["name"], "Ann");
    // Only in case: nobody needs to be told.
    update(json!({ "email": "Ann@Shop.example" })).expect(200).await;
    assert_eq!(app.mails_to("ann@shop.example").await, Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn an_administrator_changes_users(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let id = shop.invited().await;
    let change = json!({ "name": "Ann", "role": "admin" });
    app.pass(std::time::Duration::from_mins(1));
    let changed = post(&app, &shop, &id, "update").json(&change).expect(200).await.json;
    assert_eq!((&changed["name"], &changed["roles"]), (&json!("Ann"), &json!(["admin"])));
    assert_eq!(app.audit(shop.id, &id).await.last().unwrap().before["roles"], json!(["regular"]));

    for what in ["update", "suspend", "resume", "remind", "delete"] {
        for name in [&id, "000000000000000000000000", "x", "99"] {
            let call = post(&app, &other, name, what);
            let call = if what == "update" { call.json(&change) } else { call };
            call.expect(404).await;
        }
    }
    // By its number too.
    let number = post(&app, &shop, "2", "update").json(&json!({})).expect(200).await;
    assert_eq!(number.json["_id"], id);
}

#[rstest]
#[tokio::test]
async fn the_last_administrator_stays(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let admin = user(&app, &shop, &shop.email).await["_id"].as_str().unwrap().to_owned();
    let session = shop.sign_in().await;
    let before = app.row_counts().await;
    // An administrator who was only invited cannot sign in, and does not count.
    invite(&app, &shop, &json!([{ "email": "ann@shop.example", "role": "admin" }])).expect(201).await;
    for what in ["delete", "suspend"] {
        let answer = post(&app, &shop, &admin, what).expect(409).await;
        assert!(answer.json["message"].as_str().unwrap().contains("last administrator"));
    }
    post(&app, &shop, &admin, "update").json(&json!({ "role": "regular" })).expect(409).await;
    let demote = json!({ "role": "customer" });
    app.post("/api/v1/users/update").credential(&session).json(&demote).expect(409).await;
    assert!(app.lets_in(&session).await);
    assert_eq!(app.row_counts().await.sessions, before.sessions);

    let link = app.mailed_link("ann@shop.example").await;
    let set = json!({ "token": link, "password": "Crimp-4-all" });
    app.post("/security/v1/password").json(&set).expect(200).await;
    app.post("/api/v1/users/update").credential(&session).json(&demote).expect(200).await;
    post(&app, &shop, &admin, "delete").expect(200).await;
    assert!(!app.lets_in(&session).await);
}

#[rstest]
#[tokio::test]
async fn of_two_administrators_removed_at_once_one_stays(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    for round in 0..8 {
        let shop = app.organization(&format!("Shop {round}")).await;
        shop.user(SystemRole::Admin).await;
        let list = users(&app, &shop, "").await.json;
        let id = |n: usize| list["items"][n]["_id"].as_str().unwrap().to_owned();
        let second = ["delete", "suspend", "update"][round % 3];
        let second = post(&app, &shop, &id(1), second);
        let second = if round % 3 == 2 { second.json(&json!({ "role": "regular" })) } else { second };
        let (one, other) = tokio::join!(post(&app, &shop, &id(0), "delete").send(), second.send());
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "round {round}");
        let left = users(&app, &shop, "").await.json;
        let can = |user: &&Json| user["state"] == "active" && user["roles"] == json!(["admin"]);
        assert_eq!(left["items"].as_array().unwrap().iter().filter(can).count(), 1, "{left:#}");
    }
}

#[rstest]
#[tokio::test]
async fn who_is_suspended_is_shut_out_until_resumed(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (email, password) = shop.user(SystemRole::Regular).await;
    let session = sign_in(&app, &email, &password).await;
    app.post("/api/v1/user/resetpassword").credential(&session).expect(200).await;
    let link = app.mailed_link(&email).await;
    let id = user(&app, &shop, &email).await["_id"].as_str().unwrap().to_owned();
    let suspended = post(&app, &shop, &id, "suspend").header("if-match", "\"1\"").expect(200).await;
    assert_eq!(suspended.json["state"], "suspended");
    assert!(!app.lets_in(&session).await);
    let login = || app.post("/security/v1/login").json(&json!({ "email": email, "password": password }));
    let wrong = json!({ "email": email, "password": "wrong password" });
    let refused = login().expect(401).await.json;
    let wrong = app.post("/security/v1/login").json(&wrong).expect(401).await.json;
    assert_eq!(refused["message"], wrong["message"], "it does not tell that the password is right");
    post(&app, &shop, &id, "suspend").header("if-match", "\"1\"").expect(409).await;
    post(&app, &shop, &id, "remind").expect(409).await;

    assert_eq!(post(&app, &shop, &id, "resume").expect(200).await.json["state"], "active");
    assert!(!app.lets_in(&session).await, "what was ended stays ended");
    let set = json!({ "token": link, "password": "Crimp-4-all" });
    app.post("/security/v1/password").json(&set).expect(400).await;
    let session = login().expect(200).await.json["token"].as_str().unwrap().to_owned();
    post(&app, &shop, &id, "resume").expect(200).await;
    assert!(app.lets_in(&session).await, "there is nothing to end");
}

#[rstest]
#[tokio::test]
async fn a_deleted_user_is_gone_and_the_address_free(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (email, password) = shop.user(SystemRole::Regular).await;
    let session = sign_in(&app, &email, &password).await;
    let id = user(&app, &shop, &email).await["_id"].as_str().unwrap().to_owned();
    let answer = post(&app, &shop, &id, "delete").expect(200).await;
    assert_eq!(answer.json, format!("The user {email} was deleted."));
    assert!(!app.lets_in(&session).await);
    app.post("/security/v1/login").json(&json!({ "email": email, "password": password })).expect(401).await;
    post(&app, &shop, &id, "delete").expect(404).await;
    assert_eq!(emails(&users(&app, &shop, "").await), [shop.email.as_str()]);
    let again = invite(&app, &shop, &json!([{ "email": email }])).expect(201).await.json;
    assert_ne!(again["items"][0]["_id"], id);
    let deleted = app.audit(shop.id, &id).await.pop().unwrap();
    assert_eq!(
        (deleted.action.as_str(), &deleted.after["deletedBy"]),
        ("delete", &json!(format!("key:{}", shop.admin.id)))
    );
}

#[rstest]
#[tokio::test]
async fn the_list_is_paged_searched_and_sorted(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let people = json!([
        { "email": "Zoe@shop.example", "name": "Ann" },
        { "email": "ann@shop.example", "name": "zoe" },
        { "email": "bob@acme.example", "name": "Bob 100%" },
    ]);
    invite(&app, &shop, &people).expect(201).await;
    let list = async |query: &str| users(&app, &shop, query).await;
    let all = list("").await;
    let expected = ["admin@shop.example", "ann@shop.example", "bob@acme.example", "Zoe@shop.example"];
    assert_eq!(emails(&all), expected);
    assert_eq!(
        (&all.json["total"], &all.json["page"], &all.json["limit"]),
        (&json!(4), &json!(1), &json!(50))
    );
    let by_name = list("?sortBy[0].key=name&sortBy[0].order=desc&limit=2").await;
    assert_eq!(emails(&by_name), ["ann@shop.example", "bob@acme.example"]);
    let cursor = by_name.json["cursor"].as_str().unwrap();
    let next = format!("?sortBy[0][key]=name&sortBy[0][order]=desc&limit=2&cursor={cursor}");
    assert_eq!(emails(&list(&next).await), ["Zoe@shop.example", "admin@shop.example"]);
    assert_eq!(emails(&list("?search.email=ACME").await), ["bob@acme.example"]);
    assert_eq!(emails(&list("?search[name]=100%25").await), ["bob@acme.example"]);
    assert_eq!(emails(&list("?search.name=nobody").await), Vec::<&str>::new());
    let unknown = list("?role=admin").await;
    assert_eq!(unknown.header("swage-ignored-fields"), "?role");
}

#[rstest]
#[tokio::test]
async fn a_caller_is_told_roles_and_subscription(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (email, password) = shop.user(SystemRole::Regular).await;
    let regular = sign_in(&app, &email, &password).await;
    let (admin, customer) = (shop.sign_in().await, shop.key("customer").await.text);
    let both = "/api/v1/organization/userRolesAndSubscription";
    for (credential, role, subscription) in [
        (&admin, "admin", json!("enterprise")),
        (&shop.admin.text, "admin", json!("enterprise")),
        (&regular, "regular", json!(null)),
        (&customer, "customer", json!(null)),
    ] {
        let roles = app.get("/api/v1/organization/userroles").credential(credential).expect(200).await.json;
        assert_eq!(roles, json!({ "userRoles": [role] }));
        let answer = app.get(both).credential(credential).expect(200).await.json;
        assert_eq!(answer, json!({ "userRoles": [role], "subscription": subscription }));
    }
    let roles = app.get("/api/v1/organization/roles").credential(&admin).expect(200).await.json;
    let names: Vec<_> = roles["items"].as_array().unwrap().iter().map(|role| &role["name"]).collect();
    assert_eq!(names, ["admin", "customer", "regular"]);
    assert_eq!((&roles["total"], &roles["page"]), (&json!(3), &json!(1)));
    let seen = |role: usize| roles["items"][role]["permissions"].as_array().unwrap();
    assert!(seen(0).contains(&json!("apiKey:write")) && !seen(2).contains(&json!("apiKey:write")));
    assert!(roles["items"][0]["system"] == true);
    app.get("/api/v1/organization/roles").credential(&regular).expect(403).await;
}

#[rstest]
#[tokio::test]
async fn an_invitation_is_made_once_for_an_idempotency_key(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let people = json!([{ "email": "ann@shop.example", "password": "Crimp-4-all" }]);
    let once = || invite(&app, &shop, &people).header("idempotency-key", "first");
    let (one, two) = (once().expect(201).await, once().expect(201).await);
    assert_eq!(one.json, two.json);
    assert_eq!(two.header("idempotent-replayed"), "true");
    assert_eq!(users(&app, &shop, "").await.json["total"], 2);
}
