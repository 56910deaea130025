//! A program that is told of events: it keeps what it hears and checks the
//! signature with code of its own.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

/// A message that was heard.
#[derive(Debug, Clone)]
pub struct Heard {
    pub headers: HeaderMap,
    pub body: String,
}

#[derive(Default)]
struct Inner {
    heard: Vec<Heard>,
    /// What the next messages are answered with; then 204.
    answers: VecDeque<u16>,
    pause: Duration,
}

/// A receiver on this machine.
pub struct Receiver {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let inner = Arc::<Mutex<Inner>>::default();
        let router = Router::new().fallback(hear).with_state(Arc::clone(&inner));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks?from=swage", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, inner }
    }

    /// The next messages are answered with these.
    pub fn answers(&self, statuses: &[u16]) {
        self.inner.lock().unwrap().answers.extend(statuses);
    }

    /// It takes so long to answer.
    pub fn takes(&self, pause: Duration) {
        self.inner.lock().unwrap().pause = pause;
    }

    /// What it has heard since it was last asked.
    pub fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.inner.lock().unwrap().heard)
    }
}

async fn hear(
    State(inner): State<Arc<Mutex<Inner>>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, Bytes) {
    let (status, pause) = {
        let mut inner = inner.lock().unwrap();
        inner.heard.push(Heard { headers, body });
        (inner.answers.pop_front().unwrap_or(204), inner.pause)
    };
    tokio::time::sleep(pause).await;
    let body = if status == 204 { Bytes::new() } else { Bytes::from("x".repeat(5000)) };
    (StatusCode::from_u16(status).unwrap(), body)
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap()
    }

    /// How many of its signatures are made with this secret.
    pub fn signed_by(&self, secret: &str) -> usize {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let (id, time) = (self.header("webhook-id"), self.header("webhook-timestamp"));
        let mac = hmac(&key, format!("{id}.{time}.{}", self.body).as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(mac));
        self.header("webhook-signature").split(' ').filter(|one| *one == signature).count()
    }
}

/// HMAC-SHA-256 as RFC 2104 writes it down.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    assert!(key.len() <= 64);
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let padded = |pad: u8| block.map(|byte| byte ^ pad);
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
}
