//! The commands that a person types, on SQLite.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;

use serde_json::json;
use support::{Place, client::Client, mode};

/// Everything in a store but what a restore is to change.
fn rows(place: &Place, data: &str) -> Vec<String> {
    let file = place.path("rows");
    place.run(&["backup", file.to_str().unwrap(), "--data", data]);
    let text = fs::read_to_string(&file).unwrap();
    let changes = |line: &&str| !line.starts_with("{\"format\"") && !line.starts_with("[\"generation\"");
    text.lines().filter(changes).map(str::to_owned).collect()
}

fn generation(place: &Place, data: &str) -> u64 {
    let file = place.path("generation");
    place.run(&["backup", file.to_str().unwrap(), "--data", data]);
    let text = fs::read_to_string(&file).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("[\"generation\",")).unwrap();
    line.trim_end_matches(']').parse().unwrap()
}

#[test]
fn an_organization_its_keys_and_its_users() {
    let place = Place::new();
    let error = place.fail(&["keys", "list"]);
    assert_eq!(error, "swage: There is no organization yet: `swage init` makes the first.\n");
    let made = place.run(&["init", "--name", "A Shop", "--email", "a@shop.example"]);
    let password = made.lines().find_map(|line| line.strip_prefix("password")).unwrap().trim();
    assert!(password.len() > 20, "{made}");
    let error = place.fail(&["init", "--name", "B Shop", "--email", "b@shop.example"]);
    assert_eq!(error, "swage: There is an organization already; --another makes one more.\n");

    let key =
        place.run(&["keys", "create", "--name", "cron", "--type", "read-only", "--address", "192.0.2.0/24"]);
    assert!(key.starts_with("swg_live_") && key.ends_with('\n') && key.lines().count() == 1, "{key}");
    let list = place.run(&["keys", "list"]);
    assert!(list.contains("cron") && list.contains("read-only") && !list.contains(key.trim()), "{list}");
    let id = list.lines().last().unwrap().split(' ').next().unwrap();
    let report = place.run(&["keys", "report"]);
    assert_eq!(report.lines().count(), 2);
    assert!(report.contains("neverExpires  ") && !report.contains("noAddresses"), "{report}");
    let new = place.run(&["keys", "rotate", id, "--grace", "0"]);
    assert!(new.starts_with(&key[..26]) && new != key && new.lines().count() == 1, "{new}");
    assert!(!place.run(&["keys", "list"]).contains(new.trim()));
    place.run(&["keys", "revoke", id]);
    assert_eq!(place.run(&["keys", "list"]).lines().count(), 1);
    assert!(place.run(&["keys", "list", "--deleted"]).contains("revoked"));
    assert_eq!(place.fail(&["keys", "revoke", id]), "swage: There is no such API key.\n");

    let file = place.write("password", "a password of their own\n");
    let reset =
        place.run(&["users", "reset-password", "A@shop.example", "--password-file", file.to_str().unwrap()]);
    assert_eq!(reset, "user           a@shop.example\n");
    let list = place.run(&["users", "list"]);
    assert!(list.contains("active     admin     a@shop.example  a@shop.example"), "{list}");
    assert!(place.fail(&["users", "suspend", "a@shop.example"]).contains("the last administrator"));
    assert_eq!(place.run(&["users", "resume", "a@shop.example"]), "active  a@shop.example\n");
    assert_eq!(place.fail(&["users", "reset-password", "x@shop.example"]), "swage: There is no such user.\n");
    let short = place.write("short", "short\n");
    let error = place.fail(&[
        "users",
        "reset-password",
        "a@shop.example",
        "--password-file",
        short.to_str().unwrap(),
    ]);
    assert!(error.starts_with("swage: password must have at least 8 characters with upper"), "{error}");

    let made = place.run(&[
        "init",
        "--name",
        "B Shop",
        "--email",
        "a@shop.example",
        "--another",
        "--subscription",
        "free",
    ]);
    let public_id = made.lines().find_map(|line| line.strip_prefix("public id")).unwrap().trim().to_owned();
    assert!(place.fail(&["keys", "list"]).contains("--organization must say which"));
    assert!(
        place
            .fail(&["users", "reset-password", "a@shop.example"])
            .contains("--organization must say in which")
    );
    place.run(&["users", "reset-password", "a@shop.example", "--organization", &public_id]);
    let error =
        place.fail(&["keys", "create", "--name", "x", "--type", "admin", "--organization", &public_id]);
    assert_eq!(error, "swage: API keys need a professional or enterprise subscription.\n");
    assert_eq!(
        place.fail(&["keys", "list", "--organization", "nosuchid"]),
        "swage: There is no such organization.\n"
    );
}

#[test]
fn the_operator_of_the_shared_catalogue() {
    let place = Place::new();
    let create = ["keys", "create", "--name", "operator", "--type", "admin", "--organization", "catalogs"];
    assert_eq!(
        place.fail(&create),
        "swage: The shared catalogue has no administrator yet: `swage init --shared-catalogue` makes one.\n"
    );
    let init = ["init", "--shared-catalogue", "--email", "operator@platform.example"];
    let made = place.run(&init);
    assert!(made.starts_with("organization   Shared catalogue\nid             000000000000000000000000\n"));
    assert!(made.contains("\npublic id      catalogs\nadministrator  operator@platform.example\npassword  "));
    let again = "swage: The shared catalogue has an administrator already.\n";
    assert_eq!(place.fail(&init), again);
    for option in ["--name", "--subscription", "--another"] {
        let value: &[&str] = if option == "--another" { &[] } else { &["free"] };
        let output = place.swage(&[&init[..], &[option], value].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{option}");
    }
    assert_eq!(
        place.swage(&["init", "--email", "a@shop.example"]).output().unwrap().status.code(),
        Some(2),
        "an organization needs a name"
    );
    let key = place.run(&create);
    let users = place.run(&["users", "list", "--organization", "catalogs"]);
    assert!(users.contains("admin     operator@platform.example"), "{users}");

    // Without its secrets its keys would end, as any organization's would.
    let (secrets, away) = (place.path("data/secrets.toml"), place.path("away.toml"));
    fs::rename(&secrets, &away).unwrap();
    assert!(place.fail(&create).contains("secrets.toml is not there, but the database has an organization"));
    fs::rename(&away, &secrets).unwrap();

    // It is none of the organizations: there is still no first one, and then only one.
    let error = place.fail(&["keys", "list"]);
    assert_eq!(error, "swage: There is no organization yet: `swage init` makes the first.\n");
    place.run(&["init", "--name", "A Shop", "--email", "a@shop.example"]);
    let own = place.run(&["keys", "create", "--name", "shop", "--type", "read-only"]);
    let doctor = place.run(&["doctor"]);
    assert!(doctor.contains("A Shop") && !doctor.contains("catalogs ("), "{doctor}");

    // A part that is made with the one key is seen with the other.
    let server = place.start(&["serve"]);
    let caller = |key: &str| Client::new(server.url(), key.trim());
    let part = json!({ "partNumber": "KV2-08", "brand": "Kestrel", "size": "-08" });
    let made = caller(&key).post("/api/v1/hoses/create", &[], &part).unwrap();
    assert_eq!(made.status, 201, "{}", made.body);
    let path = format!("/api/v1/hose/{}", made.body["_id"].as_str().unwrap());
    let seen = caller(&own).get(&path).unwrap();
    assert_eq!((seen.status, &seen.body["shared"]), (200, &json!(true)));
    server.stop();

    // A backup brings all of it back, and none is put over an operator unasked.
    place.run(&["backup", "shop.backup"]);
    place.run(&["restore", "shop.backup", "--data", "new"]);
    assert_eq!(rows(&place, "data"), rows(&place, "new"));
    fs::copy(&secrets, place.path("new/secrets.toml")).unwrap();
    assert_eq!(place.fail(&[&init[..], &["--data", "new"]].concat()), again);
    place.run(&[&init[..], &["--data", "operated"]].concat());
    assert_eq!(
        place.fail(&["restore", "shop.backup", "--data", "operated"]),
        "swage: There is an organization here already. --replace puts the backup in its place.\n"
    );
}

#[test]
fn a_backup_brings_the_same_rows_and_a_new_generation() {
    let place = Place::new();
    place.start(&["demo", "--data", "old"]).stop();
    place.write("passphrase", "a long enough passphrase\n");
    place.write("wrong", "another passphrase\n");
    let sealing = ["--include-secrets", "--passphrase-file", "passphrase"];
    place.run(&[&["backup", "shop.backup", "--data", "old"][..], &sealing[..]].concat());
    for file in ["shop.backup", "shop.backup.secrets"] {
        assert_eq!(mode(&place.path(file)), 0o600, "{file}");
    }

    let restore = ["restore", "shop.backup", "--data", "new"];
    assert!(
        place
            .fail(&restore)
            .contains("--passphrase-file must be given: the secrets are in shop.backup.secrets")
    );
    let wrong = place.fail(&[&restore[..], &["--passphrase-file", "wrong"]].concat());
    assert_eq!(wrong, "swage: the passphrase does not open the sealed secrets\n");
    let right = [&restore[..], &["--passphrase-file", "passphrase"]].concat();
    place.run(&right);
    assert_eq!(rows(&place, "old"), rows(&place, "new"));
    assert_eq!(
        fs::read(place.path("old/secrets.toml")).unwrap(),
        fs::read(place.path("new/secrets.toml")).unwrap()
    );
    let first = generation(&place, "new");
    assert!(first > generation(&place, "old"));

    assert!(
        place
            .fail(&right)
            .contains("There is an organization here already. --replace puts the backup in its place.")
    );
    place.run(&["keys", "create", "--name", "later", "--type", "admin", "--data", "new"]);
    place.run(&[&right[..], &["--replace"]].concat());
    assert_eq!(rows(&place, "old"), rows(&place, "new"));
    assert!(generation(&place, "new") > first);

    // The keys of before are let in by the server on the new store.
    let credentials: serde_json::Value =
        serde_json::from_slice(&fs::read(place.path("old/credentials.json")).unwrap()).unwrap();
    let key = credentials["keys"]["admin"]["apiKey"].as_str().unwrap();
    let server = place.start(&["serve", "--data", "new"]);
    let answer = server.get("/api/v1/organization/apikeys", &format!("x-api-key: {key}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.stop();
}

#[test]
fn a_backup_that_is_cut_changes_nothing() {
    let place = Place::new();
    place.start(&["demo", "--data", "old"]).stop();
    let output = place.swage(&["backup", "shop.backup", "--data", "old"]).output().unwrap();
    let said = support::words(&output.stderr);
    assert!(said.contains("The secrets are not in it: keep old/secrets.toml too"), "{said}");
    let whole = fs::read_to_string(place.path("shop.backup")).unwrap();
    let cut: Vec<_> = whole.lines().take(whole.lines().count() - 1).collect();
    place.write("cut.backup", &cut.join("\n"));
    let before = rows(&place, "old");
    // A restore is one unit however long it takes, which the log may say before it.
    let error = place.fail(&["restore", "cut.backup", "--data", "old", "--replace"]);
    assert!(error.ends_with("swage: backup ends too early\n"), "{error}");
    assert_eq!(rows(&place, "old"), before);
    let said = place.swage(&["restore", "shop.backup", "--data", "new"]).output().unwrap();
    assert!(support::words(&said.stderr).contains("Now bring back new/secrets.toml"));
}

#[test]
fn the_api_document_is_json() {
    let document = Place::new().run(&["openapi"]);
    assert!(document.ends_with("}\n"));
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn the_schema_can_be_brought_up_to_date_alone() {
    let place = Place::new();
    place.run(&["migrate"]);
    assert_eq!(mode(&place.path("data/swage.db")), 0o600);
    let report = place.run(&["doctor"]);
    assert!(report.contains("✓ the database is SQLite, its schema is version"), "{report}");
}
