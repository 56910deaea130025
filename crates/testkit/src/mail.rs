use std::fs;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::TestApp;

/// A mail that was sent: a file of the directory, read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMail {
    /// The address it went to.
    pub to: String,
    /// Who it is from.
    pub from: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The file as it is.
    pub raw: String,
}

impl TestApp {
    /// Does every job that is due now, and those that come of them; answers how many.
    pub async fn run_jobs(&self) -> usize {
        self.runner.run_due().await.unwrap()
    }

    /// The mails that were sent, the oldest first. Mail is sent by jobs: see
    /// [`run_jobs`](Self::run_jobs).
    pub fn mails(&self) -> Vec<SentMail> {
        let Ok(files) = fs::read_dir(self.mail_folder()) else { return Vec::new() };
        let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
        // Their names are ids, which begin with the time.
        paths.sort();
        paths.iter().map(|path| SentMail::read(&fs::read_to_string(path).unwrap())).collect()
    }

    /// The texts of the mails to this address, the oldest first, after all jobs are done.
    pub async fn mails_to(&self, address: &str) -> Vec<String> {
        self.run_jobs().await;
        self.mails().into_iter().filter(|mail| mail.to == address).map(|mail| mail.text).collect()
    }

    pub(crate) fn mail_folder(&self) -> std::path::PathBuf {
        self.store.folder.path().join("mail")
    }
}

impl SentMail {
    /// Reads a mail of one part, as it goes over the wire.
    pub fn read(raw: &str) -> Self {
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        // A line that begins with a space goes on with the one before.
        let head = head.replace("\r\n ", " ");
        let field = |name: &str| {
            let value = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            words(value.unwrap_or_default())
        };
        let text = match field("Content-Transfer-Encoding").as_str() {
            "quoted-printable" => text_of(quoted_printable(&body.replace("=\r\n", ""))),
            "base64" => text_of(STANDARD.decode(body.replace("\r\n", "")).unwrap()),
            _ => body.to_owned(),
        };
        Self {
            to: field("To"),
            from: field("From"),
            subject: field("Subject"),
            text: text.replace("\r\n", "\n"),
            raw: raw.to_owned(),
        }
    }
}

/// A header's value with its encoded words (RFC 2047) read.
fn words(value: &str) -> String {
    let mut read = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("=?utf-8?b?") {
        let (word, after) = after.split_once("?=").unwrap();
        // The space between two of them is no part of the text.
        if !before.trim().is_empty() {
            read.push_str(before);
        }
        read.push_str(&text_of(STANDARD.decode(word).unwrap()));
        rest = after;
    }
    read + rest
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'=' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    bytes
}

fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}
