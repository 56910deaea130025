use serde::{Deserialize, Deserializer};

/// One field of an update: absent leaves it, null clears it, a value sets it.
///
/// Declare the field with `#[serde(default)]`, so that absence is `Leave`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field was absent.
    #[default]
    Leave,
    /// The field was null.
    Clear,
    /// The field had a value.
    Set(T),
}

impl<T> Patch<T> {
    /// What an optional field becomes.
    pub fn onto(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Leave => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// What a field with a resting value becomes: null returns it to `T::default()`.
    #[must_use]
    pub fn onto_default(self, current: T) -> T
    where
        T: Default,
    {
        match self {
            Self::Leave => current,
            Self::Clear => T::default(),
            Self::Set(value) => value,
        }
    }

    /// The same patch with its value turned into another.
    pub fn try_map<U, E>(self, f: impl FnOnce(T) -> Result<U, E>) -> Result<Patch<U>, E> {
        Ok(match self {
            Self::Leave => Patch::Leave,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(f(value)?),
        })
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Option::deserialize(deserializer)? {
            None => Self::Clear,
            Some(value) => Self::Set(value),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Update {
        #[serde(default)]
        note: Patch<Vec<u8>>,
    }

    #[test]
    fn absent_null_and_value_differ() {
        let read = |text| serde_json::from_str::<Update>(text).unwrap().note;
        assert_eq!(read("{}"), Patch::Leave);
        assert_eq!(read(r#"{"note":null}"#), Patch::Clear);
        assert_eq!(read(r#"{"note":[]}"#), Patch::Set(vec![]));
        assert_eq!(Patch::Leave.onto(Some(1)), Some(1));
        assert_eq!(Patch::Clear.onto(Some(1)), None);
        assert_eq!(Patch::Set(2).onto(Some(1)), Some(2));
    }
}
