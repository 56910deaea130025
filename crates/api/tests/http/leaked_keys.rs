//! `POST /security/v1/leaked-keys`, with a server that publishes keys on this machine.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    Json as AxumJson, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get,
};
use base64::{Engine as _, prelude::BASE64_STANDARD as BASE64};
use database::{Scope, Statement, params};
use keys::TextHash;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use rstest::rstest;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestKey, TestOrganization};

/// What no caller may do.
static LAPSE: Statement =
    Statement::tenant("test.lapse", "UPDATE organization SET subscription = 'free' WHERE id = $1");

const REPORT: &str = "/security/v1/leaked-keys";

/// Somebody who looks for keys in public, and publishes the keys to know them by.
struct Finder {
    published: Arc<Published>,
    pairs: BTreeMap<String, EcdsaKeyPair>,
    url: String,
}

#[derive(Default)]
struct Published {
    keys: Mutex<Vec<Json>>,
    asked: AtomicU32,
    is_down: Mutex<bool>,
}

impl Finder {
    async fn start() -> Self {
        let published = Arc::<Published>::default();
        let router = Router::new().route("/keys", get(publish)).with_state(Arc::clone(&published));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let mut finder = Self { published, pairs: BTreeMap::new(), url };
        finder.add("one");
        finder
    }

    /// Makes a key and publishes it.
    fn add(&mut self, name: &str) {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).unwrap();
        let before = base::hex::decode("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
        let der = [before.as_slice(), pair.public_key().as_ref()].concat();
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64.encode(der));
        let key = json!({ "key_identifier": name, "key": pem, "is_current": true });
        self.published.keys.lock().unwrap().push(key);
        self.pairs.insert(name.to_owned(), pair);
    }

    fn asked(&self) -> u32 {
        self.published.asked.load(Ordering::SeqCst)
    }

    fn is_down(&self, is_down: bool) {
        *self.published.is_down.lock().unwrap() = is_down;
    }

    fn sign(&self, name: &str, body: &str) -> String {
        BASE64.encode(self.pairs[name].sign(&SystemRandom::new(), body.as_bytes()).unwrap())
    }

    /// An application that takes reports of this finder.
    async fn app(&self, engine: Engine) -> TestApp {
        TestApp::start_with(engine, |settings| settings.reporters = Some(testkit::reporters(&self.url))).await
    }

    /// The call that reports this body.
    fn report<'a>(&self, app: &'a TestApp, body: &str) -> Call<'a> {
        signed(app, "one", &self.sign("one", body), body)
    }
}

async fn publish(State(published): State<Arc<Published>>) -> axum::response::Response {
    published.asked.fetch_add(1, Ordering::SeqCst);
    if *published.is_down.lock().unwrap() {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    AxumJson(json!({ "public_keys": *published.keys.lock().unwrap() })).into_response()
}

fn signed<'a>(app: &'a TestApp, name: &str, signature: &str, body: &str) -> Call<'a> {
    app.post(REPORT)
        .header("github-public-key-identifier", name)
        .header("github-public-key-signature", signature)
        .body("application/json", body.to_owned())
}

fn body_of(texts: &[&str]) -> String {
    let entry = |text: &&str| json!({ "token": text, "type": "swage_api_key", "url": "https://code.example/a/b", "source": "content" });
    Json::Array(texts.iter().map(entry).collect()).to_string()
}

fn hash(text: &str) -> String {
    base::hex::encode(&Sha256::digest(text))
}

/// What is said of each text, in short.
fn labels(answer: &Answer) -> Vec<bool> {
    let judged = answer.json.as_array().unwrap().iter();
    judged.map(|entry| entry["label"] == "true_positive").collect()
}

/// What the system has noted of such an action on a key.
async fn noted(app: &TestApp, shop: &TestOrganization<'_>, key: &TestKey, action: &str) -> Vec<Json> {
    let audit = app.audit(shop.id, &key.id).await.into_iter();
    let by_system = audit.filter(|entry| entry.action == action && entry.subject == "system:leakedKeys");
    by_system.map(|entry| entry.after).collect()
}

async fn is_suspended(shop: &TestOrganization<'_>, key: &TestKey) -> bool {
    shop.document(&key.id).await["state"] == "suspended"
}

#[rstest]
#[tokio::test]
async fn a_key_that_is_reported_is_suspended_and_its_administrators_are_told(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let finder = Finder::start().await;
    let app = finder.app(engine).await;
    let shop = app.organization("Shop").await;
    let (key, other) = (shop.key("full-access").await, shop.key("full-access").await);
    let token = app.token(&key).await;
    let webhook = shop.webhook("http://127.0.0.1:9/hooks", &["apiKey.leak", "apiKey.suspend"]).await;
    let body = body_of(&[&key.text, "swg_live_not_a_key"]);
    let answer = finder.report(&app, &body).expect(200).await;
    assert_eq!(
        answer.json,
        json!([
            { "token_hash": hash(&key.text), "token_type": "swage_api_key", "label": "true_positive" },
            { "token_hash": hash("swg_live_not_a_key"), "token_type": "swage_api_key", "label": "false_positive" },
        ])
    );
    assert!(!app.lets_in(&key.text).await && !app.lets_in(&token).await && app.lets_in(&other.text).await);
    assert!(is_suspended(&shop, &key).await);

    let place = json!({ "url": "https://code.example/a/b", "source": "content" });
    assert_eq!(noted(&app, &shop, &key, "leak").await, [place]);
    assert_eq!(noted(&app, &shop, &key, "suspend").await.len(), 1);
    let deliveries = format!("/api/v1/webhooks/{}/deliveries", webhook.id);
    let told = app.get(deliveries).credential(&shop.admin.text).expect(200).await.json;
    assert_eq!(told["total"], 2, "{told}");

    app.run_jobs().await;
    let mails = app.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, shop.email);
    assert!(mails[0].text.contains("https://code.example/a/b") && mails[0].text.contains(&key.id));
    assert!(!mails[0].text.contains(&key.text));

    // Reported again, nothing more is done; resumed and reported again, it is.
    let before = app.row_counts().await;
    assert_eq!(labels(&finder.report(&app, &body).expect(200).await), [true, false]);
    assert_eq!(app.row_counts().await, before);
    let resume = format!("/api/v1/organization/apikeys/{}/resume", key.id);
    app.post(resume).credential(&shop.admin.text).expect(200).await;
    assert!(app.lets_in(&key.text).await);
    finder.report(&app, &body).expect(200).await;
    assert!(!app.lets_in(&key.text).await);
}

#[rstest]
#[tokio::test]
async fn the_secrets_of_a_rotated_key_and_foreign_texts_are_found_too(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let finder = Finder::start().await;
    let app = finder.app(engine).await;
    let shop = app.organization("Shop").await;
    let former = shop.key("full-access").await;
    let latter = shop.rotate(&former).await;
    let report = async |text: &str| labels(&finder.report(&app, &body_of(&[text])).expect(200).await)[0];
    assert!(report(&former.text).await && is_suspended(&shop, &latter).await);
    let newly = shop.rotate(&shop.key("full-access").await).await;
    assert!(report(&newly.text).await && is_suspended(&shop, &newly).await);

    let foreign = "sk-another-systems-key-1234567890abcdef";
    let hash = TextHash::Sha256.of(foreign).to_hex();
    let import = json!({ "keys": [{ "name": "Foreign", "keyType": "full-access", "scopes": "read",
                                    "hash": { "algorithm": "sha256", "value": hash } }] });
    let made = app.post("/api/v1/organization/apikeys/import").credential(&shop.admin.text).json(&import);
    made.expect(201).await;
    assert!(app.lets_in(foreign).await);
    assert!(report(foreign).await && !app.lets_in(foreign).await);

    // A key that is suspended, expired or not valid yet is one; what is no more is none.
    for dates in [json!({ "expires": "2025-12-31" }), json!({ "startDate": "2027-01-01" })] {
        let key = shop.key_with(dates).await;
        assert!(report(&key.text).await && is_suspended(&shop, &key).await);
    }
    let ended = shop.key("full-access").await;
    shop.rotate_with(&ended, json!({ "graceSeconds": 0 })).await;
    let deleted = shop.key("full-access").await;
    shop.delete(&deleted.id).expect(200).await;
    let masked = shop.document(&shop.admin.id).await["apiKey"].as_str().unwrap().to_owned();
    for nothing in [&ended.text, &deleted.text, &masked, &app.token(&shop.admin).await, &shop.admin.id] {
        assert!(!report(nothing).await, "{nothing}");
    }
    assert!(app.lets_in(&shop.admin.text).await);
}

#[rstest]
#[tokio::test]
async fn who_cannot_sign_is_told_nothing_and_changes_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let mut finder = Finder::start().await;
    let app = finder.app(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let (body, other) = (body_of(&[&key.text]), body_of(&["another"]));
    let good = finder.sign("one", &body);
    finder.add("two");
    let by_two = finder.sign("two", &body);
    let before = app.row_counts().await;
    let mut altered = BASE64.decode(&good).unwrap();
    *altered.last_mut().unwrap() ^= 1;
    let mut said = Vec::new();
    for (name, signature, body) in [
        ("one", finder.sign("one", &other).as_str(), body.as_str()),
        ("one", &good, &other),
        ("one", &good, &format!("{body} ")),
        ("one", &BASE64.encode(altered), &body),
        ("one", &by_two, &body),
        ("two", &good, &body),
        ("three", &good, &body),
        ("one", "none", &body),
        ("one", &good, ""),
        ("one", &good, "[}"),
    ] {
        let answer = signed(&app, name, signature, body).expect(403).await;
        said.push(answer.json["message"].clone());
    }
    said.dedup();
    assert_eq!(said, ["The report is not signed by anybody who may report."]);
    for (call, missing) in [
        (app.post(REPORT), vec!["Github-Public-Key-Identifier", "Github-Public-Key-Signature"]),
        (app.post(REPORT).header("github-public-key-identifier", "one"), vec!["Github-Public-Key-Signature"]),
        (app.post(REPORT).header("github-public-key-signature", &good), vec!["Github-Public-Key-Identifier"]),
        (
            signed(&app, "one", &good, &body).header("github-public-key-signature", &good),
            vec!["Github-Public-Key-Signature"],
        ),
    ] {
        assert_eq!(call.body("application/json", body.clone()).expect(400).await.wrong_fields(), missing);
    }
    assert_eq!(app.row_counts().await, before);
    assert!(app.lets_in(&key.text).await);
}

#[rstest]
#[tokio::test]
async fn a_report_that_cannot_be_read_is_refused_with_its_path(#[values(Sqlite, Postgres)] engine: Engine) {
    let finder = Finder::start().await;
    let app = finder.app(engine).await;
    let shop = app.organization("Shop").await;
    let entry = |token: &str| json!({ "token": token, "type": "x" });
    let many = |count: usize| Json::Array(vec![entry("x"); count]).to_string();
    for (body, path) in [
        (String::new(), ""),
        ("[".to_owned(), ""),
        ("{}".to_owned(), ""),
        ("[] []".to_owned(), ""),
        ("null".to_owned(), ""),
        ("[1]".to_owned(), "[0]"),
        (json!([entry("x"), { "type": "x" }]).to_string(), "[1]"),
        (json!([{ "token": 1, "type": "x" }]).to_string(), "[0].token"),
        (json!([{ "token": "x", "type": null }]).to_string(), "[0].type"),
        (json!([{ "token": "x", "type": "x", "url": 7 }]).to_string(), "[0].url"),
        (many(1001), ""),
    ] {
        let answer = finder.report(&app, &body).expect(400).await;
        assert_eq!(answer.wrong_fields(), [path], "{}", answer.json);
    }
    assert_eq!(finder.report(&app, "[]").expect(200).await.json, json!([]));
    assert_eq!(labels(&finder.report(&app, &many(1000)).expect(200).await), vec![false; 1000]);
    finder.report(&app, &format!("[\"{}\"]", "x".repeat(3 << 20))).expect(413).await;

    // What is told of the place holds no secret and no second line; the key is suspended all the same.
    let key = shop.key("full-access").await;
    let body = json!([{ "token": key.text, "type": "x", "url": format!("https://a.example/?q={}", key.text),
                        "source": "two\nlines", "more": true }]);
    assert_eq!(labels(&finder.report(&app, &body.to_string()).expect(200).await), [true]);
    let place = json!({ "url": "https://a.example/?q=…", "source": null });
    assert_eq!(noted(&app, &shop, &key, "leak").await, [place]);
}

#[rstest]
#[tokio::test]
async fn the_published_keys_are_fetched_when_needed_and_not_all_the_time(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let mut finder = Finder::start().await;
    let app = finder.app(engine).await;
    let body = body_of(&["x"]);
    let by = |name: &str, finder: &Finder| signed(&app, name, &finder.sign(name, &body), &body);
    finder.is_down(true);
    let answer = by("one", &finder).expect(503).await;
    assert!(!answer.header("retry-after").is_empty());
    by("one", &finder).expect(503).await;
    assert_eq!(finder.asked(), 1, "once in a minute");
    finder.is_down(false);
    app.pass(Duration::from_mins(1));
    by("one", &finder).expect(200).await;
    by("one", &finder).expect(200).await;
    assert_eq!(finder.asked(), 2);

    // A key of later is asked for; one that is not there, once in a minute.
    finder.add("two");
    app.pass(Duration::from_mins(1));
    by("two", &finder).expect(200).await;
    assert_eq!(finder.asked(), 3);
    app.pass(Duration::from_mins(1));
    for _ in 0..3 {
        signed(&app, "three", "AAAA", &body).expect(403).await;
    }
    assert_eq!(finder.asked(), 4);
    // While the list cannot be had the known ones go on, for a day; a withdrawn one ends with it.
    finder.is_down(true);
    app.pass(Duration::from_hours(23));
    by("one", &finder).expect(200).await;
    signed(&app, "three", "AAAA", &body).expect(503).await;
    finder.is_down(false);
    finder.published.keys.lock().unwrap().remove(0);
    app.pass(Duration::from_hours(1));
    by("two", &finder).expect(200).await;
    by("one", &finder).expect(403).await;
}

#[rstest]
#[tokio::test]
async fn where_nobody_may_report_there_is_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let finder = Finder::start().await;
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    finder.report(&app, &body_of(&[&shop.admin.text])).expect(404).await;
    assert!(app.lets_in(&shop.admin.text).await);
    assert_eq!(finder.asked(), 0);
}

#[rstest]
#[tokio::test]
async fn an_organization_without_a_subscription_is_protected_too(#[values(Sqlite, Postgres)] engine: Engine) {
    let finder = Finder::start().await;
    let app = finder.app(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let lapse = |tx: &mut database::Tx<'_>| tx.execute(&LAPSE, params![]);
    app.database.write(Scope::Organization(shop.id), lapse).await.unwrap();
    app.get("/api/v1/organization/apikeys").credential(&shop.admin.text).expect(403).await;
    assert_eq!(labels(&finder.report(&app, &body_of(&[&key.text])).expect(200).await), [true]);
    assert!(!app.lets_in(&key.text).await);
}
