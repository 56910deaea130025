//! Traefik and Envoy, which are not run: the question that each documents for
//! our configuration is sent to Swage, and the answer judged as each does.

mod envoy;
mod traefik;

use rstest::rstest;
use serde_json::json;
use serde_yaml_ng::Value as Yaml;

use crate::{gateway::example, shop::Shop, wire::Wire};
use Replayed::{Envoy, Traefik};

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Replayed {
    Traefik,
    Envoy,
}

/// A client's request at the gateway.
#[derive(Debug, Clone)]
struct Request {
    method: &'static str,
    uri: &'static str,
    headers: Vec<(String, String)>,
    from: &'static str,
}

/// What becomes of it.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// The service receives these headers.
    Passed(Vec<(String, String)>),
    /// The client is answered with this status.
    Answered(u16),
}

impl Request {
    fn get() -> Self {
        Self { method: "GET", uri: "/hoses?scope=hose:write", headers: Vec::new(), from: "203.0.113.7" }
    }

    fn key(self, key: &str) -> Self {
        self.header("x-api-key", key)
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Replayed {
    fn handle(self, request: &Request, shop: &Shop) -> Outcome {
        match self {
            Traefik => traefik::handle(request, shop.port()),
            Envoy => envoy::handle(request, shop.port()),
        }
    }

    fn answers(self, request: &Request, shop: &Shop, status: u16) {
        let outcome = self.handle(request, shop);
        assert_eq!(outcome, Outcome::Answered(status), "{self:?} {request:?}");
    }

    fn passes(self, request: &Request, shop: &Shop) -> Vec<(String, String)> {
        match self.handle(request, shop) {
            Outcome::Passed(headers) => headers,
            Outcome::Answered(status) => panic!("{self:?} answered {request:?} with {status}"),
        }
    }
}

/// One of our configurations.
fn configuration(name: &str) -> Yaml {
    serde_yaml_ng::from_str(&std::fs::read_to_string(example(name)).unwrap()).unwrap()
}

fn texts(yaml: &Yaml) -> Vec<String> {
    yaml.as_sequence().unwrap().iter().map(|text| text.as_str().unwrap().to_lowercase()).collect()
}

/// Puts the values that `answer` has under these names in the place of the request's own.
fn replace(headers: &mut Vec<(String, String)>, names: &[String], answer: &crate::wire::Heard) {
    headers.retain(|(name, _)| !names.contains(&name.to_lowercase()));
    let answered = names.iter().filter_map(|name| Some((name.clone(), answer.header(name)?.to_owned())));
    headers.extend(answered);
}

/// What stands under a name.
fn values<'h>(headers: &'h [(String, String)], name: &str) -> Vec<&'h str> {
    let named = headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.as_str()).collect()
}

/// The question on its way to Swage, with these headers.
fn question(method: &str, path: &str, headers: &[(String, String)]) -> Wire {
    headers.iter().fold(Wire::new(method, path), |wire, (name, value)| wire.header(name, value))
}

#[rstest]
fn the_right_keys_come_in_and_no_others(#[values(Traefik, Envoy)] gateway: Replayed) {
    let shop = Shop::open();
    let key = shop.key(json!({ "scopes": "hose:read" }));
    for name in ["x-api-key", "authorization"] {
        let passed = gateway.passes(&Request::get().header(name, &key.text), &shop);
        assert_eq!(values(&passed, "x-swage-key"), [key.id.as_str()]);
        assert_eq!(values(&passed, "x-swage-scopes"), ["hose:read"]);
        assert_eq!(values(&passed, name), [""; 0], "the service needs no credential");
    }
    gateway.answers(&Request::get(), &shop, 401);
    gateway.answers(&Request::get().key("garbage"), &shop, 401);
    gateway.answers(&Request::get().key(&key.masked), &shop, 401);
    gateway.answers(&Request::get().key(&key.text).key(&key.text), &shop, 401);
    gateway.answers(&Request::get().key(&shop.key(json!({ "scopes": "brand:read" })).text), &shop, 403);
    let limited = shop.key(json!({ "rateLimit": { "requests": 1, "seconds": 600 } }));
    gateway.passes(&Request::get().key(&limited.text), &shop);
    gateway.answers(&Request::get().key(&limited.text), &shop, 429);
    shop.change(&key, "suspend");
    gateway.answers(&Request::get().key(&key.text), &shop, 401);
    shop.change(&key, "delete");
    gateway.answers(&Request::get().key(&key.text), &shop, 401);
}

#[rstest]
fn every_method_is_asked_about(#[values(Traefik, Envoy)] gateway: Replayed) {
    let shop = Shop::open();
    let key = shop.key(json!({}));
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] {
        let request = Request { method, ..Request::get() };
        gateway.passes(&request.clone().key(&key.text), &shop);
        gateway.answers(&request, &shop, 401);
    }
}

#[rstest]
fn a_client_is_not_believed(#[values(Traefik, Envoy)] gateway: Replayed) {
    let shop = Shop::open();
    let key = shop.key(json!({ "approvedIpAddresses": [{ "ipAddress": "198.51.100.9" }] }));
    let elsewhere = Request::get().key(&key.text);
    let approved = Request { from: "198.51.100.9", ..elsewhere.clone() };
    gateway.answers(&elsewhere, &shop, 403);
    for name in ["X-Forwarded-For", "x-forwarded-for", "Forwarded", "X-Real-Ip"] {
        let value = if name == "Forwarded" { "for=198.51.100.9" } else { "198.51.100.9" };
        gateway.answers(&elsewhere.clone().header(name, value), &shop, 403);
    }
    let mut forged = approved;
    for name in ["X-Swage-Organization", "x-swage-key", "X-SWAGE-CUSTOMER"] {
        forged = forged.header(name, "forged").header(name, "forged again");
    }
    let passed = gateway.passes(&forged, &shop);
    assert_eq!(values(&passed, "x-swage-key"), [key.id.as_str()]);
    assert_eq!(values(&passed, "x-swage-customer"), [""]);
    let forged: Vec<_> = passed.iter().filter(|(_, value)| value.contains("forged")).collect();
    assert!(forged.is_empty(), "{forged:?}");
}

#[rstest]
fn nobody_comes_in_while_swage_does_not_answer(#[values(Traefik, Envoy)] gateway: Replayed) {
    let shop = Shop::open();
    let request = Request::get().key(&shop.key(json!({})).text);
    gateway.passes(&request, &shop);
    let port = shop.port();
    shop.swage.kill();
    let (outcome, status) = match gateway {
        Traefik => (traefik::handle(&request, port), 500),
        Envoy => (envoy::handle(&request, port), 503),
    };
    assert_eq!(outcome, Outcome::Answered(status));
}
