//! Pictures: the library, those of one record, and what is no picture.

use std::time::Duration;

use keys::SystemRole;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Engine, PICTURE, Postgres, Sqlite, TestApp, TestOrganization};

/// A PNG of four pixels by two, all of one grey.
fn png(grey: u8) -> Vec<u8> {
    let mut row = vec![0u8];
    row.extend([grey; 4]);
    let rows = [row.clone(), row].concat();
    // Stored, not deflated: the length and its complement, then the bytes and Adler-32.
    let length = u16::try_from(rows.len()).unwrap();
    let mut data = vec![0x78, 0x01, 0x01];
    data.extend(length.to_le_bytes());
    data.extend((!length).to_le_bytes());
    data.extend(&rows);
    let (a, b) = rows.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (a + b) % 65_521)
    });
    data.extend((b << 16 | a).to_be_bytes());
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [
        (b"IHDR", &[0, 0, 0, 4, 0, 0, 0, 2, 8, 0, 0, 0, 0][..]),
        (b"tEXt", b"Author\0a name that stays here"),
        (b"IDAT", &data),
        (b"IEND", b""),
    ] {
        let named = [&kind[..], data].concat();
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(&named);
        bytes.extend(crc32(&named).to_be_bytes());
    }
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}

async fn get(shop: &TestOrganization<'_>, what: &str) -> Answer {
    shop.app().get(format!("/api/v1/image/{what}")).credential(&shop.admin.text).send().await
}

#[rstest]
#[tokio::test]
async fn a_picture_is_brought_shown_replaced_and_removed(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let brought = shop.bring("images?name=Elbow%2090", &png(10)).expect(201).await;
    let image = &brought.json;
    assert_eq!((&image["name"], &image["contentType"]), (&json!("Elbow 90"), &json!("image/png")));
    assert_eq!((&image["width"], &image["height"], &image["belongsTo"]), (&json!(4), &json!(2), &Json::Null));
    assert_eq!(brought.header("etag"), "\"1\"");

    // By name, however it is written, and by id; whole and small.
    let id = image["_id"].as_str().unwrap();
    for name in ["Elbow%2090", "elbow%2090", id] {
        let shown = get(&shop, name).await;
        assert_eq!((shown.status, shown.header("content-type")), (200, "image/png"));
        assert_eq!(shown.header("etag"), format!("\"{}\"", image["contentHash"].as_str().unwrap()));
        assert!(!shown.bytes.windows(6).any(|window| window == b"Author"), "metadata is not kept");
    }
    let small = get(&shop, &format!("{id}?size=thumb")).await;
    assert_eq!((small.status, small.header("content-type")), (200, "image/png"));
    assert_eq!(get(&shop, &format!("{id}?size=huge")).await.status, 400);

    // Replaced under the same name: the same picture by id, another content.
    app.clock.advance(Duration::from_secs(1));
    let replaced = shop.bring("images?name=ELBOW%2090", &png(200)).expect(200).await;
    assert_eq!((&replaced.json["_id"], &replaced.json["rev"]), (&image["_id"], &json!(2)));
    assert_ne!(replaced.json["contentHash"], image["contentHash"]);

    let list = app.get("/api/v1/images?search=elbow").credential(&shop.admin.text).expect(200).await;
    assert_eq!((&list.json["total"], &list.json["items"][0]), (&json!(1), &replaced.json));
    let none = app.get("/api/v1/images?search=straight").credential(&shop.admin.text).expect(200).await;
    assert_eq!(none.json["total"], 0);

    let delete = || app.post(format!("/api/v1/image/{id}/delete")).credential(&shop.admin.text);
    delete().header("if-match", "\"1\"").expect(409).await;
    app.clock.advance(Duration::from_secs(1));
    let deleted = delete().expect(200).await;
    assert_eq!(deleted.json, json!("The picture \"ELBOW 90\" was deleted."));
    delete().expect(404).await;
    assert_eq!(get(&shop, id).await.status, 404);
    let actions: Vec<_> = app.audit(shop.id, id).await.into_iter().map(|row| row.action).collect();
    assert_eq!(actions, ["create", "update", "delete"]);
}

#[rstest]
#[tokio::test]
async fn a_picture_that_the_caller_has_is_not_sent_again(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    shop.bring("images?name=clamp", &png(1)).expect(201).await;
    let again = |path: &'static str, tag: String| {
        app.get(path).credential(&shop.admin.text).header("if-none-match", &tag).send()
    };
    let whole = get(&shop, "clamp").await;
    let small = get(&shop, "clamp?size=thumb").await;
    assert_ne!(whole.header("etag"), small.header("etag"));
    assert_eq!(whole.header("cache-control"), "private, no-cache");
    for (path, shown) in [("/api/v1/image/clamp", &whole), ("/api/v1/image/clamp?size=thumb", &small)] {
        let tag = shown.header("etag").to_owned();
        for tag in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let unchanged = again(path, tag).await;
            assert_eq!((unchanged.status, unchanged.bytes.len()), (304, 0));
            assert_eq!(unchanged.header("etag"), shown.header("etag"));
        }
    }
    // One is not the other, and a replaced picture is seen at once.
    assert_eq!(again("/api/v1/image/clamp", small.header("etag").to_owned()).await.status, 200);
    shop.bring("images?name=clamp", &png(2)).expect(200).await;
    assert_eq!(again("/api/v1/image/clamp", whole.header("etag").to_owned()).await.status, 200);
}

#[rstest]
#[tokio::test]
async fn the_logo_is_the_picture_of_the_organization(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let organization = shop.id.to_string();
    assert_eq!(get(&shop, &organization).await.status, 404);
    // One of the library that the settings name.
    let logo = shop.bring("images?name=Logo", PICTURE).expect(201).await.json;
    let settings = app.post("/api/v1/organization/update").credential(&shop.admin.text);
    settings.json(&json!({ "logoImageName": "logo" })).expect(200).await;
    let shown = get(&shop, &organization).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, "image/svg+xml"));
    let id = logo["_id"].as_str().unwrap();
    let refused =
        app.post(format!("/api/v1/image/{id}/delete")).credential(&shop.admin.text).expect(409).await;
    assert!(refused.words().contains("is the logo of the organization"), "{}", refused.words());
    // One that is brought for it stands before that.
    let own = shop.bring(&format!("image/{organization}"), &png(9)).expect(201).await.json;
    assert_eq!((&own["belongsTo"], &own["name"]), (&json!(organization), &json!(organization)));
    assert_eq!(get(&shop, &organization).await.header("content-type"), "image/png");
    let named = shop.bring(&format!("image/{organization}?name=Our%20logo"), &png(8)).expect(200).await.json;
    assert_eq!((&named["_id"], &named["name"]), (&own["_id"], &json!("Our logo")));
    shop.bring(&format!("image/{organization}?name=LOGO"), &png(8)).expect(409).await;
    app.post(format!("/api/v1/image/{organization}/delete")).credential(&shop.admin.text).expect(200).await;
    assert_eq!(get(&shop, &organization).await.header("content-type"), "image/svg+xml");
    // What is no record of the shop's has no picture.
    shop.bring("image/64d1f0c2a5b3e4f5a6b7c8d9", PICTURE).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn a_picture_may_come_in_a_form_and_once_for_each_key(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let form = |name: &str, bytes: &[u8]| {
        let head =
            format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x.exe\"\r\n\r\n");
        [head.as_bytes(), bytes, b"\r\n--cut--\r\n"].concat()
    };
    let send = |kind: &str, body: Vec<u8>| {
        let call = app.post("/api/v1/images?name=form").credential(&shop.admin.text);
        call.body(kind, body)
    };
    let kind = "multipart/form-data; boundary=cut";
    let first = send(kind, form("file", PICTURE)).header("idempotency-key", "once").expect(201).await;
    let again = send(kind, form("file", PICTURE)).header("idempotency-key", "once").expect(201).await;
    assert_eq!((first.json, again.header("idempotent-replayed")), (again.json.clone(), "true"));
    for (kind, body, field) in [
        (kind, form("picture", PICTURE), "file"),
        (kind, form("file", b""), "file"),
        (kind, b"--cut\r\nrubbish".to_vec(), ""),
        ("multipart/form-data", form("file", PICTURE), "Content-Type"),
        ("image/png", Vec::new(), "file"),
        ("image/png", b"GIF89a".to_vec(), "file"),
    ] {
        assert_eq!(send(kind, body).expect(400).await.wrong_fields(), [field], "{kind}");
    }
    send("application/json", b"{}".to_vec()).expect(415).await;
    send("image/png", vec![0; 8 * 1024 * 1024 + 1]).expect(413).await;
    shop.bring("images", PICTURE).expect(400).await;
    shop.bring("images?name=%0A", PICTURE).expect(400).await;
}

#[rstest]
#[tokio::test]
async fn an_svg_does_nothing_when_it_is_opened(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let hostile = br#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="alert(1)">
        <script>alert(2)</script><rect width="9" height="9" onclick="alert(3)"/></svg>"#;
    shop.bring("images?name=hostile.png", hostile).expect(201).await;
    let shown = get(&shop, "hostile.png").await;
    assert_eq!(shown.header("content-type"), "image/svg+xml");
    assert!(!String::from_utf8_lossy(&shown.bytes).contains("alert"));
    assert!(shown.header("content-security-policy").starts_with("sandbox; default-src 'none'"));
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    let words = br#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>1/2"</text></svg>"#;
    let refused = shop.bring("images?name=words", words).expect(400).await;
    assert!(refused.words().contains("turn it into outlines"), "{}", refused.words());
}

#[rstest]
#[tokio::test]
async fn a_customer_sees_pictures_and_changes_none(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let id = shop.picture().await;
    let customer = shop.key("customer").await.text;
    app.get(format!("/api/v1/image/{id}")).credential(&customer).expect(200).await;
    app.post("/api/v1/images?name=x").credential(&customer).body("image/png", PICTURE).expect(403).await;
    app.post(format!("/api/v1/image/{id}/delete")).credential(&customer).expect(403).await;
    let (email, password) = shop.user(SystemRole::Regular).await;
    let body = json!({ "email": email, "password": password });
    let session = app.post("/security/v1/login").json(&body).expect(200).await.json["token"].clone();
    let session = session.as_str().unwrap();
    app.post("/api/v1/images?name=x").credential(session).body("image/png", PICTURE).expect(201).await;
    // Another shop's picture is not found, and its name is free.
    assert_eq!(get(&other, &id).await.status, 404);
    app.post(format!("/api/v1/image/{id}/delete")).credential(&other.admin.text).expect(404).await;
    other.bring("images?name=x", PICTURE).expect(201).await;
}

#[rstest]
#[tokio::test]
async fn a_part_shows_its_own_picture_or_the_one_that_it_names(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let hose = json!({ "partNumber": "H-8", "brand": "One", "size": "-08", "imageName": "Hose" });
    let hose = shop.part("hoses", &hose).await;
    let id = hose["_id"].as_str().unwrap();
    assert_eq!(get(&shop, id).await.status, 404);
    // The picture that it names, once there is one.
    let named = shop.bring("images?name=hose", &png(1)).expect(201).await.json;
    let etag = |image: &Json| format!("\"{}\"", image["contentHash"].as_str().unwrap());
    assert_eq!(get(&shop, id).await.header("etag"), etag(&named));
    // What names a picture keeps it.
    let delete = |what: &str| app.post(format!("/api/v1/image/{what}/delete")).credential(&shop.admin.text);
    let refused = delete("hose").expect(409).await;
    assert!(refused.words().contains("is used: H-8"), "{}", refused.words());
    // One that was brought for the part itself stands before it.
    let own = shop.bring(&format!("image/{id}?name=This%20hose"), &png(2)).expect(201).await.json;
    assert_eq!((&own["belongsTo"], get(&shop, id).await.header("etag")), (&json!(id), etag(&own).as_str()));
    delete(id).expect(200).await;
    assert_eq!(get(&shop, id).await.header("etag"), etag(&named));
    // A brand may have one too.
    let brand = hose["brandId"].as_str().unwrap_or_else(|| panic!("{hose}"));
    shop.bring(&format!("image/{brand}"), PICTURE).expect(201).await;
    assert_eq!(get(&shop, brand).await.status, 200);
    // To another shop none of them is there.
    assert_eq!(get(&other, id).await.status, 404);
    other.bring(&format!("image/{id}"), PICTURE).expect(404).await;
    other.bring(&format!("image/{brand}"), PICTURE).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn a_picture_is_kept_by_all_that_name_it_however_they_write_it(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let post = async |path: &str, body: &Json, status: u16| {
        let call = app.post(format!("/api/v1/{path}")).credential(&shop.admin.text);
        call.json(body).expect(status).await
    };
    let names = |name: Json| json!({ "imageName": name });
    let shared = json!({ "partNumber": "S-8", "brand": "One", "size": "-08" });
    let shared = shop.shared_part("hoses", shared).await;
    let hose = json!({ "partNumber": "H-8", "brand": "Two", "size": "-08" });
    let hose = shop.part("hoses", &hose).await;
    let (part, brand) = (hose["_id"].as_str().unwrap(), hose["brandId"].as_str().unwrap());
    let id = shop.bring("images?name=%C3%89lbow%20%C3%96l", &png(1)).expect(201).await.json["_id"].clone();
    let delete = format!("image/{}/delete", id.as_str().unwrap());
    for (path, place) in [
        (format!("organization/hose/{part}/update"), "H-8"),
        (format!("brand/{brand}/update"), "Two"),
        (format!("organization/hose/{shared}/update"), shared.as_str()),
    ] {
        post(&path, &names(json!("ÉLBOW ÖL")), 200).await;
        let refused = post(&delete, &json!({}), 409).await;
        assert!(refused.words().contains(&format!("is used: {place}")), "{}", refused.words());
        post(&path, &names(Json::Null), 200).await;
    }
    // What is gone keeps no picture.
    post(&format!("organization/hose/{part}/update"), &names(json!("élbow öl")), 200).await;
    post(&delete, &json!({}), 409).await;
    post(&format!("hoses/{part}/delete"), &json!({}), 200).await;
    post(&delete, &json!({}), 200).await;
}
