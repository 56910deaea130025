use std::{num::NonZeroU32, time::Duration};

use base::Clock;
use governor::{
    Quota, RateLimiter,
    clock::{self, Clock as _},
    middleware::StateInformationMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};
use keys::RateLimit;

/// What a key has left of its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitState {
    /// The limit.
    pub limit: RateLimit,
    /// How many requests may still come at once.
    pub remaining: u32,
    /// How long until the whole limit is there again.
    pub reset: Duration,
}

/// The key has used up its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverLimit {
    /// The limit.
    pub limit: RateLimit,
    /// How long until one more request is let through.
    pub retry_after: Duration,
}

impl LimitState {
    /// The headers of draft-ietf-httpapi-ratelimit-headers-10, by name.
    pub fn headers(self) -> [(&'static str, String); 2] {
        headers(self.limit, self.remaining, self.reset)
    }
}

impl OverLimit {
    /// The headers of draft-ietf-httpapi-ratelimit-headers-10, by name.
    pub fn headers(self) -> [(&'static str, String); 2] {
        headers(self.limit, 0, self.retry_after)
    }
}

fn headers(limit: RateLimit, left: u32, wait: Duration) -> [(&'static str, String); 2] {
    let wait = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let policy = format!("\"key\";q={};w={}", limit.requests, limit.seconds);
    [("ratelimit-policy", policy), ("ratelimit", format!("\"key\";r={left};t={wait}"))]
}

/// Meters one key: a request is let through as long as no more than
/// `requests` came in any `seconds`, spread evenly once they are used up (GCRA).
#[derive(Debug)]
pub(crate) struct Limiter {
    pub(crate) limit: RateLimit,
    meter: RateLimiter<NotKeyed, InMemoryState, GateClock, StateInformationMiddleware>,
    /// How long one request takes to be earned.
    step: Duration,
    clock: GateClock,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit, clock: &Clock) -> Self {
        let step = Duration::from_secs(limit.seconds.get().into()) / limit.requests.get();
        let step = step.max(Duration::from_nanos(1));
        let quota = Quota::with_period(step)
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(limit.requests);
        let clock = GateClock(clock.clone());
        let meter = RateLimiter::direct_with_clock(quota, clock.clone()).with_middleware();
        Self { limit, meter, step, clock }
    }

    pub(crate) fn take(&self) -> Result<LimitState, OverLimit> {
        match self.meter.check() {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = self.limit.requests.get().saturating_sub(remaining);
                Ok(LimitState { limit: self.limit, remaining, reset: self.step * used })
            }
            Err(too_soon) => {
                let retry_after = too_soon.wait_time_from(self.clock.now());
                Err(OverLimit { limit: self.limit, retry_after })
            }
        }
    }
}

/// The clock of ours in the form the meter asks for.
#[derive(Debug, Clone)]
struct GateClock(Clock);

impl clock::Clock for GateClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let millis = u64::try_from(self.0.now().as_millis()).unwrap_or(0);
        Duration::from_millis(millis).into()
    }
}

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::*;

    fn limit(requests: u32, seconds: u32) -> RateLimit {
        RateLimit { requests: requests.try_into().unwrap(), seconds: seconds.try_into().unwrap() }
    }

    #[test]
    fn a_limit_is_used_up_and_earned_back() {
        let clock = Clock::standing_at(Timestamp::from_millis(1_000_000_000_000));
        let limiter = Limiter::new(limit(3, 60), &clock);
        assert_eq!(limiter.take().unwrap().remaining, 2);
        assert_eq!(limiter.take().unwrap().remaining, 1);
        let last = limiter.take().unwrap();
        assert_eq!((last.remaining, last.reset), (0, Duration::from_mins(1)));
        let over = limiter.take().unwrap_err();
        assert_eq!(over.retry_after, Duration::from_secs(20));
        clock.advance(Duration::from_millis(19_999));
        assert!(limiter.take().is_err());
        clock.advance(Duration::from_millis(1));
        assert_eq!(limiter.take().unwrap().remaining, 0);
        clock.advance(Duration::from_hours(1));
        assert_eq!(limiter.take().unwrap().remaining, 2);
    }
}
