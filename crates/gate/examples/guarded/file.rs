//! Keys in a file of JSON, which holds no secret: only what is left of each
//! under a pepper. The pepper is in a file of its own beside it.

use std::{
    collections::BTreeSet,
    error::Error,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use base::{Clock, Id, Random, Result, hex};
use gate::{Answer, Change, Changes, KeySource, LiveKey, Secrets};
use keys::{ApiKey, KeyText, KeyType, MacKey, Peppers, SecretMac, TokenKeys};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use zeroize::Zeroizing;

/// A key as the file has it.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Stored {
    id: Id<ApiKey>,
    name: String,
    scopes: String,
    pepper: u16,
    mac: String,
}

/// The source of the gate's keys: the file, read anew each time.
pub struct FileKeys {
    path: PathBuf,
    seen: Mutex<Seen>,
}

/// What was last told of the file.
#[derive(Default)]
struct Seen {
    place: u64,
    keys: Vec<Stored>,
}

impl FileKeys {
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), seen: Mutex::default() }
    }

    /// Every key in the file; the ids of those that were there and are not; the place.
    fn look(&self) -> Result<(Vec<LiveKey>, BTreeSet<Id<ApiKey>>, u64)> {
        let keys = read(&self.path)?;
        let live = keys.iter().map(Stored::live).collect::<Result<_>>()?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let ids = |keys: &[Stored]| keys.iter().map(|key| key.id).collect::<BTreeSet<_>>();
        let gone = &ids(&seen.keys) - &ids(&keys);
        if seen.keys != keys {
            *seen = Seen { place: seen.place + 1, keys };
        }
        Ok((live, gone, seen.place))
    }
}

impl KeySource for FileKeys {
    fn everything(&self, keys: mpsc::Sender<LiveKey>) -> Answer<'_, (u64, u32)> {
        Box::pin(async move {
            let (live, _, place) = self.look()?;
            for key in live {
                keys.send(key).await.map_err(|error| base::Error::internal("the gate has gone", error))?;
            }
            Ok((place, 1))
        })
    }

    fn changes(&self, after: u64) -> Answer<'_, Changes> {
        Box::pin(async move {
            let (live, gone, upto) = self.look()?;
            let changes = if upto == after {
                Vec::new()
            } else {
                let put = live.into_iter().map(|key| Change::Put(Box::new(key)));
                put.chain(gone.into_iter().map(Change::Remove)).collect()
            };
            Ok(Changes { upto, generation: 1, changes, more: false, forgotten: false })
        })
    }
}

impl Stored {
    fn live(&self) -> Result<LiveKey> {
        let wrong = |field| base::Error::invalid(field, format!("of the key {} cannot be read", self.id));
        let scopes = self.scopes.parse().map_err(|_| wrong("scopes"))?;
        let mac = hex::decode(&self.mac).and_then(|mac| mac.try_into().ok()).ok_or_else(|| wrong("mac"))?;
        let mac = SecretMac::from_bytes(mac);
        let organization = Id::from_bytes([1; 12]);
        Ok(LiveKey::new(self.id, &self.name, organization, KeyType::FullAccess, scopes, (self.pepper, mac)))
    }
}

/// Adds a new key to the file; answers its text, which stands nowhere.
pub fn add(
    file: &Path,
    name: &str,
    scopes: &str,
    clock: &Clock,
    random: &mut Random,
) -> std::result::Result<Zeroizing<String>, Box<dyn Error>> {
    scopes.parse::<keys::Scopes>()?;
    let peppers = secrets(file, random)?.peppers;
    let text = KeyText::mint("live".parse()?, Id::new(clock.now(), random), random);
    let pepper = peppers.newest();
    let mac = peppers.mac(pepper, &text).ok_or("there is no pepper")?;
    let mut keys = read(file)?;
    keys.push(Stored {
        id: text.id(),
        name: name.to_owned(),
        scopes: scopes.to_owned(),
        pepper,
        mac: hex::encode(mac.as_bytes()),
    });
    // Whole or not at all: the service may read it at any moment.
    let next = file.with_extension("next");
    fs::write(&next, serde_json::to_vec_pretty(&keys)?)?;
    fs::rename(next, file)?;
    Ok(text.expose())
}

fn read(file: &Path) -> Result<Vec<Stored>> {
    let failed = |error: &dyn std::fmt::Display| base::Error::internal(&file.display().to_string(), error);
    match fs::read(file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| failed(&error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(failed(&error)),
    }
}

/// The secrets beside the file, made where there are none: 32 bytes for keys, 32 for tokens.
pub fn secrets(file: &Path, random: &mut Random) -> std::result::Result<Secrets, Box<dyn Error>> {
    let path = file.with_extension("secrets");
    if !path.exists() {
        let secret = Zeroizing::new(hex::encode(&random.bytes::<64>()));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?
            .write_all(secret.as_bytes())?;
    }
    let bytes =
        hex::decode(fs::read_to_string(&path)?.trim()).ok_or("the secrets are no hexadecimal digits")?;
    let [keys, tokens] = bytes.as_chunks::<32>().0 else { return Err("the secrets are not 64 bytes".into()) };
    Ok(Secrets {
        peppers: Peppers::new([MacKey { version: 1, key: *keys }])?,
        tokens: TokenKeys::new([MacKey { version: 1, key: *tokens }])?,
    })
}
