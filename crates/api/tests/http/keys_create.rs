//! `POST /api/v1/organization/apikeys`.

use std::time::Duration;

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, TestKey};
use usecases::organizations::Subscription;

const KEYS: &str = "/api/v1/organization/apikeys";

fn words(list: &Json) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn the_text_is_shown_once_and_never_again(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let answer = shop.new_key(json!({ "name": "My API Key" })).expect(201).await;
    let text = answer.json["apiKey"].as_str().unwrap();
    let id = answer.json["_id"].as_str().unwrap();
    assert!(text.starts_with("swg_test_") && !text.contains('…'), "{text}");
    assert!(app.lets_in(text).await);
    assert_eq!(answer.header("cache-control"), "no-store");

    // What is shown later begins as the key does, and lacks all of its secret.
    let (public, secret) = text.rsplit_once('_').unwrap();
    let shown_later = [
        shop.document(id).await,
        shop.change(id, json!({ "name": "My API Key" })).expect(200).await.json,
        shop.delete(id).expect(200).await.json,
        shop.document(id).await,
    ];
    for document in shown_later {
        if let Some(masked) = document["apiKey"].as_str() {
            assert!(masked.starts_with(public) && masked.contains('…'), "{masked}");
        }
        for part in secret.as_bytes().windows(8) {
            let part = std::str::from_utf8(part).unwrap();
            assert!(!document.to_string().contains(part), "{document} shows {part} of the secret");
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_key_has_what_was_asked_for_and_the_rest_by_default(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let body = json!({ "name": " Plain ", "scopes": "write, READ,hose:read", "keyType": "fullAccess" });
    let call = app.post(KEYS).credential(&shop.admin.text).json(&body).shows_secret();
    let plain = call.header("x-request-id", "request-1").expect(201).await;
    let by = format!("key:{}", shop.admin.id);
    let expected = json!({
        "name": "Plain", "scopes": "read,write", "keyType": "full-access", "approvedIpAddresses": [],
        "startDate": null, "expires": null, "rateLimit": null, "customerId": null, "state": "active",
        "lastUsed": null, "lastUsedAddress": null, "deleted": false, "deletedDate": null, "deletedBy": null,
        "created": "2026-01-01T00:00:00.000Z", "createdBy": by, "lastModified": "2026-01-01T00:00:00.000Z",
        "lastModifiedBy": by, "rev": 1,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&plain.json[field], value, "{field}");
    }
    assert_eq!(plain.header("etag"), "\"1\"");
    assert_eq!(plain.header("x-request-id"), "request-1");
    assert_eq!(plain.header("swage-ignored-fields"), "");

    let asked = json!({
        "approvedIpAddresses": [
            { "ipAddress": " 10.0.0.0/8 ", "description": "Office" }, { "ipAddress": "2001:DB8::1" },
        ],
        "expires": "2027-12-31T23:59:59+01:00", "startDate": "2026-02-01",
        "rateLimit": { "requests": 100, "seconds": 60 },
    });
    let whole = shop.new_key(asked).expect(201).await.json;
    let expected = json!([
        { "ipAddress": "10.0.0.0/8", "description": "Office" },
        { "ipAddress": "2001:db8::1", "description": "" },
    ]);
    assert_eq!(whole["approvedIpAddresses"], expected);
    assert_eq!(whole["expires"], "2027-12-31T22:59:59.000Z");
    assert_eq!(whole["startDate"], "2026-02-01T00:00:00.000Z");
    assert_eq!(whole["rateLimit"], json!({ "requests": 100, "seconds": 60 }));
    assert_eq!(whole["state"], "notStarted");

    let mut listed = shop.document(whole["_id"].as_str().unwrap()).await;
    listed["apiKey"] = whole["apiKey"].clone();
    assert_eq!(listed, whole);
}

#[rstest]
#[tokio::test]
async fn a_body_may_stand_bare_or_in_params(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let fields = json!({ "name": "K", "scopes": "read", "keyType": "read-only", "colour": "red" });
    for (body, ignored) in [(fields.clone(), "colour"), (json!({ "params": fields }), "params.colour")] {
        let call = app.post(KEYS).credential(&shop.admin.text).json(&body).shows_secret();
        let answer = call.expect(201).await;
        assert_eq!(answer.json["name"], "K");
        assert_eq!(answer.header("swage-ignored-fields"), ignored);
    }
    for (body, wrong) in [(json!({ "name": "K" }), ""), (json!({ "params": { "name": "K" } }), "params.")] {
        let answer = app.post(KEYS).credential(&shop.admin.text).json(&body).expect(400).await;
        assert_eq!(answer.wrong_fields(), [format!("{wrong}scopes"), format!("{wrong}keyType")]);
    }
}

#[rstest]
#[tokio::test]
async fn each_type_bounds_what_a_key_may_do(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let keys = async |key_type: &str| shop.new_key(json!({ "keyType": key_type })).expect(201).await;

    let admin = keys("admin").await;
    let everything = words(&admin.json["effectiveScopes"]);
    let catalogue = app.get("/security/v1/scopes").expect(200).await;
    let catalogue: Vec<_> = catalogue.json.as_array().unwrap().iter().map(|s| &s["scope"]).collect();
    assert_eq!(catalogue[..2], ["read", "write"]);
    assert_eq!(catalogue[2..], everything);
    assert!(!admin.warnings().contains(&"clamped"));

    let full = keys("full-access").await;
    // It has both, of almost everything.
    assert!(!full.warnings().contains(&"clamped"));
    let may = words(&full.json["effectiveScopes"]);
    let lacked: Vec<_> = everything.iter().filter(|scope| !may.contains(scope)).copied().collect();
    let beyond = ["apiKey", "audit", "role", "subscription", "user"];
    let expected: Vec<_> =
        beyond.iter().flat_map(|of| [format!("{of}:read"), format!("{of}:write")]).collect();
    assert_eq!(lacked, expected);

    let read_only = keys("read-only").await;
    let reads: Vec<_> = may.iter().filter(|scope| scope.ends_with(":read")).copied().collect();
    assert_eq!(words(&read_only.json["effectiveScopes"]), reads);
    assert_eq!(read_only.json["scopes"], "read,write");
    assert!(read_only.warnings().contains(&"clamped"));

    let customer = keys("customer").await;
    assert!(!customer.warnings().contains(&"clamped"));
    let may = words(&customer.json["effectiveScopes"]);
    assert!(may.contains(&"hose:read") && may.contains(&"salesEstimate:write"), "{may:?}");
    for never in ["cost", "customer", "inventory", "priceList", "apiKey", "workOrder", "warehouse"] {
        assert!(!may.iter().any(|scope| scope.starts_with(&format!("{never}:"))), "{never} in {may:?}");
    }
    assert!(!may.contains(&"hose:write"));

    // What is shown is what holds.
    for (key, scope, status) in [
        (&full, "cost:write", 200),
        (&full, "user:read", 403),
        (&read_only, "hose:read", 200),
        (&read_only, "hose:write", 403),
        (&customer, "hose:read", 200),
        (&customer, "cost:read", 403),
    ] {
        let call = app.get(format!("/security/v1/verify?scope={scope}"));
        call.credential(key.json["apiKey"].as_str().unwrap()).expect(status).await;
    }
}

#[rstest]
#[tokio::test]
async fn scopes_may_name_single_resources(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let few = json!({ "scopes": "inventory:WRITE, hose:read,,hose:read" });
    let few = shop.new_key(few).expect(201).await;
    assert_eq!(few.json["scopes"], "hose:read,inventory:write");
    assert_eq!(few.json["effectiveScopes"], json!(["hose:read", "inventory:write"]));
    assert!(!few.warnings().contains(&"clamped"));

    let beyond = json!({ "scopes": "hose:read,user:read,cost:write", "keyType": "read-only" });
    let beyond = shop.new_key(beyond).expect(201).await;
    assert_eq!(beyond.json["effectiveScopes"], json!(["hose:read"]));
    assert!(beyond.warnings().contains(&"clamped"));

    // What the role leaves out counts as what the type leaves out.
    let beyond = json!({ "scopes": "hose:read,apiKey:read", "keyType": "admin", "roleId": "2" });
    let beyond = shop.new_key(beyond).expect(201).await;
    assert_eq!(beyond.json["effectiveScopes"], json!(["hose:read"]));
    assert!(beyond.warnings().contains(&"clamped"));

    let nothing = shop.new_key(json!({ "scopes": "user:read" })).expect(201).await;
    assert_eq!(nothing.json["effectiveScopes"], json!([]));
    assert!(nothing.warnings().contains(&"clamped"));
}

#[rstest]
#[tokio::test]
async fn an_unknown_scope_is_refused_by_its_name(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for (scopes, named) in [
        ("read,shoes:read", "\"shoes:read\""),
        ("hose:delete", "\"hose:delete\""),
        ("reed", "\"reed\""),
        ("hose", "\"hose\""),
        ("read;write", "\"read;write\""),
        ("*", "\"*\""),
        (" , ", "at least one"),
        ("", "at least one"),
    ] {
        let answer = shop.new_key(json!({ "scopes": scopes })).expect(400).await;
        assert_eq!(answer.wrong_fields(), ["scopes"]);
        let message = answer.json["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(named), "{scopes:?}: {message}");
    }
    let answer = shop.new_key(json!({ "keyType": "root" })).expect(400).await;
    assert_eq!(answer.wrong_fields(), ["keyType"]);
}

#[rstest]
#[tokio::test]
async fn a_role_bounds_a_key_further(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let usual = shop.new_key(json!({ "keyType": "admin" })).expect(201).await.json;
    // The roles every organization has are numbered 1 to 3: admin, regular, customer.
    let regular = shop.new_key(json!({ "keyType": "admin", "roleId": "2" })).expect(201).await;
    assert_ne!(regular.json["roleId"], usual["roleId"]);
    let may = words(&regular.json["effectiveScopes"]);
    assert!(may.contains(&"cost:write") && may.contains(&"user:read"), "{may:?}");
    for never in ["apiKey:read", "apiKey:write", "audit:read", "role:write", "user:write", "webhook:read"] {
        assert!(!may.contains(&never), "{never}");
    }
    let text = regular.json["apiKey"].as_str().unwrap();
    app.get(KEYS).credential(text).expect(403).await;

    // By its id as well as by its number.
    let by_id =
        shop.new_key(json!({ "keyType": "admin", "roleId": regular.json["roleId"] })).expect(201).await;
    assert_eq!(by_id.json["effectiveScopes"], regular.json["effectiveScopes"]);

    let customers = shop.new_key(json!({ "keyType": "customer" })).expect(201).await.json;
    assert_ne!(customers["roleId"], usual["roleId"]);
    let full =
        shop.new_key(json!({ "keyType": "full-access", "roleId": customers["roleId"] })).expect(201).await;
    assert_eq!(full.json["effectiveScopes"], customers["effectiveScopes"]);

    for unknown in ["9", "admin", "", "000000000000000000000000", "2\u{1f}", "99999999999999999999"] {
        let answer = shop.new_key(json!({ "roleId": unknown })).expect(400).await;
        assert_eq!(answer.wrong_fields(), ["roleId"], "{unknown:?}");
    }
}

#[rstest]
#[tokio::test]
async fn only_a_customer_key_can_be_pinned_to_a_customer(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let customer = shop.customer("Farm").await.to_string();
    for named in [customer.as_str(), "1"] {
        let answer = shop.new_key(json!({ "keyType": "customer", "customerId": named })).expect(201).await;
        assert_eq!(answer.json["customerId"], customer);
        assert!(!answer.warnings().contains(&"unpinned"));
    }
    for key_type in ["admin", "full-access", "read-only"] {
        let answer = shop.new_key(json!({ "keyType": key_type, "customerId": customer })).expect(400).await;
        assert_eq!(answer.wrong_fields(), ["customerId"]);
    }
    let theirs = other.customer("Theirs").await.to_string();
    let said = async |named: &str| {
        let answer = shop.new_key(json!({ "keyType": "customer", "customerId": named })).expect(400).await;
        assert_eq!(answer.wrong_fields(), ["customerId"]);
        answer.json["errors"].clone()
    };
    // Another organization's is as unknown as one that is nowhere.
    assert_eq!(said(&theirs).await, said("0123456789abcdef01234567").await);
    assert_eq!(said(&theirs).await, said("77").await);
}

#[rstest]
#[tokio::test]
async fn a_key_never_makes_one_that_may_do_more(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let narrow = json!({ "keyType": "admin", "scopes": "apiKey:write" });
    let narrow = shop.key_with(narrow).await;
    let make = |scopes: &str, key_type: &str| {
        let body = json!({ "name": "Wider", "scopes": scopes, "keyType": key_type });
        app.post(KEYS).credential(&narrow.text).json(&body).shows_secret()
    };
    for (scopes, key_type, named) in [
        ("apiKey:write,apiKey:read", "admin", "apiKey:read"),
        ("read", "read-only", "hose:read"),
        ("hose:write", "full-access", "hose:write"),
        ("hose:read", "customer", "hose:read"),
    ] {
        let before = app.row_counts().await;
        let answer = make(scopes, key_type).expect(403).await;
        assert!(answer.json["message"].as_str().unwrap().contains(named), "{}", answer.json["message"]);
        assert_eq!(app.row_counts().await, before);
    }
    make("apiKey:write", "admin").expect(201).await;
    // Asked for more, but clamped to nothing: that is not more.
    make("user:write", "read-only").expect(201).await;

    // Nor does it make one of those there are into more.
    let body = json!({ "name": narrow.name, "scopes": "read,write", "keyType": "admin" });
    let update = format!("{KEYS}/{}/update", narrow.id);
    app.post(update).credential(&narrow.text).json(&body).expect(403).await;
    // It cannot see keys either: write does not imply read.
    app.get(KEYS).credential(&narrow.text).expect(403).await;
}

#[rstest]
#[tokio::test]
async fn only_who_may_manage_keys_does(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let before = app.row_counts().await;
    let body = json!({ "name": "K", "scopes": "read", "keyType": "read-only" });
    app.post(KEYS).json(&body).expect(401).await;
    app.get(KEYS).expect(401).await;
    assert_eq!(app.row_counts().await, before);
    for key_type in ["full-access", "read-only", "customer"] {
        let TestKey { id, text, .. } = shop.key(key_type).await;
        let before = app.row_counts().await;
        let answer = app.post(KEYS).credential(&text).json(&body).expect(403).await;
        assert!(answer.json["message"].as_str().unwrap().contains("apiKey:write"));
        app.get(KEYS).credential(&text).expect(403).await;
        app.post(format!("{KEYS}/{id}/update")).credential(&text).json(&body).expect(403).await;
        app.post(format!("{KEYS}/{id}/delete")).credential(&text).expect(403).await;
        assert_eq!(app.row_counts().await, before);
    }
    let reader = shop.key_with(json!({ "keyType": "admin", "scopes": "read" })).await;
    app.get(KEYS).credential(&reader.text).expect(200).await;
    app.post(KEYS).credential(&reader.text).json(&body).expect(403).await;
}

#[rstest]
#[tokio::test]
async fn keys_need_a_professional_subscription(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let free = app.organization_with("Free", Subscription::Free).await;
    let session = free.sign_in().await;
    let body = json!({ "name": "K", "scopes": "read", "keyType": "read-only" });
    let before = app.row_counts().await;
    let answer = app.post(KEYS).credential(&session).json(&body).expect(403).await;
    assert!(answer.json["message"].as_str().unwrap().contains("subscription"));
    app.get(KEYS).credential(&session).expect(403).await;
    assert_eq!(app.row_counts().await, before);

    let professional = app.organization_with("Professional", Subscription::Professional).await;
    professional.key("admin").await;
    let session = professional.sign_in().await;
    let made = app.post(KEYS).credential(&session).json(&body).shows_secret().expect(201).await;
    assert!(made.json["createdBy"].as_str().unwrap().starts_with("user:"));
}

#[rstest]
#[tokio::test]
async fn a_past_expiry_makes_an_expired_key(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for expires in ["2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "0001-01-01T00:00:00Z"] {
        let answer = shop.new_key(json!({ "expires": expires })).expect(201).await;
        assert_eq!(answer.json["state"], "expired", "{expires}");
        assert!(!app.lets_in(answer.json["apiKey"].as_str().unwrap()).await);
    }
    let answer = shop.new_key(json!({ "expires": "2026-01-01T00:00:00.001Z" })).expect(201).await;
    assert_eq!(answer.json["state"], "active");
    let key = answer.json["apiKey"].as_str().unwrap();
    assert!(app.lets_in(key).await);
    app.pass(Duration::from_millis(1));
    let answer = app.get("/security/v1/verify").credential(key).expect(401).await;
    assert_eq!(answer.json["message"], "The key has expired.");
}

#[rstest]
#[tokio::test]
async fn a_start_at_or_after_the_expiry_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for (start, expires, status) in [
        ("2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z", 400),
        ("2026-06-01T00:00:00.001Z", "2026-06-01T00:00:00Z", 400),
        ("2026-06-01T00:00:00Z", "2026-06-01T01:00:00+01:00", 400),
        ("2026-06-01T00:00:00Z", "2026-06-01T00:00:00.001Z", 201),
        // Both past, both far ahead.
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:01Z", 201),
        ("9999-12-29T00:00:00Z", "9999-12-30T00:00:00Z", 201),
    ] {
        let answer = shop.new_key(json!({ "startDate": start, "expires": expires })).expect(status).await;
        if status == 400 {
            assert_eq!(answer.wrong_fields(), ["expires"]);
        }
    }
    for (field, moment) in [
        ("expires", "tomorrow"),
        ("expires", ""),
        ("expires", "2026-02-30T00:00:00Z"),
        ("startDate", "10000-01-01T00:00:00Z"),
        ("startDate", "1767225600"),
        ("startDate", "-0001-01-01T00:00:00Z"),
    ] {
        let answer = shop.new_key(json!({ field: moment })).expect(400).await;
        assert_eq!(answer.wrong_fields(), [field], "{moment:?}");
    }
}

#[rstest]
#[tokio::test]
async fn a_key_is_found_by_its_number_too(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    // The organization's first key is number 1.
    let second = shop.key_with(json!({ "name": "Second" })).await;
    let third = shop.key_with(json!({ "name": "Third" })).await;
    let changed = shop.change("3", json!({ "name": "Renamed" })).expect(200).await;
    assert_eq!(changed.json["_id"], third.id);
    shop.delete("2").expect(200).await;
    assert!(!app.lets_in(&second.text).await);
    assert!(app.lets_in(&third.text).await);
    shop.delete("4").expect(404).await;
}

#[rstest]
#[tokio::test]
async fn warnings_tell_what_an_administrator_should_know(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let customer = shop.customer("Farm").await.to_string();
    let (here, elsewhere) = (json!([{ "ipAddress": "192.0.2.0/24" }]), json!([{ "ipAddress": "10.1.1.1" }]));
    let soon = "2026-12-31";
    for (fields, expected) in [
        (json!({ "scopes": "hose:read" }), vec!["neverExpires", "noAddresses"]),
        (json!({ "scopes": "hose:read", "expires": soon }), vec!["noAddresses"]),
        (json!({ "scopes": "hose:read", "approvedIpAddresses": here }), vec!["neverExpires"]),
        (
            json!({ "scopes": "hose:read", "approvedIpAddresses": elsewhere, "expires": soon }),
            vec!["locksOutCaller"],
        ),
        (json!({ "keyType": "admin", "approvedIpAddresses": here, "expires": soon }), vec![]),
        (json!({ "keyType": "read-only", "approvedIpAddresses": here, "expires": soon }), vec!["clamped"]),
        (
            json!({ "keyType": "customer", "scopes": "hose:read", "approvedIpAddresses": here, "expires": soon }),
            vec!["unpinned"],
        ),
        (
            json!({
                "keyType": "customer", "scopes": "hose:read", "approvedIpAddresses": here, "expires": soon,
                "customerId": customer,
            }),
            vec![],
        ),
    ] {
        let answer = shop.new_key(fields.clone()).expect(201).await;
        assert_eq!(answer.warnings(), expected, "{fields}");
        let sentences = answer.json["warnings"].as_array().unwrap();
        assert!(sentences.iter().all(|warning| warning["message"].as_str().unwrap().ends_with('.')));
        let listed = shop.document(answer.json["_id"].as_str().unwrap()).await;
        assert_eq!(listed["warnings"], answer.json["warnings"]);
    }
}

#[rstest]
#[tokio::test]
async fn every_change_is_in_the_audit_record_without_the_secret(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let call =
        shop.new_key(json!({ "name": "Before", "approvedIpAddresses": [{ "ipAddress": "10.0.0.1" }] }));
    let made = call.header("x-request-id", "making").from("198.51.100.7").expect(201).await.json;
    let (id, text) = (made["_id"].as_str().unwrap(), made["apiKey"].as_str().unwrap());
    let secret = text.rsplit_once('_').unwrap().1;
    app.pass(Duration::from_secs(1));
    let change = shop.change(id, json!({ "name": "After", "approvedIpAddresses": [] }));
    change.header("x-request-id", "changing").expect(200).await;
    app.pass(Duration::from_secs(1));
    shop.delete(id).header("x-request-id", "deleting").expect(200).await;

    let rows = app.audit(shop.id, id).await;
    let [create, update, delete] = rows.as_slice() else { panic!("{rows:#?}") };
    let done = |row: &testkit::AuditRow| (row.action.clone(), row.request_id.clone().unwrap());
    assert_eq!(done(create), ("create".into(), "making".into()));
    assert_eq!(done(update), ("update".into(), "changing".into()));
    assert_eq!(done(delete), ("delete".into(), "deleting".into()));
    assert_eq!(create.address.as_deref(), Some("198.51.100.7"));
    assert_eq!(update.address.as_deref(), Some("192.0.2.1"));
    for row in &rows {
        assert_eq!(row.subject, format!("key:{}", shop.admin.id));
        assert_eq!(row.record_kind, "apiKey");
        let whole = format!("{row:?}");
        assert!(!whole.contains(text) && !whole.contains(&secret[..8]), "{whole}");
    }
    assert_eq!(create.before, Json::Null);
    assert_eq!(create.after["name"], "Before");
    assert_eq!(create.after["approvedIpAddresses"][0]["ipAddress"], "10.0.0.1");
    assert_eq!(update.before, create.after);
    assert_eq!(update.after["name"], "After");
    assert_eq!(update.after["approvedIpAddresses"], json!([]));
    assert_eq!(delete.before, update.after);
    assert_eq!(delete.after["state"], "revoked");

    // What is refused is no change.
    shop.new_key(json!({ "name": "" })).expect(400).await;
    let before = app.row_counts().await;
    shop.new_key(json!({ "scopes": "x" })).expect(400).await;
    assert_eq!(app.row_counts().await, before);
}
