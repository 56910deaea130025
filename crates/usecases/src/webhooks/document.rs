use base::{Id, Prose, Timestamp};
use outbound::http::Target;
use records::{
    Stamp,
    webhooks::{Webhook as WebhookKind, WebhookRow},
};
use serde::Serialize;

use super::Pattern;

/// A webhook as its readers see it: never with its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Its id.
    #[serde(rename = "_id")]
    pub id: Id<WebhookKind>,
    /// Where it is told.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// The patterns of the events it is told of.
    pub events: Vec<String>,
    /// Whether it is told anything.
    pub active: bool,
    /// Why it is not active, where nobody said so.
    pub disabled_reason: Option<String>,
    /// Since when nothing arrives.
    pub failing_since: Option<Timestamp>,
    /// When its former secret signs no more.
    pub old_secret_until: Option<Timestamp>,
    /// Who made and changed it.
    #[serde(flatten)]
    pub stamp: Stamp,
}

/// A webhook to be added.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Where it is told.
    pub url: Target,
    /// What it is for.
    pub description: Prose<500>,
    /// The events it is told of; at least one.
    pub events: Vec<Pattern>,
    /// Whether it is told anything.
    pub active: bool,
}

/// A change of a webhook: what is `None` is left.
#[derive(Debug, Clone)]
pub struct WebhookChange {
    /// Where it is told.
    pub url: Option<Target>,
    /// What it is for.
    pub description: Option<Prose<500>>,
    /// The events it is told of; at least one.
    pub events: Option<Vec<Pattern>>,
    /// Whether it is told anything; `true` also takes back a disabling.
    pub active: Option<bool>,
    /// The revision that was seen.
    pub rev: Option<i64>,
}

impl From<WebhookRow> for Webhook {
    fn from(row: WebhookRow) -> Self {
        let WebhookRow { id, url, description, events, active, disabled_reason, .. } = row;
        Self {
            id,
            url,
            description,
            events,
            active,
            disabled_reason,
            failing_since: row.failing_since,
            old_secret_until: row.old_secret_until,
            stamp: row.stamp,
        }
    }
}
