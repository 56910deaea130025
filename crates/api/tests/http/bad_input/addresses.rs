//! Addresses that a key cannot be used from.

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp};

#[rstest]
#[tokio::test]
async fn what_is_no_address_is_named(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let before = app.row_counts().await;
    let bad = [
        "",
        " ",
        "localhost",
        "1",
        "10.0.0",
        "10.0.0.256",
        "010.0.0.1",
        "0x0a.0.0.1",
        "10.0.0.1:80",
        "[::1]",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/",
        "/8",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "::1/129",
        "2001:db8::/1e1",
        "fe80::1%eth0",
        "fe80::%1/64",
        "::g",
        ":::",
        "*",
        "10.*.*.*",
        "10.0.0.1-10.0.0.9",
        "10.0.0.1,10.0.0.2",
        "10.0.0.1\u{200b}",
        "1٠.0.0.1",
        // Bits beyond the prefix: more would be approved than was meant.
        "10.0.0.1/8",
        "2001:db8::1/32",
        "::ffff:10.0.0.1/104",
        "1.2.3.4/0",
    ];
    let list: Vec<_> = bad.iter().map(|address| json!({ "ipAddress": address })).collect();
    let expected: Vec<_> = (0..bad.len()).map(|n| format!("approvedIpAddresses[{n}].ipAddress")).collect();
    let mut answers = vec![
        shop.new_key(json!({ "approvedIpAddresses": list })).expect(400).await,
        shop.change(&key.id, json!({ "approvedIpAddresses": list })).expect(400).await,
    ];
    for answer in &answers {
        assert_eq!(answer.wrong_fields(), expected);
    }
    let errors = answers.remove(0).json["errors"].clone();
    let message = |address: &str| {
        let n = bad.iter().position(|bad| *bad == address).unwrap();
        errors[n]["message"].as_str().unwrap().to_owned()
    };
    assert!(message("10.0.0.1/8").ends_with("did you mean 10.0.0.0/8?"));
    assert!(message("::ffff:10.0.0.1/104").ends_with("did you mean 10.0.0.0/8?"));
    assert!(message("10.0.0.0/33").contains("32"));
    assert!(message("::1/129").contains("128"));

    for (entry, path) in [
        (json!("10.0.0.1"), "approvedIpAddresses[0]"),
        (json!(null), "approvedIpAddresses[0]"),
        (json!({}), "approvedIpAddresses[0]"),
        (json!({ "description": "x" }), "approvedIpAddresses[0]"),
        (json!({ "ipAddress": null }), "approvedIpAddresses[0].ipAddress"),
        (json!({ "ipAddress": 10 }), "approvedIpAddresses[0].ipAddress"),
        (json!({ "ipAddress": ["10.0.0.1"] }), "approvedIpAddresses[0].ipAddress"),
        (json!({ "ipAddress": "10.0.0.1", "description": 5 }), "approvedIpAddresses[0].description"),
    ] {
        let answer = shop.new_key(json!({ "approvedIpAddresses": [entry] })).expect(400).await;
        assert_eq!(answer.wrong_fields(), [path], "{entry}");
    }
    assert_eq!(app.row_counts().await, before);
}

#[rstest]
#[tokio::test]
async fn a_key_has_at_most_a_thousand_addresses(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let addresses = |count: usize| -> Json {
        let address = |n: usize| json!({ "ipAddress": format!("10.{}.{}.0/24", n / 256, n % 256) });
        (0..count).map(address).collect()
    };
    let before = app.row_counts().await;
    for count in [1001, 10_000] {
        let fields = json!({ "approvedIpAddresses": addresses(count) });
        for call in [shop.new_key(fields.clone()), shop.change(&key.id, fields.clone())] {
            assert_eq!(call.expect(400).await.wrong_fields(), ["approvedIpAddresses"]);
        }
    }
    assert_eq!(app.row_counts().await, before);
    let made = shop.new_key(json!({ "approvedIpAddresses": addresses(1000) })).expect(201).await;
    assert_eq!(made.json["approvedIpAddresses"].as_array().unwrap().len(), 1000);
    let text = made.json["apiKey"].as_str().unwrap();
    app.get("/security/v1/verify").credential(text).from("10.3.231.9").expect(200).await;
    app.get("/security/v1/verify").credential(text).from("10.3.232.9").expect(403).await;
}
