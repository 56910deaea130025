use std::{fmt, str::FromStr, time::Duration};

use base::{Error, Id, Result};
use database::{Tx, job};
use records::{
    audit::{AuditEntry, Entry},
    webhook_deliveries::{self, DeliveryRow},
    webhooks::{self, Webhook as WebhookKind},
};
use serde_json::json;

use super::deliver::{KIND, Task};

/// The event that only tries whether a webhook is reached.
pub const PING: &str = "webhook.ping";

/// Which events a webhook is told of: `*`, all of a kind as in `apiKey.*`, or
/// one as in `apiKey.create`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Whether it means this type of event.
    pub fn means(&self, event_type: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(beginning) => event_type.starts_with(beginning),
            None => event_type == self.0,
        }
    }
}

impl FromStr for Pattern {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_word = |word: &str| {
            !word.is_empty() && word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        };
        let fits = text == "*"
            || text
                .split_once('.')
                .is_some_and(|(kind, action)| is_word(kind) && (action == "*" || is_word(action)));
        if fits { Ok(Self(text.to_owned())) } else { Err("must be as in apiKey.create, apiKey.* or *") }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Has every webhook told that asked for such events.
pub(crate) fn publish(tx: &mut Tx<'_>, event: Id<AuditEntry>, entry: &Entry<'_>) -> Result<()> {
    let event_type = format!("{}.{}", entry.record_kind, entry.action);
    for webhook in webhooks::active(tx)? {
        let patterns = webhook.events.iter().map(|pattern| Pattern(pattern.clone()));
        if patterns.into_iter().any(|pattern| pattern.means(&event_type)) {
            let data = json!({
                "id": entry.record_id,
                "before": entry.before,
                "after": entry.after,
                "subject": { "id": entry.subject, "name": entry.subject_name },
            });
            enqueue(tx, webhook.id, event, &event_type, &data)?;
        }
    }
    Ok(())
}

/// Has one webhook told of an event.
pub(super) fn enqueue(
    tx: &mut Tx<'_>,
    webhook: Id<WebhookKind>,
    event: Id<AuditEntry>,
    event_type: &str,
    data: &serde_json::Value,
) -> Result<DeliveryRow> {
    let payload = json!({
        "id": event,
        "type": event_type,
        "timestamp": tx.now(),
        "organizationId": tx.organization()?,
        "data": data,
    });
    let row = DeliveryRow {
        id: tx.new_id(),
        webhook,
        event,
        event_type: event_type.to_owned(),
        payload: payload.to_string(),
        state: "pending".to_owned(),
        attempts: 0,
        created: tx.now(),
        next_attempt: Some(tx.now()),
        last: None,
    };
    webhook_deliveries::insert(tx, &row)?;
    ask_for(tx, &row)?;
    Ok(row)
}

/// Asks for the job that delivers it. Each webhook has a lane of its own, so
/// that a slow one holds up no other.
pub(super) fn ask_for(tx: &mut Tx<'_>, row: &DeliveryRow) -> Result<()> {
    let task = Task { organization: tx.organization()?, delivery: row.id };
    let task = serde_json::to_value(task).map_err(|error| Error::internal("a task", error))?;
    job::enqueue_in(tx, &row.webhook.to_string(), KIND, &row.id.to_string(), &task, Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_what_it_says() {
        let means = |pattern: &str, event: &str| pattern.parse::<Pattern>().unwrap().means(event);
        assert!(
            means("*", "user.invite")
                && means("user.*", "user.invite")
                && means("user.invite", "user.invite")
        );
        assert!(!means("user.*", "userGroup.create") && !means("user.invite", "user.inviteAgain"));
        for wrong in
            ["", "user", "*.*", "*.create", "user.", ".x", "user.in*", "a.b.c", "user .x", "**", "u\u{e9}.x"]
        {
            assert!(wrong.parse::<Pattern>().is_err(), "{wrong}");
        }
    }
}
