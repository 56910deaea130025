//! Checks which of our crates depends on which.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use crate::Result;

/// Each of our crates with those it may depend on, lowest first. Its tests may use `testkit` too; a build script
/// may use none of them.
const ALLOWED: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("hose", &["base"]),
    ("keys", &["base"]),
    ("workbook", &["base"]),
    ("drawing", &["base", "hose"]),
    ("database", &["base"]),
    ("records", &["base", "hose", "keys", "database"]),
    ("gate", &["base", "keys"]),
    ("outbound", &["base"]),
    ("usecases", &["base", "hose", "keys", "workbook", "drawing", "database", "records", "gate", "outbound"]),
    ("api", &["base", "hose", "keys", "database", "gate", "usecases"]),
    (
        "swage",
        &["base", "hose", "keys", "drawing", "database", "records", "gate", "outbound", "usecases", "api"],
    ),
    (
        "testkit",
        &[
            "base", "hose", "keys", "database", "records", "gate", "outbound", "usecases", "api", "swage",
            "workbook",
        ],
    ),
    ("xtask", &[]),
];

/// One crate of ours that depends on another.
struct Edge {
    from: String,
    to: String,
    kind: DependencyKind,
}

/// Fails with every dependency that the list does not allow.
pub fn check() -> Result {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let crates: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut problems = wrong_lines(&crates);
    problems.extend(edges(&metadata).iter().filter_map(forbidden));
    if problems.is_empty() {
        println!("{} crates depend on each other as planned.", crates.len());
        return Ok(());
    }
    Err(format!(
        "the crates do not depend on each other as planned:\n  {}\n\
         The list ALLOWED in crates/xtask/src/arch.rs has a line for each crate: the crate, then those it may \
         depend on. Change the code, or the plan.",
        problems.join("\n  ")
    )
    .into())
}

/// Crates without a line, and lines without a crate.
fn wrong_lines(crates: &[&str]) -> Vec<String> {
    let listed: BTreeSet<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    let there: BTreeSet<&str> = crates.iter().copied().collect();
    let missing = there.difference(&listed).map(|name| format!("{name} has no line in the list"));
    let stale =
        listed.difference(&there).map(|name| format!("{name} is in the list, but there is no such crate"));
    missing.chain(stale).collect()
}

/// Every dependency between two crates of ours; they are the ones with a path.
fn edges(metadata: &Metadata) -> Vec<Edge> {
    let mut edges = Vec::new();
    for package in &metadata.packages {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.path.is_some()) {
            edges.push(Edge {
                from: package.name.to_string(),
                to: dependency.name.clone(),
                kind: dependency.kind,
            });
        }
    }
    edges
}

/// Why this edge is not allowed, if so.
fn forbidden(edge: &Edge) -> Option<String> {
    let Edge { from, to, kind } = edge;
    let (_, allowed) = ALLOWED.iter().find(|(name, _)| name == from)?;
    let listed = allowed.contains(&to.as_str());
    match kind {
        DependencyKind::Normal if !listed => Some(format!("{from} may not depend on {to}")),
        DependencyKind::Development if !listed && to != "testkit" => {
            Some(format!("the tests of {from} may not depend on {to}"))
        }
        DependencyKind::Build => Some(format!("the build script of {from} may not depend on {to}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(from: &str, to: &str, kind: DependencyKind) -> Option<String> {
        forbidden(&Edge { from: from.into(), to: to.into(), kind })
    }

    #[test]
    fn a_dependency_must_be_listed() {
        assert_eq!(problem("keys", "base", DependencyKind::Normal), None);
        assert_eq!(problem("base", "keys", DependencyKind::Normal).unwrap(), "base may not depend on keys");
    }

    #[test]
    fn only_tests_may_use_the_testkit() {
        assert_eq!(problem("records", "testkit", DependencyKind::Development), None);
        assert_eq!(
            problem("records", "testkit", DependencyKind::Normal).unwrap(),
            "records may not depend on testkit"
        );
        assert_eq!(
            problem("keys", "database", DependencyKind::Development).unwrap(),
            "the tests of keys may not depend on database"
        );
    }

    #[test]
    fn a_build_script_uses_none_of_our_crates() {
        assert_eq!(
            problem("swage", "base", DependencyKind::Build).unwrap(),
            "the build script of swage may not depend on base"
        );
    }

    #[test]
    fn the_list_names_every_crate() {
        let mut crates: Vec<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
        assert!(wrong_lines(&crates).is_empty());
        crates[0] = "pricing";
        assert_eq!(
            wrong_lines(&crates),
            ["pricing has no line in the list", "base is in the list, but there is no such crate"]
        );
    }

    #[test]
    fn the_list_only_points_down() {
        for (position, (name, allowed)) in ALLOWED.iter().enumerate() {
            let lower = &ALLOWED[..position];
            let is_lower = |wanted: &&str| lower.iter().any(|(below, _)| below == wanted);
            assert!(allowed.iter().all(is_lower), "{name} depends on a crate that is not above its line");
        }
    }
}
