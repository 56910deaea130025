//! Working pressures and bend radii by family and size.
//!
//! From one public table, which cites Tubes International for EN 853 and EN
//! 856 and SAE J517 for R12 and R13, without editions. 2SN -04 to -16 agree
//! with a second source. They serve demonstrations and warnings; what an
//! assembly may bear comes from its parts' own data.

use base::{Decimal, Length, LengthUnit, Measure, PressureUnit, Quantity};

use crate::{Dash, Family, Rating};

/// Dash, bar, minimum bend radius in mm (0: the source has none).
type Rows = &'static [(u16, u16, u16)];

const ONE_SN: Rows = &[
    (3, 250, 90),
    (4, 225, 100),
    (5, 215, 115),
    (6, 180, 130),
    (8, 160, 180),
    (10, 130, 200),
    (12, 105, 240),
    (16, 88, 300),
    (20, 63, 420),
    (24, 50, 500),
    (32, 40, 630),
];

const TWO_SN: Rows = &[
    (3, 415, 90),
    (4, 400, 100),
    (5, 350, 115),
    (6, 330, 130),
    (8, 275, 180),
    (10, 250, 200),
    (12, 215, 240),
    (16, 165, 300),
    (20, 125, 420),
    (24, 90, 500),
    (32, 80, 630),
];

const FOUR_SP: Rows = &[
    (4, 450, 150),
    (6, 445, 180),
    (8, 415, 230),
    (10, 350, 250),
    (12, 350, 300),
    (16, 280, 340),
    (20, 210, 460),
    (24, 185, 560),
    (32, 165, 660),
];

const FOUR_SH: Rows = &[(12, 420, 280), (16, 380, 340), (20, 325, 460), (24, 290, 560), (32, 250, 700)];

const R12: Rows = &[
    (6, 275, 0),
    (8, 275, 0),
    (10, 275, 0),
    (12, 275, 0),
    (16, 275, 0),
    (20, 210, 0),
    (24, 175, 0),
    (32, 175, 0),
];

const R13: Rows = &[(12, 345, 0), (16, 345, 0), (20, 345, 0), (24, 345, 0), (32, 345, 0)];

impl Family {
    /// Its sizes that the table has, ascending. R15 and R17 have none: which
    /// sizes there are no source says, only that all bear one pressure.
    pub fn sizes(self) -> impl Iterator<Item = Dash> {
        self.rows().iter().filter_map(|row| Dash::new(row.0))
    }

    /// What the standard asks at this size, if the table has it.
    pub fn rating(self, dash: Dash) -> Option<Rating> {
        let &(sixteenths, bar, bend) = self.rows().iter().find(|row| row.0 == dash.sixteenths())?;
        Some(Rating {
            pressure: Quantity::new(Decimal::from(bar), PressureUnit::Bar)?,
            bend: Quantity::<Length>::new(Decimal::from(bend), LengthUnit::Millimetre)
                .filter(|bend| bend.measure().canonical() > 0),
            confirmed: self == Self::TwoSn && CONFIRMED.contains(&sixteenths),
        })
    }

    const fn rows(self) -> Rows {
        match self {
            Self::OneSn => ONE_SN,
            Self::TwoSn => TWO_SN,
            Self::FourSp => FOUR_SP,
            Self::FourSh => FOUR_SH,
            Self::R12 => R12,
            Self::R13 => R13,
            Self::OneSc | Self::TwoSc | Self::R15 | Self::R17 => &[],
        }
    }
}

/// The sizes of 2SN on whose pressures and radii two sources agree.
const CONFIRMED: &[u16] = &[4, 6, 8, 10, 12, 16];
