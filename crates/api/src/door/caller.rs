use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts},
};
use base::{Error, Id, Result};
use database::Scope;
use gate::{Credential, Denied, Verified};
use keys::{Access, Customer, Permission, User};
use usecases::{
    Allowed, Caller, Needs, Subject,
    access::AnyCaller,
    projects::{self, Here},
    sessions::{self, SessionToken},
};

use super::{Context, Failure, Names, context::Shown, warn_of_end};
use crate::App;

pub(super) const API_KEY: HeaderName = HeaderName::from_static(gate::API_KEY);
const CUSTOMER: HeaderName = HeaderName::from_static(gate::CUSTOMER);

/// Says of an operation's first argument whom the operation lets in.
pub(crate) trait Door {
    /// The permission it asks for.
    const NEEDS: Option<Permission>;
    /// Whether anybody may come, known or not.
    const PUBLIC: bool;
    /// Whether only a person who has signed in may come, and no key.
    const PERSON: bool = false;
    /// Whether the operation writes: what its permission says, where it asks for one.
    const WRITES: bool;
}

/// A caller who may do what `N` asks for: the first argument of every
/// operation that is not for anyone.
pub(crate) struct May<N>(pub(crate) Allowed<N>);

impl<N: Needs> Door for May<N> {
    const NEEDS: Option<Permission> = N::PERMISSION;
    const PUBLIC: bool = false;
    const WRITES: bool = matches!(N::PERMISSION, Some(Permission { access: Access::Write, .. }));
}

impl<N: Needs> FromRequestParts<App> for May<N> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let known = Known::<false>::from_request_parts(parts, app).await?;
        Ok(Self(allow(app, known.caller).await?))
    }
}

/// The proof that a caller may do what `N` asks for in the organization, which
/// one limited to projects may not reach.
pub(super) async fn allow<N: Needs>(app: &App, caller: Caller) -> Result<Allowed<N>> {
    if N::PERMISSION.is_some() && caller.is_limited() {
        let limited = caller.clone();
        let scope = Scope::Organization(caller.organization);
        app.database.read(scope, move |tx| projects::require_shop(tx, &limited)).await?;
    }
    caller.allow()
}

/// A caller who may do what `N` asks for in the project that the path
/// names as `projectId`: as they may everywhere, or by their role there.
pub(crate) struct MayIn<N> {
    pub(crate) caller: Allowed<N>,
    pub(crate) here: Here,
}

impl<N: Needs> Door for MayIn<N> {
    const NEEDS: Option<Permission> = May::<N>::NEEDS;
    const PUBLIC: bool = false;
    const WRITES: bool = May::<N>::WRITES;
}

impl<N: Needs> FromRequestParts<App> for MayIn<N> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let caller = Known::<false>::from_request_parts(parts, app).await?.caller;
        let project = Names::from_request_parts(parts, app).await?.get("projectId").to_owned();
        let scope = Scope::Organization(caller.organization);
        let comer = caller.clone();
        let here = app.database.read(scope, move |tx| projects::enter(tx, &comer, &project)).await?;
        Ok(Self { caller: caller.allow_in(&here)?, here })
    }
}

/// Anybody, known or not; with the address they call from.
#[derive(Debug)]
pub(crate) struct Anyone<const WRITES: bool = false> {
    pub(crate) address: Option<IpAddr>,
}

impl<const WRITES: bool> Door for Anyone<WRITES> {
    const NEEDS: Option<Permission> = None;
    const PUBLIC: bool = true;
    const WRITES: bool = WRITES;
}

impl<const WRITES: bool> FromRequestParts<App> for Anyone<WRITES> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        Ok(Self { address: client_address(parts, app) })
    }
}

/// A caller whose credential was proved, and what proved it.
pub(crate) struct Known<const WRITES: bool = false> {
    pub(crate) caller: Caller,
    pub(crate) key: Option<Verified>,
}

impl<const WRITES: bool> Door for Known<WRITES> {
    const NEEDS: Option<Permission> = None;
    const PUBLIC: bool = false;
    const WRITES: bool = WRITES;
}

impl<const WRITES: bool> FromRequestParts<App> for Known<WRITES> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Ok(context) = Context::from_request_parts(parts, app).await;
        let address = client_address(parts, app);
        let (caller, key) = match shown(&parts.headers)? {
            Offered::Key(shown) => {
                let credential = shown.credential(&app.gate.secrets().tokens);
                with_key(app, &context, credential, address, &parts.headers).await?
            }
            Offered::Session { text, in_cookie } => {
                let token = SessionToken::parse(text).ok_or_else(not_valid)?;
                if in_cookie {
                    check_csrf(&parts.method, &parts.headers, &token)?;
                }
                (with_session(app, &context, token, address).await?, None)
            }
        };
        context.called_by(caller.subject);
        context.on_behalf_of(caller.organization);
        Ok(Self { caller, key })
    }
}

/// A person who has signed in: for what concerns nobody but oneself.
pub(crate) struct Person<const WRITES: bool = false> {
    pub(crate) caller: Allowed<AnyCaller>,
    pub(crate) user: Id<User>,
}

impl<const WRITES: bool> Door for Person<WRITES> {
    const NEEDS: Option<Permission> = None;
    const PUBLIC: bool = false;
    const PERSON: bool = true;
    const WRITES: bool = WRITES;
}

impl<const WRITES: bool> FromRequestParts<App> for Person<WRITES> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let May(caller) = May::<AnyCaller>::from_request_parts(parts, app).await?;
        match caller.subject {
            Subject::User(user) => Ok(Self { caller, user }),
            Subject::Key(_) | Subject::System(_) => Err(Error::Forbidden(
                "This is for a person who has signed in; a key or its token has no profile.".into(),
            )
            .into()),
        }
    }
}

/// A credential as a request shows it.
enum Offered<'a> {
    Key(gate::Shown<'a>),
    Session { text: &'a str, in_cookie: bool },
}

/// What is shown: in `x-api-key`, in `Authorization` with or without `Bearer`,
/// or in the session cookie; the first of these alone counts.
fn shown(headers: &HeaderMap) -> Result<Offered<'_>> {
    let all = |name: HeaderName| headers.get_all(name).into_iter().map(HeaderValue::as_bytes);
    match gate::Shown::find(all(API_KEY), all(header::AUTHORIZATION))? {
        Some(gate::Shown::InAuthorization(text)) if text.starts_with(sessions::PREFIX) => {
            Ok(Offered::Session { text, in_cookie: false })
        }
        Some(shown) => Ok(Offered::Key(shown)),
        None => match session_cookie(headers) {
            Some(text) => Ok(Offered::Session { text, in_cookie: true }),
            None => Err(Error::Unauthenticated(
                "A credential is needed: a bearer token, an API key or a session.".into(),
            )),
        },
    }
}

/// The session token of a request, wherever it is shown.
pub(crate) fn session_token(headers: &HeaderMap) -> Option<SessionToken> {
    match shown(headers).ok()? {
        Offered::Session { text, .. } => SessionToken::parse(text),
        Offered::Key(_) => None,
    }
}

fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).find_map(|cookie| cookie.trim().strip_prefix("swage_session="))
}

/// A cookie is sent by a browser whoever made the page: what writes must also
/// show what only our own page knows.
fn check_csrf(method: &Method, headers: &HeaderMap, token: &SessionToken) -> Result<()> {
    let shown = headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if method.is_safe() || token.is_csrf(shown) {
        return Ok(());
    }
    Err(Error::Forbidden("A session in a cookie needs its X-CSRF-Token to write.".into()))
}

async fn with_session(
    app: &App,
    context: &Context,
    token: SessionToken,
    address: Option<IpAddr>,
) -> Result<Caller> {
    let organization = token.organization;
    let found =
        app.database.read(Scope::Organization(organization), move |tx| sessions::find(tx, &token)).await?;
    let member = found.ok_or_else(not_valid)?;
    Ok(member.caller(organization, address, context.request_id()))
}

pub(super) async fn with_key(
    app: &App,
    context: &Context,
    credential: Credential<'_>,
    address: Option<IpAddr>,
    headers: &HeaderMap,
) -> Result<(Caller, Option<Verified>)> {
    let named = customer_named(headers);
    let verify = || app.gate.verify(credential, address, named, None);
    let verified = app.gate.informed(credential, verify).await;
    let shown = match &verified {
        Ok(verified) => Shown::let_in(verified, address),
        Err(denied) => Shown::refused(&app.gate, credential, *denied, address),
    };
    metrics::counter!("swage_gate_decisions_total", "outcome" => shown.outcome).increment(1);
    let customer = shown.customer;
    context.show(shown);
    let verified = verified.map_err(|denied| {
        if let Denied::OverLimit(over) = denied {
            send_limit(context, over.headers());
        }
        Error::from(denied)
    })?;
    if let Some(limit) = verified.limit {
        send_limit(context, limit.headers());
    }
    warn_of_end(app, context, &verified);
    let policy = &verified.key.policy;
    let caller = Caller {
        organization: policy.organization,
        subject: Subject::Key(verified.key.id),
        name: verified.key.id.to_string(),
        permissions: verified.permissions,
        key_type: Some(policy.key_type),
        projects: policy.projects.clone(),
        customer,
        only_buys: false,
        address,
        request_id: Some(context.request_id().to_owned()),
    };
    Ok((caller, Some(verified)))
}

/// The customer that `apiCustomerId` names; as documented, an invalid id counts as none.
pub(crate) fn customer_named(headers: &HeaderMap) -> Option<Id<Customer>> {
    gate::customer_named(headers.get(CUSTOMER)?.as_bytes())
}

/// The client's address: the socket's, or what a trusted proxy says.
pub(super) fn client_address(parts: &Parts, app: &App) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let proxies = &app.settings.proxies;
    let values = parts.headers.get_all(proxies.header().name());
    let values: Vec<_> = values.iter().map(HeaderValue::as_bytes).collect();
    proxies.client_address(peer.ip(), values)
}

/// One answer for all that is not known, whatever is wrong with it.
pub(crate) fn not_valid() -> Error {
    Denied::Unknown.into()
}

/// The `RateLimit` headers of draft-ietf-httpapi-ratelimit-headers-10.
pub(crate) fn send_limit(context: &Context, headers: [(&'static str, String); 2]) {
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            context.send(HeaderName::from_static(name), value);
        }
    }
}
