//! Mail on its way out: a letter, and the ways it can be sent.

mod folder;
mod letter;
mod smtp;

use std::path::PathBuf;

pub use letter::{Letter, Sender};
pub use smtp::{Smtp, SmtpSettings, Tls};

/// The way that mail is sent.
#[derive(Debug, Clone)]
pub enum Post {
    /// Not at all: each letter is refused.
    Nowhere,
    /// As a file of its own in this directory.
    Folder(PathBuf),
    /// To an SMTP server.
    Smtp(Smtp),
}

/// Why a letter was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSent {
    /// Another time it may be.
    Yet(String),
    /// It never will be.
    Ever(String),
}

impl Post {
    /// Sends a letter. One that is sent twice has the same `Message-ID`, by
    /// which its receiver's programs know it again.
    pub async fn send(&self, from: &Sender, letter: &Letter) -> Result<(), NotSent> {
        let message = letter.message(from).map_err(|error| NotSent::Ever(error.to_string()))?;
        match self {
            Self::Nowhere => {
                Err(NotSent::Ever("no mail is sent: mail.transport is \"none\" in the configuration".into()))
            }
            Self::Folder(folder) => folder::put(folder, &letter.id, message.formatted()).await,
            Self::Smtp(smtp) => smtp.send(message).await,
        }
    }
}
