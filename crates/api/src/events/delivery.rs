use base::{Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use usecases::webhooks::{AttemptRow, DeliveryRow, Replayed};
use utoipa::ToSchema;

use crate::{
    door::{Check, Input},
    listed,
};

/// What a webhook was told, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDelivery)]
pub(super) struct DeliveryOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// The webhook.
    webhook_id: String,
    /// The event: the `webhook-id` of the message, the same however often it is sent.
    event_id: String,
    /// The type of the event, such as `apiKey.create`.
    #[serde(rename = "type")]
    event_type: String,
    /// `pending`, `delivered` or `failed`.
    state: String,
    /// How often it was tried.
    attempts: u32,
    /// When the event was.
    #[schema(format = DateTime)]
    created: String,
    /// When it is tried next, or a little later; null where it is not.
    #[schema(format = DateTime)]
    next_attempt: Option<String>,
    /// The last attempt; null before the first.
    last_attempt: Option<AttemptOut>,
    /// The body that is sent; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    payload: Option<Value>,
}

/// What came of an attempt.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookAttempt)]
struct AttemptOut {
    /// When.
    #[schema(format = DateTime)]
    time: String,
    /// The status of the answer.
    status: Option<u16>,
    /// The first 1024 bytes of the answer.
    answer: Option<String>,
    /// Why there was no answer.
    error: Option<String>,
    /// How long it took, in milliseconds.
    milliseconds: i64,
}

/// Since when failed deliveries are sent once more.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WebhookReplayIn, example = json!({ "since": "2026-01-01T00:00:00Z" }))]
pub(super) struct ReplayIn {
    /// Events from this moment on.
    #[schema(required = true, nullable = false, format = DateTime)]
    since: Option<String>,
}

impl Input for ReplayIn {
    const STRICT: bool = true;
}

/// How many deliveries are sent once more.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookReplayed)]
pub(super) struct ReplayedOut {
    /// How many.
    replayed: usize,
    /// There are more that failed: ask again.
    more: bool,
}

impl ReplayIn {
    pub(super) fn checked(self) -> Result<Timestamp> {
        let mut check = Check::default();
        let since = check.required("since", self.since, |text| text.trim().parse());
        check.finish(since)
    }
}

impl From<Replayed> for ReplayedOut {
    fn from(Replayed { count, more }: Replayed) -> Self {
        Self { replayed: count, more }
    }
}

impl From<AttemptRow> for AttemptOut {
    fn from(row: AttemptRow) -> Self {
        let AttemptRow { at, status, answer, error, milliseconds } = row;
        Self { time: at.to_string(), status, answer, error, milliseconds }
    }
}

impl From<DeliveryRow> for DeliveryOut {
    fn from(row: DeliveryRow) -> Self {
        Self {
            id: row.id.to_string(),
            webhook_id: row.webhook.to_string(),
            event_id: row.event.to_string(),
            event_type: row.event_type,
            state: row.state,
            attempts: row.attempts,
            created: row.created.to_string(),
            next_attempt: row.next_attempt.map(|moment| moment.to_string()),
            last_attempt: row.last.map(AttemptOut::from),
            payload: None,
        }
    }
}

listed! {
    /// One page of deliveries.
    DeliveryList as WebhookDeliveryList of DeliveryOut
}

impl DeliveryOut {
    /// A delivery with the body that is sent.
    pub(super) fn whole(row: DeliveryRow) -> Self {
        let payload = serde_json::from_str(&row.payload).ok();
        Self { payload, ..row.into() }
    }
}
