use std::str::FromStr;

use base::{Angle, Decimal, Length, LinearDensity, Measure, Pressure, Quantity, Unit};
use serde_json::{Map, Value as Json, json};

use super::Problem;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// A length: mm unless said.
    Length,
    /// A pressure: bar unless said.
    Pressure,
    /// An angle in degrees.
    Angle,
    /// Weight per length: kg/m unless said.
    LinearDensity,
}

impl Dimension {
    /// The symbol of the unit that a bare number is in.
    pub const fn usual_unit(self) -> &'static str {
        match self {
            Self::Length => "mm",
            Self::Pressure => "bar",
            Self::Angle => "°",
            Self::LinearDensity => "kg/m",
        }
    }

    /// The symbols of its units.
    pub const fn units(self) -> &'static [&'static str] {
        match self {
            Self::Length => &["mm", "cm", "m", "in", "ft"],
            Self::Pressure => &["bar", "MPa", "kPa", "psi"],
            Self::Angle => &["°"],
            Self::LinearDensity => &["kg/m", "g/m", "lb/ft"],
        }
    }

    /// The unit's own spelling, whatever the case it was written in.
    fn unit(self, symbol: &str) -> Option<&'static str> {
        let symbol = match symbol.trim() {
            "\"" | "inch" | "inches" => "in",
            "'" | "feet" | "foot" => "ft",
            "deg" | "degrees" => "°",
            other => other,
        };
        self.units().iter().copied().find(|unit| unit.eq_ignore_ascii_case(symbol))
    }

    /// The canonical count of a value: nanometres, millipascal, millidegrees,
    /// micrograms per metre. `None` beyond 64 bits.
    fn canonical(self, value: Decimal, unit: &str) -> Option<i64> {
        fn count<M: Measure>(value: Decimal, unit: &str) -> Option<i64> {
            Some(Quantity::<M>::new(value, M::Unit::parse(unit)?)?.measure().canonical())
        }
        match self {
            Self::Length => count::<Length>(value, unit),
            Self::Pressure => count::<Pressure>(value, unit),
            Self::Angle => count::<Angle>(value, unit),
            Self::LinearDensity => count::<LinearDensity>(value, unit),
        }
    }
}

/// A measured value as it was entered: never negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The number.
    pub value: Decimal,
    /// The unit's symbol.
    pub unit: &'static str,
    /// The canonical count, which tells equal measures from others.
    pub canonical: i64,
}

impl Measured {
    /// A value in a unit; what is wrong with it otherwise.
    pub fn new(dimension: Dimension, value: Decimal, unit: &str) -> Result<Self, String> {
        let unit = dimension
            .unit(unit)
            .ok_or_else(|| format!("must be in one of {}", dimension.units().join(", ")))?;
        if value.is_sign_negative() && !value.is_zero() {
            return Err("must not be negative".into());
        }
        let canonical = dimension.canonical(value, unit).ok_or("is too large")?;
        Ok(Self { value: value.normalize(), unit, canonical })
    }

    /// Reads `350 bar`, `1/2 in`, `12.5`; a bare number is in `usual`.
    pub fn parse(dimension: Dimension, text: &str, usual: &str) -> Result<Self, String> {
        let text = text.trim();
        let end = text.rfind(|c: char| c.is_ascii_digit() || c == '.').map_or(0, |last| last + 1);
        let (number, unit) = text.split_at(end);
        let unit = if unit.trim().is_empty() { usual } else { unit };
        let value = number_of(number).ok_or_else(|| {
            format!("must be a number with a unit, as in \"12.5 {}\"", dimension.usual_unit())
        })?;
        Self::new(dimension, value, unit)
    }

    pub(super) fn read(dimension: Dimension, json: &Json) -> Result<Self, Problem> {
        let Json::Object(fields) = json else { return Self::read_bare(dimension, json) };
        let value = fields.get("value").filter(|value| !value.is_null());
        let value = value.ok_or_else(|| Problem::here("is required").within("value"))?;
        let unit = match fields.get("unit") {
            None | Some(Json::Null) => dimension.usual_unit(),
            Some(Json::String(unit)) => unit,
            Some(_) => return Err(Problem::here("must be a text").within("unit")),
        };
        let value = decimal(value).map_err(|problem| problem.within("value"))?;
        Self::new(dimension, value, unit).map_err(Problem::here)
    }

    fn read_bare(dimension: Dimension, json: &Json) -> Result<Self, Problem> {
        match json {
            Json::String(text) => Self::parse(dimension, text, dimension.usual_unit()).map_err(Problem::here),
            Json::Number(_) => {
                Self::new(dimension, decimal(json)?, dimension.usual_unit()).map_err(Problem::here)
            }
            _ => Err(Problem::here("must be an object with value and unit")),
        }
    }

    pub(super) fn to_json(&self) -> Json {
        json!({ "value": number(self.value), "unit": self.unit })
    }

    pub(super) fn to_text(&self) -> String {
        format!("{} {}", self.value, self.unit)
    }
}

/// A measured value with what it may be off by, in the same unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toleranced {
    /// The value.
    pub measured: Measured,
    /// How far it may be off either way; where the two differ, the larger.
    pub tolerance: Option<Decimal>,
    /// How much more it may be.
    pub plus: Option<Decimal>,
    /// How much less it may be.
    pub minus: Option<Decimal>,
}

impl Toleranced {
    pub(super) fn read(dimension: Dimension, json: &Json) -> Result<Self, Problem> {
        if let Json::String(text) = json {
            return Self::parse(dimension, text, dimension.usual_unit()).map_err(Problem::here);
        }
        let measured = Measured::read(dimension, json)?;
        let off = |name: &str| match json.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => {
                let value = decimal(value).map_err(|problem| problem.within(name))?;
                let off = deviation(dimension, value, measured.unit);
                off.map(Some).map_err(|wrong| Problem::here(wrong).within(name))
            }
        };
        Ok(Self {
            tolerance: off("tolerance")?,
            plus: off("tolerancePlus")?,
            minus: off("toleranceMinus")?,
            measured,
        })
    }

    /// Reads `31.62 mm`, `31.62 ±0.15 mm` and `31.62 +0.2 -0.1 mm`.
    pub fn parse(dimension: Dimension, text: &str, usual: &str) -> Result<Self, String> {
        let text = text.trim();
        let end = text.rfind(|c: char| c.is_ascii_digit() || c == '.').map_or(0, |last| last + 1);
        let (numbers, unit) = text.split_at(end);
        let unit = if unit.trim().is_empty() { usual } else { unit };
        let mut marked = numbers.replace("+/-", "±").replace('\u{2212}', "-");
        for mark in ['±', '+', '-'] {
            marked = marked.replace(&format!("{mark} "), &mark.to_string());
        }
        let mut words = marked.split(|c: char| c.is_whitespace() || c == '/').filter(|word| !word.is_empty());
        let first = words.next().unwrap_or_default();
        let (first, glued) = match first.char_indices().skip(1).find(|(_, c)| "±+-".contains(*c)) {
            Some((at, _)) => first.split_at(at),
            None => (first, ""),
        };
        let value = number_of(first).ok_or("must be a number with a unit, as in \"31.62 ±0.15 mm\"")?;
        let mut made = Self {
            measured: Measured::new(dimension, value, unit)?,
            tolerance: None,
            plus: None,
            minus: None,
        };
        for word in std::iter::once(glued).filter(|word| !word.is_empty()).chain(words) {
            let (slot, off) = match (word.strip_prefix('±'), word.strip_prefix('+'), word.strip_prefix('-'))
            {
                (Some(off), _, _) => (&mut made.tolerance, off),
                (_, Some(off), _) => (&mut made.plus, off),
                (_, _, Some(off)) => (&mut made.minus, off),
                _ => return Err("must have its tolerance as ±0.15 or as +0.2 -0.1".into()),
            };
            let off = number_of(off).ok_or("must have its tolerance as ±0.15 or as +0.2 -0.1")?;
            *slot = Some(deviation(dimension, off, made.measured.unit)?);
        }
        Ok(made)
    }

    pub(super) fn to_json(&self) -> Json {
        let mut object = Map::new();
        object.insert("value".into(), number(self.measured.value));
        object.insert("unit".into(), self.measured.unit.into());
        for (name, off) in
            [("tolerance", self.tolerance), ("tolerancePlus", self.plus), ("toleranceMinus", self.minus)]
        {
            if let Some(off) = off {
                object.insert(name.into(), number(off));
            }
        }
        Json::Object(object)
    }

    pub(super) fn to_text(&self) -> String {
        let off = |sign: &str, off: Option<Decimal>| off.map_or(String::new(), |off| format!(" {sign}{off}"));
        format!(
            "{}{}{}{} {}",
            self.measured.value,
            off("±", self.tolerance),
            off("+", self.plus),
            off("-", self.minus),
            self.measured.unit
        )
    }
}

/// How far a value may be off, without a sign.
fn deviation(dimension: Dimension, off: Decimal, unit: &str) -> Result<Decimal, &'static str> {
    let off = off.abs().normalize();
    dimension.canonical(off, unit).map(|_| off).ok_or("is too large")
}

/// Between which temperatures a medium may be conveyed, in °C.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemperatureRange {
    /// The medium, such as `mineral oil`.
    pub medium: String,
    /// The lowest temperature, in °C.
    pub min: Decimal,
    /// The highest temperature, in °C.
    pub max: Decimal,
}

impl TemperatureRange {
    fn new(medium: &str, min: Decimal, max: Decimal) -> Result<Self, String> {
        let medium = base::Line::<100>::new(medium).map_err(|wrong| format!("has a medium that {wrong}"))?;
        let is_sane = |t: Decimal| t >= Decimal::from(-273) && t <= Decimal::from(2000);
        if !is_sane(min) || !is_sane(max) || min > max {
            return Err("must go from a lower to a higher temperature, within -273 and 2000 °C".into());
        }
        Ok(Self { medium: medium.as_str().to_owned(), min: min.normalize(), max: max.normalize() })
    }

    pub(super) fn read(json: &Json) -> Result<Self, Problem> {
        if let Json::String(text) = json {
            return Self::parse(text).map_err(Problem::here);
        }
        let Json::Object(fields) = json else {
            return Err(Problem::here("must be an object with medium, min and max"));
        };
        let end = |name: &str| {
            let value = fields.get(name).ok_or_else(|| Problem::here("is required"));
            value.and_then(decimal).map_err(|problem| problem.within(name))
        };
        match fields.get("unit") {
            None | Some(Json::Null) => {}
            Some(Json::String(unit)) if ["c", "°c"].contains(&unit.trim().to_lowercase().as_str()) => {}
            Some(_) => return Err(Problem::here("must be °C").within("unit")),
        }
        let medium = fields.get("medium").and_then(Json::as_str).unwrap_or_default();
        Self::new(medium, end("min")?, end("max")?).map_err(Problem::here)
    }

    /// Reads `mineral oil -40..100 °C`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        const WRONG: &str = "must be a medium and its temperatures, as in \"mineral oil -40..100 °C\"";
        let bare = text.trim().trim_end_matches(['C', 'c', '°', ' ']);
        let (from, to) = bare.rsplit_once("..").ok_or(WRONG)?;
        let (medium, from) = from.rsplit_once(' ').ok_or(WRONG)?;
        Self::new(medium, number_of(from).ok_or(WRONG)?, number_of(to).ok_or(WRONG)?)
    }

    pub(super) fn to_json(&self) -> Json {
        json!({ "medium": self.medium, "min": number(self.min), "max": number(self.max), "unit": "°C" })
    }

    pub(super) fn to_text(&self) -> String {
        format!("{} {}..{} °C", self.medium, self.min, self.max)
    }
}

/// A decimal as the JSON number with exactly its digits.
pub(super) fn number(value: Decimal) -> Json {
    serde_json::Number::from_str(&value.to_string()).map_or(Json::Null, Json::Number)
}

/// A JSON number, also in quotes, as a decimal; never through a float.
pub(super) fn decimal(json: &Json) -> Result<Decimal, Problem> {
    let number = match json {
        Json::Number(number) => number_of(&number.to_string()),
        Json::String(text) => number_of(text),
        _ => None,
    };
    number.ok_or_else(|| Problem::here("must be a number of at most 28 digits"))
}

/// A decimal, a fraction (`1/2`) or a whole with one (`1-1/4`, `1 1/4`), with
/// `.` or `,` before the decimals.
pub(super) fn number_of(text: &str) -> Option<Decimal> {
    let text = text.trim().replace('\u{2212}', "-").replace(',', ".");
    if let Some((over, under)) = text.split_once('/') {
        let (whole, over) = over.trim().rsplit_once([' ', '-']).unwrap_or(("0", over));
        let whole = if whole.is_empty() { "0" } else { whole };
        let part = over.trim().parse::<u16>().ok()?;
        let under = under.trim().parse::<u16>().ok().filter(|under| *under > 0)?;
        let fraction = Decimal::from(part).checked_div(Decimal::from(under))?;
        return Decimal::from(whole.trim().parse::<u16>().ok()?).checked_add(fraction);
    }
    Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
}
