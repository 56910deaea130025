use rstest::rstest;
use serde_json::json;
use testkit::{Engine, Postgres, Sqlite, TestApp};

use super::{HOSES, column, export, import};

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
    let lacking = async |query: &str| {
        let path = format!("/api/v1/components/withoutcrimpdata{query}");
        let list = app.get(path).credential(&shop.admin.text).expect(200).await.json;
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["partNumber"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
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
