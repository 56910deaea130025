//! Brands and parts: shared ones, an organization's own, and what it says of them.

use keys::SystemRole;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Document, Engine, Postgres, Sqlite, TestApp, TestOrganization};

use crate::request::Request;

fn hose(number: &str, brand: &str) -> Json {
    json!({
        "partNumber": number, "brand": brand, "size": "-08", "series": "KV2",
        "workingPressure": { "value": 4000, "unit": "psi" }, "minBendRadius": "180 mm", "cost": 4.25, "listPrice": 9,
    })
}

/// The part numbers of a list.
async fn numbers(shop: &TestOrganization<'_>, path: &str) -> Vec<String> {
    let list = shop.app().get(format!("/api/v1/{path}")).credential(&shop.admin.text).expect(200).await.json;
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["partNumber"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[tokio::test]
async fn a_part_is_answered_as_it_was_made_and_may_be_sent_back(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let made = shop.part("hoses", &hose("KV2-08", "Kestrel")).await;
    assert_eq!(made["workingPressure"], json!({ "value": 4000, "unit": "psi" }));
    assert_eq!((&made["cost"], &made["costCurrency"]), (&json!(4.25), &json!("USD")));
    assert_eq!(
        (&made["shared"], &made["status"], &made["available"]),
        (&json!(false), &json!("approved"), &json!(true))
    );
    let id = made["_id"].as_str().unwrap();
    let got = app.get(format!("/api/v1/hose/{id}")).credential(&shop.admin.text).expect(200).await;
    assert_eq!(got.json, made);
    let update = format!("/api/v1/organization/hose/{id}/update");
    let back = app.post(&update).credential(&shop.admin.text).json(&made).expect(200).await;
    assert_eq!(back.header("swage-ignored-fields"), "");
    for name in ["cost", "workingPressure", "partNumber", "status"] {
        assert_eq!(back.json[name], made[name], "{name}");
    }
    // Another's type is not found under this one.
    app.get(format!("/api/v1/ferrule/{id}")).credential(&shop.admin.text).expect(404).await;
    let other = app.organization("Other").await;
    app.get(format!("/api/v1/hose/{id}")).credential(&other.admin.text).expect(404).await;
    app.post(&update).credential(&other.admin.text).json(&json!({ "cost": 1 })).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn a_shared_part_is_seen_by_all_and_each_says_its_own_of_it(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let (one, other) = (app.organization("One").await, app.organization("Other").await);
    let id = one.shared_part("hoses", hose("KV2-08", "Kestrel")).await;
    let path = format!("/api/v1/hose/{id}");
    let update = format!("/api/v1/organization/hose/{id}/update");
    let said = json!({ "orgPartNumber": "H 1001", "cost": 3.1, "available": false, "imageName": "own.png" });
    let answer = app.post(&update).credential(&one.admin.text).json(&said).expect(200).await.json;
    assert_eq!(
        (&answer["orgPartNumber"], &answer["imageName"], &answer["shared"]),
        (&json!("H 1001"), &json!("own.png"), &json!(true))
    );
    let seen = app.get(&path).credential(&other.admin.text).expect(200).await.json;
    assert_eq!(
        (&seen["orgPartNumber"], &seen["cost"], &seen["imageName"]),
        (&Json::Null, &Json::Null, &Json::Null)
    );
    // The organization's own number names it for its owner alone.
    let own = app.get("/api/v1/hose/h1001").credential(&one.admin.text).expect(200).await.json;
    assert_eq!(own["_id"], json!(id));
    app.get("/api/v1/hose/h1001").credential(&other.admin.text).expect(404).await;
    assert_eq!(numbers(&one, "organization/hoses?search.partNumber=H-100").await, ["KV2-08"]);
    assert_eq!(numbers(&other, "organization/hoses?search.partNumber=H-100").await, [] as [&str; 0]);
    // Its data is the operator's.
    let changed = app.post(&update).credential(&one.admin.text).json(&json!({ "size": "-10", "cost": 2 }));
    let refused = changed.expect(403).await.json;
    assert!(refused["message"].as_str().unwrap().contains("size"), "{refused}");
    let unchanged = app.get(&path).credential(&one.admin.text).expect(200).await.json;
    assert_eq!(unchanged["cost"], json!(3.1));
    let delete = format!("/api/v1/hoses/{id}/delete");
    app.post(&delete).credential(&one.admin.text).expect(403).await;
    // Nor can a part of one's own take its number.
    let same = app.post("/api/v1/hoses/create").credential(&one.admin.text).json(&hose("kv2.08", "KESTREL"));
    same.expect(409).await;
    assert_eq!(numbers(&one, "organization/customhoses").await, [] as [&str; 0]);
}

#[rstest]
#[tokio::test]
async fn a_brand_that_is_switched_off_is_in_no_list(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    shop.shared_part("hoses", hose("KV2-08", "Kestrel")).await;
    shop.part("hoses", &hose("OWN-08", "House")).await;
    assert_eq!(numbers(&shop, "organization/hoses").await, ["KV2-08", "OWN-08"]);
    let call = |method, path: &str| app.call(method, path.to_owned()).credential(&shop.admin.text);
    let off =
        call("POST", "/api/v1/brand/kestrel/update").json(&json!({ "enabled": 0 })).expect(200).await.json;
    assert_eq!((&off["enabled"], &off["shared"]), (&json!(false), &json!(true)));
    assert_eq!(numbers(&shop, "organization/hoses").await, ["OWN-08"]);
    assert_eq!(numbers(&shop, "organization/hoses?search.partNumber=KV2").await, [] as [&str; 0]);
    let names = call("GET", "/api/v1/brandnames").expect(200).await.json;
    assert_eq!(names["items"], json!(["House"]));
    let all = call("GET", "/api/v1/brands").expect(200).await.json;
    assert_eq!(all["total"], 2);
    let hoses = call("GET", "/api/v1/hosebrands").expect(200).await.json;
    assert_eq!(hoses["items"][0]["name"], "House");
    assert_eq!(call("GET", "/api/v1/adaptorbrands").expect(200).await.json["total"], 0);

    let default = json!({ "default": true, "marginPercent": 35.5 });
    call("POST", "/api/v1/brand/House/update").json(&default).expect(200).await;
    let answer = call("GET", "/api/v1/organization/defaultbrand").expect(200).await.json;
    assert_eq!(
        (&answer["defaultBrand"]["name"], &answer["defaultBrand"]["marginPercent"]),
        (&json!("House"), &json!(35.5))
    );
    call("POST", "/api/v1/brand/House/update").json(&json!({ "enabled": false })).expect(409).await;
    let deleted = call("POST", "/api/v1/brand/House/delete").expect(409).await.json;
    assert!(deleted["message"].as_str().unwrap().contains("hose"), "{deleted}");
    call("POST", "/api/v1/brand/Kestrel/delete").expect(403).await;
    let made = call("POST", "/api/v1/brands/create").json(&json!({ "name": "Empty" })).expect(201).await.json;
    call("POST", "/api/v1/brands/create").json(&json!({ "name": "KESTREL" })).expect(409).await;
    call("POST", &format!("/api/v1/brand/{}/delete", made["_id"].as_str().unwrap())).expect(200).await;
}

#[rstest]
#[tokio::test]
async fn a_part_number_is_found_as_people_type_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    shop.part(
        "crimpfittings",
        &json!({ "partNumber": "T2050-08.08", "brand": "K", "hoseSize": 8, "series": "T2" }),
    )
    .await;
    shop.part("crimpfittings", &json!({ "partNumber": "X-T20", "brand": "K", "hoseSize": 8, "series": "T2", "orgPartNumber": "900/1" }))
        .await;
    for (typed, found) in [
        ("t2050 0808", vec!["T2050-08.08"]),
        ("T2050", vec!["T2050-08.08"]),
        ("0808", vec!["T2050-08.08"]),
        ("50-08", vec!["T2050-08.08"]),
        ("t20", vec!["T2050-08.08", "X-T20"]),
        ("T2", vec!["T2050-08.08"]),
        ("x", vec!["X-T20"]),
        ("9001", vec!["X-T20"]),
        ("90", vec!["X-T20"]),
        ("08", vec![]),
        ("%25", vec![]),
        ("-", vec!["T2050-08.08", "X-T20"]),
    ] {
        let path = format!("organization/crimpfittings?search.partNumber={}", typed.replace(' ', "%20"));
        assert_eq!(numbers(&shop, &path).await, found, "{typed}");
    }
    assert_eq!(numbers(&shop, "organization/crimpfittings?search.orgPartNumber=9001").await, ["X-T20"]);
    assert_eq!(numbers(&shop, "organization/components?search.hoseSize=1/2").await.len(), 2);
    assert_eq!(numbers(&shop, "organization/components?componentType=hose").await.len(), 0);
}

#[rstest]
#[tokio::test]
async fn customers_see_no_cost_anywhere(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let supplier = json!({ "name": "Secret supplier" });
    app.post("/api/v1/organization/suppliers/update")
        .credential(&shop.admin.text)
        .json(&supplier)
        .expect(200)
        .await;
    let mut fields = hose("KV2-08", "Kestrel");
    fields["supplier"] = json!("Secret supplier");
    fields["cost"] = json!(77.7777);
    let made = shop.part("hoses", &fields).await;
    let hidden = json!({ "partNumber": "HID", "brand": "Kestrel", "size": 8, "available": false });
    shop.part("hoses", &hidden).await;
    app.post("/api/v1/brand/Kestrel/update")
        .credential(&shop.admin.text)
        .json(&json!({ "marginPercent": 66.6666, "default": true }))
        .expect(200)
        .await;
    // A key for customers, and a person who is nothing but a customer.
    let key = shop.key("customer").await;
    let (email, password) = shop.user(SystemRole::Customer).await;
    let person = json!({ "email": email, "password": password });
    let session = app.post("/security/v1/login").json(&person).expect(200).await.json["token"].clone();
    let customers = [key.text.as_str(), session.as_str().unwrap()];
    let id = made["_id"].as_str().unwrap();
    for path in [
        format!("hose/{id}"),
        format!("item/{id}"),
        "organization/hoses".into(),
        "organization/customhoses".into(),
        "organization/items".into(),
        "organization/components".into(),
        "brands".into(),
        "hosebrands".into(),
        "organization/defaultbrand".into(),
    ] {
        for customer in customers {
            let answer =
                app.get(format!("/api/v1/{path}")).credential(customer).expect(200).await.json.to_string();
            for secret in ["77.7777", "66.6666", "Secret supplier", "\"cost\"", "marginPercent"] {
                assert!(!answer.contains(secret), "{path} tells a customer {secret}: {answer}");
            }
            assert!(!answer.contains("\"HID\""), "{path} offers what is not available");
        }
    }
    // Who works there too, sees it all.
    let (email, password) = shop.user(SystemRole::Regular).await;
    let person = json!({ "email": email, "password": password });
    let session = app.post("/security/v1/login").json(&person).expect(200).await.json["token"].clone();
    let all = app.get("/api/v1/organization/hoses").credential(session.as_str().unwrap()).expect(200).await;
    assert_eq!(all.json["total"], 2);
    let read_only = shop.key("read-only").await;
    let seen = app.get(format!("/api/v1/hose/{id}")).credential(&read_only.text).expect(200).await.json;
    assert_eq!((&seen["cost"], &seen["supplier"]), (&json!(77.7777), &json!("Secret supplier")));
}

#[rstest]
#[tokio::test]
async fn what_others_add_waits_for_approval_where_it_is_wanted(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (good, bad) = (shop.pending_part("GOOD").await, shop.pending_part("BAD").await);
    let mut waiting = numbers(&shop, "organization/pendingitems").await;
    waiting.sort();
    assert_eq!(waiting, ["BAD", "GOOD"]);
    assert_eq!(numbers(&shop, "organization/customotheritems").await, [] as [&str; 0]);
    let path = |id: &str| format!("/api/v1/organization/item/{id}/update");
    let regular = shop.key_with(json!({ "keyType": "full-access", "roleId": "2" })).await;
    let approve = json!({ "approve": true });
    app.post(path(&good)).credential(&regular.text).json(&approve).expect(403).await;
    let approved = app.post(path(&good)).credential(&shop.admin.text).json(&approve).expect(200).await.json;
    assert_eq!(approved["status"], "approved");
    app.post(path(&good)).credential(&shop.admin.text).json(&approve).expect(409).await;
    let rejected = json!({ "approve": false, "reason": "Not ours" });
    let answer = app.post(path(&bad)).credential(&shop.admin.text).json(&rejected).expect(200).await.json;
    assert_eq!((&answer["status"], &answer["statusReason"]), (&json!("deleted"), &json!("Not ours")));
    assert_eq!(numbers(&shop, "organization/customotheritems").await, ["GOOD"]);
    assert_eq!(numbers(&shop, "organization/pendingitems").await, [] as [&str; 0]);
}

#[rstest]
#[tokio::test]
async fn what_is_wrong_with_a_part_is_told_with_its_path(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let create = |body: Json| app.post("/api/v1/hoses/create").credential(&shop.admin.text).json(&body);
    for (body, wrong) in [
        (json!({}), vec!["partNumber", "brand", "size"]),
        (
            json!({ "params": { "partNumber": "A", "brand": "B", "size": 8, "workingPressure": "5 atm" } }),
            vec!["params.workingPressure"],
        ),
        (
            json!({ "partNumber": "A", "brand": "B", "size": 8, "temperatures": [{ "medium": "x" }] }),
            vec!["temperatures[0].min"],
        ),
        (json!({ "partNumber": "A", "brand": "B", "size": 8, "cost": 1.000_000_1 }), vec!["cost"]),
        (
            json!({ "partNumber": "A", "brand": "B", "size": 8, "cost": 1, "costCurrency": "XXX" }),
            vec!["costCurrency"],
        ),
        (json!({ "partNumber": "A", "brand": "B", "size": 8, "supplier": "nobody" }), vec!["supplier"]),
        (
            json!({ "partNumber": "A", "brand": "B", "size": 8, "itemId": "5f0000000000000000000000" }),
            vec!["itemId"],
        ),
        (
            json!({ "partNumber": "A", "brand": "B", "size": 8, "workingPressure": 100, "burstPressure": 99 }),
            vec!["burstPressure"],
        ),
        (
            json!({ "partNumber": "A", "brand": "B", "size": 8, "crimpSpecs": [{ "couplingSeries": "K" }] }),
            vec!["crimpSpecs[0].couplingSeriesBrand", "crimpSpecs[0].crimpDiam"],
        ),
    ] {
        let answer = create(body.clone()).expect(400).await;
        assert_eq!(answer.wrong_fields(), wrong, "{body}");
    }
    // Nothing was half-written: not the part, not its brand.
    assert_eq!(app.get("/api/v1/brands").credential(&shop.admin.text).expect(200).await.json["total"], 0);
    let ignored =
        create(json!({ "partNumber": "A", "brand": "B", "size": 8, "colour": 1 })).expect(201).await;
    assert_eq!(ignored.header("swage-ignored-fields"), "colour");
    let strict = create(json!({ "partNumber": "A2", "brand": "B", "size": 8, "colour": 1 }));
    strict.header("prefer", "handling=strict").expect(400).await;
}

#[rstest]
#[tokio::test]
async fn a_change_of_another_revision_is_refused_and_shown_the_part(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let made = shop.part("hoses", &hose("KV2-08", "Kestrel")).await;
    let (id, rev) = (made["_id"].as_str().unwrap(), made["rev"].as_i64().unwrap());
    let update = |body: Json| {
        let path = format!("/api/v1/organization/hose/{id}/update");
        app.post(path).credential(&shop.admin.text).json(&body)
    };
    let changed = update(json!({ "rev": rev, "cost": 5, "series": null })).expect(200).await.json;
    assert!(changed["rev"].as_i64().unwrap() > rev);
    assert_eq!((&changed["series"], &changed["listPrice"]), (&Json::Null, &json!(9)));
    let stale = update(json!({ "cost": 6 })).header("if-match", &format!("\"{rev}\"")).expect(409).await.json;
    assert_eq!(stale["current"]["cost"], json!(5), "{stale}");
}

/// Where a document says what something costs, or from whom it comes.
fn costs_in(json: &Json, path: &str, found: &mut Vec<String>) {
    const SECRET: [&str; 4] = ["cost", "costCurrency", "marginPercent", "supplier"];
    match json {
        Json::Array(items) => items.iter().for_each(|item| costs_in(item, path, found)),
        Json::Object(fields) => {
            for (name, value) in fields {
                let path = format!("{path}.{name}");
                if SECRET.contains(&name.as_str()) {
                    found.push(path.clone());
                }
                costs_in(value, &path, found);
            }
        }
        _ => {}
    }
}

#[rstest]
#[tokio::test]
async fn no_operation_tells_a_customer_a_cost(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    shop.part("hoses", &hose("KV2-08", "Kestrel")).await;
    app.post("/api/v1/brand/Kestrel/update")
        .credential(&shop.admin.text)
        .json(&json!({ "marginPercent": 40, "default": true, "defaultAdaptor": true }))
        .expect(200)
        .await;
    let (customer, admin) = (shop.key("customer").await, &shop.admin);
    let (mut told, mut answered, mut shown_to_admin) = (Vec::new(), 0, 0);
    for (method, template, operation) in Document::get().operations() {
        // Whoever may not read it at all is refused in the security table.
        if operation["x-swage-access"] != "read" || operation["x-swage-public"] == true {
            continue;
        }
        let request = Request::of_document(&shop, &method, &template, operation).await;
        let answer = request.call(&app).credential(&customer.text).send().await;
        answered += u32::from(answer.status == 200);
        let mut found = Vec::new();
        costs_in(&answer.json, &format!("{method} {template}"), &mut found);
        told.extend(found);
        let answer = request.call(&app).credential(&admin.text).send().await;
        let mut found = Vec::new();
        costs_in(&answer.json, "", &mut found);
        shown_to_admin += u32::from(!found.is_empty());
    }
    assert_eq!(told, [] as [&str; 0]);
    assert!(answered > 40 && shown_to_admin > 5, "{answered} answers, {shown_to_admin} with costs");
}
