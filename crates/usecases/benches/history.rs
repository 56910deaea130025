//! How long the history of calls takes to write and to read as it grows, on
//! both engines: `cargo xtask bench -p usecases --bench history`.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::{sync::Arc, time::Duration};

use base::{Random, Stopwatch};
use database::{
    Engine, Scope, Tx,
    list::{List, ListQuery},
};
use gate::history::{Route, Seen, Whose};
use testkit::{Postgres, Sqlite, TestApp, TestKey, TestOrganization};
use usecases::history::{Burden, CALLS, DAYS};

const SIZES: [u32; 2] = [10_000, 1_000_000];
/// What is measured, the list it reads, and what narrows it.
type Question<'a> = (&'a str, &'static List, &'a [(&'a str, &'a str)]);

const KEYS: usize = 20;
const MEASURED: usize = 40;
/// As many as are written at once.
const BATCH: u32 = 250;

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    println!("{:<9} {:>9} rows  {:<38} {:>9} {:>9}", "engine", "", "what", "median ms", "most ms");
    for engine in [Sqlite, Postgres] {
        let app = TestApp::start(engine).await;
        let shop = app.organization("Shop").await;
        let mut keys = Vec::new();
        for _ in 0..KEYS {
            keys.push(shop.key("full-access").await);
        }
        let mut calls = Calls::new(&shop, &keys);
        for size in SIZES {
            while calls.made < size {
                calls.make(&app, BATCH);
                app.history.write(Burden::Full).await.unwrap();
            }
            measure(engine, &app, &shop, &mut calls).await;
        }
    }
}

async fn measure(engine: Engine, app: &TestApp, shop: &TestOrganization<'_>, calls: &mut Calls) {
    let rows = calls.made;
    let tell = |what: &str, mut times: Vec<Duration>| {
        times.sort_unstable();
        let at = |place: usize| times[place].as_secs_f64() * 1000.0;
        let engine = format!("{engine:?}");
        println!(
            "{engine:<9} {rows:>9} rows  {what:<38} {:>9.2} {:>9.2}",
            at(times.len() / 2),
            at(times.len() - 1)
        );
    };
    let mut times = Vec::new();
    for _ in 0..MEASURED {
        calls.make(app, BATCH);
        let clock = Stopwatch::start();
        app.history.write(Burden::Full).await.unwrap();
        times.push(clock.elapsed());
    }
    tell("write 250 calls", times);
    let key = shop.admin.id.clone();
    let asked: [Question<'_>; 5] = [
        ("the newest 50", &CALLS, &[]),
        ("the newest 50 of a key", &CALLS, &[("apiKeyId", &key)]),
        ("the newest 50 with a rare status", &CALLS, &[("status", "500")]),
        ("the newest 50 with a rare outcome", &CALLS, &[("outcome", "expired")]),
        ("the newest 50 days", &DAYS, &[]),
    ];
    for (what, list, filters) in asked {
        let query = ListQuery {
            filters: filters.iter().map(|(name, value)| ((*name).into(), vec![(*value).into()])).collect(),
            sort: Some((list.sorts[0].name.to_owned(), true)),
            ..ListQuery::default()
        };
        let mut times = Vec::new();
        for _ in 0..MEASURED {
            let query = query.clone();
            let clock = Stopwatch::start();
            let read = move |tx: &mut Tx<'_>| list.fetch(tx, &query, |_| Ok(()));
            app.history.database().read(Scope::Organization(shop.id), read).await.unwrap();
            times.push(clock.elapsed());
        }
        tell(what, times);
    }
}

/// Makes calls: by many keys, on many days, few of them refused or failed.
struct Calls {
    whose: Vec<Whose>,
    route: Arc<Route>,
    random: Random,
    made: u32,
}

impl Calls {
    fn new(shop: &TestOrganization<'_>, keys: &[TestKey]) -> Self {
        let whose = |key: &TestKey| Whose::Proved(shop.id, key.id.parse().unwrap());
        let route = Route {
            operation: "postOrganizationApiKeysIdUpdate".into(),
            method: "POST".into(),
            path: "/api/v1/organization/apikeys/{apiKeyId}/update".into(),
        };
        let whose = keys.iter().chain([&shop.admin]).map(whose).collect();
        Self { whose, route: Arc::new(route), random: Random::seeded(6), made: 0 }
    }

    fn make(&mut self, app: &TestApp, count: u32) {
        for _ in 0..count {
            // A million in about a month.
            app.pass(Duration::from_millis(2500));
            let whose = self.whose[self.random.below(u32::try_from(self.whose.len()).unwrap()) as usize];
            let is_rare = self.random.below(5000) == 0;
            app.history.recorder().record(Seen {
                at: app.clock.now(),
                whose,
                customer: None,
                route: Arc::clone(&self.route),
                status: if is_rare { 500 } else { 200 },
                outcome: if is_rare { "expired" } else { "letIn" },
                micros: 1000,
                address: Some([192, 0, 2, 1].into()),
                request_bytes: 200,
                response_bytes: 2000,
                request_id: "6955b901d6e1b0a3f00dcafe".into(),
            });
            self.made += 1;
        }
    }
}
