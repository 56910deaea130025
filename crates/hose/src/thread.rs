//! Which thread an end has at which size, and what it bears.
//!
//! The numbers are facts that several public tables print; each table names
//! those it was read from. A style without a table here has none that could be
//! trusted: NPSM, metric straight, JIS, Komatsu, SAE 45°, the O-ring bosses.

use base::{Decimal, Length, LengthUnit, Pressure, PressureUnit, Quantity};

use crate::{Dash, Style};

/// What an end of a style is at one of its sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndSize {
    /// The style.
    pub style: Style,
    /// The size; a metric cone has a tube in its place.
    pub nominal: Nominal,
    /// The thread, as it is written on a drawing; `None` for a flange.
    pub thread: Option<&'static str>,
    outside_hundredths: Option<i64>,
    tenths_per_inch: Option<u16>,
    bar: Option<u16>,
}

/// By what a size is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nominal {
    /// A dash.
    Dash(Dash),
    /// The outside diameter of the tube, in millimetres.
    Tube(u8),
}

impl EndSize {
    /// The outside diameter of the thread, where a source gives it.
    pub fn outside(&self) -> Option<Quantity<Length>> {
        Quantity::new(Decimal::new(self.outside_hundredths?, 2), LengthUnit::Millimetre)
    }

    /// Threads per inch, where the thread is measured so.
    pub fn per_inch(&self) -> Option<Decimal> {
        Some(Decimal::new(i64::from(self.tenths_per_inch?), 1).normalize())
    }

    /// What the standard allows at this size, where a source gives it. The
    /// rating of a part is its maker's and may be less.
    pub fn pressure(&self) -> Option<Quantity<Pressure>> {
        Quantity::new(Decimal::from(self.bar?), PressureUnit::Bar)
    }

    /// Its dash, if it has one.
    pub fn dash(&self) -> Option<Dash> {
        match self.nominal {
            Nominal::Dash(dash) => Some(dash),
            Nominal::Tube(_) => None,
        }
    }
}

/// Dash and thread.
type Threads = &'static [(u16, &'static str)];

/// SAE J514, as gageref.com's thread chart and a second chart of SAE 37°
/// threads (-02, -03, -05, -14) print it; -20 to -32 from a table that was
/// read against gageref.com and duncanrogers.com.
const JIC: Threads = &[
    (2, "5/16-24"),
    (3, "3/8-24"),
    (4, "7/16-20"),
    (5, "1/2-20"),
    (6, "9/16-18"),
    (8, "3/4-16"),
    (10, "7/8-14"),
    (12, "1-1/16-12"),
    (14, "1-3/16-12"),
    (16, "1-5/16-12"),
    (20, "1-5/8-12"),
    (24, "1-7/8-12"),
    (32, "2-1/2-12"),
];

/// SAE J1453, from the same.
const ORFS: Threads = &[
    (4, "9/16-18"),
    (6, "11/16-16"),
    (8, "13/16-16"),
    (10, "1-14"),
    (12, "1-3/16-12"),
    (16, "1-7/16-12"),
    (20, "1-11/16-12"),
    (24, "2-12"),
];

/// Dash, thread, outside diameter in 1/100 mm, tenths of threads per inch.
type PipeThreads = &'static [(u16, &'static str, i64, u16)];

/// ASME B1.20.1, from the same; outside diameter of the pipe.
const NPT: PipeThreads = &[
    (2, "1/8-27", 1029, 270),
    (4, "1/4-18", 1372, 180),
    (6, "3/8-18", 1715, 180),
    (8, "1/2-14", 2134, 140),
    (12, "3/4-14", 2667, 140),
    (16, "1-11.5", 3340, 115),
    (20, "1-1/4-11.5", 4216, 115),
    (24, "1-1/2-11.5", 4826, 115),
    (32, "2-11.5", 6033, 115),
];

/// ISO 228-1, from the same.
const BSP: PipeThreads = &[
    (2, "1/8-28", 973, 280),
    (4, "1/4-19", 1316, 190),
    (6, "3/8-19", 1666, 190),
    (8, "1/2-14", 2096, 140),
    (10, "5/8-14", 2291, 140),
    (12, "3/4-14", 2644, 140),
    (16, "1-11", 3325, 110),
    (20, "1-1/4-11", 4191, 110),
    (24, "1-1/2-11", 4780, 110),
    (32, "2-11", 5961, 110),
];

/// Tube in mm, thread, bar.
type Cones = &'static [(u8, &'static str, Option<u16>)];

/// ISO 8434-1, light series: threads as jiayuanmfg.com's page on DIN 3902
/// prints them, pressures from a second table.
const DIN_LIGHT: Cones = &[
    (6, "M12x1.5", Some(250)),
    (8, "M14x1.5", Some(250)),
    (10, "M16x1.5", Some(250)),
    (12, "M18x1.5", Some(250)),
    (15, "M22x1.5", Some(250)),
    (18, "M26x1.5", Some(160)),
    (22, "M30x2", Some(160)),
    (28, "M36x2", Some(100)),
    (35, "M45x2", Some(100)),
    (42, "M52x2", Some(100)),
];

/// The heavy series, from the same; they give no pressure for 14 mm.
const DIN_HEAVY: Cones = &[
    (6, "M14x1.5", Some(630)),
    (8, "M16x1.5", Some(630)),
    (10, "M18x1.5", Some(630)),
    (12, "M20x1.5", Some(630)),
    (14, "M22x1.5", None),
    (16, "M24x1.5", Some(400)),
    (20, "M30x2", Some(400)),
    (25, "M36x2", Some(400)),
    (30, "M42x2", Some(250)),
    (38, "M52x2", Some(250)),
];

/// SAE J518 and ISO 6162 by dash: bar of code 61 and of code 62, from a
/// table of the same collection. Dimensions are not given by any of them.
const FLANGES: &[(u16, u16, u16)] =
    &[(8, 345, 414), (12, 345, 414), (16, 345, 414), (20, 276, 414), (24, 207, 414), (32, 207, 414)];

impl Style {
    /// Its sizes, ascending; none if no table of them could be trusted.
    pub fn sizes(self) -> Vec<EndSize> {
        match self {
            Self::Jic => threads(self, JIC),
            Self::Orfs => threads(self, ORFS),
            Self::Npt | Self::Nptf => pipe_threads(self, NPT),
            Self::Bspp | Self::Bspt | Self::BsppPort => pipe_threads(self, BSP),
            Self::DinLight => cones(self, DIN_LIGHT),
            Self::DinHeavy => cones(self, DIN_HEAVY),
            Self::Code61 => flanges(self, |(dash, bar, _)| (dash, bar)),
            Self::Code62 => flanges(self, |(dash, _, bar)| (dash, bar)),
            _ => Vec::new(),
        }
    }

    /// What an end of this style is at a dash.
    pub fn size(self, dash: Dash) -> Option<EndSize> {
        self.sizes().into_iter().find(|size| size.dash() == Some(dash))
    }

    /// What an end of this style is for a tube of so many millimetres.
    pub fn tube_size(self, millimetres: u8) -> Option<EndSize> {
        self.sizes().into_iter().find(|size| size.nominal == Nominal::Tube(millimetres))
    }
}

const fn bare(style: Style, nominal: Nominal, thread: Option<&'static str>) -> EndSize {
    EndSize { style, nominal, thread, outside_hundredths: None, tenths_per_inch: None, bar: None }
}

fn of_dash(style: Style, dash: u16, thread: Option<&'static str>) -> Option<EndSize> {
    Some(bare(style, Nominal::Dash(Dash::new(dash)?), thread))
}

fn threads(style: Style, table: Threads) -> Vec<EndSize> {
    table.iter().filter_map(|(dash, thread)| of_dash(style, *dash, Some(thread))).collect()
}

fn pipe_threads(style: Style, table: PipeThreads) -> Vec<EndSize> {
    let size = |&(dash, thread, outside, per_inch)| {
        let measured = of_dash(style, dash, Some(thread))?;
        Some(EndSize { outside_hundredths: Some(outside), tenths_per_inch: Some(per_inch), ..measured })
    };
    table.iter().filter_map(size).collect()
}

fn cones(style: Style, table: Cones) -> Vec<EndSize> {
    let size = |&(tube, thread, bar)| EndSize { bar, ..bare(style, Nominal::Tube(tube), Some(thread)) };
    table.iter().map(size).collect()
}

fn flanges(style: Style, rating: impl Fn((u16, u16, u16)) -> (u16, u16)) -> Vec<EndSize> {
    let size = |&row| {
        let (dash, bar) = rating(row);
        Some(EndSize { bar: Some(bar), ..of_dash(style, dash, None)? })
    };
    FLANGES.iter().filter_map(size).collect()
}
