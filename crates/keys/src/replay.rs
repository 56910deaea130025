//! What must hold for any input at all. The fuzz targets call these with new
//! inputs, the ordinary tests with the corpora the fuzzers left.

use std::{net::IpAddr, time::Duration};

use base::{Id, Random, Timestamp};
use base64::{Engine, prelude::BASE64_STANDARD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    AddressList, BasicClient, Claims, ForwardedHeader, Jwt, JwtKey, JwtKeys, KeyText, MacKey, NotAKey,
    Permissions, Scopes, TokenId, TokenKeys, TrustedProxies, address::Network,
};

/// A key has one text, its masked form is known as such, and no other byte in
/// any place of it makes a key.
///
/// # Panics
/// If that does not hold.
pub fn key_text(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(key) = KeyText::parse(text)
    {
        assert_eq!(*key.expose(), text, "one key, one text");
        assert_eq!(KeyText::parse(&key.masked()).map(drop), Err(NotAKey::Masked));
        assert!(!format!("{key:?}").contains(&text[text.len() - 49..]), "the secret is not printed");
    }
    let environment = "test".parse().expect("a word is an environment");
    let valid = KeyText::mint(environment, Id::from_bytes([7; 12]), &mut Random::seeded(7)).expose();
    if let Some(edited) = edited(&valid, data) {
        assert!(KeyText::parse(&edited).is_err(), "{edited} is no key");
    }
}

/// A network is read back from its text, and a list covers what its networks do.
///
/// # Panics
/// If that does not hold.
pub fn address(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let networks: Vec<Network> = text.lines().take(100).filter_map(|line| line.parse().ok()).collect();
    let list: AddressList = networks.iter().copied().collect();
    assert_eq!(list.is_empty(), networks.is_empty());
    for network in &networks {
        assert_eq!(network.to_string().parse(), Ok(*network), "one network, one text");
        for probe in around(*network) {
            let covered = networks.iter().any(|network| network.contains(probe));
            assert_eq!(list.contains(probe), covered, "{probe} in {networks:?}");
        }
    }
}

/// The first and the last address of a network and their neighbours, also as
/// IPv4-mapped ones.
pub(crate) fn around(network: Network) -> Vec<IpAddr> {
    match (network.0.network(), network.0.broadcast()) {
        (IpAddr::V4(first), IpAddr::V4(last)) => {
            let (first, last) = (first.to_bits(), last.to_bits());
            let probes =
                [first.wrapping_sub(1), first, last, last.wrapping_add(1)].map(std::net::Ipv4Addr::from);
            probes.into_iter().flat_map(|v4| [v4.into(), v4.to_ipv6_mapped().into()]).collect()
        }
        (IpAddr::V6(first), IpAddr::V6(last)) => {
            let (first, last) = (first.to_bits(), last.to_bits());
            let probes = [first.wrapping_sub(1), first, last, last.wrapping_add(1)];
            probes.map(|bits| std::net::Ipv6Addr::from(bits).into()).into()
        }
        _ => unreachable!("both ends are of one family"),
    }
}

/// Whatever a caller writes into the header, the address is what the trusted
/// proxy appended. Each line is a header of its own.
///
/// # Panics
/// If that does not hold.
pub fn forwarded(data: &[u8]) {
    let proxy: IpAddr = [10, 0, 0, 1].into();
    let forged: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    for (header, appended) in APPENDED {
        let proxies = TrustedProxies::new([proxy.into()], *header);
        let seen = Some(CALLER.into());
        let mut joined: Vec<Vec<u8>> = forged.iter().map(|value| value.to_vec()).collect();
        if let Some(last) = joined.last_mut() {
            last.extend_from_slice(b", ");
            last.extend_from_slice(appended.as_bytes());
        }
        assert_eq!(proxies.client_address(proxy, joined.iter().map(Vec::as_slice)), seen, "on the last line");
        let apart = forged.iter().copied().chain([appended.as_bytes()]).collect::<Vec<_>>();
        assert_eq!(proxies.client_address(proxy, apart.iter().copied()), seen, "on a line of its own");
        assert_eq!(proxies.client_address(CALLER.into(), apart), seen, "not through the proxy");
        // Read as if the proxy had written it: anything may come of it, but no panic.
        proxies.client_address(proxy, forged.iter().copied());
    }
}

const CALLER: [u8; 4] = [203, 0, 113, 7];

/// What proxies append for a connection from [`CALLER`].
const APPENDED: &[(ForwardedHeader, &str)] = &[
    (ForwardedHeader::XForwardedFor, "203.0.113.7"),
    (ForwardedHeader::XForwardedFor, "203.0.113.7:4711"),
    (ForwardedHeader::Forwarded, "for=203.0.113.7"),
    (ForwardedHeader::Forwarded, r#"for="203.0.113.7:4711";proto=https"#),
    (ForwardedHeader::Forwarded, r#"host="a, \"for=192.0.2.1\\";For="[::ffff:203.0.113.7]:4711""#),
    (ForwardedHeader::Forwarded, r#"for=203.0.113.7;host="\"""#),
];

/// Scopes are read back from their text, whose form is fixed.
///
/// # Panics
/// If that does not hold.
pub fn scopes(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match text.parse::<Scopes>() {
        Ok(scopes) => {
            let canonical = scopes.to_string();
            assert_eq!(canonical.parse(), Ok(scopes), "one set of scopes, one text");
            assert_eq!(text.to_uppercase().parse(), Ok(scopes), "in any case");
            assert!(!scopes.permissions().is_empty(), "{text} allows something");
        }
        Err(refusal) => assert!(refusal.to_string().len() < 1000, "the refusal does not repeat {text}"),
    }
}

/// A client of HTTP Basic is read back from its own header, and its secret is
/// not printed.
///
/// # Panics
/// If that does not hold.
pub fn basic(data: &[u8]) {
    let Ok(value) = std::str::from_utf8(data) else { return };
    let Some(Ok(client)) = BasicClient::read(value) else { return };
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pair = format!("{}:{}", encoded(&client.id), encoded(&client.secret));
    let again = BasicClient::read(&format!("Basic {}", BASE64_STANDARD.encode(pair)));
    assert!(again.is_some_and(|again| again.is_ok_and(|again| again == client)), "{client:?}");
}

/// A token has one text, says what it was made to say, and no other byte in
/// any place of it makes a token.
///
/// # Panics
/// If that does not hold.
pub fn token(data: &[u8]) {
    let keys = TokenKeys::new([MacKey { version: 1, key: [1; 32] }]).expect("one key is a set");
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(claims) = keys.check(text)
    {
        assert_eq!(*keys.mint(&claims), text, "one token, one text");
    }
    let claims = random_claims(&mut Random::from_seed(seed(data)));
    let text = keys.mint(&claims);
    assert_eq!(keys.check(&text), Ok(claims));
    if let Some(edited) = edited(&text, data) {
        assert!(keys.check(&edited).is_err(), "{edited} is no token");
    }
}

/// A JWT has one text, says what it was made to say, and no other byte in any
/// place of it makes one.
///
/// # Panics
/// If that does not hold.
pub fn jwt(data: &[u8]) {
    let keys = jwt_keys(&[1]);
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(jwt) = keys.check(text, JWT_NOW)
    {
        assert_eq!(keys.check(&keys.mint(&jwt), JWT_NOW), Ok(jwt));
    }
    let jwt = random_jwt(&mut Random::from_seed(seed(data)));
    let text = keys.mint(&jwt);
    assert_eq!(keys.check(&text, JWT_NOW), Ok(jwt));
    if let Some(edited) = edited(&text, data) {
        assert!(keys.check(&edited, JWT_NOW).is_err(), "{edited} is no token");
    }
}

/// When a random JWT has been made.
pub(crate) const JWT_NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

pub(crate) fn jwt_keys(versions: &[u16]) -> JwtKeys {
    let keys = versions.iter().map(|version| jwt_key(*version, None));
    JwtKeys::new("https://swage.example".into(), Duration::from_mins(10), keys)
        .expect("each version is there once")
}

pub(crate) fn jwt_key(version: u16, signs_from: Option<Timestamp>) -> JwtKey {
    JwtKey { seed: MacKey { version, key: [version.to_be_bytes()[1]; 32] }, signs_from }
}

pub(crate) fn random_jwt(random: &mut Random) -> Jwt {
    let claims = random_claims(random);
    let whole = |at: Timestamp| Timestamp::from_millis(at.as_seconds() * 1000);
    Jwt {
        claims: Claims {
            scope: Some(claims.scope.unwrap_or(Permissions::NONE)),
            expires: whole(claims.expires),
            ..claims
        },
        organization: Id::from_bytes(random.bytes()),
        audience: format!("https://{}.example", random.below(1000)),
        issued: whole(JWT_NOW.minus(Duration::from_secs(random.below(1000).into()))),
    }
}

/// The first bytes of an input as a seed.
fn seed(data: &[u8]) -> [u8; 32] {
    let mut seed = [0; 32];
    for (byte, given) in seed.iter_mut().zip(data) {
        *byte = *given;
    }
    seed
}

pub(crate) fn random_claims(random: &mut Random) -> Claims {
    let scope = u128::from_be_bytes(random.bytes()) & Permissions::all().to_bits();
    Claims {
        id: TokenId(random.bytes()),
        key: Id::from_bytes(random.bytes()),
        slot: random.bytes::<1>()[0],
        epoch: u32::from_be_bytes(random.bytes()),
        generation: u32::from_be_bytes(random.bytes()),
        customer: (random.below(2) == 1).then(|| Id::from_bytes(random.bytes())),
        scope: Permissions::from_bits(scope).filter(|_| random.below(2) == 1),
        expires: Timestamp::from_millis(i64::from_be_bytes(random.bytes()) >> 16),
    }
}

/// The text with one byte replaced, the place and the byte taken from `data`;
/// `None` if that changes nothing or leaves no text.
fn edited(text: &str, data: &[u8]) -> Option<String> {
    let (&[place, byte], _) = data.split_first_chunk()?;
    let mut bytes = text.as_bytes().to_vec();
    let place = usize::from(place) % bytes.len();
    if bytes[place] == byte {
        return None;
    }
    bytes[place] = byte;
    String::from_utf8(bytes).ok()
}
