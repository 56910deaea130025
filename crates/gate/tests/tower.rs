//! The layer before a service that only says who was let in.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
    routing::get,
};
use base::{Clock, Id, Random, Timestamp};
use gate::{Exchange, Gate, LiveKey, MemoryKeys, Secrets, Verified, tower::GuardLayer};
use keys::{
    ForwardedHeader, KeyText, KeyType, MacKey, Peppers, Permission, Resource, TokenId, TokenKeys,
    TrustedProxies, Validity,
};
use serde_json::Value as Json;
use tower::ServiceExt;

/// A gate with keys in memory, and a service behind it.
struct Shop {
    keys: Arc<MemoryKeys>,
    gate: Arc<Gate>,
    clock: Clock,
    random: Random,
}

/// What was answered.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn problem(&self) -> Json {
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        let problem: Json = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["type"], format!("urn:swage:problem:{}", self.status.as_u16()));
        assert!(!problem["title"].as_str().unwrap().is_empty());
        problem
    }
}

fn secrets() -> Secrets {
    Secrets {
        peppers: Peppers::new([MacKey { version: 1, key: [1; 32] }]).unwrap(),
        tokens: TokenKeys::new([MacKey { version: 1, key: [2; 32] }]).unwrap(),
    }
}

impl Shop {
    async fn open() -> Self {
        let keys = Arc::new(MemoryKeys::default());
        let clock = Clock::standing_at("2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap());
        let gate = Gate::open(secrets(), Arc::<MemoryKeys>::clone(&keys), clock.clone()).await.unwrap();
        Self { keys, gate, clock, random: Random::seeded(1) }
    }

    /// A new key, changed before it is put.
    async fn key(&mut self, change: impl FnOnce(&mut LiveKey)) -> (String, Id<keys::ApiKey>) {
        let id = Id::new(self.clock.now(), &mut self.random);
        let text = KeyText::mint("test".parse().unwrap(), id, &mut self.random);
        let mac = secrets().peppers.mac(1, &text).unwrap();
        let scopes = "hose:read,hose:write".parse().unwrap();
        let mut key =
            LiveKey::new(id, "A key", Id::from_bytes([9; 12]), KeyType::FullAccess, scopes, (1, mac));
        change(&mut key);
        self.keys.put(key);
        self.gate.catch_up().await.unwrap();
        (text.expose().to_string(), id)
    }

    /// Behind a proxy at 10.0.0.1; the address of the connection is a header, for these tests.
    async fn ask(&self, headers: &[(&str, &str)]) -> Answer {
        let proxies =
            TrustedProxies::new([IpAddr::from([10, 0, 0, 1]).into()], ForwardedHeader::XForwardedFor);
        let guard = GuardLayer::new(Arc::clone(&self.gate))
            .needs(Permission::read(Resource::Hose))
            .peer(|parts| parts.headers.get("peer")?.to_str().ok()?.parse().ok())
            .behind(proxies);
        let hello = |Extension(caller): Extension<Verified>| async move { caller.key.id.to_string() };
        let app = Router::new().route("/", get(hello)).layer(guard);
        let mut request = Request::builder().uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

#[tokio::test]
async fn a_good_key_and_its_token_are_let_in_and_the_service_is_told_whose_they_are() {
    let mut shop = Shop::open().await;
    let (key, id) = shop.key(|_| {}).await;
    let wanted = Exchange {
        key: &key,
        name: "A key",
        address: None,
        customer: None,
        scope: None,
        jwt_for: None,
        id: TokenId([1; 8]),
    };
    let token = shop.gate.exchange(&wanted).unwrap().text;
    for (name, value) in [
        ("x-api-key", key.clone()),
        ("authorization", key.clone()),
        ("authorization", format!("Bearer {key}")),
        ("authorization", format!("bearer {}", *token)),
    ] {
        let answer = shop.ask(&[(name, &value)]).await;
        assert_eq!((answer.status, answer.body), (StatusCode::OK, id.to_string()), "{name}");
    }
}

#[tokio::test]
async fn nobody_else_reaches_the_service() {
    let mut shop = Shop::open().await;
    let (good, _) = shop.key(|_| {}).await;
    let (suspended, _) = shop.key(|key| key.suspended = true).await;
    let now = shop.clock.now();
    let (expired, _) = shop.key(|key| key.validity = Validity::new(None, Some(now)).unwrap()).await;
    let masked = format!("{}…", &good[..26]);
    let none: &[(&str, &str)] = &[];
    for headers in [
        none,
        &[("x-api-key", "garbage")],
        &[("x-api-key", &suspended)],
        &[("x-api-key", &expired)],
        &[("x-api-key", &masked)],
        &[("x-api-key", &good), ("x-api-key", &good)],
        &[("authorization", &format!("Basic {good}"))],
        &[("authorization", "Bearer swt_garbage")],
        &[("x-api-key", "garbage"), ("authorization", &good)],
    ] {
        let answer = shop.ask(headers).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{headers:?}");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"swage\"");
        answer.problem();
    }
    let (poor, _) = shop.key(|key| key.policy.permissions = keys::Permissions::NONE).await;
    let answer = shop.ask(&[("x-api-key", &poor)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.problem()["detail"], "The key lacks the scope hose:read.");
}

#[tokio::test]
async fn a_key_that_is_taken_out_is_refused_on_the_next_request() {
    let mut shop = Shop::open().await;
    let (key, id) = shop.key(|_| {}).await;
    let (other, _) = shop.key(|_| {}).await;
    assert_eq!(shop.ask(&[("x-api-key", &key)]).await.status, StatusCode::OK);
    shop.keys.remove(id);
    shop.gate.catch_up().await.unwrap();
    assert_eq!(shop.ask(&[("x-api-key", &key)]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(shop.ask(&[("x-api-key", &other)]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn approved_addresses_are_those_of_the_client() {
    let mut shop = Shop::open().await;
    let approved = IpAddr::from([192, 0, 2, 1]);
    let (key, _) = shop.key(|key| key.policy.addresses = [approved.into()].into_iter().collect()).await;
    for (headers, status) in [
        (&[("peer", "192.0.2.1")][..], 200),
        (&[("peer", "192.0.2.2")], 403),
        (&[], 403),
        (&[("peer", "10.0.0.1"), ("x-forwarded-for", "192.0.2.1")], 200),
        (&[("peer", "10.0.0.1"), ("x-forwarded-for", "192.0.2.1, 192.0.2.2")], 403),
        (&[("peer", "192.0.2.2"), ("x-forwarded-for", "192.0.2.1")], 403),
    ] {
        let headers = [&[("x-api-key", key.as_str())], headers].concat();
        assert_eq!(shop.ask(&headers).await.status.as_u16(), status, "{headers:?}");
    }
}

#[tokio::test]
async fn a_limit_is_told_and_kept() {
    let mut shop = Shop::open().await;
    let limit = keys::RateLimit { requests: 1.try_into().unwrap(), seconds: 60.try_into().unwrap() };
    let (key, _) = shop.key(|key| key.policy.rate_limit = Some(limit)).await;
    let answer = shop.ask(&[("x-api-key", &key)]).await;
    assert_eq!(answer.header("ratelimit"), "\"key\";r=0;t=60");
    let answer = shop.ask(&[("x-api-key", &key)]).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((answer.header("retry-after"), answer.header("ratelimit-policy")), ("60", "\"key\";q=1;w=60"));
    answer.problem();
    shop.clock.advance(Duration::from_mins(1));
    shop.gate.catch_up().await.unwrap();
    assert_eq!(shop.ask(&[("x-api-key", &key)]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn many_changes_are_taken_in_in_order() {
    let mut shop = Shop::open().await;
    let (first, id) = shop.key(|_| {}).await;
    let scopes = "hose:read".parse().unwrap();
    for _ in 0..2_500 {
        let id = Id::new(shop.clock.now(), &mut shop.random);
        let mac = keys::SecretMac::from_bytes([0; 32]);
        let shop_id = Id::from_bytes([9; 12]);
        shop.keys.put(LiveKey::new(id, "One of many", shop_id, KeyType::FullAccess, scopes, (1, mac)));
    }
    shop.keys.remove(id);
    shop.gate.catch_up().await.unwrap();
    assert_eq!(shop.gate.live().len(), 2_500);
    assert_eq!(shop.ask(&[("x-api-key", &first)]).await.status, StatusCode::UNAUTHORIZED);
}
