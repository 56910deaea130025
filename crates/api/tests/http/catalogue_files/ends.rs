//! Imports that do not end as they were meant to.

use std::time::Duration;

use database::{Scope, Statement, Tx, params};
use rstest::rstest;
use serde_json::json;
use testkit::{Engine, Postgres, Sqlite, TestApp};
use usecases::catalogue::imports;

use super::{
    HOSES, begin_to_undo, begun, change_behind, column, export, import, one, staged, step, take_in, turn,
};

#[rstest]
#[tokio::test]
async fn a_file_that_never_comes_whole_is_given_up(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    app.runner.ensure_recurring().await.unwrap();
    let id = begun(&shop, HOSES).await;
    app.pass(Duration::from_mins(50));
    imports::receive(&app.database, shop.id, id, &HOSES.as_bytes()[..20]).await.unwrap();
    // A piece came a while ago, and the next one may.
    app.pass(Duration::from_mins(50));
    app.run_jobs().await;
    assert_eq!(one(&shop, &json!(id)).await["state"], "receiving");
    app.pass(Duration::from_hours(2));
    app.run_jobs().await;
    let failed = one(&shop, &json!(id)).await;
    assert_eq!((&failed["state"], &failed["underWay"]), (&json!("failed"), &json!(false)));
    assert_eq!(failed["failure"], "The file never came whole.");
    let actions: Vec<_> =
        app.audit(shop.id, &id.to_string()).await.into_iter().map(|row| row.action).collect();
    assert_eq!(actions, ["failed"]);
    // What comes after all comes too late.
    take_in(&shop, id, HOSES).await;
    assert_eq!(one(&shop, &json!(id)).await["state"], "failed");
}

#[rstest]
#[tokio::test]
async fn a_file_that_is_cancelled_while_it_comes_is_not_read(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let id = begun(&shop, HOSES).await;
    assert_eq!(turn(&shop, &json!(id), "cancel", 200).await.json["state"], "cancelled");
    take_in(&shop, id, HOSES).await;
    app.pass(Duration::from_mins(1));
    app.run_jobs().await;
    assert_eq!(one(&shop, &json!(id)).await["state"], "cancelled");
    assert_eq!(export(&shop, "hose", "").await.json["total"], json!(null));
}

#[rstest]
#[tokio::test]
async fn an_import_whose_job_was_set_aside_is_taken_up_again(#[values(Sqlite, Postgres)] engine: Engine) {
    static SET_ASIDE: Statement =
        Statement::system("test.set_aside", "UPDATE job SET dead = 1 WHERE kind = 'catalogueImport'");
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    app.runner.ensure_recurring().await.unwrap();
    app.run_jobs().await;
    let id = staged(&shop, HOSES).await;
    // The database was away for longer than the job was tried again.
    let set_aside = |tx: &mut Tx<'_>| tx.execute_one(&SET_ASIDE, params![]);
    app.database.write(Scope::System, set_aside).await.unwrap();
    app.pass(Duration::from_mins(59));
    app.run_jobs().await;
    assert_eq!(one(&shop, &json!(id)).await["state"], "applying");
    app.pass(Duration::from_mins(2));
    app.run_jobs().await;
    assert_eq!(one(&shop, &json!(id)).await["state"], "done");
}

#[rstest]
#[tokio::test]
async fn what_was_changed_while_it_was_taken_back_is_left_and_named(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let made = import(&shop, "hose.csv", HOSES.as_bytes(), &[], 200).await.json;
    let part = |n: usize| &made["changes"][n]["componentId"];
    let second = "partNumber,brand,cost,size\n2SN-08,Kestrel,1,\nN-1,Kestrel,2,-04\n4SH-16,Kestrel,3,\n";
    let left = "It could not be taken back whole. Row 4 of sheet \"hose\": The part was changed meanwhile.";

    // Cancelled half way, when another write has changed one of the parts.
    let id = staged(&shop, second).await;
    let some = step(&shop, id, 3).await;
    assert_eq!(some.state, "done");
    begin_to_undo(&shop, &json!(id)).await;
    change_behind(&shop, part(0)).await;
    app.run_jobs().await;
    let undone = one(&shop, &json!(id)).await;
    assert_eq!((&undone["state"], &undone["underWay"]), (&json!("partlyUndone"), &json!(false)), "{undone}");
    assert_eq!(undone["failure"], left);
    assert_eq!((&undone["rows"]["wrong"], &undone["errors"][0]["row"]), (&json!(1), &json!(4)));
    let after = export(&shop, "hose", "?format=csv").await;
    assert_eq!(column(&after, "partNumber"), ["2SN-08", "4SH-16"]);
    assert_eq!(column(&after, "cost"), ["", "3"]);

    // The catalogue is free again, for the next import too.
    let third = "partNumber,brand,cost,size\n4SH-16,Kestrel,4,\n2SN-08,Kestrel,5,\nN-1,Kestrel,6,-04\n";
    let id = staged(&shop, third).await;
    step(&shop, id, 2).await;
    change_behind(&shop, part(0)).await;
    let refused = turn(&shop, &json!(id), "cancel", 409).await;
    assert!(refused.words().contains("Row 2 of sheet \"hose\": The part was"), "{}", refused.words());
    assert_eq!(one(&shop, &json!(id)).await["state"], "partlyUndone");
    assert_eq!(column(&export(&shop, "hose", "?format=csv").await, "cost"), ["", "4"]);
    turn(&shop, &json!(id), "undo", 409).await;
    import(&shop, "hose.csv", second.as_bytes(), &[], 200).await;
}
