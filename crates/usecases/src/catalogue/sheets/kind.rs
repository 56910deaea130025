use std::{fmt, str::FromStr};

use hose::{ItemType, fields::Field};

use super::{CRIMP_DATA, columns, crimp_fields};

/// What a sheet holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Parts of a type.
    Part(ItemType),
    /// Crimp data.
    CrimpData,
}

impl Kind {
    /// Every kind.
    pub fn all() -> Vec<Self> {
        ItemType::ALL.iter().copied().map(Self::Part).chain([Self::CrimpData]).collect()
    }

    /// The name of its sheet.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Part(item_type) => item_type.word(),
            Self::CrimpData => CRIMP_DATA,
        }
    }

    /// The same in the plural.
    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Part(item_type) => item_type.plural(),
            Self::CrimpData => CRIMP_DATA,
        }
    }

    /// What it holds, in a sentence.
    pub(crate) fn what(self) -> String {
        match self {
            Self::Part(item_type) => format!("{}s", item_type.what()),
            Self::CrimpData => "crimp data".to_owned(),
        }
    }

    /// The fields its columns may have.
    pub(crate) fn fields(self) -> Vec<&'static Field> {
        match self {
            Self::Part(item_type) => columns::fields(item_type).collect(),
            Self::CrimpData => crimp_fields().collect(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Kind {
    type Err = String;

    /// Reads the word in any case, also in the plural.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim().eq_ignore_ascii_case(CRIMP_DATA) {
            return Ok(Self::CrimpData);
        }
        let words = || Self::all().iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
        text.parse().map(Self::Part).map_err(|_| format!("must be one of {}", words()))
    }
}
