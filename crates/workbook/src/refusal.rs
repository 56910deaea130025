//! Why a file is not read.

use std::fmt;

use base::Error;

use crate::{letters, limits, place::Place};

/// Why a file is not read, or not read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Larger than [`limits::FILE_BYTES`].
    FileTooLarge,
    /// The form of Excel before 2007, or a workbook with a password: both look the same from outside.
    OldOrEncrypted,
    /// Neither a workbook nor CSV.
    NotAWorkbook,
    /// Not a sound zip archive; says what is wrong.
    Archive(&'static str),
    /// More than [`limits::ENTRIES`] files in the archive.
    TooManyEntries,
    /// A file in the archive is encrypted.
    EntryEncrypted(String),
    /// A file in the archive unpacks to more than [`limits::ENTRY_BYTES`].
    EntryTooLarge(String),
    /// The files in the archive unpack to more than [`limits::TOTAL_BYTES`].
    TotalTooLarge,
    /// A file in the archive unpacks to more than [`limits::RATIO`] times its size.
    Bomb(String),
    /// A file in the archive gives more, or other bytes than the archive's table of contents says.
    Lies(String),
    /// The name of a file in the archive leads out of it, or is no name.
    BadName(String),
    /// Macros: `vbaProject.bin`, a macro sheet, or a content type that allows them.
    Macros,
    /// The workbook draws values from other files.
    ExternalLinks,
    /// Other documents or controls lie in the workbook.
    EmbeddedObjects,
    /// A file in the archive declares a document type, by which entities may be defined.
    Doctype(String),
    /// A tag or a run of text longer than [`limits::TOKEN_BYTES`].
    TokenTooLong(String),
    /// A file in the archive is not the XML it should be; says where and what.
    Xml(String, String),
    /// More than [`limits::SHEETS`].
    TooManySheets,
    /// A value in a row after [`limits::ROWS`].
    TooManyRows(Place),
    /// A value in a column after [`limits::COLUMNS`].
    TooManyColumns(Place),
    /// Merged cells; their range.
    Merged {
        /// The sheet.
        sheet: String,
        /// Such as `A1:B2`.
        range: String,
    },
    /// More than [`limits::STRINGS`] shared texts, or [`limits::STRINGS_BYTES`] of them.
    TooManyStrings,
    /// More than [`limits::STYLES`].
    TooManyStyles,
    /// More than [`limits::TEXT`].
    TextTooLong(Place),
    /// A shared text longer than [`limits::TEXT`]; its number, from 0.
    SharedTextTooLong(usize),
    /// CSV that is not UTF-8; the row.
    NotUtf8(String, u32),
    /// A record of CSV longer than [`limits::RECORD_BYTES`]; where it begins.
    RecordTooLong(String, u32),
    /// Two columns have the same header.
    SameHeader {
        /// The header as it stands in the later column.
        header: String,
        /// The earlier column.
        first: u16,
        /// Where the later stands.
        place: Place,
    },
    /// A value in a column without a header.
    NoHeader(Place),
    /// The file itself could not be read.
    Io(String),
}

impl fmt::Display for Refusal {
    #[allow(clippy::too_many_lines, reason = "one line for each refusal")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileTooLarge => write!(f, "is larger than {} MiB", limits::FILE_BYTES >> 20),
            Self::OldOrEncrypted => f.write_str(
                "is a workbook of Excel 97-2003 (.xls) or one with a password; save it as .xlsx without a password",
            ),
            Self::NotAWorkbook => f.write_str("is neither an Excel workbook (.xlsx) nor CSV"),
            Self::Archive(what) => write!(f, "is a damaged workbook: {what}"),
            Self::TooManyEntries => write!(f, "has more than {} files inside", limits::ENTRIES),
            Self::EntryEncrypted(name) => write!(f, "is encrypted ({name:?} in it); save it without a password"),
            Self::EntryTooLarge(name) => {
                write!(f, "has {name:?} inside, which unpacks to more than {} MiB", limits::ENTRY_BYTES >> 20)
            }
            Self::TotalTooLarge => write!(f, "unpacks to more than {} MiB", limits::TOTAL_BYTES >> 20),
            Self::Bomb(name) => write!(
                f,
                "has {name:?} inside, which unpacks to more than {} times its size; no sheet does",
                limits::RATIO
            ),
            Self::Lies(name) => write!(f, "has {name:?} inside, which is not what the table of contents says"),
            Self::BadName(name) => write!(f, "has a file inside whose name is not allowed: {name:?}"),
            Self::Macros => f.write_str("has macros; save it as .xlsx, which has none"),
            Self::ExternalLinks => f.write_str("has links to other workbooks; break them and save it again"),
            Self::EmbeddedObjects => f.write_str("has embedded objects or controls; remove them and save it again"),
            Self::Doctype(name) => write!(f, "has {name:?} inside, which declares a document type"),
            Self::TokenTooLong(name) => {
                write!(f, "has {name:?} inside, with a tag or text longer than {} bytes", limits::TOKEN_BYTES)
            }
            Self::Xml(name, what) => write!(f, "is a damaged workbook: {name:?} in it: {what}"),
            Self::TooManySheets => write!(f, "has more than {} sheets", limits::SHEETS),
            Self::TooManyRows(place) => write!(f, "has a value in {place}; the last row allowed is {}", limits::ROWS),
            Self::TooManyColumns(place) => {
                write!(f, "has a value in {place}; the last column allowed is {}", letters(limits::COLUMNS))
            }
            Self::Merged { sheet, range } => {
                write!(f, "has merged cells {range} in sheet {sheet:?}; take the merge apart, so that each row says all of itself")
            }
            Self::TooManyStrings => write!(
                f,
                "has more than {} different texts, or {} MiB of them",
                limits::STRINGS,
                limits::STRINGS_BYTES >> 20
            ),
            Self::TooManyStyles => write!(f, "has more than {} styles", limits::STYLES),
            Self::TextTooLong(place) => {
                write!(f, "has a text longer than {} characters in {place}", limits::TEXT)
            }
            Self::SharedTextTooLong(number) => {
                write!(f, "has a shared text longer than {} characters, number {number}", limits::TEXT)
            }
            Self::NotUtf8(sheet, row) => write!(
                f,
                "is not in UTF-8 at row {row} of {sheet:?}; save it as \"CSV UTF-8\" or as .xlsx, since other encodings can only be guessed"
            ),
            Self::RecordTooLong(sheet, row) => write!(
                f,
                "has a row longer than {} bytes, row {row} of {sheet:?}; perhaps a quotation mark is not closed",
                limits::RECORD_BYTES
            ),
            Self::SameHeader { header, first, place } => {
                write!(f, "has the header {header:?} twice, in column {} and in {place}", letters(*first))
            }
            Self::NoHeader(place) => write!(f, "has a value in {place}, whose column has no header"),
            Self::Io(_) => f.write_str("could not be read"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Error {
    /// What is wrong with the field `file`, by which files are sent.
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::FileTooLarge => {
                Self::TooLarge(usize::try_from(limits::FILE_BYTES).unwrap_or(usize::MAX))
            }
            Refusal::OldOrEncrypted | Refusal::NotAWorkbook => {
                Self::UnsupportedMedia(format!("The file {refusal}."))
            }
            Refusal::Io(what) => Self::internal("read a workbook", what),
            other => Self::invalid("file", other),
        }
    }
}

impl From<std::io::Error> for Refusal {
    /// The refusal that a reader of ours put into the error, if it is one.
    fn from(error: std::io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(refusal) => refusal.clone(),
            None => Self::Io(error.to_string()),
        }
    }
}

impl From<Refusal> for std::io::Error {
    fn from(refusal: Refusal) -> Self {
        Self::other(refusal)
    }
}
