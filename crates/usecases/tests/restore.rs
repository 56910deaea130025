//! A backup that is older than the program.

use database::{Scope, Statement, Tx, backup, params};
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp};
use usecases::store;

/// A backup as it was made when nothing had a column of this name.
fn without(column: &str, backup: &str) -> String {
    let mut place = None;
    let mut lines = Vec::new();
    for line in backup.lines() {
        let mut line: Json = serde_json::from_str(line).unwrap();
        if let Some(columns) = line.get_mut("columns").and_then(Json::as_array_mut) {
            place = columns.iter().position(|name| name == column);
            place.map(|place| columns.remove(place));
        } else if let (Some(cells), Some(place)) = (line.as_array_mut(), place) {
            cells.remove(place);
        }
        lines.push(line.to_string());
    }
    lines.join("\n") + "\n"
}

#[rstest]
#[tokio::test]
async fn what_names_a_picture_is_found_after_an_older_backup_was_restored(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    static FOLDED: Statement = Statement::system(
        "test.folded",
        "SELECT image_norm FROM part UNION ALL SELECT image_norm FROM item UNION ALL SELECT image_norm FROM brand",
    );
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let shared = json!({ "partNumber": "S-8", "brand": "One", "size": 8 });
    let shared = shop.shared_part("hoses", shared).await;
    let hose = json!({ "partNumber": "H-8", "brand": "Two", "size": 8, "imageName": "ÄHRE" });
    let brand = shop.part("hoses", &hose).await["brandId"].clone();
    for (path, name) in [
        (format!("brand/{}/update", brand.as_str().unwrap()), "ÉLBOW"),
        (format!("organization/hose/{shared}/update"), "ÖL"),
    ] {
        let call = app.post(format!("/api/v1/{path}")).credential(&shop.admin.text);
        call.json(&json!({ "imageName": name })).expect(200).await;
    }
    let names = async || {
        let read = |tx: &mut Tx<'_>| {
            let names = tx.fetch_all(&FOLDED, params![], |row| row.get::<Option<String>>("image_norm"))?;
            Ok(names.into_iter().flatten().collect::<Vec<_>>())
        };
        let mut names = app.database.read(Scope::System, read).await.unwrap();
        names.sort_unstable();
        names
    };
    let before = names().await;
    assert_eq!(before, ["ähre", "élbow", "öl"]);

    let mut whole = Vec::new();
    for (database, part) in app.database.backup_parts(app.history.database()) {
        let write = move |tx: &mut Tx<'_>| {
            let mut out = Vec::new();
            backup::write(tx, part, &mut out).map(|()| out)
        };
        whole.extend(database.read(Scope::System, write).await.unwrap());
    }
    let older = without("image_norm", &String::from_utf8(whole).unwrap());
    let restore = move |tx: &mut Tx<'_>| store::restore(tx, &mut older.as_bytes(), true);
    app.database.patient().write(Scope::System, restore).await.unwrap();
    assert_eq!(names().await, before);
}
