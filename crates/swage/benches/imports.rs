//! Importing and exporting 100,000 parts, on both engines: `cargo xtask bench
//! -p swage --bench imports -- sqlite` (or `postgres`; without, one after the
//! other). The memory is the most that the whole process, server and benchmark,
//! has had in RAM.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::{cell::Cell, fmt::Write as _, fs, time::Duration};

use base::Stopwatch;
use database::{Database, Scope, Tx};
use hose::ItemType;
// For the program's allocator.
use swage as _;
use testkit::{Postgres, Sqlite, TestApp, TestOrganization};
use usecases::{
    Caller,
    catalogue::{
        imports::{self, Mapping, NewImport},
        sheets::{self, Format, Selection},
    },
};

const ROWS: u32 = 100_000;

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    println!("{:<9} {:<34} {:>9} {:>11}", "engine", "what", "seconds", "peak MiB");
    let words: Vec<String> = std::env::args().collect();
    let both = [Sqlite, Postgres];
    let asked = both.into_iter().filter(|engine| words.contains(&format!("{engine:?}").to_lowercase()));
    let asked: Vec<_> = asked.collect();
    for engine in if asked.is_empty() { both.to_vec() } else { asked } {
        let app = TestApp::start(engine).await;
        let shop = app.organization("Shop").await;
        let (hoses, others) = (file('H'), file('G'));
        let say = |what: &str, watch: &Stopwatch| {
            println!(
                "{:<9} {what:<34} {:>9.1} {:>11}",
                format!("{engine:?}"),
                watch.elapsed().as_secs_f64(),
                peak()
            );
        };
        for what in ["import 100,000 new hoses", "import the same: no difference"] {
            let watch = Stopwatch::start();
            import(&shop, &hoses).await;
            say(what, &watch);
        }
        for (what, format) in
            [("export as a workbook", Format::Excel), ("export as CSV", Format::Csv { mark: false })]
        {
            let watch = Stopwatch::start();
            let caller = Caller::system(shop.id, "benchmark").allow().unwrap();
            let all = Selection::All(Vec::new());
            let file = sheets::export(&app.database, caller, ItemType::Hose, all, format).await.unwrap();
            say(what, &watch);
            println!("{:<9} {:<34} {:>9} KiB", "", "", file.bytes >> 10);
        }
        let (watch, is_over) = (Stopwatch::start(), Cell::new(false));
        let ((), waits) = tokio::join!(
            async {
                import(&shop, &others).await;
                is_over.set(true);
            },
            waits(&app.database, Scope::Organization(shop.id), &is_over)
        );
        say("import 100,000 while others write", &watch);
        println!("{:<9} {:<34} {waits}", "", "how long they wait, ms");
    }
}

/// As a maker's list may be, of numbers that begin with this letter.
fn file(letter: char) -> Vec<u8> {
    let mut file =
        "partNumber,brand,size,description,series,workingPressure [bar],minBendRadius,innerDiameter,\
                    construction,tube,cover,standards,orgPartNumber,cost,listPrice\n"
            .to_owned();
    for n in 0..ROWS {
        let dash = 4 + n % 29;
        writeln!(
            file,
            "{letter}{n:06}-{dash:02},Maker {},-{dash:02},Hose number {n} with two braids,S{},{},{} mm,{} mm,two braids,NBR,CR,\
             EN 853:2015 2SN; SAE 100R2AT,OWN-{letter}{n},{}.{:02},{}.99",
            n % 20, n % 40, 100 + n % 320, 90 + n % 400, 6 + n % 44, 3 + n % 90, n % 100, 10 + n % 200,
        )
        .unwrap();
    }
    file.into_bytes()
}

async fn import(shop: &TestOrganization<'_>, file: &[u8]) {
    let (database, organization) = (&shop.app().database, shop.id);
    let caller = Caller::system(organization, "benchmark").allow().unwrap();
    let new = NewImport {
        file_name: "hose.csv".into(),
        file_bytes: file.len() as u64,
        kind: None,
        mapping: Mapping::default(),
        dry_run: false,
    };
    let scope = Scope::Organization(organization);
    let begin = move |tx: &mut Tx<'_>| imports::begin(tx, &caller, &new);
    let id = database.write(scope, begin).await.unwrap().id;
    imports::receive(database, organization, id, file).await.unwrap();
    database.write(scope, move |tx| imports::received(tx, id)).await.unwrap();
    let over = imports::carry_on(database, organization, id, None).await.unwrap();
    assert_eq!((over.state.as_str(), over.counts.total), ("done", ROWS), "{:?}", over.failure);
}

/// How long others wait who write now and then, until it is over.
async fn waits(database: &Database, scope: Scope, is_over: &Cell<bool>) -> String {
    let mut times = Vec::new();
    while !is_over.get() {
        let watch = Stopwatch::start();
        database.write(scope, |_: &mut Tx<'_>| Ok(())).await.unwrap();
        times.push(watch.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    times.sort_by(f64::total_cmp);
    let at = |place: usize| times[place.min(times.len() - 1)];
    format!(
        "median {:.1}, p99 {:.1}, most {:.1}",
        at(times.len() / 2),
        at(times.len() * 99 / 100),
        at(times.len())
    )
}

/// The most memory that this process has had in RAM, in MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() >> 10
}
