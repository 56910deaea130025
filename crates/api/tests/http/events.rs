//! The list of events in the documentation is made of what a webhook is told.

use std::collections::BTreeSet;

use database::{Scope, Statement, Tx, params};
use testkit::{Document, Sqlite, TestApp};

use crate::{golden, request::Request};

#[tokio::test]
async fn the_golden_list_of_events_is_what_a_webhook_is_told() {
    static TYPES: Statement =
        Statement::system("test.types", "SELECT DISTINCT event_type FROM webhook_delivery");
    let app = TestApp::start(Sqlite).await;
    let shop = app.organization("Shop").await;
    shop.webhook("https://shop.example/hooks", &["*"]).await;
    let mut operations = Document::get().operations();
    operations.sort_by(|(m1, p1, _), (m2, p2, _)| (p1, m1).cmp(&(p2, m2)));
    let mut session = shop.sign_in().await;
    for (method, path, operation) in operations {
        let request = Request::of_document(&shop, &method, &path, operation).await;
        // Some operations end it; signing in for each would take longer than all of them.
        if !app.lets_in(&session).await {
            session = shop.sign_in().await;
        }
        request.call(&app).credential(&session).shows_secret().send().await;
    }
    let read =
        |tx: &mut Tx<'_>| tx.fetch_all(&TYPES, params![], |row| Ok(row.get::<String>("event_type")? + "\n"));
    let types: BTreeSet<String> = app.database.read(Scope::System, read).await.unwrap().into_iter().collect();
    golden::check("events.txt", &types.into_iter().collect::<String>());
}
