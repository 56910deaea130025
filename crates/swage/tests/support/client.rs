//! A client that keeps its connection, as most programs do.

use std::time::Duration;

use serde_json::Value as Json;
use ureq::{
    Agent, Body,
    http::{HeaderMap, Response},
};

/// A caller with a credential.
pub struct Client {
    agent: Agent,
    url: String,
    credential: String,
}

/// What was answered.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Json,
}

/// An answer, unless none was heard to its end.
pub type Heard = Result<Answer, ureq::Error>;

impl Client {
    /// One that calls the server at `url` with an API key, a bearer token or a session.
    pub fn new(url: &str, credential: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // So that a server that never answers ends a test.
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        Self { agent: config.new_agent(), url: url.to_owned(), credential: credential.to_owned() }
    }

    /// The same, by a connection of its own.
    pub fn again(&self) -> Self {
        Self::new(&self.url, &self.credential)
    }

    pub fn get(&self, path: &str) -> Heard {
        let request = self.agent.get(format!("{}{path}", self.url));
        heard(request.header("authorization", &self.credential).call()?)
    }

    /// Posts the body, or nothing where it is null.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &Json) -> Heard {
        let mut request = self.agent.post(format!("{}{path}", self.url));
        request = request.header("authorization", &self.credential);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        heard(if body.is_null() { request.send_empty()? } else { request.send_json(body)? })
    }

    /// Sends a file in a form.
    pub fn upload(&self, path: &str, name: &str, file: &str) -> Heard {
        let head =
            format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        let request =
            self.agent.post(format!("{}{path}", self.url)).header("authorization", &self.credential);
        let request = request.header("content-type", "multipart/form-data; boundary=x");
        heard(request.send(format!("{head}{file}\r\n--x--\r\n"))?)
    }

    /// What `/security/v1/verify` says of another credential.
    pub fn verify(&self, credential: &str) -> Answer {
        let request = self.agent.get(format!("{}/security/v1/verify", self.url));
        heard(request.header("x-api-key", credential).call().unwrap()).unwrap()
    }
}

fn heard(mut response: Response<Body>) -> Heard {
    let body = response.body_mut().read_json()?;
    Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), body })
}
