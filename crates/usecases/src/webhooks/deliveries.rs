use base::{Error, Id, Page, Result, Timestamp};
use database::{Tx, list::ListQuery};
use records::webhook_deliveries::{self, Delivery, DeliveryRow};
use serde_json::json;

use super::{
    PING,
    events::{ask_for, enqueue},
    manage::find,
};
use crate::{
    Allowed,
    access::{ReadWebhooks, WriteWebhooks},
    audit,
};

/// The most deliveries that are repeated at once.
pub const MOST_REPLAYED: u32 = 500;

/// How many deliveries are repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// So many.
    pub count: usize,
    /// There are more that failed.
    pub more: bool,
}

/// One page of what a webhook was told.
pub fn list_deliveries(
    tx: &mut Tx<'_>,
    _: &Allowed<ReadWebhooks>,
    webhook: &str,
    mut query: ListQuery,
) -> Result<Page<DeliveryRow>> {
    let webhook = find(tx, webhook)?.id.to_string();
    query.filters.retain(|(name, _)| name != "webhookId");
    query.filters.push(("webhookId".to_owned(), vec![webhook]));
    webhook_deliveries::list(tx, &query)
}

/// One delivery.
pub fn delivery(
    tx: &mut Tx<'_>,
    _: &Allowed<ReadWebhooks>,
    webhook: &str,
    delivery: &str,
) -> Result<DeliveryRow> {
    find_delivery(tx, webhook, delivery)
}

fn find_delivery(tx: &mut Tx<'_>, webhook: &str, delivery: &str) -> Result<DeliveryRow> {
    let webhook = find(tx, webhook)?.id;
    let id: Option<Id<Delivery>> = delivery.parse().ok();
    let row = match id {
        Some(id) => webhook_deliveries::find(tx, id)?,
        None => None,
    };
    row.filter(|row| row.webhook == webhook).ok_or_else(Error::not_found::<Delivery>)
}

/// Sends a webhook an event that tells nothing, to see whether it arrives.
pub fn ping(tx: &mut Tx<'_>, caller: &Allowed<WriteWebhooks>, webhook: &str) -> Result<DeliveryRow> {
    let webhook = find_active(tx, webhook)?;
    let data = json!({ "webhookId": webhook });
    let event = audit::note_untold(tx, caller, "ping", webhook, &data)?;
    enqueue(tx, webhook, event, PING, &data)
}

/// Delivers once more, whatever came of it before.
pub fn replay(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteWebhooks>,
    webhook: &str,
    delivery: &str,
) -> Result<DeliveryRow> {
    let row = find_delivery(tx, webhook, delivery)?;
    find_active(tx, webhook)?;
    let row = again(tx, row)?;
    audit::note_untold(tx, caller, "replay", row.id, &json!({ "webhookId": row.webhook }))?;
    Ok(row)
}

/// Delivers once more what failed for good since then, the oldest first.
pub fn replay_failed(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteWebhooks>,
    webhook: &str,
    since: Timestamp,
) -> Result<Replayed> {
    let webhook = find_active(tx, webhook)?;
    let mut failed = webhook_deliveries::failed(tx, webhook, since, MOST_REPLAYED + 1)?;
    let more = failed.len() > MOST_REPLAYED as usize;
    failed.truncate(MOST_REPLAYED as usize);
    let count = failed.len();
    for row in failed {
        again(tx, row)?;
    }
    let data = json!({ "since": since, "count": count });
    audit::note_untold(tx, caller, "replayFailed", webhook, &data)?;
    Ok(Replayed { count, more })
}

fn again(tx: &mut Tx<'_>, row: DeliveryRow) -> Result<DeliveryRow> {
    let row = DeliveryRow { state: "pending".to_owned(), next_attempt: Some(tx.now()), ..row };
    webhook_deliveries::update(tx, &row)?;
    ask_for(tx, &row)?;
    Ok(row)
}

fn find_active(tx: &mut Tx<'_>, webhook: &str) -> Result<Id<records::webhooks::Webhook>> {
    let row = find(tx, webhook)?;
    if row.active {
        return Ok(row.id);
    }
    Err(Error::conflict("The webhook is not active: it is told nothing until `active` is set to true."))
}
