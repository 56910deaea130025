use std::fmt::Display;

use base::{Error, FieldError, Patch, Result};

/// Gathers all that is wrong with an input, so that its sender is told at once.
#[derive(Debug, Default)]
pub(crate) struct Check(Vec<FieldError>);

impl Check {
    /// What is wrong with a field that is not there.
    pub(crate) const REQUIRED: &'static str = "is required";

    /// What is wrong with a grant that is named, but not the one there is.
    pub(crate) const ANOTHER_GRANT: &'static str = "must be client_credentials";

    /// What is wrong with a field that is there more than once.
    pub(crate) const TWICE: &'static str = "is given twice";

    /// The field parsed; what is wrong with it is noted.
    pub(crate) fn optional<I, T, E: Display>(
        &mut self,
        path: &str,
        value: Option<I>,
        parse: impl FnOnce(I) -> Result<T, E>,
    ) -> Option<T> {
        match parse(value?) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.wrong(path, error);
                None
            }
        }
    }

    /// Like [`optional`](Self::optional), for a field that must be there.
    pub(crate) fn required<I, T, E: Display>(
        &mut self,
        path: &str,
        value: Option<I>,
        parse: impl FnOnce(I) -> Result<T, E>,
    ) -> Option<T> {
        if value.is_none() {
            self.wrong(path, Self::REQUIRED);
        }
        self.optional(path, value, parse)
    }

    /// Like [`optional`](Self::optional), for a field that may be left or cleared.
    pub(crate) fn patch<I, T, E: Display>(
        &mut self,
        path: &str,
        value: Patch<I>,
        parse: impl FnOnce(I) -> Result<T, E>,
    ) -> Patch<T> {
        match value {
            Patch::Leave => Patch::Leave,
            Patch::Clear => Patch::Clear,
            Patch::Set(value) => self.optional(path, Some(value), parse).map_or(Patch::Leave, Patch::Set),
        }
    }

    /// Notes what is wrong with a field.
    pub(crate) fn wrong(&mut self, path: impl Into<String>, message: impl Display) {
        self.0.push(FieldError::new(path, message));
    }

    /// What was made of the input, if nothing was wrong with it.
    pub(crate) fn finish<T>(self, made: Option<T>) -> Result<T> {
        match made {
            Some(made) if self.0.is_empty() => Ok(made),
            _ => Err(Error::Invalid(self.0)),
        }
    }
}
