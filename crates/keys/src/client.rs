use std::fmt;

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

/// A client of OAuth 2.0 as HTTP Basic shows it: who it says it is, and its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct BasicClient {
    /// Who it says it is.
    pub id: String,
    /// Its secret.
    pub secret: Zeroizing<String>,
}

/// Some clients leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl BasicClient {
    /// Reads the value of an `Authorization` header; `None` if its scheme is
    /// another. Name and secret are form-encoded, as RFC 6749, section 2.3.1,
    /// has them.
    pub fn read(value: &str) -> Option<Result<Self, NotBasic>> {
        let (scheme, rest) = value.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("basic").then(|| Self::decode(rest.trim()).ok_or(NotBasic))
    }

    fn decode(encoded: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64.decode(encoded).ok()?);
        let (id, secret) = std::str::from_utf8(&bytes).ok()?.split_once(':')?;
        Some(Self { id: form_decoded(id)?, secret: Zeroizing::new(form_decoded(secret)?) })
    }
}

impl fmt::Debug for BasicClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BasicClient").field("id", &self.id).finish_non_exhaustive()
    }
}

/// `+` is a space, `%20` too; `None` where what comes out is no text.
fn form_decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8().ok().map(Into::into)
}

/// The scheme is Basic, but what follows is not name and secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotBasic;

impl fmt::Display for NotBasic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("This is not built as HTTP Basic is.")
    }
}

impl std::error::Error for NotBasic {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(value: &str) -> Option<Result<(String, String), NotBasic>> {
        BasicClient::read(value).map(|read| read.map(|client| (client.id, client.secret.to_string())))
    }

    #[test]
    fn name_and_secret_are_read() {
        for (plain, id, secret) in [
            ("s6BhdRkqt3:7Fjfp0ZBr1KtDRbnfVdmIw", "s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"),
            ("My+API+Key:x", "My API Key", "x"),
            ("My API Key:x:y", "My API Key", "x:y"),
            ("100%25+%3A+%E6%BC%A2:%2B", "100% : 漢", "+"),
            ("100%:", "100%", ""),
            (":", "", ""),
        ] {
            let encoded = base64::prelude::BASE64_STANDARD.encode(plain);
            let expected = Some(Ok((id.to_owned(), secret.to_owned())));
            assert_eq!(read(&format!("Basic {encoded}")), expected, "{plain}");
            assert_eq!(read(&format!("bAsIc   {} ", encoded.trim_end_matches('='))), expected, "{plain}");
        }
    }

    #[test]
    fn another_scheme_is_none_and_another_form_is_wrong() {
        for other in ["", "Basic", "Bearer YTpi", "swg_live_x", "Basicly YTpi"] {
            assert_eq!(read(other), None, "{other}");
        }
        for wrong in
            ["Basic !", "Basic YQ==", "Basic /zpi", "Basic YTpi YTpi", "Basic JWZmOg==", "Basic YTpi\0"]
        {
            assert_eq!(read(wrong), Some(Err(NotBasic)), "{wrong}");
        }
    }

    #[test]
    fn the_secret_is_not_printed() {
        let client = BasicClient { id: "name".into(), secret: Zeroizing::new("hidden".into()) };
        assert!(!format!("{client:?}").contains("hidden"));
    }

    proptest! {
        #[test]
        fn any_value_is_read_without_panic(value in ".{0,80}", tail in "[A-Za-z0-9+/=]{1,80}") {
            let _ = BasicClient::read(&value);
            let basic = format!("Basic {tail}");
            prop_assert!(BasicClient::read(&basic).is_some());
        }
    }
}
