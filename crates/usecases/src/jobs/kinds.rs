use std::time::Duration;

use outbound::mail::{Post, Sender};

use super::Kinds;
use crate::{housekeeping, mail, users::links};

/// What jobs are done with, beside the database.
#[derive(Debug, Clone)]
pub struct Parts {
    /// How mail is sent.
    pub post: Post,
    /// Who it is from.
    pub sender: Sender,
}

/// Every kind of job, with what does it.
pub fn kinds(parts: Parts) -> Kinds {
    let Parts { post, sender } = parts;
    Kinds::default()
        .every(Duration::from_hours(1), "tidy", housekeeping::tidy)
        .on_demand(mail::KIND, mail::PAUSES, move |run| mail::send(run, post.clone(), sender.clone()))
        .on_demand(links::FORGOTTEN, links::PAUSES, links::mail_forgotten)
}
