//! Two servers on one PostgreSQL: what ends on one ends on the other, in time,
//! and one that cannot know lets nobody in.
#![allow(clippy::unwrap_used, reason = "tests")]

mod fleet;
#[path = "../support/mod.rs"]
mod support;

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread::{scope, sleep},
    time::Duration,
};

use base::Stopwatch;
use testkit::Line;

use fleet::Fleet;
use support::is_proof;

/// The bound, and what a request and a busy machine add to it.
const BOUND: Duration = Duration::from_millis(2_500);

/// Stops the load, also where a test fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn count(in_test: usize, in_proof: usize) -> usize {
    if is_proof() { in_proof } else { in_test }
}

#[test]
fn proof_under_load_a_revoked_key_is_soon_refused_on_the_other_node() {
    let fleet = &Fleet::start();
    let [one, other] = &fleet.nodes;
    let (stop, served) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut latencies = Vec::new();
    scope(|scope| {
        let _stop_at_the_end = Stop(&stop);
        for number in 0..4 {
            let (stop, served) = (&stop, &served);
            scope.spawn(move || fleet.make_load(number, stop, served));
        }
        for n in 0..count(50, 1_000) {
            let (here, there) = if n % 2 == 0 { (one, other) } else { (other, one) };
            let key = here.create("A key to revoke");
            assert!(there.lets_in(&key.text), "a new key is let in at once");
            if n % 5 == 4 {
                let confirmed = here.delete_everywhere(&key.id);
                assert!(!there.lets_in(&key.text), "wait=all has answered too early");
                assert_eq!(confirmed, (2, 0));
            } else {
                here.delete(&key.id);
                latencies.push(there.refuses_within(&key.text));
            }
        }
    });
    latencies.sort_unstable();
    let at = |percent: usize| latencies[(latencies.len() * percent).div_ceil(100) - 1];
    println!(
        "refused on the other node after the answer, of {}: half {:?}, 90 % {:?}, 99 % {:?}, all {:?}; {} other requests",
        latencies.len(),
        at(50),
        at(90),
        at(99),
        at(100),
        served.load(Ordering::SeqCst),
    );
    if is_proof() {
        assert!(at(99) <= Duration::from_millis(250), "{:?}", at(99));
        assert!(at(100) <= Duration::from_secs(2), "{:?}", at(100));
    }
    fleet.agrees();
}

#[test]
fn proof_a_node_without_its_database_lets_nobody_in() {
    let fleet = Fleet::start();
    let [one, other] = &fleet.nodes;
    for line in [Line::Cut, Line::Silent] {
        let (kept, gone, waited) = (one.create("Kept"), one.create("Gone"), one.create("Waited for"));
        for key in [&kept, &gone, &waited] {
            assert!(other.lets_in(&key.text));
        }
        let cut = Stopwatch::start();
        fleet.set_line(1, line);
        one.delete(&gone.id);
        let deleted = Stopwatch::start();
        let confirmed = one.delete_everywhere(&waited.id);
        assert_ne!(other.verify(&waited.text), 200, "wait=all has answered too early");
        assert_eq!(confirmed, (1, 1));
        while cut.elapsed() < Duration::from_secs(count(5, 30) as u64) {
            let (begun, late) = (cut.elapsed(), deleted.elapsed());
            let (kept, gone) = (other.verify(&kept.text), other.verify(&gone.text));
            assert!(late < BOUND || gone != 200, "{gone} {late:?} after the deletion");
            assert!(begun < BOUND || (kept, gone) == (503, 503), "{kept}, {gone} {begun:?} after the cut");
            assert_eq!(other.status("/healthz"), 200);
            sleep(Duration::from_millis(20));
        }
        assert_eq!(other.status("/readyz"), 503);
        assert_eq!(one.verify(&kept.text), 200, "the other node is none the worse");

        fleet.set_line(1, Line::Open);
        let opened = Stopwatch::start();
        while other.verify(&kept.text) != 200 {
            assert_ne!(other.verify(&gone.text), 200);
            assert!(opened.elapsed() < Duration::from_secs(30), "{}", other.log());
        }
        println!("{line:?}: lets in {:?} after the line is open again", opened.elapsed());
        assert!(!other.lets_in(&gone.text) && !other.lets_in(&waited.text));
        fleet.agrees();
    }
}

#[test]
fn with_the_database_away_no_node_lets_anyone_in() {
    let fleet = Fleet::start();
    let key = fleet.nodes[0].create("A key");
    for n in 0..2 {
        fleet.set_line(n, Line::Cut);
    }
    sleep(BOUND);
    for node in &fleet.nodes {
        assert_eq!((node.verify(&key.text), node.verify("sk_live_0")), (503, 401));
        assert_eq!((node.status("/readyz"), node.status("/healthz")), (503, 200));
    }
    for n in 0..2 {
        fleet.set_line(n, Line::Open);
    }
    fleet.agrees();
    assert!(fleet.nodes.iter().all(|node| node.verify(&key.text) == 200));
}

#[test]
fn a_node_that_does_not_hear_the_bell_looks_for_itself() {
    let fleet = Fleet::start();
    let [one, other] = &fleet.nodes;
    for _ in 0..3 {
        let key = one.create("A key");
        assert!(other.lets_in(&key.text));
        assert!(fleet.cut_listeners() > 0, "nobody listens");
        one.delete(&key.id);
        assert!(other.refuses_within(&key.text) < BOUND);
        // They listen again.
        sleep(Duration::from_millis(1_500));
    }
    fleet.agrees();
}

#[test]
fn a_node_that_ends_in_good_order_is_not_waited_for() {
    let fleet = Fleet::start();
    let key = fleet.nodes[0].create("A key");
    assert_eq!(fleet.listed(), 2);
    let [one, other] = &fleet.nodes;
    other.terminate();
    assert_eq!(fleet.listed(), 1);
    assert_eq!(one.delete_everywhere(&key.id), (1, 0));
}
