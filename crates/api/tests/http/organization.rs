//! The group Organization beside its API keys: settings, currencies, terms,
//! product groups, suppliers and locations.

use keys::SystemRole;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Call, Engine, Postgres, Sqlite, TestApp, TestOrganization};

const ORGANIZATION: &str = "/api/v1/organization";

fn get<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, what: &str) -> Call<'a> {
    app.get(format!("{ORGANIZATION}{what}")).credential(&shop.admin.text)
}

fn post<'a>(app: &'a TestApp, shop: &TestOrganization<'_>, what: &str, body: &Json) -> Call<'a> {
    app.post(format!("{ORGANIZATION}{what}")).credential(&shop.admin.text).json(body)
}

async fn regular(app: &TestApp, shop: &TestOrganization<'_>) -> String {
    let (email, password) = shop.user(SystemRole::Regular).await;
    let body = json!({ "email": email, "password": password });
    let answer = app.post("/security/v1/login").json(&body).expect(200).await;
    answer.json["token"].as_str().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn an_organization_begins_with_usual_settings(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let organization = get(&app, &shop, "").expect(200).await.json;
    assert_eq!((&organization["_id"], &organization["name"]), (&json!(shop.id), &json!("Shop")));
    assert_eq!(organization["rev"], 1);
    let defaults = json!({
        "language": "en", "decimalSign": ".", "timeZone": "UTC", "paperSize": "A4", "defaultLengthUnit": "mm",
        "defaultPressureUnit": "bar", "defaultWeightUnit": "kg", "defaultTemperatureUnit": "C",
        "defaultCurrency": "USD", "revisionDelimiter": "-",
    });
    for (field, value) in defaults.as_object().unwrap() {
        assert_eq!(&organization[field], value, "{field}");
    }
    // What a client needs to begin, it may see whoever it is.
    let customer = shop.key("customer").await.text;
    let seen = app.get(format!("{ORGANIZATION}/defaults")).credential(&customer).expect(200).await;
    assert_eq!(seen.json, defaults);
    app.get(ORGANIZATION).credential(&customer).expect(403).await;
    for (what, answer) in [
        ("/erpname", json!({ "erpName": null })),
        ("/usebetafeatures", json!({ "useBetaFeatures": false })),
        ("/revisiondelimiter", json!({ "revisionDelimiter": "-" })),
        ("/subscription", json!({ "subscription": "enterprise" })),
        (
            "/hasacceptedterms",
            json!({ "hasAcceptedTerms": false, "version": null, "date": null, "by": null }),
        ),
    ] {
        assert_eq!(get(&app, &shop, what).expect(200).await.json, answer);
    }
}

#[rstest]
#[tokio::test]
async fn settings_are_changed_left_and_returned_to_usual(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let change = json!({
        "name": "Slanger & Co", "city": "Oslo", "country": { "countryName": "Norway" }, "email": "post@shop.example",
        "language": "nb-NO", "decimalSign": ",", "timeZone": "europe/oslo", "paperSize": "letter",
        "defaultLengthUnit": "IN", "defaultPressureUnit": "mpa", "defaultWeightUnit": "lb",
        "defaultTemperatureUnit": "f", "erpName": "Visma", "useBetaFeatures": "1", "revisionDelimiter": ".",
    });
    let changed = post(&app, &shop, "/update", &change).header("if-match", "\"1\"").expect(200).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    let read = get(&app, &shop, "").expect(200).await.json;
    assert_eq!(changed.json, read);
    for (field, value) in [
        ("name", "Slanger & Co"),
        ("country", "Norway"),
        ("timeZone", "Europe/Oslo"),
        ("paperSize", "Letter"),
        ("defaultLengthUnit", "in"),
        ("defaultPressureUnit", "MPa"),
        ("defaultTemperatureUnit", "F"),
        ("erpName", "Visma"),
    ] {
        assert_eq!(read[field], value);
    }
    assert_eq!(read["useBetaFeatures"], true);

    let back = json!({ "city": null, "timeZone": null, "useBetaFeatures": null, "name": null });
    let back = post(&app, &shop, "/update", &back).expect(200).await.json;
    assert_eq!((&back["city"], &back["timeZone"]), (&json!(null), &json!("UTC")));
    assert_eq!((&back["name"], &back["country"]), (&json!("Slanger & Co"), &json!("Norway")));
    let stale = post(&app, &shop, "/update", &json!({ "rev": 1 })).expect(409).await;
    assert_eq!(stale.json["current"], back);
    // What was read may be posted back.
    let again = post(&app, &shop, "/update", &back).expect(200).await;
    assert_eq!(again.header("swage-ignored-fields"), "publicId");
    assert_eq!(get(&app, &other, "").expect(200).await.json["name"], "Other");

    let noted = app.audit(shop.id, &shop.id.to_string()).await;
    assert!(noted.iter().any(|entry| entry.action == "update" && entry.after["settings"]["city"] == "Oslo"));
}

#[rstest]
#[tokio::test]
async fn settings_that_cannot_be_meant_are_named(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let numbering = |kind: &str, body: Json| json!({ "numbering": { kind: body } });
    for (change, wrong) in [
        (json!({ "timeZone": "Mars/Olympus" }), "timeZone"),
        (json!({ "timeZone": "CEST" }), "timeZone"),
        (json!({ "language": "English" }), "language"),
        (json!({ "decimalSign": "·" }), "decimalSign"),
        (json!({ "paperSize": "A5" }), "paperSize"),
        (json!({ "defaultLengthUnit": "furlong" }), "defaultLengthUnit"),
        (json!({ "defaultPressureUnit": "atm" }), "defaultPressureUnit"),
        (json!({ "defaultWeightUnit": "stone" }), "defaultWeightUnit"),
        (json!({ "defaultTemperatureUnit": "K" }), "defaultTemperatureUnit"),
        (json!({ "defaultCurrency": "ABC" }), "defaultCurrency"),
        (json!({ "email": "nobody" }), "email"),
        (json!({ "revisionDelimiter": "----" }), "revisionDelimiter"),
        (json!({ "useBetaFeatures": "maybe" }), "useBetaFeatures"),
        (json!({ "name": "" }), "name"),
        (json!({ "country": { "code": "NO" } }), "country"),
        (json!({ "allowedOrigins": ["https://a.example", "https://b.example/"] }), "allowedOrigins[1]"),
        (numbering("key", json!({ "prefix": "", "digits": 1, "next": 1 })), "numbering.key"),
        (
            numbering("workOrder", json!({ "prefix": "", "digits": 0, "next": 1 })),
            "numbering.workOrder.digits",
        ),
        (numbering("workOrder", json!({ "prefix": "", "digits": 1, "next": 0 })), "numbering.workOrder.next"),
    ] {
        let answer = post(&app, &shop, "/update", &change).expect(400).await;
        assert_eq!(answer.wrong_fields(), [wrong], "{change}");
    }
    assert_eq!(get(&app, &shop, "").expect(200).await.json["rev"], 1);
}

#[rstest]
#[tokio::test]
async fn who_may_see_settings_and_who_change_them(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let regular = regular(&app, &shop).await;
    app.get(ORGANIZATION).credential(&regular).expect(200).await;
    app.get(format!("{ORGANIZATION}/subscription")).credential(&regular).expect(403).await;
    let update = |credential: &str, body: Json| {
        app.post(format!("{ORGANIZATION}/update")).credential(credential).json(&body)
    };
    update(&regular, json!({ "city": "Oslo" })).expect(403).await;

    // Who decides over keys alone decides whether they can be read back.
    let full = shop.key("full-access").await.text;
    update(&full, json!({ "city": "Oslo" })).expect(200).await;
    let refused = update(&full, json!({ "allowReadingKeysBack": true })).expect(403).await;
    assert!(refused.json["message"].as_str().unwrap().contains("apiKey:write"));
    let allowed = update(&shop.admin.text, json!({ "allowReadingKeysBack": 1 })).expect(200).await;
    assert_eq!(allowed.json["allowReadingKeysBack"], true);
}

#[rstest]
#[tokio::test]
async fn the_next_number_is_told_and_not_reserved(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let numbering = json!({ "numbering": { "workOrder": { "prefix": "W", "digits": 4, "next": 41 } } });
    let set = post(&app, &shop, "/update", &numbering).expect(200).await.json;
    assert_eq!(set["numbering"]["hoseKit"], json!({ "prefix": "HK-", "digits": 6, "next": 1 }));
    for (query, number, kind) in [
        ("", "HA-000001", "hoseAssembly"),
        ("?type=hosekit", "HK-000001", "hoseKit"),
        ("?type=workOrder", "W0041", "workOrder"),
        ("?type=workOrder", "W0041", "workOrder"),
    ] {
        let answer = get(&app, &shop, &format!("/nextpartnumber{query}")).expect(200).await.json;
        assert_eq!(answer, json!({ "nextPartNumber": number, "type": kind }));
    }
    assert_eq!(get(&app, &shop, "/nextpartnumber?type=key").expect(400).await.wrong_fields(), ["type"]);
}

#[rstest]
#[tokio::test]
async fn who_accepted_the_terms_and_when_is_kept(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let accept = |body: Json| post(&app, &shop, "/acceptterms", &body);
    let params = json!({ "params": { "accepted": true, "version": 2 } });
    let accepted = accept(params).expect(200).await.json;
    let by = format!("key:{}", shop.admin.id);
    let expected =
        json!({ "hasAcceptedTerms": true, "version": 2, "date": "2026-01-01T00:00:00.000Z", "by": by });
    assert_eq!(accepted, expected);
    assert_eq!(get(&app, &shop, "/hasacceptedterms").expect(200).await.json, expected);
    app.pass(std::time::Duration::from_secs(1));
    accept(json!({ "accepted": 0, "version": 3 })).expect(200).await;
    let last = get(&app, &shop, "/hasacceptedterms").expect(200).await.json;
    assert_eq!((&last["hasAcceptedTerms"], &last["version"]), (&json!(false), &json!(3)));
    for (body, wrong) in [
        (json!({ "accepted": true, "version": 0 }), vec!["version"]),
        (json!({ "accepted": true, "version": 1.5 }), vec!["version"]),
        (json!({}), vec!["accepted", "version"]),
    ] {
        assert_eq!(accept(body).expect(400).await.wrong_fields(), wrong);
    }
    assert_eq!(app.audit(shop.id, &shop.id.to_string()).await.len(), 3, "founded, accepted, declined");
}

fn rates(list: &Answer) -> Vec<(String, String, u64)> {
    let items = list.json["items"].as_array().unwrap().iter();
    items
        .map(|currency| {
            let code = currency["code"].as_str().unwrap().to_owned();
            (code, currency["rate"].to_string(), currency["available"].as_u64().unwrap())
        })
        .collect()
}

fn rate(code: &str, rate: &str, available: u64) -> (String, String, u64) {
    (code.to_owned(), rate.to_owned(), available)
}

#[rstest]
#[tokio::test]
async fn currencies_keep_their_rates_to_the_digit(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let set = |body: &str| {
        let call = app.post(format!("{ORGANIZATION}/currencies/update")).credential(&shop.admin.text);
        call.body("application/json", body.to_owned())
    };
    assert_eq!(rates(&get(&app, &shop, "/currencies").expect(200).await), [rate("USD", "1", 1)]);
    let made =
        set(r#"{"params":{"code":"eur","rate":0.920001,"available":1,"deleted":0}}"#).expect(200).await;
    assert_eq!((&made.json["code"], &made.json["deleted"]), (&json!("EUR"), &json!(0)));
    set(r#"{"code":"JPY","rate":"151.20","available":"0"}"#).expect(200).await;
    let all = get(&app, &shop, "/currencies").expect(200).await;
    assert_eq!(rates(&all), [rate("EUR", "0.920001", 1), rate("JPY", "151.2", 0), rate("USD", "1", 1)]);
    assert_eq!(all.json["total"], 3);

    // Absent leaves whether it can be chosen; a deleted one comes back when it is set.
    set(r#"{"code":"JPY","rate":150}"#).expect(200).await;
    assert_eq!(set(r#"{"code":"EUR","rate":1,"deleted":1}"#).expect(200).await.json["deleted"], 1);
    let all = get(&app, &shop, "/currencies").expect(200).await;
    assert_eq!(rates(&all), [rate("JPY", "150", 0), rate("USD", "1", 1)]);
    let back = set(r#"{"code":"EUR","rate":2}"#).expect(200).await.json;
    assert_eq!((&back["_id"], &back["deleted"]), (&made.json["_id"], &json!(0)));

    for (body, wrong) in [
        (r#"{"code":"XXX","rate":1}"#, "code"),
        (r#"{"code":"EURO","rate":1}"#, "code"),
        (r#"{"code":"EUR","rate":0}"#, "rate"),
        (r#"{"code":"EUR","rate":-1}"#, "rate"),
        (r#"{"code":"EUR","rate":0.0000001}"#, "rate"),
        (r#"{"code":"EUR","rate":1000000001}"#, "rate"),
        (r#"{"code":"EUR","rate":1e400}"#, "rate"),
        (r#"{"code":"EUR","rate":"one"}"#, "rate"),
        (r#"{"code":"EUR","rate":1,"available":2}"#, "available"),
    ] {
        assert_eq!(set(body).expect(400).await.wrong_fields(), [wrong], "{body}");
    }
}

#[rstest]
#[tokio::test]
async fn the_rate_of_the_default_currency_is_one(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let set = |body: Json| post(&app, &shop, "/currencies/update", &body);
    assert_eq!(set(json!({ "code": "USD", "rate": 2 })).expect(400).await.wrong_fields(), ["rate"]);
    set(json!({ "code": "USD", "rate": 1, "deleted": 1 })).expect(409).await;
    set(json!({ "code": "EUR", "rate": 0.9, "available": 0 })).expect(200).await;
    post(&app, &shop, "/update", &json!({ "defaultCurrency": "eur" })).expect(200).await;
    let all = get(&app, &shop, "/currencies").expect(200).await;
    assert_eq!(rates(&all), [rate("EUR", "1", 1)], "the former default was never set");
    set(json!({ "code": "EUR", "rate": 1, "available": false })).expect(409).await;
    set(json!({ "code": "USD", "rate": 1.1 })).expect(200).await;
}

#[rstest]
#[tokio::test]
async fn entries_are_made_changed_and_deleted_by_their_id(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[values("productgroups", "suppliers", "locations")] what: &str,
) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let path = format!("/{what}/update");
    let one = json!({ "name": "Main", "description": "The first", "erpId": "17" });
    let made = post(&app, &shop, &path, &one).expect(200).await.json;
    let (id, total) = (made["items"][0]["_id"].clone(), &made["total"]);
    assert_eq!((total, &made["items"][0]["description"]), (&json!(1), &json!("The first")));

    let several = json!({ "items": [
        { "_id": id, "name": "main hall", "erpId": null }, { "name": "Annex" },
    ] });
    post(&app, &shop, &path, &several).expect(200).await;
    let list = get(&app, &shop, &format!("/{what}")).expect(200).await.json;
    let told: Vec<_> = list["items"].as_array().unwrap().iter().map(|e| (&e["name"], &e["erpId"])).collect();
    assert_eq!(told, [(&json!("Annex"), &json!(null)), (&json!("main hall"), &json!(null))]);
    assert_eq!(list["items"][1]["description"], "The first", "absent leaves");
    assert_eq!(list["items"][1]["rev"], 2);

    for (body, wrong) in [
        (json!({}), vec!["name"]),
        (json!({ "name": "ANNEX " }), vec!["name"]),
        (json!({ "items": [{ "name": "New" }, { "name": "new" }] }), vec!["items[1].name"]),
        (json!({ "items": [{ "name": "" }, {}] }), vec!["items[0].name"]),
        (json!({ "items": [{ "name": "New" }, {}] }), vec!["items[1].name"]),
        (json!({ "_id": "000000000000000000000000", "name": "x" }), vec!["_id"]),
        (json!({ "items": [], "name": "x" }), vec!["items"]),
    ] {
        assert_eq!(post(&app, &shop, &path, &body).expect(400).await.wrong_fields(), wrong, "{body}");
    }
    // Another organization's is none of ours, and its names are free.
    assert_eq!(
        post(&app, &other, &path, &json!({ "_id": id, "name": "x" })).expect(400).await.wrong_fields(),
        ["_id"]
    );
    post(&app, &other, &path, &json!({ "name": "Annex" })).expect(200).await;

    let deleted = post(&app, &shop, &path, &json!({ "_id": id, "delete": 1 })).expect(200).await.json;
    assert_eq!(deleted["items"][0]["deleted"], true);
    assert_eq!(get(&app, &shop, &format!("/{what}")).expect(200).await.json["total"], 1);
    post(&app, &shop, &path, &json!({ "_id": id, "name": "x" })).expect(400).await;
    post(&app, &shop, &path, &json!({ "name": "Main hall" })).expect(200).await;

    let regular = regular(&app, &shop).await;
    app.get(format!("{ORGANIZATION}/{what}")).credential(&regular).expect(200).await;
    let write = app.post(format!("{ORGANIZATION}{path}")).credential(&regular);
    write.json(&json!({ "name": "Mine" })).expect(403).await;
}

#[rstest]
#[tokio::test]
async fn an_organization_says_which_web_pages_may_call(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let origins = json!({ "allowedOrigins": ["https://shop.example"] });
    post(&app, &shop, "/update", &origins).expect(200).await;
    let allowed = async |credential: &str, origin: &str| {
        let call = app.get(format!("{ORGANIZATION}/defaults")).credential(credential);
        let answer = call.header("origin", origin).expect(200).await;
        answer.header("access-control-allow-origin").to_owned()
    };
    assert_eq!(allowed(&shop.admin.text, "https://shop.example").await, "https://shop.example");
    assert_eq!(allowed(&shop.admin.text, "https://evil.example").await, "");
    assert_eq!(allowed(&other.admin.text, "https://evil.example").await, "*", "as the server says");
    post(&app, &shop, "/update", &json!({ "allowedOrigins": [] })).expect(200).await;
    assert_eq!(allowed(&shop.admin.text, "https://evil.example").await, "*");
}

#[rstest]
#[tokio::test]
async fn a_preflight_is_allowed_what_any_organization_allows(#[values(Sqlite, Postgres)] engine: Engine) {
    let server = vec!["https://server.example".to_owned()];
    let app = TestApp::start_with(engine, |settings| settings.origins = api::Origins::Only(server)).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let preflight = async |origin: &str| {
        let call = app.call("OPTIONS", ORGANIZATION).header("origin", origin);
        let answer = call.header("access-control-request-method", "GET").expect(204).await;
        answer.header("access-control-allow-origin").to_owned()
    };
    assert_eq!(preflight("https://shop.example").await, "");
    post(&app, &shop, "/update", &json!({ "allowedOrigins": ["https://shop.example"] })).expect(200).await;
    for origin in ["https://shop.example", "https://server.example"] {
        assert_eq!(preflight(origin).await, origin);
    }
    assert_eq!(preflight("https://evil.example").await, "");
    // The call itself is bound to whose credential it shows.
    let call = get(&app, &other, "/defaults").header("origin", "https://shop.example").expect(200).await;
    assert_eq!((call.header("access-control-allow-origin"), call.header("vary")), ("", "Origin"));
    let call = get(&app, &shop, "/defaults").header("origin", "https://server.example").expect(200).await;
    assert_eq!(call.header("access-control-allow-origin"), "");
}
