use std::{fmt, str::FromStr};

use crate::{Access, Permission, Permissions};

/// What a key asks to be allowed, as its owner writes it: a comma-separated
/// list of `read` (every `:read`, also of what is added later), `write` (every
/// `:write`) and single permissions such as `hose:read`. `write` does not imply
/// `read`.
///
/// Written back in one form: `read`, `write`, then the single ones that these
/// do not imply, sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scopes {
    read: bool,
    write: bool,
    single: Permissions,
}

impl Scopes {
    /// What these scopes allow at most.
    pub fn permissions(self) -> Permissions {
        self.implied() | self.single
    }

    /// Reads the list as OAuth 2.0 has it: separated by spaces, or by commas.
    pub fn from_oauth(text: &str) -> Result<Self, NotScopes> {
        text.replace(' ', ",").parse()
    }

    /// The single permissions, which `read` and `write` do not imply.
    pub(crate) fn named(self) -> Permissions {
        self.single
    }

    /// What `read` and `write` stand for, where they are held.
    fn implied(self) -> Permissions {
        let reads = if self.read { Permissions::every_read() } else { Permissions::NONE };
        let writes = if self.write { Permissions::every_write() } else { Permissions::NONE };
        reads | writes
    }

    /// Every word there is and what it allows, in the order they are written.
    pub fn catalogue() -> impl Iterator<Item = (String, String)> {
        let every = [("read", "See everything"), ("write", "Make, change and delete everything")];
        let every = every.map(|(word, description)| (word.to_owned(), description.to_owned()));
        every.into_iter().chain(Permissions::all().iter().map(|p| (p.to_string(), description(p))))
    }
}

fn description(permission: Permission) -> String {
    let what = permission.resource.what();
    match permission.access {
        Access::Read => format!("See {what}"),
        Access::Write => format!("Make, change and delete {what}"),
    }
}

impl FromStr for Scopes {
    type Err = NotScopes;

    /// Reads the list in any case and order, with spaces and repetitions.
    fn from_str(text: &str) -> Result<Self, NotScopes> {
        let mut scopes = Self { read: false, write: false, single: Permissions::NONE };
        let mut any = false;
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            any = true;
            if word.eq_ignore_ascii_case(Access::Read.word()) {
                scopes.read = true;
            } else if word.eq_ignore_ascii_case(Access::Write.word()) {
                scopes.write = true;
            } else {
                let permission: Permission = word.parse().map_err(|_| NotScopes::unknown(word))?;
                scopes.single = scopes.single | [permission].into_iter().collect();
            }
        }
        scopes.single = scopes.single - scopes.implied();
        if any { Ok(scopes) } else { Err(NotScopes::Empty) }
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = self.read.then(|| Access::Read.word().to_owned());
        let write = self.write.then(|| Access::Write.word().to_owned());
        let single = self.single.iter().map(|permission| permission.to_string());
        for (n, word) in read.into_iter().chain(write).chain(single).enumerate() {
            write!(f, "{}{word}", if n == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

/// Why a text is no list of scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotScopes {
    /// It names none.
    Empty,
    /// It names this, of which there is none; cut to 40 characters.
    Unknown(String),
}

impl NotScopes {
    fn unknown(word: &str) -> Self {
        Self::Unknown(word.chars().take(40).collect())
    }
}

impl fmt::Display for NotScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("must name at least one scope, such as read"),
            Self::Unknown(word) => {
                write!(f, "names the unknown scope {word:?}; known are read, write and such as hose:read")
            }
        }
    }
}

impl std::error::Error for NotScopes {}

#[cfg(test)]
mod tests;
