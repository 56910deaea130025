//! The closed lists that fields choose from.

use crate::{Datum, Gender, Shape, Skive, Style, fields::Choice};

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
