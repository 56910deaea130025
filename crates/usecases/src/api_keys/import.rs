use base::{Error, FieldError, Id, Random, Result, Timestamp};
use database::Tx;
use gate::StoredSecret;
use keys::{HashedText, Peppers, SecretMac};
use records::{imported_texts, key_changes};

use super::{
    ApiKey, Minted, NewKey,
    create::{plan, store},
};
use crate::{Allowed, access::WriteApiKeys, organizations};

/// The most keys that are imported at once: more would hold the database for long.
pub const MOST_IMPORTED: usize = 100;

/// A key that another system made, of whose text a hash is known.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    minted: Minted,
    new: NewKey,
    /// What would be stored of its text under each pepper.
    macs: Vec<SecretMac>,
}

impl ForeignKey {
    /// What is to be stored of such a key, whose text begins with `prefix`.
    pub fn draw(
        new: NewKey,
        text: &HashedText,
        prefix: &str,
        peppers: &Peppers,
        now: Timestamp,
        random: &mut Random,
    ) -> Result<Self> {
        let pepper = peppers.newest();
        let mac = peppers.mac_of_hash(pepper, text);
        let mac = mac.ok_or_else(|| Error::Internal("the newest pepper is missing".into()))?;
        let macs = peppers.versions().filter_map(|version| peppers.mac_of_hash(version, text)).collect();
        let secret = StoredSecret { slot: 0, pepper, imported: Some(text.hash()), mac };
        let minted = Minted { id: Id::new(now, random), masked: format!("{prefix}…"), secret, text: None };
        Ok(Self { minted, new, macs })
    }

    /// What lists show of its text.
    pub fn masked(&self) -> &str {
        &self.minted.masked
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.new.essentials.name.as_str()
    }
}

/// Takes in keys that another system made, all of them or none; tells of each
/// that cannot be taken in. With `dry_run` it only looks, and answers none.
pub fn import(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    keys: &[ForeignKey],
    dry_run: bool,
) -> Result<Vec<ApiKey>> {
    organizations::require_professional(tx)?;
    let mut planned = Vec::with_capacity(keys.len());
    let mut wrong = Vec::new();
    for (n, key) in keys.iter().enumerate() {
        let place = format!("keys[{n}]");
        match refuse_known(tx, key).and_then(|()| plan(tx, caller, &key.minted, &key.new)) {
            Ok(plan) => planned.push((key, plan)),
            Err(error) => wrong.extend(fields(error.within(&place))?),
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    if dry_run {
        return Ok(Vec::new());
    }
    let mut made = Vec::with_capacity(planned.len());
    for (key, (row, role)) in planned {
        imported_texts::insert(tx, key.minted.secret.mac.as_bytes(), row.id)?;
        made.push(store(tx, caller, "import", &row, role, &key.minted, &key.new)?);
    }
    let ids: Vec<_> = made.iter().map(|key| key.id).collect();
    key_changes::insert_all(tx, &ids)?;
    Ok(made)
}

/// A text that two keys had would not say which is meant, whosever they are.
fn refuse_known(tx: &mut Tx<'_>, key: &ForeignKey) -> Result<()> {
    for mac in &key.macs {
        if imported_texts::is_known(tx, mac.as_bytes())? {
            return Err(Error::invalid("hash.value", "is that of a key that was imported before"));
        }
    }
    Ok(())
}

fn fields(error: Error) -> Result<Vec<FieldError>> {
    match error {
        Error::Invalid(fields) => Ok(fields),
        other => Err(other),
    }
}
