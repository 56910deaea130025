//! Replays the inputs that fuzzing has collected, on any compiler.

use std::{fs, path::Path};

fn replay(target: &str, check: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut count = 0;
    for entry in fs::read_dir(&corpus).expect("the corpus is there") {
        let path = entry.expect("the corpus can be listed").path();
        println!("{}", path.display());
        check(&fs::read(path).expect("the input can be read"));
        count += 1;
    }
    assert!(count >= 10, "only {count} inputs in {}", corpus.display());
}

#[test]
fn key_text() {
    replay("key_text", keys::replay::key_text);
}

#[test]
fn address() {
    replay("address", keys::replay::address);
}

#[test]
fn forwarded() {
    replay("forwarded", keys::replay::forwarded);
}

#[test]
fn scopes() {
    replay("scopes", keys::replay::scopes);
}

#[test]
fn basic() {
    replay("basic", keys::replay::basic);
}

#[test]
fn jwt() {
    replay("jwt", keys::replay::jwt);
}

#[test]
fn token() {
    replay("token", keys::replay::token);
}
