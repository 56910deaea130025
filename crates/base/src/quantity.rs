use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

/// A kind of measure with a canonical integer form that is exact for every
/// unit the trade uses.
pub trait Measure: Copy + Eq + 'static {
    /// The units a person may enter it in.
    type Unit: Unit;
    /// The measure with this canonical count.
    fn from_canonical(count: i64) -> Self;
    /// The canonical count.
    fn canonical(self) -> i64;
}

/// A unit a person enters or reads.
pub trait Unit: Copy + Eq + fmt::Display + 'static {
    /// The unit with this symbol.
    fn parse(symbol: &str) -> Option<Self>;
    /// How many canonical counts one of it is, as numerator and denominator.
    fn ratio(self) -> (i64, i64);
}

/// What was entered, a decimal and a unit, beside its canonical value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity<M: Measure> {
    entered: Decimal,
    unit: M::Unit,
    measure: M,
}

impl<M: Measure> Quantity<M> {
    /// `entered` in `unit`; `None` where the canonical count leaves 64 bits.
    pub fn new(entered: Decimal, unit: M::Unit) -> Option<Self> {
        let (numerator, denominator) = unit.ratio();
        let exact = entered.checked_mul(Decimal::from(numerator))?.checked_div(Decimal::from(denominator))?;
        let count = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        Some(Self { entered, unit, measure: M::from_canonical(i64::try_from(count).ok()?) })
    }

    /// The number as it was entered.
    pub fn entered(&self) -> Decimal {
        self.entered
    }

    /// The unit it was entered in.
    pub fn unit(&self) -> M::Unit {
        self.unit
    }

    /// The canonical measure.
    pub fn measure(&self) -> M {
        self.measure
    }

    /// The value in another unit, rounded once to `decimals`, half away from zero.
    pub fn in_unit(&self, unit: M::Unit, decimals: u32) -> Option<Decimal> {
        let (numerator, denominator) = unit.ratio();
        let value = Decimal::from(self.measure.canonical())
            .checked_mul(Decimal::from(denominator))?
            .checked_div(Decimal::from(numerator))?;
        Some(value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero))
    }
}

macro_rules! measure {
    ($(#[$meta:meta])* $name:ident in $unit:ident { $($(#[$unit_meta:meta])* $variant:ident $symbol:literal = $numerator:literal / $denominator:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i64);

        impl Measure for $name {
            type Unit = $unit;
            fn from_canonical(count: i64) -> Self { Self(count) }
            fn canonical(self) -> i64 { self.0 }
        }

        #[doc = concat!("The units of [`", stringify!($name), "`].")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $unit { $($(#[$unit_meta])* $variant),* }

        impl Unit for $unit {
            fn parse(symbol: &str) -> Option<Self> {
                $(if symbol.trim().eq_ignore_ascii_case($symbol) { return Some(Self::$variant) })*
                None
            }
            fn ratio(self) -> (i64, i64) {
                match self { $(Self::$variant => ($numerator, $denominator)),* }
            }
        }

        impl fmt::Display for $unit {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $symbol),* })
            }
        }
    };
}

measure! {
    /// A length in nanometres, in which 1/64 inch (396,875 nm) is exact.
    Length in LengthUnit {
        /// Millimetre.
        Millimetre "mm" = 1_000_000 / 1,
        /// Centimetre.
        Centimetre "cm" = 10_000_000 / 1,
        /// Metre.
        Metre "m" = 1_000_000_000 / 1,
        /// International inch, 25.4 mm.
        Inch "in" = 25_400_000 / 1,
        /// International foot, 304.8 mm.
        Foot "ft" = 304_800_000 / 1,
    }
}

measure! {
    /// A pressure in millipascal.
    Pressure in PressureUnit {
        /// Megapascal.
        Megapascal "MPa" = 1_000_000_000 / 1,
        /// Kilopascal.
        Kilopascal "kPa" = 1_000_000 / 1,
        /// Bar, 100 kPa.
        Bar "bar" = 100_000_000 / 1,
        /// Pound-force per square inch: 0.45359237 kg × 9.80665 m/s² over
        /// (25.4 mm)², that is 6,894,757.293168361… mPa.
        Psi "psi" = 44_482_216_152_605 / 6_451_600,
    }
}

measure! {
    /// An angle in millidegrees.
    Angle in AngleUnit {
        /// Degree.
        Degree "°" = 1000 / 1,
    }
}

measure! {
    /// A weight per length, in micrograms per metre.
    LinearDensity in LinearDensityUnit {
        /// Kilogram per metre.
        KilogramPerMetre "kg/m" = 1_000_000_000 / 1,
        /// Gram per metre.
        GramPerMetre "g/m" = 1_000_000 / 1,
        /// Pound per foot: 0.45359237 kg over 0.3048 m.
        PoundPerFoot "lb/ft" = 4_535_923_700_000 / 3048,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sixty_fourth_of_an_inch_is_exact() {
        let length = Quantity::<Length>::new(Decimal::new(15_625, 6), LengthUnit::Inch).unwrap();
        assert_eq!(length.measure().canonical(), 396_875);
        assert_eq!(length.in_unit(LengthUnit::Millimetre, 6), Some(Decimal::new(396_875, 6)));
    }

    #[test]
    fn pressures_convert_as_published() {
        // NIST SP 811, appendix B: 1 psi = 6.894757 kPa; 1 bar = 100 kPa.
        let psi = Quantity::<Pressure>::new(Decimal::from(3000), PressureUnit::Psi).unwrap();
        assert_eq!(psi.in_unit(PressureUnit::Kilopascal, 3).unwrap().to_string(), "20684.272");
        let bar = Quantity::<Pressure>::new(Decimal::from(350), PressureUnit::Bar).unwrap();
        assert_eq!(bar.in_unit(PressureUnit::Megapascal, 1), Some(Decimal::from(35)));
    }

    proptest! {
        #[test]
        fn what_was_entered_is_kept_and_comes_back(sixty_fourths in -1_000_000i64..1_000_000) {
            let entered = Decimal::from(sixty_fourths) / Decimal::from(64);
            let length = Quantity::<Length>::new(entered, LengthUnit::Inch).unwrap();
            prop_assert_eq!(length.entered(), entered);
            prop_assert_eq!(length.in_unit(LengthUnit::Inch, 6), Some(entered));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(Quantity::<Length>::new(Decimal::MAX, LengthUnit::Foot).is_none());
        assert_eq!(LengthUnit::parse(" IN "), Some(LengthUnit::Inch));
        assert_eq!(LengthUnit::parse("furlong"), None);
    }
}
