//! Closed lists of the trade's words, each written in many ways.

/// The form in which two ways of writing a word are the same: as part numbers
/// are compared, and without the signs for degrees and inches.
pub(crate) fn folded(text: &str) -> String {
    crate::part_number::normalized(text).chars().filter(|c| !"°\"'″”()".contains(*c)).collect()
}

/// The words of a list by all that is written for them.
pub(crate) type Known<T> = std::sync::LazyLock<std::collections::HashMap<String, T>>;

/// Declares a closed list of words: for each its code, which is stored and
/// answered, its name for people, and what else people write for it.
macro_rules! words {
    (
        $(#[$meta:meta])* $type:ident, $what:literal {
            $($(#[$word_meta:meta])* $variant:ident $code:literal $name:literal [$($alias:literal)*]),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $($(#[$word_meta])* $variant),* }

        impl $type {
            #[doc = concat!("Every ", $what, ", in the order of a pick-list.")]
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word that is stored and answered.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Its name, for people.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What else is written for it. Case, spaces, dashes, dots and the
            /// signs for degrees and inches do not matter.
            pub const fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($alias),*]),* }
            }

            #[doc = concat!("The ", $what, " that is meant by a code, a name or an alias.")]
            pub fn parse(text: &str) -> Option<Self> {
                static KNOWN: $crate::words::Known<$type> = $crate::words::Known::new(|| {
                    let written = |word: $type| [word.code(), word.name()].into_iter().chain(word.aliases().iter().copied());
                    let known = |&word: &$type| written(word).map(move |text| ($crate::words::folded(text), word));
                    $type::ALL.iter().flat_map(known).collect()
                });
                KNOWN.get(&$crate::words::folded(text)).copied()
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use crate::{Coverage, Family, Gender, Medium, Shape, Style, WrapType};

    macro_rules! each {
        ($($type:ident)*) => {$(
            for &word in $type::ALL {
                for written in [word.code(), word.name()].iter().chain(word.aliases()) {
                    assert_eq!($type::parse(&written.to_uppercase()), Some(word), "{written}");
                }
            }
            assert_eq!($type::parse(""), None);
            assert_eq!($type::parse("no such word"), None);
        )*};
    }

    #[test]
    fn each_word_is_meant_by_all_that_is_written_for_it_and_by_nothing_of_another() {
        each!(Coverage Family Gender Medium Shape Style WrapType);
    }

    #[test]
    fn case_and_signs_do_not_matter() {
        assert_eq!(Style::parse(" jic-37° "), Some(Style::Jic));
        assert_eq!(Style::parse("o-ring face seal"), Some(Style::Orfs));
        assert_eq!(Shape::parse("90° long drop"), Some(Shape::Elbow90Long));
    }
}
