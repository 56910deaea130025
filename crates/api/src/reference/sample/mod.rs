//! The same request in several languages.

mod call;
mod curl;
mod javascript;
mod literal;
mod python;
mod rust;

#[cfg(test)]
mod tests;

use call::{Answer, Body, Header, Part};

pub(super) use call::{Call, host};
pub(super) use literal::pretty as json;

/// A language that samples are written in.
pub(super) struct Language {
    /// The name of its class and its ids.
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) write: fn(&Call) -> String,
}

/// Every language, the one shown first at the start.
pub(super) const LANGUAGES: [Language; 4] = [
    Language { id: "curl", name: "curl", write: curl::write },
    Language { id: "js", name: "JavaScript", write: javascript::write },
    Language { id: "py", name: "Python", write: python::write },
    Language { id: "rs", name: "Rust", write: rust::write },
];
