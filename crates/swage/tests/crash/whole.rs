//! Whether everything that belongs to a key is there with it: each write is
//! there with all of its rows or with none.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::rows::{Row, Rows, text};

const KIND: &str = "API key";

pub fn check(rows: &Rows) {
    let keys = rows.by("api_key", "id");
    let number_of = |grouped: &BTreeMap<String, Vec<&Row>>, key: &str| grouped.get(key).map_or(0, Vec::len);

    let secrets = rows.by("api_key_secret", "key_id");
    let changes = rows.by("key_change", "key_id");
    let audit = entries(rows);
    for (id, row) in &keys {
        let row = row[0];
        let is_deleted = !row["deleted"].is_null();
        let revisions = usize::try_from(row["rev"].as_i64().unwrap()).unwrap();
        assert_eq!(number_of(&secrets, id), usize::from(!is_deleted), "secrets of {row:?}");
        assert_eq!(number_of(&changes, id), revisions, "changes told of {row:?}");
        // One entry for each revision: made first, deleted last, updated between.
        let mut expected = vec!["update"; revisions];
        expected[0] = "create";
        if is_deleted {
            expected[revisions - 1] = "delete";
        }
        expected.sort_unstable();
        assert_eq!(
            audit.get(id),
            Some(&expected.into_iter().map(str::to_owned).collect()),
            "audit of {row:?}"
        );
    }

    for table in ["api_key_secret", "api_key_address", "key_change", "api_key_use"] {
        for key in rows.by(table, "key_id").keys() {
            assert!(keys.contains_key(key), "{table} has a row of {key}, which is not there");
        }
    }
    for (key, addresses) in rows.by("api_key_address", "key_id") {
        let positions: Vec<_> = addresses.iter().filter_map(|row| row["position"].as_u64()).collect();
        assert_eq!(positions, (0..addresses.len() as u64).collect::<Vec<_>>(), "addresses of {key}");
    }
    check_numbers(rows, &keys);

    // Whoever calls with a key sends an Idempotency-Key with each creation.
    let by_request = |row: &&Row| text(&row["created_by"]).starts_with("key:");
    let requested: Vec<_> =
        rows.of("api_key").iter().filter(by_request).map(|row| text(&row["id"])).collect();
    let mut kept: Vec<_> = rows.of("idempotency").iter().map(|row| text(&row["record_id"])).collect();
    kept.sort_unstable();
    assert_eq!(kept, requested, "kept answers and keys");
}

/// What the audit record says was done to each key, in alphabetical order.
fn entries(rows: &Rows) -> BTreeMap<String, Vec<String>> {
    let mut entries: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows.of("audit").iter().filter(|row| row["record_kind"] == "apiKey") {
        entries.entry(text(&row["record_id"])).or_default().push(text(&row["action"]));
    }
    for actions in entries.values_mut() {
        actions.sort_unstable();
    }
    entries
}

/// Each key has a number; none was given twice or left out.
fn check_numbers(rows: &Rows, keys: &BTreeMap<String, Vec<&Row>>) {
    let of_keys: Vec<_> = rows.of("external_id").iter().filter(|row| row["record_kind"] == KIND).collect();
    let numbered: BTreeSet<_> = of_keys.iter().map(|row| text(&row["record_id"])).collect();
    assert_eq!(numbered, keys.keys().cloned().collect(), "numbered keys");
    let numbers: BTreeSet<usize> = of_keys.iter().map(|row| text(&row["value"]).parse().unwrap()).collect();
    assert_eq!(numbers, (1..=keys.len()).collect(), "numbers of keys");
    let counter = rows.of("counter").iter().find(|row| row["name"] == KIND).unwrap();
    assert_eq!(counter["last"], keys.len(), "the counter of keys");
}
