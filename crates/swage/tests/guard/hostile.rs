//! A client that lies.

use rstest::rstest;
use serde_json::json;

use crate::{
    gateway::Kind::{self, Caddy, Nginx},
    shop::Guarded,
    wire::Wire,
};

/// The headers that say who calls.
const IDENTITY: [&str; 5] =
    ["x-swage-organization", "x-swage-key", "x-swage-role", "x-swage-scopes", "x-swage-customer"];

#[rstest]
fn who_calls_is_said_by_swage_alone(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let key = guarded.shop.key(json!({}));
    let honest = Wire::get("/").key(&key.text);
    guarded.ask(&honest);
    let honest_headers: Vec<String> = {
        let received = guarded.service.take_one();
        IDENTITY.iter().map(|name| received.header(name).to_owned()).collect()
    };
    let spellings: [fn(&str) -> String; 5] = [
        str::to_owned,
        str::to_uppercase,
        |name| name.replace('-', "_"),
        |name| name.replace("x-", "x_"),
        |name| name.replace("swage-", "swage_"),
    ];
    for spell in spellings {
        let mut forged = honest.clone();
        for name in IDENTITY {
            forged = forged.header(&spell(name), "forged").header(&spell(name), "");
        }
        forged = forged.header("X-Swage-User", "forged");
        guarded.ask(&forged);
        let received = guarded.service.take_one();
        for (name, honest) in IDENTITY.iter().zip(&honest_headers) {
            assert_eq!(received.header(name), honest, "{name}");
        }
        let passed: Vec<_> = received
            .headers
            .iter()
            .filter(|(name, value)| name.contains("swage") && value == "forged")
            .collect();
        // nginx knows the five by name alone.
        assert!(passed.iter().all(|(name, _)| kind == Nginx && name == "x-swage-user"), "{passed:?}");
    }
}

#[rstest]
fn a_client_cannot_make_the_gateway_drop_who_calls(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let customer = guarded.shop.swage.ready["keys"]["customer"].clone();
    let request = Wire::get("/").key(customer["apiKey"].as_str().unwrap());
    for connection in
        ["close, X-Swage-Customer", "X-Swage-Customer, X-Swage-Key, close", "close, x-SWAGE-customer"]
    {
        let heard = guarded.ask(&request.clone().header("Connection", connection));
        for received in guarded.service.take() {
            assert_eq!(received.header("x-swage-customer"), customer["customerId"].as_str().unwrap());
        }
        assert_eq!(heard.status, if kind == Nginx { 200 } else { 400 }, "{connection}");
    }
    // The address under which the gateway asks cannot be dropped either.
    let key = guarded.shop.key(json!({ "approvedIpAddresses": [{ "ipAddress": "127.0.0.2" }] })).text;
    let request = Wire::get("/").key(&key).header("X-Forwarded-For", "127.0.0.2");
    guarded.refuses(&request.header("Connection", "close, X-Forwarded-For"), 403, "its address dropped");
}

#[rstest]
fn bent_requests_do_not_get_through(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let good = guarded.shop.key(json!({})).text;
    let poor = guarded.shop.key(json!({ "scopes": "brand:read" })).text;
    let get = Wire::get("/");
    let huge = "a".repeat(64 * 1024);
    let bent = [
        ("two keys", get.clone().key(&poor).key(&good)),
        ("two keys the other way", get.clone().key(&good).key(&poor)),
        ("a folded header", get.clone().raw(format!("x-api-key: {poor}\r\n {good}\r\n").as_bytes())),
        ("a bare line feed", get.clone().raw(format!("a: b\nx-api-key: {poor}\r\n").as_bytes())),
        ("a bare carriage return", get.clone().raw(format!("a: b\rx-api-key: {good}\r\n").as_bytes())),
        ("a NUL", get.clone().raw(format!("x-api-key: {good}\0\r\n").as_bytes())),
        ("a space before the colon", get.clone().raw(format!("x-api-key : {good}\r\n").as_bytes())),
        ("a huge key", get.clone().key(&huge)),
        ("a huge token", get.clone().header("Authorization", &format!("Bearer {huge}"))),
        ("a huge header beside a poor key", get.clone().header("a", &huge).key(&poor)),
        ("a byte order mark", get.clone().key(&format!("\u{feff}{good}"))),
        ("the key in the address", Wire::get(&format!("/?x-api-key={good}&apiKey={good}"))),
        ("headers in the address", Wire::get(&format!("/%0d%0ax-api-key:%20{good}"))),
        ("a scope of one's own", Wire::get("/?scope=brand:read").key(&poor)),
        ("a path of one's own", Wire::get("/_swage").key(&poor)),
        ("a method of one's own", Wire::new("BREW", "/").key(&poor)),
        (
            "an original of one's own",
            get.clone().key(&poor).header("X-Original-URI", "/").header("X-Forwarded-Uri", "/"),
        ),
        (
            "two lengths",
            Wire::new("POST", "/").raw(b"Content-Length: 4\r\nContent-Length: 40\r\n").key(&poor),
        ),
    ];
    for (why, request) in bent {
        if let Some(heard) = request.send(guarded.gateway.port) {
            assert!((400..500).contains(&heard.status), "{why}: {} {}", heard.status, heard.body);
        }
        assert!(guarded.service.take().is_empty(), "{why}: it reached the service");
    }
    guarded.lets_in(&get.key(&good));
}

#[rstest]
fn a_request_hidden_in_another_is_asked_about_too(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let key = guarded.shop.key(json!({})).text;
    let hidden = b"0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: service.example\r\n\r\n";
    let both = Wire::new("POST", "/").key(&key).header("Transfer-Encoding", "chunked").body(hidden);
    let masked = Wire::new("POST", "/").key(&key).header("Transfer-Encoding", "xchunked").body(hidden);
    for request in [both, masked] {
        request.send(guarded.gateway.port);
        assert!(guarded.service.take().iter().all(|received| received.uri == "/"), "it was let through");
    }
}
