//! What happens after a request: jobs, mail.
#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

mod jobs;
mod mail;
mod restore;
