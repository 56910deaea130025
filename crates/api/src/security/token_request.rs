use axum::http::{HeaderMap, header};
use base::{Error, Result};
use keys::{BasicClient, NotBasic, Scopes};
use serde::Deserialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::door::{Check, Input, Posted, not_valid};

/// A key to be exchanged for a bearer token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "apiKey": "yourApiKey", "name": "yourApiKeyName", "grantType": "client_credentials" }))]
pub(super) struct TokenIn {
    /// The key.
    #[schema(required = true, nullable = false)]
    api_key: Option<String>,
    /// Its name, or its id.
    #[schema(required = true, nullable = false)]
    name: Option<String>,
    /// `client_credentials`; `grant_type` is read too.
    #[serde(alias = "grant_type")]
    grant_type: Option<String>,
    /// What the token is narrowed to, separated by spaces or commas; else it may do what its key may.
    scope: Option<String>,
    /// `opaque`, or `jwt` for a token that other services can check by themselves.
    format: Option<String>,
    /// For whom a JWT is, such as `https://stock.shop.example`; else it is for Swage itself.
    audience: Option<String>,
}

impl Input for TokenIn {}

/// The same as OAuth 2.0 has it. A name given twice is refused, an empty value counts as none.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct TokenRequestForm {
    /// `client_credentials`.
    #[schema(required = true, nullable = false)]
    grant_type: Option<String>,
    /// The key's name, or its id; here or in HTTP Basic.
    client_id: Option<String>,
    /// The key; here or in HTTP Basic.
    client_secret: Option<String>,
    /// What the token is narrowed to, separated by spaces; else it may do what its key may.
    scope: Option<String>,
    /// `opaque`, or `jwt` for a token that other services can check by themselves.
    format: Option<String>,
    /// For whom a JWT is, such as `https://stock.shop.example`; else it is for Swage itself.
    audience: Option<String>,
    /// The same as `audience`, by the name of RFC 8707.
    resource: Option<String>,
}

/// A key that was shown, and what is asked of its token.
pub(super) struct Wanted {
    pub key: Zeroizing<String>,
    pub name: String,
    pub scope: Option<Scopes>,
    pub form: TokenForm,
}

/// The form of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenForm {
    /// One that Swage alone can check.
    Opaque,
    /// A JWT for this audience; `None` is Swage itself.
    Jwt(Option<String>),
}

impl Wanted {
    /// What was asked for, and whether the key came in HTTP Basic, which counts
    /// with a form alone: the documented JSON body has the key in it.
    pub fn read(posted: Posted<TokenIn, TokenRequestForm>, headers: &HeaderMap) -> (Result<Self>, bool) {
        match posted {
            Posted::Json(body) => (body.value.checked(), false),
            Posted::Form(form) => match basic(headers) {
                Ok(shown) => {
                    let is_basic = shown.is_some();
                    (form.checked(shown), is_basic)
                }
                Err(error) => (Err(error), true),
            },
        }
    }
}

/// The client of the one `Authorization` header, if that is HTTP Basic.
fn basic(headers: &HeaderMap) -> Result<Option<Result<BasicClient, NotBasic>>> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let first = values.next().map(|value| value.to_str().unwrap_or_default());
    if values.next().is_some() {
        return Err(Error::invalid("Authorization", "is given twice"));
    }
    Ok(first.and_then(BasicClient::read))
}

impl TokenIn {
    fn checked(self) -> Result<Wanted> {
        let mut check = Check::default();
        let key = check.required("apiKey", self.api_key, Ok::<_, Error>);
        let name = check.required("name", self.name, Ok::<_, Error>);
        check.required("grantType", self.grant_type, |grant| is_the_grant(&grant));
        let scope = check.optional("scope", self.scope, |scope| Scopes::from_oauth(&scope));
        let form = form(&mut check, self.format, self.audience);
        check.finish(key.zip(name).map(|(key, name)| Wanted { key: Zeroizing::new(key), name, scope, form }))
    }
}

impl TokenRequestForm {
    fn checked(self, shown: Option<Result<BasicClient, NotBasic>>) -> Result<Wanted> {
        let mut check = Check::default();
        check.required("grant_type", self.grant_type, |grant| is_the_grant(&grant));
        let scope = check.optional("scope", self.scope, |scope| Scopes::from_oauth(&scope));
        if self.audience.is_some() && self.resource.is_some() {
            check.wrong("resource", "must not be sent beside audience");
        }
        let form = form(&mut check, self.format, self.audience.or(self.resource));
        let client = match (shown, self.client_id, self.client_secret) {
            (Some(_), _, Some(_)) => {
                check.wrong("client_secret", "must not be sent beside HTTP Basic");
                None
            }
            (Some(Ok(basic)), Some(id), None) if id != basic.id => {
                check.wrong("client_id", "must be that of HTTP Basic");
                None
            }
            (Some(Ok(basic)), _, None) => Some((basic.id, basic.secret)),
            (None, Some(id), Some(secret)) => Some((id, Zeroizing::new(secret))),
            (None, None, Some(_)) => {
                check.wrong("client_id", Check::REQUIRED);
                None
            }
            // Nothing that could be a key was shown.
            (Some(Err(NotBasic)) | None, _, None) => Some((String::new(), Zeroizing::default())),
        };
        let (name, key) = check.finish(client)?;
        if key.is_empty() { Err(not_valid()) } else { Ok(Wanted { key, name, scope, form }) }
    }
}

/// The form that is asked for; an audience goes with a JWT alone.
fn form(check: &mut Check, format: Option<String>, audience: Option<String>) -> TokenForm {
    let audience = check.optional("audience", audience, |audience| match audience.as_bytes() {
        bytes if (1..=200).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic) => Ok(audience),
        _ => Err("must be 1 to 200 visible characters of ASCII"),
    });
    let is_jwt = check.optional("format", format, |format| match format.as_str() {
        "jwt" => Ok(true),
        "opaque" => Ok(false),
        _ => Err("must be opaque or jwt"),
    });
    if is_jwt == Some(true) {
        return TokenForm::Jwt(audience);
    }
    if audience.is_some() {
        check.wrong("audience", "is for a JWT alone");
    }
    TokenForm::Opaque
}

fn is_the_grant(grant: &str) -> Result<(), &'static str> {
    match grant {
        "client_credentials" => Ok(()),
        _ => Err(Check::ANOTHER_GRANT),
    }
}
