/// What is wrong with a value, and where in the input it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The path within the input, such as `ends[0].style`; empty is the whole.
    pub path: String,
    /// What is wrong, to be read after the path.
    pub message: String,
}

impl Problem {
    pub(super) fn here(message: impl Into<String>) -> Self {
        Self { path: String::new(), message: message.into() }
    }

    /// The same problem seen from what holds the value.
    #[must_use]
    pub(super) fn within(mut self, outer: &str) -> Self {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{outer}{joint}{}", self.path);
        self
    }
}
