//! Every statement and every list, on both engines.
#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use std::collections::{BTreeMap, BTreeSet};

use base::{Clock, Random, Result};
use database::{
    Database, Row, Scope, Statement, Tenancy, Tx, Value,
    list::{Compare, Filter, List, ListQuery, Sort},
    params,
};
use rstest::rstest;
use testkit::{Engine, PICTURE, Postgres, Sqlite, Store, TestApp, TestOrganization};

/// The statements over rows of all organizations, each with its reason. Where
/// an organization is given all the same, what runs them follows the keys of
/// every organization and is bound to none.
const ACROSS_ORGANIZATIONS: &[(&str, &str)] = &[
    ("api_call.insert", "a batch holds the calls of all organizations"),
    ("api_call_day.add", "a batch holds the calls of all organizations"),
    ("api_key_address.of_organization", "a node loads all keys"),
    ("api_key.all_live", "a node loads all keys"),
    ("api_key_secret.ended", "ended secrets of all organizations are forgotten"),
    ("api_key_secret.of_organization", "a node loads all keys"),
    ("api_key.live_organizations", "a node loads all keys"),
    ("api_key_secret.pepper_versions", "a pepper still in use must not be taken away"),
    ("api_key.owners", "a refused call names a key and no organization"),
    ("api_key.tally", "the doctor looks at all keys"),
    ("api_key.untold_ends", "an hourly job tells of the ends of all keys"),
    ("idempotency.delete_before", "old answers are swept away at once for all"),
    ("webhook_delivery.delete_before", "old deliveries are swept away at once for all"),
    ("organization.all", "the command line lists organizations"),
    ("organization.with_origins", "which web pages may call is held in memory for all"),
    ("organization.named", "the command line is told an organization by name"),
    ("project.all_of_keys", "a node loads all keys"),
    ("revoked_token.all", "a node loads all keys"),
    ("revoked_token.delete_expired", "ended tokens that are over are swept away at once for all"),
    ("role.all_permissions", "a node loads all keys"),
    ("session.delete_all", "a restored backup ends every session"),
    ("session.delete_expired", "sessions that are over are swept away at once for all"),
    ("user.by_email", "a login names no organization"),
    ("user_link.delete_all", "a restored backup ends every link"),
    ("user_link.delete_expired", "links that are over are swept away at once for all"),
];

/// Tables that have an organization in their rows and yet are everybody's.
const SHARED_TABLES: &[&str] = &["imported_text", "key_change"];

fn open(store: &Store) -> Database {
    store.open(Clock::system(), Random::seeded(1))
}

/// The database of the history of calls, which goes with this one.
fn history_of(store: &Store, database: &Database) -> Database {
    database.open_history(&store.settings, Random::seeded(2)).unwrap()
}

fn statements() -> impl Iterator<Item = &'static Statement> {
    records::statements().chain(records::history_statements())
}

fn lists() -> impl Iterator<Item = &'static List> {
    records::lists().chain(records::history_lists())
}

/// The database that a list is read from.
fn database_of<'a>(app: &'a TestApp, list: &List) -> &'a Database {
    let is_history = records::history_lists().any(|other| other.name == list.name);
    if is_history { app.history.database() } else { &app.database }
}

#[rstest]
#[tokio::test]
async fn every_statement_prepares(#[values(Sqlite, Postgres)] engine: Engine) {
    let store = Store::new(engine);
    let database = open(&store);
    let history = history_of(&store, &database);
    let mut failures = Vec::new();
    let of_shop = records::statements().map(|statement| (&database, statement));
    let of_history = records::history_statements().map(|statement| (&history, statement));
    for (database, statement) in of_shop.chain(of_history) {
        // Each in a transaction of its own: on PostgreSQL a failure ends it.
        let prepare = |tx: &mut Tx<'_>| tx.prepare(statement.name, statement.text(tx.engine()));
        if let Err(error) = database.read(Scope::System, prepare).await {
            failures.push(error.to_string());
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_names_of_statements_are_unique_and_of_one_form() {
    let mut names = BTreeSet::new();
    for statement in statements() {
        let name = statement.name;
        assert!(names.insert(name), "{name} is there twice");
        let is_word = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(name.split_once('.').is_some_and(|(of, what)| is_word(of) && is_word(what)), "{name}");
    }
}

/// The tables of ours that a text names, in the order of their names.
fn tables_in<'a>(text: &str, tables: &'a [String]) -> Vec<&'a str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: BTreeSet<&str> = text.split(|c| !is_part(c)).collect();
    tables.iter().map(String::as_str).filter(|table| words.contains(table)).collect()
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the organization that the transaction passes as `$1` bounds the statement.
fn is_bound(text: &str, tables: &[&str]) -> bool {
    let text = spaced(text);
    let inserted = text.strip_prefix("INSERT INTO ").and_then(|rest| rest.split_once(' '));
    if let Some((table, columns)) = inserted {
        let own = if table == "organization" { "(id," } else { "(organization_id," };
        return columns.starts_with(own) && text.contains("VALUES ($1,");
    }
    text.contains("organization_id = $1")
        // What is shared by all is seen by all.
        || text.contains("organization_id IN ($1, '000000000000000000000000')")
        || (tables == ["organization"] && text.contains("WHERE id = $1"))
}

#[tokio::test]
async fn every_statement_on_tenant_tables_is_bound_to_the_organization_or_says_why_not() {
    let store = Store::new(Sqlite);
    let database = open(&store);
    let mut known = database.tables().await.unwrap();
    known.extend(history_of(&store, &database).tables().await.unwrap());
    let has_organization = |table: &database::Table| table.columns.iter().any(|c| c == "organization_id");
    let tenant: Vec<String> = known
        .iter()
        .filter(|table| has_organization(table) || table.name == "organization")
        .map(|table| table.name.clone())
        .filter(|name| !SHARED_TABLES.contains(&name.as_str()))
        .collect();
    let mut across = BTreeSet::new();
    for statement in statements() {
        let name = statement.name;
        for engine in [Sqlite, Postgres] {
            let text = statement.text(engine).replace('?', "$");
            let tables = tables_in(&text, &tenant);
            match statement.tenancy {
                Tenancy::Tenant => {
                    assert!(!tables.is_empty(), "{name} is on no tenant table");
                    assert!(is_bound(&text, &tables), "{name} does not bind its rows to the organization");
                }
                Tenancy::Shared => assert!(tables.is_empty(), "{name} is shared, but on {tables:?}"),
                Tenancy::System if tables.is_empty() => {}
                Tenancy::System => {
                    across.insert(name);
                }
            }
        }
    }
    let reasons: BTreeMap<_, _> = ACROSS_ORGANIZATIONS.iter().copied().collect();
    let listed: BTreeSet<_> = reasons.keys().copied().collect();
    assert_eq!(across, listed, "the list ACROSS_ORGANIZATIONS says which statements need no organization");
}

#[test]
fn every_joined_table_is_bound_too() {
    // On one organization's rows alone can a cluster answer from one place.
    for statement in statements().filter(|statement| statement.tenancy == Tenancy::Tenant) {
        let text = spaced(statement.text(Postgres));
        let joins = text.matches("JOIN ").count();
        let to_another =
            text.matches("organization_id = ").count() - text.matches("organization_id = $1").count();
        // What is the organization's own is bound by itself; shared rows are where every organization's are.
        let is_bound = |on: &&str| {
            let binds = ["organization_id = $1", "organization_id IN ($1, '000000000000000000000000')"];
            on.split_once('.').is_some_and(|(_, rest)| binds.iter().any(|bind| rest.starts_with(bind)))
        };
        let bound = to_another + text.split(" ON ").skip(1).filter(is_bound).count();
        assert!(bound >= joins, "{} joins a table without its organization", statement.name);
    }
}

/// An organization with rows for every list, and another beside it. The same
/// calls make the same ids on both engines.
async fn filled(engine: Engine) -> TestApp {
    let app = TestApp::start(engine).await;
    let other = app.organization("Other").await;
    other.key_with(serde_json::json!({ "name": "not ours" })).await;
    let shop = app.organization("Shop").await;
    let names = [
        "Zulu",
        "alpha",
        "Alpha ",
        "ALPHA",
        "été",
        "Été",
        "e\u{301}te",
        "_under",
        "100%",
        "100!",
        "a b",
        "Ω",
        "ß",
        "ss",
        "10",
        "9",
        "🔩",
        "delta",
    ];
    shop.webhook("https://shop.example/keys", &["apiKey.*"]).await;
    for (n, name) in names.into_iter().enumerate() {
        let key_type = ["admin", "full-access", "read-only", "customer"][n % 4];
        let mut fields = serde_json::json!({ "name": name, "keyType": key_type });
        if key_type == "customer" {
            fields["customerId"] = serde_json::json!(shop.customer(name).await);
            fields["approvedIpAddresses"] = serde_json::json!([{ "ipAddress": "10.0.0.0/8" }]);
            fields["expires"] = serde_json::json!("2027-01-01T00:00:00Z");
        }
        let key = shop.key_with(fields).await;
        if n % 5 == 4 {
            let delete = format!("/api/v1/organization/apikeys/{}/delete", key.id);
            app.post(delete).credential(&shop.admin.text).expect(200).await;
        }
        if n % 2 == 0 {
            shop.webhook("https://shop.example/nothing", &["webhook.none"]).await;
        }
        app.get("/security/v1/verify").credential(&key.text).send().await;
        let address = format!("{}{n}@Shop.example", ["b", "A", "é", "_"][n % 4]);
        let invited = serde_json::json!({ "emailAddresses": [{ "email": address, "name": name }] });
        let invite = app.post("/api/v1/organization/users/invite").credential(&shop.admin.text);
        invite.json(&invited).expect(201).await;
        let join = app.post("/api/projects/1/users").credential(&shop.admin.text);
        join.json(&serde_json::json!({ "user": { "email": address } })).expect(200).await;
        // Some are made at the same moment: then their ids decide.
        if n % 3 == 0 {
            app.pass(std::time::Duration::from_mins(1));
        }
        if n == 9 {
            app.pass(std::time::Duration::from_hours(24));
        }
    }
    fill_catalogue(&shop).await;
    for name in ["Elbow", "elbow-2", "LPH%25", "%C3%89cran", "a_b", "Zz!", "10", "9", "'x' y", "%C3%9F"] {
        shop.bring(&format!("images?name={}", name.replace(' ', "%20")), PICTURE).expect(201).await;
    }
    app.write_history().await;
    app
}

/// Parts of every type, the shop's own, shared ones, and some that wait.
async fn fill_catalogue(shop: &TestOrganization<'_>) {
    let pick = |words: &[&str], n: u32| words[n as usize % words.len()].to_owned();
    let supplier = serde_json::json!({ "name": "Ø & Sønn" });
    let suppliers = "/api/v1/organization/suppliers/update";
    shop.app().post(suppliers).credential(&shop.admin.text).json(&supplier).expect(200).await;
    for (n, number) in (0u32..).zip(["A-10", "a 11", "B_2.1", "%%", "ABC/1", "10", "Ω-9", "ss-ß", "X\"Y\"Z"])
    {
        shop.part("hoses", &serde_json::json!({
            "partNumber": number, "brand": pick(&["One", "Two"], n), "size": format!("-{:02}", 4 + n),
            "series": pick(&["K", "k2", "É"], n), "spec": format!("SAE 100R{n}"),
            "workingPressure": { "value": 100 + n, "unit": "bar" }, "colourHose": pick(&["black", "Red"], n),
            "orgPartNumber": (n % 2 == 0).then(|| format!("own-{n}{n}{n}")),
            "description": (n % 3 > 0).then(|| format!("Schlauch {n}, 100% {number}")),
            "available": n % 4 > 0, "supplier": "Ø & Sønn", "cost": n,
        }))
        .await;
        shop.part("crimpfittings", &serde_json::json!({
            "partNumber": format!("F{number}"), "brand": "One", "hoseSize": 8, "dashSize": 4 + n, "series": "K",
            "style": pick(&["JIC", "ORFS"], n), "gender": pick(&["male", "female"], n),
            "shape": pick(&["straight", "elbow90"], n), "material": pick(&["steel", "Brass"], n),
        }))
        .await;
        shop.part("wraps", &serde_json::json!({
            "partNumber": format!("W{number}"), "brand": "One", "wrapType": pick(&["nylonSleeve", "springGuard"], n),
        }))
        .await;
        shop.shared_part(
            "otheritems",
            serde_json::json!({ "partNumber": format!("S{number}"), "itemType": "clamp" }),
        )
        .await;
        if n < 8 {
            shop.pending_part(&format!("P{number}")).await;
        }
        let file = format!("partNumber\r\nI-{n}\r\n");
        let look = if n % 2 == 0 { "true" } else { "false" };
        let import = shop.app().post("/api/v1/components/import").credential(&shop.admin.text);
        import.upload("otherItem.csv", file.as_bytes(), &[("dryRun", look)]).expect(200).await;
    }
}

/// The organization that [`filled`] fills.
async fn scope(app: &TestApp) -> Scope {
    static SHOP: Statement =
        Statement::system("test.shop", "SELECT id FROM organization WHERE name = 'Shop'");
    let find = |tx: &mut Tx<'_>| tx.fetch_one(&SHOP, params![], |row| row.get("id"));
    Scope::Organization(app.database.read(Scope::System, find).await.unwrap())
}

/// A row of a list: its id, and what a test wants to know of it.
type Listed = (String, Value);

/// What a column is called among those that a list answers.
fn bare(column: &str) -> &str {
    column.rsplit('.').next().unwrap()
}

async fn page(
    app: &TestApp,
    list: &'static List,
    query: ListQuery,
    column: &'static str,
) -> Result<base::Page<Listed>> {
    let columns = format!("{}, {column} AS listed_value", list.columns).leak();
    let list_with_it = List { columns, ..*list };
    let read = |row: &Row<'_>| Ok((row.get("id")?, row.get("listed_value")?));
    database_of(app, list).read(scope(app).await, move |tx| list_with_it.fetch(tx, &query, read)).await
}

async fn all(app: &TestApp, list: &'static List, query: ListQuery, column: &'static str) -> Vec<Listed> {
    let query = ListQuery { limit: 1000, ..query };
    let page = page(app, list, query, column).await.unwrap();
    assert_eq!((page.total, page.cursor), (page.items.len() as u64, None), "{}", list.name);
    page.items
}

fn sorted_by(sort: &Sort, down: bool) -> ListQuery {
    ListQuery { sort: Some((sort.name.to_owned(), down)), ..ListQuery::default() }
}

fn key(row: &Listed) -> (Option<i64>, Option<&str>, &str) {
    match &row.1 {
        Value::Integer(number) => (Some(*number), None, &row.0),
        Value::Text(text) => (None, Some(text), &row.0),
        other => panic!("a list is sorted by {other:?}"),
    }
}

/// Every row of a list in this order, read page by page and by the cursor.
async fn in_order(app: &TestApp, list: &'static List, sort: &'static Sort, down: bool) -> Vec<Listed> {
    let whole = all(app, list, sorted_by(sort, down), sort.column).await;
    assert!(whole.len() > 7, "{} has too few rows: `filled` makes them", list.name);
    let mut expected = whole.clone();
    expected.sort_by(|one, other| key(one).cmp(&key(other)));
    if down {
        expected.reverse();
    }
    assert_eq!(whole, expected, "{} by {} down: {down}", list.name, sort.name);
    assert!(whole.iter().all(|row| matches!(row.1, Value::Text(_)) == sort.text), "{}", sort.name);

    let base = ListQuery { limit: 3, ..sorted_by(sort, down) };
    let mut by_page = Vec::new();
    let mut number = 1;
    loop {
        let query = ListQuery { page: number, ..base.clone() };
        let page = page(app, list, query, sort.column).await.unwrap();
        assert_eq!((page.page, page.limit, page.total), (number, 3, whole.len() as u64));
        let is_last = page.cursor.is_none();
        by_page.extend(page.items);
        if is_last {
            break;
        }
        number += 1;
    }
    assert_eq!(by_page, whole, "{} by pages", list.name);

    let mut by_cursor = Vec::new();
    let mut cursor = None;
    loop {
        let query = ListQuery { cursor: cursor.clone(), ..base.clone() };
        let page = page(app, list, query, sort.column).await.unwrap();
        assert_eq!(page.total, whole.len() as u64, "a cursor does not change the total");
        by_cursor.extend(page.items);
        assert!(by_cursor.len() <= whole.len(), "a cursor leads back");
        match page.cursor {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(by_cursor, whole, "{} by cursors", list.name);
    whole
}

/// The values to try a filter with: what rows hold, and what none does.
fn samples(filter: &Filter, rows: &[Listed]) -> Vec<Vec<String>> {
    if filter.compare == Compare::Missing {
        return [vec!["true"], vec!["false"], vec!["true", "false"]]
            .map(|values| values.into_iter().map(ToOwned::to_owned).collect())
            .into();
    }
    let held = rows.iter().filter(|(_, value)| *value != Value::Null);
    let texts: BTreeSet<String> = held.map(|(_, value)| words(value)).collect();
    let held: BTreeSet<&str> = texts.iter().map(String::as_str).collect();
    let whole = held.iter().map(|text| vec![(*text).to_owned()]);
    let pair = held.iter().take(2).map(|text| (*text).to_owned()).collect();
    let mut samples: Vec<Vec<String>> = whole.chain([pair]).collect();
    let first = held.first().unwrap();
    match filter.compare {
        Compare::Equal => samples.push(vec!["no such value".to_owned()]),
        Compare::NoneOf => samples.push(held.iter().map(|text| (*text).to_owned()).collect()),
        Compare::Found(searched) => {
            let pieces = held.iter().flat_map(|text| pieces(text));
            samples.extend(pieces.map(|piece| vec![piece]));
            let others = ["no such value", "%%%", "___", "\"\"\"", "'or'", "!!!", "x", "-"];
            samples.extend(others.map(|other| vec![other.to_owned()]));
            assert!(!searched.sources.is_empty());
        }
        Compare::Contains => {
            let parts = ["no such value", "a", "LPH", "%", "_", "!", "\\", "É", " ", "'", "ß"];
            samples.extend(parts.map(|part| vec![part.to_owned()]));
        }
        Compare::Missing => {}
        Compare::Range => {
            let last = held.last().unwrap();
            let ranges =
                [format!("{first}.."), format!("..{last}"), format!("{first}..{last}"), "..".to_owned()];
            samples.extend(ranges.map(|range| vec![range]));
            samples.extend(["..1", "9000000000000000.."].map(|range| vec![range.to_owned()]));
        }
    }
    samples
}

/// Parts of a text: what it is found by, and what it is not.
fn pieces(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let piece =
        |from: usize, to: usize| letters.get(from..to.min(letters.len())).map(|piece| piece.iter().collect());
    [piece(0, 1), piece(0, 2), piece(1, 3), piece(1, 4), piece(2, letters.len())]
        .into_iter()
        .flatten()
        .collect()
}

/// A value as a filter is given it.
fn words(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        other => panic!("a list is narrowed by {other:?}"),
    }
}

fn passes(filter: &Filter, values: &[String], held: &Value) -> bool {
    if filter.compare == Compare::Missing {
        return values.iter().any(|value| *value == (*held == Value::Null).to_string());
    }
    if let Compare::Found(searched) = filter.compare
        && values.iter().any(|value| (searched.fold)(value).is_empty())
    {
        return true;
    }
    if *held == Value::Null {
        return false;
    }
    let text = words(held);
    if filter.compare == Compare::NoneOf {
        return values.iter().all(|value| *value != text);
    }
    values.iter().any(|value| match filter.compare {
        Compare::Missing | Compare::NoneOf => false,
        Compare::Found(searched) => {
            let folded = (searched.fold)(value);
            if folded.chars().count() < 3 { text.starts_with(&folded) } else { text.contains(&folded) }
        }
        Compare::Equal => text == *value,
        Compare::Contains => text.contains(&base::normalized(value)),
        Compare::Range => is_within(value, text.parse().unwrap()),
    })
}

fn is_within(range: &str, number: i64) -> bool {
    let Some((from, below)) = range.split_once("..") else { return range.parse() == Ok(number) };
    let end = |text: &str, open: i64| if text.is_empty() { open } else { text.parse().unwrap() };
    (end(from, i64::MIN)..=end(below, i64::MAX).saturating_sub(1)).contains(&number)
}

/// The rows that each value of a filter leaves.
async fn narrowed(app: &TestApp, list: &'static List, filter: &'static Filter) -> Vec<Vec<Listed>> {
    let rows = all(app, list, ListQuery::default(), filter.column).await;
    let mut answers = Vec::new();
    for values in samples(filter, &rows) {
        let expected: Vec<_> = rows.iter().filter(|row| passes(filter, &values, &row.1)).cloned().collect();
        let query =
            ListQuery { filters: vec![(filter.name.to_owned(), values.clone())], ..ListQuery::default() };
        let found = all(app, list, query, filter.column).await;
        assert_eq!(found, expected, "{} with {} {values:?}", list.name, filter.name);
        answers.push(found);
    }
    assert!(answers.iter().any(|found| !found.is_empty()));
    assert!(filter.compare == Compare::Missing || answers.iter().any(Vec::is_empty));
    answers
}

/// Lists of rows that name ids which are drawn within units: another engine runs others besides, and draws others.
const OF_DRAWN_IDS: &[&str] = &[
    "audit.list",
    "catalogue_import.list",
    "image.list",
    "part.own",
    "part.pending",
    "part.uncrimped_fittings",
    "part.uncrimped_hoses",
    "part.visible",
    "project_user.list",
    "project_user.unconfirmed",
    "user.list",
    "webhook.list",
    "webhook_delivery.list",
];

/// Filters whose values are such ids.
const BY_DRAWN_IDS: &[&str] = &["createdBy", "role", "customer"];

#[tokio::test]
async fn every_sort_and_filter_answers_the_same_rows_in_the_same_order_on_both_engines() {
    let apps = [filled(Sqlite).await, filled(Postgres).await];
    for list in lists() {
        for sort in list.sorts {
            for down in [false, true] {
                let sqlite = in_order(&apps[0], list, sort, down).await;
                let postgres = in_order(&apps[1], list, sort, down).await;
                assert_eq!(sqlite.len(), postgres.len(), "{}", list.name);
                assert!(sqlite == postgres || OF_DRAWN_IDS.contains(&list.name), "{}", list.name);
            }
        }
        // The worklists are of one type each, and narrowed as all parts are, of which every type has rows.
        let filters = if list.name.starts_with("part.uncrimped") { &[] } else { list.filters };
        for filter in filters {
            let sqlite = narrowed(&apps[0], list, filter).await;
            let postgres = narrowed(&apps[1], list, filter).await;
            let is_drawn = OF_DRAWN_IDS.contains(&list.name) || BY_DRAWN_IDS.contains(&filter.name);
            assert!(sqlite == postgres || is_drawn, "{} with {}", list.name, filter.name);
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_cursor_goes_on_where_it_was_given_while_rows_come_and_go(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    static FORGET: Statement = Statement::tenant(
        "test.forget",
        "UPDATE api_key SET deleted = 1 WHERE organization_id = $1 AND id = $2",
    );
    let app = filled(engine).await;
    let list = records::lists().next().unwrap();
    let query = ListQuery { limit: 4, ..sorted_by(&list.sorts[0], false) };
    let whole = all(&app, list, query.clone(), "id").await;
    let first = page(&app, list, query.clone(), "id").await.unwrap();
    let gone = first.items[3].0.clone();
    let forget = move |tx: &mut Tx<'_>| tx.execute_one(&FORGET, params![gone.as_str()]);
    app.database.write(scope(&app).await, forget).await.unwrap();
    let second = page(&app, list, ListQuery { cursor: first.cursor, ..query }, "id").await.unwrap();
    assert_eq!(second.items, whole[4..8]);
}

#[rstest]
#[tokio::test]
async fn a_cursor_of_another_order_or_made_up_is_refused(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = filled(engine).await;
    let list = records::lists().next().unwrap();
    let by = |name: &str| list.sorts.iter().find(|sort| sort.name == name).unwrap();
    let start =
        |sort: &Sort, cursor: Option<String>| ListQuery { limit: 2, cursor, ..sorted_by(sort, false) };
    let of_number = page(&app, list, start(by("created"), None), "id").await.unwrap().cursor;
    let of_text = page(&app, list, start(by("name"), None), "id").await.unwrap().cursor;
    let long = Some("ab".repeat(5000));
    let hex = |text: &str| Some(base::hex::encode(text.as_bytes()));
    for (sort, cursor) in [
        ("name", of_number),
        ("created", of_text),
        ("created", Some("zz".to_owned())),
        ("created", Some(String::new())),
        ("created", long),
        ("created", hex("[1.5,\"a\"]")),
        ("created", hex("[99999999999999999999,\"a\"]")),
        ("created", hex("[null,\"a\"]")),
        ("name", hex("[\"a\\u0000\",\"a\"]")),
        ("name", hex("[\"a\",\"a\\u0000\"]")),
        ("name", hex("{}")),
    ] {
        let refused = page(&app, list, start(by(sort), cursor.clone()), "id").await;
        assert!(matches!(&refused, Err(base::Error::Invalid(_))), "{sort} {cursor:?}: {refused:?}");
    }
}

/// Columns of parts that are always compared with one value.
const ALWAYS_GIVEN: &[&str] = &["item_type", "status"];
/// The index of substrings, which is of another kind.
const SUBSTRINGS: &str = "part_search";

/// Every index: its table and its columns in order.
async fn indexes(database: &Database) -> BTreeMap<String, Vec<String>> {
    static INDEXES: Statement = Statement::shared(
        "test.indexes",
        "SELECT schema.name AS index_name, info.name AS column_name
         FROM sqlite_schema AS schema, pragma_index_info(schema.name) AS info
         WHERE schema.type = 'index' ORDER BY schema.name, info.seqno",
    )
    .on_postgres(
        "SELECT relname::text AS index_name, attname::text AS column_name
         FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid,
              unnest(indkey::int2[]) WITH ORDINALITY AS part (attnum, place), pg_attribute
         WHERE relnamespace = current_schema()::regnamespace
           AND pg_attribute.attrelid = indrelid AND pg_attribute.attnum = part.attnum
         ORDER BY index_name, place",
    );
    let read = |tx: &mut Tx<'_>| {
        let mut indexes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        tx.for_each(&INDEXES, params![], |row| {
            indexes.entry(row.get("index_name")?).or_default().push(row.get("column_name")?);
            Ok(())
        })?;
        Ok(indexes)
    };
    database.read(Scope::System, read).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn the_index_of_a_sort_or_filter_begins_with_the_organization_and_its_column(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let store = Store::new(engine);
    let database = open(&store);
    let mut all = indexes(&database).await;
    all.extend(indexes(&history_of(&store, &database)).await);
    for list in lists() {
        let sorts = list.sorts.iter().map(|sort| (sort.name, sort.column, sort.index, Some("id")));
        let filters = list.filters.iter().map(|filter| (filter.name, filter.column, filter.index, None));
        for (name, column, index, then) in
            sorts.chain(filters).filter(|(_, _, index, _)| !index.is_empty() && *index != SUBSTRINGS)
        {
            let place = format!("{}, {name}: {index}", list.name);
            let columns = all.get(index).unwrap_or_else(|| panic!("{place} does not exist"));
            let mut columns = columns.iter().map(String::as_str);
            assert_eq!(columns.next(), Some("organization_id"), "{place}");
            // Parts are always listed by their type and by where they stand.
            let mut columns =
                columns.skip_while(|given| ALWAYS_GIVEN.contains(given) && *given != bare(column));
            assert_eq!(columns.next(), Some(bare(column)), "{place}");
            // A page ends at a row, and so does the index.
            assert!(then.is_none_or(|then| columns.next() == Some(then)), "{place}");
        }
        for sort in list.sorts {
            assert!(!sort.index.is_empty(), "{} is sorted by {} without an index", list.name, sort.name);
        }
    }
}
