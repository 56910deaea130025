//! The wiring that the program and the tests share.
#![allow(clippy::unwrap_used, reason = "tests")]

use base::{Clock, Random, Timestamp};
use gate::Credential;
use swage::{
    Settings, assemble,
    config::{self, Defaults, Listen, Place},
    demo::{self, Credentials},
};

fn settings(data: &std::path::Path) -> Settings {
    let place = Place { data: Some(data.to_owned()), ..Place::default() };
    config::load(&place, &Listen::default(), Defaults::Demo).unwrap()
}

#[tokio::test]
async fn jwts_are_there_where_they_are_on_and_a_new_key_is_published_before_it_signs() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(folder.path());
    let clock = Clock::standing_at("2026-01-01T00:00:00Z".parse().unwrap());
    let public = async |settings: &Settings| {
        let assembled = assemble(settings, clock.clone(), &mut Random::seeded(7)).await.unwrap();
        let keys = assembled.gate.secrets().tokens.jwt()?.public();
        Some(keys.map(|key| key.id).collect::<Vec<_>>())
    };
    assert_eq!(public(&settings).await, None);
    let path = settings.secrets_path();
    assert!(!std::fs::read_to_string(&path).unwrap().contains("jwt"));
    settings.tokens.jwt = true;
    settings.http.public_url = "https://swage.example".into();
    let first = public(&settings).await.unwrap();
    assert_eq!(first.len(), 1);
    let next = format!(
        "{}\n[[jwt_keys]]\nversion = 2\nkey = \"{}\"\nsigns_from = \"2026-01-01T01:00:00Z\"\n",
        std::fs::read_to_string(&path).unwrap(),
        "07".repeat(32)
    );
    std::fs::write(&path, next).unwrap();
    let both = public(&settings).await.unwrap();
    assert!(both.len() == 2 && both[0] == first[0]);
    settings.tokens.jwt = false;
    assert_eq!(public(&settings).await, None);
}

async fn made() -> Credentials {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let clock = Clock::standing_at(Timestamp::from_millis(1_000_000_000_000));
    let mut random = Random::seeded(7);
    let assembled = assemble(&settings, clock, &mut random).await.unwrap();
    let environment = settings.environment().unwrap();
    let credentials = demo::make(&assembled.store, environment, &assembled.clock, &mut random, |_, _| Ok(()))
        .await
        .unwrap();
    assembled.gate.catch_up().await.unwrap();
    assert_eq!(assembled.gate.live().len(), 4);
    let customer = &credentials.keys.customer;
    let verified = assembled.gate.verify(Credential::Key(&customer.api_key), None, None, None).unwrap();
    assert_eq!(verified.customer, customer.customer_id);
    assert!(verified.pinned);
    credentials
}

#[tokio::test]
async fn a_seeded_demo_is_always_the_same() {
    let (one, other) = (made().await, made().await);
    assert_eq!(serde_json::to_value(one).unwrap(), serde_json::to_value(other).unwrap());
}
