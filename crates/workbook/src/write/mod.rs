//! Sheets of rows out, as a workbook or as CSV with the same cells.

mod csv;
mod excel;

use std::fs::File;
use std::io::{Seek as _, SeekFrom};

use base::{Decimal, Error, Result};

use crate::{Place, limits};

/// The form of what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An Excel workbook.
    Excel,
    /// CSV after RFC 4180 in UTF-8: the one sheet, or a zip of one file for each of several sheets.
    Csv {
        /// Begin with a byte order mark, by which Excel knows UTF-8.
        mark: bool,
    },
}

/// A sheet to write.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// At most 31 characters, none of `[]:*?/\`.
    pub name: String,
    /// From the left.
    pub columns: Vec<Column>,
}

/// A column of a sheet to write.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// What stands in the first row.
    pub header: String,
    /// What stands in the second row, such as `required; text`; a sheet whose columns have none has no such row.
    pub hint: String,
    /// The values that a cell is picked from; empty if any will do.
    pub choices: Vec<String>,
}

/// What stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Blank,
    /// Text, which stays text whatever it looks like; empty text is nothing.
    Text(&'a str),
    /// A number. Written without trailing zeros, and as text if it has more than the 15 digits that Excel keeps.
    Number(Decimal),
    /// `TRUE` or `FALSE`.
    Flag(bool),
}

/// Writes sheets of rows into a temporary file.
pub struct Writer {
    form: Form,
    sheets: Vec<Sheet>,
    /// How many rows each sheet has, as far as they were begun.
    rows: Vec<u32>,
}

enum Form {
    Excel(Box<excel::Excel>),
    Csv(csv::Csv),
}

/// What a [`Writer`] has written.
pub struct Finished {
    /// At its beginning. It has no name any more, and is gone when this is dropped.
    pub file: File,
    /// Its length in bytes.
    pub bytes: u64,
    /// Such as `text/csv; charset=utf-8`.
    pub content_type: &'static str,
    /// How a file of this kind is called, without a dot.
    pub extension: &'static str,
}

impl Writer {
    /// Of these sheets, at least one. Their headers are written even if no row follows.
    pub fn new(format: Format, sheets: Vec<Sheet>) -> Result<Self> {
        let form = match format {
            Format::Excel => Form::Excel(Box::new(excel::Excel::new())),
            Format::Csv { mark } => Form::Csv(csv::Csv::new(mark, sheets.len() > 1)?),
        };
        Ok(Self { form, sheets, rows: Vec::new() })
    }

    /// Writes the next row of a sheet, named by its place in what [`new`](Self::new) was given.
    /// Sheets are written one after the other: a row of an earlier one than the last is our own fault.
    pub fn row(&mut self, sheet: usize, cells: &[Value<'_>]) -> Result<()> {
        self.begin(sheet)?;
        if sheet + 1 != self.rows.len() {
            return Err(Error::internal("write a workbook", "a row of an earlier sheet"));
        }
        self.put(sheet, cells)
    }

    /// The rest of the headers, and the file.
    pub fn finish(mut self) -> Result<Finished> {
        self.begin(self.sheets.len().saturating_sub(1))?;
        let (mut file, content_type, extension) = match self.form {
            Form::Excel(excel) => excel.finish()?,
            Form::Csv(csv) => csv.finish()?,
        };
        let bytes = file.seek(SeekFrom::End(0)).map_err(failed)?;
        file.rewind().map_err(failed)?;
        Ok(Finished { file, bytes, content_type, extension })
    }

    /// The headers of all sheets up to this one.
    fn begin(&mut self, sheet: usize) -> Result<()> {
        while self.rows.len() <= sheet {
            let next = self.rows.len();
            let Some(begun) = self.sheets.get(next) else {
                return Err(Error::internal("write a workbook", format!("there is no sheet {sheet}")));
            };
            match &mut self.form {
                Form::Excel(excel) => excel.sheet(begun)?,
                Form::Csv(csv) => csv.sheet(begun)?,
            }
            let columns = &begun.columns;
            let headers: Vec<String> = columns.iter().map(|column| column.header.clone()).collect();
            let hints: Vec<String> = columns.iter().map(|column| column.hint.clone()).collect();
            self.rows.push(0);
            self.put(next, &texts(&headers))?;
            if hints.iter().any(|hint| !hint.is_empty()) {
                self.put(next, &texts(&hints))?;
            }
        }
        Ok(())
    }

    fn put(&mut self, sheet: usize, cells: &[Value<'_>]) -> Result<()> {
        let name = &self.sheets[sheet].name;
        let row = self.rows[sheet];
        if row >= limits::ROWS {
            let limit = limits::ROWS;
            return Err(Error::Unprocessable(format!(
                "The sheet {name:?} would have more than {limit} rows."
            )));
        }
        for (cell, column) in cells.iter().zip(1..) {
            if let Value::Text(text) = cell
                && let Some(wrong) = unwritable(text)
            {
                let place = Place { sheet: name.clone(), row: row + 1, column };
                return Err(Error::Unprocessable(format!("The text of {place} {wrong}.")));
            }
        }
        match &mut self.form {
            Form::Excel(excel) => excel.row(row, cells)?,
            Form::Csv(csv) => csv.row(cells)?,
        }
        self.rows[sheet] += 1;
        Ok(())
    }
}

/// Why no cell can hold this text.
fn unwritable(text: &str) -> Option<String> {
    if text.encode_utf16().count() > limits::TEXT {
        return Some(format!("is longer than {} characters", limits::TEXT));
    }
    is_ambiguous(text).then(|| "has a control character after what looks like the code of another".to_owned())
}

/// Excel writes a control character as `_x000D_`, and `_x000D_` itself with its underscore escaped in the same way.
/// Where the text ends such a code with a control character, our library takes the two for one.
fn is_ambiguous(text: &str) -> bool {
    text.match_indices("_x").any(|(at, _)| {
        let rest = &text[at + 2..];
        let is_code = rest.get(..4).is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let next = rest.chars().nth(4);
        is_code
            && next
                .is_some_and(|c| (c < ' ' && c != '\t' && c != '\n') || matches!(c, '\u{FFFE}' | '\u{FFFF}'))
    })
}

fn texts(texts: &[String]) -> Vec<Value<'_>> {
    texts.iter().map(|text| Value::Text(text)).collect()
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::internal("write a workbook", error)
}
