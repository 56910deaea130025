//! CSV, and a zip of it.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Write};

use base::Result;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{Sheet, Value, failed};
use crate::neutral;

/// Writes CSV.
pub struct Csv {
    out: Out,
    mark: bool,
    record: Vec<u8>,
}

enum Out {
    One(BufWriter<File>),
    Zip(Box<ZipWriter<BufWriter<File>>>),
}

impl Csv {
    pub fn new(mark: bool, several: bool) -> Result<Self> {
        let file = BufWriter::new(tempfile::tempfile().map_err(failed)?);
        let out = if several { Out::Zip(Box::new(ZipWriter::new(file))) } else { Out::One(file) };
        Ok(Self { out, mark, record: Vec::new() })
    }

    pub fn sheet(&mut self, sheet: &Sheet) -> Result<()> {
        if let Out::Zip(zip) = &mut self.out {
            let options = SimpleFileOptions::default().large_file(false);
            zip.start_file(format!("{}.csv", sheet.name), options).map_err(failed)?;
        }
        if self.mark { self.out.write_all("\u{FEFF}".as_bytes()).map_err(failed) } else { Ok(()) }
    }

    pub fn row(&mut self, cells: &[Value<'_>]) -> Result<()> {
        self.record.clear();
        for (n, cell) in cells.iter().enumerate() {
            if n > 0 {
                self.record.push(b',');
            }
            append(&mut self.record, &text(cell));
        }
        // A row without anything would read as no row.
        if self.record.is_empty() {
            self.record.extend(b"\"\"");
        }
        self.record.extend(b"\r\n");
        self.out.write_all(&self.record).map_err(failed)
    }

    pub fn finish(self) -> Result<(File, &'static str, &'static str)> {
        let (file, content_type, extension) = match self.out {
            Out::One(file) => (file, "text/csv; charset=utf-8", "csv"),
            Out::Zip(zip) => (zip.finish().map_err(failed)?, "application/zip", "zip"),
        };
        Ok((file.into_inner().map_err(failed)?, content_type, extension))
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::One(file) => file.write(bytes),
            Self::Zip(zip) => zip.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::One(file) => file.flush(),
            Self::Zip(zip) => zip.flush(),
        }
    }
}

fn text<'a>(cell: &Value<'a>) -> Cow<'a, str> {
    match cell {
        Value::Blank => Cow::Borrowed(""),
        Value::Text(text) => neutral::guarded(text),
        Value::Number(number) => Cow::Owned(number.normalize().to_string()),
        Value::Flag(true) => Cow::Borrowed("TRUE"),
        Value::Flag(false) => Cow::Borrowed("FALSE"),
    }
}

/// Puts a field into quotation marks if another reader might otherwise take it apart or trim it.
fn append(record: &mut Vec<u8>, field: &str) {
    let apart = |c: char| matches!(c, '"' | ',' | ';' | '\t' | '\r' | '\n');
    let trimmed = field.starts_with(char::is_whitespace) || field.ends_with(char::is_whitespace);
    if !trimmed && !field.contains(apart) && !field.starts_with('\u{FEFF}') {
        record.extend(field.as_bytes());
        return;
    }
    record.push(b'"');
    for byte in field.bytes() {
        if byte == b'"' {
            record.push(b'"');
        }
        record.push(byte);
    }
    record.push(b'"');
}
