//! Sheets of rows in, from a workbook or CSV, row by row.

mod archive;
mod csv;
mod package;
mod sheet;
mod strings;
mod styles;
mod xml;

use std::io::{Read, Seek, SeekFrom};

use crate::{Refusal, limits};
use archive::Archive;
use package::Package;

/// A row with at least one cell that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number in the sheet, from 1.
    pub number: u32,
    /// From the left, without the blank ones.
    pub cells: Vec<Cell>,
}

/// A cell that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its column, from 1.
    pub column: u16,
    /// Its text, never empty, or why it has none.
    pub text: Result<String, Fault>,
}

/// Why a cell has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It holds a formula.
    Formula,
    /// It holds an error such as `#N/A`.
    Error(String),
    /// It holds a date, or what Excel took for one: typing the size `3-4` makes one.
    Date,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Formula => f.write_str("holds a formula; put its value there"),
            Self::Error(error) => write!(f, "holds the error {error}"),
            Self::Date => f.write_str("holds a date; format the cell as text and write what is meant"),
        }
    }
}

/// A file whose sheets can be read.
pub struct Book<R> {
    form: Form<R>,
    sheets: Vec<String>,
}

enum Form<R> {
    Excel(Archive<R>, Package),
    Csv(R),
    /// A zip of CSV files, as several sheets are written; the entry of each.
    Zip(Archive<R>, Vec<usize>),
}

/// The rows of a sheet, from above.
pub struct Rows<'a>(Inner<'a>);

enum Inner<'a> {
    Excel(Box<sheet::ExcelRows<'a>>),
    Csv(Box<csv::CsvRows<'a>>),
}

impl<R: Read + Seek + Send> Book<R> {
    /// Opens a workbook or CSV, told apart by what is in it. `name` is the file's name,
    /// from which the one sheet of CSV has its own.
    pub fn open(mut source: R, name: &str) -> Result<Self, Refusal> {
        let bytes = source.seek(SeekFrom::End(0))?;
        if bytes > limits::FILE_BYTES {
            return Err(Refusal::FileTooLarge);
        }
        source.rewind()?;
        let mut start = Vec::new();
        source.by_ref().take(8).read_to_end(&mut start)?;
        if start == [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] {
            return Err(Refusal::OldOrEncrypted);
        }
        if !start.starts_with(b"PK") {
            return Ok(Self { sheets: vec![stem(name).to_owned()], form: Form::Csv(source) });
        }
        let mut archive = Archive::open(source)?;
        if let Some(tables) = tables(&archive) {
            let sheets = tables.iter().map(|n| stem(&archive.entries()[*n].name).to_owned()).collect();
            return Ok(Self { sheets, form: Form::Zip(archive, tables) });
        }
        let package = Package::open(&mut archive)?;
        let sheets = package.sheets.iter().map(|sheet| sheet.name.clone()).collect();
        Ok(Self { sheets, form: Form::Excel(archive, package) })
    }

    /// The names of the sheets, in their order. Hidden sheets are not among them: what nobody sees is not read.
    pub fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// The rows of a sheet, named by its place in [`sheets`](Self::sheets). They can be read again from the start.
    ///
    /// # Panics
    /// If there is no such sheet.
    pub fn rows(&mut self, sheet: usize) -> Result<Rows<'_>, Refusal> {
        let name = self.sheets[sheet].clone();
        Ok(Rows(match &mut self.form {
            Form::Excel(archive, package) => {
                let entry = package.sheets[sheet].entry;
                Inner::Excel(Box::new(sheet::ExcelRows::new(archive.read(entry)?, name, package)))
            }
            Form::Csv(source) => {
                source.rewind()?;
                Inner::Csv(Box::new(csv::CsvRows::new(Box::new(source), name)?))
            }
            Form::Zip(archive, entries) => {
                Inner::Csv(Box::new(csv::CsvRows::new(Box::new(archive.read(entries[sheet])?), name)?))
            }
        }))
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, Refusal>;

    /// After a refusal there is nothing more.
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Inner::Excel(rows) => rows.next(),
            Inner::Csv(rows) => rows.next(),
        }
    }
}

/// The entries of an archive that holds nothing but CSV files; `None` if it holds anything else.
fn tables<R>(archive: &Archive<R>) -> Option<Vec<usize>> {
    let entries = archive.entries();
    let all = entries.iter().all(|entry| entry.name.to_ascii_lowercase().ends_with(".csv"));
    (all && (1..=limits::SHEETS).contains(&entries.len())).then(|| (0..entries.len()).collect())
}

/// A file's name without folders and ending.
fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}
