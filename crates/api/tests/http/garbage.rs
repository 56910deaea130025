//! What is no key costs nothing: no database, no memory.

use std::fs;

use base::{Id, Random, Timestamp};
use gate::{Credential, Denied, Exchange};
use keys::{KeyText, TokenId};
use rstest::rstest;
use testkit::{Engine, Postgres, Sqlite, TestApp};

use crate::source::Source;

/// Texts that are no keys, each another one.
struct Garbage {
    random: Random,
    sample: String,
    made: u32,
}

impl Garbage {
    fn next(&mut self) -> String {
        self.made += 1;
        let n = self.made;
        let mut letters = |count: usize| -> String {
            const ALL: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
            let mut bytes = vec![0; count];
            self.random.fill(&mut bytes);
            bytes.iter().map(|byte| char::from(ALL[usize::from(*byte) % ALL.len()])).collect()
        };
        match n % 8 {
            // Of other makers, of no maker, of none at all.
            0 => format!("sk_live_{n}_{}", letters(40)),
            1 => format!("{n}{}", letters(usize::try_from(n % 300).unwrap())),
            // Built like one of ours; the checksum differs.
            2 | 3 => format!("swg_test_{}_{}", letters(17), letters(49)),
            4 => format!("swg_test_{}_{n}", letters(17)),
            5 => format!("swt_{}{n}", letters(99)),
            // One of ours, mistyped.
            6 => {
                let mut text = self.sample.clone().into_bytes();
                let at = text.len() - 1 - usize::try_from(n / 8).unwrap() % 40;
                let typed = letters(3);
                text.splice(at..=at, typed.bytes());
                String::from_utf8(text).unwrap()
            }
            // With a right checksum: only the id is nobody's.
            _ => {
                let id = Id::new(Timestamp::from_millis(1_700_000_000_000 + i64::from(n)), &mut self.random);
                KeyText::mint("test".parse().unwrap(), id, &mut self.random).expose().to_string()
            }
        }
    }
}

/// The memory of this process, in bytes.
fn memory() -> u64 {
    const PAGE: u64 = 4096;
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * PAGE
}

#[rstest]
#[tokio::test]
async fn a_million_garbage_keys_leave_no_trace(#[values(Sqlite, Postgres)] engine: Engine) {
    // The gate is the same above both.
    let count = if engine == Postgres { 100_000 } else { 1_000_000 };
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let (source, gate) = Source::with_gate(&app).await;
    assert_eq!(gate.live().len(), 2);
    let asked_before = source.asked();
    let rows_before = app.row_counts().await;

    let mut garbage = Garbage { random: Random::seeded(7), sample: key.text.clone(), made: 0 };
    let address = Some("192.0.2.1".parse().unwrap());
    let mut try_one = || {
        let text = garbage.next();
        let credential = match garbage.made % 10 {
            0 => Credential::Token(&text),
            _ => Credential::Key(&text),
        };
        let denied = gate.verify(credential, address, None, None).unwrap_err();
        assert_eq!(denied, Denied::Unknown, "{text}");
        if garbage.made % 10 == 1 {
            let (key, name, id) = (text.as_str(), key.name.as_str(), TokenId([0; 8]));
            let exchange = Exchange { key, name, address, customer: None, scope: None, jwt_for: None, id };
            assert_eq!(gate.exchange(&exchange).unwrap_err(), Denied::Unknown);
        }
    };
    (0..10_000).for_each(|_| try_one());
    let memory_before = memory();
    (10_000..count).for_each(|_| try_one());
    let grown = memory().saturating_sub(memory_before);
    assert!(grown < 4 * 1024 * 1024, "{grown} bytes");

    assert_eq!(source.asked(), asked_before);
    assert_eq!(gate.live().len(), 2);
    assert!(gate.live().take_uses().is_empty());
    assert_eq!(app.row_counts().await, rows_before);
    gate.verify(Credential::Key(&key.text), address, None, None).unwrap();
}

#[rstest]
#[tokio::test]
async fn garbage_is_refused_at_every_door_alike(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("full-access").await;
    let before = app.row_counts().await;
    let mut garbage = Garbage { random: Random::seeded(8), sample: key.text.clone(), made: 0 };
    let mut memory_before = 0;
    for n in 0..2_000 {
        if n == 500 {
            memory_before = memory();
        }
        let text = garbage.next();
        let answer = match n % 3 {
            0 => app.get("/security/v1/verify").header("x-api-key", &text),
            1 => app.get("/api/v1/organization/apikeys").credential(&text),
            _ => app.post("/api/v1/organization/apikeys/1/delete").header("authorization", &text),
        };
        let answer = answer.expect(401).await;
        assert_eq!(answer.json["message"], "The credential is not valid.", "{text}");
    }
    let grown = memory().saturating_sub(memory_before);
    assert!(grown < 8 * 1024 * 1024, "{grown} bytes");
    assert_eq!(app.gate.live().len(), 2);
    assert_eq!(app.row_counts().await, before);
    assert!(app.lets_in(&key.text).await);
}
