use axum::{Json, extract::State};
use base::{EmailAddress, Error, Result};
use database::{Priority, Scope};
use serde::Deserialize;
use usecases::{
    passwords,
    users::links::{self, LinkToken},
};
use utoipa::ToSchema;

use crate::{
    App,
    door::{Anyone, Body, Check, Failure, Input},
};

/// A new password, and the link that lets it be set.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "token": "swl_0123", "password": "Crimp-4-all" }))]
pub(super) struct PasswordIn {
    /// What the mailed link has after its `#`.
    #[schema(required = true, nullable = false)]
    token: Option<String>,
    /// At least 8 characters with upper and lower case letters, a digit and a
    /// special character, or at least 20 of any kind.
    #[schema(required = true, nullable = false)]
    password: Option<String>,
}

impl Input for PasswordIn {
    const STRICT: bool = true;
}

/// Whose password was forgotten.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "email": "ann@shop.example" }))]
pub(super) struct ForgottenIn {
    /// The address the person signs in with.
    #[schema(required = true, nullable = false)]
    email: Option<String>,
}

impl Input for ForgottenIn {
    const STRICT: bool = true;
}

/// Sets a password with a mailed link
///
/// The link of an invitation or of a reset, which works once. Ends every
/// session of the user. A wrong, a used and an expired link get one answer.
#[utoipa::path(
    post, path = "/security/v1/password", tag = "Security", operation_id = "postSecurityPassword",
    request_body = PasswordIn,
    responses((status = 200, description = "What was done, in words", body = String, content_type = "application/json")),
)]
pub(super) async fn post_security_password(
    anyone: Anyone<true>,
    State(app): State<App>,
    body: Body<PasswordIn>,
) -> Result<Json<&'static str>, Failure> {
    let (token, password) = body.value.checked()?;
    app.link_attempts.check(anyone.address, "")?;
    if !set(&app, &anyone, token, password).await? {
        app.link_attempts.failed(anyone.address, "");
        return Err(
            Error::invalid("token", "is not valid: the link was used, has expired or was replaced").into()
        );
    }
    app.link_attempts.succeeded(anyone.address, "");
    Ok(Json("The password is set. You can sign in now."))
}

async fn set(app: &App, anyone: &Anyone<true>, token: String, password: String) -> Result<bool> {
    let Some(token) = LinkToken::parse(token.trim()) else { return Ok(false) };
    let (scope, shown) = (Scope::Organization(token.organization), token.clone());
    // Nobody without a link has us hash.
    if !app.database.read(scope, move |tx| links::is_good(tx, &shown)).await? {
        return Ok(false);
    }
    let hash = app.hash_passwords(vec![password]).await?.pop().unwrap_or_default();
    let address = anyone.address;
    let set = move |tx: &mut database::Tx<'_>| links::set_password(tx, &token, &hash, address);
    app.database.write_as(Priority::Security, scope, set).await
}

/// Asks for a link to set a new password
///
/// It is mailed if the address belongs to somebody. The answer is the same
/// whether it does or not, and so is the time it takes.
#[utoipa::path(
    post, path = "/security/v1/password/forgot", tag = "Security", operation_id = "postSecurityPasswordForgot",
    request_body = ForgottenIn,
    responses((status = 200, description = "What is done, in words", body = String, content_type = "application/json")),
)]
pub(super) async fn post_security_password_forgot(
    anyone: Anyone<true>,
    State(app): State<App>,
    body: Body<ForgottenIn>,
) -> Result<Json<&'static str>, Failure> {
    let mut check = Check::default();
    let email = check.required("email", body.value.email, |text| EmailAddress::new(&text));
    let email = check.finish(email)?;
    app.link_attempts.check(anyone.address, email.as_str())?;
    // Each counts, since none is told whether it was right.
    app.link_attempts.failed(anyone.address, email.as_str());
    let public_url = app.settings.public_url.clone();
    app.database.write(Scope::System, move |tx| links::forgotten(tx, &email, &public_url)).await?;
    Ok(Json("If the address belongs to a user, a link to set a new password is mailed to it."))
}

impl PasswordIn {
    fn checked(self) -> Result<(String, String)> {
        let mut check = Check::default();
        let token = check.required("token", self.token, Ok::<_, Error>);
        let password =
            check.required("password", self.password, |text| passwords::check(&text).map(|()| text));
        check.finish(token.zip(password))
    }
}
