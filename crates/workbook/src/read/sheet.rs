//! The rows of a worksheet.

use quick_xml::events::{BytesStart, Event};

use super::archive::Unpacked;
use super::package::Package;
use super::strings::{Text, Wrong, is_too_long};
use super::xml::{Xml, attribute};
use super::{Cell, Fault, Row};
use crate::{Place, Refusal, limits, place};

/// Reads rows as they are asked for.
pub struct ExcelRows<'a> {
    xml: Xml<'a>,
    sheet: String,
    package: &'a Package,
    /// The row and the column where the last cell stood.
    at: (u32, u16),
    over: bool,
}

/// A cell being read.
struct Open {
    kind: String,
    style: usize,
    formula: bool,
}

/// What an event means to a sheet.
enum Step {
    Row(Option<u32>),
    RowEnd,
    Cell(Open, Option<String>),
    CellEnd,
    /// A cell with neither text nor value.
    Blank,
    Formula,
    Merged(String),
    End,
    Other,
}

impl<'a> ExcelRows<'a> {
    pub fn new(entry: Unpacked<'a>, sheet: String, package: &'a Package) -> Self {
        Self { xml: Xml::new(entry), sheet, package, at: (0, 0), over: false }
    }

    pub fn next(&mut self) -> Option<Result<Row, Refusal>> {
        if self.over {
            return None;
        }
        let row = self.row().transpose();
        self.over = !matches!(row, Some(Ok(_)));
        row
    }

    /// The next row that has a cell; none at the end of the sheet.
    fn row(&mut self) -> Result<Option<Row>, Refusal> {
        let mut cells = Vec::new();
        let mut open: Option<Open> = None;
        let mut text = Text::default();
        loop {
            let event = self.xml.next()?;
            let step = step(&event);
            if let (Some(_), Err(wrong)) = (&open, text.take(&event)) {
                return Err(match wrong {
                    Wrong::TooLong => Refusal::TextTooLong(self.place()),
                    Wrong::Entity => self.xml.wrong("it has an entity that XML does not define"),
                });
            }
            match step {
                Step::Row(number) => self.begin_row(number)?,
                Step::RowEnd if !cells.is_empty() => return Ok(Some(Row { number: self.at.0, cells })),
                Step::Cell(cell, reference) => {
                    self.begin_cell(reference.as_deref())?;
                    text.finish();
                    open = Some(cell);
                }
                Step::Formula => drop(open.as_mut().map(|open| open.formula = true)),
                Step::CellEnd => {
                    let closed = open.take().map(|open| self.value(&open, text.finish())).transpose()?;
                    if let Some(text) = closed.flatten() {
                        self.within_limits()?;
                        cells.push(Cell { column: self.at.1, text });
                    }
                }
                Step::Merged(range) => return Err(Refusal::Merged { sheet: self.sheet.clone(), range }),
                Step::End => return Ok(None),
                Step::Blank => self.begin_cell(None)?,
                Step::RowEnd | Step::Other => {}
            }
        }
    }

    fn begin_row(&mut self, number: Option<u32>) -> Result<(), Refusal> {
        let number = number.unwrap_or(self.at.0.saturating_add(1));
        if number <= self.at.0 {
            return Err(self.xml.wrong(format!("row {number} comes after row {}", self.at.0)));
        }
        self.at = (number, 0);
        Ok(())
    }

    fn begin_cell(&mut self, reference: Option<&str>) -> Result<(), Refusal> {
        let (row, column) = match reference {
            None => (self.at.0, self.at.1.saturating_add(1)),
            Some(text) => {
                place::parse(text).ok_or_else(|| self.xml.wrong(format!("{text:?} names no cell")))?
            }
        };
        if row != self.at.0 || column <= self.at.1 {
            let last = self.place();
            return Err(self.xml.wrong(format!("{reference:?} comes after {last}")));
        }
        self.at.1 = column;
        Ok(())
    }

    /// The value of the cell that ends here; none if it is blank.
    fn value(&self, open: &Open, text: String) -> Result<Option<Result<String, Fault>>, Refusal> {
        if open.formula {
            return Ok(Some(Err(Fault::Formula)));
        }
        let text = match open.kind.as_str() {
            "s" if !text.is_empty() => {
                let shared = text.trim().parse().ok().and_then(|number| self.package.strings.get(number));
                shared.ok_or_else(|| self.xml.wrong(format!("there is no shared text {text:?}")))?.to_owned()
            }
            "e" => return Ok(Some(Err(Fault::Error(text)))),
            "d" if !text.is_empty() => return Ok(Some(Err(Fault::Date))),
            "b" => match text.trim() {
                "1" | "true" => "TRUE".to_owned(),
                "0" | "false" => "FALSE".to_owned(),
                "" => text,
                _ => return Err(self.xml.wrong(format!("{text:?} is neither true nor false"))),
            },
            "" | "n" if !text.is_empty() => {
                if self.package.styles.is_date(open.style) {
                    return Ok(Some(Err(Fault::Date)));
                }
                number(&text).ok_or_else(|| self.xml.wrong(format!("{text:?} is no number")))?
            }
            _ => text,
        };
        if is_too_long(&text) {
            return Err(Refusal::TextTooLong(self.place()));
        }
        Ok((!text.is_empty()).then_some(Ok(text)))
    }

    /// A cell that is only formatted may stand anywhere; one with a value may not.
    fn within_limits(&self) -> Result<(), Refusal> {
        if self.at.0 > limits::ROWS {
            return Err(Refusal::TooManyRows(self.place()));
        }
        if self.at.1 > limits::COLUMNS {
            return Err(Refusal::TooManyColumns(self.place()));
        }
        Ok(())
    }

    fn place(&self) -> Place {
        Place { sheet: self.sheet.clone(), row: self.at.0, column: self.at.1 }
    }
}

fn step(event: &Event<'_>) -> Step {
    match event {
        Event::Start(element) => match element.local_name().into_inner() {
            "row" => Step::Row(attribute(element, "r").and_then(|number| number.parse().ok())),
            "c" => {
                let reference = attribute(element, "r").map(std::borrow::Cow::into_owned);
                Step::Cell(Open::of(element), reference)
            }
            "f" => Step::Formula,
            "mergeCell" => merged(element),
            _ => Step::Other,
        },
        Event::Empty(element) => match element.local_name().into_inner() {
            // `<row r="7"/>` has no cell, but counts.
            "row" => Step::Row(attribute(element, "r").and_then(|number| number.parse().ok())),
            "c" if attribute(element, "r").is_none() => Step::Blank,
            "f" => Step::Formula,
            "mergeCell" => merged(element),
            _ => Step::Other,
        },
        Event::End(element) => match element.local_name().into_inner() {
            "row" => Step::RowEnd,
            "c" => Step::CellEnd,
            _ => Step::Other,
        },
        Event::Eof => Step::End,
        _ => Step::Other,
    }
}

fn merged(element: &BytesStart<'_>) -> Step {
    Step::Merged(attribute(element, "ref").unwrap_or_default().chars().take(32).collect())
}

impl Open {
    fn of(element: &BytesStart<'_>) -> Self {
        Self {
            kind: attribute(element, "t").unwrap_or_default().into_owned(),
            style: attribute(element, "s").and_then(|style| style.parse().ok()).unwrap_or(0),
            formula: false,
        }
    }
}

/// A number as Excel shows it: with 15 digits, the ones that a float keeps, in plain notation.
fn number(text: &str) -> Option<String> {
    let float: f64 = text.trim().parse().ok().filter(|float: &f64| float.is_finite())?;
    let scientific = format!("{float:.14e}");
    let (mantissa, exponent) = scientific.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let before = exponent + 1;
    let count = i32::try_from(digits.len()).ok()?;
    let plain = if before <= 0 {
        format!("0.{}{digits}", zeros(-before))
    } else if count <= before {
        format!("{digits}{}", zeros(before - count))
    } else {
        let (whole, fraction) = digits.split_at(usize::try_from(before).ok()?);
        format!("{whole}.{fraction}")
    };
    Some(format!("{sign}{plain}"))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_number_has_the_digits_that_excel_shows() {
        let plain = [
            ("350", "350"),
            ("-0.5", "-0.5"),
            ("0.30000000000000004", "0.3"),
            ("1.5E-3", "0.0015"),
            ("1E+20", "100000000000000000000"),
            ("123456789012345", "123456789012345"),
            ("-0", "0"),
            ("19.05", "19.05"),
        ];
        for (text, expected) in plain {
            assert_eq!(number(text).as_deref(), Some(expected), "{text}");
        }
        for nothing in ["", "NaN", "inf", "1e999", "12a"] {
            assert_eq!(number(nothing), None, "{nothing}");
        }
    }
}
