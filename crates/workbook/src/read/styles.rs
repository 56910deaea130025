//! Which styles of cells show a number as a date.

use std::collections::HashSet;

use quick_xml::events::Event;

use super::xml::{Xml, attribute};
use crate::{Refusal, limits};

/// For each style of a cell, whether it shows a date or a time.
#[derive(Default)]
pub struct Styles(Vec<bool>);

impl Styles {
    pub fn read(mut xml: Xml<'_>) -> Result<Self, Refusal> {
        let mut own = HashSet::new();
        let mut styles = Vec::new();
        let mut inside = false;
        loop {
            match xml.next()? {
                Event::Start(element) | Event::Empty(element) => match element.local_name().into_inner() {
                    "cellXfs" => inside = true,
                    "numFmt" => {
                        let code = attribute(&element, "formatCode").unwrap_or_default();
                        let id = attribute(&element, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                        if let Some(id) = id.filter(|_| is_date(&code)) {
                            own.insert(id);
                        }
                    }
                    "xf" if inside => {
                        let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                        styles.push(is_known_date(id) || own.contains(&id));
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().into_inner() == "cellXfs" => inside = false,
                Event::Eof => return Ok(Self(styles)),
                _ => {}
            }
            if styles.len() > limits::STYLES || own.len() > limits::STYLES {
                return Err(Refusal::TooManyStyles);
            }
        }
    }

    pub fn is_date(&self, style: usize) -> bool {
        self.0.get(style).copied().unwrap_or(false)
    }
}

/// The formats that every workbook has, ECMA-376 part 1, 18.8.30.
fn is_known_date(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Whether a format shows days or hours: it has one of their letters outside quotation marks, escapes and brackets.
fn is_date(code: &str) -> bool {
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => drop(chars.find(|c| *c == '"')),
            '\\' | '_' | '*' => drop(chars.next()),
            '[' => {
                let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                // `[h]` counts hours beyond a day; `[Red]` is a colour.
                if matches!(inside.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss") {
                    return true;
                }
            }
            'y' | 'Y' | 'd' | 'D' | 'h' | 'H' | 'm' | 'M' | 's' | 'S' => return true,
            // `General` has no such letter.
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_told_from_numbers() {
        for date in ["yyyy-mm-dd", "[h]:mm", "d. MMMM", "[$-409]h:mm AM/PM", "\"Week\" d"] {
            assert!(is_date(date), "{date}");
        }
        for number in
            ["0.00", "#,##0 \"psi\"", "[Red]0", "0\\ \\d", "General", "0.00E+00", "_-* #,##0_-", "@"]
        {
            assert!(!is_date(number), "{number}");
        }
    }
}
