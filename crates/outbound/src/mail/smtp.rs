use std::{fmt, time::Duration};

use base::{Error, Result};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls as LettreTls, TlsParameters},
    },
};

use super::NotSent;

/// How long a server may take for each of its answers.
const TIMEOUT: Duration = Duration::from_secs(30);

/// An SMTP server.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    server: String,
}

/// How an SMTP server is reached.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Its name, which its certificate must have.
    pub host: String,
    /// Its port; `None` for the usual one.
    pub port: Option<u16>,
    /// The name and the password to sign in with, where it asks for them.
    pub login: Option<(String, String)>,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// In PEM: certificates to trust in the place of the machine's own.
    pub authorities: Option<Vec<u8>>,
}

/// How a connection to an SMTP server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// It begins in clear and must go over to TLS before anything is said; port 587.
    Starttls,
    /// From the first byte; port 465.
    Implicit,
    /// Not at all; port 25.
    None,
}

impl Smtp {
    /// Puts it together; connects to nothing yet.
    pub fn new(settings: SmtpSettings) -> Result<Self> {
        let SmtpSettings { host, port, login, tls, authorities } = settings;
        let usual = match tls {
            Tls::Starttls => 587,
            Tls::Implicit => 465,
            Tls::None => 25,
        };
        let port = port.unwrap_or(usual);
        let encryption = match tls {
            Tls::Starttls => LettreTls::Required(parameters(&host, authorities.as_deref())?),
            Tls::Implicit => LettreTls::Wrapper(parameters(&host, authorities.as_deref())?),
            Tls::None => LettreTls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host)
            .port(port)
            .tls(encryption)
            .timeout(Some(TIMEOUT));
        if let Some((user, password)) = login {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build(), server: format!("{host}:{port}") })
    }

    pub(super) async fn send(&self, message: Message) -> Result<(), NotSent> {
        let Err(failed) = self.transport.send(message).await else { return Ok(()) };
        let words = format!("the SMTP server {}: {}", self.server, in_full(&failed));
        // What it says with 5xx it says the next time too.
        Err(if failed.is_permanent() { NotSent::Ever(words) } else { NotSent::Yet(words) })
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({})", self.server)
    }
}

fn parameters(host: &str, authorities: Option<&[u8]>) -> Result<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authorities {
        let wrong = |_| Error::invalid("mail.smtp.ca_file", "holds no certificate in PEM");
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(pem).map_err(wrong)?);
    }
    builder.build().map_err(|error| Error::invalid("mail.smtp", format!("TLS cannot be set up: {error}")))
}

/// An error with what brought it about.
fn in_full(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_words = cause.to_string();
        if !words.contains(&cause_words) {
            words = format!("{words}: {cause_words}");
        }
        source = cause.source();
    }
    words
}
