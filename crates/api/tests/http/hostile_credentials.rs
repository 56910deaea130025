//! Credentials that are nearly right, written to slip through somewhere.

use rstest::rstest;
use serde_json::json;
use testkit::{Engine, Postgres, Sqlite, TestApp};

const VERIFY: &str = "/security/v1/verify";
const TOKEN: &str = "/security/v1/token";

/// What a careless program might take for `key`, each with what was done to it.
fn nearly(key: &str) -> Vec<(&'static str, String)> {
    let (start, end) = key.split_at(key.len() / 2);
    let flipped = |c: char| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    vec![
        ("a byte order mark before it", format!("\u{feff}{key}")),
        ("a zero-width space in it", format!("{start}\u{200b}{end}")),
        ("a soft hyphen in it", format!("{start}\u{ad}{end}")),
        ("written from right to left", format!("\u{202e}{}", key.chars().rev().collect::<String>())),
        ("a right-to-left mark after it", format!("{key}\u{200f}")),
        ("in wide letters", key.replace("swg", "\u{ff53}\u{ff57}\u{ff47}")),
        ("with a letter of another alphabet", key.replacen('s', "\u{455}", 1)),
        ("with a combining accent", format!("{key}\u{301}")),
        ("in capitals", key.to_ascii_uppercase()),
        ("with its letters the other way", key.chars().map(flipped).collect()),
        ("in quotes", format!("\"{key}\"")),
        ("percent-encoded", key.replace('_', "%5F")),
        ("with a space in it", format!("{start} {end}")),
        ("with a tab in it", format!("{start}\t{end}")),
        ("twice", format!("{key}{key}")),
        ("twice, in a list", format!("{key},{key}")),
        ("a letter short", key[..key.len() - 1].to_owned()),
        ("a letter long", format!("{key}0")),
        ("without its secret", format!("{}_", key.rsplit_once('_').unwrap().0)),
        ("for another environment", key.replacen("_test_", "_live_", 1)),
        ("with 64 KB after it", format!("{key}{}", "a".repeat(64 * 1024))),
        ("with 64 KB before it", format!("{}{key}", "a".repeat(64 * 1024))),
    ]
}

/// What only a body can hold.
fn nearly_in_a_body(key: &str) -> Vec<(&'static str, String)> {
    let (start, end) = key.split_at(key.len() / 2);
    vec![
        ("a line feed in it", format!("{start}\n{end}")),
        ("a header after it", format!("{key}\r\nx-swage-key: forged")),
        ("a line feed and more", format!("{key}\nmore")),
        ("an escape in it", format!("{start}\u{1b}[31m{end}")),
        ("a line separator in it", format!("{start}\u{2028}{end}")),
        ("a megabyte after it", format!("{key}{}", "a".repeat(1024 * 1024))),
    ]
}

#[rstest]
#[tokio::test]
async fn a_key_that_is_nearly_right_is_not_valid(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let rows = app.row_counts().await;
    for (how, text) in nearly(&key.text) {
        for (header, value) in [
            ("x-api-key", text.clone()),
            ("authorization", text.clone()),
            ("authorization", format!("Bearer {text}")),
        ] {
            let answer = app.get(VERIFY).header(header, &value).expect(401).await;
            assert_eq!(answer.json["message"], "The credential is not valid.", "{how} in {header}");
        }
    }
    assert_eq!(app.row_counts().await, rows);
    assert!(app.lets_in(&key.text).await);
}

#[rstest]
#[tokio::test]
async fn a_key_that_is_nearly_right_is_not_exchanged(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let exchange = |key: &str, name: &str| {
        app.post(TOKEN).json(&json!({ "apiKey": key, "name": name, "grantType": "client_credentials" }))
    };
    let wrong = exchange("swg_wrong", &key.name).expect(401).await.bytes;
    for (how, text) in nearly(&key.text).into_iter().chain(nearly_in_a_body(&key.text)) {
        let answer = exchange(&text, &key.name).expect(401).await;
        assert_eq!(answer.bytes, wrong, "{how}");
    }
    // U+0000 is refused before anything is looked at, wherever it stands.
    let nul = exchange(&format!("{}\0", key.text), &key.name).send().await;
    assert!([400, 401].contains(&nul.status), "{}", nul.status);
    // A name decides nothing without the key, and none but its own does with it.
    for name in ["", "another key", "A key\0", "a key\u{200b}", &"a".repeat(64 * 1024)] {
        let answer = exchange(&key.text, name).send().await;
        assert!([400, 401].contains(&answer.status), "{name:?}: {}", answer.status);
    }
    exchange(&key.text, &key.name).shows_secret().expect(200).await;
}

#[rstest]
#[tokio::test]
async fn nothing_but_a_key_is_exchanged(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let key = shop.key("full-access").await;
    let token = app.token(&key).await;
    let session = shop.sign_in().await;
    let masked = shop.document(&key.id).await["apiKey"].as_str().unwrap().to_owned();
    for text in [token.as_str(), &session, &masked, &key.id, &format!("Bearer {}", key.text)] {
        let body = json!({ "apiKey": text, "name": key.name, "grantType": "client_credentials" });
        app.post(TOKEN).json(&body).expect(401).await;
        // Whoever else calls beside it changes nothing.
        app.post(TOKEN).credential(&other.admin.text).json(&body).expect(401).await;
    }
}
