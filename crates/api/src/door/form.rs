use axum::extract::{FromRequest, FromRequestParts, Request};
use base::{Error, FieldError, Result};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::{
    Body, Check, Context, Failure, Input,
    body::{self, Kind},
};
use crate::App;

/// More fields than any form here has are not looked through.
const MOST_FIELDS: usize = 100;

/// A body in JSON, or the form of OAuth 2.0.
pub(crate) enum Posted<J, F> {
    Json(Body<J>),
    Form(F),
}

impl<J: Input, F: DeserializeOwned> FromRequest<App> for Posted<J, F> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        if body::kind(request.headers()) != Kind::Form {
            return Body::from_request(request, app).await.map(Self::Json);
        }
        let (mut parts, body) = request.into_parts();
        let Ok(context) = Context::from_request_parts(&mut parts, app).await;
        let bytes = body::read(&context, body, app.settings.body_limit).await?;
        Ok(Self::Form(parse(&context, &bytes)?))
    }
}

/// The fields by their names. As RFC 6749 has it, an empty value counts as
/// none, an unknown name is ignored, and a name given twice is refused.
fn parse<F: DeserializeOwned>(context: &Context, bytes: &[u8]) -> Result<F> {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(bytes) {
        if fields.len() >= MOST_FIELDS {
            return Err(Error::invalid("", format!("has more than {MOST_FIELDS} fields")));
        }
        if name.contains('\0') || value.contains('\0') {
            return Err(Error::invalid(name.replace('\0', "?"), "must not contain U+0000"));
        }
        let value = Some(value).filter(|value| !value.is_empty());
        let value = value.map_or(Json::Null, |value| Json::String(value.into_owned()));
        if fields.insert(name.to_string(), value).is_some() {
            return Err(Error::Invalid(vec![FieldError::new(name, Check::TWICE)]));
        }
    }
    let form = serde_ignored::deserialize(Json::Object(fields), |path| context.ignore(path.to_string()));
    form.map_err(|error: serde_json::Error| Error::invalid("", error))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Example {
        a: Option<String>,
        b: Option<String>,
    }

    #[test]
    fn a_form_is_read_as_oauth_has_it() {
        let context = Context::new(String::new());
        let read = |text: &str| parse::<Example>(&context, text.as_bytes());
        let example =
            |a: Option<&str>, b: Option<&str>| Example { a: a.map(Into::into), b: b.map(Into::into) };
        assert_eq!(read("a=x+y%20z&b=").unwrap(), example(Some("x y z"), None));
        assert_eq!(read("").unwrap(), example(None, None));
        assert_eq!(read("a=1&c=2&d").unwrap(), example(Some("1"), None));
        assert_eq!(context.ignored(), ["c", "d"]);
        for (twice, path) in [("a=1&a=1", "a"), ("a=&a=", "a"), ("c=1&%63=2", "c")] {
            let Err(Error::Invalid(fields)) = read(twice) else { panic!("{twice}") };
            assert_eq!(fields, [FieldError::new(path, "is given twice")]);
        }
        assert!(read("a=%00").is_err());
        let many: Vec<_> = (0..=MOST_FIELDS).map(|n| format!("f{n}=")).collect();
        assert!(read(&many.join("&")).is_err());
    }
}
