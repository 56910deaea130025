//! Parts as files: templates, exports, imports.

mod course;
mod ends;
mod exports;
mod intake;
mod worklist;

use std::time::Duration;

use base::Id;
use database::{Scope, Statement, Tx, params};
use serde_json::{Value as Json, json};
use testkit::{Answer, TestOrganization, sheets};
use usecases::{Caller, access::WriteComponents, catalogue::imports};

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

async fn one(shop: &TestOrganization<'_>, id: &Json) -> Json {
    let path = format!("{IMPORTS}/{}", id.as_str().unwrap());
    shop.app().get(path).credential(&shop.admin.text).expect(200).await.json
}

/// A file for which there is a place, and nothing of it yet.
async fn begun(shop: &TestOrganization<'_>, file: &str) -> Id<imports::Import> {
    let (database, organization) = (&shop.app().database, shop.id);
    let caller = Caller::system(organization, "test").allow::<WriteComponents>().unwrap();
    let new = imports::NewImport {
        file_name: "hose.csv".into(),
        file_bytes: file.len() as u64,
        kind: None,
        mapping: imports::Mapping::default(),
        dry_run: false,
    };
    let begin = move |tx: &mut Tx<'_>| imports::begin(tx, &caller, &new);
    database.write(Scope::Organization(organization), begin).await.unwrap().id
}

/// Takes in the file for which there is a place.
async fn take_in(shop: &TestOrganization<'_>, id: Id<imports::Import>, file: &str) {
    let (database, organization) = (&shop.app().database, shop.id);
    imports::receive(database, organization, id, file.as_bytes()).await.unwrap();
    let received = move |tx: &mut Tx<'_>| imports::received(tx, id);
    database.write(Scope::Organization(organization), received).await.unwrap();
}

/// A file that was taken in, and nothing more.
async fn received(shop: &TestOrganization<'_>, file: &str) -> Id<imports::Import> {
    let id = begun(shop, file).await;
    take_in(shop, id, file).await;
    id
}

/// A file whose rows were read and checked, and of which none is applied yet.
async fn staged(shop: &TestOrganization<'_>, file: &str) -> Id<imports::Import> {
    let id = received(shop, file).await;
    assert_eq!(step(shop, id, 1).await.state, "applying");
    id
}

/// Does the next thing of an import, with so many rows at once; answers where it stands then.
async fn step(shop: &TestOrganization<'_>, id: Id<imports::Import>, together: u32) -> imports::ImportRow {
    let pace = imports::Pace { together, time: Duration::ZERO };
    let mut carrier = imports::Carrier::new(&shop.app().database, shop.id, id, pace);
    carrier.step(&imports::Until::default()).await.unwrap()
}

/// Changes a part as a write does that was under way when the import began.
async fn change_behind(shop: &TestOrganization<'_>, id: &Json) {
    static CHANGE: Statement = Statement::tenant(
        "test.change",
        "UPDATE part SET rev = rev + 1 WHERE organization_id = $1 AND id = $2",
    );
    let id = id.as_str().unwrap().to_owned();
    let change = move |tx: &mut Tx<'_>| tx.execute_one(&CHANGE, params![id.as_str()]);
    shop.app().database.write(Scope::Organization(shop.id), change).await.unwrap();
}

/// Has an import be undone by its job alone.
async fn begin_to_undo(shop: &TestOrganization<'_>, id: &Json) {
    let (scope, name) = (Scope::Organization(shop.id), id.as_str().unwrap().to_owned());
    let caller = Caller::system(shop.id, "test").allow::<WriteComponents>().unwrap();
    let undo = move |tx: &mut Tx<'_>| imports::undo(tx, &caller, &name);
    shop.app().database.write(scope, undo).await.unwrap();
}
