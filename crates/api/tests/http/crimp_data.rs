//! Crimp data, and what fits by it; adaptors by their ends and across brands.

use base::Error;
use database::{Scope, Statement, Tx, list::ListQuery, params};
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Engine, Postgres, Sqlite, TestApp, TestOrganization};
use usecases::{Caller, catalogue};

async fn get(shop: &TestOrganization<'_>, path: &str) -> Json {
    shop.app().get(format!("/api/v1/{path}")).credential(&shop.admin.text).expect(200).await.json
}

fn words(list: &Json, field: &str) -> Vec<String> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item[field].as_str().unwrap().to_owned()).collect()
}

fn row(series: &str, ferrule: Option<&str>) -> Json {
    json!({
        "couplingSeries": series, "couplingSeriesBrand": "Kestrel", "crimpDiam": { "value": 31.6, "unit": "mm", "tolerance": 0.1 },
        "ferruleBrand": ferrule.map(|_| "Kestrel"), "ferrulePartNumber": ferrule,
        "skiveExternal": ferrule.map(|_| "25 mm"),
    })
}

/// A shared hose with crimp data for two series, fittings of three, and a ferrule.
async fn workshop(shop: &TestOrganization<'_>) -> (String, String) {
    let ferrule = json!({ "partNumber": "KF-08", "brand": "Kestrel", "size": 8 });
    let ferrule = shop.shared_part("ferrules", ferrule).await;
    let hose = json!({
        "partNumber": "KV2-08", "brand": "Kestrel", "size": "-08",
        "crimpSpecs": [row("K2", Some("KF-08")), row("K1P", None)],
    });
    let hose = shop.shared_part("hoses", hose).await;
    for (number, series, size) in
        [("A", "K2", 8), ("B", "k2", 8), ("C", "K2", 6), ("D", "K1P", 8), ("E", "K9", 8)]
    {
        let fitting = json!({
            "partNumber": number, "brand": "Kestrel", "hoseSize": size, "series": series, "style": "JIC", "gender": "female",
        });
        shop.shared_part("crimpfittings", fitting).await;
    }
    (hose, ferrule)
}

#[rstest]
#[tokio::test]
async fn only_a_row_of_crimp_data_makes_a_fitting_fit(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (hose, ferrule) = workshop(&shop).await;
    let fits = get(&shop, &format!("organization/crimpfittingswithferrules?hoseId={hose}")).await;
    assert_eq!(words(&fits, "partNumber"), ["A", "B", "D"]);
    let first = &fits["items"][0]["ferrules"][0];
    assert_eq!((&first["ferruleId"], &first["partNumber"]), (&json!(ferrule), &json!("KF-08")));
    assert_eq!(first["crimpSpec"]["crimpDiam"], json!({ "value": 31.6, "unit": "mm", "tolerance": 0.1 }));
    // A one-piece fitting needs no ferrule, but has its row.
    assert_eq!(fits["items"][2]["ferrules"], json!([]));
    assert_eq!(fits["items"][2]["crimpSpec"]["couplingSeries"], "K1P");
    let narrowed =
        get(&shop, &format!("organization/crimpfittingswithferrules?hoseId={hose}&search.partNumber=b"))
            .await;
    assert_eq!(words(&narrowed, "partNumber"), ["B"]);
    let all = get(&shop, "organization/crimpfittingswithferrules").await;
    assert_eq!((all["total"].as_u64(), &all["items"][0]["ferrules"]), (Some(5), &json!([])));

    let call = |path: &str, body: Json| app.post(path.to_owned()).credential(&shop.admin.text).json(&body);
    let sizes = call("/api/v1/crimpfittings/sizes", json!({ "hoseId": hose, "style": "jic 37" }))
        .expect(200)
        .await
        .json;
    assert_eq!(sizes["items"], json!([{ "hoseSize": "8", "dashSize": "-08", "count": 3 }]));
    let sizes = call("/api/v1/crimpfittings/sizes", json!({ "couplingSeries": "K2" })).expect(200).await.json;
    assert_eq!(
        (words(&sizes, "dashSize"), sizes["total"].as_u64()),
        (vec!["-06".to_owned(), "-08".to_owned()], Some(2))
    );
    let sizes = call("/api/v1/hoses/sizes", json!({ "brand": "kest" })).expect(200).await.json;
    assert_eq!(
        sizes["items"][0],
        json!({ "size": "8", "dashSize": "-08", "nominalHoseSize": "1/2", "DN": "12", "count": 1 })
    );
    let answer = call("/api/v1/crimpfittings/sizes", json!({ "hoseId": "5f0000000000000000000000" }))
        .expect(400)
        .await;
    assert_eq!(answer.wrong_fields(), ["hoseId"]);

    let series = get(&shop, &format!("organization/couplingseries?hoseId={hose}")).await;
    assert_eq!(words(&series, "name"), ["K1P", "K2"]);
    let details = get(&shop, "organization/couplingseriesdetails").await;
    assert_eq!(
        (&details["items"][1]["skive"], &details["items"][1]["hoseSizes"]),
        (&json!("external"), &json!(["-08"]))
    );
    assert_eq!(details["items"][1]["ferrules"], json!([{ "brand": "Kestrel", "partNumber": "KF-08" }]));

    let fitting = fits["items"][0]["_id"].as_str().unwrap();
    let one = get(&shop, &format!("organization/ferrule?hoseId={hose}&crimpfittingId={fitting}")).await;
    assert_eq!(one["_id"], json!(ferrule));
    assert_eq!(get(&shop, "organization/ferrule?partNumber=kf08&brand=kestrel").await["_id"], json!(ferrule));
    assert_eq!(get(&shop, "organization/ferrule").await["total"], 1);
    let other = fits["items"][2]["_id"].as_str().unwrap();
    let path = format!("/api/v1/organization/ferrule?hoseId={hose}&crimpfittingId={other}");
    app.get(path).credential(&shop.admin.text).expect(404).await;
}

#[rstest]
#[tokio::test]
async fn crimp_data_of_the_shop_stands_before_shared_data(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let (hose, _) = workshop(&shop).await;
    let read = format!("hose/{hose}/crimpspecs");
    let rows = get(&shop, &read).await["items"].clone();
    let update = |body: Json| {
        let path = format!("/api/v1/organization/hose/{hose}/update");
        app.post(path).credential(&shop.admin.text).json(&body)
    };
    // As it was read it may be sent back, with one row that is the shop's own.
    let mut sent = rows.clone();
    sent[1]["crimpDiam"]["value"] = json!(31.4);
    update(json!({ "crimpSpecs": sent })).expect(200).await;
    let now = get(&shop, &read).await["items"].clone();
    assert_eq!((&now[0]["shared"], &now[0]["_id"]), (&json!(true), &rows[0]["_id"]));
    assert_eq!((&now[1]["shared"], &now[1]["crimpDiam"]["value"]), (&json!(false), &json!(31.4)));
    let other = app.organization("Other").await;
    assert_eq!(get(&other, &read).await["items"], rows);
    // Sent back unchanged, nothing changes.
    update(json!({ "crimpSpecs": now })).expect(200).await;
    assert_eq!(get(&shop, &read).await["items"], now);
    update(json!({ "crimpSpecs": [] })).expect(200).await;
    assert_eq!(get(&shop, &read).await["items"], rows);
    let twice = update(json!({ "crimpSpecs": [row("K2", None), row(" k2", None)] })).expect(400).await;
    assert_eq!(twice.wrong_fields(), ["crimpSpecs[1]"]);
}

#[rstest]
#[tokio::test]
async fn a_ferrule_in_use_is_not_deleted_and_says_where(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let ferrule = shop.part("ferrules", &json!({ "partNumber": "F-8", "brand": "Own", "size": 8 })).await;
    let spec = json!({ "couplingSeries": "S", "couplingSeriesBrand": "Own", "crimpDiam": "20 mm", "ferruleBrand": "own", "ferrulePartNumber": "f8" });
    let hose = shop
        .part("hoses", &json!({ "partNumber": "H-8", "brand": "Own", "size": 8, "crimpSpecs": [spec] }))
        .await;
    let delete = |kind: &str, part: &Json| {
        let path = format!("/api/v1/{kind}/{}/delete", part["_id"].as_str().unwrap());
        app.post(path).credential(&shop.admin.text)
    };
    let refused = delete("ferrules", &ferrule).expect(409).await.json;
    assert!(refused["message"].as_str().unwrap().contains("the hose H-8"), "{refused}");
    delete("hoses", &hose).expect(200).await;
    delete("ferrules", &ferrule).expect(200).await;
    delete("ferrules", &ferrule).expect(404).await;
    // Its number is free again.
    shop.part("ferrules", &json!({ "partNumber": "F8", "brand": "Own", "size": 8 })).await;
}

fn adaptor(
    number: &str,
    brand: &str,
    shape: &str,
    ends: &[(&str, &str, u8, bool)],
    cross: Option<u32>,
) -> Json {
    let end = |(style, gender, dash, swivel): &(&str, &str, u8, bool)| json!({ "style": style, "gender": gender, "dashSize": dash, "swivel": swivel.then_some("swivel") });
    json!({
        "partNumber": number, "brand": brand, "shape": shape, "crossReference": cross, "familyCrossReference": cross.map(|_| "F"),
        "ends": ends.iter().map(end).collect::<Vec<_>>(),
    })
}

#[rstest]
#[tokio::test]
async fn adaptors_are_found_by_their_ends_in_any_order(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for part in [
        adaptor("JJ", "A", "straight", &[("JIC", "male", 8, false), ("JIC", "male", 8, false)], Some(1)),
        adaptor("JO", "A", "straight", &[("JIC", "male", 8, false), ("ORB", "male", 6, false)], Some(2)),
        adaptor("JOS", "A", "elbow90", &[("ORB", "male", 6, false), ("JIC", "female", 8, true)], None),
        adaptor(
            "TEE",
            "A",
            "tee",
            &[("JIC", "male", 8, false), ("ORB", "male", 6, false), ("JIC", "male", 6, false)],
            None,
        ),
    ] {
        shop.part("adaptors", &part).await;
    }
    shop.shared_part(
        "adaptors",
        adaptor("X-JO", "B", "straight", &[("JIC", "male", 8, false), ("ORB", "male", 6, false)], Some(2)),
    )
    .await;
    let asked = [
        ("ends[0].style=ORB&ends[1].style=JIC", vec!["JO", "JOS", "TEE", "X-JO"]),
        (
            "ends%5B0%5D%5Bstyle%5D=jic&ends[0].gender=male&ends[1].style=JIC&ends[1].gender=M",
            vec!["JJ", "TEE"],
        ),
        ("ends[0].dashSize=8&ends[1].dashSize=-08", vec!["JJ"]),
        ("ends[0].swivel=swivel", vec!["JOS"]),
        ("ends[0].style=JIC&ends[1].style=JIC&ends[2].style=ORB", vec!["TEE"]),
        ("shape=elbow", vec!["JOS"]),
        ("ends[0].style=ORB&brand=b", vec!["X-JO"]),
        ("partNumber=jo", vec!["JO", "JOS"]),
        ("ends[0].style=ORFS", vec![]),
    ];
    for (query, found) in &asked {
        assert_eq!(
            words(&get(&shop, &format!("adaptors/search?{query}")).await, "partNumber"),
            *found,
            "{query}"
        );
    }
    let wrong = app
        .get("/api/v1/adaptors/search?ends[0].style=nonsense")
        .credential(&shop.admin.text)
        .expect(400)
        .await;
    assert_eq!(wrong.wrong_fields(), ["ends[0].style"]);

    let all = get(&shop, "adaptors/configuration").await;
    assert_eq!(
        (&all["count"], &all["choices"]["shape"]),
        (&json!(5), &json!(["elbow90", "straight", "tee"]))
    );
    let left = get(&shop, "adaptors/configuration?ends[0].style=ORB&ends[1].style=JIC&shape=straight").await;
    assert_eq!(left["count"], 2);
    assert_eq!(
        left["choices"]["ends"][1],
        json!({ "style": ["JIC"], "gender": ["male"], "dashSize": ["-08"], "swivel": [null] })
    );

    let cross = get(&shop, "adaptors/cross?partNumber=j-o&brand=A").await;
    assert_eq!(
        (words(&cross, "partNumber"), words(&cross, "match")),
        (vec!["X-JO".to_owned()], vec!["exact".to_owned()])
    );
    let family = get(&shop, "adaptors/cross?partNumber=JJ").await;
    assert_eq!(words(&family, "match"), ["familyOnly"]);
    assert_eq!(get(&shop, "adaptors/cross?partNumber=none").await["total"], 0);
    assert_eq!(get(&shop, "adaptors/cross?partNumber=JO&targetBrand=Z").await["total"], 0);

    // The same where so many have such ends that they are not looked up.
    many_adaptors(&shop).await;
    for (query, mut found) in asked {
        let of_brand = if query.contains("brand") { "" } else { "&brand=A" };
        found.retain(|number| *number != "X-JO" || of_brand.is_empty());
        let query = format!("adaptors/search?{query}{of_brand}");
        assert_eq!(words(&get(&shop, &query).await, "partNumber"), found, "{query}");
    }
    let left = get(&shop, "adaptors/configuration?ends[0].style=ORB&ends[1].style=JIC&shape=straight").await;
    assert_eq!(left["count"], 2);
}

/// More than a thousand of no brand, with ends of all that is asked for.
async fn many_adaptors(shop: &TestOrganization<'_>) {
    static PART: Statement = Statement::tenant(
        "test.many_adaptors",
        "INSERT INTO part (organization_id, id, item_type, brand_id, part_number, part_norm, data, status,
                           created, created_by, last_modified, last_modified_by, rev)
         VALUES ($1, $2, 'adaptor', '', $3, $3, '{}', 'approved', 0, 'test', 0, 'test', 1)",
    );
    static END: Statement = Statement::tenant(
        "test.many_ends",
        "INSERT INTO part_end (organization_id, part_id, position, style, gender, dash, swivel)
         VALUES ($1, $2, $3, $4, 'male', $5, $6)",
    );
    const ENDS: [(&str, i64, bool); 3] = [("JIC", 8, true), ("ORB", 8, true), ("JIC", 6, false)];
    let store = |tx: &mut Tx<'_>| {
        for n in 0..1_100 {
            let id = format!("{n:024x}");
            tx.execute(&PART, params![id.as_str(), format!("{n:05}")])?;
            for (position, (style, dash, swivel)) in (0_i64..).zip(ENDS) {
                tx.execute(&END, params![id.as_str(), position, style, dash, swivel])?;
            }
        }
        Ok(())
    };
    shop.app().database.write(Scope::Organization(shop.id), store).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn a_store_that_fails_is_no_fault_of_the_caller(#[values(Sqlite, Postgres)] engine: Engine) {
    static LOSE: Statement = Statement::system("test.lose", "ALTER TABLE item RENAME TO lost");
    const HOSE: &str = "64d1f0c2a5b3e4f5a6b7c8d9";
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let caller = Caller::system(shop.id, "test");
    let failures = async || {
        type Ask = fn(&mut Tx<'_>, Caller) -> base::Result<()>;
        let asks: [Ask; 4] = [
            |tx, by| {
                let asked = ListQuery::default();
                catalogue::fittings_with_ferrules(tx, &by.allow()?, Some(HOSE), &asked).map(drop)
            },
            |tx, by| catalogue::ferrule_of(tx, &by.allow()?, HOSE, HOSE).map(drop),
            |tx, by| catalogue::coupling_series(tx, &by.allow()?, Some(HOSE), false).map(drop),
            |tx, by| catalogue::fitting_sizes(tx, &by.allow()?, Some(HOSE), &ListQuery::default()).map(drop),
        ];
        let mut failures = Vec::new();
        for ask in asks {
            let by = caller.clone();
            let scope = Scope::Organization(shop.id);
            failures.push(app.database.read(scope, move |tx| ask(tx, by.clone())).await.unwrap_err());
        }
        failures
    };
    let misnamed = |error: &Error| matches!(error, Error::Invalid(fields) if fields[0].path == "hoseId");
    let before = failures().await;
    assert!(before.iter().all(misnamed), "{before:?}");
    app.database.write(Scope::System, |tx| tx.execute(&LOSE, params![])).await.unwrap();
    let lost = failures().await;
    assert!(lost.iter().all(|error| matches!(error, Error::Internal(_))), "{lost:?}");
}
