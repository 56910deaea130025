use std::time::Duration;

use base::{Prose, Result, Timestamp};
use serde::{Deserialize, Serialize};
use usecases::webhooks::{NewWebhook, Pattern, Rules, Target, Webhook, WebhookChange};
use utoipa::ToSchema;

use crate::{
    door::{Check, Input, MadeBefore},
    listed,
};

/// The most patterns of one webhook.
const MOST_PATTERNS: usize = 50;
/// The longest time of grace after a rotation.
const LONGEST_GRACE: u32 = 7 * 24 * 3600;
const USUAL_GRACE: u32 = 24 * 3600;

/// A webhook to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookIn, example = json!({
    "url": "https://erp.shop.example/swage", "description": "Keys and users for the ERP", "events": ["apiKey.*", "user.invite"],
}))]
pub(super) struct WebhookIn {
    /// Where it is told: an `https` address without a name, a password and a fragment; at most 2000 bytes.
    #[schema(required = true, nullable = false)]
    url: Option<String>,
    /// What it is for; at most 500 characters.
    description: Option<String>,
    /// The events it is told of, 1 to 50: `apiKey.create`, `apiKey.*` or `*`.
    #[schema(required = true, nullable = false)]
    events: Option<Vec<String>>,
    /// Whether it is told anything; usually true.
    active: Option<bool>,
}

impl Input for WebhookIn {
    const STRICT: bool = true;
}

/// A change of a webhook. What is absent or null is left as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookUpdateIn, example = json!({ "events": ["apiKey.*"], "active": true }))]
pub(super) struct WebhookUpdateIn {
    /// Where it is told.
    url: Option<String>,
    /// What it is for; an empty text takes it away.
    description: Option<String>,
    /// The events it is told of, 1 to 50.
    events: Option<Vec<String>>,
    /// Whether it is told anything. `true` also takes back that it was disabled.
    active: Option<bool>,
    /// The revision that was read; another one by now is answered with 409.
    rev: Option<i64>,
}

impl Input for WebhookUpdateIn {
    const STRICT: bool = true;
}

/// How a webhook's secret is changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookRotateIn, example = json!({ "graceSeconds": 3600 }))]
pub(super) struct WebhookRotateIn {
    /// For how many seconds the former secret signs too, 0 to 604,800; usually 86,400.
    grace_seconds: Option<u32>,
    /// The revision that was read; another one by now is answered with 409.
    rev: Option<i64>,
}

impl Input for WebhookRotateIn {
    const STRICT: bool = true;
}

impl WebhookIn {
    pub(super) fn checked(self, rules: Rules) -> Result<NewWebhook> {
        let mut check = Check::default();
        let url = check.required("url", self.url, |text| rules.target(&text));
        let description = check
            .required("description", Some(self.description.unwrap_or_default()), |text| Prose::new(&text));
        if self.events.is_none() {
            check.wrong("events", Check::REQUIRED);
        }
        let events = self.events.map(|events| patterns(&mut check, events));
        let whole = url.zip(description).zip(events);
        let active = self.active.unwrap_or(true);
        check.finish(whole.map(|((url, description), events)| NewWebhook {
            url,
            description,
            events,
            active,
        }))
    }
}

impl WebhookUpdateIn {
    /// `rev` is the revision the request's header names.
    pub(super) fn checked(self, rules: Rules, rev: Option<i64>) -> Result<WebhookChange> {
        let mut check = Check::default();
        let url: Option<Target> = check.optional("url", self.url, |text| rules.target(&text));
        let description = check.optional("description", self.description, |text| Prose::new(&text));
        let events = self.events.map(|events| patterns(&mut check, events));
        let rev = one_rev(&mut check, rev, self.rev);
        check.finish(Some(WebhookChange { url, description, events, active: self.active, rev }))
    }
}

impl WebhookRotateIn {
    /// The time of grace, and the revision that was seen.
    pub(super) fn checked(self, rev: Option<i64>) -> Result<(Duration, Option<i64>)> {
        let mut check = Check::default();
        let seconds = self.grace_seconds.unwrap_or(USUAL_GRACE);
        if seconds > LONGEST_GRACE {
            check.wrong("graceSeconds", "must be from 0 to 604800");
        }
        let rev = one_rev(&mut check, rev, self.rev);
        check.finish(Some((Duration::from_secs(seconds.into()), rev)))
    }
}

fn patterns(check: &mut Check, events: Vec<String>) -> Vec<Pattern> {
    if events.is_empty() || events.len() > MOST_PATTERNS {
        check.wrong("events", format!("must have 1 to {MOST_PATTERNS} entries"));
        return Vec::new();
    }
    let entries = events.into_iter().enumerate();
    entries
        .filter_map(|(n, text)| check.required(&format!("events[{n}]"), Some(text), |text| text.parse()))
        .collect()
}

fn one_rev(check: &mut Check, header: Option<i64>, body: Option<i64>) -> Option<i64> {
    if header.is_some() && body.is_some() && header != body {
        check.wrong("rev", "is another one than If-Match names");
    }
    header.or(body)
}

/// A webhook as it is answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Webhook)]
pub(super) struct WebhookOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// Where it is told.
    url: String,
    /// What it is for.
    description: String,
    /// The events it is told of.
    events: Vec<String>,
    /// Whether it is told anything.
    active: bool,
    /// Why it is not active, where nobody said so.
    disabled_reason: Option<String>,
    /// Since when nothing arrives; null where the last did.
    #[schema(format = DateTime)]
    failing_since: Option<String>,
    /// Until when its former secret signs too; past or null where it does not.
    #[schema(format = DateTime)]
    old_secret_until: Option<String>,
    /// What signs its messages: in the answer that made it, and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    secret: Option<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// By whom: `user:ID`, `key:ID` or `system:WORD`.
    created_by: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    last_modified: String,
    /// By whom.
    last_modified_by: String,
    /// Rises by one with every change.
    rev: i64,
}

/// What making a webhook or its secret answers: the webhook with its secret,
/// or to a repetition that it was made before.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = WebhookMade)]
#[expect(dead_code, reason = "for the document: neither answer is made of it")]
pub(super) enum WebhookMadeOut {
    /// The webhook, with its secret.
    Webhook(Box<WebhookOut>),
    /// The repetition of a request with the same `Idempotency-Key`.
    MadeBefore(MadeBefore),
}

listed! {
    /// One page of webhooks.
    WebhookList as WebhookList of WebhookOut
}

impl From<Webhook> for WebhookOut {
    fn from(webhook: Webhook) -> Self {
        let text = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
        Self {
            id: webhook.id.to_string(),
            url: webhook.url,
            description: webhook.description,
            events: webhook.events,
            active: webhook.active,
            disabled_reason: webhook.disabled_reason,
            failing_since: text(webhook.failing_since),
            old_secret_until: text(webhook.old_secret_until),
            secret: None,
            created: webhook.stamp.created.to_string(),
            created_by: webhook.stamp.created_by,
            last_modified: webhook.stamp.last_modified.to_string(),
            last_modified_by: webhook.stamp.last_modified_by,
            rev: webhook.stamp.rev,
        }
    }
}

impl WebhookOut {
    /// The same with its secret.
    pub(super) fn with_secret(self, secret: &str) -> Self {
        Self { secret: Some(secret.to_owned()), ..self }
    }
}
