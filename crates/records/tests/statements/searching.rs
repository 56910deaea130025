use database::{
    Statement, Tx,
    list::{Condition, ListQuery, PART_TYPES, Reached},
    params,
};
use hose::ItemType;
use records::catalogue::{SHARED_CATALOGUE, lists::VISIBLE};
use rstest::rstest;
use testkit::{Engine, Postgres, Sqlite, TestApp};

use crate::{filled::scope, listed::page};

static PART: Statement = Statement::tenant(
    "test.part",
    "INSERT INTO part (organization_id, id, item_type, brand_id, part_number, part_norm, style, gender, data, status,
                       created, created_by, last_modified, last_modified_by, rev)
     VALUES ($1, $2, $3, $4, $5, $5, $6, $7, '{}', $8, 0, 'test', 0, 'test', 1)",
);
static ITEM: Statement = Statement::tenant(
    "test.item",
    "INSERT INTO item (organization_id, id, item_type, org_part_number, org_norm, available,
                       created, created_by, last_modified, last_modified_by, rev)
     VALUES ($1, $2, 'hose', $3, $3, 1, 0, 'test', 0, 'test', 1)",
);

static MADE_OF: Statement = Statement::tenant(
    "test.made_of",
    "INSERT INTO part (organization_id, id, item_type, brand_id, part_number, part_norm, material_norm, data, status,
                       created, created_by, last_modified, last_modified_by, rev)
     VALUES ($1, $2, $3, '', $4, $4, $5, '{}', 'approved', 0, 'test', 0, 'test', 1)",
);

/// Parts enough that what is often in their numbers is not looked up one by one.
const PARTS: u32 = 12_000;

struct Part {
    id: String,
    number: String,
    own: Option<String>,
    item_type: &'static str,
    brand: &'static str,
    style: &'static str,
    gender: &'static str,
    status: &'static str,
}

/// By number `all` is in each, `end` in the last thousands, `some` here and there, `few` in ten.
fn part(n: u32) -> Part {
    let end = if n >= 9_500 { "end" } else { "" };
    let some = if n.is_multiple_of(9) { "some" } else { "" };
    let few = if n.is_multiple_of(1_200) { "few" } else { "" };
    Part {
        id: format!("{n:024x}"),
        number: format!("{:05}all{end}{some}{few}", n / 2),
        own: n.is_multiple_of(1_500).then(|| format!("own{n}{}", if n < 6_000 { "end" } else { "" })),
        item_type: if n.is_multiple_of(3) { "hose" } else { "wrap" },
        brand: if n.is_multiple_of(2) { "one" } else { "two" },
        style: if n.is_multiple_of(5) { "JIC" } else { "ORFS" },
        gender: match n {
            9_000..11_000 => "male",
            11_000..11_300 => "neutral",
            _ => "female",
        },
        status: if n.is_multiple_of(7) { "pending" } else { "approved" },
    }
}

async fn filled(engine: Engine) -> TestApp {
    let app = TestApp::start(engine).await;
    app.organization("Shop").await;
    let store = |from: u32, to: u32| {
        move |tx: &mut Tx<'_>| {
            let values = |part: Part| {
                let Part { id, number, item_type, brand, style, gender, status, .. } = part;
                params![id, item_type, brand, number, style, gender, status].to_vec()
            };
            tx.execute_many(&PART, &(from..to).map(part).map(values).collect::<Vec<_>>())
        }
    };
    // Some are of the organization's own.
    let shared = database::Scope::Organization(SHARED_CATALOGUE);
    app.database.write(shared, store(0, 11_000)).await.unwrap();
    app.database.write(scope(&app).await, store(11_000, PARTS)).await.unwrap();
    let say = |tx: &mut Tx<'_>| {
        let said = |part: Part| part.own.map(|own| params![part.id, own].to_vec());
        tx.execute_many(&ITEM, &(0..PARTS).map(part).filter_map(said).collect::<Vec<_>>())
    };
    app.database.write(scope(&app).await, say).await.unwrap();
    app
}

/// Filters, and which parts they leave.
type Narrowing = (&'static [(&'static str, &'static str)], fn(&Part) -> bool);

fn query(sort: &str, down: bool, filters: &[(&str, &str)]) -> ListQuery {
    let filter = |(name, value): &(&str, &str)| ((*name).to_owned(), vec![(*value).to_owned()]);
    ListQuery {
        sort: Some((sort.to_owned(), down)),
        filters: filters.iter().map(filter).collect(),
        ..ListQuery::default()
    }
}

#[rstest]
#[tokio::test]
async fn what_is_found_often_or_seldom_or_far_behind_is_what_has_the_text(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = filled(engine).await;
    let narrowings: [Narrowing; 8] = [
        (&[], |_| true),
        (&[("itemType", "hose")], |part| part.item_type == "hose"),
        (&[("notBrand", "one")], |part| part.brand != "one"),
        (&[("search.style", "JIC")], |part| part.style == "JIC"),
        (&[("search.gender", "male")], |part| part.gender == "male"),
        (&[("search.gender", "neutral")], |part| part.gender == "neutral"),
        (&[("notItemType", "hose")], |part| part.item_type != "hose"),
        (&[("notItemType", "adaptor"), ("search.style", "JIC")], |part| part.style == "JIC"),
    ];
    for text in ["all", "end", "some", "few", "endsome", "own", "0", "05", "000", "nothing"] {
        for (filters, is_meant) in &narrowings {
            let filters: Vec<_> = [("search.partNumber", text)].iter().chain(*filters).copied().collect();
            // Two letters and one are looked for at the beginning alone.
            let has =
                |number: &str| if text.len() < 3 { number.starts_with(text) } else { number.contains(text) };
            let has = |part: &Part| has(&part.number) || part.own.as_deref().is_some_and(has);
            let found =
                (0..PARTS).map(part).filter(|part| part.status == "approved" && has(part) && is_meant(part));
            let mut wanted: Vec<_> = found.map(|part| (part.number, part.id)).collect();
            wanted.sort();
            let place = format!("{text} {filters:?}");

            let first =
                page(&app, &VISIBLE, query("partNumber", false, &filters), "p.part_norm").await.unwrap();
            // What more than a thousand of a type have is not looked at one by one to be counted.
            let of_type = |item_type: &str| {
                (0..PARTS).map(part).filter(|part| part.item_type == item_type && has(part)).count()
            };
            let is_told = if first.total_is_lower_bound {
                first.total <= wanted.len() as u64
                    && ["hose", "wrap"].into_iter().any(|one| of_type(one) > 1000)
            } else {
                first.total == wanted.len() as u64
            };
            assert!(is_told, "{place}: {} of {}", first.total, wanted.len());
            let ids = |items: &[(String, database::Value)]| {
                items.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>()
            };
            let ids_of =
                |wanted: &[(String, String)]| wanted.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>();
            let some = |from: usize| &wanted[from.min(wanted.len())..(from + 50).min(wanted.len())];
            assert_eq!(ids(&first.items), ids_of(some(0)), "{place}");
            if first.cursor.is_some() {
                let next = ListQuery { cursor: first.cursor, ..query("partNumber", false, &filters) };
                let next = page(&app, &VISIBLE, next, "p.part_norm").await.unwrap();
                assert_eq!(ids(&next.items), ids_of(some(50)), "{place}, the second page");
            }
            let fourth = ListQuery { page: 4, ..query("partNumber", false, &filters) };
            let fourth = page(&app, &VISIBLE, fourth, "p.part_norm").await.unwrap();
            assert_eq!(ids(&fourth.items), ids_of(some(150)), "{place}, the fourth page");

            let mut down = wanted.clone();
            down.reverse();
            down.truncate(50);
            let last =
                page(&app, &VISIBLE, query("partNumber", true, &filters), "p.part_norm").await.unwrap();
            assert_eq!(ids(&last.items), ids_of(&down), "{place}, downwards");
            let by_time =
                page(&app, &VISIBLE, query("lastModified", false, &filters), "p.part_norm").await.unwrap();
            let mut by_id = wanted.clone();
            by_id.sort_by(|one, other| one.1.cmp(&other.1));
            by_id.truncate(50);
            assert_eq!(ids(&by_time.items), ids_of(&by_id), "{place}, by another order");
        }
    }
}

/// Few are looked up, and then all of them counted; many are met by walking along the list.
#[rstest]
#[tokio::test]
async fn what_gives_no_order_is_found_far_behind(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[values("male", "neutral")] gender: &str,
) {
    let app = filled(engine).await;
    let is_meant =
        |part: &Part| part.gender == gender && part.status == "approved" && part.item_type == "wrap";
    let wanted: Vec<_> = (0..PARTS).map(part).filter(is_meant).map(|part| part.id).collect();
    let of_type = ("itemType", "wrap");
    let by_filter = || query("partNumber", false, &[of_type, ("search.gender", gender)]);
    let condition = Condition {
        reached: Reached::WhereFew(
            "SELECT f.id FROM part AS f WHERE f.organization_id = $owner AND f.gender = $?".to_owned(),
        ),
        ..Condition::new("p.gender = $?", vec![gender.into()])
    };
    let by_condition =
        || ListQuery { conditions: vec![condition.clone()], ..query("partNumber", false, &[of_type]) };
    let both = || ListQuery { conditions: vec![condition.clone()], ..by_filter() };
    for narrowed in [by_filter(), by_condition(), both()] {
        for (number, before) in [(1, 0), (3, 100), (4, 150)] {
            let asked = ListQuery { page: number, ..narrowed.clone() };
            let found = page(&app, &VISIBLE, asked, "p.part_norm").await.unwrap();
            let ids: Vec<_> = found.items.iter().map(|(id, _)| id.clone()).collect();
            assert_eq!(ids, wanted[before..wanted.len().min(before + 50)], "{narrowed:?}");
            // Which of many are looked at to count them is the engine's business.
            let all = wanted.len() as u64;
            let least = if gender == "neutral" { all } else { 50 * number };
            assert!((least..=all).contains(&found.total), "{}", found.total);
            assert_eq!(found.total_is_lower_bound, gender != "neutral");
        }
    }
}

/// Of few materials the parts of each are looked up; of many, all parts are looked at.
#[rstest]
#[tokio::test]
async fn parts_are_found_by_a_piece_of_what_they_are_made_of(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[values(7, 40, 90)] materials: usize,
) {
    let app = TestApp::start(engine).await;
    app.organization("Shop").await;
    let material = move |n: usize| format!("steel {:02}", n % materials);
    let store = move |tx: &mut Tx<'_>| {
        let row = |n: usize| {
            let item_type = if n.is_multiple_of(2) { "adaptor" } else { "wrap" };
            params![format!("{n:024x}"), item_type, format!("{n:03}"), material(n)].to_vec()
        };
        tx.execute_many(&MADE_OF, &(0..200).map(row).collect::<Vec<_>>())
    };
    app.database.write(scope(&app).await, store).await.unwrap();
    for piece in ["steel", "l 0", "3", "steel 06", "06", "e", "brass"] {
        for item_type in [None, Some("adaptor")] {
            let filters: Vec<_> = [("search.material", piece)]
                .into_iter()
                .chain(item_type.map(|one| ("itemType", one)))
                .collect();
            let is_meant =
                |n: &usize| material(*n).contains(piece) && (item_type.is_none() || n.is_multiple_of(2));
            let wanted: Vec<_> = (0..200).filter(is_meant).map(|n| format!("{n:024x}")).collect();
            let all = ListQuery { limit: 200, ..query("partNumber", false, &filters) };
            let found = page(&app, &VISIBLE, all, "p.part_norm").await.unwrap();
            let ids: Vec<_> = found.items.iter().map(|(id, _)| id.clone()).collect();
            assert_eq!(ids, wanted, "{piece} {item_type:?}");
            assert_eq!((found.total, found.total_is_lower_bound), (wanted.len() as u64, false));
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_part_of_any_type_is_found(#[values(Sqlite, Postgres)] engine: Engine) {
    assert_eq!(PART_TYPES.to_vec(), ItemType::ALL.iter().map(|one| one.word()).collect::<Vec<_>>());
    let app = TestApp::start(engine).await;
    app.organization("Shop").await;
    let store = |tx: &mut Tx<'_>| {
        let row = |(n, one): (usize, &&str)| {
            params![format!("{n:024x}"), *one, "", format!("abc{n}de"), "JIC", "male", "approved"].to_vec()
        };
        tx.execute_many(&PART, &PART_TYPES.iter().enumerate().map(row).collect::<Vec<_>>())
    };
    app.database.write(scope(&app).await, store).await.unwrap();
    for n in 0..PART_TYPES.len() {
        let number = format!("c{n}d");
        for filters in [
            &[("search.partNumber", number.as_str())][..],
            &[("search.partNumber", &number), ("search.style", "JIC")],
        ] {
            let found =
                page(&app, &VISIBLE, query("partNumber", false, filters), "p.part_norm").await.unwrap();
            assert_eq!(
                (found.total, found.items[0].0.as_str()),
                (1, format!("{n:024x}").as_str()),
                "{filters:?}"
            );
        }
    }
    let all = page(&app, &VISIBLE, query("partNumber", false, &[]), "p.part_norm").await.unwrap();
    assert_eq!(all.items.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), {
        (0..PART_TYPES.len()).map(|n| format!("{n:024x}")).collect::<Vec<_>>()
    });
}
