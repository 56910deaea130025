use std::time::Duration;

use base::{Id, Organization, Result, Stopwatch, Timestamp};
use database::{Scope, Tx};
use outbound::http::{Answer, Courier};
use records::{
    webhook_deliveries::{self, AttemptRow, Delivery},
    webhooks::{self, WebhookRow},
};
use serde::{Deserialize, Serialize};

use super::{
    manage::disable,
    secret::{self, Secret},
};
use crate::jobs::{Failure, Outcome, Run};

pub(crate) const KIND: &str = "webhook";

/// For about three days.
pub const PAUSES: &[Duration] = &[
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// A webhook that nothing reached for so long is told nothing more.
const GIVEN_UP_AFTER: Duration = Duration::from_hours(5 * 24);

/// What the job knows.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Task {
    pub(super) organization: Id<Organization>,
    pub(super) delivery: Id<Delivery>,
}

/// What a delivery comes to.
enum Due {
    /// Nothing: it was delivered, or its webhook is gone.
    Nothing,
    /// A failure, as its webhook is told nothing.
    NotActive,
    /// A message.
    Message(Message),
}

/// What is to be sent.
struct Message {
    url: String,
    id: String,
    body: String,
    secrets: Vec<Secret>,
}

/// Tells a webhook of an event, once; the job is tried again until it arrives.
pub(crate) async fn deliver(run: Run, courier: Courier) -> Outcome {
    let Task { organization, delivery } = run.payload()?;
    let scope = Scope::Organization(organization);
    let now = run.database.clock().now();
    let attempt = match run.database.read(scope, move |tx| due(tx, delivery)).await? {
        Due::Nothing => return Ok(()),
        Due::NotActive => AttemptRow::not_made(now, "the webhook is not active".to_owned()),
        Due::Message(message) => send(&courier, now, &message).await?,
    };
    let words = attempt.error.clone().unwrap_or_else(|| format!("status {}", attempt.status.unwrap_or(0)));
    let pause = run.pause;
    let note = move |tx: &mut Tx<'_>| note(tx, delivery, &attempt, pause);
    if run.database.write(scope, note).await? { Ok(()) } else { Err(Failure::Passing(words)) }
}

fn due(tx: &mut Tx<'_>, delivery: Id<Delivery>) -> Result<Due> {
    let row = webhook_deliveries::find(tx, delivery)?.filter(|row| row.state == "pending");
    let Some(row) = row else { return Ok(Due::Nothing) };
    let Some(webhook) = webhooks::find(tx, row.webhook)? else { return Ok(Due::Nothing) };
    if !webhook.active {
        return Ok(Due::NotActive);
    }
    let stored = webhooks::secrets(tx, webhook.id)?;
    let with_old = webhook.old_secret_until.is_some_and(|until| tx.now() < until);
    let secrets = secret::signing(tx, webhook.id, &stored, with_old)?;
    Ok(Due::Message(Message { url: webhook.url, id: row.event.to_string(), body: row.payload, secrets }))
}

async fn send(courier: &Courier, now: Timestamp, message: &Message) -> Result<AttemptRow> {
    let clock = Stopwatch::start();
    let answer = post(courier, now, message).await?;
    let milliseconds = i64::try_from(clock.elapsed().as_millis()).unwrap_or(i64::MAX);
    let attempt = match answer {
        // PostgreSQL has no U+0000.
        Ok(Answer { status, body }) => AttemptRow {
            at: now,
            status: Some(status),
            answer: Some(body.replace('\0', "\u{fffd}")),
            error: None,
            milliseconds: 0,
        },
        Err(words) => AttemptRow::not_made(now, words),
    };
    Ok(AttemptRow { milliseconds, ..attempt })
}

async fn post(courier: &Courier, now: Timestamp, message: &Message) -> Result<Result<Answer, String>> {
    // What was allowed when the webhook was made may be no more.
    let target = match courier.rules().target(&message.url) {
        Ok(target) => target,
        Err(wrong) => return Ok(Err(format!("the address {wrong}"))),
    };
    let seconds = now.as_seconds();
    let sign = |secret: &Secret| secret.sign(&message.id, seconds, &message.body);
    let signatures = message.secrets.iter().map(sign).collect::<Result<Vec<_>>>()?;
    let headers = [
        ("webhook-id", message.id.clone()),
        ("webhook-timestamp", seconds.to_string()),
        ("webhook-signature", signatures.join(" ")),
    ];
    Ok(courier.post(&target, &headers, message.body.clone()).await)
}

/// Notes what came of an attempt; false if it is to be tried again after `pause`.
fn note(
    tx: &mut Tx<'_>,
    delivery: Id<Delivery>,
    attempt: &AttemptRow,
    pause: Option<Duration>,
) -> Result<bool> {
    let Some(mut row) = webhook_deliveries::find(tx, delivery)? else { return Ok(true) };
    let Some(webhook) = webhooks::find(tx, row.webhook)? else { return Ok(true) };
    row.last = Some(attempt.clone());
    row.attempts += 1;
    let arrived = attempt.status.is_some_and(|status| (200..300).contains(&status));
    let given_up = if arrived { None } else { given_up(tx.now(), &webhook, attempt) };
    let (state, next) = match pause {
        _ if arrived => ("delivered", None),
        Some(pause) if given_up.is_none() && webhook.active => ("pending", Some(tx.now().plus(pause))),
        _ => ("failed", None),
    };
    state.clone_into(&mut row.state);
    row.next_attempt = next;
    webhook_deliveries::update(tx, &row)?;
    note_health(tx, &webhook, arrived)?;
    if let Some(reason) = given_up {
        disable(tx, &webhook, reason)?;
    }
    Ok(next.is_none())
}

/// Why a webhook is told nothing more, where that is so.
fn given_up(now: Timestamp, webhook: &WebhookRow, attempt: &AttemptRow) -> Option<&'static str> {
    let too_long = webhook.failing_since.is_some_and(|since| now.since(since) >= GIVEN_UP_AFTER);
    match attempt.status {
        _ if !webhook.active => None,
        Some(410) => Some("It answered 410 Gone."),
        _ if too_long => Some("Nothing reached it for five days."),
        _ => None,
    }
}

fn note_health(tx: &mut Tx<'_>, webhook: &WebhookRow, arrived: bool) -> Result<()> {
    match webhook.failing_since {
        Some(_) if arrived => webhooks::set_failing(tx, webhook.id, None),
        None if !arrived && webhook.active => {
            let now = tx.now();
            webhooks::set_failing(tx, webhook.id, Some(now))
        }
        _ => Ok(()),
    }
}
