use std::time::Duration;

use base::{Error, Id, Page, Result};
use database::{Tx, list::ListQuery};
use records::{
    Stamp, webhook_deliveries,
    webhooks::{self, SecretsRow, Webhook as WebhookKind, WebhookRow},
};

use super::{NewWebhook, Pattern, Secret, Webhook, WebhookChange};
use crate::{
    Allowed, Caller,
    access::{ReadWebhooks, WriteWebhooks},
    audit, check_rev,
};

/// The most webhooks of an organization: every change is told to each.
pub const MOST_WEBHOOKS: u64 = 1000;

/// One page of the organization's webhooks.
pub fn list(tx: &mut Tx<'_>, _: &Allowed<ReadWebhooks>, query: &ListQuery) -> Result<Page<Webhook>> {
    Ok(webhooks::list(tx, query)?.map(Webhook::from))
}

/// One webhook.
pub fn read(tx: &mut Tx<'_>, _: &Allowed<ReadWebhooks>, name: &str) -> Result<Webhook> {
    find(tx, name).map(Webhook::from)
}

/// A webhook as it is now, for who has just tried to change it.
pub fn current(tx: &mut Tx<'_>, _: &Allowed<WriteWebhooks>, name: &str) -> Result<Webhook> {
    find(tx, name).map(Webhook::from)
}

/// Another organization's webhook is not found.
pub(super) fn find(tx: &mut Tx<'_>, name: &str) -> Result<WebhookRow> {
    let id: Option<Id<WebhookKind>> = name.parse().ok();
    let row = match id {
        Some(id) => webhooks::find(tx, id)?,
        None => None,
    };
    row.ok_or_else(Error::not_found::<WebhookKind>)
}

/// Adds a webhook. Its secret is the caller's to show, once.
pub fn create(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteWebhooks>,
    new: &NewWebhook,
    secret: &Secret,
) -> Result<Webhook> {
    if webhooks::count(tx)? >= MOST_WEBHOOKS {
        return Err(Error::conflict(format!(
            "There are {MOST_WEBHOOKS} webhooks already, which is the most."
        )));
    }
    let row = WebhookRow {
        id: tx.new_id(),
        url: new.url.to_string(),
        description: new.description.to_string(),
        events: words(&new.events),
        active: new.active,
        disabled_reason: None,
        failing_since: None,
        old_secret_until: None,
        stamp: Stamp::new(tx.now(), caller.subject.to_string()),
    };
    let sealed = secret.seal(tx, row.id)?;
    webhooks::insert(tx, &row, &sealed)?;
    let webhook = Webhook::from(row);
    audit::note(tx, caller, "create", webhook.id, None, Some(&webhook))?;
    Ok(webhook)
}

/// Changes a webhook. Made active, it begins anew with no failures.
pub fn update(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteWebhooks>,
    name: &str,
    change: &WebhookChange,
) -> Result<Webhook> {
    let row = found(tx, name, change.rev)?;
    replace(tx, caller, "update", &row, |row| {
        if let Some(url) = &change.url {
            row.url = url.to_string();
        }
        if let Some(description) = &change.description {
            row.description = description.to_string();
        }
        if let Some(events) = &change.events {
            row.events = words(events);
        }
        if let Some(active) = change.active {
            row.active = active;
            row.disabled_reason = None;
            row.failing_since = None;
        }
    })
}

/// Gives a webhook another secret. For the time of grace both sign.
pub fn rotate(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteWebhooks>,
    name: &str,
    secret: &Secret,
    grace: Duration,
    rev: Option<i64>,
) -> Result<Webhook> {
    let row = found(tx, name, rev)?;
    let old = webhooks::secrets(tx, row.id)?.secret;
    let old_secret = (!grace.is_zero()).then_some(old);
    let until = old_secret.as_ref().map(|_| tx.now().plus(grace));
    let secrets = SecretsRow { secret: secret.seal(tx, row.id)?, old_secret };
    webhooks::set_secrets(tx, row.id, &secrets)?;
    replace(tx, caller, "rotate", &row, |row| row.old_secret_until = until)
}

/// Deletes a webhook with all that it was told.
pub fn delete(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteWebhooks>,
    name: &str,
    rev: Option<i64>,
) -> Result<Webhook> {
    let row = found(tx, name, rev)?;
    webhook_deliveries::delete_of_webhook(tx, row.id)?;
    webhooks::delete(tx, row.id)?;
    let webhook = Webhook::from(row);
    audit::note(tx, caller, "delete", webhook.id, Some(&webhook), None)?;
    Ok(webhook)
}

/// Makes a webhook inactive that cannot be reached.
pub(super) fn disable(tx: &mut Tx<'_>, row: &WebhookRow, reason: &str) -> Result<()> {
    let caller = Caller::system(tx.organization()?, "webhooks");
    replace(tx, &caller, "disable", row, |row| {
        row.active = false;
        row.disabled_reason = Some(reason.to_owned());
    })
    .map(drop)
}

fn found(tx: &mut Tx<'_>, name: &str, rev: Option<i64>) -> Result<WebhookRow> {
    let row = find(tx, name)?;
    check_rev(rev, &row.stamp)?;
    Ok(row)
}

fn replace(
    tx: &mut Tx<'_>,
    caller: &Caller,
    action: &str,
    row: &WebhookRow,
    change: impl FnOnce(&mut WebhookRow),
) -> Result<Webhook> {
    let mut changed = row.clone();
    change(&mut changed);
    changed.stamp = row.stamp.changed(tx.now(), caller.subject.to_string());
    webhooks::update(tx, &changed)?;
    let (before, after) = (Webhook::from(row.clone()), Webhook::from(changed));
    audit::note(tx, caller, action, after.id, Some(&before), Some(&after))?;
    Ok(after)
}

fn words(events: &[Pattern]) -> Vec<String> {
    events.iter().map(Pattern::to_string).collect()
}
