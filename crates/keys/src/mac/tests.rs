use base::{Id, Random};

use super::*;

fn pepper(version: u16) -> MacKey {
    MacKey { version, key: [u8::try_from(version).unwrap(); 32] }
}

fn key(environment: &str, id: u8, seed: u64) -> KeyText {
    KeyText::mint(environment.parse().unwrap(), Id::from_bytes([id; 12]), &mut Random::seeded(seed))
}

/// HMAC by its definition (RFC 2104) over the documented message.
#[test]
fn the_mac_is_the_documented_one() {
    use sha2::Digest;
    let key = key("live", 1, 1);
    let mut message = b"swage key secret 1".to_vec();
    message.resize(64, 0);
    message.extend(key.id().as_bytes());
    message.extend(key.secret());
    message.extend(b"live");
    let (mut inner, mut outer) = ([0x36; 64], [0x5c; 64]);
    for n in 0..32 {
        inner[n] ^= 3;
        outer[n] ^= 3;
    }
    let inner = Sha256::new().chain_update(inner).chain_update(&message).finalize();
    let expected: [u8; 32] = Sha256::new().chain_update(outer).chain_update(inner).finalize().into();
    let peppers = Peppers::new([pepper(3)]).unwrap();
    assert_eq!(peppers.mac(3, &key).unwrap().as_bytes(), &expected);
}

#[test]
fn only_the_same_key_under_the_same_pepper_passes() {
    let peppers = Peppers::new([pepper(2), pepper(1)]).unwrap();
    assert_eq!((peppers.newest(), peppers.versions().collect::<Vec<_>>()), (2, vec![1, 2]));
    let stored = peppers.mac(1, &key("live", 1, 1)).unwrap();
    assert!(peppers.verify(1, &stored, &key("live", 1, 1)));
    assert!(!peppers.verify(1, &stored, &key("live", 1, 2)), "another secret");
    assert!(!peppers.verify(1, &stored, &key("live", 2, 1)), "another id");
    assert!(!peppers.verify(1, &stored, &key("test", 1, 1)), "another environment");
    assert!(!peppers.verify(2, &stored, &key("live", 1, 1)), "another pepper");
    assert!(!peppers.verify(3, &stored, &key("live", 1, 1)), "a pepper that is not here");
    for bit in 0..256 {
        let mut bytes = *stored.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(!peppers.verify(1, &SecretMac::from_bytes(bytes), &key("live", 1, 1)), "bit {bit}");
    }
}

#[test]
fn a_set_has_keys_and_each_version_once() {
    assert_eq!(Peppers::new([]).err(), Some(NotAKeySet::Empty));
    assert_eq!(Peppers::new([pepper(1), pepper(2), pepper(1)]).err(), Some(NotAKeySet::Twice(1)));
}

#[test]
fn nothing_secret_is_printed() {
    let peppers = Peppers::new([pepper(1), pepper(2)]).unwrap();
    assert_eq!(format!("{peppers:?}"), "Peppers { own: {1, 2}, imported: {1, 2} }");
    assert_eq!(format!("{:?}", pepper(7)), "MacKey(version 7)");
    assert_eq!(format!("{:?}", peppers.mac(1, &key("live", 1, 1))), "Some(SecretMac(…))");
}
