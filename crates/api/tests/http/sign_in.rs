//! `POST /security/v1/login` and `POST /security/v1/logout`.

use std::time::Duration;

use keys::SystemRole;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp};
use usecases::organizations::Subscription;

const LOGIN: &str = "/security/v1/login";
const LOGOUT: &str = "/security/v1/logout";
const KEYS: &str = "/api/v1/organization/apikeys";

fn login<'a>(app: &'a TestApp, email: &str, password: &str) -> Call<'a> {
    app.post(LOGIN).json(&json!({ "email": email, "password": password }))
}

fn cookie(token: &str) -> String {
    format!("swage_session={token}")
}

fn without_request_id(mut answer: Answer) -> (u16, axum::http::HeaderMap, Vec<u8>) {
    answer.headers.remove("x-request-id").unwrap();
    (answer.status, answer.headers, answer.bytes)
}

#[rstest]
#[tokio::test]
async fn signing_in_opens_a_session(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let answer = login(&app, &format!(" {} ", shop.email.to_uppercase()), &shop.password).expect(200).await;
    let token = answer.json["token"].as_str().unwrap();
    assert!(token.starts_with("sws_"));
    assert_eq!(answer.json["expires"], "2026-01-01T12:00:00.000Z");
    assert_eq!(answer.json["organizationId"], shop.id.to_string());
    assert_eq!(answer.json["user"]["email"], shop.email);
    assert_eq!(answer.json["user"]["roles"], json!(["admin"]));
    let expected = format!("swage_session={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200");
    assert_eq!(answer.header("set-cookie"), expected);
    assert_eq!(answer.header("cache-control"), "no-store");
    let again = login(&app, &shop.email, &shop.password).expect(200).await;
    assert_ne!(again.json["token"], token);
    assert!(app.lets_in(token).await);
}

#[rstest]
#[tokio::test]
async fn a_cookie_is_for_https_alone_where_that_is_set(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start_with(engine, |settings| settings.secure_cookies = true).await;
    let shop = app.organization("Shop").await;
    let answer = login(&app, &shop.email, &shop.password).expect(200).await;
    assert!(answer.header("set-cookie").ends_with("; Secure"));
    let token = answer.json["token"].as_str().unwrap();
    let answer = app.post(LOGOUT).credential(token).expect(200).await;
    assert!(answer.header("set-cookie").ends_with("; Secure"));
}

#[rstest]
#[tokio::test]
async fn a_session_is_shown_as_bearer_token_or_cookie(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let answer = login(&app, &shop.email, &shop.password).expect(200).await;
    let token = answer.json["token"].as_str().unwrap();
    let verify = || app.get("/security/v1/verify");
    for call in [
        verify().credential(token),
        verify().header("authorization", token),
        verify().header("cookie", &cookie(token)),
        verify().header("cookie", &format!("theme=dark; {}; swage=1", cookie(token))),
        verify().header("cookie", "theme=dark").header("cookie", &cookie(token)),
    ] {
        let answer = call.expect(200).await;
        assert_eq!(answer.json["subject"], format!("user:{}", user_id(&app, token).await));
        assert_eq!((answer.header("x-swage-key"), answer.header("x-swage-role")), ("", ""));
    }
    for call in [
        verify().header("cookie", &format!("x{}", cookie(token))),
        verify().header("cookie", &format!("swage_session2={token}")),
        verify().header("cookie", &cookie("")),
        verify().header("x-api-key", token),
        // A credential in a header is what counts, even if it is wrong.
        verify().header("cookie", &cookie(token)).header("authorization", "Bearer swg_wrong"),
    ] {
        call.expect(401).await;
    }
}

async fn user_id(app: &TestApp, session: &str) -> String {
    let subject =
        app.get("/security/v1/verify").credential(session).expect(200).await.json["subject"].clone();
    subject.as_str().unwrap().strip_prefix("user:").unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn a_write_by_cookie_needs_the_csrf_token(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let signed_in = login(&app, &shop.email, &shop.password).expect(200).await.json;
    let other = login(&app, &shop.email, &shop.password).expect(200).await.json;
    let (token, csrf) = (signed_in["token"].as_str().unwrap(), signed_in["csrfToken"].as_str().unwrap());
    let other_csrf = other["csrfToken"].as_str().unwrap();
    assert_ne!(csrf, other_csrf);

    app.get(KEYS).header("cookie", &cookie(token)).expect(200).await;
    let new = json!({ "name": "K", "scopes": "read", "keyType": "read-only" });
    let make = || app.post(KEYS).json(&new).shows_secret();
    let before = app.row_counts().await;
    for wrong in [None, Some(""), Some(other_csrf), Some(&csrf[1..]), Some(&csrf.to_uppercase())] {
        let call = make().header("cookie", &cookie(token));
        let call = match wrong {
            Some(wrong) => call.header("x-csrf-token", wrong),
            None => call,
        };
        let answer = call.expect(403).await;
        assert!(answer.json["message"].as_str().unwrap().contains("X-CSRF-Token"));
    }
    app.post(LOGOUT).header("cookie", &cookie(token)).expect(403).await;
    assert_eq!(app.row_counts().await, before);

    make().header("cookie", &cookie(token)).header("x-csrf-token", csrf).expect(201).await;
    // A page of another site cannot make a browser send this header.
    make().credential(token).expect(201).await;
    app.post(LOGOUT).header("cookie", &cookie(token)).header("x-csrf-token", csrf).expect(200).await;
    app.get(KEYS).header("cookie", &cookie(token)).expect(401).await;
}

#[rstest]
#[tokio::test]
async fn signing_out_ends_the_session_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (first, second) = (shop.sign_in().await, shop.sign_in().await);
    let answer = app.post(LOGOUT).credential(&first).expect(200).await;
    assert_eq!(answer.json, "You are signed out.");
    assert_eq!(answer.header("set-cookie"), "swage_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    assert!(!app.lets_in(&first).await);
    app.post(LOGOUT).credential(&first).expect(401).await;
    assert!(app.lets_in(&second).await);

    // There is nothing to sign a key out of.
    let token = app.token(&shop.admin).await;
    for credential in [&shop.admin.text, &token] {
        app.post(LOGOUT).credential(credential).expect(403).await;
        assert!(app.lets_in(credential).await);
    }
    app.post(LOGOUT).expect(401).await;
}

#[rstest]
#[tokio::test]
async fn a_session_is_over_after_twelve_hours(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let session = shop.sign_in().await;
    app.pass(Duration::from_millis(12 * 3_600_000 - 1));
    assert!(app.lets_in(&session).await);
    app.pass(Duration::from_millis(1));
    let answer = app.get("/security/v1/verify").credential(&session).expect(401).await;
    assert_eq!(answer.json["message"], "The credential is not valid.");
}

#[rstest]
#[tokio::test]
async fn a_made_up_session_is_not_valid(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let session = shop.sign_in().await;
    let last = if session.ends_with('0') { "1" } else { "0" };
    for made_up in [
        format!("{}{last}", &session[..session.len() - 1]),
        session.replace(&shop.id.to_string(), &other.id.to_string()),
        session.replace(&shop.id.to_string(), "000000000000000000000000"),
        session[..session.len() - 2].to_owned(),
        format!("{session}00"),
        "sws_".to_owned(),
        format!("sws_{}", "g".repeat(112)),
    ] {
        let answer = app.get("/security/v1/verify").credential(&made_up).expect(401).await;
        assert_eq!(answer.json["message"], "The credential is not valid.", "{made_up}");
    }
    assert!(app.lets_in(&session).await);
}

#[rstest]
#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_look_the_same(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let before = app.row_counts().await;
    let body = |email: &str, password: &str, organization: Option<String>| json!({ "email": email, "password": password, "organizationId": organization });
    let wrong = "wrong password";
    let mut answers = Vec::new();
    for body in [
        body(&shop.email, wrong, None),
        body("nobody@shop.example", wrong, None),
        body("nobody@shop.example", &shop.password, None),
        body(&shop.email, &other.password, None),
        body(&shop.email, &shop.password.to_uppercase(), None),
        body(&shop.email, "", None),
        body("not even an address", &"x".repeat(2000), None),
        body(&shop.email, &shop.password, Some(other.id.to_string())),
        body(&shop.email, wrong, Some(shop.id.to_string())),
        body(&shop.email, wrong, Some("000000000000000000000000".into())),
    ] {
        // Each from another address, so that none is delayed.
        let from = format!("198.51.100.{}", answers.len());
        answers.push(without_request_id(app.post(LOGIN).json(&body).from(&from).expect(401).await));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    assert_eq!(app.row_counts().await, before);
}

#[rstest]
#[tokio::test]
async fn failures_cost_a_growing_delay(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for email in [shop.email.as_str(), "nobody@shop.example"] {
        let attempt = || login(&app, email, "wrong password");
        for _ in 0..4 {
            attempt().expect(401).await;
        }
        for delay in [1, 2, 4] {
            for (pass, left) in [(0, delay.to_string()), (delay * 1000 - 1, "1".to_owned())] {
                app.pass(Duration::from_millis(pass));
                let answer = attempt().expect(429).await;
                assert_eq!(answer.header("retry-after"), left, "{email}");
            }
            app.pass(Duration::from_millis(1));
            attempt().expect(401).await;
        }
    }

    // Not even the right password is looked at meanwhile, in whatever form the address is written.
    let right = |email: &str| login(&app, email, &shop.password);
    app.pass(Duration::from_mins(1));
    for _ in 0..2 {
        login(&app, &shop.email, "wrong password").expect(401).await;
        app.pass(Duration::from_millis(10));
        right(&shop.email.to_uppercase()).expect(429).await;
        app.pass(Duration::from_mins(2));
    }
    // Other users and other places are not delayed.
    login(&app, &shop.email, "wrong password").expect(401).await;
    right(&shop.email).expect(429).await;
    let (email, password) = shop.user(SystemRole::Regular).await;
    login(&app, &email, &password).expect(200).await;
    right(&shop.email).from("198.51.100.1").expect(200).await;
}

#[rstest]
#[tokio::test]
async fn signing_in_is_forgiving(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for _ in 0..3 {
        for _ in 0..3 {
            login(&app, &shop.email, "wrong password").expect(401).await;
        }
        login(&app, &shop.email, &shop.password).expect(200).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_member_of_two_organizations_says_which(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (email, password) = ("ann@example.com", "the same in both of them");
    let found = async |name: &str| {
        app.organization_of(name, Subscription::Enterprise, email, password.to_owned()).await.id.to_string()
    };
    let (first, second) = (found("First").await, found("Second").await);
    let third = app
        .organization_of("Third", Subscription::Enterprise, email, "quite another one, really".into())
        .await;

    // The answers of a login may name the password's owner; the password itself is the same text in all calls.
    let answer = login(&app, email, password).expect(400).await;
    assert_eq!(answer.wrong_fields(), ["organizationId"]);
    let message = answer.json["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains(&first) && message.contains(&second), "{message}");
    assert!(!message.contains(&third.id.to_string()), "{message}");

    for organization in [&first, &second] {
        let body = json!({ "email": email, "password": password, "organizationId": organization });
        let answer = app.post(LOGIN).json(&body).expect(200).await;
        assert_eq!(&answer.json["organizationId"], organization.as_str());
        let session = answer.json["token"].as_str().unwrap();
        let keys = app.get(KEYS).credential(session).expect(200).await;
        assert_eq!(keys.json["total"], 1);
    }
    let only = login(&app, email, "quite another one, really").expect(200).await;
    assert_eq!(only.json["organizationId"], third.id.to_string());
    let body = json!({ "email": email, "password": password, "organizationId": third.id.to_string() });
    app.post(LOGIN).json(&body).expect(401).await;
    let body = json!({ "email": email, "password": password, "organizationId": "First" });
    assert_eq!(app.post(LOGIN).json(&body).expect(400).await.wrong_fields(), ["organizationId"]);
}

#[rstest]
#[tokio::test]
async fn unknown_fields_are_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let fields = json!({ "email": shop.email, "password": shop.password, "remember": true, "otp": null });
    for (body, prefix) in [(fields.clone(), ""), (json!({ "params": fields }), "params.")] {
        let answer = app.post(LOGIN).json(&body).expect(400).await;
        let mut wrong = answer.wrong_fields();
        wrong.sort_unstable();
        assert_eq!(wrong, [format!("{prefix}otp"), format!("{prefix}remember")]);
        assert_eq!(answer.header("set-cookie"), "");
    }
    for (body, wrong) in [
        (json!({}), vec!["email", "password"]),
        (json!({ "email": "", "password": "x" }), vec!["email"]),
        (json!({ "email": "a\nb", "password": "x" }), vec!["email"]),
        (json!({ "email": "a".repeat(255), "password": null }), vec!["email", "password"]),
    ] {
        assert_eq!(app.post(LOGIN).json(&body).expect(400).await.wrong_fields(), wrong, "{body}");
    }
}

#[rstest]
#[tokio::test]
async fn a_session_may_do_what_its_users_roles_permit(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let sign_in = async |(email, password): (String, String)| {
        let answer = login(&app, &email, &password).expect(200).await.json;
        answer["token"].as_str().unwrap().to_owned()
    };
    let regular = sign_in(shop.user(SystemRole::Regular).await).await;
    let customer = sign_in(shop.user(SystemRole::Customer).await).await;
    let admin = shop.sign_in().await;
    for (session, scope, status) in [
        (&admin, "apiKey:write", 200),
        (&admin, "subscription:write", 200),
        (&regular, "cost:write", 200),
        (&regular, "user:read", 200),
        (&regular, "user:write", 403),
        (&regular, "apiKey:read", 403),
        (&customer, "hose:read", 200),
        (&customer, "cost:read", 403),
        (&customer, "customer:read", 403),
    ] {
        app.get(format!("/security/v1/verify?scope={scope}")).credential(session).expect(status).await;
    }
    let new = json!({ "name": "K", "scopes": "read", "keyType": "read-only" });
    for session in [&regular, &customer] {
        app.get(KEYS).credential(session).expect(403).await;
        let answer = app.post(KEYS).credential(session).json(&new).expect(403).await;
        assert!(answer.json["message"].as_str().unwrap().contains("the user"), "{}", answer.json);
    }
    let made = app.post(KEYS).credential(&admin).json(&new).shows_secret().expect(201).await.json;
    let id = made["_id"].as_str().unwrap();
    let [row] = &app.audit(shop.id, id).await[..] else { panic!("one entry") };
    assert_eq!(made["createdBy"], row.subject.as_str());
    assert_eq!(row.subject_name, shop.email);
    assert_eq!(row.before, Json::Null);
}
