use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use base::{Error, Id, Result};
use keys::Permission;
use serde::Serialize;
use usecases::Subject;
use utoipa::ToSchema;

use crate::{
    App,
    door::{Failure, Known, Parameters},
};

const ORGANIZATION: HeaderName = HeaderName::from_static("x-swage-organization");
const KEY: HeaderName = HeaderName::from_static("x-swage-key");
const ROLE: HeaderName = HeaderName::from_static("x-swage-role");
const SCOPES: HeaderName = HeaderName::from_static("x-swage-scopes");
const CUSTOMER: HeaderName = HeaderName::from_static("x-swage-customer");

/// How many headers an answer may have: these, and those that every answer has.
const MOST_HEADERS: usize = 12;

/// Who was let in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerifiedOut {
    /// The caller's organization.
    organization_id: String,
    /// The key, or the user who signed in: `key:ID` or `user:ID`.
    subject: String,
    /// The customer the key or its token is pinned to.
    customer_id: Option<String>,
}

/// Says whether the caller may come in
///
/// For a gateway to ask on behalf of another service (forward-auth). The answer
/// names the caller in `X-Swage-Organization`, `X-Swage-Key`, `X-Swage-Role`,
/// `X-Swage-Scopes` and `X-Swage-Customer`; each is always there, empty where
/// it does not apply, so that a gateway which copies them leaves nothing of
/// what a client made up.
#[utoipa::path(
    get, path = "/security/v1/verify", tag = "Security", operation_id = "getSecurityVerify",
    params(("scope" = Option<String>, Query, description = "A scope the caller must have, as in `hose:read`; may be repeated")),
    responses((status = 200, description = "The caller may come in", body = VerifiedOut)),
)]
pub(super) async fn get_security_verify(
    known: Known,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Response, Failure> {
    for scope in parameters.all("scope") {
        let needed: Permission = scope.parse().map_err(|error| Error::invalid("scope", error))?;
        if !known.caller.permissions.contains(needed) {
            return Err(Error::Forbidden(format!("The caller lacks the scope {needed}.")).into());
        }
    }
    answer(&app, &known)
}

/// The same question with the other methods, for gateways that ask with the
/// method of the request they ask about.
macro_rules! with_method {
    ($($method:ident $function:ident $id:literal),* $(,)?) => { $(
        /// Says whether the caller may come in
        ///
        /// The same as with GET, for gateways that ask with the request's own method.
        #[utoipa::path(
            $method, path = "/security/v1/verify", tag = "Security", operation_id = $id,
            params(("scope" = Option<String>, Query, description = "A scope the caller must have, as in `hose:read`; may be repeated")),
            responses((status = 200, description = "The caller may come in", body = VerifiedOut)),
        )]
        pub(super) async fn $function(
            known: Known,
            app: State<App>,
            parameters: Parameters,
        ) -> Result<Response, Failure> {
            get_security_verify(known, app, parameters).await
        }
    )* };
}

with_method! {
    post post_security_verify "postSecurityVerify",
    put put_security_verify "putSecurityVerify",
    patch patch_security_verify "patchSecurityVerify",
    delete delete_security_verify "deleteSecurityVerify",
}

fn answer(app: &App, known: &Known) -> Result<Response, Failure> {
    let caller = &known.caller;
    let key = known.key.as_ref();
    // A customer that only this request names is not proved.
    let customer = caller.customer.filter(|_| key.is_none_or(|verified| verified.pinned));
    let key_id = match caller.subject {
        Subject::Key(id) => Some(id),
        Subject::User(_) | Subject::System(_) => None,
    };
    let named = [
        (ORGANIZATION, value(Some(caller.organization))),
        (KEY, value(key_id)),
        (ROLE, value(key.map(|verified| verified.key.policy.role))),
        (SCOPES, Some(app.scope_header(caller.permissions))),
        (CUSTOMER, value(customer)),
    ];
    let body = VerifiedOut {
        organization_id: caller.organization.to_string(),
        subject: caller.subject.to_string(),
        customer_id: customer.map(|customer| customer.to_string()),
    };
    let body = serde_json::to_vec(&body).map_err(|error| Error::internal("an answer", error))?;
    let mut answer = Response::new(body.into());
    // Room for all of them at once: gateways ask this all the time, and a map
    // that grows costs more than the decision.
    let mut headers = HeaderMap::with_capacity(MOST_HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.extend(named.into_iter().filter_map(|(name, value)| Some((name, value?))));
    *answer.headers_mut() = headers;
    Ok(answer)
}

/// An id as the value of a header; empty where there is none.
fn value<K>(id: Option<Id<K>>) -> Option<HeaderValue> {
    let text = id.map(|id| id.to_string()).unwrap_or_default();
    HeaderValue::try_from(text).ok()
}
