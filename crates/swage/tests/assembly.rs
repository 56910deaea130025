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
