use base::Result;
use database::{Database, Scope, Tx};
use hose::{
    crimp::CRIMP_SPEC,
    fields::{Field, Kind},
};
use records::catalogue::crimp_specs::{self, WithHose};
use workbook::{Format, Sheet, Writer};

use super::{
    FileOut,
    columns::{Cell, sheet_of},
    export::blocking,
};
use crate::{Allowed, access::ReadHoses};

/// The sheet of crimp data.
pub const CRIMP_DATA: &str = "crimpData";

/// How a row names its hose.
pub const HOSE: &[Field] = &[
    Field::new("hoseBrand", Kind::Text(100), "The brand of the hose").required(),
    Field::new("hosePartNumber", Kind::Text(100), "The part number of the hose").required(),
];

/// How many rows are read at once.
const TOGETHER: u32 = 1000;

/// The fields of a sheet of crimp data.
pub fn crimp_fields() -> impl Iterator<Item = &'static Field> {
    HOSE.iter().chain(CRIMP_SPEC)
}

/// The sheet of crimp data.
pub(super) fn crimp_sheet(with_hints: bool) -> Sheet {
    let about = "optional; the id of the row to be changed. Without it the row is known by hose, series, ferrule and crimper";
    sheet_of(CRIMP_DATA, about, &crimp_fields().collect::<Vec<_>>(), with_hints)
}

/// The crimp data that the organization sees, as a sheet.
pub async fn export_crimp_data(
    database: &Database,
    caller: Allowed<ReadHoses>,
    format: Format,
) -> Result<FileOut> {
    let scope = Scope::Organization(caller.organization);
    let mut writer = Writer::new(format, vec![crimp_sheet(false)])?;
    let mut after = String::new();
    loop {
        let from = after.clone();
        let page =
            database.read(scope, move |tx: &mut Tx<'_>| crimp_specs::page(tx, &from, TOGETHER)).await?;
        let Some(last) = page.last() else { break };
        after = last.row.id.to_string();
        writer = blocking(move || {
            for row in &page {
                let cells = cells(row);
                writer.row(0, &cells.iter().map(Cell::value).collect::<Vec<_>>())?;
            }
            Ok(writer)
        })
        .await?;
    }
    blocking(move || Ok(FileOut::new("crimpdata", writer.finish()?))).await
}

fn cells(with_hose: &WithHose) -> Vec<Cell> {
    let WithHose { row, brand, number } = with_hose;
    let mut cells =
        vec![Cell::Text(row.id.to_string()), Cell::Text(brand.clone()), Cell::Text(number.clone())];
    cells.extend(CRIMP_SPEC.iter().map(|field| Cell::of(row.values.get(field.name))));
    cells
}
