//! Where a cell stands.

use std::fmt;

/// A cell of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The sheet's name.
    pub sheet: String,
    /// From 1.
    pub row: u32,
    /// From 1.
    pub column: u16,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cell {}{} of sheet {:?}", letters(self.column), self.row, self.sheet)
    }
}

/// The letters of a column: 1 is `A`, 27 is `AA`.
pub fn letters(column: u16) -> String {
    let mut letters = Vec::new();
    let mut rest = u32::from(column);
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

/// Reads `AB12` into row 12 and column 28; `None` if it is no such thing, or beyond any sheet.
pub(crate) fn parse(reference: &str) -> Option<(u32, u16)> {
    let digits = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = reference.split_at(digits);
    if letters.is_empty() || letters.len() > 3 || row.len() > 7 {
        return None;
    }
    let value = |letter: u8| letter.is_ascii_uppercase().then(|| u16::from(letter - b'A') + 1);
    let column = letters.bytes().try_fold(0_u16, |sum, letter| Some(sum * 26 + value(letter)?))?;
    let row = row.parse().ok()?;
    (row > 0).then_some((row, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_read_back_from_its_letters() {
        for column in 1..=18_278 {
            assert_eq!(parse(&format!("{}7", letters(column))), Some((7, column)));
        }
        assert_eq!((letters(26), letters(27), letters(16_384)), ("Z".into(), "AA".into(), "XFD".into()));
    }

    #[test]
    fn what_names_no_cell_is_none() {
        for no_cell in ["", "A", "1", "a1", "A0", "AAAA1", "A12345678", "A-1", "A1B", "$A$1", "É1"] {
            assert_eq!(parse(no_cell), None, "{no_cell}");
        }
    }
}
