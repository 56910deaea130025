//! The secrets under which keys are checked. They live in a file of their own,
//! never in the database: neither alone gives anyone a key.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use base::{Error, Random, Result, hex};
use database::Vault;
use keys::{MacKey, Peppers, TokenKeys};
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
    let mut key = || Zeroizing::new(hex::encode(&*Zeroizing::new(random.bytes::<32>())));
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
        *key(),
        *key(),
        *key(),
    ))
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
