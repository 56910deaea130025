use base::Random;
use keys::{KeyType, Scopes};

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
