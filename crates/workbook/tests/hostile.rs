//! Each guard, with a file made to break it.

mod common;

use std::io::{Cursor, Write as _};

use common::read;
use rstest::rstest;
use workbook::replay::{SHEET, STRINGS, STYLES, package};
use workbook::{Book, Fault, Place, Refusal, limits};
use zip::unstable::write::FileOptionsExt as _;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A sheet with these rows of XML.
fn sheet(rows: &str) -> Vec<u8> {
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").into_bytes()
}

fn refusal(file: &[u8]) -> Refusal {
    read(file).expect_err("a refusal")
}

fn refusal_of_sheet(rows: &str) -> Refusal {
    refusal(&package(&[(SHEET, &sheet(rows))]))
}

fn place(row: u32, column: u16) -> Place {
    Place { sheet: "sheet".into(), row, column }
}

/// Zeros, which deflate packs to a thousandth.
fn bomb(megabytes: usize) -> Vec<u8> {
    let mut sheet = sheet("");
    sheet.resize(megabytes << 20, b' ');
    sheet
}

/// The file with `old` replaced by `new` of the same length, in its table of contents (the last place it stands).
fn forged(mut file: Vec<u8>, old: &[u8], new: &[u8]) -> Vec<u8> {
    let at = file.windows(old.len()).rposition(|window| window == old).expect("it is there");
    file[at..at + new.len()].copy_from_slice(new);
    file
}

#[test]
fn a_sound_workbook_is_read() {
    let rows = r#"<row r="2"><c r="B2" t="inlineStr"><is><r><t>4S</t></r><r><t>H</t></r><rPh><t>x</t></rPh></is></c>
        <c r="D2"><v>12.5</v></c><c r="E2" t="b"><v>1</v></c><c r="F2" s="1"/><c r="G2" t="s"><v>0</v></c></row>"#;
    let file = package(&[(SHEET, &sheet(rows)), (STRINGS, b"<sst><si><t>a &amp; b</t></si></sst>")]);
    let text = |text: &str| Ok(text.to_owned());
    let cells = vec![(2, 2, text("4SH")), (2, 4, text("12.5")), (2, 5, text("TRUE")), (2, 7, text("a & b"))];
    assert_eq!(read(&file), Ok(vec![("sheet".to_owned(), cells)]));
}

#[test]
fn cells_and_rows_need_not_say_where_they_are() {
    let rows = "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c><v>4</v></c></row>";
    let text = |text: &str| Ok(text.to_owned());
    let cells = vec![(1, 1, text("1")), (1, 3, text("3")), (3, 1, text("4"))];
    assert_eq!(read(&package(&[(SHEET, &sheet(rows))])), Ok(vec![("sheet".to_owned(), cells)]));
}

#[test]
fn a_file_too_large_is_refused() {
    let file = vec![b'x'; usize::try_from(limits::FILE_BYTES).unwrap() + 1];
    assert_eq!(refusal(&file), Refusal::FileTooLarge);
}

#[rstest]
#[case::old_excel(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], Refusal::OldOrEncrypted)]
#[case::picture(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Refusal::NotAWorkbook)]
#[case::cut(b"PK\x03\x04", Refusal::Archive("it is cut"))]
#[case::no_directory(&[b"PK\x03\x04".as_slice(), &[0; 100]].concat(), Refusal::Archive("its table of contents is missing"))]
fn what_is_no_workbook_is_refused(#[case] file: &[u8], #[case] why: Refusal) {
    assert_eq!(refusal(file), why);
}

#[test]
fn another_zip_is_no_workbook() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("letter.docx", SimpleFileOptions::default()).unwrap();
    let file = zip.finish().unwrap().into_inner();
    assert_eq!(refusal(&file), Refusal::NotAWorkbook);
}

#[rstest]
#[case("xl/vbaProject.bin", Refusal::Macros)]
#[case("xl/macrosheets/sheet1.xml", Refusal::Macros)]
#[case("xl/externalLinks/externalLink1.xml", Refusal::ExternalLinks)]
#[case("xl/connections.xml", Refusal::ExternalLinks)]
#[case("xl/embeddings/oleObject1.bin", Refusal::EmbeddedObjects)]
#[case("xl/activeX/activeX1.xml", Refusal::EmbeddedObjects)]
fn what_can_run_or_draws_from_elsewhere_is_refused(#[case] name: &str, #[case] why: Refusal) {
    assert_eq!(refusal(&package(&[(name, b"x")])), why);
}

#[test]
fn a_workbook_that_may_have_macros_is_refused_without_any() {
    let types =
        br#"<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>"#;
    assert_eq!(refusal(&package(&[("[Content_Types].xml", types)])), Refusal::Macros);
}

#[rstest]
#[case("../evil.xml")]
#[case("/etc/passwd")]
#[case("xl/../../evil.xml")]
#[case("xl\\evil.xml")]
#[case("C:evil.xml")]
#[case("XL/SHEET.XML")]
fn a_name_that_leads_out_or_stands_twice_is_refused(#[case] name: &str) {
    // The library that packs it would clean up the name.
    let placeholder = "x".repeat(name.len());
    let mut file = package(&[(&placeholder, b"x")]);
    for _ in 0..2 {
        file = forged(file, placeholder.as_bytes(), name.as_bytes());
    }
    assert_eq!(refusal(&file), Refusal::BadName(name.to_owned()));
}

#[test]
fn an_encrypted_entry_is_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(
        "xl/workbook.xml",
        SimpleFileOptions::default().with_deprecated_encryption(b"password").unwrap(),
    )
    .unwrap();
    zip.write_all(b"<workbook/>").unwrap();
    let file = zip.finish().unwrap().into_inner();
    assert_eq!(refusal(&file), Refusal::EntryEncrypted("xl/workbook.xml".into()));
}

#[test]
fn too_many_entries_are_refused() {
    let names: Vec<String> = (0..=limits::ENTRIES).map(|n| format!("{n}.csv")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    assert_eq!(refusal(&package(&files)), Refusal::TooManyEntries);
}

#[test]
fn a_bomb_is_refused() {
    assert_eq!(refusal(&package(&[(SHEET, &bomb(11))])), Refusal::Bomb(SHEET.into()));
}

#[test]
fn an_entry_that_unpacks_to_more_than_the_directory_says_is_refused() {
    let sheet = bomb(9);
    let size = u32::try_from(sheet.len()).unwrap().to_le_bytes();
    let file = forged(package(&[(SHEET, &sheet)]), &size, &1000_u32.to_le_bytes());
    assert_eq!(refusal(&file), Refusal::Lies(SHEET.into()));
}

#[test]
fn an_entry_that_unpacks_to_less_or_to_other_bytes_is_refused() {
    let sheet = sheet("<row><c><v>1</v></c></row>");
    let size = u32::try_from(sheet.len()).unwrap().to_le_bytes();
    let longer = u32::try_from(sheet.len() + 1).unwrap().to_le_bytes();
    let file = package(&[(SHEET, &sheet)]);
    assert_eq!(refusal(&forged(file, &size, &longer)), Refusal::Lies(SHEET.into()));

    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.csv", SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
        .unwrap();
    zip.write_all(b"partNumber").unwrap();
    let mut file = zip.finish().unwrap().into_inner();
    let at = file.windows(4).position(|window| window == b"part").unwrap();
    file[at] = b'P';
    assert_eq!(refusal(&file), Refusal::Lies("a.csv".into()));
}

#[test]
fn a_directory_that_claims_gigabytes_is_refused() {
    let sheet = bomb(1);
    let size = u32::try_from(sheet.len()).unwrap().to_le_bytes();
    let file = forged(package(&[(SHEET, &sheet)]), &size, &0xFFFF_0000_u32.to_le_bytes());
    assert_eq!(refusal(&file), Refusal::EntryTooLarge(SHEET.into()));
}

#[test]
fn entries_that_share_their_bytes_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file("a.csv", options).unwrap();
    zip.write_all(b"partNumber").unwrap();
    zip.shallow_copy_file("a.csv", "b.csv").unwrap();
    let file = zip.finish().unwrap().into_inner();
    assert_eq!(refusal(&file), Refusal::Lies("b.csv".into()));
}

#[test]
fn a_document_type_is_refused() {
    let laughs = br#"<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>"#;
    assert_eq!(refusal(&package(&[(SHEET, laughs)])), Refusal::Doctype(SHEET.into()));
}

#[test]
fn an_entity_that_xml_does_not_define_is_refused() {
    let refusal = refusal_of_sheet("<row><c t=\"inlineStr\"><is><t>&evil;</t></is></c></row>");
    assert_eq!(refusal, Refusal::Xml(SHEET.into(), "it has an entity that XML does not define".into()));
}

#[test]
fn elements_too_deep_are_refused() {
    let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
    let refusal = refusal_of_sheet(&deep);
    assert_eq!(refusal, Refusal::Xml(SHEET.into(), "its elements lie too deep".into()));
}

#[test]
fn xml_that_is_cut_is_refused() {
    let file = package(&[(SHEET, b"<worksheet><sheetData><row><c><v>1</v></c></row>")]);
    assert_eq!(refusal(&file), Refusal::Xml(SHEET.into(), "it is cut".into()));
}

#[test]
fn too_many_sheets_are_refused() {
    let sheets = r#"<sheet name="a" id="s"/>"#.repeat(limits::SHEETS + 1);
    let book = format!("<workbook><sheets>{sheets}</sheets></workbook>");
    assert_eq!(refusal(&package(&[("xl/workbook.xml", book.as_bytes())])), Refusal::TooManySheets);
}

#[test]
fn a_hidden_sheet_is_not_read() {
    let book = br#"<workbook><sheets><sheet name="a" state="veryHidden" id="s"/></sheets></workbook>"#;
    assert_eq!(read(&package(&[("xl/workbook.xml", book)])), Ok(vec![]));
}

#[test]
fn a_value_in_the_last_row_or_column_of_excel_is_refused() {
    assert_eq!(
        refusal_of_sheet(r#"<row r="1048576"><c r="A1048576"><v>1</v></c></row>"#),
        Refusal::TooManyRows(place(1_048_576, 1))
    );
    assert_eq!(
        refusal_of_sheet(r#"<row r="1"><c r="XFD1"><v>1</v></c></row>"#),
        Refusal::TooManyColumns(place(1, 16_384))
    );
}

#[test]
fn a_format_without_a_value_may_stand_anywhere() {
    let rows = r#"<row r="1"><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576" s="1"></c></row>"#;
    assert_eq!(read(&package(&[(SHEET, &sheet(rows))])), Ok(vec![("sheet".to_owned(), vec![])]));
}

#[rstest]
#[case::row_again(r#"<row r="2"/><row r="2"/>"#)]
#[case::column_again(r#"<row r="1"><c r="B1"><v>1</v></c><c r="B1"><v>2</v></c></row>"#)]
#[case::other_row(r#"<row r="1"><c r="A2"><v>1</v></c></row>"#)]
#[case::no_cell(r#"<row r="1"><c r="1A"><v>1</v></c></row>"#)]
#[case::no_number(r#"<row r="1"><c r="A1"><v>NaN</v></c></row>"#)]
#[case::no_text(r#"<row r="1"><c r="A1" t="s"><v>7</v></c></row>"#)]
#[case::no_flag(r#"<row r="1"><c r="A1" t="b"><v>2</v></c></row>"#)]
fn a_sheet_at_odds_with_itself_is_refused(#[case] rows: &str) {
    assert!(matches!(refusal_of_sheet(rows), Refusal::Xml(name, _) if name == SHEET));
}

#[test]
fn merged_cells_are_refused_by_their_range() {
    let sheet = br#"<worksheet><sheetData/><mergeCells><mergeCell ref="A2:B3"/></mergeCells></worksheet>"#;
    let refusal = refusal(&package(&[(SHEET, sheet)]));
    assert_eq!(refusal, Refusal::Merged { sheet: "sheet".into(), range: "A2:B3".into() });
}

#[test]
fn what_is_no_value_is_a_fault_of_its_cell() {
    let rows = r#"<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><v>#N/A</v></c>
        <c r="C1" s="1"><v>45000</v></c><c r="D1" t="d"><v>2026-01-01</v></c><c r="E1" s="2"><v>45000</v></c></row>"#;
    let styles = br#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="d\.mmm"/></numFmts>
        <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="2"/></cellXfs></styleSheet>"#;
    let all = read(&package(&[(SHEET, &sheet(rows)), (STYLES, styles)])).unwrap();
    let faults: Vec<_> = all[0].1.iter().map(|(_, column, text)| (*column, text.clone())).collect();
    assert_eq!(
        faults,
        [
            (1, Err(Fault::Formula)),
            (2, Err(Fault::Error("#N/A".into()))),
            (3, Err(Fault::Date)),
            (4, Err(Fault::Date)),
            (5, Ok("45000".into())),
        ]
    );
}

#[test]
fn a_text_too_long_is_refused() {
    let long = "x".repeat(limits::TEXT + 1);
    let inline = format!("<row><c t=\"inlineStr\"><is><t>{long}</t></is></c></row>");
    assert_eq!(refusal_of_sheet(&inline), Refusal::TextTooLong(place(1, 1)));
    let shared = format!("<sst><si><t>a</t></si><si><t>{}</t></si></sst>", "x".repeat(limits::TEXT * 7 + 1));
    assert_eq!(refusal(&package(&[(STRINGS, shared.as_bytes())])), Refusal::SharedTextTooLong(1));
    let csv = format!("a,b\n1,{long}");
    assert_eq!(
        refusal(csv.as_bytes()),
        Refusal::TextTooLong(Place { sheet: "table".into(), row: 2, column: 2 })
    );
}

#[test]
fn csv_that_is_not_utf_8_is_refused_by_its_row() {
    assert_eq!(refusal(b"a,b\n\n1,350 \xB0C\n"), Refusal::NotUtf8("table".into(), 3));
}

#[test]
fn csv_with_too_many_columns_is_refused() {
    let csv = format!("{}x", ",".repeat(500));
    let place = Place { sheet: "table".into(), row: 1, column: 501 };
    assert_eq!(refusal(csv.as_bytes()), Refusal::TooManyColumns(place));
}

#[rstest]
#[case(b"a,b\r\n\r\n1,\"2\n2\"\r\n3,4")]
#[case(b"a;b\n\n1;\"2\n2\"\n3;4\n")]
#[case(b"\xEF\xBB\xBFa\tb\n\n1\t\"2\n2\"\n3\t4\n\n")]
fn csv_is_read_with_any_separator_and_rows_are_counted_as_a_spreadsheet_does(#[case] csv: &[u8]) {
    let text = |text: &str| Ok(text.to_owned());
    let cells = vec![
        (1, 1, text("a")),
        (1, 2, text("b")),
        (3, 1, text("1")),
        (3, 2, text("2\n2")),
        (4, 1, text("3")),
        (4, 2, text("4")),
    ];
    assert_eq!(read(csv), Ok(vec![("table".to_owned(), cells)]));
}

#[test]
fn a_sheet_can_be_read_again() {
    let file = package(&[(SHEET, &sheet("<row><c><v>1</v></c></row>"))]);
    let mut book = Book::open(Cursor::new(file), "x.xlsx").unwrap();
    let first: Vec<_> = book.rows(0).unwrap().collect();
    assert_eq!(first, book.rows(0).unwrap().collect::<Vec<_>>());
    assert_eq!(first.len(), 1);
}

proptest::proptest! {
    /// Bytes of a sheet, a file and an archive changed at random.
    #[test]
    fn any_damage_is_refused_or_read(changes in proptest::collection::vec((0_usize..4000, 0_u8..=255), 1..8)) {
        let damaged = |mut bytes: Vec<u8>| {
            let length = bytes.len();
            for (at, byte) in &changes {
                bytes[at % length] = *byte;
            }
            workbook::replay::workbook(&bytes);
        };
        damaged(common::written(workbook::Format::Excel, &[("table", common::awkward())]));
        damaged(common::written(workbook::Format::Csv { mark: true }, &[("table", common::awkward())]));
        damaged(sheet(r#"<row r="2"><c r="B2" t="inlineStr"><is><t>4SH</t></is></c><c r="C2" s="0"><v>12.5E2</v></c></row>"#));
    }
}
