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
        let length = 100 + if claims.customer.is_some() { 16 } else { 0 } + if claims.scope.is_some() { 32 } else { 0 };
        prop_assert_eq!(text.len(), length);
        prop_assert_eq!(keys(&[1]).check(&text), Ok(claims));
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".{0,160}", tail in "[A-Za-z0-9_-]{90,150}") {
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

/// Every form ends with a whole character: there are no spare bits.
#[test]
fn a_token_has_one_text_in_each_of_its_forms() {
    let example = example();
    for customer in [None, Some(Id::from_bytes([3; 12]))] {
        for scope in [None, Some(Permissions::NONE), Some(Permissions::every_read())] {
            let claims = Claims { customer, scope, ..example };
            let text = keys(&[1]).mint(&claims);
            assert_eq!((text.len() - 4) % 4, 0);
            assert_eq!(keys(&[1]).check(&text), Ok(claims));
        }
    }
}

#[test]
fn a_scope_of_another_catalogue_is_refused() {
    assert_eq!(scope(1, Permissions::CATALOGUE ^ 1), Err(NotAToken::OtherCatalogue));
    assert_eq!(scope(1 << 127, Permissions::CATALOGUE), Err(NotAToken::Malformed));
    assert!(scope(1, Permissions::CATALOGUE).is_ok());
}

/// Under our own key even: a form that we do not write is not read.
#[test]
fn what_is_left_over_or_missing_is_refused() {
    let keys = keys(&[1]);
    let sealed = |payload: &[u8]| {
        let mac = keys.0.mac(1, &[payload]).unwrap();
        format!("swt_{}", BASE64_URL_SAFE_NO_PAD.encode([payload, &mac.as_bytes()[..]].concat()))
    };
    let claims = Claims { customer: None, scope: None, ..example() };
    let payload = write(1, &claims);
    assert_eq!(keys.check(&sealed(&payload)), Ok(claims));
    for flags in 1..=u8::MAX {
        let mut other = payload.clone();
        *other.last_mut().unwrap() = flags;
        assert_eq!(keys.check(&sealed(&other)), Err(NotAToken::Malformed), "{flags}");
    }
    assert_eq!(keys.check(&sealed(&payload[..payload.len() - 1])), Err(NotAToken::Malformed));
    assert_eq!(keys.check(&sealed(&[&payload[..], &[0; 12]].concat())), Err(NotAToken::Malformed));
    assert_eq!(keys.check(&sealed(&[0, 1])), Err(NotAToken::Malformed));
}

#[test]
fn a_token_id_and_back() {
    let id = example().id;
    assert_eq!(id.to_string().parse(), Ok(id));
    for text in ["", "0", "00112233445566", "001122334455667788", "0011223344556g77"] {
        assert_eq!(text.parse::<TokenId>(), Err(NotAToken::Malformed), "{text}");
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
