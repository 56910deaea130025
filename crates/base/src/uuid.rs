//! The form of an id for programs that know nothing but UUIDs: a version 8
//! UUID (RFC 9562), in which the twelve bytes of the id stand around four that
//! are always the same.

use crate::{Id, hex};

/// The middle of every UUID of ours: its version and variant, and our mark.
const MARK: &str = "8777-a6e5";

impl<K> Id<K> {
    /// The same id as a UUID, from which [`from_uuid`](Self::from_uuid) reads it.
    pub fn uuid(&self) -> String {
        let digits = hex::encode(self.as_bytes());
        format!("{}-{}-{MARK}-{}", &digits[..8], &digits[8..12], &digits[12..])
    }

    /// The id that a UUID of ours holds, in any case; `None` for anything else.
    pub fn from_uuid(text: &str) -> Option<Self> {
        if text.len() != 36 || !text.is_ascii() {
            return None;
        }
        let (head, rest) = text.split_at(13);
        let (middle, tail) = rest.split_at(11);
        let is_ours = middle.strip_prefix('-')?.strip_suffix('-')?.eq_ignore_ascii_case(MARK);
        let digits = format!("{}{}{tail}", head.get(..8)?, head[8..].strip_prefix('-')?);
        digits.parse().ok().filter(|_| is_ours)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Organization;

    proptest! {
        #[test]
        fn a_uuid_and_back(bytes: [u8; 12]) {
            let id = Id::<Organization>::from_bytes(bytes);
            let uuid = id.uuid();
            prop_assert_eq!(Id::from_uuid(&uuid), Some(id));
            prop_assert_eq!(Id::from_uuid(&uuid.to_uppercase()), Some(id));
        }

        #[test]
        fn any_other_text_is_none(text in "\\PC{0,40}") {
            prop_assert_eq!(Id::<Organization>::from_uuid(&text), None);
        }
    }

    #[test]
    fn the_form_never_changes() {
        let id: Id<Organization> = "0123456789abcdef01234567".parse().unwrap();
        assert_eq!(id.uuid(), "01234567-89ab-8777-a6e5-cdef01234567");
        for other in [
            "01234567-89ab-4777-a6e5-cdef01234567",
            "01234567-89ab-8777-a6e6-cdef01234567",
            "0123456789ab-8777-a6e5-cdef012345670",
            "01234567-89ab-8777-a6e5-cdef0123456g",
            "01234567_89ab-8777-a6e5-cdef01234567",
        ] {
            assert_eq!(Id::<Organization>::from_uuid(other), None, "{other}");
        }
    }
}
