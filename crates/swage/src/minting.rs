use base::{Clock, Error, Id, Random, Result};
use gate::StoredSecret;
use keys::{Environment, KeyText, KeyType, Peppers, Scopes};
use usecases::api_keys::Minted;

/// A new key: its text, to be shown once, and what is stored of it.
pub fn mint(
    peppers: &Peppers,
    environment: Environment,
    clock: &Clock,
    random: &mut Random,
) -> Result<(KeyText, Minted)> {
    let text = KeyText::mint(environment, Id::new(clock.now(), random), random);
    let pepper = peppers.newest();
    let mac =
        peppers.mac(pepper, &text).ok_or_else(|| Error::Internal("the newest pepper is gone".into()))?;
    let minted =
        Minted { id: text.id(), masked: text.masked(), secret: StoredSecret { slot: 0, pepper, mac } };
    Ok((text, minted))
}

/// Eight lower-case letters for a new organization to be called by.
pub fn public_id(random: &mut Random) -> String {
    let letter = |_| char::from(b'a' + u8::try_from(random.below(26)).unwrap_or(0));
    (0..8).map(letter).collect()
}

/// All that a key of this type may be allowed.
///
/// # Panics
/// Never: these words are scopes.
pub fn usual_scopes(key_type: KeyType) -> Scopes {
    let words = if key_type == KeyType::ReadOnly { "read" } else { "read,write" };
    words.parse().expect("these words are scopes")
}
