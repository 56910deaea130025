//! Failed attempts to sign in or to use a mailed link cost their sender a
//! growing delay, whether or not there is such a user.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base::{Clock, Error, Result, Timestamp};

/// Failures of one kind before the first delay, and the delay after the next.
const FREE_PER_PAIR: u32 = 3;
const FREE_PER_ADDRESS: u32 = 30;
const LONGEST: Duration = Duration::from_mins(15);
/// More senders than this at once: the oldest failures are forgotten.
const MOST: usize = 100_000;

/// Who failed how often.
pub struct Attempts {
    failures: Mutex<HashMap<Sender, Failures>>,
    clock: Clock,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Sender {
    Address(Option<IpAddr>),
    Pair(Option<IpAddr>, String),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    until: Timestamp,
}

impl Attempts {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { failures: Mutex::default(), clock }
    }

    /// Refuses an attempt that comes too soon after too many failures.
    pub(crate) fn check(&self, address: Option<IpAddr>, email: &str) -> Result<()> {
        let now = self.clock.now();
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let until = senders(address, email)
            .iter()
            .filter_map(|(sender, _)| failures.get(sender))
            .map(|f| f.until)
            .max();
        match until {
            Some(until) if until > now => {
                Err(Error::TooMany { message: "Too many attempts.".into(), retry_after: until.since(now) })
            }
            _ => Ok(()),
        }
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, address: Option<IpAddr>, email: &str) {
        let now = self.clock.now();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= MOST {
            failures.retain(|_, failed| failed.until > now);
            if failures.len() >= MOST {
                failures.clear();
            }
        }
        for (sender, free) in senders(address, email) {
            let failed = failures.entry(sender).or_insert(Failures { count: 0, until: now });
            // Long ago is forgiven.
            if now.since(failed.until) > LONGEST {
                failed.count = 0;
            }
            failed.count += 1;
            let doublings = failed.count.saturating_sub(free).min(16);
            let delay =
                if doublings == 0 { Duration::ZERO } else { Duration::from_secs(1 << (doublings - 1)) };
            failed.until = now.plus(delay.min(LONGEST));
        }
    }

    /// Forgives a sender who has signed in.
    pub(crate) fn succeeded(&self, address: Option<IpAddr>, email: &str) {
        let pair = Sender::Pair(address, base::normalized(email));
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(&pair);
    }
}

fn senders(address: Option<IpAddr>, email: &str) -> [(Sender, u32); 2] {
    [
        (Sender::Pair(address, base::normalized(email)), FREE_PER_PAIR),
        (Sender::Address(address), FREE_PER_ADDRESS),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_and_is_forgiven() {
        let clock = Clock::standing_at(Timestamp::from_millis(1_000_000_000_000));
        let attempts = Attempts::new(clock.clone());
        let here = Some("192.0.2.1".parse().unwrap());
        for _ in 0..3 {
            attempts.failed(here, "a@example.com");
            assert!(attempts.check(here, "a@example.com").is_ok());
        }
        for expected in [1, 2, 4, 8] {
            attempts.failed(here, "A@example.com ");
            match attempts.check(here, "a@example.com") {
                Err(Error::TooMany { retry_after, .. }) => {
                    assert_eq!(retry_after, Duration::from_secs(expected));
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(attempts.check(here, "b@example.com").is_ok());
        assert!(attempts.check(None, "a@example.com").is_ok());
        attempts.succeeded(here, "a@example.com");
        assert!(attempts.check(here, "a@example.com").is_ok());
    }
}
