use std::time::Duration;

use base::Id;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, PICTURE, Postgres, Sqlite, TestApp, TestOrganization};
use usecases::catalogue::imports;

use super::{
    HOSES, IMPORT, IMPORTS, begin_to_undo, change_behind, column, export, import, one, received, staged,
    step, turn,
};

#[rstest]
#[tokio::test]
async fn every_row_of_a_long_file_is_stored_and_applied_once(#[values(Sqlite, Postgres)] engine: Engine) {
    const ROWS: usize = 1700;
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let row = |n: usize| format!("L-{n:04},Maker {},clamp,own {n}\n", n / 350);
    let file =
        "partNumber,brand,itemType,orgPartNumber\n".to_owned() + &(0..ROWS).map(row).collect::<String>();
    let brands = async || {
        let all = app.get("/api/v1/brands").credential(&shop.admin.text).expect(200).await.json;
        let names =
            all["items"].as_array().unwrap().iter().map(|brand| brand["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    let before = brands().await;
    let new = import_to_the_end(&shop, "otherItem.csv", &file).await;
    assert_eq!(brands().await.len(), before.len() + 5);
    assert_eq!((&new["state"], &new["rows"]["create"]), (&json!("done"), &json!(ROWS)));
    let numbers = column(&export(&shop, "otherItem", "?format=csv").await, "partNumber");
    assert_eq!(numbers, (0..ROWS).map(|n| format!("L-{n:04}")).collect::<Vec<_>>());

    let changed = file.replace(",own ", ",OWN-X ");
    let updated = import_to_the_end(&shop, "otherItem.csv", &changed).await;
    assert_eq!((&updated["state"], &updated["rows"]["update"]), (&json!("done"), &json!(ROWS)));
    let owns = column(&export(&shop, "otherItem", "?format=csv").await, "orgPartNumber");
    assert_eq!(owns, (0..ROWS).map(|n| format!("OWN-X {n}")).collect::<Vec<_>>());

    // And each is taken back, the last import first.
    undo_to_the_end(&shop, &updated).await;
    let owns = column(&export(&shop, "otherItem", "?format=csv").await, "orgPartNumber");
    assert_eq!(owns, (0..ROWS).map(|n| format!("own {n}")).collect::<Vec<_>>());
    undo_to_the_end(&shop, &new).await;
    assert_eq!(column(&export(&shop, "otherItem", "?format=csv").await, "partNumber"), Vec::<String>::new());
    assert_eq!(brands().await, before);
}

/// Undoes an import, also where that takes longer than an answer waits.
async fn undo_to_the_end(shop: &TestOrganization<'_>, import: &Json) {
    begin_to_undo(shop, &import["_id"]).await;
    let id = import["_id"].as_str().unwrap().parse().unwrap();
    let undone = imports::carry_on(&shop.app().database, shop.id, id, None).await.unwrap();
    assert_eq!((undone.state.as_str(), undone.failure), ("undone", None));
}

/// Imports a file, also where that takes longer than an answer waits.
async fn import_to_the_end(shop: &TestOrganization<'_>, name: &str, file: &str) -> Json {
    let sent = shop.app().post(IMPORT).credential(&shop.admin.text).upload(name, file.as_bytes(), &[]);
    let sent = sent.send().await.json;
    let id: Id<imports::Import> = sent["_id"].as_str().unwrap().parse().unwrap();
    imports::carry_on(&shop.app().database, shop.id, id, None).await.unwrap();
    one(shop, &sent["_id"]).await
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

    turn(&shop, &import_2["_id"], "undo", 409).await;
    turn(&shop, &first["_id"], "cancel", 409).await;
    turn(&shop, &import_2["_id"], "cancel", 200).await;
    // Its parts were changed, and changed back: the first one is as it was left.
    let undone = turn(&shop, &first["_id"], "undo", 200).await.json;
    assert_eq!(undone["state"], "undone");
    assert_eq!(column(&export(&shop, "hose", "?format=csv").await, "partNumber"), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn imports_are_undone_one_after_the_other_the_last_first(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let costs = async || column(&export(&shop, "hose", "?format=csv").await, "cost");
    let cost = async |cost: &str| {
        let file = format!("partNumber,brand,cost,orgPartNumber\n4SH-16,Kestrel,{cost},OWN {cost}\n");
        import(&shop, "hose.csv", file.as_bytes(), &[], 200).await.json
    };
    let undo = async |import: &Json, status| turn(&shop, &import["_id"], "undo", status).await.json;
    let made = import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await.json;
    let hose = format!("/api/v1/hose/{}", made["changes"][0]["componentId"].as_str().unwrap());
    let rev =
        async || app.get(&hose).credential(&shop.admin.text).expect(200).await.json["rev"].as_i64().unwrap();
    let (second, third) = (cost("2").await, cost("3").await);
    let highest = rev().await;
    undo(&third, 200).await;
    assert_eq!(costs().await, ["", "2"]);
    // A revision never comes back: whoever has seen it would take another part for it.
    assert!(rev().await > highest);
    // Others that were undone since are no matter, nor one that was taken back half way.
    let fourth = cost("4").await;
    undo(&second, 409).await;
    undo(&fourth, 200).await;
    let both = "partNumber,brand,cost\n4SH-16,Kestrel,5\n2SN-08,Kestrel,6\n";
    let half = staged(&shop, both).await;
    step(&shop, half, 1).await;
    assert_eq!(costs().await, ["", "5"]);
    turn(&shop, &json!(half), "cancel", 200).await;
    undo(&second, 200).await;
    assert_eq!(costs().await, ["", "12.5"]);
    // What somebody does by hand is a change, also where it is the same as before.
    let update = |cost: f64| {
        let path = hose.replace("/hose/", "/organization/hose/") + "/update";
        app.post(path).credential(&shop.admin.text).json(&json!({ "cost": cost })).expect(200)
    };
    update(7.0).await;
    update(12.5).await;
    undo(&made, 409).await;
}

#[rstest]
#[tokio::test]
async fn crimp_data_that_was_changed_and_changed_back_is_as_it_was_left(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await;
    let crimp = async |diameter: &str| {
        let file = format!(
            "hoseBrand,hosePartNumber,couplingSeriesBrand,couplingSeries,crimpDiam\nKestrel,2SN-08,Kestrel,K1,{diameter}\n"
        );
        import(&shop, "crimpData.csv", file.as_bytes(), &[], 200).await.json
    };
    let (first, second, third) = (crimp("20 mm").await, crimp("21 mm").await, crimp("22 mm").await);
    for import in [&third, &second, &first] {
        let undone = turn(&shop, &import["_id"], "undo", 200).await.json;
        assert_eq!(undone["state"], "undone");
    }
    let path = "/api/v1/components/crimpdata/export?format=csv";
    let rows = app.get(path).credential(&shop.admin.text).expect(200).await;
    assert_eq!(column(&rows, "crimpDiam"), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn while_an_import_is_applied_nobody_else_changes_the_catalogue(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let picture = shop.picture().await;
    let made = import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await.json;
    begin_to_undo(&shop, &made["_id"]).await;
    let locked = "partNumber,brand,size\nX,Kestrel,-04\n";
    let refused = app.post(IMPORT).credential(&shop.admin.text).upload("hose.csv", locked.as_bytes(), &[]);
    assert!(refused.expect(409).await.words().contains(made["_id"].as_str().unwrap()));
    let hose = json!({ "partNumber": "1", "brand": "Kestrel", "size": "-04" });
    let refused = app.post("/api/v1/hoses/create").credential(&shop.admin.text).json(&hose).expect(409).await;
    assert!(refused.words().contains(made["_id"].as_str().unwrap()), "{}", refused.words());
    // Nor its pictures, which parts name.
    let refused = shop.bring("images?name=Other", PICTURE).expect(409).await;
    assert!(refused.words().contains(made["_id"].as_str().unwrap()), "{}", refused.words());
    app.post(format!("/api/v1/image/{picture}/delete")).credential(&shop.admin.text).expect(409).await;
    let other = app.organization("Other shop").await;
    other.picture().await;
    app.post("/api/v1/hoses/create").credential(&other.admin.text).json(&hose).expect(201).await;
    app.run_jobs().await;
    app.post("/api/v1/hoses/create").credential(&shop.admin.text).json(&hose).expect(201).await;
    app.post(format!("/api/v1/image/{picture}/delete")).credential(&shop.admin.text).expect(200).await;
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
        let some = step(&shop, id, 2).await;
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
