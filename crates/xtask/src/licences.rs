//! Checks that every dependency may be used under a licence that we accept.

use cargo_metadata::{MetadataCommand, Package};
use spdx::{Expression, Licensee, ParseMode};

use crate::Result;

/// The licences we accept, by their SPDX names: each lets us ship Swage under Apache-2.0.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that do not say their licence in a form we can read, each with what we found out instead.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// Fails with every package whose licence we do not accept.
pub fn check() -> Result {
    let accepted = accepted()?;
    let metadata = MetadataCommand::new().exec()?;
    let problems: Vec<String> =
        metadata.packages.iter().filter_map(|package| problem(package, &accepted)).collect();
    if problems.is_empty() {
        println!("{} packages are under licences we accept.", metadata.packages.len());
        return Ok(());
    }
    Err(format!(
        "licences that the list ALLOWED in crates/xtask/src/licences.rs does not cover:\n  {}",
        problems.join("\n  ")
    )
    .into())
}

fn accepted() -> Result<Vec<Licensee>> {
    let parse = |name: &&str| Licensee::parse(name).map_err(|error| format!("{name}: {error}").into());
    ALLOWED.iter().map(parse).collect()
}

fn problem(package: &Package, accepted: &[Licensee]) -> Option<String> {
    if EXCEPTIONS.iter().any(|(name, _)| *name == package.name.as_str()) {
        return None;
    }
    let reason = objection(package.license.as_deref(), accepted)?;
    Some(format!("{} {}: {reason}", package.name, package.version))
}

/// What is wrong with this licence expression, if anything is.
fn objection(licence: Option<&str>, accepted: &[Licensee]) -> Option<String> {
    let Some(licence) = licence else { return Some("names no licence".into()) };
    // Lax, since older crates write "MIT/Apache-2.0".
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
        return Some(format!("unreadable licence `{licence}`"));
    };
    let fine = expression.evaluate(|wanted| accepted.iter().any(|licensee| licensee.satisfies(wanted)));
    (!fine).then(|| licence.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(licence: &str) -> bool {
        objection(Some(licence), &accepted().unwrap()).is_some()
    }

    #[test]
    fn one_accepted_choice_is_enough() {
        assert!(!refused("MIT"));
        assert!(!refused("MIT/Apache-2.0"));
        assert!(!refused("GPL-2.0-only OR MIT"));
        assert!(!refused("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!refused("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT"));
    }

    #[test]
    fn every_part_must_be_accepted() {
        assert!(refused("GPL-3.0-only"));
        assert!(refused("MIT AND GPL-3.0-only"));
        assert!(refused("our own words"));
        assert!(objection(None, &[]).is_some());
    }
}
