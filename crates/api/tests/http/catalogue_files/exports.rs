use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, sheets};

use super::{EXPORT, HOSES, IMPORT, IMPORTS, TEMPLATE, column, export, import, turn};

#[rstest]
#[tokio::test]
async fn a_template_has_a_sheet_for_each_type_and_imports_as_nothing(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for format in ["excel", "csv"] {
        let call = app.post(format!("{TEMPLATE}?format={format}")).credential(&shop.admin.text);
        let template = call.json(&json!({ "componentType": "all" })).expect(200).await;
        let all = sheets("x", &template.bytes);
        let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["hose", "crimpFitting", "ferrule", "adaptor", "wrap", "otherItem", "crimpData"]);
        assert_eq!(all[0].1[0][..4], ["_id", "partNumber", "brand", "size"]);
        assert!(
            all[0].1[1][1].starts_with("required; text of at most 100 characters. The maker's part number")
        );
        let nothing = import(&shop, "template.xlsx", &template.bytes, &[], 200).await.json;
        assert_eq!((&nothing["state"], &nothing["rows"]["total"]), (&json!("done"), &json!(0)));
    }
    let call = app.post(TEMPLATE).credential(&shop.admin.text).json(&json!({ "componentType": "wrap" }));
    let one = call.expect(200).await;
    assert_eq!(
        one.header("content-disposition"),
        "attachment; filename=\"wraps-template.xlsx\"; filename*=UTF-8''wraps-template.xlsx"
    );
}

#[rstest]
#[tokio::test]
async fn what_is_exported_imports_again_without_a_difference(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let fields: Json = serde_json::from_str(include_str!("../../../../hose/src/part/stored-1.json")).unwrap();
    for (item_type, create) in [
        ("hose", "hoses"),
        ("crimpFitting", "crimpfittings"),
        ("ferrule", "ferrules"),
        ("adaptor", "adaptors"),
        ("wrap", "wraps"),
        ("otherItem", "otheritems"),
    ] {
        let path = format!("/api/v1/{create}/create");
        let mut part = fields[item_type].clone();
        part["orgPartNumber"] = json!("=1+1");
        part["listPrice"] = json!(19.999_999);
        app.post(path).credential(&shop.admin.text).json(&part).expect(201).await;
        let workbook = export(&shop, item_type, "").await;
        let csv = export(&shop, item_type, "?format=csv&mark=1").await;
        let name = format!("{item_type}.csv");
        assert_eq!(sheets("x", &workbook.bytes)[0].1, sheets("x.csv", &csv.bytes)[0].1, "CSV equals Excel");
        for file in [&workbook.bytes, &csv.bytes] {
            let again = import(&shop, &name, file, &[], 200).await.json;
            assert_eq!(again["rows"]["same"], 1, "{again:#}");
            assert_eq!(again["changes"], json!([]));
            // Another shop gets the same part from it, without the ids.
        }
    }
}

#[rstest]
#[tokio::test]
async fn an_export_is_narrowed_by_ids_or_by_search(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await;
    let ids = column(&export(&shop, "hose", "").await, "_id");
    let wanted = |body: Json| app.post(EXPORT).credential(&shop.admin.text).json(&body);
    let body = json!({ "components": [null, ids[1]], "componentType": "hose", "selectAll": false });
    assert_eq!(column(&wanted(body).expect(200).await, "partNumber"), ["4SH-16"]);
    let body = json!({ "components": [], "componentType": "hose", "selectAll": 1, "search": { "partNumber": "2sn", "size": null } });
    assert_eq!(column(&wanted(body).expect(200).await, "partNumber"), ["2SN-08"]);
    let body = json!({ "components": [ids[0], "x"], "componentType": "hose", "selectAll": false });
    assert_eq!(wanted(body).expect(400).await.wrong_fields(), ["components[1]"]);
    let body = json!({ "components": [ids[0]], "componentType": "wrap", "selectAll": false });
    assert_eq!(wanted(body).expect(400).await.wrong_fields(), ["components[0]"]);
}

#[rstest]
#[tokio::test]
async fn crimp_data_goes_out_and_in_as_a_sheet(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let hoses = import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await.json;
    let rows = "hoseBrand,Hose Part Number,couplingSeries,couplingSeriesBrand,crimpDiam [mm],dieSize\n\
                Kestrel,4sh 16,K4,Kestrel,31.62 ±0.15,D31\n\
                Kestrel,2SN-08,K2,Kestrel,21.1,\n";
    let made = import(&shop, "crimpData.csv", rows.as_bytes(), &[], 200).await.json;
    assert_eq!(made["rows"]["create"], 2, "{made:#}");
    let sheet = async |query: &str| {
        let path = format!("/api/v1/components/crimpdata/export{query}");
        app.get(path).credential(&shop.admin.text).expect(200).await
    };
    let csv = sheet("?format=csv").await;
    let mut numbers = column(&csv, "hosePartNumber");
    numbers.sort_unstable();
    assert_eq!(numbers, ["2SN-08", "4SH-16"]);
    assert_eq!(sheets("x", &sheet("").await.bytes)[0].1, sheets("x", &csv.bytes)[0].1);
    let again = import(&shop, "crimpData.csv", &csv.bytes, &[], 200).await.json;
    assert_eq!(again["rows"]["same"], 2, "{again:#}");

    // Changed by what it is about, and undone.
    let second = "hoseBrand,hosePartNumber,couplingSeries,couplingSeriesBrand,dieSize\nKESTREL,4SH-16,k4,kestrel,<clear>\n\
                  Kestrel,2SN-08,K7,Kestrel,D1\n,X,K,Kestrel,\nKestrel,None,K,Kestrel,\n";
    let refused =
        app.post(IMPORT).credential(&shop.admin.text).upload("crimpData.csv", second.as_bytes(), &[]);
    assert_eq!(
        refused.expect(400).await.wrong_fields(),
        ["file", "crimpData!3", "crimpData!A4", "crimpData!B5"]
    );
    let second = second.lines().take(2).collect::<Vec<_>>().join("\n");
    let changed = import(&shop, "crimpData.csv", second.as_bytes(), &[], 200).await.json;
    assert_eq!(changed["changes"][0]["cells"][0]["old"], "D31");
    let refused = turn(&shop, &made["_id"], "undo", 409).await;
    assert!(refused.words().contains("Kestrel 4sh 16 of row 2 was changed since"), "{}", refused.words());
    turn(&shop, &hoses["_id"], "undo", 409).await;
    assert_eq!(turn(&shop, &changed["_id"], "undo", 200).await.json["state"], "undone");
    assert_eq!(sheet("?format=csv").await.bytes, csv.bytes);
}

#[rstest]
#[tokio::test]
async fn costs_are_for_those_who_may_see_costs(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let made = import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await.json;
    let key = shop
        .key_with(
            json!({ "name": "No costs", "scopes": "component:read,hose:read", "keyType": "full-access" }),
        )
        .await;
    let body = json!({ "componentType": "hose", "selectAll": true });
    let file = app.post(EXPORT).credential(&key.text).json(&body).expect(200).await;
    let header = &sheets("x", &file.bytes)[0].1[0];
    assert!(
        header.iter().any(|name| name == "listPrice") && !header.iter().any(|name| name == "cost"),
        "{header:?}"
    );
    let path = format!("{IMPORTS}/{}", made["_id"].as_str().unwrap());
    let seen = app.get(path.as_str()).credential(&key.text).expect(200).await.json;
    assert!(!seen.to_string().contains("12.5") && seen.to_string().contains("H-1"), "{seen}");
    app.get(format!("{path}/file")).credential(&key.text).expect(403).await;
    // Nor may parts of a type be exported by who may not see them.
    let body = json!({ "componentType": "wrap", "selectAll": true });
    app.post(EXPORT).credential(&key.text).json(&body).expect(403).await;
}
