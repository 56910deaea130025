//! The users of a project: who comes, with which role, and who leaves.

use keys::SystemRole;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestOrganization};

const USERS: &str = "/api/projects/1/users";
const PASSWORD: &str = "Crimp-4-all";
/// The published numbers of two permissions.
const SEE_USERS: i32 = 271;
const CHANGE_USERS: i32 = 272;

fn get<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, path: &str) -> Call<'a> {
    app.get(path).credential(&shop.admin.text)
}

fn post<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, path: &str) -> Call<'a> {
    app.post(path).credential(&shop.admin.text)
}

fn delete<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, path: &str) -> Call<'a> {
    app.call("DELETE", path).credential(&shop.admin.text)
}

/// Has a person work in the project at `path`; the answer's result.
async fn join(app: &TestApp, shop: &TestOrganization<'_>, path: &str, user: Json, role: i64) -> Json {
    let body = json!({ "roleId": role, "user": user });
    post(app, shop, path).json(&body).expect(200).await.json["result"].clone()
}

async fn items(app: &TestApp, shop: &TestOrganization<'_>, path: &str) -> Vec<Json> {
    get(app, shop, path).expect(200).await.json["result"]["items"].as_array().unwrap().clone()
}

fn emails(users: &[Json]) -> Vec<&str> {
    users.iter().map(|user| user["email"].as_str().unwrap()).collect()
}

/// Follows the link that was mailed to this address, and signs in; answers the session.
async fn follow(app: &TestApp, email: &str) -> String {
    let link = app.mailed_link(email).await;
    app.post("/security/v1/password").json(&json!({ "token": link, "password": PASSWORD })).expect(200).await;
    sign_in(app, email, PASSWORD).await
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> String {
    let login = app.post("/security/v1/login").json(&json!({ "email": email, "password": password }));
    login.expect(200).await.json["token"].as_str().unwrap().to_owned()
}

async fn state_of(app: &TestApp, shop: &TestOrganization<'_>, email: &str) -> Json {
    let path = format!("/api/v1/organization/users?search.email={email}");
    get(app, shop, &path).expect(200).await.json["items"][0]["state"].clone()
}

fn refused(answer: &Answer) -> &str {
    answer.json["errors"][0].as_str().unwrap()
}

#[rstest]
#[tokio::test]
async fn a_new_person_is_invited_and_works_in_the_project_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (one, ann) = (shop.project("One").await, "Ann@Shop.example");
    let users = format!("/api/projects/{one}/users");
    let part = join(&app, &shop, &users, json!({ "email": ann }), 1).await;
    assert_eq!(part, json!({ "id": 1, "userId": 2, "projectId": 2, "roleId": 1 }));
    let mails = app.mails_to(ann).await;
    assert!(mails.len() == 1 && mails[0].contains("invited to work with Shop"), "{mails:?}");

    let listed = items(&app, &shop, &users).await;
    let role = json!({ "id": 1, "name": "admin", "description": "Runs the organization.", "isActive": true, "organizationId": null });
    assert_eq!((listed.len(), &listed[0]["role"]), (1, &role));
    let told = |name: &str| listed[0][name].clone();
    assert_eq!((told("id"), told("email"), told("picture")), (json!(2), json!(ann), json!(null)));
    assert_eq!((told("isActive"), told("isConfirmed")), (json!(true), json!(false)));
    let waiting = items(&app, &shop, &format!("{users}/unconfirmed")).await;
    let id = waiting[0]["publicId"].as_str().unwrap();
    let expected =
        json!({ "id": 2, "publicId": id, "email": ann, "projectName": "One", "organizationName": "Shop" });
    assert_eq!(waiting, [expected]);

    let session = follow(&app, ann).await;
    assert_eq!(items(&app, &shop, &format!("{users}/unconfirmed")).await, [json!(null); 0]);
    assert_eq!(items(&app, &shop, &users).await[0]["isConfirmed"], true);
    // Their role is in the project: in the organization they have none.
    app.get(users.as_str()).credential(&session).expect(200).await;
    app.get(USERS).credential(&session).expect(403).await;
    app.get("/api/v1/organization/users").credential(&session).expect(403).await;
    let roles = app.get("/api/v1/organization/userroles").credential(&session).expect(200).await.json;
    assert_eq!(roles, json!({ "userRoles": [] }));
    let audit = app.audit(shop.id, id).await;
    assert!(audit.iter().any(|entry| entry.action == "invite" && entry.after["email"] == ann));
}

#[rstest]
#[tokio::test]
async fn a_user_joins_by_any_name_and_gets_another_role_by_joining_again(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let id = shop.invited().await;
    let uuid = id.parse::<base::Id<keys::User>>().unwrap().uuid();
    let first = join(&app, &shop, USERS, json!({ "publicId": id }), 2).await;
    assert_eq!(first, json!({ "id": 1, "userId": 2, "projectId": 1, "roleId": 2 }));
    let email = items(&app, &shop, USERS).await[0]["email"].as_str().unwrap().to_owned();
    let names =
        [json!({ "publicId": 2 }), json!({ "publicId": uuid }), json!({ "email": email.to_uppercase() })];
    for (name, role) in names.into_iter().zip([3, 1, 2]) {
        let part = join(&app, &shop, USERS, name, role).await;
        assert_eq!((&part["id"], &part["roleId"]), (&json!(1), &json!(role)));
    }
    let listed = items(&app, &shop, USERS).await;
    assert_eq!((listed.len(), &listed[0]["globalId"]), (1, &json!(uuid)));
    assert_eq!(app.mails_to(&email).await.len(), 1, "who is a user already is not invited again");

    let before = app.row_counts().await;
    let good = json!({ "publicId": id });
    for (body, wrong) in [
        (json!({ "user": {} }), "user"),
        (json!({ "user": { "publicId": "99" } }), "user.publicId"),
        (json!({ "user": { "publicId": id, "email": shop.email } }), "user.email"),
        (json!({ "user": { "email": "ann" } }), "user.email"),
        (json!({ "user": good, "roleId": 99 }), "roleId"),
        (json!({ "user": good, "projectId": 99 }), "projectId"),
    ] {
        let answer = post(&app, &shop, USERS).json(&body).expect(400).await;
        assert_eq!(answer.wrong_fields(), [wrong], "{body}");
    }
    assert_eq!(app.row_counts().await, before);
}

#[rstest]
#[tokio::test]
async fn several_are_added_all_or_none(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (one, two) = (shop.invited().await, shop.invited().await);
    let add = |body: Json| post(&app, &shop, &format!("{USERS}/add-users-to-project")).json(&body);
    let foreign = app.organization("Other").await.invited().await;
    let before = app.row_counts().await;
    for (users, wrong) in [
        (json!([]), vec!["userRoles"]),
        (
            json!([{ "userId": one }, { "userId": foreign }, { "userId": two, "roleId": 9 }]),
            vec!["userRoles[1].userId", "userRoles[2].roleId"],
        ),
        (json!([{ "userId": one }, { "roleId": 1 }]), vec!["userRoles[1].userId"]),
        (json!(vec![json!({ "userId": one }); 101]), vec!["userRoles"]),
    ] {
        let answer = add(json!({ "userRoles": users })).expect(400).await;
        assert_eq!(answer.wrong_fields(), wrong);
    }
    assert_eq!(app.row_counts().await, before);
    let good = json!([{ "userId": one, "roleId": "3" }, { "userId": two, "roleId": 1 }, { "userId": 1 }]);
    let added = add(json!({ "projectId": shop.public_id, "userRoles": good })).expect(200).await;
    assert_eq!(added.json["result"], true);
    let path = format!("{USERS}/getUsersByProjectId");
    let all = get(&app, &shop, &path).expect(200).await.json["result"].clone();
    let user = |id: &str| all.as_array().unwrap().iter().find(|user| user["publicId"] == id).unwrap();
    let role = |id: &str| user(id)["role"]["name"].as_str().unwrap();
    assert_eq!((role(&one), role(&two)), ("customer", "admin"));
    assert_eq!(all.as_array().unwrap().len(), 3);
    let told = ["projectName", "defaultOrganizationId", "picture", "isConfirmed"];
    assert_eq!(json!(told.map(|name| &user(&one)[name])), json!(["Shop", 1, null, false]));
}

#[rstest]
#[tokio::test]
async fn a_user_is_connected_with_another_project(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (two, user) = (shop.project("Two").await, shop.invited().await);
    let path = format!("{USERS}/connect-with-project");
    let connect = |body: Json| post(&app, &shop, &path).json(&body);
    let body = json!({ "userId": user, "projectId": two, "roleId": "3", "organizationId": shop.public_id });
    let part = connect(body).expect(200).await.json["result"].clone();
    assert_eq!(part, json!({ "userId": 2, "projectId": 2, "roleId": 3, "organizationId": 1 }));
    assert_eq!(items(&app, &shop, &format!("/api/projects/{two}/users")).await.len(), 1);
    assert_eq!(items(&app, &shop, USERS).await.len(), 0);
    for (body, wrong) in [
        (json!({ "projectId": two }), "userId"),
        (json!({ "userId": user, "projectId": 99 }), "projectId"),
        (json!({ "userId": user, "organizationId": 99 }), "organizationId"),
        (json!({ "userId": 99 }), "userId"),
    ] {
        assert_eq!(connect(body).expect(400).await.wrong_fields(), [wrong]);
    }
}

#[rstest]
#[tokio::test]
async fn a_user_is_switched_off_and_on_in_the_whole_organization(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (email, password) = shop.user(SystemRole::Regular).await;
    let session = sign_in(&app, &email, &password).await;
    let user = join(&app, &shop, USERS, json!({ "email": email }), 2).await["userId"].to_string();
    let toggle = |user: &str| post(&app, &shop, &format!("{USERS}/activate?id={user}"));
    let off = toggle(&user).expect(200).await.json;
    assert_eq!(
        (&off["result"], &off["messages"][0]),
        (&json!(true), &json!(format!("{email} can no longer sign in.")))
    );
    assert!(!app.lets_in(&session).await);
    assert_eq!(items(&app, &shop, USERS).await[0]["isActive"], false);
    assert_eq!(state_of(&app, &shop, &email).await, "suspended");
    assert_eq!(toggle(&user).expect(200).await.json["messages"][0], format!("{email} can sign in."));
    assert_eq!(state_of(&app, &shop, &email).await, "active");
    assert!(!app.lets_in(&session).await, "what was ended stays ended");
    sign_in(&app, &email, &password).await;

    assert_eq!(post(&app, &shop, &format!("{USERS}/activate")).expect(400).await.wrong_fields(), ["id"]);
    // Who does not work in the project is not found there.
    toggle(&shop.invited().await).expect(404).await;
    toggle("1").expect(404).await;
}

#[rstest]
#[tokio::test]
async fn the_last_administrator_stays_here_too(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    join(&app, &shop, USERS, json!({ "publicId": 1 }), 1).await;
    let before = app.row_counts().await;
    for call in
        [post(&app, &shop, &format!("{USERS}/activate?id=1")), delete(&app, &shop, &format!("{USERS}?id=1"))]
    {
        assert!(refused(&call.expect(400).await).contains("last administrator"));
    }
    assert_eq!(app.row_counts().await, before);
    // With another one who can sign in, they may go.
    shop.user(SystemRole::Admin).await;
    delete(&app, &shop, &format!("{USERS}?id=1")).expect(200).await;
}

#[rstest]
#[tokio::test]
async fn an_invitation_is_sent_again_until_it_is_followed(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let email = shop.member().await.email;
    let first = app.mailed_link(&email).await;
    app.pass(std::time::Duration::from_mins(1));
    let resend = |email: &str| post(&app, &shop, &format!("{USERS}/resend-invitation?email={email}"));
    assert_eq!(resend(&email).expect(200).await.json["result"], true);
    assert_eq!(app.mails_to(&email).await.len(), 2);
    let set = json!({ "token": first, "password": PASSWORD });
    app.post("/security/v1/password").json(&set).expect(400).await;
    follow(&app, &email).await;
    assert!(refused(&resend(&email).expect(400).await).contains("does not wait"));
    assert_eq!(resend("").expect(400).await.wrong_fields(), ["email"]);
    assert_eq!(resend("ann").expect(400).await.wrong_fields(), ["email"]);
    resend("nobody@shop.example").expect(404).await;
    resend(&shop.email).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn who_leaves_a_project_stays_a_user_and_who_is_deleted_leaves_all(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (two, role) = (shop.project("Two").await, shop.role().await);
    let user = shop.invited().await;
    for path in [USERS.to_owned(), format!("/api/projects/{two}/users")] {
        join(&app, &shop, &path, json!({ "publicId": user }), role).await;
    }
    let unrole = || delete(&app, &shop, &format!("/api/roles/{role}"));
    assert!(refused(&unrole().expect(400).await).contains("2 users"));
    assert_eq!(delete(&app, &shop, &format!("{USERS}/{user}")).expect(200).await.json["result"], true);
    delete(&app, &shop, &format!("{USERS}/{user}")).expect(404).await;
    delete(&app, &shop, &format!("{USERS}?id={user}")).expect(404).await;
    assert_eq!(items(&app, &shop, USERS).await.len(), 0);
    let email = items(&app, &shop, &format!("/api/projects/{two}/users")).await[0]["email"].clone();
    assert_eq!(state_of(&app, &shop, email.as_str().unwrap()).await, "invited");

    delete(&app, &shop, &format!("/api/projects/{two}/users?id={user}")).expect(200).await;
    assert_eq!(items(&app, &shop, &format!("/api/projects/{two}/users")).await.len(), 0);
    post(&app, &shop, &format!("/api/v1/organization/user/{user}/remind")).expect(404).await;
    unrole().expect(200).await;
}

#[rstest]
#[tokio::test]
async fn who_runs_a_project_brings_users_in_up_to_their_own_role_and_touches_nothing_beyond(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (one, two) = (shop.project("One").await, shop.project("Two").await);
    let role = shop.role().await;
    shop.toggle(role, SEE_USERS).await;
    shop.toggle(role, CHANGE_USERS).await;
    let users = format!("/api/projects/{one}/users");
    join(&app, &shop, &users, json!({ "email": "ann@shop.example" }), role).await;
    join(&app, &shop, &users, json!({ "email": "bob@shop.example" }), 1).await;
    let ann = follow(&app, "ann@shop.example").await;
    let other = shop.invited().await;
    let put = |user: Json, role: i64| {
        app.post(users.as_str()).credential(&ann).json(&json!({ "user": user, "roleId": role }))
    };
    put(json!({ "publicId": other }), role).expect(200).await;
    // Neither a role that permits more, nor over somebody who has one, nor somebody new.
    put(json!({ "publicId": other }), 2).expect(403).await;
    put(json!({ "email": "bob@shop.example" }), role).expect(403).await;
    let invited = put(json!({ "email": "new@shop.example" }), role).expect(403).await;
    assert!(refused(&invited).contains("whole organization"));
    let bob = items(&app, &shop, &format!("{users}?search=bob")).await[0]["id"].clone();
    app.call("DELETE", format!("{users}/{bob}")).credential(&ann).expect(403).await;
    // Nor what concerns the user everywhere, nor another project.
    app.post(format!("{users}/activate?id={other}")).credential(&ann).expect(403).await;
    app.call("DELETE", format!("{users}?id={other}")).credential(&ann).expect(403).await;
    let connect = json!({ "userId": other, "projectId": two, "roleId": role });
    let connect = app.post(format!("{users}/connect-with-project")).credential(&ann).json(&connect);
    assert_eq!(connect.expect(400).await.wrong_fields(), ["projectId"]);
    app.get(format!("/api/projects/{two}/users")).credential(&ann).expect(403).await;
    app.get(format!("/api/v1/projects/{one}/users")).credential(&ann).expect(200).await;
    app.call("DELETE", format!("{users}/{other}")).credential(&ann).expect(200).await;
    // The same for a key that is limited to the project.
    let key = shop.key_in(&[&one], i32::try_from(role).unwrap()).await;
    assert_eq!(app.get(users.as_str()).credential(&key.text).expect(403).await.status, 403);
    let key = shop.key_in(&[&one], 1).await;
    app.get(users.as_str()).credential(&key.text).expect(200).await;
    app.get(USERS).credential(&key.text).expect(404).await;
    app.post(format!("{users}/activate?id={other}")).credential(&key.text).expect(403).await;
}

#[rstest]
#[tokio::test]
async fn nobody_changes_a_user_who_may_do_more(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    shop.user(SystemRole::Admin).await;
    let member = shop.member().await;
    let weak = shop.key_with(json!({ "keyType": "admin", "scopes": "user:read,user:write" })).await;
    let call = |user: &str, what: &str| {
        app.post(format!("/api/v1/organization/user/{user}/{what}")).credential(&weak.text)
    };
    let steal = json!({ "email": "mallory@shop.example" });
    let before = app.row_counts().await;
    // An administrator, and somebody whose role in a project permits more.
    for user in ["1", &member.id] {
        let answer = call(user, "update").json(&steal).expect(403).await;
        assert!(answer.json["message"].as_str().unwrap().contains("not theirs to change"));
        call(user, "suspend").expect(403).await;
        call(user, "delete").expect(403).await;
    }
    assert_eq!(app.row_counts().await, before);
    delete(&app, &shop, &format!("{USERS}/{}", member.id)).expect(200).await;
    call(&member.id, "update").json(&json!({ "name": "Ann" })).expect(200).await;
    call(&member.id, "delete").expect(200).await;
}

#[rstest]
#[tokio::test]
async fn users_are_searched_ordered_and_paged(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let people = json!([
        { "email": "zoe@shop.example", "name": "Ann van Hopper" },
        { "email": "bob@acme.example", "name": "bob" },
        { "email": "été@acme.example", "name": "Été 100%" },
    ]);
    let invite = post(&app, &shop, "/api/v1/organization/users/invite");
    invite.json(&json!({ "emailAddresses": people })).expect(201).await;
    for user in 2..=4 {
        app.pass(std::time::Duration::from_hours(24));
        join(&app, &shop, USERS, json!({ "publicId": user }), 2).await;
    }
    let (zoe, bob, ete) = ("zoe@shop.example", "bob@acme.example", "été@acme.example");
    for (query, expected) in [
        ("", &[zoe, bob, ete][..]),
        ("?search=&page=1&take=2&order=asc", &[zoe, bob]),
        ("?page=2&take=2", &[ete]),
        ("?page=9&take=2", &[]),
        ("?order=desc", &[ete, bob, zoe]),
        ("?order=name", &[zoe, bob, ete]),
        ("?order=-insertedDate&take=1", &[ete]),
        ("?search=HOPPER", &[zoe]),
        ("?search=acme&order=name%20desc", &[ete, bob]),
        ("?search=100%25", &[ete]),
        ("?search=_", &[]),
        ("?insertedDate=2026-01-03", &[bob]),
        ("?insertedDate=2025-12-31", &[]),
    ] {
        let found = items(&app, &shop, &format!("{USERS}{query}")).await;
        assert_eq!(emails(&found), expected, "{query}");
        let waiting = items(&app, &shop, &format!("{USERS}/unconfirmed{query}")).await;
        assert_eq!(emails(&waiting), expected, "{query}");
    }
    let page = get(&app, &shop, &format!("{USERS}?page=2&take=2")).expect(200).await.json["result"].clone();
    let counts = ["currentPage", "totalPages", "pageSize", "totalCount"].map(|name| page[name].clone());
    assert_eq!(json!(counts), json!([2, 2, 2, 3]));
    for (query, wrong) in [
        ("page=0", "page"),
        ("take=0", "take"),
        ("order=colour", "order"),
        ("insertedDate=x", "insertedDate"),
    ] {
        let answer = get(&app, &shop, &format!("{USERS}?{query}")).expect(400).await;
        assert_eq!(answer.wrong_fields(), [wrong]);
    }
    let first = &items(&app, &shop, USERS).await[0];
    assert_eq!((&first["firstname"], &first["lastname"]), (&json!("Ann van"), &json!("Hopper")));
    // The list of the other dialect searches both too.
    let other = get(&app, &shop, "/api/v1/organization/users?search=acme").expect(200).await.json;
    assert_eq!(other["total"], 2);
}

#[rstest]
#[tokio::test]
async fn captain_lists_the_users_of_organizations_and_projects(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let people = json!([{ "email": "ann@acme.example", "name": "Ann Hopper", "role": "customer" }]);
    let invite = post(&app, &shop, "/api/v1/organization/users/invite");
    invite.json(&json!({ "emailAddresses": people })).expect(201).await;
    join(&app, &shop, USERS, json!({ "publicId": 2 }), 1).await;
    let organization = format!("/api/v1/organizations/{}/users", shop.id.uuid());
    let project = format!("/api/v1/projects/{}/users", shop.id.uuid().to_uppercase());
    let list = async |path: String| {
        let json = get(&app, &shop, &path).expect(200).await.json;
        (json["result"].clone(), json["resultInfo"].clone())
    };
    let (all, info) = list(organization.clone()).await;
    let id = &all[1]["id"];
    let ann = |role: &str| json!({ "id": id, "email": "ann@acme.example", "name": "Ann", "lastname": "Hopper", "role": role });
    assert_eq!(
        (emails(all.as_array().unwrap()), &all[1]),
        (vec![shop.email.as_str(), "ann@acme.example"], &ann("customer"))
    );
    let whole = json!({
        "totalCount": 2, "pageIndex": 0, "pageSize": 50, "totalPages": 1, "hasNextPage": false, "hasPreviousPage": false,
    });
    assert_eq!(info, whole);
    assert_eq!(list(project.clone()).await.0, json!([ann("admin")]));

    let (first, info) = list(format!("{organization}?PageIndex=0&PageSize=1")).await;
    assert_eq!(first[0]["email"], shop.email);
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(true), &json!(false)));
    let (second, info) = list(format!("{organization}?pageindex=1&PageSize=1&Search=")).await;
    assert_eq!(second[0]["email"], "ann@acme.example");
    assert_eq!((&info["hasNextPage"], &info["hasPreviousPage"]), (&json!(false), &json!(true)));
    for path in [&organization, &project] {
        assert_eq!(list(format!("{path}?Search=HOPP")).await.0.as_array().unwrap().len(), 1);
        assert_eq!(list(format!("{path}?Search=nobody")).await.1["totalPages"], 0);
        for (query, wrong) in [
            ("PageIndex=-1", "PageIndex"),
            ("PageIndex=99999999999", "PageIndex"),
            ("PageSize=0", "PageSize"),
        ] {
            let answer = get(&app, &shop, &format!("{path}?{query}")).expect(400).await;
            assert_eq!(answer.wrong_fields(), [wrong]);
        }
        let unknown = get(&app, &shop, &format!("{path}?page=1")).expect(200).await;
        assert_eq!(unknown.header("swage-ignored-fields"), "?page");
        // Another version is not there.
        get(&app, &shop, &path.replace("/v1/", "/v2/")).expect(404).await;
    }
}
