use std::{fmt, str::FromStr};

use super::tables;
use crate::fields::Field;

macro_rules! item_types {
    ($($(#[$meta:meta])* $name:ident $word:literal $plural:literal $what:literal $fields:ident;)*) => {
        /// What kind of part it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ItemType { $($(#[$meta])* $name),* }

        impl ItemType {
            /// Every type of part.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word as the API has it, such as `crimpFitting`.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// The same in the plural, such as `crimpFittings`.
            pub const fn plural(self) -> &'static str {
                match self { $(Self::$name => $plural),* }
            }

            /// What it is, in a sentence.
            pub const fn what(self) -> &'static str {
                match self { $(Self::$name => $what),* }
            }

            /// Its fields.
            pub const fn fields(self) -> &'static [Field] {
                match self { $(Self::$name => tables::$fields),* }
            }
        }
    };
}

item_types! {
    /// A length of hose, sold by the metre.
    Hose "hose" "hoses" "hose" HOSE;
    /// A fitting that is crimped onto a hose.
    CrimpFitting "crimpFitting" "crimpFittings" "crimp fitting" CRIMP_FITTING;
    /// The shell that is crimped over hose and fitting.
    Ferrule "ferrule" "ferrules" "ferrule" FERRULE;
    /// A piece that joins two or more ends.
    Adaptor "adaptor" "adaptors" "adaptor" ADAPTOR;
    /// What protects a hose from outside: sleeves, spirals, guards.
    Wrap "wrap" "wraps" "wrap" WRAP;
    /// Whatever else a shop sells.
    OtherItem "otherItem" "otherItems" "other item" OTHER_ITEM;
}

impl fmt::Display for ItemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The text names no type of part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnItemType;

impl fmt::Display for NotAnItemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = ItemType::ALL.iter().map(|item_type| item_type.word()).collect();
        write!(f, "must be one of {}", words.join(", "))
    }
}

impl std::error::Error for NotAnItemType {}

impl FromStr for ItemType {
    type Err = NotAnItemType;

    /// Reads the word in any case, also in the plural.
    fn from_str(text: &str) -> Result<Self, NotAnItemType> {
        let text = text.trim();
        let is_named =
            |t: &&Self| text.eq_ignore_ascii_case(t.word()) || text.eq_ignore_ascii_case(t.plural());
        Self::ALL.iter().find(is_named).copied().ok_or(NotAnItemType)
    }
}
