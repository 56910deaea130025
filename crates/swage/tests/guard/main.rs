//! Swage as the guard of another service: nginx and Caddy run in front of a
//! small one, from the files in `examples/`.
#![allow(clippy::unwrap_used, reason = "tests")]

mod gateway;
mod hostile;
mod replayed;
mod service;
mod shop;
#[path = "../support/mod.rs"]
mod support;
mod wire;

use rstest::rstest;
use serde_json::json;

use gateway::Kind::{self, Caddy, Nginx};
use shop::Guarded;
use wire::Wire;

#[rstest]
fn who_may_come_in_reaches_the_service_which_is_told_who_it_is(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let ready = &guarded.shop.swage.ready;
    let customer = ready["keys"]["customer"]["customerId"].as_str().unwrap();
    let hoses = guarded.shop.key(json!({ "scopes": "hose:read" }));
    for (key, id, customer) in [
        (hoses.text.as_str(), hoses.id.as_str(), ""),
        (ready["keys"]["customer"]["apiKey"].as_str().unwrap(), "", customer),
    ] {
        guarded.ask(&Wire::get("/hoses?size=1/2").key(key));
        let received = guarded.service.take_one();
        assert_eq!((received.method.as_str(), received.uri.as_str()), ("GET", "/hoses?size=1/2"));
        assert_eq!(received.header("x-swage-organization"), ready["organizationId"].as_str().unwrap());
        assert!(id.is_empty() || received.header("x-swage-key") == id);
        assert_eq!(received.header("x-swage-customer"), customer);
        assert_eq!(received.header("x-swage-role").len(), 24);
        assert!(received.header("x-swage-scopes").contains("hose:read"));
        assert_eq!(received.header("x-forwarded-for"), "127.0.0.1");
        let shown: Vec<_> = received.headers.iter().filter(|(_, value)| value.contains(key)).collect();
        assert!(shown.is_empty(), "the service is shown the credential: {shown:?}");
    }
    let token = guarded.shop.token(&hoses);
    for credential in [&hoses.text, &token] {
        guarded.lets_in(&Wire::get("/").header("Authorization", &format!("Bearer {credential}")));
    }
}

#[rstest]
fn nobody_else_reaches_the_service(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let shop = &guarded.shop;
    let good = shop.key(json!({}));
    guarded.lets_in(&Wire::get("/").key(&good.text));
    let heard = guarded.refuses(&Wire::get("/"), 401, "no credential");
    assert_eq!(heard.header("www-authenticate"), Some("Bearer realm=\"swage\""));
    let suspended = shop.key(json!({}));
    shop.change(&suspended, "suspend");
    let changed = shop.key(json!({}));
    let ended = shop.token(&changed);
    shop.change(&changed, "delete");
    let other_secret = format!("{}{}", &good.text[..good.text.len() - 6], "aaaaaa");
    for (credential, status, why) in [
        ("garbage", 401, "no key at all"),
        (&other_secret, 401, "a wrong secret"),
        (&good.masked, 401, "the masked form"),
        (&shop.key(json!({ "expires": "2020-01-01T00:00:00Z" })).text, 401, "expired"),
        (&shop.key(json!({ "startDate": "2999-01-01T00:00:00Z" })).text, 401, "not started"),
        (&suspended.text, 401, "suspended"),
        (&changed.text, 401, "deleted"),
        (&ended, 401, "a token whose key is deleted"),
        (&shop.key(json!({ "scopes": "brand:read" })).text, 403, "without the scope"),
        (&shop.key(json!({ "scopes": "write" })).text, 403, "with leave to write alone"),
    ] {
        guarded.refuses(&Wire::get("/").header("Authorization", credential), status, why);
        guarded.refuses(&Wire::get("/").key(credential), if credential == ended { 401 } else { status }, why);
    }
}

#[rstest]
fn a_key_that_is_deleted_or_suspended_is_refused_on_the_next_request(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let key = guarded.shop.key(json!({}));
    let request = Wire::get("/").key(&key.text);
    guarded.lets_in(&request);
    guarded.shop.change(&key, "suspend");
    guarded.refuses(&request, 401, "suspended");
    guarded.shop.change(&key, "resume");
    guarded.lets_in(&request);
    guarded.shop.change(&key, "delete");
    guarded.refuses(&request, 401, "deleted");
}

#[rstest]
fn approved_addresses_are_those_of_the_client(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let key = guarded.shop.key(json!({ "approvedIpAddresses": [{ "ipAddress": "127.0.0.2" }] }));
    let request = Wire::get("/").key(&key.text);
    guarded.lets_in(&request.clone().from([127, 0, 0, 2]));
    // Of the gateway itself, too, only what it passes on for others counts.
    for address in [[127, 0, 0, 1], [127, 0, 0, 3]] {
        guarded.refuses(&request.clone().from(address), 403, "from elsewhere");
        for (name, value) in [
            ("X-Forwarded-For", "127.0.0.2"),
            ("X-Forwarded-For", "127.0.0.2, 127.0.0.1"),
            ("x-forwarded-for", "127.0.0.2,"),
            ("X_Forwarded_For", "127.0.0.2"),
            ("Forwarded", "for=127.0.0.2"),
            ("X-Real-IP", "127.0.0.2"),
            ("X-Client-IP", "127.0.0.2"),
        ] {
            let forged = request.clone().from(address).header(name, value).header(name, value);
            guarded.refuses(&forged, 403, name);
        }
    }
    guarded.ask(&request.from([127, 0, 0, 2]).header("X-Forwarded-For", "203.0.113.7"));
    assert_eq!(guarded.service.take_one().header("x-forwarded-for"), "127.0.0.2");
}

#[rstest]
fn a_request_arrives_whole(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let key = guarded.shop.key(json!({})).text;
    let large: Vec<u8> = (0..300_000_u32).flat_map(u32::to_be_bytes).take(900_000).collect();
    for method in ["POST", "PUT", "PATCH", "DELETE", "GET"] {
        for body in [&b""[..], b"{\"size\": 1}", &large] {
            let request = Wire::new(method, "/a/%2e%2e/b%20c?q=%0d%0a&scope=hose:write").key(&key);
            let pieces: Vec<_> = body.chunks(70_000).collect();
            for request in [request.clone().body(body), request.chunked(&pieces)] {
                assert_eq!(guarded.ask(&request.header("Content-Type", "text/csv")).status, 200);
                let received = guarded.service.take_one();
                assert_eq!(received.method, method);
                assert!(received.uri.ends_with("?q=%0d%0a&scope=hose:write"), "{}", received.uri);
                assert_eq!(received.header("content-type"), "text/csv");
                assert!(received.body == body, "{method}: {} of {} bytes", received.body.len(), body.len());
            }
        }
    }
}

#[rstest]
fn a_key_that_is_used_too_often_is_told_when_to_come_again(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let key = guarded.shop.key(json!({ "rateLimit": { "requests": 2, "seconds": 600 } })).text;
    let request = Wire::get("/").key(&key);
    guarded.lets_in(&request);
    guarded.lets_in(&request);
    let heard = guarded.refuses(&request, 429, "too often");
    let wait: u32 = heard.header("retry-after").unwrap().parse().unwrap();
    assert!((200..=300).contains(&wait), "{wait}");
}

#[rstest]
fn nobody_comes_in_while_swage_does_not_answer(#[values(Nginx, Caddy)] kind: Kind) {
    let guarded = Guarded::by(kind);
    let key = guarded.shop.key(json!({})).text;
    let request = Wire::new("POST", "/").key(&key).body(b"{}");
    guarded.lets_in(&request);
    let Guarded { shop, gateway, service } = guarded;
    shop.swage.kill();
    for _ in 0..3 {
        let heard = request.send(gateway.port).unwrap();
        assert_eq!(heard.status, if kind == Nginx { 503 } else { 502 }, "{}", heard.body);
        assert!(service.take().is_empty());
    }
}
