//! How long the catalogue takes to answer as it grows, on both engines:
//! `cargo xtask bench -p swage --bench catalogue -- m l` (also `s`, `xl`;
//! `sqlite` or `postgres` for one engine alone). With `keep` what was filled
//! stays, and is measured again by the `at=…` that is told of it;
//! `only=WORDS` measures what is called so alone.
//! `table < LINES` and `picture < LINES` make of what it told what stands in the manual.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

mod picture;

use std::{future::Future, io::read_to_string, time::Duration};

use base::{Clock, Id, Organization, Random, Result, Stopwatch};
use database::{Database, Engine, Scope, Settings, Tx, list::ListQuery};
use hose::{
    Dash, Gender, ItemType, Style,
    demo::{Catalogue, Scale},
};
use swage::demo::catalogue::fill;
use testkit::{Postgres, Sqlite, TestApp};
use usecases::{
    Caller,
    catalogue::{self, EndWanted, Whose},
};

const SEED: u64 = 1;
/// Asked before anything is measured: connections are opened and statements
/// planned, as they are in a service that runs.
const BEFORE: usize = 400;
const MEASURED: usize = 300;
/// What takes long is asked so long before, so long to be measured, and a few times at least.
const LONGEST: Duration = Duration::from_secs(6);
const FEWEST: usize = 20;

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().collect();
    for (word, make) in [("table", picture::table as fn(&str) -> String), ("picture", picture::picture)] {
        if words.iter().any(|asked| asked == word) {
            print!("{}", make(&read_to_string(std::io::stdin()).unwrap()));
            return;
        }
    }
    let asked: Vec<Scale> = words.iter().filter_map(|word| Scale::parse(word)).collect();
    let scales = if asked.is_empty() { vec![Scale::M] } else { asked };
    println!(
        "{:<9} {:<5} {:<44} {:>9} {:>9} {:>9}",
        "engine", "scale", "what", "median ms", "p99 ms", "most ms"
    );
    let kept: Vec<_> = words.iter().filter_map(|word| word.strip_prefix("at=")?.split_once('#')).collect();
    for (url, shop) in &kept {
        let engine = if url.starts_with("sqlite") { Sqlite } else { Postgres };
        let database = Database::open(&Settings::at(*url), Clock::system(), Random::seeded(3)).unwrap();
        Bench { engine, scale: scales[0], database, shop: shop.parse().unwrap() }.run().await;
    }
    let both = [Sqlite, Postgres];
    let named = |engine: &Engine| words.contains(&format!("{engine:?}").to_lowercase());
    let engines = both.into_iter().filter(|engine| !both.iter().any(named) || named(engine));
    for engine in engines.filter(|_| kept.is_empty()) {
        for scale in &scales {
            let app = TestApp::start(engine).await;
            let shop = app.organization("Shop").await;
            let clock = Stopwatch::start();
            fill(&app.database, shop.id, *scale, SEED).await.unwrap();
            let bench = Bench { engine, scale: *scale, database: app.database.clone(), shop: shop.id };
            let bytes = app.bytes().await;
            println!(
                "{engine:?} {}: filled in {:.1} s, {} MB in the database",
                scale.name(),
                clock.elapsed().as_secs_f64(),
                bytes / 1_000_000
            );
            bench.run().await;
            if words.iter().any(|word| word == "keep") {
                println!("at={}#{}", app.store.settings.url, shop.id);
                std::mem::forget(app);
            }
        }
    }
}

struct Bench {
    engine: Engine,
    scale: Scale,
    database: Database,
    shop: Id<Organization>,
}

impl Bench {
    async fn run(&self) {
        let catalogue = Catalogue::new(self.scale, SEED);
        let mut random = Random::seeded(7);
        let hoses: Vec<String> =
            catalogue.hoses().map(|part| Id::<()>::from_bytes(part.id).to_string()).collect();
        let numbers: Vec<String> = catalogue
            .fittings()
            .map(|part| hose::part_number::normalized(part.fields["partNumber"].as_str().unwrap()))
            .collect();
        let pick = |random: &mut Random, all: &[String]| all[random_below(random, all.len())].clone();

        self.tell("which fittings fit a hose", || {
            let hose = pick(&mut random, &hoses);
            self.read(move |tx, caller| {
                let caller = caller.clone().allow()?;
                catalogue::fittings_with_ferrules(tx, &caller, Some(&hose), &ListQuery::default()).map(drop)
            })
        })
        .await;
        for letters in [2, 3, 4, 6, 9] {
            let what = format!("search by {letters} letters of a number");
            self.tell(&what, || {
                let number = pick(&mut random, &numbers);
                let part = piece(&mut random, &number, letters);
                self.list(None, narrowed(&[("search.partNumber", &part)]))
            })
            .await;
        }
        self.tell("first page of fittings", || self.list(Some(ItemType::CrimpFitting), ListQuery::default()))
            .await;
        self.tell("first page of all components", || self.list(None, ListQuery::default())).await;
        let by_cursor = "page of fittings by a cursor, anywhere";
        let cursors =
            if is_asked(by_cursor) { self.cursors(ItemType::CrimpFitting).await } else { Vec::new() };
        self.tell(by_cursor, || {
            let cursor = Some(pick(&mut random, &cursors));
            self.list(Some(ItemType::CrimpFitting), ListQuery { cursor, ..ListQuery::default() })
        })
        .await;
        for (what, filters) in [
            (
                "fittings of a size, a style and a gender",
                &[("search.hoseSize", "-08"), ("search.style", "ORFS"), ("search.gender", "female")][..],
            ),
            ("fittings whose description has a rare word", &[("search.description", "zzz")]),
            ("fittings whose description has a usual word", &[("search.description", "swivel")]),
            ("fittings of an end size", &[("search.dashSize", "-12")]),
            ("fittings of a style", &[("search.style", "code61")]),
            ("fittings of a shape", &[("search.shape", "block90")]),
            ("fittings of a material", &[("search.material", "duplex")]),
            ("fittings of a gender", &[("search.gender", "female")]),
            ("fittings of a shape that none has", &[("search.shape", "cross")]),
            (
                "fittings of a shape and a style that none has",
                &[("search.style", "JIC"), ("search.shape", "cross")],
            ),
            ("fittings of a pressure that none has", &[("minPressure", "3000 bar")]),
            ("fittings that are not available", &[("available", "false")]),
        ] {
            self.tell(what, || self.list(Some(ItemType::CrimpFitting), narrowed(filters))).await;
        }
        self.tell("fittings of a style by 3 letters of a number", || {
            let number = pick(&mut random, &numbers);
            let part = piece(&mut random, &number, 3);
            let filters = [("search.partNumber", part.as_str()), ("search.style", "JIC")];
            self.list(Some(ItemType::CrimpFitting), narrowed(&filters))
        })
        .await;
        self.further().await;
    }

    async fn further(&self) {
        self.tell("components changed last", || {
            let sort = Some(("lastModified".to_owned(), true));
            self.list(None, ListQuery { sort, ..ListQuery::default() })
        })
        .await;
        for (fittings, what) in [(false, "hoses without crimp data"), (true, "fittings without crimp data")] {
            self.tell(what, || {
                self.read(move |tx, caller| {
                    let caller = caller.clone().allow()?;
                    catalogue::uncrimped(tx, &caller, fittings, &ListQuery::default()).map(drop)
                })
            })
            .await;
        }
        self.tell("adaptors with an end of a gender", || {
            self.read(|tx, caller| {
                let male = EndWanted { gender: Some(Gender::Male), ..EndWanted::default() };
                let caller = caller.clone().allow()?;
                catalogue::adaptors_with_ends(tx, &caller, &[male], &ListQuery::default()).map(drop)
            })
        })
        .await;
        self.tell("adaptors with two ends", || {
            self.read(|tx, caller| {
                let end = |style, dash| EndWanted {
                    style: Some(style),
                    gender: Some(Gender::Male),
                    dash: Dash::new(dash),
                    swivel: None,
                };
                let (caller, ends) = (caller.clone().allow()?, [end(Style::Jic, 8), end(Style::Nptf, 8)]);
                catalogue::adaptors_with_ends(tx, &caller, &ends, &ListQuery::default()).map(drop)
            })
        })
        .await;
        self.tell("sizes of all hoses", || {
            self.read(|tx, caller| {
                catalogue::hose_sizes(tx, &caller.clone().allow()?, &ListQuery::default()).map(drop)
            })
        })
        .await;
        self.tell("choices of all adaptors", || {
            self.read(|tx, caller| {
                catalogue::adaptor_choices(tx, &caller.clone().allow()?, &[], &ListQuery::default()).map(drop)
            })
        })
        .await;
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>, &Caller) -> Result<T> + Send + 'static,
    ) -> T {
        let caller = Caller::system(self.shop, "bench");
        let scope = Scope::Organization(self.shop);
        self.database.read(scope, move |tx: &mut Tx<'_>| work(tx, &caller)).await.unwrap()
    }

    fn list(&self, item_type: Option<ItemType>, query: ListQuery) -> impl Future<Output = ()> + '_ {
        self.read(move |tx, caller| {
            let caller = caller.clone().allow::<usecases::access::ReadComponents>()?;
            catalogue::list(tx, &caller, Whose::Visible, item_type, &query).map(drop)
        })
    }

    /// The cursors at the end of each thousand of a list.
    async fn cursors(&self, item_type: ItemType) -> Vec<String> {
        let mut cursors: Vec<String> = Vec::new();
        loop {
            let query = ListQuery { limit: 1000, cursor: cursors.last().cloned(), ..ListQuery::default() };
            let next = self
                .read(move |tx, caller| {
                    let caller = caller.clone().allow::<usecases::access::ReadComponents>()?;
                    Ok(catalogue::list(tx, &caller, Whose::Visible, Some(item_type), &query)?.cursor)
                })
                .await;
            match next {
                Some(cursor) => cursors.push(cursor),
                None => return cursors,
            }
        }
    }

    async fn tell<F: Future<Output = T>, T>(&self, what: &str, mut ask: impl FnMut() -> F) {
        if !is_asked(what) {
            return;
        }
        let begun = Stopwatch::start();
        for _ in (0..BEFORE).take_while(|asked| *asked < FEWEST || begun.elapsed() < LONGEST) {
            ask().await;
        }
        let begun = Stopwatch::start();
        let mut times: Vec<Duration> = Vec::new();
        for _ in (0..MEASURED).take_while(|asked| *asked < FEWEST || begun.elapsed() < LONGEST) {
            let clock = Stopwatch::start();
            ask().await;
            times.push(clock.elapsed());
        }
        times.sort_unstable();
        let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
        let (engine, scale) = (format!("{:?}", self.engine), self.scale.name());
        println!("{engine:<9} {scale:<5} {what:<44} {:>9.2} {:>9.2} {:>9.2}", at(50), at(99), at(100));
    }
}

/// Whether what is called so is to be measured.
fn is_asked(what: &str) -> bool {
    std::env::args().all(|word| word.strip_prefix("only=").is_none_or(|only| what.contains(only)))
}

fn narrowed(filters: &[(&str, &str)]) -> ListQuery {
    let filter = |(name, value): &(&str, &str)| ((*name).to_owned(), vec![(*value).to_owned()]);
    ListQuery { filters: filters.iter().map(filter).collect(), ..ListQuery::default() }
}

/// So many letters of a number: of fewer than three, its first.
fn piece(random: &mut Random, number: &str, letters: usize) -> String {
    let number: Vec<char> = number.chars().collect();
    let most = number.len().saturating_sub(letters);
    let from = if letters < 3 { 0 } else { random_below(random, most + 1) };
    number[from..(from + letters).min(number.len())].iter().collect()
}

fn random_below(random: &mut Random, bound: usize) -> usize {
    let drawn = u64::from_be_bytes(random.bytes());
    usize::try_from(drawn % u64::try_from(bound.max(1)).unwrap()).unwrap()
}
