//! CSV in.

use std::io::{BufRead, BufReader, Read};
use std::str;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::strings::is_too_long;
use super::{Cell, Row};
use crate::{Place, Refusal, limits, neutral};

/// How much of a file is looked at to find out what separates its fields.
const SAMPLE: usize = 1 << 16;

/// Reads records as they are asked for.
pub struct CsvRows<'a> {
    reader: Reader<Gate<'a>>,
    sheet: String,
    record: ByteRecord,
    /// The number of the row that was read last.
    row: u32,
    /// The ends of lines inside of fields so far.
    inner: u64,
    over: bool,
}

impl<'a> CsvRows<'a> {
    pub fn new(source: Box<dyn Read + Send + 'a>, sheet: String) -> Result<Self, Refusal> {
        let mut source = BufReader::with_capacity(SAMPLE, source);
        let start = source.fill_buf()?;
        let mark = if start.starts_with("\u{FEFF}".as_bytes()) { 3 } else { 0 };
        if start.contains(&0) {
            return Err(Refusal::NotAWorkbook);
        }
        let separator = separator(&start[mark..]);
        source.consume(mark);
        let gate = Gate { inner: source, left: limits::RECORD_BYTES, passed: 0, last: Vec::new() };
        let reader =
            ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(gate);
        Ok(Self { reader, sheet, record: ByteRecord::new(), row: 0, inner: 0, over: false })
    }

    pub fn next(&mut self) -> Option<Result<Row, Refusal>> {
        while !self.over {
            let row = self.row();
            self.over = !matches!(row, Ok(Some(_)));
            match row.transpose()? {
                Ok(row) if row.cells.is_empty() => {}
                other => return Some(other),
            }
        }
        None
    }

    /// The next record; none at the end.
    fn row(&mut self) -> Result<Option<Row>, Refusal> {
        self.reader.get_mut().left = limits::RECORD_BYTES;
        let read = self.reader.read_byte_record(&mut self.record).map_err(|error| self.refused(error))?;
        if !read {
            return Ok(None);
        }
        self.row = self.number();
        let mut cells = Vec::new();
        for (field, column) in self.record.iter().zip(1_u32..) {
            let Ok(text) = str::from_utf8(field) else {
                return Err(Refusal::NotUtf8(self.sheet.clone(), self.row));
            };
            if let Some(text) = self.checked(neutral::plain(text), column)? {
                cells.push(text);
            }
        }
        Ok(Some(Row { number: self.row, cells }))
    }

    fn checked(&self, text: &str, column: u32) -> Result<Option<Cell>, Refusal> {
        if text.is_empty() {
            return Ok(None);
        }
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        let place = || Place { sheet: self.sheet.clone(), row: self.row, column };
        if self.row > limits::ROWS {
            return Err(Refusal::TooManyRows(place()));
        }
        if column > limits::COLUMNS {
            return Err(Refusal::TooManyColumns(place()));
        }
        if text.contains('\0') {
            return Err(Refusal::NotAWorkbook);
        }
        if is_too_long(text) {
            return Err(Refusal::TextTooLong(place()));
        }
        Ok(Some(Cell { column, text: Ok(text.to_owned()) }))
    }

    /// The number of the row that was read, as a spreadsheet program counts it: the reader skips lines that are empty,
    /// and a record is one row though its fields be of several lines.
    fn number(&mut self) -> u32 {
        self.inner += self.record.as_slice().split(|byte| *byte == b'\n').count() as u64 - 1;
        let position = self.reader.position();
        let ends = position.line().saturating_sub(1).saturating_sub(self.inner);
        // The reader stops after \n, but before that of \r\n.
        let has_passed_its_end = self.reader.get_ref().byte_before(position.byte()) == Some(b'\n');
        let number = ends + u64::from(!has_passed_its_end);
        u32::try_from(number).unwrap_or(u32::MAX).max(self.row.saturating_add(1))
    }

    fn refused(&self, error: csv::Error) -> Refusal {
        match error.into_kind() {
            csv::ErrorKind::Io(io) => match Refusal::from(io) {
                Refusal::RecordTooLong(..) => Refusal::RecordTooLong(self.sheet.clone(), self.row + 1),
                other => other,
            },
            other => Refusal::Io(format!("{other:?}")),
        }
    }
}

/// The separator that is most frequent in the first line that is not empty; a comma if there is none.
fn separator(start: &[u8]) -> u8 {
    let candidates = [b',', b';', b'\t'];
    let mut counts = [0; 3];
    let mut quoted = false;
    for &byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted && counts != [0; 3] => break,
            byte if !quoted => {
                if let Some(n) = candidates.iter().position(|candidate| *candidate == byte) {
                    counts[n] += 1;
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    candidates
        .into_iter()
        .zip(counts)
        .find(|(_, count)| *count == most)
        .map_or(b',', |(separator, _)| separator)
}

/// Lets through no more than `left` bytes, which is set anew for each record.
struct Gate<'a> {
    inner: BufReader<Box<dyn Read + Send + 'a>>,
    left: usize,
    /// How many bytes went through, and the last of them.
    passed: u64,
    last: Vec<u8>,
}

impl Gate<'_> {
    /// The byte before this place of the file, as long as it is among those that went through last.
    fn byte_before(&self, place: u64) -> Option<u8> {
        let from_the_end = usize::try_from(self.passed.checked_sub(place)? + 1).ok()?;
        self.last.get(self.last.len().checked_sub(from_the_end)?).copied()
    }
}

impl Read for Gate<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            return Err(Refusal::RecordTooLong(String::new(), 0).into());
        }
        let most = buffer.len().min(self.left);
        let count = self.inner.read(&mut buffer[..most])?;
        self.left -= count;
        if count > 0 {
            self.passed += count as u64;
            self.last.clear();
            self.last.extend_from_slice(&buffer[..count]);
        }
        Ok(count)
    }
}
