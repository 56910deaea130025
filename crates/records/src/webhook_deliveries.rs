//! What webhooks were told, and what came of it.

use base::{Id, Page, Result, Timestamp, kinds};
use database::{
    Row, Statement, Tx,
    list::{Compare, Filter, List, ListQuery, Sort},
    params,
};

use crate::{audit::AuditEntry, webhooks::Webhook};

kinds! {
    /// A delivery of an event to a webhook.
    Delivery => "delivery",
}

/// A row of `webhook_delivery`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its id.
    pub id: Id<Delivery>,
    /// Who is told.
    pub webhook: Id<Webhook>,
    /// Of which event; the id of its entry in the audit record, where it has one.
    pub event: Id<AuditEntry>,
    /// The type of the event, such as `apiKey.create`.
    pub event_type: String,
    /// The body, byte for byte.
    pub payload: String,
    /// `pending`, `delivered` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When the event was.
    pub created: Timestamp,
    /// When it is tried next, while it is pending.
    pub next_attempt: Option<Timestamp>,
    /// The last attempt.
    pub last: Option<AttemptRow>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// When.
    pub at: Timestamp,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The beginning of the answer.
    pub answer: Option<String>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub milliseconds: i64,
}

impl AttemptRow {
    /// An attempt that had no answer.
    pub fn not_made(at: Timestamp, error: String) -> Self {
        Self { at, status: None, answer: None, error: Some(error), milliseconds: 0 }
    }
}

/// The deliveries; narrowed by `webhookId` to those of one webhook.
pub static LIST: List = List {
    name: "webhook_delivery.list",
    from: "webhook_delivery",
    beside: None,
    alias: "webhook_delivery",
    columns: "webhook_delivery.*",
    condition: "",
    shared_too: false,
    types: &[],
    filters: &[
        Filter {
            name: "webhookId",
            column: "webhook_delivery.webhook_id",
            compare: Compare::Equal,
            index: "webhook_delivery_webhook",
        },
        Filter { name: "state", column: "webhook_delivery.state", compare: Compare::Equal, index: "" },
        Filter { name: "type", column: "webhook_delivery.event_type", compare: Compare::Equal, index: "" },
    ],
    sorts: &[Sort {
        name: "created",
        column: "webhook_delivery.created",
        text: false,
        index: "webhook_delivery_created",
    }],
};

static INSERT: Statement = Statement::tenant(
    "webhook_delivery.insert",
    "INSERT INTO webhook_delivery (organization_id, id, webhook_id, event_id, event_type, payload, state, attempts,
                                   created, next_attempt)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);

static FIND: Statement = Statement::tenant(
    "webhook_delivery.find",
    "SELECT * FROM webhook_delivery WHERE organization_id = $1 AND id = $2",
);

static UPDATE: Statement = Statement::tenant(
    "webhook_delivery.update",
    "UPDATE webhook_delivery SET state = $3, attempts = $4, next_attempt = $5, last_attempt = $6, status = $7,
                                 answer = $8, error = $9, duration_ms = $10
     WHERE organization_id = $1 AND id = $2",
);

static FAILED: Statement = Statement::tenant(
    "webhook_delivery.failed",
    "SELECT * FROM webhook_delivery
     WHERE organization_id = $1 AND webhook_id = $2 AND created >= $3 AND state = 'failed'
     ORDER BY created, id LIMIT $4",
);

static DELETE_OF_WEBHOOK: Statement = Statement::tenant(
    "webhook_delivery.delete_of_webhook",
    "DELETE FROM webhook_delivery WHERE organization_id = $1 AND webhook_id = $2",
);

static DELETE_BEFORE: Statement = Statement::system(
    "webhook_delivery.delete_before",
    "DELETE FROM webhook_delivery WHERE created < $1 AND state <> 'pending'",
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] =
    &[&INSERT, &FIND, &UPDATE, &FAILED, &DELETE_OF_WEBHOOK, &DELETE_BEFORE];

/// Adds a delivery that was not tried yet.
pub fn insert(tx: &mut Tx<'_>, row: &DeliveryRow) -> Result<()> {
    tx.execute_one(
        &INSERT,
        params![
            row.id,
            row.webhook,
            row.event,
            row.event_type.as_str(),
            row.payload.as_str(),
            row.state.as_str(),
            row.attempts,
            row.created,
            row.next_attempt,
        ],
    )
}

/// One page of them.
pub fn list(tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<DeliveryRow>> {
    LIST.fetch(tx, query, read)
}

/// The delivery with this id.
pub fn find(tx: &mut Tx<'_>, id: Id<Delivery>) -> Result<Option<DeliveryRow>> {
    tx.fetch_optional(&FIND, params![id], read)
}

/// Stores how far a delivery is.
pub fn update(tx: &mut Tx<'_>, row: &DeliveryRow) -> Result<()> {
    let last = row.last.as_ref();
    tx.execute_one(
        &UPDATE,
        params![
            row.id,
            row.state.as_str(),
            row.attempts,
            row.next_attempt,
            last.map(|last| last.at),
            last.and_then(|last| last.status),
            last.and_then(|last| last.answer.clone()),
            last.and_then(|last| last.error.clone()),
            last.map(|last| last.milliseconds),
        ],
    )
}

/// Those of a webhook that failed for good since then, the oldest first.
pub fn failed(
    tx: &mut Tx<'_>,
    webhook: Id<Webhook>,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<DeliveryRow>> {
    tx.fetch_all(&FAILED, params![webhook, since, limit], read)
}

/// Forgets those of a webhook.
pub fn delete_of_webhook(tx: &mut Tx<'_>, webhook: Id<Webhook>) -> Result<()> {
    tx.execute(&DELETE_OF_WEBHOOK, params![webhook]).map(drop)
}

/// Forgets those of events before then, unless they wait to be delivered.
pub fn delete_before(tx: &mut Tx<'_>, before: Timestamp) -> Result<u64> {
    tx.execute(&DELETE_BEFORE, params![before])
}

fn read(row: &Row<'_>) -> Result<DeliveryRow> {
    let last = match row.get("last_attempt")? {
        None => None,
        Some(at) => Some(AttemptRow {
            at,
            status: row.get("status")?,
            answer: row.get("answer")?,
            error: row.get("error")?,
            milliseconds: row.get::<Option<i64>>("duration_ms")?.unwrap_or_default(),
        }),
    };
    Ok(DeliveryRow {
        id: row.get("id")?,
        webhook: row.get("webhook_id")?,
        event: row.get("event_id")?,
        event_type: row.get("event_type")?,
        payload: row.get("payload")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        created: row.get("created")?,
        next_attempt: row.get("next_attempt")?,
        last,
    })
}
