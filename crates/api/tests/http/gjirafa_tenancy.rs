//! A key of one organization, presented with every name of another's records,
//! finds nothing: every operation of either dialect whose path names a record.

use base::Id;
use keys::ApiKey;
use rstest::rstest;
use testkit::{Document, Engine, Postgres, Sqlite, TestApp, TestOrganization};

use crate::request::Request;

/// Every name that a segment of a path has: of the default project and the
/// organization by their letters, of any record by its id.
fn names(shop: &TestOrganization<'_>, segment: &str) -> Vec<String> {
    if segment == shop.public_id {
        let id = shop.id;
        let (hex, uuid, letters) = (id.to_string(), id.uuid(), shop.public_id.clone());
        return vec![
            letters.clone(),
            letters.to_uppercase(),
            hex.to_uppercase(),
            uuid.to_uppercase(),
            hex,
            uuid,
        ];
    }
    match segment.parse::<Id<ApiKey>>() {
        Ok(id) => vec![segment.to_owned(), segment.to_uppercase(), id.uuid()],
        Err(_) => vec![segment.to_owned()],
    }
}

/// The path with the n-th name of every record in it; `None` if no record has so many.
fn renamed(shop: &TestOrganization<'_>, path: &str, n: usize) -> Option<String> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let all: Vec<_> = path.split('/').map(|segment| names(shop, segment)).collect();
    let most = all.iter().map(Vec::len).max().unwrap();
    let path: Vec<_> = all.iter().map(|names| names[n.min(names.len() - 1)].as_str()).collect();
    (n < most).then(|| format!("{}?{query}", path.join("/")))
}

#[rstest]
#[tokio::test]
async fn no_name_of_another_organizations_record_finds_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (ours, theirs) = (app.organization("Ours").await, app.organization("Theirs").await);
    let (mut tried, mut dialects) = (0, [0, 0]);
    for (method, template, operation) in Document::get().operations() {
        if !template.contains('{') || operation["x-swage-public"] == true {
            continue;
        }
        let request = Request::of_document(&theirs, &method, &template, operation).await;
        let before = app.row_counts().await;
        for path in (0..).map_while(|n| renamed(&theirs, request.path(), n)) {
            // Of their own place, and, where the path names one, at a place of ours.
            for path in [path.clone(), path.replace(&theirs.public_id, &ours.public_id)] {
                if path.contains(&ours.public_id) && !names_a_record_of(&theirs, &path) {
                    continue;
                }
                let call = app.call(&method, path.as_str()).credential(&ours.admin.text);
                request.with_bare_body(call).expect(404).await;
                tried += 1;
            }
        }
        assert_eq!(app.row_counts().await, before, "{method} {template}");
        dialects[usize::from(operation["x-swage-envelope"] == true)] += 1;
    }
    assert!(tried > 60 && dialects[0] >= 4 && dialects[1] >= 20, "{tried} {dialects:?}");
}

/// Whether a path names a record by its id: numbers are each organization's own.
fn names_a_record_of(theirs: &TestOrganization<'_>, path: &str) -> bool {
    let mut segments = path.split(['/', '?']);
    segments.any(|segment| {
        let is_id = segment.parse::<Id<ApiKey>>().is_ok() || Id::<ApiKey>::from_uuid(segment).is_some();
        is_id && segment != theirs.id.to_string()
    })
}

#[rstest]
#[tokio::test]
async fn an_organizations_own_names_all_find_it(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    app.organization("First").await;
    let shop = app.organization("Second").await;
    let get = |path: String| app.get(path).credential(&shop.admin.text);
    let mut ids = names(&shop, &shop.public_id);
    for id in &ids {
        get(format!("/api/projects/{id}")).expect(200).await;
    }
    // Organizations are counted across all of them.
    ids.push("2".to_owned());
    for id in ids {
        get(format!("/api/organizations/{id}/api-keys")).expect(200).await;
    }
    for number in ["1", "3", "0", "02", "+2", "-2"] {
        get(format!("/api/organizations/{number}/api-keys")).expect(404).await;
    }
    let key = shop.key("full-access").await;
    let id: Id<ApiKey> = key.id.parse().unwrap();
    for id in [key.id.clone(), id.uuid(), "2".to_owned()] {
        get(format!("/api/organizations/2/api-keys/{id}")).expect(200).await;
        shop.change(&id, serde_json::json!({ "name": "Renamed" })).expect(200).await;
    }
}
