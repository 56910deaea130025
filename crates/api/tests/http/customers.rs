//! What customers are offered, and what they are not.

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp};

#[rstest]
#[tokio::test]
async fn a_customer_does_not_open_what_is_not_available(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let customer = shop.key("customer").await;
    let status = async |credential: &str, path: &str| {
        app.get(format!("/api/v1/{path}")).credential(credential).send().await.status
    };
    let said = json!({ "available": false, "orgPartNumber": "OURS" });
    let hidden = |fields: Json| {
        let mut all = said.clone();
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        all
    };
    let row = json!({ "couplingSeriesBrand": "One", "couplingSeries": "K1", "ferruleBrand": "One",
        "ferrulePartNumber": "FE-8", "crimpDiam": "20.5 mm" });
    let hose = hidden(json!({ "partNumber": "H-8", "brand": "One", "size": 8, "crimpSpecs": [row] }));
    let hose = shop.part("hoses", &hose).await["_id"].clone();
    let hose = hose.as_str().unwrap();
    let open = json!({ "partNumber": "H-9", "brand": "One", "size": 8, "crimpSpecs": [row] });
    let open = shop.part("hoses", &open).await["_id"].clone();
    let fitting = json!({ "partNumber": "F-8", "brand": "One", "series": "K1", "hoseSize": 8 });
    let fitting = shop.part("crimpfittings", &fitting).await["_id"].clone();
    let ferrule = json!({ "partNumber": "FE-8", "brand": "One", "size": 8, "available": false });
    let ferrule = shop.part("ferrules", &ferrule).await["_id"].clone();
    let adaptor = |number: &str, brand: &str, available: bool| {
        let end = json!({ "style": "JIC", "gender": "male", "dashSize": 8 });
        json!({ "partNumber": number, "brand": brand, "shape": "straight", "ends": [end.clone(), end],
            "crossReference": 1, "available": available })
    };
    let adaptors = [("A-1", "One", true), ("A-2", "Two", false)];
    for (number, brand, available) in adaptors {
        shop.part("adaptors", &adaptor(number, brand, available)).await;
    }
    let for_both = format!("hoseId={}&crimpfittingId={}", open.as_str().unwrap(), fitting.as_str().unwrap());
    let ways = [
        (format!("hose/{hose}"), 404),
        ("hose/OURS".to_owned(), 404),
        (format!("item/{hose}"), 404),
        (format!("hose/{hose}/crimpspecs"), 404),
        (format!("organization/couplingseries?hoseId={hose}"), 400),
        (format!("organization/crimpfittingswithferrules?hoseId={hose}"), 400),
        (format!("ferrule/{}", ferrule.as_str().unwrap()), 404),
        ("organization/ferrule?partNumber=FE-8".to_owned(), 404),
        (format!("organization/ferrule?{for_both}"), 404),
    ];
    for (path, refused) in &ways {
        assert_eq!(status(&customer.text, path).await, *refused, "{path}");
        assert_eq!(status(&shop.admin.text, path).await, 200, "{path}");
    }
    let crossed = async |credential: &str, number: &str| {
        let path = format!("/api/v1/adaptors/cross?partNumber={number}");
        let answer = app.get(path).credential(credential).expect(200).await.json;
        answer["items"].as_array().unwrap_or_else(|| panic!("{answer}")).len()
    };
    for number in ["A-1", "A-2"] {
        assert_eq!(crossed(&customer.text, number).await, 0, "{number}");
        assert_eq!(crossed(&shop.admin.text, number).await, 1, "{number}");
    }
    // What waits for approval is in no list either.
    let waits = format!("item/{}", shop.pending_part("NEW").await);
    assert_eq!((status(&customer.text, &waits).await, status(&shop.admin.text, &waits).await), (404, 200));
    // Offered again, it is found again.
    let update = app.post(format!("/api/v1/organization/hose/{hose}/update")).credential(&shop.admin.text);
    update.json(&json!({ "available": true })).expect(200).await;
    for (path, _) in &ways[..6] {
        assert_eq!(status(&customer.text, path).await, 200, "{path}");
    }
}
