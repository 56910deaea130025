use std::{io::Cursor, sync::Arc};

use workbook::{Book, Fault, Refusal, Row, is_hint, letters};

use super::{
    headers::{Columns, Mapping, Target},
    report::WrongReport,
};
use crate::catalogue::sheets::Kind;

/// How many rows go on together.
const TOGETHER: usize = 500;

/// A file, and how it is to be read.
pub(super) struct Source {
    pub bytes: Vec<u8>,
    pub name: String,
    /// What the sheets hold that do not say it by their names.
    pub kind: Option<Kind>,
    pub mapping: Mapping,
}

/// A row, with what its columns mean.
#[derive(Debug)]
pub(super) struct ParsedRow {
    pub sheet: Arc<str>,
    pub number: u32,
    pub content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    /// A part, or crimp data.
    Record { kind: Kind, columns: Arc<Columns>, cells: Vec<ParsedCell> },
    /// A header that cannot be read: no row of the sheet is.
    Wrong(Vec<WrongReport>),
}

impl Content {
    /// The cells of a record.
    pub fn cells(&self) -> &[ParsedCell] {
        match self {
            Self::Record { cells, .. } => cells,
            Self::Wrong(_) => &[],
        }
    }
}

/// A cell, with what its column means.
#[derive(Debug)]
pub(super) struct ParsedCell {
    pub column: u16,
    pub header: String,
    pub target: Target,
    pub text: Result<String, Fault>,
}

impl ParsedCell {
    /// What is wrong with it.
    pub fn wrong(&self, message: impl Into<String>) -> WrongReport {
        WrongReport {
            column: Some(letters(self.column)),
            header: Some(self.header.clone()),
            message: message.into(),
        }
    }
}

/// Reads all rows of a file, and hands them on in pieces; ends early where nobody takes them.
pub(super) fn read(source: Source, mut take: impl FnMut(Vec<ParsedRow>) -> bool) -> Result<(), Refusal> {
    let Source { bytes, name, kind, mapping } = source;
    let mut book = Book::open(Cursor::new(bytes), &name)?;
    let names = book.sheets().to_vec();
    let mut piece = Vec::with_capacity(TOGETHER);
    for (n, name) in names.iter().enumerate() {
        let name: Arc<str> = name.as_str().into();
        let mut rows = book.rows(n)?;
        // A sheet without a row says nothing.
        let Some(first) = rows.next().transpose()? else { continue };
        let mut sheet = match Sheet::open(&name, &first, kind, &mapping)? {
            Ok(sheet) => sheet,
            Err(wrong) => {
                piece.push(ParsedRow { sheet: name, number: first.number, content: Content::Wrong(wrong) });
                continue;
            }
        };
        for row in rows {
            piece.extend(sheet.row(row?)?);
            if piece.len() == TOGETHER && !take(std::mem::replace(&mut piece, Vec::with_capacity(TOGETHER))) {
                return Ok(());
            }
        }
    }
    take(piece);
    Ok(())
}

/// A sheet whose header was read.
struct Sheet {
    name: Arc<str>,
    kind: Kind,
    header: workbook::Header,
    columns: Arc<Columns>,
    /// Whether the next row may be that of the hints.
    is_first: bool,
}

impl Sheet {
    fn open(
        name: &Arc<str>,
        first: &Row,
        kind: Option<Kind>,
        mapping: &Mapping,
    ) -> Result<Result<Self, Vec<WrongReport>>, Refusal> {
        let header = workbook::Header::read(name, first)?;
        let Some(kind) = name.parse().ok().or(kind) else {
            let words: Vec<_> = Kind::all().iter().map(|kind| kind.word()).collect();
            let message = format!(
                "is a sheet that does not say what it holds: name it one of {}, or send componentType",
                words.join(", ")
            );
            return Ok(Err(vec![WrongReport { column: None, header: None, message }]));
        };
        Ok(Columns::read(&header, kind, mapping).map(|columns| Self {
            name: Arc::clone(name),
            kind,
            header,
            columns: Arc::new(columns),
            is_first: true,
        }))
    }

    /// A row of the sheet; none for the hints.
    fn row(&mut self, row: Row) -> Result<Option<ParsedRow>, Refusal> {
        if std::mem::take(&mut self.is_first) && is_hint(&row) {
            return Ok(None);
        }
        let mut cells = Vec::with_capacity(row.cells.len());
        for cell in &row.cells {
            self.header.over(&row, cell)?;
        }
        for cell in row.cells {
            // A column that the mapping passes over.
            let Some((header, target)) = self.columns.0.get(&cell.column) else { continue };
            cells.push(ParsedCell {
                column: cell.column,
                header: header.clone(),
                target: target.clone(),
                text: cell.text,
            });
        }
        let content = Content::Record { kind: self.kind, columns: Arc::clone(&self.columns), cells };
        Ok(Some(ParsedRow { sheet: Arc::clone(&self.name), number: row.number, content }))
    }
}
