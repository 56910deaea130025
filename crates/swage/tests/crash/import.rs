//! The server is killed while it applies an import. After the next start the
//! import comes to its end, or, if it is cancelled then, back to its beginning.

use std::{
    fmt::Write as _,
    thread::{scope, sleep},
    time::Duration,
};

use base::Random;
use rstest::rstest;
use serde_json::Value as Json;
use testkit::{Engine, Postgres, Sqlite};

use crate::{
    Shop, client,
    support::{Server, client::Client, is_proof, rows::text},
};

const IMPORT: &str = "/api/v1/components/import";
const IMPORTS: &str = "/api/v1/components/imports";
/// Enough rows to be applied for a while, also by a program that was built to be fast.
fn rows() -> u64 {
    if is_proof() { 4000 } else { 1500 }
}

#[rstest]
fn proof_a_killed_import_leaves_all_of_it_or_nothing(#[values(Sqlite, Postgres)] engine: Engine) {
    let mut random = Random::system();
    let shop = Shop::new(engine);
    let mut server = shop.start();
    let (mut expected, kills) = (hoses(&client(&server)), if is_proof() { 10 } else { 2 });
    for kill in 1..=kills {
        let applied = import_and_kill(server, kill, &mut random);
        shop.wait_for_the_dead();
        server = shop.start();
        let client = client(&server);
        let id = text(&last(&client)["_id"]);
        let cancels = kill % 2 == 0;
        if cancels {
            let answer = client.post(&format!("{IMPORTS}/{id}/cancel"), &[], &Json::Null).unwrap();
            assert!(matches!(answer.status, 200 | 202), "{}", answer.body);
        }
        let import = ended(&client, &id);
        if !cancels {
            expected += rows();
        }
        let state = if cancels { "cancelled" } else { "done" };
        assert_eq!((&import["state"], hoses(&client)), (&Json::from(state), expected), "{import}");
        println!("kill {kill} after {applied} of {} rows: {state}", rows());
    }
    server.stop();
}

/// Sends a file, and kills the server once some of its rows are applied; answers how many were seen to be.
fn import_and_kill(server: Server, kill: u32, random: &mut Random) -> u64 {
    let mut file = "partNumber,brand,size,cost,orgPartNumber\n".to_owned();
    for n in 0..rows() {
        writeln!(file, "K{kill}-{n},Brand {},-08,{n},O{kill}-{n}", n % 7).unwrap();
    }
    let (sender, watcher) = (client(&server), client(&server));
    let before = last(&watcher)["_id"].clone();
    let enough = 1 + u64::from(random.below(1000)) * rows() / 2000;
    scope(|scope| {
        let sending = scope.spawn(move || sender.upload(IMPORT, "hose.csv", &file));
        let applied = loop {
            let import = last(&watcher);
            if import["_id"] == before {
                continue;
            }
            let applied = import["rows"]["applied"].as_u64().unwrap_or(0);
            if import["state"] == "applying" && applied >= enough {
                break applied;
            }
            assert_ne!(import["state"], "done", "it is over too soon");
            sleep(Duration::from_millis(2));
        };
        server.kill();
        let heard = sending.join().unwrap();
        assert!(heard.is_err() || heard.is_ok_and(|answer| answer.status == 202), "it was not over");
        applied
    })
}

/// The newest import; null if there is none.
fn last(client: &Client) -> Json {
    let list = client.get(&format!("{IMPORTS}?sortBy[0].key=created&sortBy[0].order=desc&limit=1")).unwrap();
    list.body["items"][0].clone()
}

fn ended(client: &Client, id: &str) -> Json {
    for _ in 0..1200 {
        let import = client.get(&format!("{IMPORTS}/{id}")).unwrap().body;
        if import["underWay"] == false {
            return import;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("the import does not end: {}", last(client));
}

/// How many hoses there are, counted page by page: totals are exact to 10,000.
fn hoses(client: &Client) -> u64 {
    let (mut count, mut cursor) = (0, String::new());
    loop {
        let list = client.get(&format!("/api/v1/organization/customhoses?limit=1000{cursor}")).unwrap();
        count += list.body["items"].as_array().unwrap_or_else(|| panic!("{}", list.body)).len() as u64;
        match list.body["cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return count,
        }
    }
}
