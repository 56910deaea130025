use base::Random;
use proptest::prelude::*;

use super::*;
use crate::replay::{JWT_NOW as NOW, jwt_key, jwt_keys, random_jwt};

fn keys() -> JwtKeys {
    jwt_keys(&[1])
}

fn example() -> Jwt {
    random_jwt(&mut Random::seeded(1))
}

/// A token of these parts, signed with our own key.
fn signed(header: &str, payload: &str) -> String {
    let text = format!("{}.{}", BASE64.encode(header), BASE64.encode(payload));
    let signature = keys().keys[0].pair.sign(text.as_bytes());
    format!("{text}.{}", BASE64.encode(signature.as_ref()))
}

fn payload(text: &str) -> serde_json::Value {
    serde_json::from_slice(&BASE64.decode(text.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

fn header(alg: &str, typ: &str, kid: &str) -> String {
    format!(r#"{{"alg":"{alg}","typ":"{typ}","kid":"{kid}"}}"#)
}

/// The key, the thumbprint and the signature of RFC 8037, appendix A.
#[test]
fn the_vectors_of_rfc_8037() {
    let seed = BASE64.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
    let key = SigningKey::new(&JwtKey {
        seed: MacKey { version: 1, key: seed.try_into().unwrap() },
        signs_from: None,
    });
    assert_eq!(key.x(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    assert_eq!(key.id, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let signature = key.pair.sign(b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
    let expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert_eq!(BASE64.encode(signature.as_ref()), expected);
}

#[test]
fn a_token_says_what_rfc_9068_asks_for() {
    let jwt = example();
    let text = keys().mint(&jwt);
    let head: serde_json::Value =
        serde_json::from_slice(&BASE64.decode(text.split('.').next().unwrap()).unwrap()).unwrap();
    assert_eq!((&head["alg"], &head["typ"]), (&"EdDSA".into(), &"at+jwt".into()));
    assert_eq!(head["kid"], keys().public().next().unwrap().id);
    let said = payload(&text);
    for claim in ["iss", "sub", "aud", "client_id", "iat", "nbf", "exp", "jti", "scope", "organization"] {
        assert!(!said[claim].is_null(), "{claim}");
    }
    assert_eq!(said["iss"], "https://swage.example");
    assert_eq!(said["exp"], jwt.claims.expires.as_seconds());
}

#[test]
fn the_newest_signs_and_all_verify() {
    let both = jwt_keys(&[2, 1]);
    let ids: Vec<_> = both.public().map(|key| key.id).collect();
    let old = keys().mint(&example());
    let new = both.mint(&example());
    assert_eq!(both.check(&old, NOW), Ok(example()));
    assert_eq!(both.check(&new, NOW), Ok(example()));
    assert!(both.keys[1].id == ids[1] && new.starts_with(&both.keys[1].header));
    assert_eq!(keys().check(&new, NOW), Err(NotAToken::Foreign), "the new key is not here yet");
}

#[test]
fn a_key_is_published_before_it_signs() {
    let at = |seconds| NOW.plus(Duration::from_secs(seconds));
    let next = [jwt_key(1, None), jwt_key(2, Some(at(60)))];
    let both = JwtKeys::new("https://swage.example".into(), Duration::from_mins(10), next).unwrap();
    assert_eq!(both.public().count(), 2);
    for (seconds, signs) in [(0, 0), (59, 0), (60, 1), (61, 1)] {
        let text = both.mint(&Jwt { issued: at(seconds), ..example() });
        assert!(text.starts_with(&both.keys[signs].header), "{seconds}");
        assert!(both.check(&text, at(seconds)).is_ok());
    }
    let alone = [jwt_key(1, Some(at(60)))];
    let alone = JwtKeys::new("https://swage.example".into(), Duration::from_mins(10), alone).unwrap();
    assert!(alone.check(&alone.mint(&example()), NOW).is_ok(), "there is no other");
}

#[test]
fn another_header_is_no_token_of_ours() {
    let kid = keys().keys[0].id.clone();
    let text = keys().mint(&example());
    let said = payload(&text).to_string();
    for bad in [
        header("none", "at+jwt", &kid),
        header("None", "at+jwt", &kid),
        header("HS256", "at+jwt", &kid),
        header("ES256", "at+jwt", &kid),
        header("EdDSA", "JWT", &kid),
        header("EdDSA", "application/at+jwt", &kid),
        header("EdDSA", "at+jwt", "1"),
        header("EdDSA", "at+jwt", ""),
        format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}","crit":["exp"]}}"#),
        format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}","jwk":{{}}}}"#),
        format!(r#"{{"kid":"{kid}","alg":"EdDSA","typ":"at+jwt"}}"#),
        "{}".to_owned(),
        String::new(),
    ] {
        assert_eq!(keys().check(&signed(&bad, &said), NOW), Err(NotAToken::Foreign), "{bad}");
        let unsigned = format!("{}.{}.", BASE64.encode(&bad), BASE64.encode(&said));
        assert_eq!(keys().check(&unsigned, NOW), Err(NotAToken::Foreign), "{bad}");
    }
    // Our own header, and the signature another made with our public key as a secret.
    let (before, _) = text.rsplit_once('.').unwrap();
    let public = hmac_sha256(keys().keys[0].pair.public_key().as_ref(), before.as_bytes());
    for signature in [public.to_vec(), Vec::new(), vec![0; 64], vec![0xff; 64], vec![0; 63], vec![0; 65]] {
        let forged = format!("{before}.{}", BASE64.encode(signature));
        assert_eq!(keys().check(&forged, NOW), Err(NotAToken::Forged));
    }
}

fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// Signed with our key even: only what we write is read.
#[test]
fn other_claims_are_refused() {
    let text = keys().mint(&example());
    let kid = keys().keys[0].id.clone();
    let with = |claim: &str, value: serde_json::Value| {
        let mut said = payload(&text);
        said[claim] = value;
        keys().check(&signed(&header("EdDSA", "at+jwt", &kid), &said.to_string()), NOW)
    };
    assert!(with("more", 1.into()).is_ok());
    assert_eq!(with("iss", "https://other.example".into()), Err(NotAToken::OtherIssuer));
    assert_eq!(with("iss", "https://swage.example/".into()), Err(NotAToken::OtherIssuer));
    let now = NOW.as_seconds();
    assert!(with("iat", (now + 60).into()).is_ok(), "the clock of another node");
    for (claim, value) in [
        ("iat", (now + 61).into()),
        ("iat", i64::MAX.into()),
        ("iat", "0".into()),
        ("nbf", (now + 61).into()),
        ("nbf", i64::MAX.into()),
        ("nbf", serde_json::Value::Null),
        ("exp", i64::MIN.into()),
        ("exp", 1.5.into()),
        ("exp", serde_json::Value::Null),
        ("jti", "x".into()),
        ("client_id", "x".into()),
        ("aud", serde_json::json!(["a", "b"])),
        ("key_slot", 256.into()),
        ("key_epoch", (-1).into()),
        ("customer", "".into()),
        ("scope", serde_json::Value::Null),
    ] {
        assert_eq!(with(claim, value.clone()), Err(NotAToken::Malformed), "{claim} {value}");
    }
    assert_eq!(
        with("scope", "hose:read unheard:of".into()).unwrap().claims.scope.unwrap().to_oauth(),
        "hose:read"
    );
}

#[test]
fn every_other_character_in_any_place_is_refused() {
    let keys = keys();
    let text = keys.mint(&example());
    for at in 0..text.len() {
        let (before, after) = (&text[..at], &text[at + 1..]);
        assert!(keys.check(&format!("{before}{after}"), NOW).is_err(), "without {at}");
        for c in ['A', 'Q', '-', '.', '=', 'é'].into_iter().filter(|c| !text[at..].starts_with(*c)) {
            assert!(keys.check(&format!("{before}{c}{after}"), NOW).is_err(), "{c} at {at}");
        }
    }
    for tail in ["=", "==", ".", ".e30", " ", "\n"] {
        assert!(keys.check(&format!("{}{tail}", *text), NOW).is_err(), "{tail:?}");
    }
    let long = format!("{}{}", keys.keys[0].header, "A".repeat(1 << 20));
    assert_eq!(keys.check(&long, NOW), Err(NotAToken::Malformed));
}

proptest! {
    #[test]
    fn claims_and_back(seed: u64) {
        let jwt = random_jwt(&mut Random::seeded(seed));
        prop_assert_eq!(keys().check(&keys().mint(&jwt), NOW), Ok(jwt));
    }
}
