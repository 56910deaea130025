use base::Result;
use database::{Database, Scope};
use workbook::{Column, Format, Sheet, Value, Writer};

use super::{FileOut, export::blocking};
use crate::{
    Allowed,
    access::ReadBrands,
    catalogue::{BrandSeen, brands},
};

/// Over the columns of brands.
const HEADERS: [&str; 9] = [
    "_id",
    "name",
    "enabled",
    "default",
    "defaultAdaptor",
    "marginPercent",
    "website",
    "imageName",
    "shared",
];

/// The brands as a sheet, those that are switched off too.
pub async fn export_brands(
    database: &Database,
    caller: Allowed<ReadBrands>,
    format: Format,
) -> Result<FileOut> {
    let scope = Scope::Organization(caller.organization);
    let shows_margins = caller.shows_costs();
    let all = database.read(scope, move |tx| brands::all(tx, &caller)).await?;
    blocking(move || {
        let column = |header: &str| Column { header: header.to_owned(), ..Column::default() };
        let sheet = Sheet { name: "brands".to_owned(), columns: HEADERS.map(column).to_vec() };
        let mut writer = Writer::new(format, vec![sheet])?;
        for brand in &all {
            write(&mut writer, brand, shows_margins)?;
        }
        Ok(FileOut::new("brands", writer.finish()?))
    })
    .await
}

fn write(writer: &mut Writer, brand: &BrandSeen, shows_margins: bool) -> Result<()> {
    let id = brand.row.id.to_string();
    let margin = brand.setting.as_ref().and_then(|setting| setting.margin_percent).filter(|_| shows_margins);
    let text = |text: &'_ Option<String>| text.clone().unwrap_or_default();
    let (website, image) = (text(&brand.row.website), text(&brand.row.image_name));
    let cells = [
        Value::Text(&id),
        Value::Text(&brand.row.name),
        Value::Flag(brand.is_enabled()),
        Value::Flag(brand.is_default()),
        Value::Flag(brand.is_default_adaptor()),
        margin.map_or(Value::Blank, |margin| Value::Number(margin.value())),
        Value::Text(&website),
        Value::Text(&image),
        Value::Flag(brand.is_shared()),
    ];
    writer.row(0, &cells)
}
