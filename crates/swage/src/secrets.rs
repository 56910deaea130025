//! The secrets under which keys are checked. They live in a file of their own,
//! never in the database: neither alone gives anyone a key.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use base::{Error, Random, Result, Timestamp, hex};
use database::Vault;
use keys::{JwtKey, JwtKeys, MacKey, Peppers, TokenKeys};
use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

use crate::files::{self, shown};

/// The form of the file.
const FORMAT: u32 = 1;

/// What the file holds. Wiped when dropped, never printed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    format: u32,
    /// For what is encrypted in the database.
    pub encryption_key: SecretKey,
    /// For the secrets of keys; new ones are stored under the highest version.
    #[serde(deserialize_with = "mac_keys")]
    pub peppers: Vec<MacKey>,
    /// For bearer tokens; new ones are made under the highest version.
    #[serde(deserialize_with = "mac_keys")]
    pub token_keys: Vec<MacKey>,
    /// With which JWTs are signed, by the highest version whose time has come;
    /// none where there never were any.
    #[serde(default, deserialize_with = "jwt_keys")]
    pub jwt_keys: Vec<JwtKey>,
}

/// 32 secret bytes.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl SecretKey {
    /// The bytes.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl<'de> Deserialize<'de> for SecretKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let bytes = hex::decode(&text).map(Zeroizing::new);
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
        bytes
            .map(|bytes| Self(Zeroizing::new(bytes)))
            .ok_or_else(|| de::Error::custom("not 64 hexadecimal digits"))
    }
}

fn mac_keys<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<MacKey>, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Versioned {
        version: u16,
        key: SecretKey,
    }
    let keys = Vec::<Versioned>::deserialize(deserializer)?;
    Ok(keys.into_iter().map(|Versioned { version, key }| MacKey { version, key: *key.expose() }).collect())
}

fn jwt_keys<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Vec<JwtKey>, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Dated {
        version: u16,
        key: SecretKey,
        signs_from: Option<Timestamp>,
    }
    let keys = Vec::<Dated>::deserialize(deserializer)?;
    let key = |Dated { version, key, signs_from }| JwtKey {
        seed: MacKey { version, key: *key.expose() },
        signs_from,
    };
    Ok(keys.into_iter().map(key).collect())
}

impl Secrets {
    /// Reads the file; `None` where there is none. Refuses one that others may read.
    pub fn load(path: &Path) -> Result<Option<Self>> {
        let Some(mode) = mode(path)? else { return Ok(None) };
        if mode & 0o077 != 0 {
            return Err(Error::invalid(
                shown(path),
                format!(
                    "may be read by others than its owner (mode {mode:04o}); run: chmod 600 {}",
                    path.display()
                ),
            ));
        }
        let text = files::read(path)?.ok_or_else(|| Error::invalid(shown(path), "is gone"))?;
        Self::parse(&text).map(Some).map_err(|what| Error::invalid(shown(path), what))
    }

    /// Makes the file with new secrets. Where another process was first, its stand.
    pub fn create(path: &Path, random: &mut Random) -> Result<Self> {
        files::create(path, new_text(random).as_bytes(), random)?;
        Self::load(path)?.ok_or_else(|| Error::invalid(shown(path), "is gone"))
    }

    /// Reads the text of a file. An error tells nothing of what is in it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let secrets: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            format!(
                "is not a file of secrets{}",
                line.map(|n| format!(": see its line {n}")).unwrap_or_default()
            )
        })?;
        if secrets.format != FORMAT {
            return Err(format!("has format {}; this version reads {FORMAT}", secrets.format));
        }
        secrets.for_gate().map_err(|error| error.to_string())?;
        Ok(secrets)
    }

    /// What seals and opens what must not lie in clear in the database.
    pub fn vault(&self) -> Vault {
        Vault::new(*self.encryption_key.expose())
    }

    /// Adds a key for JWTs where there is none, and changes nothing that is there.
    pub fn with_jwt_key(self, path: &Path, random: &mut Random) -> Result<Self> {
        if !self.jwt_keys.is_empty() {
            return Ok(self);
        }
        let text = files::read(path)?.ok_or_else(|| Error::invalid(shown(path), "is gone"))?;
        let key = new_key(random);
        let added = Zeroizing::new(format!("{}\n[[jwt_keys]]\nversion = 1\nkey = \"{}\"\n", *text, *key));
        files::replace(path, added.as_bytes(), random)?;
        Self::load(path)?.ok_or_else(|| Error::invalid(shown(path), "is gone"))
    }

    /// The keys for JWTs of this issuer that are good for so long.
    pub fn jwt(&self, issuer: String, lifetime: Duration) -> Result<JwtKeys> {
        JwtKeys::new(issuer, lifetime, self.jwt_keys.clone())
            .map_err(|error| Error::invalid("jwt_keys", error))
    }

    /// As the gate wants them.
    pub fn for_gate(&self) -> Result<gate::Secrets> {
        let peppers = Peppers::new(self.peppers.clone()).map_err(|error| Error::invalid("peppers", error))?;
        let tokens =
            TokenKeys::new(self.token_keys.clone()).map_err(|error| Error::invalid("token_keys", error))?;
        Ok(gate::Secrets { peppers, tokens })
    }
}

/// Who may do what with the file; `None` where there is none.
pub fn mode(path: &Path) -> Result<Option<u32>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.permissions().mode() & 0o777)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::invalid(shown(path), format!("cannot be read: {error}"))),
    }
}

fn new_text(random: &mut Random) -> Zeroizing<String> {
    let [encryption, pepper, token] = [(); 3].map(|()| new_key(random));
    Zeroizing::new(format!(
        "# The secrets under which this Swage checks keys and bearer tokens. Keep a copy\n\
         # apart from the backups of the database: whoever has both can make keys, and\n\
         # without this file no key works any more.\n\
         #\n\
         # To change one, add another with the next version; the highest is used for what\n\
         # is new, and the others as long as something was made under them.\n\
         format = {FORMAT}\n\
         encryption_key = \"{}\"\n\n\
         [[peppers]]\n\
         version = 1\n\
         key = \"{}\"\n\n\
         [[token_keys]]\n\
         version = 1\n\
         key = \"{}\"\n",
        *encryption, *pepper, *token,
    ))
}

fn new_key(random: &mut Random) -> Zeroizing<String> {
    Zeroizing::new(hex::encode(&*Zeroizing::new(random.bytes::<32>())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_can_be_read_and_shows_nothing() {
        let text = new_text(&mut Random::seeded(1));
        let secrets = Secrets::parse(&text).unwrap();
        assert_eq!(secrets.for_gate().unwrap().peppers.newest(), 1);
        let shown = format!("{secrets:?}");
        assert!(!shown.contains(&hex::encode(secrets.encryption_key.expose())), "{shown}");
        assert!(!shown.contains(&hex::encode(&secrets.peppers[0].key)), "{shown}");
    }

    #[test]
    fn a_key_for_jwts_is_added_once_and_the_rest_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.toml");
        let mut random = Random::seeded(1);
        let before = new_text(&mut random);
        files::create(&path, before.as_bytes(), &mut random).unwrap();
        let old = Secrets::load(&path).unwrap().unwrap();
        assert!(old.jwt_keys.is_empty() && old.jwt("x".into(), Duration::from_mins(1)).is_err());
        let new = old.with_jwt_key(&path, &mut random).unwrap();
        assert_eq!(new.jwt_keys.len(), 1);
        let stored = fs::read_to_string(&path).unwrap();
        assert!(stored.starts_with(&*before), "{stored}");
        assert_eq!(mode(&path).unwrap(), Some(0o600));
        let dated = format!("{stored}signs_from = \"2030-01-01T00:00:00Z\"\n");
        assert!(Secrets::parse(&dated).unwrap().jwt_keys[0].signs_from.is_some());
        // And no other the next time.
        new.with_jwt_key(&path, &mut random).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), stored);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_error_tells_the_line_and_nothing_of_it() {
        let text = new_text(&mut Random::seeded(1));
        let key = hex::encode(Secrets::parse(&text).unwrap().encryption_key.expose());
        let cut = text.replace(&key, &key[..60]);
        let error = Secrets::parse(&cut).unwrap_err();
        assert_eq!(error, "is not a file of secrets: see its line 8");
        let twice = text.replace(
            "[[token_keys]]",
            &format!("[[peppers]]\nversion = 1\nkey = \"{key}\"\n\n[[token_keys]]"),
        );
        assert_eq!(Secrets::parse(&twice).unwrap_err(), "peppers must not hold two keys of version 1");
        assert_eq!(
            Secrets::parse(&text.replace("format = 1", "format = 2")).unwrap_err(),
            "has format 2; this version reads 1"
        );
    }
}
