use std::{fmt, ops::Range};

use serde::{Deserialize, Serialize, Serializer};

/// What a password is shown as.
const MASK: &str = "***";

/// The address of a database. It may hold a password, which no form that is
/// printed or written shows.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The address as it was given.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether none was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for DatabaseUrl {
    fn from(url: &str) -> Self {
        Self(url.to_owned())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut masked = self.0.clone();
        // From behind, so that the earlier places stay where they are.
        for password in passwords(&self.0).into_iter().rev() {
            masked.replace_range(password, MASK);
        }
        f.write_str(&masked)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

/// Masked: for showing what is configured.
impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Where passwords stand in `url`, in order and apart from each other.
fn passwords(url: &str) -> Vec<Range<usize>> {
    let host = url.find("://").map_or(0, |at| at + 3);
    let mut found: Vec<_> = after_user(url, host).into_iter().chain(in_parameters(url, host)).collect();
    found.sort_by_key(|range| range.start);
    // One that is not escaped may look like both: then all of it is hidden.
    found.dedup_by(|later, kept| {
        let overlaps = later.start <= kept.end;
        if overlaps {
            kept.end = kept.end.max(later.end);
        }
        overlaps
    });
    found
}

/// Between the user's name and the last @ of all, since one in the password
/// must not show the rest of it.
fn after_user(url: &str, from: usize) -> Option<Range<usize>> {
    let end = from + url[from..].rfind('@')?;
    let colon = from + url[from..end].find(':')?;
    Some(colon + 1..end)
}

/// The values of `password=`, `sslpassword=` and the like.
fn in_parameters(url: &str, from: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let Some(mut at) = url[from..].find('?').map(|at| from + at + 1) else { return found };
    for parameter in url[at..].split('&') {
        if let Some((name, value)) = parameter.split_once('=')
            && name.to_ascii_lowercase().contains("pass")
        {
            let start = at + name.len() + 1;
            found.push(start..start + value.len());
        }
        at += parameter.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for (url, shown) in [
            ("sqlite://./data/swage.db", "sqlite://./data/swage.db"),
            ("postgres://swage@db/swage", "postgres://swage@db/swage"),
            ("postgres://swage:s3cret@db:5432/swage", "postgres://swage:***@db:5432/swage"),
            (
                "postgres://swage:s3:c/r@e?t@db/swage?sslmode=require",
                "postgres://swage:***@db/swage?sslmode=require",
            ),
            ("postgres://db/swage?user=a&Password=s3cret&x=1", "postgres://db/swage?user=a&Password=***&x=1"),
            ("postgres://a:s3cret@db/swage?password=s3cret", "postgres://a:***@db/swage?password=***"),
            ("postgres://db/swage?password=s3@cret", "postgres://db/swage?password=***"),
            ("postgres://db:5432/swage?password=s3@cret", "postgres://db:***"),
            ("", ""),
        ] {
            let url = DatabaseUrl::from(url);
            assert_eq!(url.to_string(), shown);
            assert!(!format!("{url:?}").contains("cret"));
        }
    }
}
