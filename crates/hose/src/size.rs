use std::fmt;

use base::{Decimal, Length, LengthUnit, Quantity};

/// A nominal size in sixteenths of an inch, as the trade writes it: `-08` is
/// half an inch. Of a hose it is the bore, of a tube fitting the outside of
/// the tube; the thread that belongs to it stands in a table of the style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dash(u16);

/// A usual hose size: dash, DN texts, bore in mm. Sources spell the DN of one
/// size in two ways, which is why sizes are matched by dash alone.
struct Row(u16, &'static [u16], (i64, u32));

/// The usual DN comes first. DN: read
/// together from several makers' lists, which round differently (12 or 13, 31
/// or 32). Bore: the table of EN 853 and EN 856 sizes as Tubes International
/// prints it; another source has 15.9 for -10.
const ROWS: &[Row] = &[
    Row(3, &[5], (48, 1)),
    Row(4, &[6], (64, 1)),
    Row(5, &[8], (8, 0)),
    Row(6, &[10], (95, 1)),
    Row(8, &[12, 13], (127, 1)),
    Row(10, &[16], (16, 0)),
    Row(12, &[19], (19, 0)),
    Row(16, &[25], (254, 1)),
    Row(20, &[31, 32], (318, 1)),
    Row(24, &[38], (381, 1)),
    Row(32, &[51], (508, 1)),
];

impl Dash {
    /// The largest that is read: 16 inches.
    pub const MAX: u16 = 256;

    /// The size of so many sixteenths of an inch, 1 to [`MAX`](Self::MAX).
    pub const fn new(sixteenths: u16) -> Option<Self> {
        if sixteenths >= 1 && sixteenths <= Self::MAX { Some(Self(sixteenths)) } else { None }
    }

    /// How many sixteenths of an inch.
    pub const fn sixteenths(self) -> u16 {
        self.0
    }

    /// The hose sizes that have a row in the table, ascending.
    pub fn of_hoses() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| Self(row.0))
    }

    /// The size that a person means by `8`, `08`, `-8`, `-08`, `#8`, `1/2`,
    /// `1/2"`, `½`, `1-1/4`, `1 1/4 in`, `2"`, `0.5 in` or `DN 12`. A bare
    /// whole number is a dash; inches that are no sixteenths are no size.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        if let Some(dn) = text.strip_prefix("dn") {
            return Self::of_dn(dn.trim_start().parse().ok()?);
        }
        let inches = ["inches", "inch", "in.", "in", "\"", "″", "”", "''"];
        if let Some(number) = inches.iter().find_map(|unit| text.strip_suffix(unit)) {
            return Self::of_inches(number.trim_end());
        }
        let bare = text.strip_prefix(['-', '#', '\u{2011}', '\u{2013}', '\u{2212}']).unwrap_or(&text);
        if is_whole(bare) {
            return Self::new(bare.parse().ok()?);
        }
        if text.contains('.') { None } else { Self::of_inches(&text) }
    }

    /// The size with this DN.
    pub fn of_dn(dn: u16) -> Option<Self> {
        ROWS.iter().find(|row| row.1.contains(&dn)).map(|row| Self(row.0))
    }

    /// The usual DN, where the table has one.
    pub fn dn(self) -> Option<u16> {
        self.row().map(|row| row.1[0])
    }

    /// The usual bore of a hose of this size, where the table has one.
    pub fn bore(self) -> Option<Quantity<Length>> {
        let (digits, decimals) = self.row()?.2;
        Quantity::new(Decimal::new(digits, decimals), LengthUnit::Millimetre)
    }

    /// The nominal size in inches as a fraction: `1/2`, `1-1/4`, `2`.
    pub fn inches(self) -> String {
        let (whole, rest) = (self.0 / 16, self.0 % 16);
        let common = [8, 4, 2, 1].into_iter().find(|n| rest % n == 0).unwrap_or(1);
        match (whole, rest) {
            (whole, 0) => whole.to_string(),
            (0, rest) => format!("{}/{}", rest / common, 16 / common),
            (whole, rest) => format!("{whole}-{}/{}", rest / common, 16 / common),
        }
    }

    /// Two digits or more without the dash, as part numbers hold it: `08`.
    pub fn digits(self) -> String {
        format!("{:02}", self.0)
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.0 == self.0)
    }

    /// `1/2`, `1-1/4`, `1 1/4`, `1¼`, `2`, `0.5`.
    fn of_inches(text: &str) -> Option<Self> {
        let (whole, fraction) = split(text)?;
        let (numerator, denominator): (u32, u32) = fraction.unwrap_or((0, 1));
        let whole = whole.checked_mul(Decimal::from(16))?;
        let whole = u32::try_from(whole.normalize()).ok().filter(|n| Decimal::from(*n) == whole)?;
        let part = numerator * 16;
        if denominator == 0 || numerator >= denominator && fraction.is_some() || part % denominator != 0 {
            return None;
        }
        Self::new(u16::try_from(whole.checked_add(part / denominator)?).ok()?)
    }
}

/// The fractions that have a sign of their own.
const SIGNS: &[(char, (u32, u32))] = &[
    ('¼', (1, 4)),
    ('½', (1, 2)),
    ('¾', (3, 4)),
    ('⅛', (1, 8)),
    ('⅜', (3, 8)),
    ('⅝', (5, 8)),
    ('⅞', (7, 8)),
];

/// The whole inches and the fraction of a text.
fn split(text: &str) -> Option<(Decimal, Option<(u32, u32)>)> {
    if let Some((sign, fraction)) = SIGNS.iter().find(|(sign, _)| text.ends_with(*sign)) {
        let before = text.trim_end_matches(*sign).trim_end().trim_end_matches('-');
        let whole = if before.is_empty() { 0 } else { digits(before)? };
        return Some((whole.into(), Some(*fraction)));
    }
    let Some((before, denominator)) = text.split_once('/') else {
        return Some((decimal(text)?, None));
    };
    let (whole, numerator) = match before.rsplit_once([' ', '-']) {
        Some((whole, numerator)) => (digits(whole)?, numerator),
        None => (0, before),
    };
    Some((whole.into(), Some((digits(numerator)?, digits(denominator)?))))
}

fn decimal(text: &str) -> Option<Decimal> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.') && text.starts_with(|c: char| c != '.');
    if plain { text.parse().ok() } else { None }
}

fn digits(text: &str) -> Option<u32> {
    let text = text.trim();
    if is_whole(text) { text.parse().ok() } else { None }
}

fn is_whole(text: &str) -> bool {
    !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `-08`.
impl fmt::Display for Dash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "-{:02}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_size_is_read_as_people_write_it() {
        for text in [
            "8",
            "08",
            "-8",
            "-08",
            "#8",
            "#08",
            " 8 ",
            "1/2",
            "1/2\"",
            "1/2 in",
            "½",
            "½\"",
            "0.5 in",
            "0.5\"",
            "DN 12",
            "DN12",
            "dn13",
            "8/16",
            "1/2”",
            "\u{2212}8",
        ] {
            assert_eq!(Dash::parse(text), Dash::new(8), "{text}");
        }
        for text in ["20", "1-1/4", "1 1/4", "1-1/4\"", "1¼", "1 ¼ inch", "1.25 in", "DN 31", "DN32"] {
            assert_eq!(Dash::parse(text), Dash::new(20), "{text}");
        }
        assert_eq!(Dash::parse("2\""), Dash::new(32));
        assert_eq!(Dash::parse("2"), Dash::new(2));
    }

    #[test]
    fn what_is_no_size_is_not_guessed() {
        for text in [
            "", "-", "#", "0", "00", "--8", "8a", "1/3", "1/0", "3/2", "1/", "/2", "DN", "DN 11", "DN -6",
            "257", "99999", "0.3 in", "1.5", "-1/2", "1--1/4", "1e2 in", ".5 in", "in", "1/2/3", "+8",
        ] {
            assert_eq!(Dash::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_size_is_shown_in_its_forms() {
        let size = Dash::new(20).unwrap();
        assert_eq!(
            (size.to_string(), size.inches(), size.digits(), size.dn()),
            ("-20".to_owned(), "1-1/4".to_owned(), "20".to_owned(), Some(31))
        );
        let small = Dash::new(6).unwrap();
        assert_eq!((small.to_string(), small.inches()), ("-06".to_owned(), "3/8".to_owned()));
        assert_eq!(small.bore().unwrap().entered().to_string(), "9.5");
        assert_eq!(Dash::new(7).unwrap().dn(), None);
        assert!(Dash::new(4) < Dash::new(16));
    }

    proptest! {
        #[test]
        fn every_form_of_a_size_is_read_back(sixteenths in 1u16..=Dash::MAX) {
            let size = Dash::new(sixteenths).unwrap();
            for form in [size.to_string(), size.digits(), format!("{}\"", size.inches())] {
                prop_assert_eq!(Dash::parse(&form), Some(size));
            }
        }

        #[test]
        fn reading_never_fails_otherwise(text in "\\PC{0,12}") {
            let _ = Dash::parse(&text);
        }
    }
}
