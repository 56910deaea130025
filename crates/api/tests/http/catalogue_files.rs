//! Parts as files: templates, exports, imports.

use std::time::Duration;

use base::Id;
use database::{Scope, Statement, Tx, params};
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Answer, Engine, Postgres, Sqlite, TestApp, TestOrganization, excel, sheets};
use usecases::{Caller, access::WriteComponents, catalogue::imports};

const IMPORT: &str = "/api/v1/components/import";
const EXPORT: &str = "/api/v1/components/export";
const IMPORTS: &str = "/api/v1/components/imports";
const TEMPLATE: &str = "/api/v1/components/exceltemplate";

const HOSES: &str = "partNumber,brand,size,workingPressure [psi],standards,cost,orgPartNumber\r\n\
                     4SH-16,Kestrel,-16,5800,EN 856 4SH; ISO 3862,12.5,H-1\r\n\
                     2SN-08,Kestrel,-08,350 bar,,,\r\n";

async fn import(
    shop: &TestOrganization<'_>,
    name: &str,
    file: &[u8],
    fields: &[(&str, &str)],
    status: u16,
) -> Answer {
    shop.app().post(IMPORT).credential(&shop.admin.text).upload(name, file, fields).expect(status).await
}

async fn export(shop: &TestOrganization<'_>, item_type: &str, query: &str) -> Answer {
    let body = json!({ "componentType": item_type, "selectAll": true, "components": ["not looked at"] });
    let path = format!("{EXPORT}{query}");
    shop.app().post(path).credential(&shop.admin.text).json(&body).expect(200).await
}

async fn one(shop: &TestOrganization<'_>, id: &Json) -> Json {
    let path = format!("{IMPORTS}/{}", id.as_str().unwrap());
    shop.app().get(path).credential(&shop.admin.text).expect(200).await.json
}

async fn turn(shop: &TestOrganization<'_>, id: &Json, how: &str, status: u16) -> Answer {
    let path = format!("{IMPORTS}/{}/{how}", id.as_str().unwrap());
    shop.app().post(path).credential(&shop.admin.text).expect(status).await
}

/// A file that was taken in, and nothing more.
async fn received(shop: &TestOrganization<'_>, file: &str) -> Id<imports::Import> {
    let (database, organization) = (&shop.app().database, shop.id);
    let caller = Caller::system(organization, "test").allow::<WriteComponents>().unwrap();
    let new = imports::NewImport {
        file_name: "hose.csv".into(),
        file_bytes: file.len() as u64,
        kind: None,
        mapping: imports::Mapping::default(),
        dry_run: false,
    };
    let begin = move |tx: &mut Tx<'_>| imports::begin(tx, &caller, &new);
    let row = database.write(Scope::Organization(organization), begin).await.unwrap();
    imports::receive(database, organization, row.id, file.as_bytes()).await.unwrap();
    let received = move |tx: &mut Tx<'_>| imports::received(tx, row.id);
    database.write(Scope::Organization(organization), received).await.unwrap();
    row.id
}

/// A file whose rows were read and checked, and of which none is applied yet.
async fn staged(shop: &TestOrganization<'_>, file: &str) -> Id<imports::Import> {
    let id = received(shop, file).await;
    let (mut pace, until) = (imports::Pace(1), imports::Until::default());
    let row = imports::step(&shop.app().database, shop.id, id, &mut pace, &until).await.unwrap();
    assert_eq!(row.state, "applying");
    id
}

/// Changes a part as a write does that was under way when the import began.
async fn change_behind(shop: &TestOrganization<'_>, id: &Json) {
    static CHANGE: Statement = Statement::tenant(
        "test.change",
        "UPDATE part SET rev = rev + 1 WHERE organization_id = $1 AND id = $2",
    );
    let id = id.as_str().unwrap().to_owned();
    let change = move |tx: &mut Tx<'_>| tx.execute_one(&CHANGE, params![id.as_str()]);
    shop.app().database.write(Scope::Organization(shop.id), change).await.unwrap();
}

/// Has an import be undone by its job alone.
async fn begin_to_undo(shop: &TestOrganization<'_>, id: &Json) {
    let (scope, name) = (Scope::Organization(shop.id), id.as_str().unwrap().to_owned());
    let caller = Caller::system(shop.id, "test").allow::<WriteComponents>().unwrap();
    let undo = move |tx: &mut Tx<'_>| imports::undo(tx, &caller, &name);
    shop.app().database.write(scope, undo).await.unwrap();
}

/// The cells of an export under a header, by part number.
fn column(answer: &Answer, header: &str) -> Vec<String> {
    let all = sheets("x.csv", &answer.bytes);
    let rows = &all[0].1;
    let at = rows[0].iter().position(|text| text == header).unwrap();
    rows[1..].iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect()
}

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
async fn what_is_exported_imports_again_without_a_difference(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let fields: Json = serde_json::from_str(include_str!("../../../hose/src/part/stored-1.json")).unwrap();
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
async fn an_import_is_undone_unless_something_depends_on_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let first = import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await.json;
    let before = export(&shop, "hose", "?format=csv").await.bytes;
    let second = "partNumber,brand,size,cost,tube\n4SH-16,Kestrel,,13,NBR\nNEW-1,Heron,-04,,\n";
    let import_2 = import(&shop, "hose.csv", second.as_bytes(), &[], 200).await.json;

    let refused = turn(&shop, &first["_id"], "undo", 409).await;
    assert!(refused.words().contains("Kestrel 4SH-16 of row 2 was changed since"), "{}", refused.words());
    let undone = turn(&shop, &import_2["_id"], "undo", 200).await.json;
    assert_eq!((&undone["state"], &undone["rows"]["applied"]), (&json!("undone"), &json!(0)));
    assert_eq!(export(&shop, "hose", "?format=csv").await.bytes, before);
    let brands = app.post("/api/v1/brands/export?format=csv").credential(&shop.admin.text).expect(200).await;
    assert_eq!(column(&brands, "name"), ["Kestrel"], "the brand went with its part");

    // The first one is as it was left: but its parts were changed, and changed back.
    let refused = turn(&shop, &first["_id"], "undo", 409).await;
    assert!(refused.words().contains("changed since"));
    turn(&shop, &import_2["_id"], "undo", 409).await;
    turn(&shop, &first["_id"], "cancel", 409).await;
    turn(&shop, &import_2["_id"], "cancel", 200).await;
}

#[rstest]
#[tokio::test]
async fn while_an_import_is_applied_nobody_else_changes_the_catalogue(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let made = import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await.json;
    begin_to_undo(&shop, &made["_id"]).await;
    let locked = "partNumber,brand,size\nX,Kestrel,-04\n";
    let refused = app.post(IMPORT).credential(&shop.admin.text).upload("hose.csv", locked.as_bytes(), &[]);
    assert!(refused.expect(409).await.words().contains(made["_id"].as_str().unwrap()));
    let hose = json!({ "partNumber": "1", "brand": "Kestrel", "size": "-04" });
    let refused = app.post("/api/v1/hoses/create").credential(&shop.admin.text).json(&hose).expect(409).await;
    assert!(refused.words().contains(made["_id"].as_str().unwrap()), "{}", refused.words());
    let other = app.organization("Other shop").await;
    app.post("/api/v1/hoses/create").credential(&other.admin.text).json(&hose).expect(201).await;
    app.run_jobs().await;
    app.post("/api/v1/hoses/create").credential(&shop.admin.text).json(&hose).expect(201).await;
    // Another organization's import is not found.
    let path = format!("{IMPORTS}/{}", made["_id"].as_str().unwrap());
    app.get(path).credential(&other.admin.text).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn a_node_that_dies_leaves_the_import_to_the_job(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let id = received(&shop, HOSES).await;
    // Here whoever took the file in is gone.
    app.run_jobs().await;
    assert_eq!(one(&shop, &json!(id)).await["state"], "reading");
    app.pass(Duration::from_mins(1));
    app.run_jobs().await;
    assert_eq!(one(&shop, &json!(id)).await["state"], "done");
    assert_eq!(column(&export(&shop, "hose", "").await, "partNumber"), ["2SN-08", "4SH-16"]);
}

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

#[rstest]
#[tokio::test]
async fn an_import_that_is_cancelled_or_cannot_be_ended_leaves_nothing(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let made = import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await.json;
    let before = export(&shop, "hose", "?format=csv").await.bytes;
    // Staged against parts as they are now; then one of them changes before it is its turn.
    let second: String =
        ["partNumber,brand,cost,size\n", "2SN-08,Kestrel,1,\n", "N-1,Kestrel,2,-04\n", "4SH-16,Kestrel,3,\n"]
            .concat();
    for (how, state) in [("cancel", "cancelled"), ("fail", "failed")] {
        let id = staged(&shop, &second).await;
        let (mut pace, until) = (imports::Pace(2), imports::Until::default());
        let some = imports::step(&app.database, shop.id, id, &mut pace, &until).await.unwrap();
        assert_eq!(some.counts.applied, 2);
        assert_ne!(export(&shop, "hose", "?format=csv").await.bytes, before);
        let id = json!(id);
        if how == "cancel" {
            assert_eq!(turn(&shop, &id, "cancel", 200).await.json["state"], state);
        } else {
            change_behind(&shop, &made["changes"][0]["componentId"]).await;
            app.pass(Duration::from_mins(1));
            app.run_jobs().await;
            let failed = one(&shop, &id).await;
            assert_eq!(failed["state"], state);
            assert_eq!(failed["failure"], "Row 4 of sheet \"hose\": The part was changed meanwhile.");
        }
        let after = export(&shop, "hose", "?format=csv").await;
        assert_eq!(column(&after, "partNumber"), ["2SN-08", "4SH-16"]);
        assert_eq!(column(&after, "cost"), ["", "12.5"]);
    }
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
    app.get("/api/v1/components/withoutcrimpdata?componentType=wrap")
        .credential(&shop.admin.text)
        .expect(400)
        .await;
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
