use std::{
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment: milliseconds since 1970-01-01T00:00:00Z, from the year 1 to the
/// year 9999. Written as RFC 3339 in UTC with three decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 0001-01-01T00:00:00.000Z.
    pub const MIN: Self = Self(-62_135_596_800_000);
    /// 9999-12-30T22:00:00.000Z: later ones have no form in every time zone.
    pub const MAX: Self = Self(253_402_207_200_000);

    /// The moment this many milliseconds after 1970 began, held within
    /// [`MIN`](Self::MIN) and [`MAX`](Self::MAX).
    pub const fn from_millis(millis: i64) -> Self {
        if millis < Self::MIN.0 {
            Self::MIN
        } else if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since 1970 began.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 began.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This moment and `duration` more.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// This moment less `duration`.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.0.saturating_sub(millis))
    }

    /// How long after `earlier` this is; zero if it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// The text was not a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATimestamp;

impl fmt::Display for NotATimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a date and time as in 2026-01-31T23:59:59Z, from the year 1 to 9999")
    }
}

impl std::error::Error for NotATimestamp {}

impl FromStr for Timestamp {
    type Err = NotATimestamp;

    /// Reads RFC 3339 with any offset, a date and time without an offset as
    /// UTC, and a bare date as its first moment in UTC. Fractions finer than a
    /// millisecond are cut off. The last days of 9999, by which some programs
    /// mean never, are read as [`MAX`](Self::MAX).
    fn from_str(text: &str) -> Result<Self, NotATimestamp> {
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            let millis = moment.as_millisecond();
            return Some(Self::from_millis(millis)).filter(|read| read.0 == millis).ok_or(NotATimestamp);
        }
        let civil = text.strip_suffix(['Z', 'z']).unwrap_or(text);
        let civil: jiff::civil::DateTime = civil.parse().map_err(|_| NotATimestamp)?;
        match civil.to_zoned(jiff::tz::TimeZone::UTC) {
            Ok(utc) => Ok(Self::from_millis(utc.timestamp().as_millisecond())),
            Err(_) if civil.year() == 9999 => Ok(Self::MAX),
            Err(_) => Err(NotATimestamp),
        }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment:.3}"),
            Err(_) => Err(fmt::Error),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// A point on the machine's steady clock: it only goes forward, whatever is
/// done to the time of day. Means something in this process alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

impl Moment {
    /// Before all others.
    pub const FIRST: Self = Self(0);

    /// This moment and `duration` more.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// How long after `earlier` this is; zero if it is not.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// A number that grows with it, to be kept in an atomic.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The moment whose number this is.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }
}

/// Where the time comes from. Clones share one clock.
#[derive(Debug, Clone, Default)]
pub struct Clock(Source);

#[derive(Debug, Clone, Default)]
enum Source {
    #[default]
    System,
    Set(Arc<Standing>),
}

#[derive(Debug)]
struct Standing {
    /// The time of day, in milliseconds.
    day: AtomicI64,
    /// The steady clock, in nanoseconds.
    steady: AtomicU64,
}

/// The steady clock that also counts the time for which the machine was suspended.
#[cfg(target_os = "linux")]
const STEADY: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const STEADY: ClockId = ClockId::Monotonic;

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until [`advance`](Self::advance) is called.
    pub fn standing_at(start: Timestamp) -> Self {
        // Not the first moment, so that a test can look at what was before.
        let steady = AtomicU64::new(3_600_000_000_000);
        Self(Source::Set(Arc::new(Standing { day: AtomicI64::new(start.as_millis()), steady })))
    }

    /// The present moment.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::from_millis(jiff::Timestamp::now().as_millisecond()),
            Source::Set(standing) => Timestamp::from_millis(standing.day.load(Ordering::SeqCst)),
        }
    }

    /// The present moment on the steady clock.
    pub fn steady(&self) -> Moment {
        match &self.0 {
            Source::System => {
                let time = clock_gettime(STEADY);
                let (seconds, nanos) = (time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs());
                Moment(seconds.wrapping_mul(1_000_000_000).wrapping_add(nanos))
            }
            Source::Set(standing) => Moment(standing.steady.load(Ordering::SeqCst)),
        }
    }

    /// Moves a standing clock forward; the machine's clock is left alone.
    pub fn advance(&self, duration: Duration) {
        if let Source::Set(standing) = &self.0 {
            let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
            let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
            standing.day.fetch_add(millis, Ordering::SeqCst);
            standing.steady.fetch_add(nanos, Ordering::SeqCst);
        }
    }

    /// Sets the time of day of a standing clock, as an administrator sets that
    /// of a machine: the steady clock does not feel it.
    pub fn set(&self, day: Timestamp) {
        if let Source::Set(standing) = &self.0 {
            standing.day.store(day.as_millis(), Ordering::SeqCst);
        }
    }
}

/// Measures how long something took, unmoved by changes of the clock.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts measuring.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the steady clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since it was started.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// The name of a time zone as the IANA database writes it; `None` if it has no
/// such zone. The database is part of the program, so every node has the same.
pub fn time_zone(name: &str) -> Option<String> {
    let zone = jiff::tz::TimeZone::get(name.trim()).ok()?;
    zone.iana_name().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_and_back(millis in Timestamp::MIN.0..=Timestamp::MAX.0) {
            let moment = Timestamp::from_millis(millis);
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        }
    }

    #[test]
    fn the_steady_clock_only_goes_forward() {
        let system = Clock::system();
        let earlier = system.steady();
        assert!(earlier > Moment::FIRST && system.steady() >= earlier);

        let clock = Clock::standing_at(Timestamp::from_millis(1000));
        let start = clock.steady();
        clock.set(Timestamp::from_millis(0));
        assert_eq!((clock.now().as_millis(), clock.steady()), (0, start));
        clock.advance(Duration::from_millis(5));
        assert_eq!((clock.now().as_millis(), clock.steady().since(start).as_millis()), (5, 5));
        assert_eq!(start.since(clock.steady()), Duration::ZERO);
    }

    #[test]
    fn forms_that_programs_send() {
        let noon = Timestamp::from_millis(1_661_345_309_365);
        for text in [
            "2022-08-24T12:48:29.365Z",
            "2022-08-24T14:48:29.365+02:00",
            "2022-08-24 12:48:29.365999Z",
            "2022-08-24T12:48:29.365",
        ] {
            assert_eq!(text.parse(), Ok(noon), "{text}");
        }
        for never in ["9999-12-31T23:59:59Z", "9999-12-31", "9999-12-31T23:59:59.9999999"] {
            assert_eq!(never.parse(), Ok(Timestamp::MAX), "{never}");
        }
        for end in [Timestamp::MIN, Timestamp::MAX] {
            assert_eq!(end.to_string().parse(), Ok(end));
        }
        assert_eq!("2022-08-24".parse::<Timestamp>().unwrap().to_string(), "2022-08-24T00:00:00.000Z");
        for text in
            ["", "yesterday", "2022-13-01", "2022-02-30T00:00:00Z", "1661345309", "-000001-01-01T00:00:00Z"]
        {
            assert_eq!(text.parse::<Timestamp>(), Err(NotATimestamp), "{text}");
        }
    }
}
