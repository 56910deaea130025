//! What the server has answered is on the disk: seen from the system calls of
//! the running server on SQLite, in the order in which they happened.
//!
//! Each write has a request id of its own, which its audit entry holds and its
//! answer names. So it can be seen in which transaction of the write-ahead log
//! a write went, and that the log was synced between the last frame of that
//! transaction and the answer. What the server writes for itself meanwhile
//! does not disturb this, nor that several writes share a transaction.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;
mod trace;

use std::{fs, process::Command, thread::scope};

use serde_json::{Value as Json, json};

use support::{Place, Server, client::Client, rows::text, words};
use trace::{REQUEST, REQUEST_NUMBER};

const API_KEYS: &str = "/api/v1/organization/apikeys";
/// The server is our own child and strace the server's, so that it is ended as
/// without strace. What is written is shown up to more than a page of the log.
const STRACE: [&str; 8] = ["strace", "-D", "-f", "--seccomp-bpf", "-yy", "-s", "4400", TRACED];
const TRACED: &str = "--trace=pwrite64,pwritev,write,writev,sendto,sendmsg,fdatasync,fsync";

#[test]
fn what_was_answered_was_synced() {
    let place = Place::new();
    refuse_without_ptrace(&place);
    let file = place.path("trace");
    let strace = [&STRACE[..], &["-o", file.to_str().unwrap()]].concat();
    let server = place.launch(place.swage_under(&strace, &["demo", "--data", "data"]));

    let mut written = write(&server, 0, 40);
    scope(|scope| {
        let server = &server;
        let writing: Vec<_> = (1..=8).map(|client| scope.spawn(move || write(server, client, 10))).collect();
        written.extend(writing.into_iter().flat_map(|one| one.join().unwrap()));
    });
    // Ends once strace, which has the same output, has written all it saw.
    server.stop();

    let trace = fs::read_to_string(&file).unwrap();
    let calls = trace::calls(&trace);
    let (syncs, starts) = (trace::syncs(&calls).count(), trace::starts_of_log(&calls).count());
    println!("{} answers, {syncs} syncs of the log, which began {starts} times", written.len());
    assert_eq!(trace::answered_too_early(&calls, &written), Vec::<String>::new());
    assert_eq!(trace::overwritten_too_early(&calls), Vec::<String>::new());
    assert!(starts > 1, "the log never began anew, so nothing was seen of that");

    // The same without its syncs: every answer would have come too early.
    let unsynced: Vec<_> = trace.lines().filter(|line| !line.contains("sync")).collect();
    let calls = trace::calls(&unsynced.join("\n"));
    assert_eq!(trace::answered_too_early(&calls, &written).len(), written.len());
    assert_eq!(trace::overwritten_too_early(&calls).len(), starts);
}

fn refuse_without_ptrace(place: &Place) {
    let file = place.path("trace of true");
    let output = Command::new(STRACE[0]).args(&STRACE[1..]).arg("-o").arg(&file).arg("true").output();
    let output = output.expect("strace cannot be started: cargo xtask setup installs it");
    let trace = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        trace.contains("exited with 0"),
        "strace cannot trace a process here, so nothing can be said of durability. \
         In a container, ptrace must be allowed (the capability SYS_PTRACE). It said: {}",
        words(&output.stderr)
    );
}

/// Makes, changes and deletes so many keys, one request after the other;
/// answers the ids of the requests.
fn write(server: &Server, number: usize, keys: u32) -> Vec<String> {
    let client = Client::new(server.url(), &text(&server.ready["keys"]["admin"]["apiKey"]));
    let mut written = Vec::new();
    let mut post = |path: &str, body: &Json| {
        // All of one length, so that none is the beginning of another.
        let id = format!("{REQUEST}{:0width$}", number * 1000 + written.len(), width = REQUEST_NUMBER);
        let answer = client.post(path, &[("x-request-id", &id)], body).unwrap();
        assert!((200..300).contains(&answer.status), "{}", answer.body);
        written.push(id);
        answer.body
    };
    for _ in 0..keys {
        let key = json!({ "name": "A key", "scopes": "read", "keyType": "read-only" });
        let id = text(&post(API_KEYS, &key)["_id"]);
        post(&format!("{API_KEYS}/{id}/update"), &key);
        post(&format!("{API_KEYS}/{id}/delete"), &Json::Null);
    }
    written
}
