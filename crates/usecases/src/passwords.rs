//! Passwords: argon2id with OWASP's least parameters (19 MiB, two passes),
//! never inside a unit of work.

use argon2::{
    Argon2, PasswordHash,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use base::{Error, Random, Result};
use zeroize::Zeroizing;

/// The fewest characters of a password that has upper and lower case letters,
/// a digit and a special character, as GoldLeaf documents it.
pub const MIN_LENGTH: usize = 8;
/// The fewest characters of any other: a passphrase, or one that was made here.
pub const MIN_LENGTH_OF_PHRASE: usize = 20;
/// The most bytes of a password: hashing must not become a burden.
pub const MAX_LENGTH: usize = 1024;

/// A hash that no password has, to be compared with where there is no user, so
/// that both take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c3dhZ2Uuc2FsdC5ub2JvZHk$qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo";

/// The one rule for every password that is set, or what is wrong with this one.
pub fn check(password: &str) -> Result<(), String> {
    if password.len() > MAX_LENGTH {
        return Err(format!("must have at most {MAX_LENGTH} bytes"));
    }
    let length = password.chars().count();
    let kinds: [fn(char) -> bool; 4] = [char::is_uppercase, char::is_lowercase, char::is_numeric, |c| {
        !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control()
    }];
    let has_all_kinds = kinds.into_iter().all(|kind| password.chars().any(kind));
    if (length >= MIN_LENGTH && has_all_kinds) || length >= MIN_LENGTH_OF_PHRASE {
        return Ok(());
    }
    Err(format!(
        "must have at least {MIN_LENGTH} characters with upper and lower case letters, a digit and a special \
         character, or at least {MIN_LENGTH_OF_PHRASE} characters of any kind"
    ))
}

/// The hash of a new password in PHC form; refuses one that is against the rule.
pub fn hash(password: &str, random: &mut Random) -> Result<String> {
    check(password).map_err(|wrong| Error::invalid("password", wrong))?;
    let salt: [u8; 16] = random.bytes();
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| Error::internal("argon2", error))?.to_string())
}

/// Whether the password belongs to the hash; takes as long where there is none.
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    let known = hash.unwrap_or(NOBODY);
    let matches = password.len() <= MAX_LENGTH
        && PasswordHash::new(known)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    matches && hash.is_some()
}

/// A password for a person to be given: 20 letters and digits without those
/// that look alike, 117 bits.
pub fn generate(random: &mut Random) -> Zeroizing<String> {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let count = u32::try_from(LETTERS.len()).unwrap_or(1);
    let letter = |_| char::from(LETTERS[random.below(count) as usize]);
    Zeroizing::new((0..20).map(letter).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_belongs_to_its_hash_alone() {
        let mut random = Random::seeded(1);
        let password = generate(&mut random);
        let hash = hash(&password, &mut random).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify(&password, Some(&hash)));
        assert!(!verify("wrong password", Some(&hash)));
        assert!(!verify(&password, None));
        assert!(PasswordHash::new(NOBODY).is_ok());
    }

    #[test]
    fn a_password_has_four_kinds_of_characters_or_is_long() {
        for good in ["Aa1!aaaa", "Ünïc0de-", "a passphrase of words", &"x".repeat(20), &"x".repeat(1024)] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["", "Aa1!aaa", "aaaa1!aaaaa", "AAAA1!AAAAA", "Aaaaa!aaaaa", "Aaaaa1aaaaa", "Aaaaa1 aaaaa"]
        {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check(&"x".repeat(19)).is_err() && check(&"x".repeat(1025)).is_err());
        assert!(super::hash("short", &mut Random::seeded(1)).is_err());
    }
}
