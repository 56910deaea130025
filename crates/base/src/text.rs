use std::fmt;

use serde::{Serialize, Serializer};

/// A single line of text that a person typed: trimmed, 1 to `MAX` characters,
/// no control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// The text as a line, or what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        let text = text.trim();
        check_length(text, MAX)?;
        if text.is_empty() {
            return Err("must not be empty".into());
        }
        if text.chars().any(is_control) {
            return Err("must not contain control characters".into());
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Text of any number of lines: at most `MAX` characters, no control
/// characters but line ends and tabs. May be empty.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Prose<const MAX: usize>(String);

impl<const MAX: usize> Prose<MAX> {
    /// The text as prose, or what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        check_length(text, MAX)?;
        if text.chars().any(|c| is_control(c) && !matches!(c, '\n' | '\r' | '\t')) {
            return Err("must not contain control characters".into());
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_length(text: &str, max: usize) -> Result<(), String> {
    if text.chars().count() > max { Err(format!("must not be longer than {max} characters")) } else { Ok(()) }
}

/// Control characters, and the marks that reorder the text around them, with
/// which a name could be made to look like another.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The form in which two texts that differ only in case or in the spaces
/// around them are the same: what `*_norm` columns hold.
pub fn normalized(text: &str) -> String {
    text.trim().to_lowercase()
}

macro_rules! as_text {
    ($name:ident) => {
        impl<const MAX: usize> fmt::Debug for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
        impl<const MAX: usize> fmt::Display for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl<const MAX: usize> Serialize for $name<MAX> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}
as_text!(Line);
as_text!(Prose);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        assert_eq!(Line::<5>::new(" ABC ").unwrap().as_str(), "ABC");
        assert_eq!(Line::<3>::new("äöü").unwrap().as_str(), "äöü");
        for bad in ["", "  ", "ABCD", "a\nb", "a\0b", "a\u{202e}b"] {
            assert!(Line::<3>::new(bad).is_err(), "{bad:?}");
        }
        assert!(Prose::<9>::new("a\nb").is_ok());
        assert!(Prose::<9>::new("a\u{7}b").is_err());
    }
}
