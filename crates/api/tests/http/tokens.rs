//! `POST /security/v1/token`.

use std::time::Duration;

use base::{Id, Random, Timestamp};
use keys::KeyText;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestKey, TestOrganization};

const TOKEN: &str = "/security/v1/token";

fn exchange<'a>(app: &'a TestApp, key: &str, name: &str) -> Call<'a> {
    app.post(TOKEN).json(&json!({ "apiKey": key, "name": name, "grantType": "client_credentials" }))
}

fn token(answer: &Answer) -> &str {
    answer.json["securityToken"].as_str().unwrap()
}

/// The header in which verify names the customer.
async fn customer_of(app: &TestApp, token: &str) -> String {
    let answer = app.get("/security/v1/verify").credential(token).expect(200).await;
    assert_eq!(answer.json["customerId"].as_str().unwrap_or_default(), answer.header("x-swage-customer"));
    answer.header("x-swage-customer").to_owned()
}

#[rstest]
#[tokio::test]
async fn one_answer_holds_every_documented_shape(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let answer = exchange(&app, &shop.admin.text, &shop.admin.name).expect(200).await;
    let token = token(&answer);
    assert!(token.starts_with("swt_"));
    let expires = "2026-01-01T01:00:00.000Z";
    let expected = json!({
        "data": { "securityToken": token, "expires": expires }, "securityToken": token, "expires": expires,
        "access_token": token, "token_type": "Bearer", "expires_in": 3600,
    });
    assert_eq!(answer.json, expected);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(app.lets_in(token).await);
}

#[rstest]
#[tokio::test]
async fn the_grant_has_two_names_and_one_value(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let TestKey { text, name, .. } = &shop.admin;
    let ask = |body: Json| app.post(TOKEN).json(&body);
    for body in [
        json!({ "apiKey": text, "name": name, "grant_type": "client_credentials" }),
        json!({ "params": { "apiKey": text, "name": name, "grantType": "client_credentials" } }),
        json!({ "apiKey": text, "name": format!(" {name} "), "grantType": "client_credentials", "more": 1 }),
    ] {
        ask(body).expect(200).await;
    }
    for (body, path, error) in [
        (json!({ "apiKey": text, "name": name }), "grantType", "invalid_request"),
        (json!({ "apiKey": text, "name": name, "grantType": null }), "grantType", "invalid_request"),
        (
            json!({ "apiKey": text, "name": name, "grantType": "password" }),
            "grantType",
            "unsupported_grant_type",
        ),
        (json!({ "apiKey": text, "name": name, "grantType": "" }), "grantType", "unsupported_grant_type"),
        (json!({ "params": { "apiKey": text, "name": name } }), "params.grantType", "invalid_request"),
    ] {
        let answer = ask(body).expect(400).await;
        assert_eq!(answer.wrong_fields(), [path]);
        assert_eq!(answer.json["error"], error);
        assert_eq!(answer.json["error_description"], answer.json["details"]);
    }
    let nothing = ask(json!({ "grantType": "client_credentials" })).expect(400).await;
    assert_eq!(nothing.wrong_fields(), ["apiKey", "name"]);
    assert_eq!(nothing.json["error"], "invalid_request");
    let wrong =
        ask(json!({ "apiKey": 1, "name": name, "grantType": "client_credentials" })).expect(400).await;
    assert_eq!(wrong.wrong_fields(), ["apiKey"]);
    assert_eq!(wrong.json["error"], "invalid_request");
    let broken = app.post(TOKEN).body("application/json", "{").expect(400).await;
    assert_eq!(broken.json["error"], "invalid_request");
    let text = app.post(TOKEN).body("text/plain", "{}").expect(415).await;
    assert_eq!(text.json["error"], "invalid_request");
}

/// A good key, one that would be refused for other reasons too, and one that was deleted.
pub async fn three_keys(shop: &TestOrganization<'_>) -> [TestKey; 3] {
    let limited = json!({ "approvedIpAddresses": [{ "ipAddress": "10.0.0.1" }], "expires": "2025-01-01" });
    let (key, limited) = (shop.key("full-access").await, shop.key_with(limited).await);
    let gone = shop.key("full-access").await;
    shop.delete(&gone.id).expect(200).await;
    [key, limited, gone]
}

/// Makes texts of keys with these ids that nobody was given.
pub fn forger() -> impl FnMut(&str) -> String {
    let mut random = Random::seeded(99);
    move |id| {
        let id: Id<keys::ApiKey> = id.parse().unwrap();
        KeyText::mint("test".parse().unwrap(), id, &mut random).expose().to_string()
    }
}

#[rstest]
#[tokio::test]
async fn who_has_not_shown_the_secret_learns_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let [key, limited, gone] = three_keys(&shop).await;
    let mut forged = forger();
    let mut mistyped = key.text.clone();
    mistyped.pop();
    mistyped.push(if key.text.ends_with('0') { '1' } else { '0' });
    let attempts = [
        (forged("6955b9000000000000000001"), &key.name),
        (forged(&key.id), &key.name),
        (forged(&key.id), &limited.name),
        // Of a key that would be refused for other reasons too.
        (forged(&limited.id), &limited.name),
        (limited.text.clone(), &"Wrong name".to_owned()),
        (key.text.clone(), &"Wrong name".to_owned()),
        (key.text.clone(), &"A KEY".to_owned()),
        (key.text.clone(), &String::new()),
        (gone.text.clone(), &gone.name),
        (mistyped, &key.name),
        (key.text.replace("swg_test", "swg_live"), &key.name),
        (key.text[..key.text.len() - 1].to_owned(), &key.name),
        (format!(" {}", key.text), &key.name),
        (key.text.to_uppercase(), &key.name),
        ("yourApiKey".to_owned(), &key.name),
        (String::new(), &key.name),
        ("\u{202e}\u{feff}swg_".to_owned(), &key.name),
        ("x".repeat(64 * 1024), &key.name),
        (app.token(&key).await, &key.name),
    ];
    let mut first: Option<Answer> = None;
    for (text, name) in attempts {
        let mut answer = exchange(&app, &text, name).expect(401).await;
        answer.headers.remove("x-request-id").unwrap();
        let first = first.get_or_insert_with(|| Answer {
            status: answer.status,
            headers: answer.headers.clone(),
            bytes: answer.bytes.clone(),
            json: answer.json.clone(),
        });
        assert_eq!(answer.bytes, first.bytes, "{text:?} {name:?}: {}", answer.json);
        assert_eq!(answer.headers, first.headers, "{text:?} {name:?}");
    }
    let first = first.unwrap();
    assert_eq!(first.json["error"], "invalid_client");
    assert_eq!(first.json["message"], "The credential is not valid.");
    assert_eq!(first.header("www-authenticate"), "Bearer realm=\"swage\"");
}

#[rstest]
#[tokio::test]
async fn the_masked_form_of_a_key_is_recognised(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let masked = shop.document(&shop.admin.id).await["apiKey"].as_str().unwrap().to_owned();
    let answer = exchange(&app, &masked, &shop.admin.name).expect(401).await;
    assert_eq!(answer.json["error"], "invalid_client");
    assert!(answer.json["message"].as_str().unwrap().contains("masked form"));
    for (header, value) in [("x-api-key", masked.clone()), ("authorization", format!("Bearer {masked}"))] {
        let answer = app.get("/security/v1/verify").header(header, &value).expect(401).await;
        assert!(answer.json["message"].as_str().unwrap().contains("masked form"), "{}", answer.json);
    }
}

#[rstest]
#[tokio::test]
async fn whoever_shows_the_secret_is_told_why_not(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for (fields, status, error, words) in [
        (json!({ "expires": "2026-01-01" }), 401, "invalid_client", "expired"),
        (json!({ "startDate": "2026-01-02" }), 401, "invalid_client", "not valid yet"),
        (
            json!({ "approvedIpAddresses": [{ "ipAddress": "10.0.0.1" }] }),
            403,
            "unauthorized_client",
            "address",
        ),
    ] {
        let key = shop.key_with(fields).await;
        let answer = exchange(&app, &key.text, &key.name).expect(status).await;
        assert_eq!(answer.json["error"], error);
        assert!(answer.json["message"].as_str().unwrap().contains(words), "{}", answer.json);
        let answer = app.get("/security/v1/verify").credential(&key.text).expect(status).await;
        assert!(answer.json["message"].as_str().unwrap().contains(words), "{}", answer.json);
        assert!(answer.json.get("error").is_none());
    }
}

#[rstest]
#[tokio::test]
async fn a_token_ends_with_its_hour_or_its_key(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let verify = |token: String| app.get("/security/v1/verify").credential(&token);
    let said = |answer: &Answer| answer.json["message"].as_str().unwrap().to_owned();

    // Its hour, to the millisecond, counted from its own exchange.
    let key = shop.key("full-access").await;
    let first = app.token(&key).await;
    app.pass(Duration::from_mins(30));
    let second = app.token(&key).await;
    app.pass(Duration::from_millis(1_799_999));
    verify(first.clone()).expect(200).await;
    app.pass(Duration::from_millis(1));
    assert!(said(&verify(first).expect(401).await).contains("expired"));
    verify(second).expect(200).await;

    // The end of the key's own time, within the hour.
    let soon = app.clock.now().plus(Duration::from_mins(10));
    let key = shop.key_with(json!({ "expires": soon.to_string() })).await;
    let token = app.token(&key).await;
    app.pass(Duration::from_millis(599_999));
    verify(token.clone()).expect(200).await;
    app.pass(Duration::from_millis(1));
    assert!(said(&verify(token).expect(401).await).contains("The key has expired"));

    // Deletion, a narrowing, a start moved ahead, a widening.
    let key = shop.key("full-access").await;
    let later = app.clock.now().plus(Duration::from_mins(1)).to_string();
    for change in [
        json!({ "scopes": "read" }),
        json!({ "scopes": "read", "approvedIpAddresses": [{ "ipAddress": "192.0.2.1" }] }),
        json!({ "scopes": "read", "startDate": later }),
        json!({ "scopes": "read,write", "startDate": null }),
    ] {
        let token = app.token(&key).await;
        shop.change(&key.id, change.clone()).expect(200).await;
        let answer = verify(token).expect(401).await;
        let words = if change["startDate"].is_string() { "not valid yet" } else { "has ended" };
        assert!(
            said(&answer).contains(words) || said(&answer).contains("has ended"),
            "{change} {}",
            said(&answer)
        );
        if change["startDate"].is_string() {
            app.pass(Duration::from_mins(1));
        }
    }
    let token = app.token(&key).await;
    shop.delete(&key.id).expect(200).await;
    assert!(said(&verify(token).expect(401).await).contains("has ended"));
}

#[rstest]
#[tokio::test]
async fn a_token_may_do_what_its_key_may(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let reader = shop.key_with(json!({ "keyType": "admin", "scopes": "apiKey:read" })).await;
    let token = app.token(&reader).await;
    app.get("/api/v1/organization/apikeys").credential(&token).expect(200).await;
    let new = json!({ "name": "K", "scopes": "apiKey:read", "keyType": "admin" });
    app.post("/api/v1/organization/apikeys").credential(&token).json(&new).expect(403).await;
    let admin = app.token(&shop.admin).await;
    let call = app.post("/api/v1/organization/apikeys").credential(&admin).json(&new).shows_secret();
    assert_eq!(call.expect(201).await.json["createdBy"], format!("key:{}", shop.admin.id));
    // A token is no key: it gives no further one.
    exchange(&app, &token, &reader.name).expect(401).await;
    app.get("/security/v1/verify").header("x-api-key", &token).expect(401).await;
}

#[rstest]
#[tokio::test]
async fn an_altered_token_is_not_valid(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let token = app.token(&shop.admin).await;
    for at in (4..token.len()).step_by(3) {
        let mut altered = token.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let answer = app.get("/security/v1/verify").credential(std::str::from_utf8(&altered).unwrap());
        let answer = answer.expect(401).await;
        assert_eq!(answer.json["message"], "The credential is not valid.", "at {at}");
    }
    for altered in [format!("{token}A"), token[..token.len() - 1].to_owned(), token.replace("swt_", "swT_")] {
        app.get("/security/v1/verify").credential(&altered).expect(401).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_pinned_key_acts_for_its_customer_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (farm, mine) = (shop.customer("Farm").await.to_string(), shop.customer("Mine").await.to_string());
    let key = shop.key_with(json!({ "keyType": "customer", "customerId": farm })).await;
    assert_eq!(customer_of(&app, &key.text).await, farm);
    // Any other is refused, whether it is there or not; what is no id counts as none.
    for other in [mine.as_str(), "0123456789abcdef01234567"] {
        let answer = exchange(&app, &key.text, &key.name).header("apiCustomerId", other).expect(403).await;
        assert_eq!(answer.json["error"], "unauthorized_client");
        app.get("/security/v1/verify").credential(&key.text).header("apiCustomerId", other).expect(403).await;
    }
    for own in [farm.as_str(), "", "nobody", "1"] {
        let answer = exchange(&app, &key.text, &key.name).header("apiCustomerId", own).expect(200).await;
        assert_eq!(customer_of(&app, token(&answer)).await, farm);
    }
    let token = app.token(&key).await;
    let verify = |id: &str| app.get("/security/v1/verify").credential(&token).header("apiCustomerId", id);
    verify(&farm).expect(200).await;
    verify(&mine).expect(403).await;
    verify("nobody").expect(200).await;
}

#[rstest]
#[tokio::test]
async fn an_unpinned_customer_key_pins_its_token(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let (farm, mine) = (shop.customer("Farm").await.to_string(), shop.customer("Mine").await.to_string());
    let theirs = other.customer("Theirs").await.to_string();
    let key = shop.key("customer").await;
    let exchange_for = |id: &str| exchange(&app, &key.text, &key.name).header("apiCustomerId", id);

    let pinned = exchange_for(&farm.to_uppercase()).expect(200).await;
    assert_eq!(customer_of(&app, token(&pinned)).await, farm);
    let verify =
        |token: &str, id: &str| app.get("/security/v1/verify").credential(token).header("apiCustomerId", id);
    verify(token(&pinned), &farm).expect(200).await;
    verify(token(&pinned), &mine).expect(403).await;

    for none in ["", "nobody", "0123456789abcdef01234567", &theirs, "1 OR 1=1"] {
        let answer = exchange_for(none).expect(200).await;
        assert_eq!(customer_of(&app, token(&answer)).await, "", "{none:?}");
    }
    // The key itself is as free as before.
    let other = exchange_for(&mine).expect(200).await;
    assert_eq!(customer_of(&app, token(&other)).await, mine);
    assert_eq!(customer_of(&app, token(&pinned)).await, farm);

    // Only a customer's key acts for a customer.
    let full = shop.key("full-access").await;
    let answer = exchange(&app, &full.text, &full.name).header("apiCustomerId", &farm).expect(200).await;
    assert_eq!(customer_of(&app, token(&answer)).await, "");
}

#[rstest]
#[tokio::test]
async fn the_address_is_checked_at_the_exchange_and_with_the_key(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "approvedIpAddresses": [{ "ipAddress": "203.0.113.0/28" }] })).await;
    exchange(&app, &key.text, &key.name).expect(403).await;
    let answer = exchange(&app, &key.text, &key.name).from("203.0.113.15").expect(200).await;
    app.get("/security/v1/verify").credential(token(&answer)).from("8.8.8.8").expect(200).await;
    app.get("/security/v1/verify").credential(&key.text).from("203.0.113.16").expect(403).await;
    // A wrong name is not told that the address is wrong as well.
    exchange(&app, &key.text, "Wrong").expect(401).await;
}

#[rstest]
#[tokio::test]
async fn no_token_outlives_the_time_of_its_making(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    app.pass(Duration::from_millis(1_234));
    let answer = exchange(&app, &shop.admin.text, &shop.admin.name).expect(200).await;
    let expires: Timestamp = answer.json["expires"].as_str().unwrap().parse().unwrap();
    assert_eq!(expires.since(app.clock.now()), Duration::from_hours(1));
    assert_eq!(answer.json["expires"], "2026-01-01T01:00:01.234Z");
}
