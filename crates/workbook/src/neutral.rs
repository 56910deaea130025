//! CSV cannot say that a cell is text, so a spreadsheet program that opens it takes text such as
//! `=cmd|…` for a formula and runs it. An apostrophe before it keeps it text. It is put there on the
//! way out and taken away on the way in, so the text itself survives.

use std::borrow::Cow;

/// The text as it stands in CSV.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_live(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text that [`guarded`] was given.
pub fn plain(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_live(rest) => rest,
        _ => text,
    }
}

/// Whether a spreadsheet program might run it; also what would be taken for a guarded one.
fn is_live(text: &str) -> bool {
    let bare = text.trim_start_matches('\'');
    bare.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(bare)
}

/// `-16` and `+4.5` do no harm, and are frequent in this trade.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_would_run_gets_an_apostrophe() {
        assert_eq!(guarded("=1+1"), "'=1+1");
        assert_eq!(guarded("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(guarded("-2+3"), "'-2+3");
        assert_eq!(guarded("'=1"), "''=1");
    }

    #[test]
    fn numbers_and_other_texts_stay_as_they_are() {
        for text in ["-16", "+4.5", "JIC -16", "'quoted'", "", "1=1"] {
            assert_eq!(guarded(text), text);
            assert_eq!(plain(text), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn it_reads_back(text in "['=+@x1.-]{0,6}") {
            assert_eq!(plain(&guarded(&text)), text);
        }
    }
}
