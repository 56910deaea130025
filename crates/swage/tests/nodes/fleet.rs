//! Two servers on one database, each over a line of its own.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread::sleep,
    time::Duration,
};

use base::Stopwatch;
use serde_json::{Value as Json, json};
use testkit::{Line, Postgres, Proxy, Store};

use crate::support::{Place, Server, address, client::Client, get, rows::text};

const API_KEYS: &str = "/api/v1/organization/apikeys";

pub struct Fleet {
    pub nodes: [Node; 2],
    lines: [Proxy; 2],
    store: Store,
    places: [Place; 2],
}

pub struct Node {
    server: Server,
    client: Client,
}

pub struct Key {
    pub id: String,
    pub text: String,
}

impl Fleet {
    pub fn start() -> Self {
        let store = Store::new(Postgres);
        let places = [Place::new(), Place::new()];
        let ((one, one_url), (other, other_url)) =
            (Proxy::to_database(&store.settings.url), Proxy::to_database(&store.settings.url));
        let first = places[0].start(&[
            "demo",
            "--data",
            "data",
            "--database-url",
            &one_url,
            "--metrics-listen",
            "127.0.0.1:0",
        ]);
        let secrets = places[0].path("data/secrets.toml");
        let second = places[1].start(&[
            "serve",
            "--data",
            "data",
            "--database-url",
            &other_url,
            "--secrets-file",
            secrets.to_str().unwrap(),
            "--metrics-listen",
            "127.0.0.1:0",
        ]);
        let admin = text(&first.ready["keys"]["admin"]["apiKey"]);
        let node = |server: Server| Node { client: Client::new(server.url(), &admin), server };
        Self { nodes: [node(first), node(second)], lines: [one, other], store, places }
    }

    pub fn set_line(&self, node: usize, line: Line) {
        self.lines[node].set(line);
    }

    /// Makes, uses and ends keys on both nodes until it is told to stop.
    pub fn make_load(&self, number: u64, stop: &AtomicBool, served: &AtomicU64) {
        let clients = [0, 1].map(|node| self.nodes[node].another_client());
        for here in clients.iter().cycle() {
            let key = create(here, &format!("load {number}"));
            for _ in 0..5 {
                assert_eq!(here.verify(&key.text).status, 200);
            }
            assert_eq!(post(here, &format!("/{}/delete", key.id)).0, 200);
            served.fetch_add(7, Ordering::Relaxed);
            if stop.load(Ordering::SeqCst) {
                return;
            }
        }
    }

    /// All nodes come to hold the same keys, and have read as far.
    pub fn agrees(&self) {
        let waiting = Stopwatch::start();
        loop {
            let [one, other] = [0, 1].map(|node| self.nodes[node].holds());
            if one.is_some() && one == other {
                return;
            }
            assert!(waiting.elapsed() < Duration::from_secs(20), "{one:?} and {other:?}");
            sleep(Duration::from_millis(50));
        }
    }

    /// How many nodes the doctor lists.
    pub fn listed(&self) -> usize {
        let report =
            self.places[0].run(&["doctor", "--data", "data", "--database-url", &self.store.settings.url]);
        report.lines().filter(|line| line.starts_with("✓ node ")).count()
    }

    /// Ends the connections by which nodes hear the bell; answers how many there were.
    pub fn cut_listeners(&self) -> i64 {
        let mut client = postgres::Client::connect(&self.store.settings.url, postgres::NoTls).unwrap();
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE datname = current_database() AND query LIKE 'LISTEN%'";
        client.query_one(cut, &[]).unwrap().get(0)
    }
}

impl Node {
    pub fn create(&self, name: &str) -> Key {
        create(&self.client, name)
    }

    pub fn delete(&self, id: &str) {
        assert_eq!(post(&self.client, &format!("/{id}/delete")).0, 200);
    }

    /// How many nodes have confirmed it, and how many are silent.
    pub fn delete_everywhere(&self, id: &str) -> (usize, usize) {
        let (status, confirmed) = post(&self.client, &format!("/{id}/delete?wait=all"));
        assert_eq!(status, 200);
        let mut numbers = confirmed.split(';').map(|part| part.rsplit('=').next().unwrap().parse().unwrap());
        (numbers.next().unwrap(), numbers.next().unwrap())
    }

    pub fn verify(&self, credential: &str) -> u16 {
        self.client.verify(credential).status
    }

    /// Whether the credential is let in, as soon as the node can tell.
    pub fn lets_in(&self, credential: &str) -> bool {
        let waiting = Stopwatch::start();
        loop {
            match self.verify(credential) {
                503 => assert!(waiting.elapsed() < Duration::from_secs(20), "it cannot tell"),
                status => return status == 200,
            }
        }
    }

    /// How long it is until the credential is refused.
    pub fn refuses_within(&self, credential: &str) -> Duration {
        let waiting = Stopwatch::start();
        while self.verify(credential) == 200 {
            assert!(waiting.elapsed() < Duration::from_secs(20), "it goes on being let in");
        }
        waiting.elapsed()
    }

    pub fn status(&self, path: &str) -> u16 {
        let answer = self.server.get(path, "");
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub fn log(&self) -> String {
        self.server.log()
    }

    /// Ends it in good order.
    pub fn terminate(&self) {
        self.server.terminate();
        while self.server.is_running() {
            sleep(Duration::from_millis(20));
        }
    }

    fn another_client(&self) -> Client {
        self.client.again()
    }

    /// How many keys it holds, and how far it has read; nothing if it is not ready.
    fn holds(&self) -> Option<(String, Json)> {
        let ready = self.client.get("/readyz").unwrap();
        let metrics = get(&address(&self.server.ready["metricsUrl"]), "/metrics", "");
        let keys = metrics.lines().find(|line| line.starts_with("swage_live_keys ")).unwrap().to_owned();
        (ready.status == 200).then(|| (keys, ready.body["gatePlace"].clone()))
    }
}

fn create(client: &Client, name: &str) -> Key {
    let body = json!({ "name": name, "scopes": "read", "keyType": "full-access" });
    let answer = client.post(API_KEYS, &[], &body).unwrap();
    assert_eq!(answer.status, 201, "{}", answer.body);
    Key { id: text(&answer.body["_id"]), text: text(&answer.body["apiKey"]) }
}

/// The status, and which nodes have confirmed it.
fn post(client: &Client, path: &str) -> (u16, String) {
    let answer = client.post(&format!("{API_KEYS}{path}"), &[], &Json::Null).unwrap();
    let confirmed = answer.headers.get("swage-confirmed-nodes").map(|value| value.to_str().unwrap());
    (answer.status, confirmed.unwrap_or_default().to_owned())
}
