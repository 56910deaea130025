//! The server is killed while clients make, change and delete keys. Whatever
//! it has answered must be there after the next start, and what it has not
//! must be there wholly or not at all.
#![allow(clippy::unwrap_used, reason = "tests")]

mod import;
mod ledger;
#[path = "../support/mod.rs"]
mod support;
mod whole;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread::{ScopedJoinHandle, scope, sleep},
    time::Duration,
};

use base::Random;
use rstest::rstest;
use serde_json::Value as Json;
use testkit::{Engine, Postgres, Sqlite, Store};

use ledger::{API_KEYS, Key, Shape, Writer};
use support::{
    Place, Server,
    client::Client,
    is_proof,
    rows::{Rows, text},
};

const CLIENTS: u64 = 8;

#[rstest]
fn proof_a_crash_loses_nothing_that_was_answered(#[values(Sqlite, Postgres)] engine: Engine) {
    let seed = u64::from_le_bytes(Random::system().bytes());
    println!("seed {seed}");
    let mut random = Random::seeded(seed);
    let mut writers: Vec<_> = (0..CLIENTS).map(|n| Writer::new(n, seed.wrapping_add(n))).collect();
    let shop = Shop::new(engine);
    let mut server = shop.start();
    for kill in 1..=if is_proof() { 20 } else { 3 } {
        let answered = write_and_kill(server, &mut writers, &mut random);
        shop.wait_for_the_dead();
        server = shop.start();
        println!("kill {kill}: {answered} answers; {}", check(&shop, &server, &mut writers));
    }
    server.stop();
}

/// A demo organization on either engine.
struct Shop {
    place: Place,
    postgres: Option<Store>,
}

impl Shop {
    fn new(engine: Engine) -> Self {
        let postgres = (engine == Postgres).then(|| Store::new(Postgres));
        Self { place: Place::new(), postgres }
    }

    fn start(&self) -> Server {
        self.place.start(&[&["demo"], &*self.arguments()].concat())
    }

    fn rows(&self) -> Rows {
        Rows::read(&self.place, &self.arguments())
    }

    fn arguments(&self) -> Vec<&str> {
        let mut arguments = vec!["--data", "data"];
        if let Some(store) = &self.postgres {
            arguments.extend(["--database-url", &store.settings.url]);
        }
        arguments
    }

    /// PostgreSQL still carries out what a killed server has sent it. What was
    /// answered is not concerned; what was not must be settled to be looked at.
    fn wait_for_the_dead(&self) {
        let Some(store) = &self.postgres else { return };
        let mut connection = postgres::Client::connect(&store.settings.url, postgres::NoTls).unwrap();
        let others = "SELECT count(*) FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        for _ in 0..600 {
            let left: i64 = connection.query_one(others, &[]).unwrap().get(0);
            if left == 0 {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("PostgreSQL keeps the connections of a server that is gone");
    }
}

fn client(server: &Server) -> Client {
    Client::new(server.url(), &text(&server.ready["keys"]["admin"]["apiKey"]))
}

/// Lets all clients write at once, and kills the server after a random number
/// of answers and a random moment more; answers how many there were.
fn write_and_kill(server: Server, writers: &mut [Writer], random: &mut Random) -> u32 {
    let (answered, killed) = (AtomicU32::new(0), AtomicBool::new(false));
    let enough = 1 + random.below(400);
    scope(|scope| {
        let writing: Vec<_> = writers
            .iter_mut()
            .map(|writer| {
                let (client, answered, killed) = (client(&server), &answered, &killed);
                scope.spawn(move || writer.write_until_gone(&client, answered, killed))
            })
            .collect();
        while answered.load(Ordering::SeqCst) < enough && !writing.iter().any(ScopedJoinHandle::is_finished) {
            sleep(Duration::from_millis(1));
        }
        sleep(Duration::from_micros(random.below(20_000).into()));
        killed.store(true, Ordering::SeqCst);
        server.kill();
        for one in writing {
            one.join().expect("a client heard what it should not");
        }
    });
    answered.into_inner()
}

/// Compares what is there with what the clients were told; settles what they
/// were not. Says what had become of the requests that were not answered.
fn check(shop: &Shop, server: &Server, writers: &mut [Writer]) -> String {
    let client = client(server);
    let rows = shop.rows();
    whole::check(&rows);

    let mut keys: Vec<&mut Key> = writers.iter_mut().flat_map(|writer| &mut writer.keys).collect();
    let carried_out = rows.by("idempotency", "idempotency_key");
    let (mut creations, mut created, mut changes, mut carried) = (0, 0, 0, 0);
    for key in keys.iter_mut().filter(|key| key.told.is_none()) {
        let before = carried_out.get(&key.request).map(|rows| text(&rows[0]["record_id"]));
        let was_repeated = key.create(&client).expect("the server is there again");
        assert_eq!(was_repeated, before.is_some(), "{key:?}");
        assert!(before.is_none() || key.id == before, "{key:?} was {before:?}");
        creations += 1;
        created += u32::from(was_repeated);
    }

    let mut listed = list(&client);
    for key in keys {
        let id = key.id.as_ref().unwrap();
        let document = listed.remove(id).unwrap_or_else(|| panic!("{key:?} is not listed"));
        let shape = Shape::of(&document);
        changes += u32::from(key.asked.is_some());
        carried += u32::from(key.asked.as_ref() == Some(&shape));
        assert!(
            [&key.told, &key.asked].into_iter().flatten().any(|known| *known == shape),
            "{key:?} is {shape:?}"
        );
        assert_eq!(document["state"], if shape.deleted { "revoked" } else { "active" }, "{key:?}");
        if let Some(text) = &key.text {
            let answer = client.verify(text);
            assert_eq!(answer.status, if shape.deleted { 401 } else { 200 }, "{key:?}: {}", answer.body);
        }
        (key.told, key.asked) = (Some(shape), None);
    }
    // Of each creation, repeated or not, there is one key; beside them only the demo's own.
    assert_eq!(listed.len(), 4, "{listed:?}");
    whole::check(&shop.rows());
    format!(
        "of {creations} unanswered creations {created} were carried out, of {changes} unanswered changes {carried}"
    )
}

/// Every key there is or was, by its id.
fn list(client: &Client) -> BTreeMap<String, Json> {
    let mut listed = BTreeMap::new();
    for page in 1.. {
        let answer = client.get(&format!("{API_KEYS}?includeDeleted=true&limit=1000&page={page}")).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        let items = answer.body["items"].as_array().unwrap();
        listed.extend(items.iter().map(|item| (text(&item["_id"]), item.clone())));
        if items.len() < 1000 {
            break;
        }
    }
    listed
}
