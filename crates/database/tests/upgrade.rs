//! A database of the first version, with rows, is brought up to date: nothing is lost, every key goes on working.

use std::{fmt::Write, sync::Arc};

use base::{Clock, Id, Organization, hex};
use database::{Engine, Scope, Statement, Tx, params};
use rstest::rstest;
use serde_json::Value as Json;
use testkit::{Postgres, Sqlite, Store, TestApp};

/// The rows of three organizations, in the form of a backup.
const ROWS: &str = include_str!("first-version.jsonl");

/// An admin key and another one of each organization, in the order of their ids.
const KEYS: [&str; 6] = [
    "swg_test_0gOcXED1J2eZVXp65_sWgY7lc2dGN1OD2aK2NevmKHakgCdDZBE2LudddgIBq2XTaIu",
    "swg_test_0gOcXEGqFnAobMp7c_jIi6a7TkXDRBhmY15629vmix5ULqsntm5L8GxvgFv6b2GBj6K",
    "swg_test_0gOcXEPbacjgkoFRJ_psEkJjHzP0trflQg8smFrldqivVrM3G4xTraYvINkzE38H3pk",
    "swg_test_0gOcXEXEkzaJJ25Ed_lgJ4BL4pmOsnRwb3Et41PbSCG6LlnCRGEHw7r4Q87fH2QgT1l",
    "swg_test_0gOcXEE8UZvMPajCc_sPR3WpnifQrKdHPvIsJzMFZxbksOAgDkA6E3Vsjrbug2CnqX9",
    "swg_test_0gOcXEVHFXP2qBrI5_HsSSl5aJAtUhxZBpWQFLh5Jrfxv6FXtm612w2kVdvB81jQlpU",
];

/// The statements that put the rows in, in the engine's own words.
fn statements(engine: Engine) -> String {
    let literal = |value: &Json| match value {
        Json::Null => "NULL".to_owned(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => format!("'{}'", text.replace('\'', "''")),
        bytes => {
            let digits = bytes["hex"].as_str().unwrap();
            assert!(hex::decode(digits).is_some());
            if engine == Sqlite { format!("X'{digits}'") } else { format!("'\\x{digits}'") }
        }
    };
    let mut into = String::new();
    // What the migration itself puts there stands in the rows too.
    let mut text = "DELETE FROM store_state;\n".to_owned();
    for line in ROWS.lines() {
        match serde_json::from_str::<Json>(line).unwrap() {
            Json::Array(cells) => {
                let values: Vec<_> = cells.iter().map(literal).collect();
                writeln!(text, "INSERT INTO {into} VALUES ({});", values.join(", ")).unwrap();
            }
            header if header["table"].is_string() => {
                let columns: Vec<_> =
                    header["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
                into = format!("{} ({})", header["table"].as_str().unwrap(), columns.join(", "));
            }
            _ => {}
        }
    }
    text
}

/// A database as the first version left it.
fn first_version(engine: Engine) -> Store {
    filled(engine, 1, statements(engine))
}

/// A database as a version left it whose last migration was this one, with what these statements put there.
fn filled(engine: Engine, migration: i32, text: String) -> Store {
    let store = Store::of_migration(engine, migration);
    let url = store.settings.url.clone();
    let fill = move || {
        if let Some(path) = url.strip_prefix("sqlite://") {
            rusqlite::Connection::open(path).unwrap().execute_batch(&text).unwrap();
            return;
        }
        let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        client.batch_execute("SELECT set_config('app.system', 'on', false)").unwrap();
        client.batch_execute(&text).unwrap();
    };
    // The synchronous client must not run on a thread of the asynchronous runtime.
    std::thread::spawn(fill).join().unwrap();
    store
}

/// This version on such a database.
async fn upgraded(engine: Engine) -> TestApp {
    let clock = Clock::standing_at("2026-01-01T00:00:00Z".parse().unwrap());
    TestApp::on(Arc::new(first_version(engine)), &clock, 2, |_| {}).await
}

#[rstest]
#[tokio::test]
async fn every_key_of_the_first_version_goes_on_working(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = upgraded(engine).await;
    for key in KEYS {
        assert!(app.lets_in(key).await, "{key}");
    }
    for pair in KEYS.chunks(2) {
        let list = app.get("/api/v1/organization/apikeys").credential(pair[0]).expect(200).await.json;
        assert_eq!(list["total"], 2);
    }
}

#[rstest]
#[tokio::test]
async fn an_organization_of_the_first_version_gets_its_default_project_and_its_number(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    static ORGANIZATIONS: Statement = Statement::system(
        "test.organizations",
        "SELECT id, public_id, number FROM organization WHERE number > 0 ORDER BY id",
    );
    let app = upgraded(engine).await;
    let read = |tx: &mut Tx<'_>| {
        tx.fetch_all(&ORGANIZATIONS, params![], |row| {
            let id: Id<Organization> = row.get("id")?;
            Ok((id, row.get::<String>("public_id")?, row.get::<i32>("number")?))
        })
    };
    let organizations = app.database.read(Scope::System, read).await.unwrap();
    assert_eq!(organizations.iter().map(|(_, _, number)| *number).collect::<Vec<_>>(), [1, 2, 3]);
    for (id, letters, number) in organizations {
        let key = admin_of(&app, id).await;
        let ids = [id.to_string(), id.uuid(), letters.clone(), number.to_string()];
        for name in &ids {
            let path = format!("/organizations/{name}/projects");
            let list = app.get(path).credential(key).expect(200).await.json["result"].clone();
            assert_eq!(list["totalCount"], 1, "{list}");
            assert_eq!(list["items"][0]["publicProjectId"], *letters);
            assert_eq!(list["items"][0]["isDefault"], true);
        }
        // The default project is number 1, and the next one follows it.
        for name in ["1", &letters, &id.to_string(), &id.uuid()] {
            let path = format!("/api/projects/{name}");
            let project = app.get(path).credential(key).expect(200).await.json["result"].clone();
            assert_eq!(project["publicProjectId"], *letters);
        }
        let made = app.post(format!("/organizations/{id}/projects")).credential(key);
        let made =
            made.json(&serde_json::json!({ "name": "Second" })).expect(200).await.json["result"].clone();
        let second = app.get("/api/projects/2").credential(key).expect(200).await.json["result"].clone();
        assert_eq!(second, made);
        assert_eq!(made["orderNumber"], 2);
    }
    assert_eq!(app.organization("Fourth").await.key("admin").await.name, "A key");
    let fourth = app.database.read(Scope::System, read).await.unwrap();
    assert!(fourth.iter().any(|(_, _, number)| *number == 4));
}

/// The admin key of the organization with this id.
async fn admin_of(app: &TestApp, id: Id<Organization>) -> &'static str {
    for pair in KEYS.chunks(2) {
        let who = app.get("/security/v1/verify").credential(pair[0]).expect(200).await;
        if who.json["organizationId"] == id.to_string() {
            return pair[0];
        }
    }
    panic!("no key of {id}");
}

#[rstest]
#[tokio::test]
async fn what_named_a_picture_before_is_found_by_its_name(#[values(Sqlite, Postgres)] engine: Engine) {
    static FOLDED: Statement = Statement::system(
        "test.folded",
        "SELECT image_norm FROM part UNION ALL SELECT image_norm FROM item UNION ALL SELECT image_norm FROM brand
         ORDER BY image_norm",
    );
    const SHARED: &str = "'000000000000000000000000'";
    let part = |id: &str, data: &str| {
        format!(
            "INSERT INTO part (organization_id, id, item_type, brand_id, part_number, part_norm, data, status, created,
                               created_by, last_modified, last_modified_by, rev)
             VALUES ({SHARED}, '{id}', 'hose', '', '{id}', '{id}', '{data}', 'approved', 0, 'x', 0, 'x', 1);"
        )
    };
    let rest = format!(
        "INSERT INTO item (organization_id, id, item_type, available, image_name, created, created_by, last_modified,
                           last_modified_by, rev)
         VALUES ({SHARED}, 'a', 'hose', 1, 'ÖL', 0, 'x', 0, 'x', 1);
         INSERT INTO brand (organization_id, id, name, name_norm, image_name, created, created_by, last_modified,
                            last_modified_by, rev)
         VALUES ({SHARED}, 'b', 'B', 'b', 'ÉLBOW', 0, 'x', 0, 'x', 1);"
    );
    let text = part("a", r#"{"imageName":"Hose"}"#)
        + &part("b", r#"{"imageName":"ÄHRE"}"#)
        + &part("c", "{}")
        + &rest;
    let clock = Clock::standing_at("2026-01-01T00:00:00Z".parse().unwrap());
    let app = TestApp::on(Arc::new(filled(engine, 34, text)), &clock, 2, |_| {}).await;
    let names = |tx: &mut Tx<'_>| {
        let names = tx.fetch_all(&FOLDED, params![], |row| row.get::<Option<String>>("image_norm"))?;
        Ok(names.into_iter().flatten().collect::<Vec<_>>())
    };
    assert_eq!(app.database.read(Scope::System, names).await.unwrap(), ["hose", "Ähre", "Élbow", "Öl"]);
    app.run_jobs().await;
    assert_eq!(app.database.read(Scope::System, names).await.unwrap(), ["hose", "ähre", "élbow", "öl"]);
}

#[rstest]
#[tokio::test]
async fn what_an_import_did_before_is_known_afterwards(#[values(Sqlite, Postgres)] engine: Engine) {
    static DONE: Statement = Statement::system(
        "test.done",
        "SELECT r.position, d.record_id, d.rev FROM catalogue_import_row AS r
         LEFT JOIN catalogue_import_done AS d
              ON d.organization_id = r.organization_id AND d.import_id = r.import_id AND d.position = r.position
         ORDER BY r.position",
    );
    let row = |position: u32, record: &str, rev: &str| {
        format!(
            "INSERT INTO catalogue_import_row (organization_id, import_id, position, sheet, row_number, kind, action,
                                               record_id, report, change, reverse, seen_rev, done_rev)
             VALUES ('000000000000000000000000', 'i', {position}, 's', 2, 'hose', 'create',
                     {record}, '{{}}', '{{}}', '{{}}', NULL, {rev});"
        )
    };
    let import = "INSERT INTO catalogue_import (organization_id, id, file_name, file_bytes, mapping, dry_run, permissions,
                      caller_name, state, total, applied, creates, updates, sames, wrongs, created, created_by,
                      last_modified, last_modified_by, rev)
                  VALUES ('000000000000000000000000', 'i', 'f', 1, '{}', 0, '', 'c', 'applying', 2, 1, 2, 0, 0, 0,
                          0, 'c', 0, 'c', 1);";
    let text = import.to_owned() + &row(0, "'p'", "3") + &row(1, "NULL", "NULL");
    let clock = Clock::standing_at("2026-01-01T00:00:00Z".parse().unwrap());
    let app = TestApp::on(Arc::new(filled(engine, 38, text)), &clock, 2, |_| {}).await;
    let done = |tx: &mut Tx<'_>| {
        tx.fetch_all(&DONE, params![], |row| {
            Ok((
                row.get::<u32>("position")?,
                row.get::<Option<String>>("record_id")?,
                row.get::<Option<i64>>("rev")?,
            ))
        })
    };
    let done = app.database.read(Scope::System, done).await.unwrap();
    assert_eq!(done, [(0, Some("p".to_owned()), Some(3)), (1, None, None)]);
}
