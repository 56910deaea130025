//! What noting a call costs the request it is noted for, and what it costs to
//! put it into a file: `cargo xtask bench -p gate --bench history`.
#![expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "a benchmark")]

use std::{sync::Arc, thread};

use base::{Clock, Id, Random, Stopwatch};
use gate::history::{Entry, Recorder, Route, Seen, Spill, Whose};

const ROUNDS: usize = 21;
/// Less than a thread's share of the memory.
const CALLS: usize = 10_000;

fn main() {
    let recorder = Recorder::new(&mut Random::seeded(1));
    for threads in [1, 2] {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            times.push(note(&recorder, threads));
            recorder.lost(recorder.take(usize::MAX).len() as u64);
        }
        println!("note a call, {threads} threads     {:>7.0} ns", median(&mut times));
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut spill, _) = Spill::open(folder.path(), 1 << 30).unwrap();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        note(&recorder, 1);
        let calls: Vec<_> = recorder.take(usize::MAX).into_iter().map(Entry::Call).collect();
        let clock = Stopwatch::start();
        spill.append(&calls).unwrap();
        times.push(clock.elapsed().as_nanos() as f64 / calls.len() as f64);
    }
    println!("put a call into a file     {:>7.0} ns", median(&mut times));
}

/// Nanoseconds for each call, noted by so many threads at once.
fn note(recorder: &Recorder, threads: usize) -> f64 {
    let mut random = Random::seeded(2);
    let now = Clock::system().now();
    let route = Arc::new(Route {
        operation: "getSecurityVerify".into(),
        method: "GET".into(),
        path: "/security/v1/verify".into(),
    });
    let whose = Whose::Proved(Id::new(now, &mut random), Id::new(now, &mut random));
    let clock = Stopwatch::start();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..CALLS {
                    recorder.record(Seen {
                        at: now,
                        whose,
                        customer: None,
                        route: Arc::clone(&route),
                        status: 200,
                        outcome: "letIn",
                        micros: 1,
                        address: Some([192, 0, 2, 1].into()),
                        request_bytes: 0,
                        response_bytes: 100,
                        request_id: "6955b901d6e1b0a3f00dcafe".into(),
                    });
                }
            });
        }
    });
    clock.elapsed().as_nanos() as f64 / CALLS as f64
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
