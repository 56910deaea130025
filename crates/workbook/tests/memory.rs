//! What reading and writing costs at most, measured where memory is given out.

mod common;

use base::Decimal;
use peak_alloc::PeakAlloc;
use workbook::replay::{SHEET, STRINGS, package};
use workbook::{Format, Refusal, Value, Writer, limits};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The outcome, and by how many MiB the memory in use rose meanwhile.
fn measured<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let outcome = work();
    (outcome, (MEMORY.peak_usage() - before) >> 20)
}

fn refused(file: &[u8]) -> (Refusal, usize) {
    let (outcome, cost) = measured(|| common::read(file));
    (outcome.expect_err("a refusal"), cost)
}

fn sheet_of(start: &str, middle: u8, megabytes: usize, end: &str) -> Vec<u8> {
    let mut sheet = format!("<worksheet><sheetData>{start}").into_bytes();
    sheet.resize(megabytes << 20, middle);
    sheet.extend(end.as_bytes());
    sheet
}

/// An archive that says of its one long entry what it likes.
fn forged(file: &[u8], claimed: u32, real: usize) -> Vec<u8> {
    let real = u32::try_from(real).expect("a size").to_le_bytes();
    let mut file = file.to_vec();
    let at = file.windows(4).rposition(|window| window == real).expect("it says its size");
    file[at..at + 4].copy_from_slice(&claimed.to_le_bytes());
    file
}

#[test]
fn a_bomb_that_hides_its_size_costs_nothing() {
    let sheet = sheet_of("", b' ', 60, "</sheetData></worksheet>");
    let file = forged(&package(&[(SHEET, &sheet)]), 9 << 20, sheet.len());
    let (refusal, cost) = refused(&file);
    assert_eq!(refusal, Refusal::TokenTooLong(SHEET.into()));
    assert!(cost <= 4, "{cost} MiB");
}

#[test]
fn one_tag_of_ten_megabytes_costs_no_more_than_its_limit() {
    let sheet = sheet_of("<row spans=\"", b'x', 9, "\"/></sheetData></worksheet>");
    let (refusal, cost) = refused(&package(&[(SHEET, &sheet)]));
    assert_eq!(refusal, Refusal::TokenTooLong(SHEET.into()));
    assert!(cost <= 4, "{cost} MiB");
}

#[test]
fn cells_in_the_last_row_and_column_cost_nothing() {
    let rows = r#"<row r="1"><c r="XFD1" s="1"/></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let (refusal, cost) = refused(&package(&[(SHEET, sheet.as_bytes())]));
    assert!(matches!(refusal, Refusal::TooManyRows(_)));
    assert!(cost <= 1, "{cost} MiB");
}

#[test]
fn shared_texts_cost_no_more_than_their_limit() {
    let long = "x".repeat(120);
    let texts = (0..600_000).map(|n| format!("<si><t>{n:08}{long}</t></si>")).collect::<Vec<_>>().concat();
    let (refusal, cost) = refused(&package(&[(STRINGS, format!("<sst>{texts}</sst>").as_bytes())]));
    assert_eq!(refusal, Refusal::TooManyStrings);
    // A text that grows is held twice for a moment, and may take twice its length.
    assert!(cost <= 200, "{cost} MiB");

    let many = "<si/>".repeat(limits::STRINGS + 1);
    let (refusal, cost) = refused(&package(&[(STRINGS, format!("<sst>{many}</sst>").as_bytes())]));
    assert_eq!(refusal, Refusal::TooManyStrings);
    assert!(cost <= 32, "{cost} MiB");
}

#[test]
fn a_record_of_csv_that_never_ends_costs_no_more_than_its_limit() {
    let mut csv = b"a,b\n1,\"".to_vec();
    csv.resize(40 << 20, b'x');
    let (refusal, cost) = refused(&csv);
    assert_eq!(refusal, Refusal::RecordTooLong("table".into(), 2));
    assert!(cost <= 16, "{cost} MiB");
    let commas = vec![b','; 40 << 20];
    let (refusal, cost) = refused(&commas);
    assert_eq!(refusal, Refusal::RecordTooLong("table".into(), 1));
    assert!(cost <= 64, "{cost} MiB");
}

#[test]
fn rows_are_written_and_read_one_by_one() {
    for format in [Format::Excel, Format::Csv { mark: false }] {
        let (file, cost) = measured(|| {
            let mut writer = Writer::new(format, vec![common::sheet("table", 20)]).unwrap();
            for n in 0..20_000_i64 {
                let texts: Vec<String> =
                    (0..19).map(|column| format!("text {n} in column {column}")).collect();
                let mut row: Vec<Value> = texts.iter().map(|text| Value::Text(text)).collect();
                row.push(Value::Number(Decimal::from(n)));
                writer.row(0, &row).unwrap();
            }
            writer.finish().unwrap()
        });
        assert!(cost <= 4, "writing {format:?} costs {cost} MiB");
        let (rows, cost) = measured(|| {
            let mut book = workbook::Book::open(file.file, "table.csv").unwrap();
            book.rows(0).unwrap().map(|row| row.unwrap().cells.len()).sum::<usize>()
        });
        assert_eq!(rows, 20_001 * 20);
        assert!(cost <= 4, "reading {format:?} costs {cost} MiB");
    }
}
