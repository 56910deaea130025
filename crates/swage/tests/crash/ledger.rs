//! A client, and what it knows of the keys it has made.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use base::Random;
use serde_json::{Value as Json, json};

use crate::support::{client::Client, rows::text};

pub const API_KEYS: &str = "/api/v1/organization/apikeys";

/// What clients change of a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    name: String,
    scopes: String,
    networks: Vec<String>,
    pub deleted: bool,
}

impl Shape {
    fn random(name: String, random: &mut Random) -> Self {
        let scopes = ["read", "write", "read,write", "hose:read", "read,hose:write"];
        let scopes = scopes[random.below(5) as usize].to_owned();
        // None, or the clients' own and some others: rows of their own, beside the key's.
        let networks = (0..random.below(4)).map(|n| match n {
            0 => "127.0.0.1".to_owned(),
            _ => format!("10.{n}.{}.0/24", random.below(256)),
        });
        Self { name, scopes, networks: networks.collect(), deleted: false }
    }

    /// As an answer has it.
    pub fn of(document: &Json) -> Self {
        let networks = document["approvedIpAddresses"].as_array().unwrap();
        Self {
            name: text(&document["name"]),
            scopes: text(&document["scopes"]),
            networks: networks.iter().map(|entry| text(&entry["ipAddress"])).collect(),
            deleted: document["deleted"].as_bool().unwrap(),
        }
    }

    fn body(&self) -> Json {
        let networks: Vec<_> = self.networks.iter().map(|network| json!({ "ipAddress": network })).collect();
        json!({
            "name": self.name, "scopes": self.scopes, "keyType": "full-access", "approvedIpAddresses": networks,
        })
    }
}

/// A key as its client knows it.
#[derive(Debug)]
pub struct Key {
    /// The `Idempotency-Key` of its creation.
    pub request: String,
    /// Once an answer has named it.
    pub id: Option<String>,
    /// Once an answer has shown it.
    pub text: Option<String>,
    /// What it is by the last answer.
    pub told: Option<Shape>,
    /// What it was to become by a request that was not answered.
    pub asked: Option<Shape>,
}

impl Key {
    /// Asks for it, perhaps again; answers whether the server knew the request.
    pub fn create(&mut self, client: &Client) -> Result<bool, ureq::Error> {
        let body = self.asked.as_ref().unwrap().body();
        let answer = client.post(API_KEYS, &[("idempotency-key", &self.request)], &body)?;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let was_known = answer.headers.contains_key("idempotent-replayed");
        self.id = Some(text(&answer.body["_id"]));
        if !was_known {
            self.text = Some(text(&answer.body["apiKey"]));
            assert_eq!(Some(Shape::of(&answer.body)), self.asked);
        }
        self.told = self.asked.take();
        Ok(was_known)
    }

    fn update(&mut self, client: &Client, shape: Shape) -> Result<(), ureq::Error> {
        let body = shape.body();
        self.asked = Some(shape);
        let path = format!("{API_KEYS}/{}/update", self.id.as_ref().unwrap());
        let answer = client.post(&path, &[], &body)?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(Some(Shape::of(&answer.body)), self.asked);
        self.told = self.asked.take();
        Ok(())
    }

    fn delete(&mut self, client: &Client) -> Result<(), ureq::Error> {
        self.asked = self.told.clone().map(|told| Shape { deleted: true, ..told });
        let path = format!("{API_KEYS}/{}/delete", self.id.as_ref().unwrap());
        let answer = client.post(&path, &[], &Json::Null)?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.told = self.asked.take();
        Ok(())
    }

    fn is_live(&self) -> bool {
        self.told.as_ref().is_some_and(|told| !told.deleted)
    }
}

/// A client, which touches only its own keys and so knows what they must be.
pub struct Writer {
    number: u64,
    random: Random,
    pub keys: Vec<Key>,
}

impl Writer {
    pub fn new(number: u64, seed: u64) -> Self {
        Self { number, random: Random::seeded(seed), keys: Vec::new() }
    }

    /// Makes, changes and deletes keys until the server does not answer any
    /// more, which it may only once it was killed.
    pub fn write_until_gone(&mut self, client: &Client, answered: &AtomicU32, killed: &AtomicBool) {
        let gone = loop {
            match self.write(client) {
                Ok(()) => answered.fetch_add(1, Ordering::SeqCst),
                Err(error) => break error,
            };
        };
        assert!(killed.load(Ordering::SeqCst), "no answer: {gone}");
    }

    fn write(&mut self, client: &Client) -> Result<(), ureq::Error> {
        let live: Vec<_> = (0..self.keys.len()).filter(|n| self.keys[*n].is_live()).collect();
        let choice = self.random.below(10);
        if choice < 5 || live.is_empty() {
            return self.create(client);
        }
        let chosen = live[self.random.below(u32::try_from(live.len()).unwrap()) as usize];
        if choice < 8 {
            let name = format!("changed {}", self.random.below(1_000_000));
            let shape = Shape::random(name, &mut self.random);
            self.keys[chosen].update(client, shape)
        } else {
            self.keys[chosen].delete(client)
        }
    }

    fn create(&mut self, client: &Client) -> Result<(), ureq::Error> {
        let request = format!("client-{}-key-{}", self.number, self.keys.len());
        let shape = Shape::random(format!("made by {}", self.number), &mut self.random);
        let mut key = Key { request, id: None, text: None, told: None, asked: Some(shape) };
        let outcome = key.create(client);
        self.keys.push(key);
        outcome.map(|was_known| assert!(!was_known, "a first request was taken for a repeated one"))
    }
}
