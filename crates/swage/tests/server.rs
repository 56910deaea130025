//! The servers: the demo and the real one, their secrets and their end.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    thread::sleep,
    time::Duration,
};

use support::{Place, address, get, mode, set_mode};

#[test]
fn the_demo_starts_answers_and_is_the_same_the_second_time() {
    let place = Place::new();
    let server = place.start(&["demo", "--data", "data"]);
    assert_eq!(mode(&place.path("ready.json")), 0o600);
    assert_eq!(mode(&place.path("data")), 0o700);
    for file in ["secrets.toml", "credentials.json", "swage.db", "swage.db-wal"] {
        assert_eq!(mode(&place.path("data").join(file)), 0o600, "{file}");
    }
    let mut first = server.ready.clone();
    assert!(server.get("/healthz", "").starts_with("HTTP/1.1 200"));
    for (key, customer) in [("admin", false), ("fullAccess", false), ("readOnly", false), ("customer", true)]
    {
        let key = &first["keys"][key];
        assert!(key["apiKey"].as_str().unwrap().starts_with("swg_demo_"));
        assert_eq!(key.get("customerId").is_some(), customer);
    }
    let admin = first["keys"]["admin"]["apiKey"].as_str().unwrap().to_owned();
    let answer = server.get("/api/v1/organization/apikeys", &format!("x-api-key: {admin}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let (printed, _) = server.stop();
    for shown in ["admin@demo.example", first["admin"]["password"].as_str().unwrap(), &admin, "curl -H"] {
        assert!(printed.contains(shown), "{printed}");
    }

    let again = place.start(&["demo", "--data", "data"]);
    let mut second = again.ready.clone();
    let answer = again.get("/api/v1/organization/apikeys", &format!("x-api-key: {admin}\r\n"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    again.stop();
    (first["url"], second["url"]) = (true.into(), true.into());
    assert_eq!(first, second);
}

#[test]
fn a_demo_that_was_cut_short_is_made_again() {
    let place = Place::new();
    place.start(&["demo", "--data", "data"]).stop();
    // As if the credentials had been written and the organization not made.
    for file in ["swage.db", "swage.db-wal", "swage.db-shm"] {
        let _ = fs::remove_file(place.path("data").join(file));
    }
    let server = place.start(&["demo", "--data", "data"]);
    let key = server.ready["keys"]["admin"]["apiKey"].as_str().unwrap().to_owned();
    assert!(server.get("/api/v1/organization/apikeys", &format!("x-api-key: {key}\r\n")).contains(" 200 "));
    server.stop();
    fs::remove_file(place.path("data/credentials.json")).unwrap();
    assert!(place.fail(&["demo", "--data", "data"]).contains("holds an organization that is not the demo's"));
}

#[test]
fn a_server_without_an_organization_says_how_to_make_one() {
    let place = Place::new();
    let server = place.start(&["serve", "--metrics-listen", "127.0.0.1:0"]);
    assert!(server.ready.get("organizationId").is_none());
    assert!(server.get("/healthz", "").contains(" 200 "));
    let metrics = get(&address(&server.ready["metricsUrl"]), "/metrics", "");
    assert!(metrics.starts_with("HTTP/1.1 200"), "{metrics}");
    for line in [
        "swage_live_keys 0",
        "swage_gate_lag_seconds ",
        "swage_gate_place 0",
        "swage_nodes 1",
        "swage_database_waiting_units 0",
        "swage_database_write_unit_seconds_bucket",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    let (_, log) = server.stop();
    assert!(log.contains("`swage init` makes the first"), "{log}");
    assert!(log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{log}");

    let made = place.run(&["init", "--name", "A Shop", "--email", "a@shop.example"]);
    let server = place.start(&["serve"]);
    assert!(made.contains(server.ready["organizationId"].as_str().unwrap()));
    assert!(made.contains(server.ready["publicOrganizationId"].as_str().unwrap()));
    server.stop();
}

#[test]
fn a_request_in_progress_is_finished() {
    let place = Place::new();
    let server = place.start(&["serve"]);
    let address = server.address();
    let mut connection = TcpStream::connect(&address).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let head = "POST /security/v1/token HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n";
    write!(connection, "{head}Host: {address}\r\n\r\n{{").unwrap();
    sleep(Duration::from_millis(300));
    server.terminate();
    sleep(Duration::from_millis(300));
    assert!(TcpStream::connect(&address).is_err(), "still takes requests");
    write!(connection, "}}").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    server.finish();
}

#[test]
fn secrets_that_others_may_read_are_refused() {
    let place = Place::new();
    place.run(&["init", "--name", "A Shop", "--email", "a@shop.example"]);
    let secrets = place.path("data/secrets.toml");
    assert_eq!(mode(&secrets), 0o600);
    set_mode(&secrets, 0o644);
    let error = place.fail(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(
        error,
        "swage: ./data/secrets.toml may be read by others than its owner (mode 0644); run: chmod 600 ./data/secrets.toml\n"
    );
    let doctor = place.swage(&["doctor"]).output().unwrap();
    assert_eq!(doctor.status.code(), Some(1));
    assert!(support::words(&doctor.stdout).contains("✗ ./data/secrets.toml may be read by others"));
}

#[test]
fn lost_secrets_are_not_replaced_by_new_ones() {
    let place = Place::new();
    place.run(&["init", "--name", "A Shop", "--email", "a@shop.example"]);
    let secrets = place.path("data/secrets.toml");
    fs::rename(&secrets, place.path("kept.toml")).unwrap();
    let error = place.fail(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(
        error.contains("./data/secrets.toml is not there, but the database has an organization"),
        "{error}"
    );
    assert!(!secrets.exists());
    place.start(&["serve", "--secrets-file", "kept.toml"]).stop();
}
