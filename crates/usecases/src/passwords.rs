//! Passwords: argon2id with OWASP's least parameters (19 MiB, two passes),
//! never inside a unit of work.

use argon2::{
    Argon2, PasswordHash,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use base::{Error, Random, Result};
use zeroize::Zeroizing;

/// The fewest characters of a password.
pub const MIN_LENGTH: usize = 10;
/// The most bytes of a password: hashing must not become a burden.
pub const MAX_LENGTH: usize = 1024;

/// A hash that no password has, to be compared with where there is no user, so
/// that both take the same time.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c3dhZ2Uuc2FsdC5ub2JvZHk$qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo";

/// The hash of a new password in PHC form; refuses a short or a very long one.
pub fn hash(password: &str, random: &mut Random) -> Result<String> {
    if password.chars().count() < MIN_LENGTH {
        return Err(Error::invalid("password", format!("must have at least {MIN_LENGTH} characters")));
    }
    if password.len() > MAX_LENGTH {
        return Err(Error::invalid("password", format!("must have at most {MAX_LENGTH} bytes")));
    }
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
    fn short_and_endless_passwords_are_refused() {
        let mut random = Random::seeded(1);
        assert!(super::hash("123456789", &mut random).is_err());
        assert!(super::hash(&"x".repeat(1025), &mut random).is_err());
    }
}
