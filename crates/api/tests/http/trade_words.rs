//! The pick-lists of the trade's words and sizes.

use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp};

/// What a pick-list answers to a caller of this type.
async fn list(app: &TestApp, credential: &str, what: &str) -> Json {
    app.get(format!("/api/v1/{what}")).credential(credential).expect(200).await.json
}

fn names(list: &Json) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

#[rstest]
#[tokio::test]
async fn a_customer_sees_every_word_of_the_trade(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let customer = shop.key("customer").await.text;
    for (what, some) in [
        ("shapes", ["straight", "elbow45", "runTee"]),
        ("styles", ["JIC", "DIN24S", "code62"]),
        ("genders", ["male", "female", "none"]),
        ("organization/itemtypes", ["hose", "crimpFitting", "otherItem"]),
        ("organization/wrapstyles", ["nylonSleeve", "springGuard", "fireSleeve"]),
        ("organization/wrapcoverage", ["full", "partial", "bothEnds"]),
    ] {
        let all = list(&app, &customer, what).await;
        let names = names(&all);
        assert!(some.iter().all(|name| names.contains(name)), "{what}: {names:?}");
        assert_eq!((&all["total"], &all["page"]), (&json!(names.len()), &json!(1)), "{what}");
        // A page of two is the third and fourth of all.
        let page = list(&app, &customer, &format!("{what}?page=2&limit=2")).await;
        let expected: Vec<_> = all["items"].as_array().unwrap().iter().skip(2).take(2).collect();
        assert_eq!(page["items"].as_array().unwrap().iter().collect::<Vec<_>>(), expected, "{what}");
        assert_eq!((&page["total"], &page["page"]), (&all["total"], &json!(2)), "{what}");
        let beyond = list(&app, &customer, &format!("{what}?page=1000000000&limit=-1")).await;
        assert_eq!(beyond["items"], json!([]), "{what}");
    }
}

#[rstest]
#[tokio::test]
async fn styles_and_genders_narrow_each_other(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("read-only").await.text;
    let flange = list(&app, &key, "genders?style=SAE%20code%2061").await;
    assert_eq!(names(&flange), ["none"]);
    let styles = list(&app, &key, "styles?gender=F").await;
    assert!(names(&styles).contains(&"NPSM"));
    assert!(!names(&styles).contains(&"code61"));
    let males = list(&app, &key, "styles?gender=male").await;
    assert!(!names(&males).contains(&"NPSM"));
    let jic = males["items"].as_array().unwrap().iter().find(|style| style["name"] == "JIC").unwrap();
    assert_eq!(jic["standards"][0], "SAE J514");
    assert_eq!(jic["genders"], json!(["male", "female"]));
    assert_eq!(jic["label"], "JIC 37°");
    let bent = list(&app, &key, "shapes?ends=2").await;
    assert!(!names(&bent).contains(&"tee"));
    let elbow = &bent["items"].as_array().unwrap()[1];
    assert_eq!(elbow["angle"], json!({ "value": 22.5, "unit": "°" }));
}

#[rstest]
#[tokio::test]
async fn sizes_of_hoses_say_what_their_families_bear(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("customer").await.text;
    let all = list(&app, &key, "hosesizes").await;
    assert_eq!(all["total"], 11);
    let half = all["items"].as_array().unwrap().iter().find(|size| size["size"] == "8").unwrap();
    let shown = (&half["dashSize"], &half["nominalHoseSize"], &half["DN"]);
    assert_eq!(shown, (&json!("-08"), &json!("1/2"), &json!("12")));
    assert_eq!(half["innerDiameter"], json!({ "value": 12.7, "unit": "mm" }));
    let heavy = list(&app, &key, "hosesizes?family=4sh").await;
    assert_eq!(heavy["total"], 5);
    let rating = json!([{
        "family": "4SH", "confirmed": false,
        "pressure": { "value": 420, "unit": "bar" }, "bendRadius": { "value": 280, "unit": "mm" },
    }]);
    assert_eq!(heavy["items"][0]["ratings"], rating);
}

#[rstest]
#[tokio::test]
async fn sizes_of_ends_say_thread_pressure_and_what_they_are_mistaken_for(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("customer").await.text;
    let ends = list(&app, &key, "endsizes?style=jic%2037%C2%B0&dashSize=14").await;
    assert_eq!(ends["total"], 1);
    let end = &ends["items"][0];
    assert_eq!((&end["thread"], &end["dashSize"]), (&json!("1-3/16-12"), &json!("-14")));
    assert_eq!(end["confusableWith"][0]["what"], "ORFS -12");
    let cones = list(&app, &key, "endsizes?style=DKOS").await;
    let cone = &cones["items"].as_array().unwrap()[3];
    assert_eq!((&cone["thread"], &cone["dashSize"]), (&json!("M20x1.5"), &Json::Null));
    assert_eq!(cone["tubeDiameter"], json!({ "value": 12, "unit": "mm" }));
    assert_eq!(cone["pressure"], json!({ "value": 630, "unit": "bar" }));
    let pipe = list(&app, &key, "endsizes?style=NPT&dashSize=DN25").await;
    assert_eq!(pipe["items"][0]["threadsPerInch"], json!(11.5));
    // A style of which no table is known has no sizes; that is not wrong.
    assert_eq!(list(&app, &key, "endsizes?style=Komatsu").await["total"], 0);
}

#[rstest]
#[tokio::test]
async fn a_word_that_is_unknown_is_named(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = shop.key("customer").await.text;
    for (what, field) in [
        ("genders?style=nonsense", "style"),
        ("styles?gender=7", "gender"),
        ("shapes?ends=two", "ends"),
        ("hosesizes?family=9ZZ", "family"),
        ("endsizes?style=nonsense", "style"),
        ("endsizes?dashSize=1/3", "dashSize"),
        ("shapes?page=0", "page"),
        ("shapes?limit=some", "limit"),
    ] {
        let answer = app.get(format!("/api/v1/{what}")).credential(&key).expect(400).await;
        assert_eq!(answer.wrong_fields(), [field], "{what}");
    }
    let ignored = app.get("/api/v1/shapes?colour=red").credential(&key).expect(200).await;
    assert_eq!(ignored.header("swage-ignored-fields"), "?colour");
}
