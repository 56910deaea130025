use std::time::{Duration, SystemTime};

use base::{Error, Line, Prose, Result, Timestamp};
use lettre::{
    Message,
    message::{Mailbox, header::ContentType},
};

/// A mail in plain text. Neither its address nor its subject can hold a line
/// end, so nobody can add a header to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is known by; the first part of its `Message-ID`.
    pub id: String,
    /// When it was written.
    pub date: Timestamp,
    to: Mailbox,
    subject: Line<200>,
    text: Prose<20_000>,
}

impl Letter {
    /// A letter to one address, without a name beside it.
    pub fn new(id: String, date: Timestamp, to: &str, subject: &str, text: &str) -> Result<Self> {
        let address = to.parse().map_err(|_| Error::invalid("to", "must be an e-mail address"))?;
        Ok(Self {
            id,
            date,
            to: Mailbox::new(None, address),
            subject: Line::new(subject).map_err(|error| Error::invalid("subject", error))?,
            text: Prose::new(text).map_err(|error| Error::invalid("text", error))?,
        })
    }

    /// The letter as it goes over the wire.
    pub(super) fn message(&self, from: &Sender) -> Result<Message> {
        let millis = u64::try_from(self.date.as_millis()).unwrap_or(0);
        let written = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        Message::builder()
            .date(written)
            .message_id(Some(format!("<{}@{}>", self.id, from.0.email.domain())))
            .from(from.0.clone())
            .to(self.to.clone())
            .subject(self.subject.as_str())
            // Nobody is there to read what a machine answers.
            .header(AutoSubmitted)
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.as_str().to_owned())
            .map_err(|error| Error::internal("a mail", error))
    }
}

/// Says that a program wrote the mail (RFC 3834), so that no program answers it.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Who mail is from, as in `Swage <swage@shop.example>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl std::str::FromStr for Sender {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "must be an address as in swage@shop.example or Swage <swage@shop.example>";
        if text.chars().any(char::is_control) {
            return Err(WRONG);
        }
        text.parse().map(Self).map_err(|_| WRONG)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str, subject: &str) -> Result<Letter> {
        Letter::new("0123".into(), Timestamp::from_millis(1_767_225_600_000), to, subject, "Grüße\nline 2")
    }

    #[test]
    fn a_letter_has_the_headers_that_are_meant() {
        let from: Sender = "Swage <swage@shop.example>".parse().unwrap();
        let message = letter("a@b.example", "Hello").unwrap().message(&from).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        for line in [
            "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n",
            "Message-ID: <0123@shop.example>\r\n",
            "From: Swage <swage@shop.example>\r\n",
            "To: a@b.example\r\n",
            "Subject: Hello\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
        ] {
            assert!(text.contains(line), "{line} in {text}");
        }
    }

    #[test]
    fn no_header_can_be_added() {
        for to in [
            "",
            "nobody",
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example, c@d.example",
            "A <a@b.example>",
            "a@b.example\n",
            "a@b.example\0",
        ] {
            assert!(letter(to, "Hello").is_err(), "{to:?}");
        }
        for subject in ["", "a\r\nBcc: c@d.example", "a\nb", "a\rb", "a\0b"] {
            // A line end at an end is taken off; one within is refused.
            assert!(letter("a@b.example", subject).is_err(), "{subject:?}");
        }
        for from in ["", "x", "a@b.example\r\nBcc: c@d.example", "A\r\nB <a@b.example>"] {
            assert!(from.parse::<Sender>().is_err(), "{from:?}");
        }
    }
}
