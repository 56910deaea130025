use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, TestOrganization};

use super::{HOSES, column, export, import};

/// The numbers of a page of the worklist.
async fn lacking(shop: &TestOrganization<'_>, query: &str) -> Vec<String> {
    let path = format!("/api/v1/components/withoutcrimpdata{query}");
    let list = shop.app().get(path).credential(&shop.admin.text).expect(200).await.json;
    let number = |item: &Json| item["partNumber"].as_str().unwrap().to_owned();
    list["items"].as_array().unwrap().iter().map(number).collect()
}

#[rstest]
#[tokio::test]
async fn the_worklist_shows_hoses_and_fittings_without_crimp_data(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await;
    let fittings = "partNumber,brand,hoseSize,series\nF-16,Kestrel,-16,K4\nF-08,Kestrel,-08,K4\n";
    import(&shop, "crimpFitting.csv", fittings.as_bytes(), &[], 200).await;
    let lacking = async |query: &str| lacking(&shop, query).await;
    assert_eq!(lacking("").await, ["2SN-08", "4SH-16"]);
    assert_eq!(lacking("?componentType=crimpFitting").await, ["F-08", "F-16"]);
    let hoses = column(&export(&shop, "hose", "").await, "_id");
    let crimped = json!({ "crimpSpecs": [{ "couplingSeries": "k4", "couplingSeriesBrand": "KESTREL", "crimpDiam": "31.6 mm" }] });
    let path = format!("/api/v1/organization/hose/{}/update", hoses[1]);
    app.post(path).credential(&shop.admin.text).json(&crimped).expect(200).await;
    assert_eq!(lacking("").await, ["2SN-08"]);
    assert_eq!(lacking("?componentType=crimpFitting").await, ["F-08"]);

    // The same with more series than are looked up one by one.
    let series = |n: usize| format!("A-{n:03}-08,Kestrel,-08,S{n:03}\n");
    let many: String = (0..210).map(series).collect();
    let fittings = format!("partNumber,brand,hoseSize,series\n{many}Z-odd,Kestrel,odd,K4\n");
    import(&shop, "crimpFitting.csv", fittings.as_bytes(), &[], 200).await;
    let all = lacking("?componentType=crimpFitting&limit=1000").await;
    assert_eq!((all.len(), all[210..].to_vec()), (212, vec!["F-08".to_owned(), "Z-odd".to_owned()]));
    assert_eq!(lacking("?componentType=crimpFitting&limit=10&page=22").await, ["F-08", "Z-odd"]);
    for id in column(&export(&shop, "crimpFitting", "").await, "_id").iter().take(100) {
        let path = format!("/api/v1/crimpfittings/{id}/delete");
        app.post(path).credential(&shop.admin.text).expect(200).await;
    }
    let all = lacking("?componentType=crimpFitting&limit=1000").await;
    assert_eq!((all.len(), all[110..].to_vec()), (112, vec!["F-08".to_owned(), "Z-odd".to_owned()]));
    app.get("/api/v1/components/withoutcrimpdata?componentType=wrap")
        .credential(&shop.admin.text)
        .expect(400)
        .await;
}

/// What is for no size of hose can have no crimp data, and for a series of signs alone there is none.
const WITHOUT_ANY: [&str; 2] = ["Z-odd", "Z-signs"];

#[rstest]
#[tokio::test]
async fn the_worklist_follows_crimp_data_that_moves_and_goes(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (shop, other) = (app.organization("Shop").await, app.organization("Other").await);
    let hose = shop.shared_part("hoses", json!({ "partNumber": "H", "brand": "Ørn", "size": "-08" })).await;
    for (number, series, size) in [("K-08", "K", "-08"), ("K-10", "K", "-10"), ("L-08", "L", "-08")] {
        let fitting = json!({ "partNumber": number, "brand": "Ørn", "series": series, "hoseSize": size });
        shop.shared_part("crimpfittings", fitting).await;
    }
    for (number, series, size) in [("Z-odd", "K", "odd"), ("Z-signs", "--", "-08")] {
        let fitting = json!({ "partNumber": number, "brand": "Ørn", "series": series, "hoseSize": size });
        shop.shared_part("crimpfittings", fitting).await;
    }
    let own = shop.part("hoses", &json!({ "partNumber": "Own", "brand": "Ørn", "size": "-08" })).await;
    let own = own["_id"].as_str().unwrap();
    let says = async |hose: &str, change: Json| {
        let path = format!("/api/v1/organization/hose/{hose}/update");
        app.post(path).credential(&shop.admin.text).json(&change).expect(200).await;
    };
    let of = |series: &str, ferrule: &str| {
        json!({
            "couplingSeriesBrand": "ørn", "couplingSeries": series,
            "ferruleBrand": "Ørn", "ferrulePartNumber": ferrule, "crimpDiam": "20.3 mm",
        })
    };
    let is_lacking = async |hoses: &[&str], fittings: &[&str]| {
        assert_eq!(lacking(&shop, "").await, hoses);
        assert_eq!(lacking(&shop, "?componentType=crimpFitting").await, [fittings, &WITHOUT_ANY].concat());
    };
    is_lacking(&["H", "Own"], &["K-08", "K-10", "L-08"]).await;

    // What one says of a shared hose is so for nobody else.
    says(&hose, json!({ "crimpSpecs": [of("K", "1"), of("K", "2"), of("L", "1")] })).await;
    is_lacking(&["Own"], &["K-10"]).await;
    assert_eq!(lacking(&other, "").await, ["H"]);
    let all = [&["K-08", "K-10", "L-08"][..], &WITHOUT_ANY].concat();
    assert_eq!(lacking(&other, "?componentType=crimpFitting").await, all);

    // Of two rows for a series one goes, then the other.
    says(&hose, json!({ "crimpSpecs": [of("K", "1"), of("L", "1")] })).await;
    is_lacking(&["Own"], &["K-10"]).await;
    says(&hose, json!({ "crimpSpecs": [of("L", "1")] })).await;
    is_lacking(&["Own"], &["K-08", "K-10"]).await;

    // The row of a hose that gets another size is for other fittings.
    says(own, json!({ "crimpSpecs": [of("K", "1")] })).await;
    is_lacking(&[], &["K-10"]).await;
    says(own, json!({ "size": "-10", "crimpSpecs": [of("K", "1")] })).await;
    is_lacking(&[], &["K-08"]).await;
    says(own, json!({ "crimpSpecs": null })).await;
    says(&hose, json!({ "crimpSpecs": null })).await;
    is_lacking(&["H", "Own"], &["K-08", "K-10", "L-08"]).await;

    // The same with more hoses than are looked up.
    let one = |n: usize| format!("A-{n:04},Ørn,-08\n");
    let many: String = (0..1005).map(one).collect();
    import(&shop, "hose.csv", format!("partNumber,brand,size\n{many}").as_bytes(), &[], 200).await;
    assert_eq!(lacking(&shop, "?limit=3&page=335").await, ["A-1002", "A-1003", "A-1004"]);
    assert_eq!(lacking(&shop, "?limit=3&page=336").await, ["H", "Own"]);
    says(own, json!({ "crimpSpecs": [of("K", "1")] })).await;
    assert_eq!(lacking(&shop, "?limit=3&page=336").await, ["H"]);
}
