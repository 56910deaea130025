//! `POST /security/v1/token` as the client credentials of OAuth 2.0.

use std::time::Duration;

use form_urlencoded::Serializer;
use rstest::rstest;
use serde_json::json;
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestKey};

use crate::tokens::{forger, three_keys};

const TOKEN: &str = "/security/v1/token";
const FORM: &str = "application/x-www-form-urlencoded";
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

fn form<'a>(app: &'a TestApp, fields: &[(&str, &str)]) -> Call<'a> {
    app.post(TOKEN).body(FORM, Serializer::new(String::new()).extend_pairs(fields).finish())
}

fn with_key<'a>(app: &'a TestApp, key: &TestKey, more: &[(&str, &str)]) -> Call<'a> {
    let fields = [GRANT, ("client_id", key.name.as_str()), ("client_secret", key.text.as_str())];
    form(app, &[&fields, more].concat())
}

/// HTTP Basic as RFC 6749 has it: both parts form-encoded.
pub fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", base64(&format!("{}:{}", encoded(id), encoded(secret))))
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32| char::from(DIGITS[bits as usize & 63]);
    let group = |chunk: &[u8]| {
        let bits = chunk.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        let digits: String = [18, 12, 6, 0].map(|shift| digit(bits >> shift)).into_iter().collect();
        digits[..=chunk.len()].to_owned()
    };
    text.as_bytes().chunks(3).map(group).collect()
}

fn token(answer: &Answer) -> &str {
    answer.json["access_token"].as_str().unwrap()
}

async fn scopes_of(app: &TestApp, token: &str) -> String {
    let answer = app.get("/security/v1/verify").credential(token).expect(200).await;
    answer.header("x-swage-scopes").to_owned()
}

#[rstest]
#[tokio::test]
async fn a_form_and_basic_give_a_token(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "name": "100% hose + fitting: ü" })).await;
    let by_id = TestKey { name: key.id.clone(), ..key.clone() };
    for key in [&key, &by_id] {
        let in_basic = form(&app, &[GRANT]).header("authorization", &basic(&key.name, &key.text));
        let same_id = form(&app, &[GRANT, ("client_id", &key.name)]);
        let same_id = same_id.header("authorization", &basic(&key.name, &key.text));
        for call in [with_key(&app, key, &[]), in_basic, same_id] {
            let answer = call.expect(200).await;
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("pragma"), "no-cache");
            assert_eq!(answer.json["token_type"], "Bearer");
            assert_eq!(answer.json["expires_in"], 3600);
            assert_eq!(answer.json["securityToken"], answer.json["access_token"]);
            assert!(answer.json.get("scope").is_none(), "none was asked for");
            assert!(app.lets_in(token(&answer)).await);
        }
    }
    // The documented form takes the id for the name too, and does not look at Basic.
    let body = json!({ "apiKey": key.text, "name": key.id, "grantType": "client_credentials" });
    app.post(TOKEN).json(&body).header("authorization", &basic("x", "y")).expect(200).await;
}

#[rstest]
#[tokio::test]
async fn two_credentials_at_once_and_names_given_twice_are_refused(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let TestKey { name, text, .. } = &shop.admin;
    let good = basic(name, text);
    let in_basic = |fields: &[(&str, &str)]| form(&app, fields).header("authorization", &good);
    for (call, field, error) in [
        (in_basic(&[GRANT, ("client_secret", text)]), "client_secret", "invalid_request"),
        (
            in_basic(&[GRANT, ("client_id", name), ("client_secret", text)]),
            "client_secret",
            "invalid_request",
        ),
        (in_basic(&[GRANT, ("client_id", "another")]), "client_id", "invalid_request"),
        (in_basic(&[GRANT]).header("authorization", &good), "Authorization", "invalid_request"),
        (form(&app, &[GRANT, GRANT]), "grant_type", "invalid_request"),
        (with_key(&app, &shop.admin, &[("client_secret", text)]), "client_secret", "invalid_request"),
        (with_key(&app, &shop.admin, &[("scope", "read"), ("scope", "read")]), "scope", "invalid_request"),
        (with_key(&app, &shop.admin, &[("x", "1"), ("x", "2")]), "x", "invalid_request"),
        (in_basic(&[]), "grant_type", "invalid_request"),
        (in_basic(&[("grant_type", "")]), "grant_type", "invalid_request"),
        (in_basic(&[("grant_type", "password")]), "grant_type", "unsupported_grant_type"),
        (in_basic(&[("grantType", "client_credentials")]), "grant_type", "invalid_request"),
        (form(&app, &[GRANT, ("client_secret", text)]), "client_id", "invalid_request"),
        (in_basic(&[GRANT, ("scope", "reed")]), "scope", "invalid_scope"),
        (in_basic(&[GRANT, ("scope", " ")]), "scope", "invalid_scope"),
    ] {
        let answer = call.expect(400).await;
        assert_eq!(answer.wrong_fields(), [field], "{}", answer.json);
        assert_eq!(answer.json["error"], error, "{}", answer.json);
        assert_eq!(answer.json["error_description"], answer.json["details"]);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    // What is unknown is ignored, and named.
    let answer = with_key(&app, &shop.admin, &[("resource_owner", "me")]).expect(200).await;
    assert_eq!(answer.header("swage-ignored-fields"), "resource_owner");
}

#[rstest]
#[tokio::test]
async fn before_the_secret_has_matched_there_is_one_answer(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let [key, limited, gone] = three_keys(&shop).await;
    let mut forged = forger();
    let attempts = [
        (key.name.clone(), forged(&key.id)),
        (key.id.clone(), forged(&key.id)),
        (limited.name.clone(), forged(&limited.id)),
        (gone.id.clone(), gone.text.clone()),
        (gone.id.clone(), key.text.clone()),
        ("another".into(), key.text.clone()),
        ("another".into(), limited.text.clone()),
        (String::new(), key.text.clone()),
        (key.name.clone(), String::new()),
        (key.text.clone(), String::new()),
        (key.name.clone(), app.token(&key).await),
    ];
    for is_basic in [false, true] {
        let mut first: Option<(Vec<u8>, String)> = None;
        let mut check = |answer: Answer| {
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            let said = (answer.bytes.clone(), format!("{headers:?}"));
            assert_eq!(*first.get_or_insert_with(|| said.clone()), said, "{}", answer.json);
            assert_eq!(answer.json["error"], "invalid_client");
            let challenge = answer.header("www-authenticate");
            let scheme = if is_basic { "Basic " } else { "Bearer " };
            assert!(challenge.starts_with(scheme), "{challenge}");
        };
        for (id, secret) in &attempts {
            let call = if is_basic {
                form(&app, &[GRANT]).header("authorization", &basic(id, secret))
            } else if id.is_empty() {
                continue;
            } else {
                form(&app, &[GRANT, ("client_id", id), ("client_secret", secret)])
            };
            check(call.expect(401).await);
        }
        for garbage in ["Basic", "Basic !", "Basic YQ==", "Basic /zpi", "basic  "] {
            let call = form(&app, &[GRANT]).header("authorization", garbage);
            let answer = call.expect(401).await;
            assert_eq!(answer.json["error"], "invalid_client");
        }
    }
    // Who shows the secret is told.
    let answer = with_key(&app, &limited, &[]).expect(401).await;
    assert!(answer.json["message"].as_str().unwrap().contains("expired"));
}

#[rstest]
#[tokio::test]
async fn a_scope_narrows_the_token_at_every_use(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "keyType": "admin" })).await;
    let narrowed = |scope: &'static str| with_key(&app, &key, &[("scope", scope)]);

    let answer = narrowed("apiKey:read hose:read").expect(200).await;
    assert_eq!(answer.json["scope"], "apiKey:read hose:read");
    let reader = token(&answer).to_owned();
    assert_eq!(scopes_of(&app, &reader).await, "apiKey:read,hose:read");
    let verify = |scope: &str| app.get(format!("/security/v1/verify?scope={scope}")).credential(&reader);
    verify("hose:read").expect(200).await;
    verify("hose:write").expect(403).await;
    app.get("/api/v1/organization/apikeys").credential(&reader).expect(200).await;
    let new = json!({ "name": "K", "scopes": "hose:read", "keyType": "admin" });
    app.post("/api/v1/organization/apikeys").credential(&reader).json(&new).expect(403).await;

    // A maker of keys makes none that may do more than the token.
    let answer = narrowed("apiKey:write,hose:read").expect(200).await;
    assert_eq!(answer.json["scope"], "apiKey:write hose:read");
    let maker = token(&answer).to_owned();
    let make = |scopes: &str| {
        let new = json!({ "name": "K", "scopes": scopes, "keyType": "admin" });
        app.post("/api/v1/organization/apikeys").credential(&maker).json(&new).shows_secret()
    };
    make("hose:read").expect(201).await;
    make("hose:read,hose:write").expect(403).await;

    // The words, in any case; the JSON body too.
    let all_reads = token(&narrowed("READ").expect(200).await).to_owned();
    assert!(!scopes_of(&app, &all_reads).await.contains(":write"));
    let whole = token(&narrowed("read write").expect(200).await).to_owned();
    assert_eq!(scopes_of(&app, &whole).await, scopes_of(&app, &key.text).await);
    let body = json!({ "apiKey": key.text, "name": key.name, "grantType": "client_credentials", "scope": "hose:read" });
    let answer = app.post(TOKEN).json(&body).expect(200).await;
    assert_eq!(scopes_of(&app, token(&answer)).await, "hose:read");
    // The key itself, and its other tokens, are as they were.
    assert_eq!(scopes_of(&app, &app.token(&key).await).await, scopes_of(&app, &key.text).await);
}

#[rstest]
#[tokio::test]
async fn a_scope_beyond_the_keys_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let reader = shop.key_with(json!({ "keyType": "admin", "scopes": "hose:read,brand:read" })).await;
    let full = shop.key("full-access").await;
    let read_only = shop.key("read-only").await;
    for (key, scope) in [
        (&reader, "hose:write"),
        (&reader, "hose:read hose:write"),
        (&reader, "read"),
        (&reader, "write"),
        (&full, "apiKey:read"),
        (&full, "hose:read apiKey:write"),
        (&read_only, "write"),
        (&read_only, "hose:write"),
    ] {
        let answer = with_key(&app, key, &[("scope", scope)]).expect(400).await;
        assert_eq!(answer.json["error"], "invalid_scope", "{scope}");
        assert_eq!(answer.wrong_fields(), ["scope"]);
        // Not said to who has not shown the secret.
        let wrong = [GRANT, ("client_id", "wrong"), ("client_secret", &key.text), ("scope", scope)];
        form(&app, &wrong).expect(401).await;
    }
    assert_eq!(
        with_key(&app, &reader, &[("scope", "brand:read")]).expect(200).await.json["scope"],
        "brand:read"
    );
}

#[rstest]
#[tokio::test]
async fn a_narrowed_token_ends_as_any_other(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let narrowed =
        async || token(&with_key(&app, &key, &[("scope", "hose:read")]).expect(200).await).to_owned();
    let first = narrowed().await;
    shop.change(&key.id, json!({ "scopes": "read" })).expect(200).await;
    assert!(!app.lets_in(&first).await);
    let second = narrowed().await;
    app.pass(Duration::from_millis(3_599_999));
    assert!(app.lets_in(&second).await);
    app.pass(Duration::from_millis(1));
    assert!(!app.lets_in(&second).await);
}
