//! The first row of a sheet says what its columns hold.

use std::collections::BTreeMap;

use crate::{Cell, Place, Refusal, Row};

/// What each column of a sheet holds.
#[derive(Debug, Clone)]
pub struct Header {
    sheet: String,
    names: BTreeMap<u16, String>,
}

impl Header {
    /// Reads the header of `sheet` from its first row.
    ///
    /// Two headers that differ only by case or spaces are the same, and refused. A header that is no
    /// text (a formula) leaves its column without one.
    pub fn read(sheet: &str, row: &Row) -> Result<Self, Refusal> {
        let mut names = BTreeMap::<u16, String>::new();
        let mut seen = BTreeMap::<String, u16>::new();
        for cell in &row.cells {
            let Ok(text) = &cell.text else { continue };
            let folded = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            if folded.is_empty() {
                continue;
            }
            if let Some(&first) = seen.get(&folded) {
                let place = Place { sheet: sheet.to_owned(), row: row.number, column: cell.column };
                return Err(Refusal::SameHeader { header: text.clone(), first, place });
            }
            seen.insert(folded, cell.column);
            names.insert(cell.column, text.trim().to_owned());
        }
        Ok(Self { sheet: sheet.to_owned(), names })
    }

    /// Each column that has a header, from the left, and its header without the spaces around it.
    pub fn columns(&self) -> impl Iterator<Item = (u16, &str)> {
        self.names.iter().map(|(column, name)| (*column, name.as_str()))
    }

    /// The header above a cell; a value without one is refused.
    pub fn over(&self, row: &Row, cell: &Cell) -> Result<&str, Refusal> {
        self.names.get(&cell.column).map(String::as_str).ok_or_else(|| {
            Refusal::NoHeader(Place { sheet: self.sheet.clone(), row: row.number, column: cell.column })
        })
    }
}

/// Whether a row is the hint row that [`Writer`](crate::Writer) puts under a header: each of its cells begins with
/// `required` or `optional`.
pub fn is_hint(row: &Row) -> bool {
    let hints = |cell: &Cell| {
        cell.text.as_ref().is_ok_and(|text| text.starts_with("required") || text.starts_with("optional"))
    };
    !row.cells.is_empty() && row.cells.iter().all(hints)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(texts: &[&str]) -> Row {
        let cells = texts.iter().zip(1..).filter(|(text, _)| !text.is_empty());
        Row {
            number: 1,
            cells: cells.map(|(text, column)| Cell { column, text: Ok((*text).to_owned()) }).collect(),
        }
    }

    #[test]
    fn a_header_may_leave_columns_out_but_no_value_may_stand_there() {
        let header = Header::read("hose", &row(&["partNumber", "", " brand "])).unwrap();
        assert_eq!(header.columns().collect::<Vec<_>>(), [(1, "partNumber"), (3, "brand")]);
        let data = row(&["1", "2", "3"]);
        assert_eq!(header.over(&data, &data.cells[2]), Ok("brand"));
        let refusal = header.over(&data, &data.cells[1]).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "has a value in cell B1 of sheet \"hose\", whose column has no header"
        );
    }

    #[test]
    fn a_header_stands_once() {
        let refusal = Header::read("hose", &row(&["Part number", "brand", "part  Number"])).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "has the header \"part  Number\" twice, in column A and in cell C1 of sheet \"hose\""
        );
    }

    #[test]
    fn a_row_of_hints_is_known_by_its_words() {
        assert!(is_hint(&row(&["required; text", "", "optional; one of a, b"])));
        assert!(!is_hint(&row(&["required; text", "4SH-16"])));
        assert!(!is_hint(&row(&[])));
    }
}
