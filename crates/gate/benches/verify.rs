//! What it costs to let a caller in: `cargo xtask bench -p gate`.
//!
//! Prints, for a million live keys: the time of a verification by key and by
//! token, of garbage, of a change; and the memory at one and at ten million.
//! `SWAGE_BENCH_KEYS` sets other numbers, separated by commas.
#![expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "a benchmark")]

use std::{
    collections::BTreeSet,
    hint::black_box,
    sync::{Arc, Mutex},
    time::Duration,
};

use base::{Clock, Id, Random, Result, Stopwatch, Timestamp};
use gate::{
    Answer, Changes, Credential, Exchange, Gate, KeySource, LiveKey, Secrets, StoredSecret, name_hash,
};
use keys::{
    KeyText, KeyType, MacKey, Network, Peppers, Permission, Permissions, Policy, Resource, TokenId,
    TokenKeys, Validity,
};
use tokio::sync::mpsc;

/// Keys whose texts are kept, to be shown again.
const SAMPLE: usize = 100_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for count in counts() {
        runtime.block_on(measure(count));
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark's only setting")]
fn counts() -> Vec<usize> {
    let given = std::env::var("SWAGE_BENCH_KEYS").unwrap_or_else(|_| "1000000,10000000".to_owned());
    given.split(',').map(|count| count.trim().parse().unwrap()).collect()
}

async fn measure(count: usize) {
    let before = resident_mib();
    let secrets = secrets();
    let keys = Arc::new(MadeUp { count, secrets: secrets.clone(), sample: Mutex::default() });
    let clock = Stopwatch::start();
    let gate = Gate::open(secrets, Arc::clone(&keys) as Arc<dyn KeySource>, Clock::system()).await.unwrap();
    let loaded = clock.elapsed();
    let mut sample = std::mem::take(&mut *keys.sample.lock().unwrap());
    shuffle(&mut sample);
    println!("\n{count} live keys, taken in within {:.1} s", loaded.as_secs_f64());
    let resident = resident_mib() - before;
    println!(
        "  memory                     {resident:9.0} MiB, {:.0} bytes a key",
        resident * 1_048_576.0 / count as f64
    );

    let address = Some("192.0.2.7".parse().unwrap());
    let needs = Some(Permission::read(Resource::Hose));
    let texts: Vec<_> = sample.iter().map(KeyText::expose).collect();
    let verify = |text: &str| gate.verify(Credential::Key(text), address, None, needs).is_ok();
    report("verify, key, random", texts.iter().map(|text| timed(|| assert!(verify(text)))));
    let hot = &texts[..100];
    report(
        "verify, key, a hundred hot",
        hot.iter().cycle().take(SAMPLE).map(|text| timed(|| assert!(verify(text)))),
    );

    let exchange = |key| Exchange {
        key,
        name: "name",
        address,
        customer: None,
        scope: None,
        jwt_for: None,
        id: TokenId([0; 8]),
    };
    let tokens: Vec<_> =
        texts[..10_000].iter().map(|text| gate.exchange(&exchange(text)).unwrap().text).collect();
    let by_token = |text: &str| gate.verify(Credential::Token(text), address, None, needs).is_ok();
    report(
        "verify, token, random",
        tokens.iter().cycle().take(SAMPLE).map(|text| timed(|| assert!(by_token(text)))),
    );

    let garbage: Vec<_> = (0..10_000).map(|n| format!("not-a-key-of-ours-{n}")).collect();
    report("refuse, other text", garbage.iter().map(|text| timed(|| assert!(!verify(text)))));
    let broken: Vec<_> = texts[..10_000].iter().map(|text| format!("{}0", &text[..text.len() - 1])).collect();
    report("refuse, wrong checksum", broken.iter().map(|text| timed(|| _ = black_box(verify(text)))));
    let mut random = Random::seeded(9);
    let now = Timestamp::from_millis(1_700_000_000_000);
    let unknown: Vec<_> = (0..10_000)
        .map(|_| KeyText::mint("live".parse().unwrap(), Id::new(now, &mut random), &mut random).expose())
        .collect();
    report("refuse, unknown id", unknown.iter().map(|text| timed(|| assert!(!verify(text)))));

    let changed: Vec<_> = sample[..10_000].iter().map(|key| keys.live_key(key, 7)).collect();
    report("change one key", changed.into_iter().map(|key| timed(|| gate.live().put(key))));
}

fn timed(work: impl FnOnce()) -> Duration {
    let clock = Stopwatch::start();
    work();
    clock.elapsed()
}

fn report(what: &str, times: impl Iterator<Item = Duration>) {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    let at = |thousandths: usize| times[(times.len() - 1) * thousandths / 1000].as_nanos();
    println!("  {what:<26} {:9} ns median, {:7} ns p99, {:8} ns p99.9", at(500), at(990), at(999));
}

fn shuffle<T>(items: &mut [T]) {
    let mut random = Random::seeded(5);
    for n in (1..items.len()).rev() {
        let other = random.below(u32::try_from(n + 1).unwrap()) as usize;
        items.swap(n, other);
    }
}

fn resident_mib() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: f64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096.0 / 1_048_576.0
}

fn secrets() -> Secrets {
    Secrets {
        peppers: Peppers::new([MacKey { version: 1, key: [1; 32] }]).unwrap(),
        tokens: TokenKeys::new([MacKey { version: 1, key: [2; 32] }]).unwrap(),
    }
}

/// Keys of a hundred organizations, each with four approved networks.
struct MadeUp {
    count: usize,
    secrets: Secrets,
    sample: Mutex<Vec<KeyText>>,
}

impl MadeUp {
    fn live_key(&self, text: &KeyText, epoch: u32) -> LiveKey {
        let organization = text.id().as_bytes()[11] % 100;
        let addresses = ["10.0.0.0/8", "192.0.2.0/24", "198.51.100.17", "2001:db8::/32"];
        let permissions = Permissions::every_read();
        let policy = Policy {
            organization: Id::from_bytes([organization; 12]),
            key_type: KeyType::FullAccess,
            role: Id::from_bytes([1; 12]),
            scopes: "read".parse().unwrap(),
            permissions,
            addresses: addresses.map(|address| address.parse::<Network>().unwrap()).into_iter().collect(),
            projects: BTreeSet::new(),
            rate_limit: None,
        };
        let pepper = self.secrets.peppers.newest();
        let mac = self.secrets.peppers.mac(pepper, text).unwrap();
        LiveKey {
            id: text.id(),
            name: name_hash("name"),
            secret: StoredSecret { slot: 0, pepper, imported: None, mac },
            former: None,
            epoch,
            validity: Validity::new(None, None).unwrap(),
            suspended: false,
            customer: None,
            revoked: Vec::new(),
            policy,
            last_use: None,
        }
    }

    async fn send_all(&self, keys: mpsc::Sender<LiveKey>) -> Result<(u64, u32)> {
        let mut random = Random::seeded(1);
        let now = Timestamp::from_millis(1_760_000_000_000);
        for n in 0..self.count {
            let text = KeyText::mint("live".parse().unwrap(), Id::new(now, &mut random), &mut random);
            keys.send(self.live_key(&text, 1)).await.unwrap();
            if n % (self.count / SAMPLE).max(1) == 0 {
                self.sample.lock().unwrap().push(text);
            }
        }
        Ok((0, 1))
    }
}

impl KeySource for MadeUp {
    fn everything(&self, keys: mpsc::Sender<LiveKey>) -> Answer<'_, (u64, u32)> {
        Box::pin(self.send_all(keys))
    }

    fn changes(&self, after: u64) -> Answer<'_, Changes> {
        Box::pin(async move {
            Ok(Changes { upto: after, generation: 1, changes: Vec::new(), more: false, forgotten: false })
        })
    }
}
