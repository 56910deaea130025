//! Workbooks and CSV that tests send and are answered.

use std::io::{Cursor, Read as _};

use workbook::{Book, Column, Format, Sheet, Value, Writer};

/// A workbook of these sheets, of which the first row is the header.
pub fn excel(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let head = |(name, rows): &(&str, &[&[&str]])| Sheet {
        name: (*name).to_owned(),
        columns: rows[0]
            .iter()
            .map(|text| Column { header: (*text).to_owned(), ..Column::default() })
            .collect(),
    };
    let mut writer = Writer::new(Format::Excel, sheets.iter().map(head).collect()).unwrap();
    for (n, (_, rows)) in sheets.iter().enumerate() {
        for row in &rows[1..] {
            writer.row(n, &row.iter().map(|text| Value::Text(text)).collect::<Vec<_>>()).unwrap();
        }
    }
    let mut bytes = Vec::new();
    writer.finish().unwrap().file.read_to_end(&mut bytes).unwrap();
    bytes
}

/// The sheets of a workbook, of CSV, or of a zip of it: each row as long as its last cell.
pub fn sheets(name: &str, bytes: &[u8]) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book = Book::open(Cursor::new(bytes), name).unwrap();
    let names = book.sheets().to_vec();
    let mut all = Vec::new();
    for (n, name) in names.into_iter().enumerate() {
        let mut rows = Vec::new();
        for row in book.rows(n).unwrap() {
            let mut cells = Vec::new();
            for cell in row.unwrap().cells {
                cells.resize(usize::from(cell.column) - 1, String::new());
                cells.push(cell.text.unwrap());
            }
            rows.push(cells);
        }
        all.push((name, rows));
    }
    all
}
