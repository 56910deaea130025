use std::{fmt, time::Duration};

/// The outcome of anything of ours that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done, free of any transport.
///
/// Every text here may be shown to the caller, except what [`Internal`](Self::Internal)
/// holds: that is for the log alone.
#[derive(Debug)]
pub enum Error {
    /// The input is wrong; each field is named. HTTP 400.
    Invalid(Vec<FieldError>),
    /// Nobody we know, or not proved. HTTP 401.
    Unauthenticated(String),
    /// Known, but not allowed. HTTP 403.
    Forbidden(String),
    /// There is no such thing, or none this caller may know of. HTTP 404.
    NotFound(String),
    /// At odds with what is stored. HTTP 409.
    Conflict(String),
    /// Another revision is stored than the caller has seen. HTTP 409.
    Stale {
        /// The revision the caller has seen.
        seen: i64,
        /// The one that is stored.
        stored: i64,
        /// The document as it is now, in the form of the door that was called, which adds it.
        current: Option<serde_json::Value>,
    },
    /// The body is larger than this many bytes. HTTP 413.
    TooLarge(usize),
    /// The body is in a form we do not read. HTTP 415.
    UnsupportedMedia(String),
    /// Understood, but at odds with itself or with an earlier request. HTTP 422.
    Unprocessable(String),
    /// Too many requests; again after this time. HTTP 429.
    TooMany {
        /// Which limit was reached.
        message: String,
        /// How long to wait.
        retry_after: Duration,
    },
    /// Not now: a queue is full, a deadline passed, the database is away. HTTP 503.
    Unavailable {
        /// What is missing.
        message: String,
        /// How long to wait.
        retry_after: Duration,
    },
    /// Our own fault. HTTP 500; the text goes to the log only.
    Internal(String),
}

/// One wrong field: where it stands in what the client sent, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// A path such as `params.approvedIpAddresses[3].ipAddress`; empty for the whole input.
    pub path: String,
    /// What is wrong, in words that follow the name of the field.
    pub message: String,
}

impl FieldError {
    /// `message` about the field at `path`.
    pub fn new(path: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { path: path.into(), message: message.to_string() }
    }
}

impl Error {
    /// One wrong field.
    pub fn invalid(path: impl Into<String>, message: impl fmt::Display) -> Self {
        Self::Invalid(vec![FieldError::new(path, message)])
    }

    /// The same failure of one part of an input, which stands at `place`.
    #[must_use]
    pub fn within(self, place: &str) -> Self {
        let placed = |field: FieldError| match field.path.as_str() {
            "" => FieldError { path: place.to_owned(), ..field },
            path => FieldError { path: format!("{place}.{path}"), ..field },
        };
        match self {
            Self::Invalid(fields) => Self::Invalid(fields.into_iter().map(placed).collect()),
            other => other,
        }
    }

    /// There is no `what` with that id.
    pub fn not_found<K: crate::Kind>() -> Self {
        Self::NotFound(format!("There is no such {}.", K::NAME))
    }

    /// At odds with what is stored.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict(message.into())
    }

    /// The same failure; if it is [`Stale`](Self::Stale), with the document as it is now.
    #[must_use]
    pub fn with_current(self, document: impl FnOnce() -> Option<serde_json::Value>) -> Self {
        match self {
            Self::Stale { seen, stored, current: None } => Self::Stale { seen, stored, current: document() },
            other => other,
        }
    }

    /// Not now; again in a second.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::Unavailable { message: message.into(), retry_after: Duration::from_secs(1) }
    }

    /// Our own fault: `source` happened while doing `what`.
    pub fn internal(what: &str, source: impl fmt::Display) -> Self {
        Self::Internal(format!("{what}: {source}"))
    }
}

impl Error {
    /// The HTTP status it is answered with.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) => 400,
            Self::Unauthenticated(_) => 401,
            Self::Forbidden(_) => 403,
            Self::NotFound(_) => 404,
            Self::Conflict(_) | Self::Stale { .. } => 409,
            Self::TooLarge(_) => 413,
            Self::UnsupportedMedia(_) => 415,
            Self::Unprocessable(_) => 422,
            Self::TooMany { .. } => 429,
            Self::Unavailable { .. } => 503,
            Self::Internal(_) => 500,
        }
    }

    /// After how many whole seconds to come again, if that helps.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::TooMany { retry_after, .. } | Self::Unavailable { retry_after, .. } => {
                Some(retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(fields) => {
                for (n, field) in fields.iter().enumerate() {
                    let separator = if n == 0 { "" } else { "; " };
                    let path = if field.path.is_empty() { "the input" } else { &field.path };
                    write!(f, "{separator}{path} {}", field.message)?;
                }
                Ok(())
            }
            Self::Unauthenticated(message)
            | Self::Forbidden(message)
            | Self::NotFound(message)
            | Self::UnsupportedMedia(message)
            | Self::Unprocessable(message)
            | Self::Conflict(message)
            | Self::TooMany { message, .. }
            | Self::Unavailable { message, .. }
            | Self::Internal(message) => f.write_str(message),
            Self::Stale { seen, stored, .. } => {
                write!(f, "The document was changed meanwhile: it is at revision {stored}, not {seen}.")
            }
            Self::TooLarge(limit) => write!(f, "The body is larger than the {limit} bytes allowed."),
        }
    }
}

impl std::error::Error for Error {}
