use std::collections::{BTreeMap, BTreeSet};

use database::{Scope, Tenancy, Tx};
use rstest::rstest;
use testkit::{Engine, Postgres, Sqlite, Store};

use crate::{history_of, open, statements};

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
    ("image.by_others", "a picture of the shared catalogue is used by all"),
    ("image.named_by", "names that a migration could not fold are folded once for all"),
    ("image.refold_brand", "names that a migration could not fold are folded once for all"),
    ("image.refold_item", "names that a migration could not fold are folded once for all"),
    ("image.refold_part", "names that a migration could not fold are folded once for all"),
    ("catalogue_import.silent", "imports that do not get on are seen to at once for all"),
    ("idempotency.delete_before", "old answers are swept away at once for all"),
    ("webhook_delivery.delete_before", "old deliveries are swept away at once for all"),
    ("organization.all", "the command line lists organizations"),
    ("organization.ids", "the history of every one is swept"),
    ("organization.is_founded", "the command line is told an organization by name"),
    ("organization.with_settings", "a picture of the shared catalogue may be anybody's logo"),
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
        let binds = ["organization_id = $1", "organization_id IN ($1, '000000000000000000000000')"];
        let is_bound = |on: &&str| {
            on.split_once('.').is_some_and(|(_, rest)| binds.iter().any(|bind| rest.starts_with(bind)))
        };
        // One for each row before it is joined where it is looked up.
        let is_looked_up = |of: &&str| {
            let (_, rest) = of.split_once(" AS one WHERE one.").unwrap_or_default();
            binds.iter().any(|bind| rest.starts_with(bind))
        };
        let bound = to_another
            + text.split(" ON ").skip(1).filter(is_bound).count()
            + text.split(" JOIN LATERAL ").skip(1).filter(is_looked_up).count();
        assert!(bound >= joins, "{} joins a table without its organization", statement.name);
    }
}
