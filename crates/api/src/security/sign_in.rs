use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use base::{Error, Id, Line, Organization, Result};
use database::Scope;
use serde::{Deserialize, Serialize};
use usecases::{
    Subject, passwords,
    sessions::{self, LIFETIME, SessionToken, SignedIn},
};
use utoipa::ToSchema;

use crate::{
    App,
    door::{Anyone, Body, Check, Context, Failure, Input, Known, session_token},
};

/// Who wants to sign in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "email": "admin@demo.example", "password": "correct horse battery staple" }))]
pub(super) struct LoginIn {
    /// The user's e-mail address.
    #[schema(required = true, nullable = false)]
    email: Option<String>,
    /// The user's password.
    #[schema(required = true, nullable = false)]
    password: Option<String>,
    /// The organization, for a user who is a member of several.
    organization_id: Option<String>,
}

impl Input for LoginIn {
    const STRICT: bool = true;
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionOut {
    /// The session's token; it can be sent as a bearer token, and stands in the cookie too.
    token: String,
    /// To be sent as `X-CSRF-Token` with every write that uses the cookie.
    csrf_token: String,
    /// The first moment the session is over.
    #[schema(format = DateTime)]
    expires: String,
    /// The organization that was signed in to.
    organization_id: String,
    /// Who signed in.
    user: SignedInUser,
}

/// A user who has signed in.
#[derive(Debug, Serialize, ToSchema)]
struct SignedInUser {
    /// The user's id.
    #[serde(rename = "_id")]
    id: String,
    /// The user's e-mail address.
    email: String,
    /// The user's name.
    name: String,
    /// The user's roles.
    roles: Vec<String>,
}

/// Signs a user in
///
/// Opens a session of twelve hours, and sets it as a cookie. After a few failed
/// attempts every further one is delayed.
#[utoipa::path(
    post, path = "/security/v1/login", tag = "Security", operation_id = "postSecurityLogin",
    request_body = LoginIn,
    responses((status = 200, description = "The session", body = SessionOut)),
)]
pub(super) async fn post_security_login(
    anyone: Anyone<true>,
    State(app): State<App>,
    context: Context,
    body: Body<LoginIn>,
) -> Result<Response, Failure> {
    let (email, password, organization) = body.value.checked()?;
    app.attempts.check(anyone.address, email.as_str())?;
    let wrong = || Error::Unauthenticated("The e-mail address or the password is wrong.".into());
    let Some(user) = authenticate(&app, &email, password, organization).await? else {
        app.attempts.failed(anyone.address, email.as_str());
        return Err(wrong().into());
    };
    app.attempts.succeeded(anyone.address, email.as_str());

    let token = app.random(|random| SessionToken::mint(user.organization, app.clock.now(), random));
    let (opened, address) = (token.clone(), anyone.address);
    let scope = Scope::Organization(user.organization);
    let signed_in = app.database.write(scope, move |tx| sessions::open(tx, &user, &opened, address)).await?;
    let signed_in = signed_in.ok_or_else(wrong)?;
    context.called_by(Subject::User(signed_in.user.id));
    let cookie = cookie(&app, &token.expose(), LIFETIME.as_secs())?;
    Ok(([(header::SET_COOKIE, cookie)], Json(SessionOut::new(&token, signed_in))).into_response())
}

/// The member whose password it is.
async fn authenticate(
    app: &App,
    email: &Line<254>,
    password: String,
    organization: Option<Id<Organization>>,
) -> Result<Option<sessions::Candidate>> {
    let wanted = email.to_string();
    let candidates =
        app.database.read(Scope::System, move |tx| sessions::candidates(tx, &wanted, organization)).await?;
    let _one_of_few = app.hashing.acquire().await.map_err(|error| Error::internal("hashing", error))?;
    let hashing = tokio::task::spawn_blocking(move || {
        if candidates.is_empty() {
            passwords::verify(&password, None);
        }
        let is_right =
            |user: &sessions::Candidate| passwords::verify(&password, user.password_hash.as_deref());
        candidates.into_iter().filter(is_right).collect::<Vec<_>>()
    });
    let mut members = hashing.await.map_err(|error| Error::internal("hashing a password", error))?;
    if members.len() > 1 {
        let names: Vec<_> = members.iter().map(|user| user.organization.to_string()).collect();
        let message = format!("is needed: the user is a member of {}", names.join(", "));
        return Err(Error::invalid("organizationId", message));
    }
    Ok(members.pop())
}

/// Signs the user out
///
/// Ends the session that the request shows.
#[utoipa::path(
    post, path = "/security/v1/logout", tag = "Security", operation_id = "postSecurityLogout",
    responses((status = 200, description = "What was done, in words", body = String, content_type = "application/json")),
)]
pub(super) async fn post_security_logout(
    known: Known<true>,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Some(token) = session_token(&headers) else {
        return Err(
            Error::Forbidden("Only a session can be signed out of, and this is not one.".into()).into()
        );
    };
    let scope = Scope::Organization(known.caller.organization);
    app.database.write(scope, move |tx| sessions::close(tx, &token)).await?;
    let cookie = cookie(&app, "", 0)?;
    Ok(([(header::SET_COOKIE, cookie)], Json("You are signed out.")).into_response())
}

fn cookie(app: &App, token: &str, seconds: u64) -> Result<HeaderValue> {
    let secure = if app.settings.secure_cookies { "; Secure" } else { "" };
    let text = format!("swage_session={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut value = HeaderValue::from_str(&text).map_err(|error| Error::internal("a cookie", error))?;
    value.set_sensitive(true);
    Ok(value)
}

impl LoginIn {
    fn checked(self) -> Result<(Line<254>, String, Option<Id<Organization>>)> {
        let mut check = Check::default();
        let email = check.required("email", self.email, |text| Line::new(&text));
        let password = check.required("password", self.password, Ok::<_, Error>);
        let organization = check.optional("organizationId", self.organization_id, |text| text.parse());
        let both = email.zip(password);
        check.finish(both.map(|(email, password)| (email, password, organization)))
    }
}

impl SessionOut {
    fn new(token: &SessionToken, signed_in: SignedIn) -> Self {
        Self {
            token: token.expose().to_string(),
            csrf_token: token.csrf(),
            expires: signed_in.expires.to_string(),
            organization_id: token.organization.to_string(),
            user: SignedInUser {
                id: signed_in.user.id.to_string(),
                email: signed_in.user.email,
                name: signed_in.user.name,
                roles: signed_in.roles,
            },
        }
    }
}
