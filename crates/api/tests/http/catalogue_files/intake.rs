use std::time::Duration;

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, excel};

use super::{HOSES, IMPORT, IMPORTS, column, export, import};

#[rstest]
#[tokio::test]
async fn a_file_makes_parts_and_a_second_one_changes_them(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let made = import(&shop, "hoses.csv", HOSES.as_bytes(), &[("componentType", "hose")], 200).await.json;
    assert_eq!(made["state"], "done");
    assert_eq!(
        made["rows"],
        json!({ "total": 2, "applied": 2, "create": 2, "update": 0, "same": 0, "wrong": 0 })
    );
    assert_eq!(made["changes"][0]["cells"][3]["new"], "5800 psi");
    let answer = export(&shop, "hose", "").await;
    assert_eq!(column(&answer, "workingPressure"), ["350 bar", "5800 psi"]);
    assert_eq!(column(&answer, "standards"), ["", "EN 856 4SH; ISO 3862"]);
    assert_eq!(column(&answer, "cost"), ["", "12.5"]);

    // By brand and number, however it is typed; a blank cell leaves, the mark clears.
    let second = "PART NUMBER,Brand,cost,working_pressure,orgPartNumber\n4sh 16,KESTREL,,<clear>,H-2\n";
    let changed = import(&shop, "hose.csv", second.as_bytes(), &[], 200).await.json;
    assert_eq!(changed["rows"]["update"], 1);
    let cells: Vec<_> = changed["changes"][0]["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (&c["field"], &c["old"], &c["new"]))
        .collect();
    assert_eq!(
        cells,
        [
            (&json!("workingPressure"), &json!("5800 psi"), &Json::Null),
            (&json!("orgPartNumber"), &json!("H-1"), &json!("H-2"))
        ]
    );
    let answer = export(&shop, "hose", "").await;
    assert_eq!(column(&answer, "workingPressure"), ["350 bar", ""]);
    assert_eq!(column(&answer, "cost"), ["", "12.5"]);
    assert_eq!(column(&answer, "partNumber"), ["2SN-08", "4SH-16"]);
}

#[rstest]
#[tokio::test]
async fn a_look_tells_every_error_by_its_cell_and_changes_nothing(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let file = excel(&[
        (
            "hose",
            &[
                &["partNumber", "brand", "size", "workingPressure", "layers", "supplier"],
                &["A-1", "Kestrel", "-08", "350 bananas", "2.5", "Nobody"],
                &["A-2", "Kestrel", "", "350 bar"],
                &["A-3", "", "-08"],
                &["A-4", "Kestrel", "-08"],
                &["a 4", "KESTREL", "-10"],
            ],
        ),
        ("crimpFitting", &[&["partNumber", "colour"], &["B-1"]]),
        ("Notes", &[&["anything"]]),
    ]);
    let look = import(&shop, "parts.xlsx", &file, &[("dryRun", "true")], 200).await.json;
    assert_eq!(look["state"], "checked");
    let told: Vec<String> = look["errors"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row["errors"].as_array().unwrap().iter().map(move |error| (row, error)))
        .map(|(row, error)| {
            let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
            let column = text(&error["column"]);
            format!(
                "{}!{column}{} {} {}",
                text(&row["sheet"]),
                row["row"],
                text(&error["header"]),
                text(&error["message"])
            )
        })
        .collect();
    let begins = [
        "hose!D2 workingPressure must be in one of bar, MPa, kPa, psi",
        "hose!E2 layers must be a whole number",
        "hose!C3 size is required",
        "hose!B4 brand must not be blank where there is no _id",
        "hose!6  is about the same part as row 5 of sheet \"hose\"",
        "crimpFitting!B1 colour is no field of crimp fittings; these are: partNumber",
        "Notes!1  is a sheet that does not say what it holds",
    ];
    assert_eq!(told.len(), begins.len(), "{told:#?}");
    for (told, begin) in told.iter().zip(begins) {
        assert!(told.starts_with(begin), "{told:?} is not {begin:?}");
    }
    assert_eq!(column(&export(&shop, "hose", "").await, "partNumber"), Vec::<String>::new());

    app.pass(Duration::from_secs(1));
    let refused = import(&shop, "parts.xlsx", &file, &[], 400).await;
    assert_eq!(refused.wrong_fields()[..3], ["file", "hose!D2", "hose!E2"]);
    assert_eq!(column(&export(&shop, "hose", "").await, "partNumber"), Vec::<String>::new());
    let all = app.get(IMPORTS).credential(&shop.admin.text).expect(200).await.json;
    let states: Vec<_> = all["items"].as_array().unwrap().iter().map(|import| &import["state"]).collect();
    assert_eq!(states, ["checked", "refused"]);
}

#[rstest]
#[tokio::test]
async fn a_stored_mapping_says_what_a_suppliers_headers_mean(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let mapping = json!({
        "name": "Harbour", "componentType": "hose",
        "headers": { "Artikel": "partNumber", "Marke": "brand", "NW": "size", "PN [bar]": "workingPressure", "Lager": null },
    });
    let path = "/api/v1/components/mappings/update";
    app.post(path).credential(&shop.admin.text).json(&mapping).expect(200).await;
    let file = "Artikel;Marke;NW;PN [bar];Lager\nA-1;Kestrel;-08;350;12\n";
    let made = import(&shop, "prices.csv", file.as_bytes(), &[("mapping", "harbour")], 200).await.json;
    assert_eq!(made["rows"]["create"], 1);
    assert_eq!(column(&export(&shop, "hose", "").await, "workingPressure"), ["350 bar"]);
    let all = app.get("/api/v1/components/mappings").credential(&shop.admin.text).expect(200).await.json;
    assert_eq!((&all["items"][0]["name"], &all["total"]), (&json!("Harbour"), &json!(1)));
    let call = app.get("/api/v1/components/mappings?page=2&limit=1").credential(&shop.admin.text);
    let next = call.expect(200).await.json;
    assert_eq!((&next["items"], &next["total"], &next["page"]), (&json!([]), &json!(1), &json!(2)));
    app.post("/api/v1/components/mappings/HARBOUR/delete").credential(&shop.admin.text).expect(200).await;
    let call = app.post(IMPORT).credential(&shop.admin.text).upload(
        "prices.csv",
        file.as_bytes(),
        &[("mapping", "harbour")],
    );
    assert_eq!(call.expect(400).await.wrong_fields(), ["mapping"]);
}

#[rstest]
#[tokio::test]
async fn a_file_that_cannot_be_read_is_refused_with_the_reason(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let call = || app.post(IMPORT).credential(&shop.admin.text);
    let old = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0];
    let refused = call().upload("old.xls", &old, &[]).expect(400).await;
    assert!(refused.words().contains("Excel 97-2003"), "{}", refused.words());
    let latin = b"partNumber,brand\nGr\xF6\xDFe,x\n";
    let refused = call().upload("hose.csv", latin, &[]).expect(400).await;
    assert!(refused.words().contains("UTF-8"), "{}", refused.words());
    assert_eq!(
        call().upload("hose.csv", b"", &[("dryRun", "perhaps")]).expect(400).await.wrong_fields(),
        ["dryRun"]
    );
    call().body("application/json", "{}").expect(415).await;
    let none = "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--x--\r\n";
    let refused = call().body("multipart/form-data; boundary=x", none).expect(400).await;
    assert_eq!(refused.wrong_fields(), ["file"]);
    let refused = call().body("multipart/form-data; boundary=x", "nothing").expect(400).await;
    assert_eq!(refused.wrong_fields(), [""]);
    let large = vec![b'x'; (50 << 20) + 1];
    call().upload("hose.csv", &large, &[]).expect(413).await;
}

#[rstest]
#[tokio::test]
async fn an_import_is_listed_with_its_file_and_its_rows(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let made = import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await.json;
    let path = format!("{IMPORTS}/{}", made["_id"].as_str().unwrap());
    let get = |rest: &str| app.get(format!("{path}{rest}")).credential(&shop.admin.text);
    let file = get("/file").expect(200).await;
    assert_eq!(file.bytes, HOSES.as_bytes());
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"hose.csv\"; filename*=UTF-8''hose.csv"
    );
    let first = get("/rows?action=create&limit=1").expect(200).await.json;
    assert_eq!((&first["items"][0]["name"], &first["total"]), (&json!("Kestrel 4SH-16"), &json!(2)));
    let rest = get(&format!("/rows?action=create&cursor={}", first["cursor"])).expect(200).await.json;
    assert_eq!((&rest["items"][0]["name"], &rest["cursor"]), (&json!("Kestrel 2SN-08"), &Json::Null));
    assert_eq!(get("/rows?action=x").expect(400).await.wrong_fields(), ["action"]);
    // Sent again with the same key, it is told as it was begun and is not done twice.
    let again = || app.post(IMPORT).credential(&shop.admin.text).header("idempotency-key", "1");
    again().upload("hose.csv", HOSES.as_bytes(), &[]).expect(200).await;
    again().upload("hose.csv", HOSES.as_bytes(), &[]).expect(202).await;
    again().upload("hose.csv", b"partNumber\n", &[]).expect(422).await;
    let all = app.get(IMPORTS).credential(&shop.admin.text).expect(200).await.json;
    assert_eq!(all["total"], 2);
}
