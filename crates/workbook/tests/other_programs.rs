//! Other programs read what we write as we do.

mod common;

use std::path::Path;
use std::process::Command;

use common::{Cells, Given, awkward, below_headers, expected, written};
use serde_json::json;
use workbook::{Column, Format, Sheet, Value, Writer};

#[test]
fn python_reads_the_workbook_as_we_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.xlsx");
    let other = vec![vec![Given::Text("x".into()), Given::Blank, Given::Text("z".into())]];
    let sheets = [("hose", awkward()), ("crimp fitting", other)];
    std::fs::write(&file, written(Format::Excel, &sheets)).unwrap();
    let read = second_reader(&file);
    for (n, (name, rows)) in sheets.iter().enumerate() {
        assert_eq!(read[n]["name"], json!(name));
        let cells: Cells = serde_json::from_value(read[n]["cells"].clone()).unwrap();
        let below: Cells = cells.into_iter().filter(|(row, _, _)| *row > 1).collect();
        assert_eq!(below, expected(rows));
    }
}

#[test]
fn headers_are_frozen_and_few_values_can_be_picked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("table.xlsx");
    let column = |header: &str, choices: &[&str]| Column {
        header: header.into(),
        hint: "optional".into(),
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
    };
    let columns = vec![column("gender", &["male", "female"]), column("name", &[]), column("pair", &["a,b"])];
    let mut writer = Writer::new(Format::Excel, vec![Sheet { name: "fitting".into(), columns }]).unwrap();
    writer.row(0, &[Value::Text("male")]).unwrap();
    std::fs::write(&file, common::bytes(writer)).unwrap();
    let read = second_reader(&file);
    assert_eq!(read[0]["frozen"], "2");
    assert_eq!(read[0]["lists"], json!(["\"male,female\""]));
}

/// What the script beside this test makes of a workbook.
fn second_reader(file: &Path) -> serde_json::Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/second_reader.py");
    let output = Command::new("python3").arg(script).arg(file).output().expect("Python is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The filter's options: comma, quotation mark, UTF-8, from row 1, no column formats, no language,
/// quotation marks only where needed, cells as they are and not as shown, no formulas, spaces stay, every sheet.
const AS_CSV: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1";

#[test]
fn libreoffice_reads_the_workbook_as_we_do() {
    let folder = tempfile::tempdir().unwrap();
    let other = vec![vec![Given::Text("x".into()), Given::Blank, Given::Text("z".into())]];
    let sheets = [("hose", awkward()), ("crimp fitting", other)];
    std::fs::write(folder.path().join("table.xlsx"), written(Format::Excel, &sheets)).unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let output = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", AS_CSV, "--outdir"])
        .arg(folder.path())
        .arg(folder.path().join("table.xlsx"))
        .output()
        .expect("LibreOffice is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for (name, rows) in &sheets {
        let theirs = std::fs::read(folder.path().join(format!("table-{name}.csv")))
            .unwrap_or_else(|error| panic!("{error}: {output:?}"));
        let ours = written(Format::Csv { mark: false }, &[("table", rows.clone())]);
        assert_eq!(below_headers(&theirs)[0].1, below_headers(&ours)[0].1);
    }
}
