use std::time::Duration;

use base::{Error, Id, Random, Result};
use database::{Database, Scope, Tx};
use keys::{ApiKey as ApiKeyKind, Environment, KeyText, Peppers};
use records::{
    api_keys::{
        ApiKeyRow, sealed_texts,
        secrets::{self, SecretRow},
    },
    key_changes,
};
use zeroize::Zeroizing;

use super::{ApiKey, change::replace, read_back, secret};
use crate::{Allowed, access::WriteApiKeys};

/// How long the former secret of a rotated key is good, unless said otherwise.
pub const USUAL_GRACE: Duration = Duration::from_hours(24);
/// The longest it may be.
pub const LONGEST_GRACE: Duration = Duration::from_hours(90 * 24);

/// A secret drawn for a key that is to be rotated, before it is known which it is.
pub struct DrawnSecret {
    environment: Environment,
    may_keep: bool,
    secret: Zeroizing<[u8; 32]>,
}

impl DrawnSecret {
    /// Draws one. With `may_keep` an organization may have the text kept to be read back.
    pub fn draw(environment: Environment, may_keep: bool, random: &mut Random) -> Self {
        Self { environment, may_keep, secret: Zeroizing::new(random.bytes()) }
    }
}

/// Gives a key another secret, and answers its text, to be shown once. The
/// former secret and its tokens are good for `grace` more; one that was in
/// its grace already is over, so that a key never has more than two.
pub fn rotate(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    drawn: &DrawnSecret,
    peppers: &Peppers,
    grace: Duration,
    rev: Option<i64>,
) -> Result<(ApiKey, KeyText)> {
    let mut text = None;
    let rotated = replace(tx, caller, key, rev, "rotate", |tx, before, row| {
        // Who gets the text of a key can do all that it may.
        caller.forbid_more_than_own("The key", before.effective_scopes)?;
        let new = KeyText::new(drawn.environment, row.id, *drawn.secret);
        let slot = retire(tx, row, grace)?;
        let stored = secret::stored(peppers, &new, slot)?;
        secrets::insert(tx, row.id, &secret::row(&stored, tx.now()))?;
        sealed_texts::delete(tx, row.id)?;
        if drawn.may_keep {
            read_back::keep(tx, row.id, &new)?;
        }
        row.masked = new.masked();
        text = Some(new);
        Ok(())
    })?;
    let text = text.ok_or_else(|| Error::Internal("a key was rotated without a text".into()))?;
    Ok((rotated, text))
}

/// Ends what has a grace already, gives the secret that is good one, and
/// answers the slot of its successor.
fn retire(tx: &mut Tx<'_>, row: &mut ApiKeyRow, grace: Duration) -> Result<u8> {
    let ends = tx.now().plus(grace);
    let (former, own): (Vec<_>, Vec<_>) =
        secrets::of(tx, row.id)?.into_iter().partition(|secret| secret.ends.is_some());
    former.iter().try_for_each(|secret| secrets::delete(tx, row.id, secret))?;
    for secret in &own {
        if grace.is_zero() {
            secrets::delete(tx, row.id, secret)?;
        } else {
            secrets::set_end(tx, row.id, secret.slot, ends)?;
        }
    }
    let last = own.iter().map(|secret| secret.slot).max().unwrap_or_default();
    Ok(last.checked_add(1).unwrap_or_else(|| {
        // A slot is used again: no token of the one that had it first may be left.
        row.epoch += 1;
        0
    }))
}

/// Ends the grace of a key's former secret, and with it the tokens of that secret.
pub fn end_rotation(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    rev: Option<i64>,
) -> Result<ApiKey> {
    replace(tx, caller, key, rev, "endRotation", |tx, before, row| {
        if before.secrets.iter().all(|secret| secret.ends.is_none()) {
            return Err(Error::conflict("The key has no former secret that is still good."));
        }
        let is_former = |secret: &SecretRow| secret.ends.is_some();
        let former: Vec<_> = secrets::of(tx, row.id)?.into_iter().filter(is_former).collect();
        former.iter().try_for_each(|secret| secrets::delete(tx, row.id, secret))
    })
}

/// Forgets the secrets whose grace is over. The gate has refused them since;
/// now it lets go of them too.
pub async fn forget_ended_secrets(database: &Database) -> Result<()> {
    const AT_ONCE: u32 = 500;
    loop {
        let ended = database.read(Scope::System, |tx| secrets::ended(tx, AT_ONCE)).await?;
        for &(organization, key) in &ended {
            let forget = move |tx: &mut Tx<'_>| forget_ended(tx, key);
            database.write(Scope::Organization(organization), forget).await?;
        }
        if ended.len() < AT_ONCE as usize {
            return Ok(());
        }
    }
}

fn forget_ended(tx: &mut Tx<'_>, key: Id<ApiKeyKind>) -> Result<()> {
    let now = tx.now();
    let is_over = |secret: &SecretRow| secret.ends.is_some_and(|ends| ends <= now);
    let over: Vec<_> = secrets::of(tx, key)?.into_iter().filter(is_over).collect();
    over.iter().try_for_each(|secret| secrets::delete(tx, key, secret))?;
    key_changes::insert(tx, key)
}
