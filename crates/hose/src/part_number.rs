//! Part numbers as people type them.

/// The form in which two part numbers are the same that differ only in case,
/// spaces, dashes, dots, slashes or underscores: letters and digits remain,
/// and other signs (`+`, `*`, `#`) too.
pub fn normalized(text: &str) -> String {
    let is_kept = |c: &char| !c.is_whitespace() && !c.is_control() && !SEPARATORS.contains(*c);
    text.chars().filter(is_kept).flat_map(char::to_lowercase).collect()
}

/// What stands between the parts of a number and means nothing: dashes of
/// every length, the minus sign, dots, slashes, underscores, no-break hyphens.
const SEPARATORS: &str =
    "-._/\\\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{ad}\u{200b}\u{feff}";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::normalized;

    #[test]
    fn what_people_type_is_one_number() {
        for typed in ["T28D-08", "t28d 08", " T28D.08 ", "T28D\u{2011}08", "t28d/08", "T28D_08"] {
            assert_eq!(normalized(typed), "t28d08", "{typed}");
        }
        assert_eq!(normalized("A+B*#"), "a+b*#");
        assert_eq!(normalized("--"), "");
    }

    proptest! {
        #[test]
        fn it_is_done_once_for_all(text in "\\PC*") {
            let once = normalized(&text);
            prop_assert_eq!(normalized(&once), once);
        }
    }
}
