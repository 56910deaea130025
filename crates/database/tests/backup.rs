//! A backup is the same text from either engine, and all or nothing.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use base::{Clock, Error, Random, Result};
use database::{Database, Engine, Scope, Statement, Tx, backup, job, params};
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Postgres, Sqlite, Store, TestApp};

static NOTE_USE: Statement = Statement::tenant(
    "test.note_use",
    "INSERT INTO api_key_use (organization_id, key_id, last_used, last_used_address)
     SELECT organization_id, id, created, NULL FROM api_key WHERE organization_id = $1",
);

static NOTE_IMPORTED: Statement = Statement::tenant(
    "test.note_imported",
    "INSERT INTO imported_text (mac, organization_id, key_id)
     SELECT $2, organization_id, id FROM api_key WHERE organization_id = $1 ORDER BY id LIMIT 1",
);

static NOTE_SEALED: Statement = Statement::tenant(
    "test.note_sealed",
    "INSERT INTO api_key_sealed_text (organization_id, key_id, sealed, created)
     SELECT organization_id, id, $2, created FROM api_key WHERE organization_id = $1",
);

static WORK_IN_PROJECT: Statement = Statement::tenant(
    "test.work_in_project",
    "INSERT INTO project_user (organization_id, id, project_id, user_id, role_id,
                               created, created_by, last_modified, last_modified_by, rev)
     SELECT project.organization_id, user_account.id, project.id, user_account.id, role.id, 0, 'x', 0, 'x', 1
     FROM project
     JOIN user_account ON user_account.organization_id = project.organization_id
     JOIN role ON role.organization_id = project.organization_id AND role.system_role = 'regular'
     WHERE project.organization_id = $1 AND project.is_default = 1",
);

/// An application with at least one row in every table.
async fn filled(engine: Engine) -> TestApp {
    let app = TestApp::start(engine).await;
    for name in ["Schläuche & \"Söhne\"", "Other shop"] {
        let shop = app.organization(name).await;
        shop.customer("Kunde \\ 'eins'").await;
        let addresses = json!([{ "ipAddress": "10.0.0.0/8", "description": "🔩" }, { "ipAddress": "::1" }]);
        let key = shop.key_with(json!({ "approvedIpAddresses": addresses, "expires": "2031-01-01" })).await;
        shop.sign_in().await;
        shop.invited().await;
        let webhook = shop.webhook("https://shop.example/hooks", &["webhook.none"]).await;
        shop.ping(&webhook).await;
        shop.picture().await;
        for (path, body) in [
            ("currencies", json!({ "code": "EUR", "rate": 0.92 })),
            ("productgroups", json!({ "name": "Hose" })),
            ("suppliers", json!({ "name": "Ø & Sønn" })),
            ("locations", json!({ "name": "Main" })),
        ] {
            let path = format!("/api/v1/organization/{path}/update");
            app.post(path).credential(&shop.admin.text).json(&body).expect(200).await;
        }
        let hose = json!({
            "partNumber": "H-08", "brand": "Ørn", "size": "-08", "description": "½\" \"hose\"", "cost": 1.5,
            "orgPartNumber": "Eigene 8",
            "crimpSpecs": [{ "couplingSeries": "K", "couplingSeriesBrand": "Ørn", "crimpDiam": "31.6 ±0.1 mm" }],
        });
        shop.part("hoses", &hose).await;
        let end = json!({ "style": "JIC", "gender": "male", "dashSize": "08" });
        let adaptor = json!({ "partNumber": "A", "brand": "Ørn", "shape": "straight", "ends": [end, end] });
        shop.part("adaptors", &adaptor).await;
        let brand = app.post("/api/v1/brand/%C3%98rn/update").credential(&shop.admin.text);
        brand.json(&json!({ "default": true })).expect(200).await;
        let import = async |file: &str| {
            let call = app.post("/api/v1/components/import").credential(&shop.admin.text);
            call.upload("hose.csv", file.as_bytes(), &[]).expect(200).await.json
        };
        import("partNumber,brand,size\nI-08,Ørn,-08\n").await;
        let undone = import("partNumber,brand,cost\nI-08,Ørn,8\n").await;
        let path = format!("/api/v1/components/imports/{}/undo", undone["_id"].as_str().unwrap());
        app.post(path).credential(&shop.admin.text).expect(200).await;
        let mapping = json!({ "name": "Ø", "headers": { "Artikel": "partNumber" } });
        let path = "/api/v1/components/mappings/update";
        app.post(path).credential(&shop.admin.text).json(&mapping).expect(200).await;
        let accepted = json!({ "accepted": true, "version": 1 });
        let accept = app.post("/api/v1/organization/acceptterms").credential(&shop.admin.text);
        accept.json(&accepted).expect(200).await;
        let project = shop.project("Größe \"XL\"").await;
        shop.key_in(&[&project], 1).await;
        app.fill_revoked_tokens(shop.id, &key.id, 2).await;
        // Rows that were changed lie elsewhere on PostgreSQL.
        let update = json!({ "name": "Ω renamed", "scopes": "read", "keyType": "read-only" });
        let path = format!("/api/v1/organization/apikeys/{}/update", key.id);
        let write = app.post(path).credential(&shop.admin.text).json(&update);
        write.header("idempotency-key", "once").expect(200).await;
        let note = |tx: &mut Tx<'_>| {
            job::enqueue(
                tx,
                "mail",
                &tx.organization()?.to_string(),
                &json!({ "a\u{1}": ["\n\u{7f}", 1] }),
                Duration::ZERO,
            )?;
            let organization = tx.organization()?;
            tx.execute(&NOTE_IMPORTED, params![&organization.as_bytes()[..]])?;
            tx.execute(&NOTE_SEALED, params![&[0, 255, 34][..]])?;
            tx.execute(&WORK_IN_PROJECT, params![])?;
            tx.execute(&NOTE_USE, params![])
        };
        app.database.write(Scope::Organization(shop.id), note).await.unwrap();
    }
    app.get("/security/v1/verify").credential("nobody's").expect(401).await;
    app.write_history().await;
    app
}

/// A database and that of the history that goes with it.
type Both = (Database, Database);

fn empty(store: &Store) -> Both {
    let shop = store.open(Clock::standing_at("2026-02-02T00:00:00Z".parse().unwrap()), Random::seeded(7));
    let history = shop.open_history(&store.settings, Random::seeded(8)).unwrap();
    (shop, history)
}

fn both(app: &TestApp) -> Both {
    (app.database.clone(), app.history.database().clone())
}

async fn written((shop, history): &Both) -> String {
    let mut text = Vec::new();
    for (database, part) in shop.backup_parts(history) {
        let write = move |tx: &mut Tx<'_>| {
            let mut out = Vec::new();
            backup::write(tx, part, &mut out)?;
            Ok(out)
        };
        text.extend(database.read(Scope::System, write).await.unwrap());
    }
    String::from_utf8(text).unwrap()
}

async fn restore((shop, history): &Both, text: impl Into<Vec<u8>>) -> Result<()> {
    let bytes: Arc<[u8]> = text.into().into();
    for (database, _) in shop.backup_parts(history) {
        let bytes = Arc::clone(&bytes);
        let restore = move |tx: &mut Tx<'_>| backup::restore(tx, &mut &bytes[..]);
        database.patient().write(Scope::System, restore).await?;
    }
    Ok(())
}

/// The backup without the moment it was made, and its generation.
fn content(backup: &str) -> (String, u64) {
    let (_, rows) = backup.split_once('\n').unwrap();
    let (before, rest) = rows.split_once("[\"generation\",").unwrap();
    let (generation, after) = rest.split_once(']').unwrap();
    (format!("{before}{after}"), generation.parse().unwrap())
}

#[rstest]
#[tokio::test]
async fn a_backup_moves_to_the_other_engine_and_back(#[values(Sqlite, Postgres)] engine: Engine) {
    let other = if engine == Sqlite { Postgres } else { Sqlite };
    let app = filled(engine).await;
    let first = written(&both(&app)).await;
    let (rows, generation) = content(&first);

    let stores = [Store::new(other), Store::new(engine)];
    let moved = empty(&stores[0]);
    restore(&moved, first).await.unwrap();
    let second = written(&moved).await;
    assert_eq!(content(&second), (rows.clone(), generation + 1));

    let back = empty(&stores[1]);
    restore(&back, second).await.unwrap();
    assert_eq!(content(&written(&back).await), (rows, generation + 2));
}

#[rstest]
#[tokio::test]
async fn a_backup_holds_every_table_but_what_passes_and_tells_when_it_was_made(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = filled(engine).await;
    let backup = written(&both(&app)).await;
    let lines: Vec<Json> = backup.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({ "format": "swage-backup-1", "made": "2026-01-01T00:00:00.000Z" }));
    assert_eq!(lines.last().unwrap(), &json!({ "end": true }));
    let mut tables = Vec::new();
    for pair in lines.windows(2).filter(|pair| pair[0]["table"].is_string()) {
        let table = pair[0]["table"].as_str().unwrap().to_owned();
        assert!(pair[1].is_array(), "the test has no row for the table {table}");
        tables.push(table);
    }
    tables.sort_unstable();
    let mut known = BTreeSet::new();
    for database in [&app.database, app.history.database()] {
        known.extend(database.tables().await.unwrap().into_iter().map(|table| table.name));
    }
    for made_of_others in ["node", "part_text", "coupling", "crimped_coupling", "crimped_hose"] {
        assert!(known.remove(made_of_others));
    }
    assert_eq!(tables, known.into_iter().collect::<Vec<_>>());
}

#[rstest]
#[tokio::test]
async fn a_restored_backup_takes_the_place_of_what_was_there(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = filled(engine).await;
    let before = written(&both(&app)).await;
    let shop = app.organization("Founded after the backup").await;
    assert!(app.lets_in(&shop.admin.text).await);
    app.write_history().await;
    restore(&both(&app), before.clone()).await.unwrap();
    assert_eq!(content(&written(&both(&app)).await).0, content(&before).0);
}

static TEXTS: Statement = Statement::shared(
    "test.texts",
    "SELECT organization_id || ' ' || owner_id || ' ' || id || ' ' || source || ' ' || norm || ' ' || part_norm
            || ' ' || item_type || ' ' || brand_id || ' ' || status AS line
     FROM part_text ORDER BY organization_id, id, source",
);

static CRIMPED: Statement = Statement::shared(
    "test.crimped",
    "SELECT h.organization_id || ' ' || h.hose_id || ' ' || c.coupling_brand_norm || ' ' || c.coupling_series_norm
            || ' ' || c.hose_dash AS line
     FROM crimped_hose AS h JOIN crimped_coupling AS c ON c.organization_id = h.organization_id
     ORDER BY h.organization_id, h.hose_id, c.coupling_brand_norm, c.coupling_series_norm, c.hose_dash",
);

/// Whatever stands first in it: a part, or what the organization says of it.
#[rstest]
#[tokio::test]
async fn what_parts_are_found_by_is_made_anew_from_a_backup(#[values(Sqlite, Postgres)] engine: Engine) {
    let texts = async |database: &Database| {
        let read = |tx: &mut Tx<'_>| {
            let mut lines = tx.fetch_all(&TEXTS, params![], |row| row.get::<String>("line"))?;
            lines.extend(tx.fetch_all(&CRIMPED, params![], |row| row.get::<String>("line"))?);
            Ok(lines)
        };
        database.read(Scope::System, read).await.unwrap()
    };
    let app = filled(engine).await;
    let wanted = texts(&app.database).await;
    assert!(wanted.iter().any(|line| line.contains(" own eigene8 h08 hose ")), "{wanted:?}");
    assert!(wanted.iter().any(|line| line.ends_with(" ørn k 8")), "{wanted:?}");
    let store = Store::new(engine);
    let restored = empty(&store);
    restore(&restored, written(&both(&app)).await).await.unwrap();
    assert_eq!(texts(&restored.0).await, wanted);
}

/// Ways in which a backup can be damaged, each with words of the answer.
fn damaged(backup: &str) -> Vec<(Vec<u8>, String)> {
    let lines: Vec<&str> = backup.lines().collect();
    let joined = |lines: &[&str]| (lines.join("\n") + "\n").into_bytes();
    let table = lines.iter().position(|line| line.contains("\"table\":\"customer\"")).unwrap();
    let with = |line: &str| {
        let mut changed = lines.clone();
        changed[table] = line;
        joined(&changed)
    };
    let after = |line: &str| {
        let mut changed = lines.clone();
        changed.insert(table + 1, line);
        joined(&changed)
    };
    let at = |number: usize, what: &str| format!("line {number} {what}");
    let unknown_column = lines[table].replace("\"domain\"", "\"colour\"");
    let twice = {
        let mut changed = lines.clone();
        changed.insert(table + 1, lines[table + 1]);
        joined(&changed)
    };
    let wrong_kind = lines[table + 1].replacen("null", "\"never\"", 1);
    assert_ne!(wrong_kind, lines[table + 1]);
    let cut = String::from_utf8_lossy(&backup.as_bytes()[..backup.len() / 2]);
    let cut_line = cut.lines().count();
    vec![
        (Vec::new(), "backup ends too early".to_owned()),
        (joined(&lines[..1]), "backup ends too early".to_owned()),
        (joined(&lines[..lines.len() / 2]), "backup ends too early".to_owned()),
        (joined(&lines[..lines.len() - 1]), "backup ends too early".to_owned()),
        (cut.as_bytes().to_vec(), at(cut_line, "")),
        (b"Dear diary,\n".to_vec(), at(1, "")),
        (vec![0x1f, 0x8b, 0xff, 0xfe, 0x00, b'\n'], at(1, "")),
        (b"{}\n".to_vec(), at(1, "does not begin a swage-backup-1")),
        (b"[]\n".to_vec(), at(1, "does not begin a swage-backup-1")),
        (joined(&lines[1..]), at(1, "does not begin a swage-backup-1")),
        (
            backup.replacen("swage-backup-1", "swage-backup-9", 1).into_bytes(),
            at(1, "does not begin a swage-backup-1"),
        ),
        (
            with("{\"table\":\"customers\",\"columns\":[\"id\"]}"),
            at(table + 1, "names the table \"customers\""),
        ),
        (with("{\"table\":\"customer; DROP TABLE job\",\"columns\":[]}"), at(table + 1, "names the table")),
        (with("{\"table\":\"customer\"}"), at(table + 1, "")),
        (with(&unknown_column), at(table + 1, "names the column \"colour\"")),
        (after("[\"too\",\"short\"]"), at(table + 2, "is not a row of its table")),
        (after("[[1]]"), at(table + 2, "is not a row of its table")),
        (after("{\"colour\":\"blue\"}"), at(table + 2, "is not part of a backup")),
        (after(&wrong_kind), at(table + 2, "cannot be stored")),
        (twice, at(table + 3, "cannot be stored")),
        (joined(&[&lines[..], &["[1]"]].concat()), at(lines.len() + 1, "stands after the end")),
    ]
}

#[rstest]
#[tokio::test]
async fn a_damaged_backup_is_refused_with_the_line_and_changes_nothing(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = filled(engine).await;
    let database = (app.database.patient(), app.history.database().patient());
    let before = written(&database).await;
    for (damaged, words) in damaged(&before) {
        let shown = String::from_utf8_lossy(&damaged).chars().take(300).collect::<String>();
        let refused = restore(&database, damaged).await.expect_err(&shown);
        assert!(matches!(refused, Error::Invalid(_)), "{words}: {refused:?}");
        assert!(refused.to_string().starts_with(&words), "{words}: {refused}");
        assert_eq!(written(&database).await, before, "{words}");
    }
}
