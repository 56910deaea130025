//! What is written reads back equal, from both forms.

mod common;

use base::Decimal;
use common::{FORMATS, Given, awkward, below_headers, bytes, expected, read, written};
use proptest::prelude::*;
use workbook::{Column, Format, Sheet, Value, Writer};

#[test]
fn awkward_cells_read_back_equal() {
    for format in FORMATS {
        let file = written(format, &[("table", awkward())]);
        assert_eq!(below_headers(&file), [("table".to_owned(), expected(&awkward()))], "{format:?}");
    }
}

#[test]
fn several_sheets_of_csv_are_a_zip_that_reads_like_the_workbook() {
    let other = vec![vec![Given::Text("x".into())], vec![], vec![Given::Text("z".into())]];
    let sheets = [("hose", awkward()), ("crimp fitting", other), ("empty", vec![])];
    let read = FORMATS.map(|format| read(&written(format, &sheets)).unwrap());
    assert_eq!(read[0], read[1]);
    assert_eq!(
        read[0].iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["hose", "crimp fitting", "empty"]
    );
}

#[test]
fn a_mark_says_utf_8_and_is_not_part_of_the_first_cell() {
    let marked = written(Format::Csv { mark: true }, &[("table", awkward())]);
    assert!(marked.starts_with("\u{FEFF}header 0".as_bytes()));
    assert_eq!(read(&marked), read(&written(Format::Csv { mark: false }, &[("table", awkward())])));
}

#[test]
fn rows_of_csv_are_counted_as_a_spreadsheet_counts_them() {
    let numbers = |text: &str| -> Vec<u32> {
        let mut book = workbook::Book::open(std::io::Cursor::new(text), "table.csv").unwrap();
        book.rows(0).unwrap().map(|row| row.unwrap().number).collect()
    };
    for end in ["\n", "\r\n"] {
        let lines = ["", "", "a,b", "\"c\nd\",e", "", "", "f", ",,", "g", "", "h"];
        assert_eq!(numbers(&lines.join(end)), [3, 4, 7, 9, 11], "{end:?}");
        assert_eq!(numbers(&(lines[2..].join(end) + end)), [1, 2, 5, 7, 9], "{end:?}");
        assert_eq!(numbers(&format!("\u{FEFF}{end}a{end}")), [2], "{end:?}");
    }
    // The ends of lines of several programs in one file.
    assert_eq!(numbers("\r\n\na\n\r\nb\r\nc\n\"d\r\n\"\ne\r\n\nf"), [3, 5, 6, 7, 8, 10]);
    // So long that it is read piece by piece.
    let long = format!("{}\r\n", "x".repeat(999)).repeat(300);
    assert_eq!(numbers(&format!("\r\n{long}")), (2..302).collect::<Vec<_>>());
}

#[test]
fn headers_and_hints_come_first() {
    let columns = vec![
        Column { header: "partNumber".into(), hint: "required; text".into(), choices: vec![] },
        Column { header: "style".into(), hint: "optional".into(), choices: vec!["a".into(), "b".into()] },
    ];
    for format in FORMATS {
        let sheet = Sheet { name: "table".into(), columns: columns.clone() };
        let mut writer = Writer::new(format, vec![sheet]).unwrap();
        writer.row(0, &[Value::Text("1")]).unwrap();
        let file = bytes(writer);
        let mut book = workbook::Book::open(std::io::Cursor::new(&file), "table.csv").unwrap();
        let rows: Vec<_> = book.rows(0).unwrap().map(Result::unwrap).collect();
        let header = workbook::Header::read("table", &rows[0]).unwrap();
        assert_eq!(header.columns().collect::<Vec<_>>(), [(1, "partNumber"), (2, "style")]);
        assert_eq!(rows.iter().map(workbook::is_hint).collect::<Vec<_>>(), [false, true, false]);
    }
}

#[test]
fn text_that_no_cell_holds_is_refused_when_written() {
    for format in FORMATS {
        let mut writer = Writer::new(format, vec![common::sheet("table", 2)]).unwrap();
        writer.row(0, &[Value::Text(&"x".repeat(32_767))]).unwrap();
        let refused = writer.row(0, &[Value::Text(&"x".repeat(32_768))]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "The text of cell A3 of sheet \"table\" is longer than 32767 characters."
        );
    }
}

#[test]
fn the_same_rows_make_the_same_csv() {
    let file = written(Format::Csv { mark: false }, &[("table", awkward())]);
    let text = String::from_utf8(file).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[1], "'=1+1,'+SUM(A1),'-2+3,'@cmd,\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"");
    assert_eq!(lines[2], "00123,12345678901234567890,-16,1E5,3-4,1/2");
    assert_eq!(lines[5], "0.1,-0.000001,123456789012345,1.5,0");
}

fn cell() -> impl Strategy<Value = Given> {
    prop_oneof![
        2 => Just(Given::Blank),
        4 => "[^\u{0}]{0,12}".prop_map(Given::Text),
        2 => "[ '=+@_x0-9\\-\",;\n\t|A-F]{1,12}".prop_map(Given::Text),
        2 => "[ '=+@_0-9\\-\",;\r\n\t|A-F]{1,12}".prop_map(Given::Text),
        4 => (any::<i64>(), 0_u32..18).prop_map(|(digits, scale)| Given::Number(Decimal::new(digits, scale))),
        2 => (-999_999_i64..999_999, 0_u32..6).prop_map(|(digits, scale)| Given::Number(Decimal::new(digits, scale))),
        1 => any::<bool>().prop_map(Given::Flag),
    ]
}

proptest! {
    #[test]
    fn any_cells_read_back_equal(rows in prop::collection::vec(prop::collection::vec(cell(), 0..6), 0..6)) {
        for format in FORMATS {
            let file = written(format, &[("table", rows.clone())]);
            prop_assert_eq!(below_headers(&file), vec![("table".to_owned(), expected(&rows))], "{:?}", format);
        }
    }
}
