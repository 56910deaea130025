//! The words every other crate speaks: typed ids, time, randomness, numbers,
//! three-valued patches and the one error type. No I/O, no rules of the trade.

mod clock;
mod email;
mod error;
pub mod hex;
mod id;
mod money;
mod page;
mod patch;
mod quantity;
mod random;
mod text;
mod uuid;

pub use clock::{Clock, Moment, Stopwatch, Timestamp, time_zone};
pub use email::EmailAddress;
pub use error::{Error, FieldError, Result};
pub use id::{Id, Kind};
pub use money::{Currency, Money, Rate};
pub use page::Page;
pub use patch::Patch;
pub use quantity::{
    Angle, AngleUnit, Length, LengthUnit, LinearDensity, LinearDensityUnit, Measure, Pressure, PressureUnit,
    Quantity, Unit,
};
pub use random::Random;
pub use rust_decimal::Decimal;
pub use text::{Line, Prose, normalized};

/// Declares the kinds of records an [`Id`] can name: empty types that exist
/// only so that an id of one kind cannot be passed for an id of another.
#[macro_export]
macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident => $text:literal),* $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {}
        impl $crate::Kind for $name {
            const NAME: &'static str = $text;
        }
    )*};
}

kinds! {
    /// A tenant: a hose shop, a distributor. Here because a transaction is bound to one.
    Organization => "organization",
}
