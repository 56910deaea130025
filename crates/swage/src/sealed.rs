//! The secrets under a passphrase, for keeping beside a backup.

use argon2::{Algorithm, Argon2, Params, Version};
use base::{Error, Random, Result, hex};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, Payload},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const FORMAT: &str = "swage-secrets-1";

/// The fewest characters of a passphrase.
pub const MIN_LENGTH: usize = 12;

/// What is asked of one who guesses: 64 MiB and three passes for each guess.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// No file may ask for more of its reader.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 16;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sealed {
    format: String,
    kdf: Kdf,
    /// For ChaCha20-Poly1305. Each sealing has its own key, so any would do.
    nonce: String,
    content: String,
}

/// How the key is made of the passphrase: argon2id, version 1.3, one lane.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Kdf {
    algorithm: String,
    memory_kib: u32,
    passes: u32,
    salt: String,
}

/// `content` as a line of JSON that only the passphrase opens.
pub fn seal(content: &str, passphrase: &str, random: &mut Random) -> Result<String> {
    if passphrase.chars().count() < MIN_LENGTH {
        return Err(Error::invalid("the passphrase", format!("must have at least {MIN_LENGTH} characters")));
    }
    let (salt, nonce): ([u8; 16], [u8; 12]) = (random.bytes(), random.bytes());
    let kdf = Kdf {
        algorithm: "argon2id".into(),
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        salt: hex::encode(&salt),
    };
    let key = key(passphrase, &salt, &kdf)?;
    let payload = Payload { msg: content.as_bytes(), aad: FORMAT.as_bytes() };
    let sealed = ChaCha20Poly1305::new((&*key).into()).encrypt(&nonce.into(), payload);
    let sealed = sealed.map_err(|error| Error::internal("ChaCha20-Poly1305", error))?;
    let sealed =
        Sealed { format: FORMAT.into(), kdf, nonce: hex::encode(&nonce), content: hex::encode(&sealed) };
    let line = serde_json::to_string(&sealed).map_err(|error| Error::internal("sealed secrets", error))?;
    Ok(format!("{line}\n"))
}

/// What was sealed.
pub fn open(sealed: &str, passphrase: &str) -> Result<Zeroizing<String>> {
    let broken = || Error::invalid("the sealed secrets", "are not in a form this version reads");
    let sealed: Sealed = serde_json::from_str(sealed).map_err(|_| broken())?;
    let kdf = &sealed.kdf;
    let is_known = sealed.format == FORMAT && kdf.algorithm == "argon2id";
    if !is_known || kdf.memory_kib > MOST_MEMORY_KIB || kdf.passes > MOST_PASSES {
        return Err(broken());
    }
    let salt = hex::decode(&kdf.salt).ok_or_else(broken)?;
    let nonce: [u8; 12] =
        hex::decode(&sealed.nonce).and_then(|nonce| nonce.try_into().ok()).ok_or_else(broken)?;
    let content = hex::decode(&sealed.content).ok_or_else(broken)?;
    let key = key(passphrase, &salt, kdf)?;
    let payload = Payload { msg: &content, aad: FORMAT.as_bytes() };
    let opened = ChaCha20Poly1305::new((&*key).into()).decrypt(&nonce.into(), payload);
    let opened = opened.map_err(|_| Error::invalid("the passphrase", "does not open the sealed secrets"))?;
    String::from_utf8(opened).map(Zeroizing::new).map_err(|_| broken())
}

fn key(passphrase: &str, salt: &[u8], kdf: &Kdf) -> Result<Zeroizing<[u8; 32]>> {
    let failed = |error: argon2::Error| Error::internal("argon2id", error);
    let params = Params::new(kdf.memory_kib, kdf.passes, 1, Some(32)).map_err(failed)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
        .map_err(failed)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_passphrase_opens_what_was_sealed() {
        let mut random = Random::seeded(1);
        let sealed = seal("format = 1", "correct horse battery", &mut random).unwrap();
        assert_eq!(*open(&sealed, "correct horse battery").unwrap(), "format = 1");
        assert_eq!(
            open(&sealed, "incorrect horse").unwrap_err().to_string(),
            "the passphrase does not open the sealed secrets"
        );
        assert!(open(&sealed.replace("65536", "4294967295"), "correct horse battery").is_err());
        assert!(seal("format = 1", "too short", &mut random).is_err());
    }
}
