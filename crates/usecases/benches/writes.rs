//! Write units a second with durability on, on both engines: `cargo xtask
//! bench -p usecases`. Every unit is answered after its commit has reached the
//! disk.
#![expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "a benchmark")]

use std::{sync::Arc, time::Duration};

use base::{Id, Line, Stopwatch};
use database::{Engine, Scope, Tx};
use keys::KeyType;
use records::external_ids;
use testkit::{Postgres, Sqlite, TestApp, TestOrganization};
use usecases::{
    Caller,
    api_keys::{self, Essentials, Minted, NewKey},
};

const FOR: Duration = Duration::from_secs(4);

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    println!(
        "{:<11} {:<22} {:>7} {:>9} {:>11} {:>11}",
        "engine", "unit", "clients", "units/s", "median ms", "p99 ms"
    );
    for engine in [Sqlite, Postgres] {
        let app = TestApp::start(engine).await;
        let shop = app.organization("Shop").await;
        for clients in [1, 16, 64] {
            let count = |tx: &mut Tx<'_>| {
                let id: Id<base::Organization> = tx.new_id();
                external_ids::number(tx, id).map(drop)
            };
            measure(engine, "two statements", clients, &app, &shop, move || count).await;
            let make = creation(&app, &shop);
            measure(engine, "create an API key", clients, &app, &shop, make).await;
        }
    }
}

type Unit = Box<dyn Fn(&mut Tx<'_>) -> base::Result<()> + Send>;

/// Makes units that create a key each.
fn creation(app: &TestApp, shop: &TestOrganization<'_>) -> impl Fn() -> Unit + Clone + Send + 'static {
    let (gate, clock, organization) = (Arc::clone(&app.gate), app.clock.clone(), shop.id);
    let random = Arc::new(std::sync::Mutex::new(base::Random::system()));
    move || {
        let peppers = &gate.secrets().peppers;
        let environment = "test".parse().unwrap();
        let drawn = Minted::draw(peppers, environment, false, clock.now(), &mut random.lock().unwrap());
        let (_, minted) = drawn.unwrap();
        let caller = Caller::system(organization, "benchmark").allow().unwrap();
        let new = NewKey::new(Essentials {
            name: Line::new("A key").unwrap(),
            scopes: "read,write".parse().unwrap(),
            key_type: KeyType::FullAccess,
        });
        Box::new(move |tx: &mut Tx<'_>| api_keys::create(tx, &caller, &minted, &new).map(drop))
    }
}

async fn measure<M, U>(
    engine: Engine,
    what: &str,
    clients: usize,
    app: &TestApp,
    shop: &TestOrganization<'_>,
    make: M,
) where
    M: Fn() -> U + Clone + Send + 'static,
    U: Fn(&mut Tx<'_>) -> base::Result<()> + Send + 'static,
{
    let whole = Stopwatch::start();
    let scope = Scope::Organization(shop.id);
    let client = || {
        let (database, make) = (app.database.clone(), make.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            while whole.elapsed() < FOR {
                let clock = Stopwatch::start();
                database.write(scope, make()).await.unwrap();
                times.push(clock.elapsed());
            }
            times
        })
    };
    let tasks: Vec<_> = (0..clients).map(|_| client()).collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let rate = times.len() as f64 / whole.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |hundredths: usize| times[(times.len() - 1) * hundredths / 100].as_secs_f64() * 1000.0;
    let engine = format!("{engine:?}");
    println!("{engine:<11} {what:<22} {clients:>7} {rate:>9.0} {:>11.2} {:>11.2}", at(50), at(99));
}
