//! The schema: the organization stands first in every key, both engines have
//! the same tables, and PostgreSQL has a second wall around each organization.

use base::{Clock, Id, Organization, Random, Result};
use database::{Database, Engine, Row, Scope, Statement, Table, Tx, Value, params};
use rstest::rstest;
use testkit::{Postgres, Sqlite, Store, TestApp};

/// The tables that belong to no organization, and why.
const SHARED: &[(&str, &str)] = &[
    ("imported_text", "a text that another system made belongs to one key of all organizations"),
    ("job", "runners take the work of all organizations"),
    ("key_change", "every node follows the keys of all organizations in one sequence"),
    ("node", "a node serves all organizations"),
    ("part_text", "no index serves LIKE behind a wall; what is found is read from behind it"),
    ("store_state", "facts about the store as a whole"),
    ("unknown_call", "nobody's keys are nobody's"),
];

/// The tables of which every organization sees the shared catalogue's rows too.
const CATALOGUE: &[&str] =
    &["brand", "coupling", "crimp_spec", "crimped_coupling", "crimped_hose", "image", "part", "part_end"];

/// The owner of the shared catalogue.
const SHARED_CATALOGUE: Id<Organization> = Id::from_bytes([0; 12]);

/// The tables that refer to no other: on SQLite they are in a file of their own.
const FLOATING: &[&str] = &["api_call", "api_call_day"];

/// The table of organizations is a tenant's, with its own id as the organization.
const ORGANIZATION: &str = "organization";

fn is_shared(table: &str) -> bool {
    SHARED.iter().any(|(name, _)| *name == table)
}

fn open(store: &Store) -> Database {
    store.open(Clock::system(), Random::seeded(1))
}

/// The databases there are: on SQLite the history of calls has one of its own.
fn open_all(store: &Store) -> Vec<Database> {
    let shop = open(store);
    let history = shop.open_history(&store.settings, Random::seeded(2)).unwrap();
    shop.backup_parts(&history).into_iter().map(|(database, _)| database).collect()
}

async fn all_tables(store: &Store) -> Vec<Table> {
    let mut tables = Vec::new();
    for database in open_all(store) {
        tables.extend(database.tables().await.unwrap());
    }
    tables
}

/// A statement made by a test; it lives as long as the process, as all do.
fn shared(text: String) -> &'static Statement {
    Box::leak(Box::new(Statement::shared("test", text.leak())))
}

#[rstest]
#[tokio::test]
async fn every_key_of_a_tenant_table_begins_with_the_organization(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let store = Store::new(engine);
    let tables = all_tables(&store).await;
    for (name, _) in SHARED {
        assert!(tables.iter().any(|table| table.name == *name), "the list SHARED names {name}");
    }
    for table in tables.iter().filter(|table| !is_shared(&table.name) && table.name != ORGANIZATION) {
        let name = &table.name;
        assert!(table.unique_keys.iter().any(|key| key.primary), "{name} has no primary key");
        let keys = table.unique_keys.iter().map(|key| &key.columns);
        let foreign = table.foreign_keys.iter().map(|(columns, _)| columns);
        for columns in keys.chain(foreign) {
            assert_eq!(columns[0], "organization_id", "{name} ({})", columns.join(", "));
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_foreign_key_of_a_tenant_table_leads_to_a_tenant_table(#[values(Sqlite, Postgres)] engine: Engine) {
    let store = Store::new(engine);
    for table in all_tables(&store).await {
        for (columns, target) in &table.foreign_keys {
            let ends = [table.name.as_str(), target.as_str()];
            assert!(!ends.into_iter().any(is_shared), "{}: {columns:?} to {target}", table.name);
        }
        let is_held = table.foreign_keys.iter().any(|(columns, _)| columns[0] == "organization_id");
        let floats = !is_held && !is_shared(&table.name) && table.name != ORGANIZATION;
        assert_eq!(floats, FLOATING.contains(&table.name.as_str()), "{}", table.name);
    }
}

#[tokio::test]
async fn both_engines_have_the_same_tables_keys_and_references() {
    let stores = [Store::new(Sqlite), Store::new(Postgres)];
    let sqlite = comparable(all_tables(&stores[0]).await);
    let postgres = comparable(all_tables(&stores[1]).await);
    assert!(!sqlite.is_empty());
    for (one, other) in sqlite.iter().zip(&postgres) {
        assert_eq!(one, other);
    }
    assert_eq!(sqlite.len(), postgres.len());
}

/// Keys in one order: the engines have no order of their own.
fn comparable(mut tables: Vec<Table>) -> Vec<Table> {
    for table in &mut tables {
        table
            .unique_keys
            .sort_by(|one, other| (&one.columns, one.primary).cmp(&(&other.columns, other.primary)));
        table.foreign_keys.sort();
    }
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    tables
}

static COLUMNS: Statement = Statement::shared(
    "test.columns",
    "SELECT schema.name AS table_name, info.name AS column_name, info.type AS kind,
            CASE WHEN info.\"notnull\" = 1 OR info.pk > 0 THEN 1 ELSE 0 END AS required
     FROM sqlite_schema AS schema, pragma_table_info(schema.name) AS info
     WHERE schema.type = 'table' AND schema.name NOT LIKE 'sqlite_%' AND schema.name NOT LIKE 'part_search%'
       AND schema.name <> 'refinery_schema_history'
     ORDER BY schema.name, info.cid",
)
.on_postgres(
    "SELECT relname::text AS table_name, attname::text AS column_name,
            CASE format_type(atttypid, atttypmod) WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB'
                 ELSE upper(format_type(atttypid, atttypmod)) END AS kind,
            attnotnull AS required
     FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
     WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname <> 'refinery_schema_history'
     ORDER BY relname COLLATE \"C\", attnum",
);

static INDEXES: Statement = Statement::shared(
    "test.indexes",
    "SELECT schema.tbl_name AS table_name, schema.name AS index_name, info.name AS column_name,
            CASE WHEN schema.sql LIKE 'CREATE UNIQUE%' THEN 1 ELSE 0 END AS is_unique
     FROM sqlite_schema AS schema, pragma_index_info(schema.name) AS info
     WHERE schema.type = 'index' AND schema.sql IS NOT NULL
       AND schema.tbl_name NOT LIKE 'part_search%' ORDER BY schema.name, info.seqno",
)
.on_postgres(
    "SELECT indrelid::regclass::text AS table_name, relname::text AS index_name, attname::text AS column_name,
            indisunique AS is_unique
     FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid,
          unnest(indkey::int2[]) WITH ORDINALITY AS part (attnum, place), pg_attribute
     WHERE relnamespace = current_schema()::regnamespace AND NOT indisprimary AND relname NOT LIKE 'part_search%'
       AND pg_attribute.attrelid = indrelid AND pg_attribute.attnum = part.attnum
     ORDER BY relname COLLATE \"C\", place",
);

#[tokio::test]
async fn both_engines_have_columns_of_the_same_types_and_the_same_indexes() {
    type Fact = (String, String, String, bool);
    async fn facts(engine: Engine) -> (Vec<Fact>, Vec<Fact>) {
        let store = Store::new(engine);
        let read = |tx: &mut Tx<'_>| {
            let names = |row: &Row<'_>, third: &str, flag: &str| -> Result<Fact> {
                let (table, column) = (row.get("table_name")?, row.get("column_name")?);
                Ok((table, column, row.get(third)?, row.get(flag)?))
            };
            let columns = tx.fetch_all(&COLUMNS, params![], |row| names(row, "kind", "required"))?;
            let indexes = tx.fetch_all(&INDEXES, params![], |row| names(row, "index_name", "is_unique"))?;
            Ok((columns, indexes))
        };
        let (mut columns, mut indexes) = (Vec::new(), Vec::new());
        for database in open_all(&store) {
            let (more_columns, more_indexes) = database.read(Scope::System, read).await.unwrap();
            columns.extend(more_columns);
            indexes.extend(more_indexes);
        }
        // Within a table the order counts, of tables it does not.
        columns.sort_by(|one, other| one.0.cmp(&other.0));
        indexes.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
        (columns, indexes)
    }
    let (sqlite, postgres) = (facts(Sqlite).await, facts(Postgres).await);
    assert!(sqlite.0.len() > 50 && sqlite.1.len() > 5);
    for (one, other) in [(sqlite.0, postgres.0), (sqlite.1, postgres.1)] {
        let only = |these: &[Fact], those: &[Fact]| -> Vec<Fact> {
            these.iter().filter(|fact| !those.contains(fact)).cloned().collect()
        };
        assert_eq!((only(&one, &other), only(&other, &one)), (Vec::new(), Vec::new()));
        assert_eq!(one, other, "the same, but in another order");
    }
}

#[tokio::test]
async fn on_postgres_every_tenant_table_is_behind_row_level_security() {
    static WALLS: Statement = Statement::shared("test.walls", "SELECT 1 WHERE FALSE").on_postgres(
        "SELECT relname::text AS table_name, relrowsecurity AND relforcerowsecurity AS is_walled,
                (SELECT coalesce(string_agg(pg_get_expr(polqual, polrelid), '; ' ORDER BY polname), '')
                 FROM pg_policy WHERE polrelid = pg_class.oid) AS policy,
                (SELECT count(*) FROM pg_policy
                 WHERE polrelid = pg_class.oid AND polcmd = '*' AND polpermissive) AS policies
         FROM pg_class
         WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
           AND relname <> 'refinery_schema_history' ORDER BY relname",
    );
    let store = Store::new(Postgres);
    let read = |tx: &mut Tx<'_>| {
        tx.fetch_all(&WALLS, params![], |row| {
            let wall: (bool, String, i64) = (row.get("is_walled")?, row.get("policy")?, row.get("policies")?);
            Ok((row.get::<String>("table_name")?, wall))
        })
    };
    let walls = open(&store).read(Scope::System, read).await.unwrap();
    assert!(walls.len() > 10);
    let whose = |column: &str| {
        let setting =
            |name: &str| format!("( SELECT current_setting('app.{name}'::text, true) AS current_setting)");
        let (organization, system) = (setting("organization"), setting("system"));
        format!("(({column} = {organization}) OR ({system} = 'on'::text))")
    };
    for (table, wall) in walls {
        let wanted = match table.as_str() {
            ORGANIZATION => (true, whose("id"), 1),
            name if is_shared(name) => (false, String::new(), 0),
            name if CATALOGUE.contains(&name) => {
                let of_all = "(organization_id = '000000000000000000000000'::text)";
                (true, [of_all, &whose("organization_id")].join("; "), 1)
            }
            _ => (true, whose("organization_id"), 1),
        };
        assert_eq!(wall, wanted, "{table}");
    }
}

/// Two organizations with rows in most tables.
async fn two_organizations(app: &TestApp) -> [Id<Organization>; 2] {
    let mut ids = Vec::new();
    for name in ["One", "Other"] {
        let shop = app.organization(name).await;
        shop.customer("A customer").await;
        let addresses = serde_json::json!([{ "ipAddress": "192.0.2.1", "description": "Office" }]);
        shop.key_with(serde_json::json!({ "approvedIpAddresses": addresses })).await;
        shop.sign_in().await;
        ids.push(shop.id);
    }
    app.write_history().await;
    [ids[0], ids[1]]
}

#[tokio::test]
async fn on_postgres_a_statement_that_forgets_the_organization_touches_only_its_own_rows() {
    let app = TestApp::start(Postgres).await;
    let [one, other] = two_organizations(&app).await;
    let tables = app.database.tables().await.unwrap();
    let mut filled = 0;
    for table in tables.iter().filter(|table| !is_shared(&table.name)) {
        let name = &table.name;
        let column = if name == ORGANIZATION { "id" } else { "organization_id" };
        let count = shared(format!("SELECT count(*) AS n FROM {name}"));
        let count_own = shared(format!("SELECT count(*) AS n FROM {name} WHERE {column} = $1"));
        let touch = shared(format!("UPDATE {name} SET {column} = {column}"));
        let ask = |scope: Scope, statement: &'static Statement, values: Vec<Value>| {
            let ask = move |tx: &mut Tx<'_>| tx.fetch_one(statement, &values, |row| row.get::<u64>("n"));
            app.database.read(scope, ask)
        };
        let mut all = 0;
        for id in [one, other, SHARED_CATALOGUE] {
            let own = ask(Scope::System, count_own, vec![id.into()]).await.unwrap();
            let seen = ask(Scope::Organization(id), count, vec![]).await.unwrap();
            let touched = move |tx: &mut Tx<'_>| tx.execute(touch, params![]);
            let touched = app.database.write(Scope::Organization(id), touched).await.unwrap();
            assert_eq!((seen, touched), (own, own), "{name}");
            all += own;
            filled += u32::from(own > 0);
        }
        assert_eq!(ask(Scope::System, count, vec![]).await.unwrap(), all, "{name}");
    }
    assert!(filled >= 2 * 12, "only {filled} tables have rows");
}

#[tokio::test]
async fn on_postgres_no_row_is_put_into_another_organization() {
    let app = TestApp::start(Postgres).await;
    let [one, other] = two_organizations(&app).await;
    let insert =
        shared("INSERT INTO counter (organization_id, name, last) VALUES ($1, 'smuggled', 1)".into());
    let give = shared("UPDATE counter SET organization_id = $1 WHERE name <> 'smuggled'".into());
    let remove = shared("DELETE FROM counter WHERE organization_id = $1".into());
    for statement in [insert, give] {
        let unit = move |tx: &mut Tx<'_>| tx.execute(statement, params![other]);
        let refused = app.database.write(Scope::Organization(one), unit).await;
        let refused = refused.expect_err("it is refused").to_string();
        assert!(refused.contains("row-level security"), "{refused}");
    }
    let unit = move |tx: &mut Tx<'_>| tx.execute(remove, params![other]);
    assert_eq!(app.database.write(Scope::Organization(one), unit).await.unwrap(), 0);
    let unit = move |tx: &mut Tx<'_>| tx.execute(insert, params![one]);
    assert_eq!(app.database.write(Scope::Organization(one), unit).await.unwrap(), 1);
}

#[tokio::test]
async fn on_postgres_every_text_column_compares_bytewise() {
    static OTHERS: Statement = Statement::shared("test.others", "SELECT '' AS name WHERE FALSE").on_postgres(
        "SELECT relname || '.' || attname AS name
         FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid JOIN pg_collation ON pg_collation.oid = attcollation
         WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND attnum > 0
           AND relname <> 'refinery_schema_history' AND collname <> 'C'",
    );
    let store = Store::new(Postgres);
    let read = |tx: &mut Tx<'_>| tx.fetch_all(&OTHERS, params![], |row| row.get::<String>("name"));
    assert_eq!(open(&store).read(Scope::System, read).await.unwrap(), Vec::<String>::new());
}

#[rstest]
#[tokio::test]
async fn text_sorts_by_its_bytes(#[values(Sqlite, Postgres)] engine: Engine) {
    static PUT: Statement =
        Statement::shared("test.put", "INSERT INTO store_state (name, value) VALUES ($1, 0)");
    static NAMES: Statement = Statement::shared("test.names", "SELECT name FROM store_state ORDER BY name");
    let store = Store::new(engine);
    let database = open(&store);
    let mut texts =
        ["generation", "Z", "a", "_", " b", "é", "e\u{301}", "ß", "10", "9", "Ａ", "🔩", "", "a\t"];
    let put =
        move |tx: &mut Tx<'_>| texts[1..].iter().try_for_each(|text| tx.execute_one(&PUT, params![*text]));
    database.write(Scope::System, put).await.unwrap();
    let names = |tx: &mut Tx<'_>| tx.fetch_all(&NAMES, params![], |row| row.get::<String>("name"));
    let names = database.read(Scope::System, names).await.unwrap();
    texts.sort_unstable();
    assert_eq!(names, texts);
}

#[rstest]
#[tokio::test]
async fn values_come_back_as_they_went_in(#[values(Sqlite, Postgres)] engine: Engine) {
    static PUT: Statement = Statement::system(
        "test.put",
        "INSERT INTO job (id, kind, job_key, payload, run_at, leased_until, attempts, last_error, dead, created)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0, 0)",
    );
    static GET: Statement = Statement::system("test.get", "SELECT * FROM job WHERE id = $1");
    let store = Store::new(engine);
    let database = open(&store);
    let texts = ["", "'; DROP TABLE job; --", "$1 ?1 :a @b %s \\", "\u{1}\u{7f}\u{ffff}", "𝔘𝔫𝔦\r\n"];
    for (n, text) in texts.into_iter().enumerate() {
        let id = n.to_string();
        let round = move |tx: &mut Tx<'_>| {
            let id = id.as_str();
            tx.execute_one(&PUT, params![id, text, id, text, i64::MIN, i64::MAX, None::<&str>])?;
            tx.fetch_one(&GET, params![id], |row| {
                let texts: [String; 2] = [row.get("kind")?, row.get("payload")?];
                let numbers: [i64; 2] = [row.get("run_at")?, row.get("leased_until")?];
                Ok((texts, numbers, row.get::<Value>("last_error")?))
            })
        };
        let (texts, numbers, null) = database.write(Scope::System, round).await.unwrap();
        assert_eq!(texts, [text, text]);
        assert_eq!(numbers, [i64::MIN, i64::MAX]);
        assert_eq!(null, Value::Null);
    }
}

/// Without being told how many rows there are, SQLite takes the index on the organization alone for as good as any.
#[tokio::test]
async fn sqlite_takes_the_index_that_leaves_the_fewest_rows() {
    static BY_SERIES: Statement = Statement::tenant(
        "test.by_series",
        "EXPLAIN QUERY PLAN SELECT * FROM part WHERE organization_id = $1 AND item_type = 'crimpFitting'
         AND status = 'approved' AND series_norm IN ('a', 'b') AND hose_dash = 8 ORDER BY part_norm || ''",
    );
    static BY_ID: Statement = Statement::tenant(
        "test.by_id",
        "EXPLAIN QUERY PLAN SELECT * FROM part WHERE organization_id = $1 AND item_type = 'hose'
         AND status = 'approved' AND id IN (SELECT t.id FROM part_text AS t WHERE t.organization_id = $1 AND t.norm = 'a')",
    );
    // Not by what is said of every part there is.
    static BY_START: Statement = Statement::tenant(
        "test.by_start",
        "EXPLAIN QUERY PLAN SELECT id FROM part_text WHERE organization_id = $1 AND source = 'own'
         AND norm >= 'a' AND norm < 'b'",
    );
    // And not all of a brand, or of an organization.
    static BY_PICTURE: Statement = Statement::tenant(
        "test.by_picture",
        "EXPLAIN QUERY PLAN SELECT part_number FROM part WHERE organization_id = $1 AND image_norm = 'a'
         AND deleted IS NULL ORDER BY part_norm LIMIT 6",
    );
    let store = Store::new(Sqlite);
    let database = open(&store);
    let plans = [
        (&BY_SERIES, "part_series"),
        (&BY_ID, "sqlite_autoindex_part_1"),
        (&BY_START, "part_text_own"),
        (&BY_PICTURE, "part_image"),
    ];
    for (statement, index) in plans {
        let plan = move |tx: &mut Tx<'_>| {
            tx.fetch_all(statement, params![], |row: &Row<'_>| row.get::<String>("detail"))
        };
        let scope = Scope::Organization(Id::from_bytes([1; 12]));
        let plan = database.read(scope, plan).await.unwrap();
        assert!(plan.iter().any(|step| step.contains(&format!(" USING INDEX {index} "))), "{plan:?}");
    }
}
