//! What must hold for any input at all. The fuzz target calls this with new inputs, the ordinary
//! tests with the corpus the fuzzer left.

use std::io::{Cursor, Write as _};

use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{Book, Column, Format, Refusal, Row, Sheet, Value, Writer, limits};

/// Reading ends, within the limits; what was written reads back equal, from both forms.
///
/// # Panics
/// If that does not hold.
pub fn workbook(data: &[u8]) {
    // An outcome of any kind will do, but no panic.
    let _ = read(data.to_vec());
    let _ = read(package_of(data));
    if let Ok(text) = str::from_utf8(data)
        && !text.contains('\0')
    {
        reads_back(text);
    }
}

/// All rows of all sheets.
fn read(file: Vec<u8>) -> Result<Vec<Row>, Refusal> {
    let mut book = Book::open(Cursor::new(file), "fuzz.csv")?;
    let mut all = Vec::new();
    for sheet in 0..book.sheets().len() {
        let mut last = 0;
        for row in book.rows(sheet)? {
            let row = row?;
            assert!(row.number > last && row.number <= limits::ROWS, "rows come in order");
            assert!(!row.cells.is_empty(), "a row has cells");
            assert!(row.cells.is_sorted_by_key(|cell| cell.column), "cells come in order");
            last = row.number;
            all.push(row);
        }
    }
    Ok(all)
}

/// Each line is a row, each `|` ends a cell.
fn reads_back(text: &str) {
    let texts: Vec<Vec<&str>> =
        text.split('\n').take(20).map(|line| line.split('|').take(20).collect()).collect();
    if texts.iter().flatten().any(|text| text.len() > limits::TEXT) {
        return;
    }
    let columns = vec![Column { header: "header".into(), ..Column::default() }];
    for format in [Format::Excel, Format::Csv { mark: false }, Format::Csv { mark: true }] {
        let sheet = Sheet { name: "sheet".into(), columns: columns.clone() };
        let mut writer = Writer::new(format, vec![sheet]).expect("a writer");
        for row in &texts {
            let cells: Vec<_> = row.iter().map(|text| Value::Text(text)).collect();
            if let Err(refusal) = writer.row(0, &cells) {
                assert!(refusal.to_string().contains("control character"), "{refusal}");
                return;
            }
        }
        let mut file = Vec::new();
        let mut finished = writer.finish().expect("a file is written");
        std::io::copy(&mut finished.file, &mut file).expect("the file is read");
        let rows = read(file).expect("what we wrote is read");
        let expected = texts.iter().zip(2_u32..).map(|(row, number)| (number, filled(row)));
        let expected: Vec<_> = expected.filter(|(_, cells)| !cells.is_empty()).collect();
        let got = rows.into_iter().skip(1).map(|row| {
            let cells = row.cells.into_iter().map(|cell| (cell.column, cell.text.expect("a text")));
            (row.number, cells.collect::<Vec<_>>())
        });
        assert_eq!(got.collect::<Vec<_>>(), expected, "{format:?}");
    }
}

fn filled(row: &[&str]) -> Vec<(u16, String)> {
    (1..).zip(row).filter(|(_, text)| !text.is_empty()).map(|(n, text)| (n, (*text).to_owned())).collect()
}

/// A workbook whose one sheet, and whose shared texts and styles, are these bytes.
fn package_of(data: &[u8]) -> Vec<u8> {
    package(&[(SHEET, data), (STRINGS, data), (STYLES, data)])
}

/// Where [`package`] has its sheet, its shared texts and its styles.
pub const SHEET: &str = "xl/sheet.xml";
/// See [`SHEET`].
pub const STRINGS: &str = "xl/strings.xml";
/// See [`SHEET`].
pub const STYLES: &str = "xl/styles.xml";

/// The smallest workbook, with these files in place of its own or beside them.
///
/// # Panics
/// If a name stands there twice.
pub fn package(files: &[(&str, &[u8])]) -> Vec<u8> {
    let root = relationships(&[("r", "officeDocument", "xl/workbook.xml")]);
    let book = relationships(&[
        ("s", "worksheet", "sheet.xml"),
        ("t", "sharedStrings", "strings.xml"),
        ("u", "styles", "styles.xml"),
    ]);
    let own: [(&str, &[u8]); 7] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", br#"<workbook><sheets><sheet name="sheet" id="s"/></sheets></workbook>"#),
        ("xl/_rels/workbook.xml.rels", book.as_bytes()),
        (SHEET, b"<worksheet/>"),
        (STRINGS, b"<sst/>"),
        (STYLES, b"<styleSheet/>"),
    ];
    let replaced = |name: &str| files.iter().any(|(other, _)| *other == name);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in own.iter().filter(|(name, _)| !replaced(name)).chain(files) {
        zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("an entry is written");
    }
    zip.finish().expect("an archive").into_inner()
}

fn relationships(all: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!(r#"<Relationship Id="{id}" Type="x/{kind}" Target="{target}"/>"#)
    };
    format!("<Relationships>{}</Relationships>", all.iter().map(one).collect::<String>())
}
