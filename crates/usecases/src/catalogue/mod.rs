//! The catalogue: what a shop sells, and what of it fits what. The shared
//! catalogue is that of one organization, which all others see and its own
//! callers alone change.

mod adaptors;
mod approve;
pub mod brands;
mod change;
mod create;
mod crimp;
mod delete;
mod document;
mod find;
pub mod imports;
mod known;
mod said;
pub mod sheets;
pub mod stock;
mod store;
mod worklist;

use database::Tx;
use hose::ItemType;
use keys::Permission;

pub use adaptors::{
    Choices, CrossFrom, Crossed, EndChoices, EndWanted, MOST_ENDS, Match, adaptor_choices,
    adaptors_with_ends, cross,
};
pub use approve::{Decision, decide};
pub use brands::{BrandSeen, Brands};
pub use change::{PartChange, update, update_item};
pub use create::{NewPart, create};
pub use crimp::{
    CouplingSeries, CrimpedBy, FerruleUsed, FittingWithFerrules, SizeCount, coupling_series, crimp_specs,
    ferrule_of, fitting_sizes, fittings_with_ferrules, hose_sizes,
};
pub use delete::delete;
pub use document::PartDocument;
pub use find::{Narrowing, Whose, current_item, find, find_item, list, pending, query_of, with_number};
pub use records::catalogue::{
    Brand, CrimpSpec, Item, SHARED_CATALOGUE,
    lists::{OWN, PENDING, VISIBLE},
    parts::{PartRow, PartSeen, Status},
};
pub use said::SAID;
pub use worklist::uncrimped;

use crate::{
    Caller, Needs,
    access::{
        ReadAdaptors, ReadCrimpFittings, ReadFerrules, ReadHoses, ReadOtherItems, ReadWraps, WriteAdaptors,
        WriteCrimpFittings, WriteFerrules, WriteHoses, WriteOtherItems, WriteWraps,
    },
};

/// A permission about one type of part.
pub trait OfType: Needs {
    /// The type.
    const ITEM_TYPE: ItemType;
}

/// A permission to change one type of part.
pub trait Changes: OfType {}

macro_rules! of_type {
    ($($item_type:ident: $read:ident, $write:ident;)*) => {$(
        impl OfType for $read {
            const ITEM_TYPE: ItemType = ItemType::$item_type;
        }
        impl OfType for $write {
            const ITEM_TYPE: ItemType = ItemType::$item_type;
        }
        impl Changes for $write {}
    )*

    /// What seeing parts of a type needs.
    pub(crate) fn reads(item_type: ItemType) -> Option<Permission> {
        match item_type { $(ItemType::$item_type => <$read as Needs>::PERMISSION),* }
    }

    /// What changing parts of a type needs.
    pub(crate) fn changes(item_type: ItemType) -> Option<Permission> {
        match item_type { $(ItemType::$item_type => <$write as Needs>::PERMISSION),* }
    }
    };
}

of_type! {
    Hose: ReadHoses, WriteHoses;
    CrimpFitting: ReadCrimpFittings, WriteCrimpFittings;
    Ferrule: ReadFerrules, WriteFerrules;
    Adaptor: ReadAdaptors, WriteAdaptors;
    Wrap: ReadWraps, WriteWraps;
    OtherItem: ReadOtherItems, WriteOtherItems;
}

/// The audit record's word for who did it.
fn by(caller: &Caller) -> String {
    caller.subject.to_string()
}

/// A new stamp of the caller's.
fn stamp(tx: &Tx<'_>, caller: &Caller) -> records::Stamp {
    records::Stamp::new(tx.now(), by(caller))
}
