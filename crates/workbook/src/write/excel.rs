//! An Excel workbook. Its rows go into a temporary file as they come.

use std::fs::File;
use std::io::{BufWriter, Write as _};

use base::{Decimal, Result};
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Format, Workbook, Worksheet};

use super::{Column, Sheet, Value, failed};
use crate::limits;

/// Columns are as wide as what stands above them, within this, in characters.
const WIDTHS: (f64, f64) = (10.0, 40.0);

/// The digits that a number of Excel's keeps: it is a float.
const DIGITS: i128 = 1_000_000_000_000_000;

/// What an Excel workbook is called in HTTP.
const CONTENT_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Writes a workbook.
pub struct Excel {
    book: Workbook,
    sheets: usize,
    /// How many rows stand above the data: the header, and perhaps the hints.
    head: u32,
    bold: Format,
    hint: Format,
}

impl Excel {
    pub fn new() -> Self {
        let hint = Format::new().set_italic().set_text_wrap();
        Self { book: Workbook::new(), sheets: 0, head: 1, bold: Format::new().set_bold(), hint }
    }

    pub fn sheet(&mut self, sheet: &Sheet) -> Result<()> {
        let hinted = sheet.columns.iter().any(|column| !column.hint.is_empty());
        self.head = if hinted { 2 } else { 1 };
        self.sheets += 1;
        let page = self.book.add_worksheet_with_constant_memory().map_err(failed)?;
        page.set_name(&sheet.name).map_err(failed)?;
        page.set_freeze_panes(self.head, 0).map_err(failed)?;
        for (number, column) in (0..).zip(&sheet.columns) {
            page.set_column_width(number, width(column)).map_err(failed)?;
            if let Some(validation) = validation(&column.choices) {
                page.add_data_validation(self.head, number, limits::ROWS - 1, number, &validation)
                    .map_err(failed)?;
            }
        }
        Ok(())
    }

    pub fn row(&mut self, row: u32, cells: &[Value<'_>]) -> Result<()> {
        let format = match row {
            0 => Some(&self.bold),
            row if row < self.head => Some(&self.hint),
            _ => None,
        };
        let page = self.book.worksheet_from_index(self.sheets - 1).map_err(failed)?;
        for (column, cell) in (0..).zip(cells) {
            put(page, row, column, cell, format).map_err(failed)?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<(File, &'static str, &'static str)> {
        let mut file = BufWriter::new(tempfile::tempfile().map_err(failed)?);
        self.book.save_to_writer(&mut file).map_err(failed)?;
        file.flush().map_err(failed)?;
        Ok((file.into_inner().map_err(failed)?, CONTENT_TYPE, "xlsx"))
    }
}

fn put(
    page: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Value<'_>,
    format: Option<&Format>,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    match (cell, format) {
        (Value::Blank | Value::Text(""), _) => {}
        (Value::Text(text), None) => drop(page.write_string(row, column, *text)?),
        (Value::Text(text), Some(format)) => {
            page.write_string_with_format(row, column, *text, format)?;
        }
        (Value::Flag(flag), _) => drop(page.write_boolean(row, column, *flag)?),
        (Value::Number(number), _) => match float(*number) {
            Some(float) => drop(page.write_number(row, column, float)?),
            None => drop(page.write_string(row, column, number.normalize().to_string())?),
        },
    }
    Ok(())
}

/// The float that reads back as this number; `None` if none does for sure.
fn float(number: Decimal) -> Option<f64> {
    let number = number.normalize();
    (number.mantissa().abs() < DIGITS).then(|| number.to_string().parse().ok())?
}

fn width(column: &Column) -> f64 {
    let longest = column.choices.iter().map(String::len).chain([column.header.len() + 2]).max().unwrap_or(0);
    f64::from(u16::try_from(longest).unwrap_or(u16::MAX)).clamp(WIDTHS.0, WIDTHS.1)
}

/// A list to pick from. Another value only warns, since a cell may also hold the mark that clears.
fn validation(choices: &[String]) -> Option<DataValidation> {
    // A choice with a comma would be taken apart, and Excel takes no list of more than 255 characters.
    if choices.is_empty() || choices.iter().any(|choice| choice.contains(',')) {
        return None;
    }
    let list = DataValidation::new().allow_list_strings(choices).ok()?;
    Some(list.set_error_style(DataValidationErrorStyle::Warning))
}
