use std::net::{IpAddr, SocketAddr};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request},
};
use http_body_util::BodyExt;
use serde_json::Value as Json;
use tower::ServiceExt;

use crate::{Document, TestApp};

/// A request to be sent.
#[must_use]
pub struct Call<'a> {
    app: &'a TestApp,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Body,
    from: IpAddr,
    shows_secret: bool,
}

/// An answer that was checked against the document.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The bytes of the body.
    pub bytes: Vec<u8>,
    /// The body; null if it is not JSON.
    pub json: Json,
}

impl<'a> Call<'a> {
    pub(crate) fn new(app: &'a TestApp, method: &str, path: String) -> Self {
        let from = IpAddr::from([192, 0, 2, 1]);
        Self {
            app,
            method: method.to_owned(),
            path,
            headers: Vec::new(),
            body: Body::empty(),
            from,
            shows_secret: false,
        }
    }

    /// Sends a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends a key, a bearer token or a session's token.
    pub fn credential(self, text: &str) -> Self {
        self.header("authorization", &format!("Bearer {text}"))
    }

    /// Sends a JSON body.
    pub fn json(self, body: &Json) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sends any body.
    pub fn body(mut self, kind: &str, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self.header("content-type", kind)
    }

    /// Sends a form with a file in its field `file`, and these texts in others.
    pub fn upload(self, name: &str, file: &[u8], fields: &[(&str, &str)]) -> Self {
        const BOUNDARY: &str = "what-no-file-has-inside";
        let mut body = Vec::new();
        for (field, text) in fields {
            let head =
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n");
            body.extend(head.as_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(file);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        self.body(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    /// Comes from this address; else from 192.0.2.1.
    pub fn from(mut self, address: &str) -> Self {
        self.from = address.parse().unwrap();
        self
    }

    /// The answer may hold a secret.
    pub fn shows_secret(mut self) -> Self {
        self.shows_secret = true;
        self
    }

    /// Sends it; fails unless the answer has this status.
    pub async fn expect(self, status: u16) -> Answer {
        let place = format!("{} {}", self.method, self.path);
        let answer = self.send().await;
        let body = String::from_utf8_lossy(&answer.bytes);
        assert_eq!(answer.status, status, "{place} answered {body}");
        answer
    }

    /// Sends it, and checks the answer against the document.
    pub async fn send(mut self) -> Answer {
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_bytes());
        }
        let mut request = request.body(std::mem::take(&mut self.body)).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.from, 50_000)));
        let answer = self.app.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let status = parts.status.as_u16();
        let kind = parts.headers.get("content-type").map_or("", |value| value.to_str().unwrap()).to_owned();
        if !matches!(status, 204 | 304)
            && !kind.starts_with("text/")
            && !kind.starts_with("image/")
            && kind != "application/jsonl"
            && !self.path.to_ascii_lowercase().starts_with("/api/openapi")
        {
            Document::get().check(&self.method, &self.path, status, &kind, &bytes);
        }
        let place = format!("{} {} {status}", self.method, self.path);
        assert!(status != 500, "{place} answered {}", String::from_utf8_lossy(&bytes));
        if !self.shows_secret {
            self.check_no_secret(&place, &parts.headers, &bytes);
        }
        let json = serde_json::from_slice(&bytes).unwrap_or(Json::Null);
        Answer { status, headers: parts.headers, bytes, json }
    }

    fn check_no_secret(&self, place: &str, headers: &HeaderMap, body: &[u8]) {
        let said = format!("{headers:?}\n{}", String::from_utf8_lossy(body));
        for secret in self.app.secrets.lock().unwrap().iter() {
            assert!(!said.contains(secret.as_str()), "{place} shows a secret");
        }
    }
}

impl Answer {
    /// A header's value; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The paths of the fields that were found wrong.
    pub fn wrong_fields(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(wrong_field).collect()
    }

    /// What a person is told of a failure, whichever its form.
    pub fn words(&self) -> String {
        match self.json["errors"].as_array() {
            Some(errors) if self.json["details"].is_null() => {
                errors.iter().map(|error| error.as_str().unwrap()).collect::<Vec<_>>().join("; ")
            }
            _ => self.json["details"].as_str().unwrap().to_owned(),
        }
    }

    /// The codes of a key's warnings.
    pub fn warnings(&self) -> Vec<&str> {
        let warnings = self.json["warnings"].as_array().unwrap();
        warnings.iter().map(|warning| warning["code"].as_str().unwrap()).collect()
    }
}

/// The path of the field that an error is about.
fn wrong_field(error: &Json) -> &str {
    match error {
        // In the envelope an error is a sentence that begins with the path.
        Json::String(words) if words.starts_with("the input ") => "",
        Json::String(words) => words.split(' ').next().unwrap(),
        fields => fields["path"].as_str().unwrap(),
    }
}
