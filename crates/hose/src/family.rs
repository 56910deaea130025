use base::{Decimal, Length, LengthUnit, Pressure, PressureUnit, Quantity};

use crate::words::words;

words! {
    /// A family of hoses: a type of a standard, whoever makes it.
    Family, "hose family" {
        /// One braid of wire.
        OneSn "1SN" "1SN" ["EN 853 1SN" "SAE 100R1AT" "100R1AT" "R1AT" "R1AT/1SN"],
        /// Two braids of wire.
        TwoSn "2SN" "2SN" ["EN 853 2SN" "SAE 100R2AT" "100R2AT" "R2AT" "R2AT/2SN"],
        /// One braid of wire, compact.
        OneSc "1SC" "1SC" ["EN 857 1SC"],
        /// Two braids of wire, compact.
        TwoSc "2SC" "2SC" ["EN 857 2SC"],
        /// Four spirals of wire, medium pressure.
        FourSp "4SP" "4SP" ["EN 856 4SP"],
        /// Four spirals of wire, high pressure.
        FourSh "4SH" "4SH" ["EN 856 4SH"],
        /// Four spirals of wire, hot oil.
        R12 "R12" "R12" ["SAE 100R12" "100R12" "EN 856 R12"],
        /// Spirals of wire, 5000 psi in every size.
        R13 "R13" "R13" ["SAE 100R13" "100R13" "EN 856 R13"],
        /// Spirals of wire, 6000 psi in every size.
        R15 "R15" "R15" ["SAE 100R15" "100R15"],
        /// Braids of wire, 3000 psi in every size.
        R17 "R17" "R17" ["SAE 100R17" "100R17"],
    }
}

words! {
    /// What flows through a hose.
    Medium, "medium" {
        /// Oil of mineral origin.
        MineralOil "mineralOil" "Mineral oil" ["oil" "mineral based oil" "HLP"],
        /// Water with additives, emulsions, water glycol.
        WaterBased "waterBased" "Water-based fluid" ["water" "water glycol" "emulsion" "HFC"],
        /// Air and other gases.
        Air "air" "Air" ["gas" "compressed air"],
        /// Fuel.
        Fuel "fuel" "Fuel" ["diesel" "petrol"],
    }
}

/// How hoses of a family are built and where they may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Build {
    /// The standards, each with its edition where a source names it.
    pub standards: &'static [&'static str],
    /// The reinforcement, in words.
    pub reinforcement: &'static str,
    /// The fewest and the most layers of it.
    pub layers: (u8, u8),
    /// From and to how many degrees Celsius for a medium; what is not named is not known.
    pub temperatures: &'static [(Medium, i16, i16)],
}

/// What a standard asks of a hose of one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    /// Working pressure.
    pub pressure: Quantity<Pressure>,
    /// Minimum bend radius, to the inside of the bend, where a source gives it.
    pub bend: Option<Quantity<Length>>,
    /// Whether two independent sources agree on it.
    pub confirmed: bool,
}

const OIL: (Medium, i16, i16) = (Medium::MineralOil, -40, 100);
const HOT_OIL: (Medium, i16, i16) = (Medium::MineralOil, -40, 120);
const WATER: (Medium, i16, i16) = (Medium::WaterBased, -40, 70);

impl Family {
    /// Burst over working pressure, as the standards have it. SAE J517, EN 853
    /// and EN 856 ask for four; of 2SN -08 both numbers were seen, 275 and 1100 bar.
    pub const DESIGN_FACTOR: u8 = 4;
    /// Proof over working pressure (ISO 6605:2017, 5.2).
    pub const PROOF_FACTOR: u8 = 2;

    /// How its hoses are built. Temperatures of 4SP, 4SH, R12 and R13 from EN
    /// 856:2015+AC:2019, whose water-based fluids go up to 70 °C; the others
    /// from a dealer's data sheet of 2026, which says nothing of water.
    pub const fn build(self) -> Build {
        const EN_853: &str = "EN 853:2015";
        const EN_856: &str = "EN 856:2015+AC:2019";
        let (standards, reinforcement, layers, temperatures): (&[&str], _, _, &[_]) = match self {
            Self::OneSn => (&[EN_853, "SAE J517 100R1AT"], "steel wire braid", (1, 1), &[OIL]),
            Self::TwoSn => (&[EN_853, "SAE J517 100R2AT"], "steel wire braid", (2, 2), &[OIL]),
            Self::OneSc => (&["EN 857"], "steel wire braid, compact", (1, 1), &[]),
            Self::TwoSc => (&["EN 857"], "steel wire braid, compact", (2, 2), &[OIL]),
            Self::FourSp | Self::FourSh => (&[EN_856], "steel wire spiral", (4, 4), &[OIL, WATER]),
            Self::R12 => (&["SAE J517 100R12", EN_856], "steel wire spiral", (4, 4), &[HOT_OIL, WATER]),
            Self::R13 => (&["SAE J517 100R13", EN_856], "steel wire spiral", (4, 6), &[HOT_OIL, WATER]),
            Self::R15 => (&["SAE J517 100R15"], "steel wire spiral", (4, 6), &[HOT_OIL]),
            Self::R17 => (&["SAE J517 100R17"], "steel wire braid, compact", (1, 2), &[OIL]),
        };
        Build { standards, reinforcement, layers, temperatures }
    }

    /// The pressure that every size bears, for families that are made so.
    pub fn constant_pressure(self) -> Option<Quantity<Pressure>> {
        let psi = match self {
            Self::R13 => 5000,
            Self::R15 => 6000,
            Self::R17 => 3000,
            _ => return None,
        };
        Quantity::new(Decimal::from(psi), PressureUnit::Psi)
    }

    /// The outside diameter at -08, by which a sleeve is chosen, where a source gives it.
    pub fn outside_at_08(self) -> Option<Quantity<Length>> {
        let tenths = match self {
            Self::OneSn => 204,
            Self::TwoSn => 222,
            Self::OneSc => 200,
            Self::TwoSc => 208,
            Self::FourSp => 230,
            _ => return None,
        };
        Quantity::new(Decimal::new(tenths, 1), LengthUnit::Millimetre)
    }
}
