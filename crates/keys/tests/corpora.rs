//! Replays the inputs that fuzzing has collected, on any compiler.

#[path = "../../../fuzz/corpus.rs"]
mod corpus;

use corpus::inputs;

#[test]
fn key_text() {
    inputs("key_text").for_each(|input| keys::replay::key_text(&input));
}

#[test]
fn address() {
    inputs("address").for_each(|input| keys::replay::address(&input));
}

#[test]
fn forwarded() {
    inputs("forwarded").for_each(|input| keys::replay::forwarded(&input));
}

#[test]
fn scopes() {
    inputs("scopes").for_each(|input| keys::replay::scopes(&input));
}

#[test]
fn basic() {
    inputs("basic").for_each(|input| keys::replay::basic(&input));
}

#[test]
fn jwt() {
    inputs("jwt").for_each(|input| keys::replay::jwt(&input));
}

#[test]
fn token() {
    inputs("token").for_each(|input| keys::replay::token(&input));
}
