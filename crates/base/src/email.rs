use std::fmt;

use serde::{Serialize, Serializer};

use crate::{Line, normalized};

/// An e-mail address as a person typed it: one line of at most 254 characters
/// with something before and a domain after its `@`. Whether anybody reads
/// what is sent there is seen only by sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(Line<254>);

impl EmailAddress {
    /// The text as an address, or what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        let line = Line::new(text)?;
        let is_plain = |c: char| !c.is_whitespace() && !"<>()[],;:\\\"".contains(c);
        let is_address = line.as_str().split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.contains('@') && domain.split('.').all(|label| !label.is_empty())
        });
        if is_address && line.as_str().chars().all(is_plain) {
            Ok(Self(line))
        } else {
            Err("must be an e-mail address, as in ann@example.com".into())
        }
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The form in which two that differ only in case are the same.
    pub fn normalized(&self) -> String {
        normalized(self.as_str())
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for EmailAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_sides() {
        for good in [" ann@example.com ", "a+b.c@localhost", "jörg@müller.example", "o'neil@x.example"] {
            assert_eq!(EmailAddress::new(good).unwrap().as_str(), good.trim());
        }
        let long = format!("{}@example.com", "a".repeat(250));
        for bad in [
            "",
            "ann",
            "@example.com",
            "ann@",
            "ann@.com",
            "ann@example..com",
            "a@b@c.com",
            "a b@c.com",
            "Ann <a@b.c>",
            "a@b.c\nBcc: d@e.f",
            "a@b.c,d@e.f",
            &long,
        ] {
            assert!(EmailAddress::new(bad).is_err(), "{bad:?}");
        }
    }
}
