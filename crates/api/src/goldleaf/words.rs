//! Closed lists of the trade's words, as they are answered.

use hose::{Coverage, Gender, WrapType};
use serde::Serialize;
use utoipa::ToSchema;

/// A word of a closed list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Word {
    /// The word that is stored and answered.
    pub(super) name: &'static str,
    /// Its name, for people.
    pub(super) label: &'static str,
    /// What else is understood for it. Case, spaces, dashes and dots do not matter.
    pub(super) aliases: Vec<&'static str>,
}

macro_rules! words {
    ($($type:ident)*) => {$(
        impl From<$type> for Word {
            fn from(word: $type) -> Self {
                Self { name: word.code(), label: word.name(), aliases: word.aliases().to_vec() }
            }
        }
    )*};
}
words!(Coverage Gender WrapType);
