//! The shared catalogue in its operator's hands: by the API that every organization has.

use std::time::Duration;

use database::Scope;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Engine, PICTURE, Postgres, Sqlite, TestApp, TestOrganization};
use usecases::organizations;

const SHARED: &str = "000000000000000000000000";

fn hose(number: &str) -> Json {
    json!({ "partNumber": number, "brand": "Kestrel", "size": "-08", "workingPressure": "350 bar" })
}

async fn get(shop: &TestOrganization<'_>, path: &str) -> Answer {
    shop.app().get(format!("/api/v1/{path}")).credential(&shop.admin.text).send().await
}

async fn post(shop: &TestOrganization<'_>, path: &str, body: &Json, status: u16) -> Json {
    let call = shop.app().post(format!("/api/v1/{path}")).credential(&shop.admin.text);
    call.json(body).expect(status).await.json
}

/// The numbers of the hoses that an organization is offered.
async fn hoses(shop: &TestOrganization<'_>) -> Vec<String> {
    let list = get(shop, "organization/hoses").await.json;
    let items = list["items"].as_array().unwrap_or_else(|| panic!("{list}"));
    items.iter().map(|item| item["partNumber"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[tokio::test]
async fn what_the_operator_changes_is_seen_by_all_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (operator, shop) = (app.operator().await, app.organization("Shop").await);
    let made = operator.part("hoses", &hose("KV2-08")).await;
    let (id, brand) = (made["_id"].as_str().unwrap(), made["brandId"].as_str().unwrap());
    let (path, update) = (format!("hose/{id}"), format!("organization/hose/{id}/update"));
    let seen = get(&shop, &path).await.json;
    assert_eq!((&seen["partNumber"], &seen["shared"]), (&json!("KV2-08"), &json!(true)));
    assert_eq!(hoses(&shop).await, ["KV2-08"]);
    // Its data and its brand are the operator's, and so is its number.
    post(&shop, &update, &json!({ "workingPressure": "400 bar" }), 403).await;
    post(&shop, &format!("hoses/{id}/delete"), &json!({}), 403).await;
    post(&shop, &format!("brand/{brand}/update"), &json!({ "website": "https://shop.example" }), 403).await;
    post(&shop, "hoses/create", &hose("kv2.08"), 409).await;
    // What a shop says of it is no concern of the operator's.
    post(&shop, &update, &json!({ "orgPartNumber": "H 1", "cost": 3 }), 200).await;
    let row = json!({ "couplingSeriesBrand": "Kestrel", "couplingSeries": "K1", "crimpDiam": "20.5 mm" });
    let change = json!({ "workingPressure": "400 bar", "crimpSpecs": [row] });
    let changed = post(&operator, &update, &change, 200).await;
    assert_eq!((&changed["orgPartNumber"], &changed["cost"]), (&Json::Null, &Json::Null));
    let seen = get(&shop, &path).await.json;
    assert_eq!((&seen["workingPressure"]["value"], &seen["cost"]), (&json!(400), &json!(3)));
    let specs = get(&shop, &format!("{path}/crimpspecs")).await.json;
    assert_eq!((&specs["total"], &specs["items"][0]["shared"]), (&json!(1), &json!(true)), "{specs}");
    // A picture of theirs is everybody's.
    operator.bring(&format!("image/{id}?name=Hose"), PICTURE).expect(201).await;
    assert_eq!(get(&shop, &format!("image/{id}")).await.status, 200);
    post(&shop, "image/Hose/delete", &json!({}), 403).await;
    // What is the shop's own stays its own.
    let own = shop.part("hoses", &hose("OWN-08")).await;
    assert_eq!(get(&operator, &format!("hose/{}", own["_id"].as_str().unwrap())).await.status, 404);
    assert_eq!(hoses(&operator).await, ["KV2-08"]);
    post(&operator, &format!("hoses/{id}/delete"), &json!({}), 200).await;
    assert_eq!((get(&shop, &path).await.status, hoses(&shop).await), (404, vec!["OWN-08".to_owned()]));
}

#[rstest]
#[tokio::test]
async fn the_operator_keeps_a_picture_that_a_shop_uses(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (operator, shop) = (app.operator().await, app.organization("Corner Shop").await);
    let shared = operator.part("hoses", &hose("KV2-08")).await;
    let own = shop.part("hoses", &json!({ "partNumber": "OWN", "brand": "Own", "size": "-08" })).await;
    let id = |of: &Json, field: &str| of[field].as_str().unwrap().to_owned();
    operator.bring("images?name=H%C3%B6se", PICTURE).expect(201).await;
    let delete = async |status| post(&operator, "image/H%C3%B6se/delete", &json!({}), status).await;
    for (path, field) in [
        (format!("organization/hose/{}/update", id(&shared, "_id")), "imageName"),
        (format!("organization/hose/{}/update", id(&own, "_id")), "imageName"),
        (format!("brand/{}/update", id(&own, "brandId")), "imageName"),
        ("organization/update".to_owned(), "logoImageName"),
    ] {
        post(&shop, &path, &json!({ field: "HÖSE" }), 200).await;
        let refused = delete(409).await["message"].clone();
        assert_eq!(refused, json!("The picture \"Höse\" is used by another organization."), "{path}");
        // A picture of its own of that name is the one that it means.
        shop.bring("images?name=H%C3%B6se", PICTURE).expect(201).await;
        delete(200).await;
        operator.bring("images?name=H%C3%B6se", PICTURE).expect(201).await;
        post(&shop, &path, &json!({ field: null }), 200).await;
        post(&shop, "image/H%C3%B6se/delete", &json!({}), 200).await;
    }
    // Who repeats a deletion is answered as the first time.
    let again = || {
        let call = app.post("/api/v1/image/H%C3%B6se/delete").credential(&operator.admin.text);
        call.header("idempotency-key", "once")
    };
    again().expect(200).await;
    again().expect(200).await;
}

#[rstest]
#[tokio::test]
async fn the_operator_imports_files_into_the_shared_catalogue(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (operator, shop) = (app.operator().await, app.organization("Shop").await);
    let import = async |whose: &TestOrganization<'_>, file: &str, status| {
        let call = app.post("/api/v1/components/import").credential(&whose.admin.text);
        call.upload("hose.csv", file.as_bytes(), &[]).expect(status).await.json
    };
    let first = "partNumber,brand,size\nKV2-08,Kestrel,-08\nKV2-10,Kestrel,-10\n";
    let made = import(&operator, first, 200).await;
    assert_eq!(made["rows"]["applied"], json!(2), "{made}");
    assert_eq!(hoses(&shop).await, ["KV2-08", "KV2-10"]);
    // A shop's file says of them what is the shop's.
    let said = import(&shop, "partNumber,brand,orgPartNumber\nkv2.08,Kestrel,H-1\n", 200).await;
    assert_eq!(said["rows"]["applied"], json!(1), "{said}");
    let changed = import(&operator, "partNumber,brand,size,tube\nKV2-08,Kestrel,-08,NBR\n", 200).await;
    assert_eq!(changed["rows"]["applied"], json!(1), "{changed}");
    let seen = get(&shop, "hose/H-1").await.json;
    assert_eq!((&seen["partNumber"], &seen["tube"]), (&json!("KV2-08"), &json!("NBR")), "{seen}");
    let id = changed["_id"].as_str().unwrap();
    assert_eq!(get(&shop, &format!("components/imports/{id}")).await.status, 404);
    post(&operator, &format!("components/imports/{id}/undo"), &json!({}), 200).await;
    assert_eq!(get(&shop, "hose/H-1").await.json["tube"], Json::Null);
}

#[rstest]
#[tokio::test]
async fn the_operator_signs_in_and_makes_keys_and_users(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (operator, shop) = (app.operator().await, app.organization("Shop").await);
    let login = |organization: &str| {
        let body = json!({
            "email": operator.email, "password": operator.password, "organizationId": organization,
        });
        app.post("/security/v1/login").json(&body)
    };
    login(&shop.id.to_string()).expect(401).await;
    let session = login(SHARED).expect(200).await.json;
    assert_eq!((&session["organizationId"], &session["user"]["roles"]), (&json!(SHARED), &json!(["admin"])));
    let session = session["token"].as_str().unwrap();
    app.post("/api/v1/hoses/create").credential(session).json(&hose("KV2-08")).expect(201).await;
    let reader = operator.key("read-only").await;
    app.post("/api/v1/hoses/create").credential(&reader.text).json(&hose("KV2-10")).expect(403).await;
    let token = app.token(&operator.key("full-access").await).await;
    app.post("/api/v1/hoses/create").credential(&token).json(&hose("KV2-12")).expect(201).await;
    operator.invited().await;
    assert_eq!(hoses(&shop).await, ["KV2-08", "KV2-12"]);
    // Its calls are forgotten as everybody's are.
    app.write_history().await;
    let path = format!("organization/api/history?apiKeyId={}", reader.id);
    let calls = async || get(&operator, &path).await.json;
    assert_eq!(calls().await["total"], json!(1));
    app.pass(Duration::from_hours(24 * 91));
    app.history.forget_old().await.unwrap();
    assert_eq!(calls().await["total"], json!(0));
}

#[rstest]
#[tokio::test]
async fn the_shared_catalogue_is_no_organization_to_anybody_else(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let is_any = async || app.database.read(Scope::System, organizations::any).await.unwrap();
    let nobody = json!({ "email": "operator@swage.example", "password": "x", "organizationId": SHARED });
    let before = app.post("/security/v1/login").json(&nobody).expect(401).await.json;
    let operator = app.operator().await;
    assert!(!is_any().await);
    let wrong = app.post("/security/v1/login").json(&nobody).expect(401).await.json;
    assert_eq!(wrong["message"], before["message"]);
    let by_letters =
        json!({ "email": "operator@swage.example", "password": "x", "organizationId": "catalogs" });
    app.post("/security/v1/login").json(&by_letters).expect(400).await;

    let shop = app.organization("Shop").await;
    assert!(is_any().await);
    let own = app.get("/api/organizations/1/api-keys").credential(&shop.admin.text).expect(200).await.json;
    assert_eq!(own["result"].as_array().map(Vec::len), Some(1), "{own}");
    for name in ["0", "catalogs", SHARED] {
        for path in ["api-keys", "projects"] {
            let path = format!("/api/organizations/{name}/{path}");
            app.get(&path).credential(&shop.admin.text).expect(404).await;
            app.get(&path).credential(&operator.admin.text).expect(200).await;
        }
        for project in [format!("/api/projects/{name}"), format!("/api/v1/image/{name}")] {
            app.get(project).credential(&shop.admin.text).expect(404).await;
        }
        let body = json!({ "name": "Key", "organizationId": name });
        let role = app.post("/api/roles").credential(&shop.admin.text);
        assert_ne!(role.json(&body).send().await.status, 200);
    }
    // Nor is another organization the operator's.
    for name in ["1", &shop.public_id, &shop.id.to_string()] {
        let path = format!("/api/organizations/{name}/api-keys");
        app.get(path).credential(&operator.admin.text).expect(404).await;
    }
    let theirs = get(&operator, "organization/users").await.json;
    assert_eq!(theirs["total"], json!(1));
}
