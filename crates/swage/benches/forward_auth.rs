//! What a gateway can ask of Swage: `cargo xtask bench -p swage --bench forward_auth`.
//!
//! Loads a server on SQLite from the same machine, in turns with an answer that
//! is always the same and with the question whether a caller may come in.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::process::Command;

use serde_json::{Value as Json, json};
use support::{Place, Server, client::Client, rows::text, words};

const KEYS: u32 = 1_000;
const ROUNDS: usize = 3;
const LOAD: [&str; 3] = ["-t1", "-c32", "-d5s"];

/// Each with its header.
type Question = (&'static str, &'static str, Option<String>);

fn main() {
    let place = Place::new();
    let mut demo = place.swage(&["demo", "--data", "data"]);
    // The line for each request is left out: what it costs depends on where the log goes.
    demo.env("SWAGE_LOG__FILTER", "warn");
    let server = place.launch(demo);
    let (key, token) = fill(&server);
    let questions: [Question; 3] = [
        ("a constant, GET /healthz", "/healthz", None),
        ("may come in, by API key", "/security/v1/verify", Some(format!("x-api-key: {key}"))),
        (
            "may come in, by bearer token",
            "/security/v1/verify",
            Some(format!("authorization: Bearer {token}")),
        ),
    ];
    println!("{KEYS} keys, log filter warn, wrk {}; server and wrk share this machine\n", LOAD.join(" "));
    let mut rates = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        for ((_, path, header), rates) in questions.iter().zip(&mut rates) {
            rates.push(load(&format!("{}{path}", server.url()), header.as_deref()));
        }
    }
    let constant = median(&rates[0]);
    println!("{:<29} {:>11} {:>6}  rounds", "requests a second", "median", "ratio");
    for ((what, ..), rates) in questions.iter().zip(&rates) {
        let rounds: Vec<_> = rates.iter().map(|rate| format!("{rate:.0}")).collect();
        let median = median(rates);
        println!("{what:<29} {median:>11.0} {:>6.2}  {}", median / constant, rounds.join(" "));
    }
    server.stop();
}

/// Makes the keys; answers the last one, and a bearer token for it.
fn fill(server: &Server) -> (String, String) {
    let client = Client::new(server.url(), &text(&server.ready["keys"]["admin"]["apiKey"]));
    let post = |path: &str, body: &Json| {
        let answer = client.post(path, &[], body).unwrap();
        assert!(answer.status < 300, "{}", answer.body);
        answer.body
    };
    let mut key = String::new();
    for _ in 0..KEYS {
        let new = json!({
            "name": "gateway", "scopes": "read", "keyType": "full-access",
            "approvedIpAddresses": [{ "ipAddress": "127.0.0.0/8" }],
        });
        key = text(&post("/api/v1/organization/apikeys", &new)["apiKey"]);
    }
    let exchange = json!({ "apiKey": key, "name": "gateway", "grantType": "client_credentials" });
    let token = text(&post("/security/v1/token", &exchange)["access_token"]);
    (key, token)
}

/// Requests a second, all of them answered with success.
fn load(url: &str, header: Option<&str>) -> f64 {
    let header = header.map(|header| ["-H", header]);
    let output = Command::new("wrk").args(LOAD).args(header.iter().flatten()).arg(url).output();
    let output = output.expect("wrk is needed: cargo xtask setup --proof installs it");
    let said = words(&output.stdout);
    assert!(
        output.status.success() && !said.contains("Non-2xx") && !said.contains("Socket errors"),
        "{said}"
    );
    said.lines().find_map(|line| line.strip_prefix("Requests/sec:")).unwrap().trim().parse().unwrap()
}

fn median(rates: &[f64]) -> f64 {
    let mut sorted = rates.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
