use base::Random;
use proptest::prelude::*;

use super::*;
use crate::replay::random_claims;

fn keys(versions: &[u16]) -> TokenKeys {
    TokenKeys::new(versions.iter().map(|version| MacKey { version: *version, key: [9; 32] })).unwrap()
}

fn example() -> Claims {
    random_claims(&mut Random::seeded(1))
}

proptest! {
    #[test]
    fn claims_and_back(seed: u64) {
        let claims = random_claims(&mut Random::seeded(seed));
        let text = keys(&[1]).mint(&claims);
        prop_assert_eq!(text.len(), 106);
        prop_assert_eq!(keys(&[1]).check(&text), Ok(claims));
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".{0,120}", tail in "[A-Za-z0-9_-]{102}") {
        prop_assert!(keys(&[1]).check(&text).is_err());
        let ours = format!("swt_{tail}");
        prop_assert!(keys(&[1]).check(&ours).is_err());
    }
}

#[test]
fn every_other_character_in_any_place_is_refused() {
    let keys = keys(&[1]);
    let text = keys.mint(&example());
    for at in 0..text.len() {
        let (before, after) = (&text[..at], &text[at + 1..]);
        assert!(keys.check(&format!("{before}{after}")).is_err(), "without {at}");
        for c in (' '..='~').chain(['é']).filter(|c| !text[at..].starts_with(*c)) {
            assert!(keys.check(&format!("{before}{c}{after}")).is_err(), "{c} at {at}");
            assert!(keys.check(&format!("{before}{c}{}", &text[at..])).is_err(), "{c} before {at}");
        }
    }
}

#[test]
fn each_refusal() {
    let text = keys(&[1]).mint(&example());
    assert_eq!(keys(&[2]).check(&text), Err(NotAToken::UnknownKey));
    assert_eq!(keys(&[1, 2]).check(&text), Ok(example()), "an older key still counts");
    let other = TokenKeys::new([MacKey { version: 1, key: [8; 32] }]).unwrap();
    assert_eq!(other.check(&text), Err(NotAToken::Forged));
    assert_eq!(keys(&[1]).check(""), Err(NotAToken::Foreign));
    assert_eq!(keys(&[1]).check("swt_"), Err(NotAToken::Malformed));
    assert_eq!(keys(&[1]).check(&format!("{}=", *text)), Err(NotAToken::Malformed));
    assert_eq!(keys(&[1]).check(&format!("swt_{}", "A".repeat(1 << 20))), Err(NotAToken::Malformed));
}

/// 76 bytes end within a character: its four spare bits must be zero.
#[test]
fn spare_bits_do_not_make_a_second_text() {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let text = keys(&[1]).mint(&example());
    let (rest, last) = text.split_at(text.len() - 1);
    let same_bits = DIGITS.find(last).unwrap() / 16 * 16;
    for spare in DIGITS[same_bits + 1..same_bits + 16].chars() {
        assert_eq!(keys(&[1]).check(&format!("{rest}{spare}")), Err(NotAToken::Malformed));
    }
}

/// A MAC made for one use must not pass in another, were the same key set for both.
#[test]
fn a_pepper_makes_no_token() {
    let payload = write(1, &example());
    let elsewhere = KeySet::new("swage key secret 1", [MacKey { version: 1, key: [9; 32] }]).unwrap();
    let whole = [&payload, &elsewhere.mac(1, &[&payload]).unwrap().as_bytes()[..]].concat();
    let text = format!("swt_{}", BASE64_URL_SAFE_NO_PAD.encode(whole));
    assert_eq!(keys(&[1]).check(&text), Err(NotAToken::Forged));
}

#[test]
fn over_at_the_exact_millisecond() {
    let claims = Claims { expires: Timestamp::from_millis(1000), ..example() };
    assert!(!claims.is_expired(Timestamp::from_millis(999)));
    assert!(claims.is_expired(Timestamp::from_millis(1000)));
}
