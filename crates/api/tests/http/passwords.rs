//! Mailed links: `POST /security/v1/password` and `…/forgot`, reminders, and
//! the page that a link leads to.

use std::time::Duration;

use keys::SystemRole;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Call, Engine, Postgres, Sqlite, TestApp};

const PASSWORD: &str = "/security/v1/password";
const FORGOT: &str = "/security/v1/password/forgot";
const GOOD: &str = "Crimp-4-all";

fn set<'a>(app: &'a TestApp, token: &str, password: &str) -> Call<'a> {
    app.post(PASSWORD).json(&json!({ "token": token, "password": password }))
}

fn login<'a>(app: &'a TestApp, email: &str, password: &str) -> Call<'a> {
    app.post("/security/v1/login").json(&json!({ "email": email, "password": password }))
}

fn forgot<'a>(app: &'a TestApp, email: &str) -> Call<'a> {
    app.post(FORGOT).json(&json!({ "email": email }))
}

#[rstest]
#[tokio::test]
async fn a_link_sets_a_password_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let people = json!({ "emailAddresses": [{ "email": "ann@shop.example" }] });
    app.post("/api/v1/organization/users/invite")
        .credential(&shop.admin.text)
        .json(&people)
        .expect(201)
        .await;
    let link = app.mailed_link("ann@shop.example").await;
    app.pass(Duration::from_mins(1));
    // A password against the rule does not use the link up.
    let answer = set(&app, &link, "too simple").expect(400).await;
    assert_eq!(answer.wrong_fields(), ["password"]);
    assert_eq!(set(&app, &link, GOOD).expect(200).await.json, "The password is set. You can sign in now.");
    let session = login(&app, "ann@shop.example", GOOD).expect(200).await.json;
    let profile =
        app.get("/api/v1/user").credential(session["token"].as_str().unwrap()).expect(200).await.json;
    assert_eq!((&profile["state"], &profile["roles"]), (&json!("active"), &json!(["regular"])));
    assert_eq!(set(&app, &link, "Another-1").expect(400).await.wrong_fields(), ["token"]);
    login(&app, "ann@shop.example", GOOD).expect(200).await;
    let noted = app.audit(shop.id, profile["_id"].as_str().unwrap()).await.pop().unwrap();
    assert_eq!(
        (noted.action.as_str(), noted.subject),
        ("resetPassword", format!("user:{}", profile["_id"].as_str().unwrap()))
    );
}

#[rstest]
#[tokio::test]
async fn a_link_of_two_used_at_once_is_used_by_one(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let link = shop.link().await;
    let (one, other) = tokio::join!(set(&app, &link, GOOD).send(), set(&app, &link, "Another-1").send());
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[rstest]
#[tokio::test]
async fn a_wrong_a_used_and_an_expired_link_look_the_same(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let (used, expired, link) = (shop.link().await, shop.link().await, shop.link().await);
    set(&app, &used, GOOD).expect(200).await;
    app.pass(Duration::from_hours(7 * 24) - Duration::from_millis(1));
    set(&app, &link, GOOD).expect(200).await;
    app.pass(Duration::from_millis(1));
    let last = if link.ends_with('0') { "1" } else { "0" };
    let mut answers = Vec::new();
    for wrong in [
        used,
        expired.clone(),
        format!("{}{last}", &expired[..expired.len() - 1]),
        expired.replace(&shop.id.to_string(), &other.id.to_string()),
        expired.replace("swl_", "sws_"),
        "garbage".to_owned(),
        String::new(),
    ] {
        let from = format!("198.51.100.{}", answers.len());
        let answer = set(&app, &wrong, GOOD).from(&from).expect(400).await;
        answers.push(answer.bytes);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[rstest]
#[tokio::test]
async fn attempts_with_links_cost_a_growing_delay(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let link = shop.link().await;
    for _ in 0..4 {
        set(&app, "garbage", GOOD).expect(400).await;
    }
    assert_eq!(set(&app, &link, GOOD).expect(429).await.header("retry-after"), "1");
    set(&app, &link, GOOD).from("198.51.100.1").expect(200).await;
    for _ in 0..4 {
        forgot(&app, &shop.email).from("198.51.100.2").expect(200).await;
    }
    forgot(&app, &shop.email).from("198.51.100.2").expect(429).await;
    // Signing in is not delayed by that.
    login(&app, &shop.email, &shop.password).expect(200).await;
}

#[rstest]
#[tokio::test]
async fn a_person_who_has_signed_in_is_mailed_a_reset(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (session, other) = (shop.sign_in().await, shop.sign_in().await);
    let ask = || app.post("/api/v1/user/resetpassword").credential(&session);
    assert_eq!(ask().expect(200).await.json, "A link to set a new password was mailed to you.");
    let link = app.mailed_link(&shop.email).await;
    // Asked for again at once, nothing more is mailed; later a new link ends the first.
    ask().expect(200).await;
    assert_eq!(app.mails_to(&shop.email).await.len(), 1);
    app.pass(Duration::from_mins(2));
    ask().expect(200).await;
    assert_eq!(app.mails_to(&shop.email).await.len(), 2);
    set(&app, &link, GOOD).expect(400).await;
    let link = app.mailed_link(&shop.email).await;
    app.pass(Duration::from_mins(59));
    set(&app, &link, GOOD).expect(200).await;
    for session in [&session, &other] {
        assert!(!app.lets_in(session).await, "every session is over");
    }
    login(&app, &shop.email, &shop.password).expect(401).await;
    login(&app, &shop.email, GOOD).expect(200).await;
}

#[rstest]
#[tokio::test]
async fn a_reset_is_good_for_an_hour(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let session = shop.sign_in().await;
    app.post("/api/v1/user/resetpassword").credential(&session).expect(200).await;
    let link = app.mailed_link(&shop.email).await;
    app.pass(Duration::from_hours(1));
    set(&app, &link, GOOD).expect(400).await;
}

#[rstest]
#[tokio::test]
async fn nobody_learns_whether_an_address_belongs_to_a_user(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let invited = json!({ "emailAddresses": [{ "email": shop.email }] });
    app.post("/api/v1/organization/users/invite")
        .credential(&other.admin.text)
        .json(&invited)
        .expect(201)
        .await;
    let (suspended, _) = shop.user(SystemRole::Regular).await;
    let list = app.get("/api/v1/organization/users?search.email=regular").credential(&shop.admin.text);
    let id = list.expect(200).await.json["items"][0]["_id"].as_str().unwrap().to_owned();
    let suspend = format!("/api/v1/organization/user/{id}/suspend");
    app.post(suspend).credential(&shop.admin.text).expect(200).await;

    app.run_jobs().await;
    app.pass(Duration::from_mins(2));
    let answers: Vec<Json> = {
        let mut answers = Vec::new();
        for email in [shop.email.to_uppercase().as_str(), "nobody@shop.example", &suspended] {
            answers.push(forgot(&app, email).expect(200).await.json);
        }
        answers
    };
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // The request itself looks nobody up: a job does that afterwards.
    app.run_jobs().await;
    assert_eq!(app.mails_to("nobody@shop.example").await.len(), 0);
    assert_eq!(app.mails_to(&suspended).await.len(), 0);
    // One mail for each organization that knows the address.
    let mails = app.mails_to(&shop.email).await;
    assert_eq!(mails.len(), 3);
    assert!(mails[1..].iter().any(|text| text.contains("at Shop in Swage")), "{mails:?}");
    for wrong in [json!({}), json!({ "email": "nobody" }), json!({ "email": "a@b.c", "name": "x" })] {
        app.post(FORGOT).json(&wrong).expect(400).await;
    }
}

#[rstest]
#[tokio::test]
async fn an_invitation_is_sent_again_until_it_is_followed(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let user = shop.invited().await;
    let remind = || {
        let path = format!("/api/v1/organization/user/{user}/remind");
        app.post(path).credential(&shop.admin.text)
    };
    app.pass(Duration::from_hours(24));
    let reminded = remind().expect(200).await.json;
    assert_eq!(reminded["invited"], "2026-01-02T00:00:00.000Z");
    let email = reminded["email"].as_str().unwrap();
    assert_eq!(app.mails_to(email).await.len(), 2);
    let link = app.mailed_link(email).await;
    app.pass(Duration::from_mins(1));
    remind().expect(200).await;
    set(&app, &link, GOOD).expect(400).await;
    set(&app, &app.mailed_link(email).await, GOOD).expect(200).await;
    remind().expect(409).await;
}

#[tokio::test]
async fn the_page_of_a_link_runs_its_own_script_alone() {
    let app = TestApp::start(Sqlite).await;
    for (path, kind) in [
        ("/password", "text/html; charset=utf-8"),
        ("/password/script.js", "text/javascript; charset=utf-8"),
        ("/password/style.css", "text/css; charset=utf-8"),
    ] {
        let answer = app.get(path).expect(200).await;
        assert_eq!(answer.header("content-type"), kind);
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    let page = String::from_utf8(app.get("/password").expect(200).await.bytes).unwrap();
    // Nothing inline, which the policy would not run.
    assert!(
        page.contains("src=\"password/script.js\"") && !page.contains("style=") && !page.contains("onclick")
    );
}
