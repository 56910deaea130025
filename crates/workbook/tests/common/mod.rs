//! What the tests write and read.
#![allow(dead_code, reason = "each test uses some of it")]
#![allow(clippy::unwrap_used, reason = "only tests are compiled with it")]

use std::io::{Cursor, Read as _};

use base::Decimal;
use workbook::{Book, Column, Fault, Format, Refusal, Sheet, Value, Writer};

/// The two forms of a table.
pub const FORMATS: [Format; 2] = [Format::Excel, Format::Csv { mark: false }];

/// A cell to write.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    Blank,
    Text(String),
    Number(Decimal),
    Flag(bool),
}

impl Given {
    pub fn value(&self) -> Value<'_> {
        match self {
            Self::Blank => Value::Blank,
            Self::Text(text) => Value::Text(text),
            Self::Number(number) => Value::Number(*number),
            Self::Flag(flag) => Value::Flag(*flag),
        }
    }

    /// As what it must be read back.
    pub fn text(&self) -> String {
        match self {
            Self::Blank => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.normalize().to_string(),
            Self::Flag(flag) => flag.to_string().to_uppercase(),
        }
    }
}

/// Cells that programs are known to get wrong.
pub fn awkward() -> Vec<Vec<Given>> {
    let text = |text: &str| Given::Text(text.to_owned());
    let number = |text: &str| Given::Number(text.parse().unwrap());
    vec![
        vec![text("=1+1"), text("+SUM(A1)"), text("-2+3"), text("@cmd"), text("=HYPERLINK(\"x\",\"y\")")],
        vec![text("00123"), text("12345678901234567890"), text("-16"), text("1E5"), text("3-4"), text("1/2")],
        vec![text(" leading"), text("trailing "), text("two\nlines"), text("a,b;c\td"), text("say \"hi\"")],
        vec![
            text("Größe 350 °C"),
            text("漢字 🔧"),
            text("TRUE"),
            text("#N/A"),
            text("<a & b>"),
            text("_x000D_"),
        ],
        vec![number("0.1"), number("-0.000001"), number("123456789012345"), number("1.50"), number("0")],
        vec![
            number("79228162514264337593543950335"),
            number("1234567890.123456789"),
            number("-3.14159265358979"),
        ],
        vec![Given::Flag(true), Given::Flag(false), Given::Blank, text("after a blank")],
        vec![text("'quoted"), text("it's"), text("5'"), text("1,5"), text("1.5")],
    ]
}

pub fn sheet(name: &str, columns: usize) -> Sheet {
    let column = |n| Column { header: format!("header {n}"), ..Column::default() };
    Sheet { name: name.to_owned(), columns: (0..columns).map(column).collect() }
}

/// The file that these sheets make, each with a header of as many columns as its longest row.
pub fn written(format: Format, sheets: &[(&str, Vec<Vec<Given>>)]) -> Vec<u8> {
    let width = |rows: &Vec<Vec<Given>>| rows.iter().map(Vec::len).max().unwrap_or(1).max(1);
    let heads = sheets.iter().map(|(name, rows)| sheet(name, width(rows))).collect();
    let mut writer = Writer::new(format, heads).unwrap();
    for (n, (_, rows)) in sheets.iter().enumerate() {
        for row in rows {
            writer.row(n, &row.iter().map(Given::value).collect::<Vec<_>>()).unwrap();
        }
    }
    bytes(writer)
}

pub fn bytes(writer: Writer) -> Vec<u8> {
    let mut finished = writer.finish().unwrap();
    let mut bytes = Vec::new();
    finished.file.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, finished.bytes);
    bytes
}

/// What stands in a sheet: row, column and text.
pub type Cells = Vec<(u32, u16, String)>;

/// What must be read from rows that stand under a header.
pub fn expected(rows: &[Vec<Given>]) -> Cells {
    let cells = (2..)
        .zip(rows)
        .flat_map(|(number, row)| (1..).zip(row).map(move |(column, given)| (number, column, given.text())));
    cells.filter(|(_, _, text)| !text.is_empty()).collect()
}

/// All sheets without their first row, each cell of which must have a value.
pub fn below_headers(file: &[u8]) -> Vec<(String, Cells)> {
    let all = read(file).unwrap();
    let below = |cells: Vec<(u32, u16, Result<String, Fault>)>| {
        let data = cells.into_iter().filter(|(row, _, _)| *row > 1);
        data.map(|(row, column, text)| (row, column, text.unwrap())).collect()
    };
    all.into_iter().map(|(name, cells)| (name, below(cells))).collect()
}

/// All sheets as they are.
pub type Read = Vec<(String, Vec<(u32, u16, Result<String, Fault>)>)>;

pub fn read(file: &[u8]) -> Result<Read, Refusal> {
    let mut book = Book::open(Cursor::new(file), "table.csv")?;
    let names = book.sheets().to_vec();
    let mut all = Vec::new();
    for (n, name) in names.into_iter().enumerate() {
        let mut cells = Vec::new();
        for row in book.rows(n)? {
            let row = row?;
            cells.extend(row.cells.into_iter().map(|cell| (row.number, cell.column, cell.text)));
        }
        all.push((name, cells));
    }
    Ok(all)
}
