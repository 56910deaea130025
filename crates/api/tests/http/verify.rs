//! `/security/v1/verify`, the door for other services.

use rstest::rstest;
use serde_json::json;
use testkit::{Answer, Engine, Postgres, Sqlite, TestApp};

const VERIFY: &str = "/security/v1/verify";
const NAMED: [&str; 5] =
    ["x-swage-organization", "x-swage-key", "x-swage-role", "x-swage-scopes", "x-swage-customer"];

/// The headers that name the caller, each of which is there exactly once.
fn named(answer: &Answer) -> [&str; 5] {
    NAMED.map(|name| {
        assert_eq!(answer.headers.get_all(name).iter().count(), 1, "{name}");
        answer.header(name)
    })
}

#[rstest]
#[tokio::test]
async fn the_caller_is_named_in_headers(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key_with(json!({ "scopes": "hose:read,cost:write" })).await;
    let document = shop.document(&key.id).await;
    let token = app.token(&key).await;
    let (organization, role) = (shop.id.to_string(), document["roleId"].as_str().unwrap());
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        for credential in [&key.text, &token] {
            let answer = app.call(method, VERIFY).credential(credential).expect(200).await;
            assert_eq!(named(&answer), [&organization, &key.id, role, "cost:write,hose:read", ""]);
            let body = json!({
                "organizationId": organization, "subject": format!("key:{}", key.id), "customerId": null,
            });
            assert_eq!(answer.json, body);
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
    // A body that comes along with the original request is not looked at.
    app.post(VERIFY).credential(&key.text).body("text/csv", "a,b\n").expect(200).await;

    let session = shop.sign_in().await;
    let answer = app.get(VERIFY).credential(&session).expect(200).await;
    let [in_organization, by_key, role, scopes, customer] = named(&answer);
    assert_eq!([in_organization, by_key, role, customer], [&organization, "", "", ""]);
    assert!(scopes.starts_with("adaptor:read,adaptor:write,apiKey:read,"), "{scopes}");

    let nothing = shop.key_with(json!({ "scopes": "apiKey:read" })).await;
    let answer = app.get(VERIFY).credential(&nothing.text).expect(200).await;
    assert_eq!(named(&answer)[3], "");
}

#[rstest]
#[tokio::test]
async fn what_a_client_made_up_is_never_passed_on(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("read-only").await;
    let forged = |credential: &str| {
        let mut call = app.get(VERIFY).credential(credential);
        for name in NAMED {
            call = call.header(name, "forged").header(name, "forged again");
        }
        call.header("x-swage-user", "forged").header("x-request-id", "my-request")
    };
    let answer = forged(&key.text).expect(200).await;
    let honest = app.get(VERIFY).credential(&key.text).expect(200).await;
    assert_eq!(named(&answer), named(&honest));
    let refused = forged("swg_wrong").expect(401).await;
    for answer in [&answer, &refused] {
        assert!(!format!("{:?}{:?}", answer.headers, answer.json).contains("forged"));
        assert_eq!(answer.header("x-request-id"), "my-request");
    }
    for name in NAMED {
        assert!(!refused.headers.contains_key(name), "{name}");
    }
}

#[rstest]
#[tokio::test]
async fn scopes_can_be_asked_for(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("read-only").await;
    for (query, status, words) in [
        ("", 200, ""),
        ("?scope=hose:read", 200, ""),
        ("?scope=HOSE:read", 200, ""),
        ("?scope=hose:read&scope=cost:read", 200, ""),
        ("?scope[]=hose:read&scope[]=cost:read", 200, ""),
        ("?scope=hose:write", 403, "hose:write"),
        ("?scope=hose:read&scope=user:read", 403, "user:read"),
        ("?scope=user:read&scope=hose:read", 403, "user:read"),
        ("?scope[0]=hose:read&scope[1]=hose:write", 403, "hose:write"),
        ("?scope=shoe:read", 400, "hose:read"),
        ("?scope=read", 400, "hose:read"),
        ("?scope=", 400, "hose:read"),
        ("?scope", 400, "hose:read"),
        ("?scope=hose:read,cost:read", 400, "hose:read"),
        ("?scope=hose:read&scope=*", 400, "hose:read"),
        ("?scope=hose%3Aread%00", 400, "U+0000"),
    ] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let answer =
                app.call(method, format!("{VERIFY}{query}")).credential(&key.text).expect(status).await;
            if status != 200 {
                let details = answer.json["details"].as_str().unwrap();
                assert!(details.contains(words), "{query}: {details}");
                assert!(NAMED.iter().all(|name| !answer.headers.contains_key(*name)), "{query}");
            }
            if status == 400 {
                assert_eq!(answer.wrong_fields(), ["scope"], "{query}");
            }
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_key_may_be_shown_in_several_ways(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await.text;
    let token = app.token(&shop.admin).await;
    for (header, value) in [
        ("x-api-key", key.clone()),
        ("X-API-Key", format!("  {key} ")),
        ("authorization", format!("Bearer {key}")),
        ("authorization", format!("bearer {key}")),
        ("authorization", format!("BEARER   {key}")),
        ("authorization", key.clone()),
        ("authorization", format!("Bearer {token}")),
        ("authorization", token.clone()),
    ] {
        app.get(VERIFY).header(header, &value).expect(200).await;
    }
    for (header, value) in [
        ("authorization", format!("Basic {key}")),
        ("authorization", format!("Token {key}")),
        ("authorization", format!("Bearer{key}")),
        ("authorization", format!("Bearer {key} {key}")),
        ("authorization", format!("Bearer {key},")),
        ("authorization", format!("Bearer \"{key}\"")),
        ("authorization", "Bearer".to_owned()),
        ("authorization", String::new()),
        ("x-api-key", String::new()),
        ("x-api-key", format!("Bearer {key}")),
        ("x-api-key", token.clone()),
        ("x-api-key", "é".to_owned()),
        ("api-key", key.clone()),
        ("cookie", format!("x-api-key={key}")),
    ] {
        let answer = app.get(VERIFY).header(header, &value).expect(401).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"swage\"");
    }
    // Never in an address, which every proxy writes down.
    for query in ["x-api-key", "apiKey", "api_key", "access_token", "securityToken"] {
        app.get(format!("{VERIFY}?{query}={key}")).expect(401).await;
    }
}

#[rstest]
#[tokio::test]
async fn two_credentials_of_one_kind_are_none(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await.text;
    for (first, second) in
        [(key.as_str(), key.as_str()), (&key, "swg_wrong"), ("swg_wrong", &key), (&key, "")]
    {
        let twice = app.get(VERIFY).header("x-api-key", first).header("X-Api-Key", second);
        let answer = twice.expect(401).await;
        assert_eq!(answer.json["message"], "The credential is not valid.");
        let twice = app.get(VERIFY).header("authorization", first).header("authorization", second);
        twice.expect(401).await;
    }
    // Of several kinds the key counts, whatever else is shown.
    let admin = &shop.admin.text;
    let answer = app.get(VERIFY).header("x-api-key", admin).credential(&key).expect(200).await;
    assert_eq!(answer.json["subject"], format!("key:{}", shop.admin.id));
    app.get(VERIFY).header("x-api-key", "swg_wrong").credential(&key).expect(401).await;
}

#[rstest]
#[tokio::test]
async fn a_customer_is_named_only_if_it_is_proved(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let farm = shop.customer("Farm").await.to_string();
    let pinned = shop.key_with(json!({ "keyType": "customer", "customerId": farm })).await;
    let free = shop.key("customer").await;
    let full = shop.key("full-access").await;
    let exchange = json!({ "apiKey": free.text, "name": free.name, "grantType": "client_credentials" });
    let exchanged = app.post("/security/v1/token").header("apicustomerid", &farm).json(&exchange);
    let token = exchanged.expect(200).await.json["securityToken"].as_str().unwrap().to_owned();
    let free_token = app.token(&free).await;
    for (credential, customer) in [
        (&pinned.text, farm.as_str()),
        (&token, &farm),
        (&free.text, ""),
        (&free_token, ""),
        (&full.text, ""),
    ] {
        for call in [
            app.get(VERIFY).credential(credential),
            app.get(VERIFY).credential(credential).header("apiCustomerId", &farm),
            app.get(VERIFY).credential(credential).header("apiCustomerId", "nonsense"),
        ] {
            let answer = call.expect(200).await;
            assert_eq!(named(&answer)[4], customer);
            assert_eq!(answer.json["customerId"].as_str().unwrap_or_default(), customer);
        }
    }
}
