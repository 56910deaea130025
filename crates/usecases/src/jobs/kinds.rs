use std::time::Duration;

use outbound::{
    http::Courier,
    mail::{Post, Sender},
};

use super::Kinds;
use crate::{api_keys, catalogue::imports, housekeeping, images, mail, users::links, webhooks};

/// What jobs are done with, beside the database.
#[derive(Clone)]
pub struct Parts {
    /// How mail is sent.
    pub post: Post,
    /// Who it is from.
    pub sender: Sender,
    /// Who takes messages to webhooks.
    pub courier: Courier,
    /// How long it is remembered what webhooks were told.
    pub deliveries_kept: Duration,
    /// How long before its end a key is told of.
    pub key_warning: Duration,
}

/// Every kind of job, with what does it.
pub fn kinds(parts: Parts) -> Kinds {
    let Parts { post, sender, courier, deliveries_kept, key_warning } = parts;
    Kinds::default()
        .every(Duration::from_hours(1), "tidy", move |run| housekeeping::tidy(run, deliveries_kept))
        .every(Duration::from_hours(1), "expiring", move |run| async move {
            api_keys::tell_of_ends(&run.database, key_warning).await
        })
        .on_demand(mail::KIND, mail::PAUSES, move |run| mail::send(run, post.clone(), sender.clone()))
        .on_demand(webhooks::KIND, webhooks::PAUSES, move |run| webhooks::deliver(run, courier.clone()))
        .on_demand(links::FORGOTTEN, links::PAUSES, links::mail_forgotten)
        .on_demand(imports::KIND, imports::PAUSES, imports::go_on)
        .on_demand(images::FOLD, images::FOLD_PAUSES, images::fold)
}
