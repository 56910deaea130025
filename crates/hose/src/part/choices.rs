//! The closed lists that fields choose from.

use crate::{Coverage, Datum, Gender, Shape, Skive, Style, WrapType, fields::Choice};

macro_rules! choice {
    ($type:ident) => {
        Choice {
            words: || $type::ALL.iter().map(|word| word.code()).collect(),
            find: |text| $type::parse(text).map($type::code),
        }
    };
}

pub(super) static STYLE: Choice = choice!(Style);
pub(super) static GENDER: Choice = choice!(Gender);
pub(super) static SHAPE: Choice = choice!(Shape);
pub(super) static DATUM: Choice = choice!(Datum);
pub(super) static SKIVE: Choice = choice!(Skive);
pub(super) static WRAP_TYPE: Choice = choice!(WrapType);
pub(super) static WRAP_COVERAGE: Choice = choice!(Coverage);
