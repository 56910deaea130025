//! Webhooks: programs of others that are told what happens. An event is an
//! entry of the audit record; it is told over HTTP, signed, soon after its
//! commit, and again with growing pauses until it arrives.

mod deliver;
mod deliveries;
mod document;
mod events;
mod manage;
mod secret;

pub use deliver::PAUSES;
pub(crate) use deliver::{KIND, deliver};
pub use deliveries::{MOST_REPLAYED, Replayed, delivery, list_deliveries, ping, replay, replay_failed};
pub use document::{NewWebhook, Webhook, WebhookChange};
pub(crate) use events::publish;
pub use events::{PING, Pattern};
pub use manage::{MOST_WEBHOOKS, create, current, delete, list, read, rotate, update};
pub use outbound::http::{Courier, Rules, Target};
pub use records::{
    webhook_deliveries::{AttemptRow, DeliveryRow, LIST as DELIVERIES},
    webhooks::LIST,
};
pub use secret::Secret;
