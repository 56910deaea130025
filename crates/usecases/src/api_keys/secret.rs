use base::{Error, Result, Timestamp};
use gate::{FormerSecret, StoredSecret};
use keys::{KeyText, Peppers, SecretMac};
use records::api_keys::secrets::SecretRow;
use serde::Serialize;

/// One of the secrets of a key, as its administrators see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeySecret {
    /// Which of the key's secrets: the number of rotations before it.
    pub slot: u8,
    /// When it was made.
    pub created: Timestamp,
    /// The first moment it is over; none unless another has taken its place.
    pub ends: Option<Timestamp>,
    /// When it was last used, kept of one that ends.
    #[serde(skip)]
    pub last_used: Option<Timestamp>,
}

impl KeySecret {
    /// The secret of a row, unless it is over.
    pub(super) fn read(row: &SecretRow, now: Timestamp) -> Option<Self> {
        let &SecretRow { slot, created, ends, last_used, .. } = row;
        ends.is_none_or(|ends| now < ends).then_some(Self { slot, created, ends, last_used })
    }
}

/// What is stored of the text of a key.
pub(super) fn stored(peppers: &Peppers, text: &KeyText, slot: u8) -> Result<StoredSecret> {
    let pepper = peppers.newest();
    let mac = peppers.mac(pepper, text);
    let mac = mac.ok_or_else(|| Error::Internal("the newest pepper is missing".into()))?;
    Ok(StoredSecret { slot, pepper, imported: None, mac })
}

/// The row of a new secret.
pub(super) fn row(secret: &StoredSecret, now: Timestamp) -> SecretRow {
    SecretRow {
        slot: secret.slot,
        pepper_version: secret.pepper,
        mac: *secret.mac.as_bytes(),
        text_hash: secret.imported.map(|hash| hash.to_string()),
        created: now,
        ends: None,
        last_used: None,
    }
}

/// The secrets of a key as the gate takes them: the one it has, and the one it
/// had before; `None` for a key without a secret, which no one can show.
pub(crate) fn of_live(rows: &[SecretRow]) -> Result<Option<(StoredSecret, Option<FormerSecret>)>> {
    let Some(own) = rows.iter().find(|row| row.ends.is_none()) else { return Ok(None) };
    let former = rows.iter().filter_map(|row| Some((row, row.ends?))).max_by_key(|(_, ends)| *ends);
    let former = former.map(|(row, ends)| {
        Ok::<_, Error>(FormerSecret { secret: read(row)?, ends, last_used: row.last_used })
    });
    Ok(Some((read(own)?, former.transpose()?)))
}

fn read(row: &SecretRow) -> Result<StoredSecret> {
    let imported = row.text_hash.as_deref().map(str::parse).transpose();
    Ok(StoredSecret {
        slot: row.slot,
        pepper: row.pepper_version,
        imported: imported.map_err(|error| Error::internal("a stored secret", error))?,
        mac: SecretMac::from_bytes(row.mac),
    })
}
