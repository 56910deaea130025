//! The example catalogue as the demo organization sees it.
#![allow(clippy::unwrap_used, reason = "tests")]

use hose::demo::{Catalogue, DEMONSTRATION_ONLY, Scale};
use rstest::rstest;
use serde_json::Value as Json;
use swage::demo::catalogue::fill;
use testkit::{Engine, Postgres, Sqlite, TestApp, TestOrganization};

async fn get(shop: &TestOrganization<'_>, what: &str) -> Json {
    shop.app().get(format!("/api/v1/{what}")).credential(&shop.admin.text).expect(200).await.json
}

#[rstest]
#[tokio::test]
async fn the_example_catalogue_is_there_and_is_made_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let plan = Scale::Tiny.plan();
    // The second time there is nothing left to do.
    for _ in 0..2 {
        fill(&app.database, shop.id, Scale::Tiny, 1).await.unwrap();
        for (kind, planned) in [
            ("hoses", plan.hoses),
            ("crimpfittings", plan.fittings),
            ("ferrules", plan.ferrules),
            ("adaptors", plan.adaptors),
            ("wraps", plan.wraps),
            (
                "components",
                plan.hoses + plan.fittings + plan.ferrules + plan.adaptors + plan.wraps + plan.others,
            ),
        ] {
            assert_eq!(get(&shop, &format!("organization/{kind}?limit=1")).await["total"], planned, "{kind}");
        }
    }

    // A part is as it was made, with the shop's price, and its picture.
    let made = Catalogue::new(Scale::Tiny, 1).hoses().next().unwrap();
    let found =
        get(&shop, &format!("organization/hoses?search.partNumber={}", made.text("partNumber"))).await;
    let hose = &found["items"][0];
    assert_eq!(hose["brand"], made.text("brand"));
    assert_eq!(hose["cost"].to_string(), made.cost.normalize().to_string(), "{hose}");
    let id = hose["_id"].as_str().unwrap();
    let picture = app.get(format!("/api/v1/image/{id}")).credential(&shop.admin.text).expect(200).await;
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    let customer = shop.key("customer").await.text;
    let seen = app.get(format!("/api/v1/hose/{id}")).credential(&customer).expect(200).await;
    assert!(seen.json.get("cost").is_none_or(Json::is_null), "{}", seen.json);

    // Its crimp data says what it is not for.
    let specs = get(&shop, &format!("hose/{id}/crimpspecs")).await.to_string();
    assert!(specs.contains(DEMONSTRATION_ONLY), "{specs}");
}

#[rstest]
#[tokio::test]
async fn every_kind_of_part_has_a_picture(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    fill(&app.database, shop.id, Scale::Tiny, 1).await.unwrap();
    let mut names: Vec<_> =
        Catalogue::new(Scale::S, 1).parts().map(|part| part.text("imageName").to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 24, "{names:?}");
    for name in names {
        app.get(format!("/api/v1/image/{name}?size=thumb")).credential(&shop.admin.text).expect(200).await;
    }
}

#[tokio::test]
async fn an_adaptor_of_one_brand_is_found_in_the_other() {
    let app = TestApp::start(Sqlite).await;
    let shop = app.organization("Shop").await;
    fill(&app.database, shop.id, Scale::Tiny, 1).await.unwrap();
    let adaptor = Catalogue::new(Scale::Tiny, 1).adaptors().next().unwrap();
    let crossed = get(&shop, &format!("adaptors/cross?partNumber={}", adaptor.text("partNumber"))).await;
    let others: Vec<_> = crossed["items"].as_array().unwrap().iter().map(|item| &item["brand"]).collect();
    assert!(!others.is_empty() && others.iter().all(|brand| **brand != adaptor.text("brand")), "{crossed}");
}
