use base::Id;
use keys::{Customer, TokenKeys};

use crate::{Credential, Denied};

/// The header of a key.
pub const API_KEY: &str = "x-api-key";

/// The header that names the customer a key acts for.
pub const CUSTOMER: &str = "apicustomerid";

/// A credential as a request shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown<'a> {
    /// In the header [`API_KEY`].
    InApiKey(&'a str),
    /// In the header `Authorization`, without the word `Bearer`.
    InAuthorization(&'a str),
}

impl<'a> Credential<'a> {
    /// A text that may be either: what begins as the tokens made under these
    /// keys do is one.
    pub fn of(text: &'a str, tokens: &TokenKeys) -> Self {
        if tokens.is_token(text) { Self::Token(text) } else { Self::Key(text) }
    }
}

impl<'a> Shown<'a> {
    /// What is shown, given every value of the headers [`API_KEY`] and
    /// `Authorization`: the first that is there alone counts. The word `Bearer`
    /// before it may be left out. `None` if nothing is shown.
    ///
    /// ```
    /// use gate::Shown;
    ///
    /// let shown = Shown::find([], [&b"Bearer swg_live_1"[..]]).unwrap();
    /// assert_eq!(shown, Some(Shown::InAuthorization("swg_live_1")));
    /// // Which of two a proxy looked at cannot be known.
    /// assert!(Shown::find([&b"swg_live_1"[..], b"swg_live_2"], []).is_err());
    /// ```
    pub fn find(
        api_key: impl IntoIterator<Item = &'a [u8]>,
        authorization: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Option<Self>, Denied> {
        if let Some(key) = only(api_key)? {
            return Ok(Some(Self::InApiKey(key)));
        }
        let without_scheme = |value: &'a str| match value.split_once(' ') {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim(),
            _ => value,
        };
        Ok(only(authorization)?.map(|value| Self::InAuthorization(without_scheme(value))))
    }

    /// The credential that a gate with these keys for tokens is asked about.
    pub fn credential(self, tokens: &TokenKeys) -> Credential<'a> {
        match self {
            Self::InAuthorization(text) => Credential::of(text, tokens),
            Self::InApiKey(text) => Credential::Key(text),
        }
    }
}

/// The only value of a header.
fn only<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Result<Option<&'a str>, Denied> {
    let mut values = values.into_iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        // The mask of a masked key is no ASCII; who shows one is told so.
        (Some(value), None) => match std::str::from_utf8(value) {
            Ok(text) => Ok(Some(text.trim())),
            Err(_) => Err(Denied::Unknown),
        },
        // Which of them a proxy looked at cannot be known.
        (Some(_), Some(_)) => Err(Denied::Unknown),
    }
}

/// The customer that a value of [`CUSTOMER`] names; one that is no id counts as none.
pub fn customer_named(value: &[u8]) -> Option<Id<Customer>> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use keys::MacKey;

    use super::*;

    fn find<'a>(api_key: &[&'a str], authorization: &[&'a str]) -> Result<Option<Credential<'a>>, Denied> {
        let bytes = |values: &[&'a str]| values.iter().map(|value| value.as_bytes()).collect::<Vec<_>>();
        let tokens = TokenKeys::new([MacKey { version: 1, key: [1; 32] }]).unwrap();
        let found = Shown::find(bytes(api_key), bytes(authorization))?;
        Ok(found.map(|shown| shown.credential(&tokens)))
    }

    #[test]
    fn a_key_or_a_token_is_found_where_it_may_stand() {
        use Credential::{Key, Token};
        for (api_key, authorization, found) in [
            (&[][..], &[][..], None),
            (&[" swg_1 "], &[], Some(Key("swg_1"))),
            (&["swg_1"], &["Bearer swg_2"], Some(Key("swg_1"))),
            (&["swt_1"], &[], Some(Key("swt_1"))),
            (&["Bearer swg_1"], &[], Some(Key("Bearer swg_1"))),
            (&[""], &["swg_2"], Some(Key(""))),
            (&[], &["swg_1"], Some(Key("swg_1"))),
            (&[], &["BEARER   swg_1"], Some(Key("swg_1"))),
            (&[], &["bearer swt_1"], Some(Token("swt_1"))),
            (&[], &["Basic swt_1"], Some(Key("Basic swt_1"))),
            (&[], &["Bearer"], Some(Key("Bearer"))),
        ] {
            assert_eq!(find(api_key, authorization), Ok(found), "{api_key:?} {authorization:?}");
        }
    }

    #[test]
    fn what_is_not_clear_is_nothing() {
        for (api_key, authorization) in
            [(&["swg_1", "swg_1"][..], &[][..]), (&["swg_1", ""], &[]), (&[], &["swg_1", "swg_2"])]
        {
            assert_eq!(find(api_key, authorization), Err(Denied::Unknown));
        }
        assert_eq!(Shown::find([&b"\xff"[..]], []), Err(Denied::Unknown));
    }
}
