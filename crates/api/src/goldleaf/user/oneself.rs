use axum::{Json, extract::State};
use database::{Priority, Scope};
use usecases::{
    idempotency::Answer,
    users::{self, links},
};

use super::account::{UserOut, UserUpdateIn, answer};
use crate::{
    App,
    door::{Body, Failure, NO_BODY, Person, Reply, Writing, or_current},
};

/// Answers the profile of the person who has signed in
#[utoipa::path(
    get, path = "/api/v1/user", tag = "User", operation_id = "getUser",
    responses((status = 200, description = "The user, with the roles", body = UserOut)),
)]
pub(super) async fn get_user(person: Person, State(app): State<App>) -> Result<Json<UserOut>, Failure> {
    let scope = Scope::Organization(person.caller.organization);
    let read = move |tx: &mut database::Tx<'_>| users::oneself(tx, &person.caller, person.user);
    Ok(Json(UserOut::new(app.database.read(scope, read).await?)))
}

/// Changes the name, address or role of the person who has signed in
///
/// The role may not permit more than the person may do already, and the last
/// administrator keeps theirs. A new address is told to the former one.
#[utoipa::path(
    post, path = "/api/v1/users/update", tag = "User", operation_id = "postUsersUpdate",
    request_body = UserUpdateIn,
    responses((status = 200, description = "The user as it is now", body = UserOut)),
)]
pub(super) async fn post_users_update(
    person: Person<true>,
    State(app): State<App>,
    writing: Writing,
    body: Body<UserUpdateIn>,
) -> Result<Reply, Failure> {
    let change = body.value.checked(writing.rev)?;
    let user = person.user;
    let work = move |tx: &mut database::Tx<'_>, caller: &_| {
        let changed = users::update_oneself(tx, caller, user, &change).and_then(answer);
        or_current(changed, || users::oneself(tx, caller, user).map(UserOut::new))
    };
    Ok(app.write(Priority::Security, person.caller, writing, body.hash, work).await?)
}

/// Mails the person who has signed in a link to set a new password
///
/// The link works once, for one hour. Asked for again within a minute, nothing
/// more is mailed.
#[utoipa::path(
    post, path = "/api/v1/user/resetpassword", tag = "User", operation_id = "postUserResetpassword",
    responses((status = 200, description = "What was done, in words", body = String, content_type = "application/json")),
)]
pub(super) async fn post_user_resetpassword(
    person: Person<true>,
    State(app): State<App>,
    writing: Writing,
) -> Result<Reply, Failure> {
    let (user, public_url) = (person.user, app.settings.public_url.clone());
    let work = move |tx: &mut database::Tx<'_>, caller: &_| {
        links::reset_own(tx, caller, user, &public_url)?;
        Answer::new(200, &"A link to set a new password was mailed to you.")
    };
    Ok(app.write(Priority::Ordinary, person.caller, writing, NO_BODY, work).await?)
}
