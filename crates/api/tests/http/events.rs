//! The list of events in the documentation is made of what operations note.

use std::collections::BTreeSet;

use database::{Scope, Statement, Tx, params};
use testkit::{Document, Sqlite, TestApp};

use crate::{golden, request::Request};

#[tokio::test]
async fn the_golden_list_of_events_is_what_the_operations_note() {
    static TYPES: Statement =
        Statement::system("test.types", "SELECT DISTINCT record_kind, action FROM audit");
    let app = TestApp::start(Sqlite).await;
    let shop = app.organization("Shop").await;
    let mut operations = Document::get().operations();
    operations.sort_by(|(m1, p1, _), (m2, p2, _)| (p1, m1).cmp(&(p2, m2)));
    for (method, path, operation) in operations {
        let request = Request::of_document(&shop, &method, &path, operation).await;
        let credential = shop.sign_in().await;
        request.call(&app).credential(&credential).shows_secret().send().await;
    }
    let read = |tx: &mut Tx<'_>| {
        tx.fetch_all(&TYPES, params![], |row| {
            let (kind, action): (String, String) = (row.get("record_kind")?, row.get("action")?);
            Ok(format!("{kind}.{action}\n"))
        })
    };
    let types: BTreeSet<String> = app.database.read(Scope::System, read).await.unwrap().into_iter().collect();
    golden::check("events.txt", &types.into_iter().collect::<String>());
}
