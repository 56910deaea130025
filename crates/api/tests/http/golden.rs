//! Golden files: text that tests make of the program, kept so that every
//! change of it is seen.

use std::{fmt::Write, fs, path::Path};

/// Fails unless the file of this name in `tests/golden` holds this text.
pub fn check(name: &str, text: &str) {
    check_file(&Path::new("tests/golden").join(name), text);
}

/// Fails unless this file holds this text; writes it instead where that is asked for.
pub fn check_file(file: &Path, text: &str) {
    let kept = fs::read_to_string(file).unwrap_or_default();
    if kept == text {
        return;
    }
    if is_blessed() {
        fs::write(file, text).unwrap();
        return;
    }
    panic!(
        "{} is not what the program makes (- kept, + made):\n{}\n\
         If the change is meant, run this test again with SWAGE_BLESS=1 and commit the file.",
        file.display(),
        difference(&kept, text)
    );
}

/// Whether files are to be written anew.
#[expect(clippy::disallowed_methods, reason = "the one place that asks; a test has no configuration")]
pub fn is_blessed() -> bool {
    std::env::var("SWAGE_BLESS").is_ok_and(|value| value == "1")
}

/// The lines that differ, each run of them after the number of its first line.
fn difference(kept: &str, made: &str) -> String {
    let (kept, made): (Vec<_>, Vec<_>) = (kept.lines().collect(), made.lines().collect());
    let (mut k, mut m) = (0, 0);
    let mut text = String::new();
    while k < kept.len() || m < made.len() {
        if kept.get(k) == made.get(m) {
            (k, m) = (k + 1, m + 1);
            continue;
        }
        let (gone, new) = until_equal(&kept[k..], &made[m..]);
        let _ = writeln!(text, "line {}", k + 1);
        kept[k..k + gone].iter().for_each(|line| text.extend(["- ", line, "\n"]));
        made[m..m + new].iter().for_each(|line| text.extend(["+ ", line, "\n"]));
        (k, m) = (k + gone, m + new);
    }
    text
}

/// How many lines of either text stand before three lines that are equal in
/// both, or before the ends.
fn until_equal(kept: &[&str], made: &[&str]) -> (usize, usize) {
    const MOST: usize = 2000;
    let are_equal = |i: usize, j: usize| {
        i <= kept.len() && j <= made.len() && kept[i..].iter().take(3).eq(made[j..].iter().take(3))
    };
    let mut steps = (1..MOST).flat_map(|sum| (0..=sum).rev().map(move |i| (i, sum - i)));
    steps.find(|(i, j)| are_equal(*i, *j)).unwrap_or((kept.len(), made.len()))
}

#[test]
fn a_difference_is_shown_without_what_is_equal() {
    for (kept, made, shown) in [
        ("a\nb\nc\nd\n", "a\nx\nd\n", "line 2\n- b\n- c\n+ x\n"),
        ("", "a\n", "line 1\n+ a\n"),
        ("a\na\n", "a\n", "line 2\n- a\n"),
        ("a\nb\nc\nd\ne\nf\n", "a\nc\nd\ne\nx\nf\n", "line 2\n- b\nline 6\n+ x\n"),
        ("a\n", "b\n", "line 1\n- a\n+ b\n"),
    ] {
        assert_eq!(difference(kept, made), shown);
    }
}
