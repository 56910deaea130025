use std::{fmt, path::PathBuf};

use base::{Error, Result};
use outbound::mail::{Post, Sender, Smtp, SmtpSettings, Tls};
use serde::{Deserialize, Serialize, Serializer};

use crate::{Settings, files};

/// The section `mail`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct MailSettings {
    /// The way mail is sent.
    pub transport: Transport,
    /// Who it is from.
    pub from: String,
    /// Where mail is put that is not sent; empty for the usual directory.
    pub directory: PathBuf,
    /// The SMTP server.
    pub smtp: SmtpSection,
}

/// The way mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Not at all.
    None,
    /// As files in a directory.
    Directory,
    /// To an SMTP server.
    Smtp,
}

/// The section `mail.smtp`.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct SmtpSection {
    /// The server's name.
    pub host: String,
    /// Its port; 0 for the usual one.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: TlsWord,
    /// The name to sign in with; empty for none.
    pub user: String,
    /// The password.
    pub password: Password,
    /// A file of certificates to trust; empty for the machine's own.
    pub ca_file: PathBuf,
}

/// How the connection to the SMTP server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsWord {
    /// After the first words.
    Starttls,
    /// From the first byte.
    Implicit,
    /// Not at all.
    None,
}

/// A password, which no form that is printed or written shows.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "" } else { "***" })
    }
}

/// Masked: for showing what is configured.
impl Serialize for Password {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{self:?}"))
    }
}

impl Settings {
    /// Who mail is from.
    pub fn sender(&self) -> Result<Sender> {
        self.mail.from.parse().map_err(|error| Error::invalid("mail.from", error))
    }

    /// The way mail is sent.
    pub fn post(&self) -> Result<Post> {
        match self.mail.transport {
            Transport::None => Ok(Post::Nowhere),
            Transport::Directory => Ok(Post::Folder(self.mail_directory())),
            Transport::Smtp => Ok(Post::Smtp(self.mail.smtp.server()?)),
        }
    }

    fn mail_directory(&self) -> PathBuf {
        let directory = &self.mail.directory;
        if directory.as_os_str().is_empty() { self.data.join("mail") } else { directory.clone() }
    }
}

impl SmtpSection {
    fn server(&self) -> Result<Smtp> {
        if self.host.is_empty() {
            return Err(Error::invalid("mail.smtp.host", "must name the SMTP server"));
        }
        if self.user.is_empty() != self.password.0.is_empty() {
            return Err(Error::invalid("mail.smtp.password", "and mail.smtp.user go together"));
        }
        Smtp::new(SmtpSettings {
            host: self.host.clone(),
            port: Some(self.port).filter(|port| *port != 0),
            login: Some((self.user.clone(), self.password.0.clone())).filter(|(user, _)| !user.is_empty()),
            tls: match self.tls {
                TlsWord::Starttls => Tls::Starttls,
                TlsWord::Implicit => Tls::Implicit,
                TlsWord::None => Tls::None,
            },
            authorities: files::read_named(&self.ca_file)?.map(|text| text.as_bytes().to_vec()),
        })
    }
}
