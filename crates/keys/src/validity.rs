use std::fmt;

use base::Timestamp;

/// From when until when a key may be used: from the first moment on, up to but
/// not including the second; `None` is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Validity {
    not_before: Option<Timestamp>,
    expires: Option<Timestamp>,
}

impl Validity {
    /// Refuses a start after the end. An end in the past is allowed, and a start
    /// at the end, by which some programs mean a key that is over.
    pub fn new(not_before: Option<Timestamp>, expires: Option<Timestamp>) -> Result<Self, StartsTooLate> {
        match not_before.zip(expires) {
            Some((not_before, expires)) if not_before > expires => Err(StartsTooLate),
            _ => Ok(Self { not_before, expires }),
        }
    }

    /// The first moment.
    pub fn not_before(self) -> Option<Timestamp> {
        self.not_before
    }

    /// The first moment it is over.
    pub fn expires(self) -> Option<Timestamp> {
        self.expires
    }

    /// [`NotStarted`](KeyState::NotStarted), [`Active`](KeyState::Active) or
    /// [`Expired`](KeyState::Expired).
    pub fn state_at(self, now: Timestamp) -> KeyState {
        if self.expires.is_some_and(|expires| now >= expires) {
            KeyState::Expired
        } else if self.not_before.is_some_and(|not_before| now < not_before) {
            KeyState::NotStarted
        } else {
            KeyState::Active
        }
    }
}

/// The key would start after its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StartsTooLate;

impl fmt::Display for StartsTooLate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must not be after the expiry")
    }
}

impl std::error::Error for StartsTooLate {}

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// It may be used.
    Active,
    /// Its start lies ahead.
    NotStarted,
    /// Its end has passed.
    Expired,
    /// Someone has stopped it and may resume it.
    Suspended,
    /// It was deleted, for good.
    Revoked,
}

impl KeyState {
    /// The state of a key that exists: suspension, being someone's act, shows
    /// before anything the time brings.
    pub fn of(validity: Validity, suspended: bool, now: Timestamp) -> Self {
        if suspended { Self::Suspended } else { validity.state_at(now) }
    }

    /// As answers and the history have it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NotStarted => "notStarted",
            Self::Expired => "expired",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn half_open_to_the_millisecond() {
        let validity = Validity::new(Some(at(1000)), Some(at(2000))).unwrap();
        assert_eq!(validity.state_at(at(999)), KeyState::NotStarted);
        assert_eq!(validity.state_at(at(1000)), KeyState::Active);
        assert_eq!(validity.state_at(at(1999)), KeyState::Active);
        assert_eq!(validity.state_at(at(2000)), KeyState::Expired);
    }

    #[test]
    fn a_start_after_the_end_is_refused() {
        assert!(Validity::new(Some(at(1)), Some(at(2))).is_ok());
        assert_eq!(Validity::new(Some(at(2)), Some(at(2))).unwrap().state_at(at(2)), KeyState::Expired);
        assert_eq!(Validity::new(Some(at(3)), Some(at(2))), Err(StartsTooLate));
    }

    proptest! {
        #[test]
        fn active_exactly_within(from: Option<i32>, until: Option<i32>, now: i32) {
            let moment = |millis: i32| at(millis.into());
            let Ok(validity) = Validity::new(from.map(moment), until.map(moment)) else { return Ok(()) };
            let within = from.is_none_or(|from| from <= now) && until.is_none_or(|until| now < until);
            prop_assert_eq!(validity.state_at(moment(now)) == KeyState::Active, within);
            prop_assert_eq!(KeyState::of(validity, true, moment(now)), KeyState::Suspended);
        }
    }
}
