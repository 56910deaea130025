//! Parts as files: templates, exports, imports.

mod course;
mod exports;
mod intake;
mod worklist;

use serde_json::{Value as Json, json};
use testkit::{Answer, TestOrganization, sheets};

const IMPORT: &str = "/api/v1/components/import";
const EXPORT: &str = "/api/v1/components/export";
const IMPORTS: &str = "/api/v1/components/imports";
const TEMPLATE: &str = "/api/v1/components/exceltemplate";

const HOSES: &str = "partNumber,brand,size,workingPressure [psi],standards,cost,orgPartNumber\r\n\
                     4SH-16,Kestrel,-16,5800,EN 856 4SH; ISO 3862,12.5,H-1\r\n\
                     2SN-08,Kestrel,-08,350 bar,,,\r\n";

async fn import(
    shop: &TestOrganization<'_>,
    name: &str,
    file: &[u8],
    fields: &[(&str, &str)],
    status: u16,
) -> Answer {
    shop.app().post(IMPORT).credential(&shop.admin.text).upload(name, file, fields).expect(status).await
}

async fn turn(shop: &TestOrganization<'_>, id: &Json, how: &str, status: u16) -> Answer {
    let path = format!("{IMPORTS}/{}/{how}", id.as_str().unwrap());
    shop.app().post(path).credential(&shop.admin.text).expect(status).await
}

async fn export(shop: &TestOrganization<'_>, item_type: &str, query: &str) -> Answer {
    let body = json!({ "componentType": item_type, "selectAll": true, "components": ["not looked at"] });
    let path = format!("{EXPORT}{query}");
    shop.app().post(path).credential(&shop.admin.text).json(&body).expect(200).await
}

/// The cells of an export under a header, by part number.
fn column(answer: &Answer, header: &str) -> Vec<String> {
    let all = sheets("x.csv", &answer.bytes);
    let rows = &all[0].1;
    let at = rows[0].iter().position(|text| text == header).unwrap();
    rows[1..].iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect()
}
