use axum::{Json, extract::State};
use base::Result;
use database::{Priority, Scope, Tx};
use usecases::{
    Allowed,
    access::{ReadUsers, WriteUsers},
    idempotency::Answer,
    users,
};

use super::{
    account::{UserList, UserOut, UserUpdateIn, answer},
    invitation::{UsersInviteIn, UsersInvited},
};
use crate::{
    App,
    door::{Body, Failure, May, NO_BODY, Named, Paging, Parameters, Reply, Writing, or_current},
};

/// Lists the organization's users
///
/// Deleted ones are not among them.
#[utoipa::path(
    get, path = "/api/v1/organization/users", tag = "User", operation_id = "getOrganizationUsers",
    params(
        Paging,
        ("sortBy[0].key" = Option<String>, Query, description = "`email` (usual), `name` or `created`"),
        ("sortBy[0].order" = Option<String>, Query, description = "`asc` (usual) or `desc`"),
        ("search" = Option<String>, Query, description = "A part of the address or the name, in any case"),
        ("search.email" = Option<String>, Query, description = "A part of the address, in any case"),
        ("search.name" = Option<String>, Query, description = "A part of the name, in any case"),
    ),
    responses((status = 200, description = "One page of users", body = UserList)),
)]
pub(super) async fn get_organization_users(
    May(caller): May<ReadUsers>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<UserList>, Failure> {
    let query = parameters.list(&users::LIST, &[])?;
    let scope = Scope::Organization(caller.organization);
    let page = app.database.read(scope, move |tx| users::list(tx, &caller, &query)).await?;
    Ok(Json(page.into()))
}

/// Invites people to the organization
///
/// All of them or none. Who is given no password is mailed a link to set one,
/// which works once, for seven days.
#[utoipa::path(
    post, path = "/api/v1/organization/users/invite", tag = "User", operation_id = "postOrganizationUsersInvite",
    request_body = UsersInviteIn,
    responses((status = 201, description = "The users that were made", body = UsersInvited)),
)]
pub(super) async fn post_organization_users_invite(
    May(caller): May<WriteUsers>,
    State(app): State<App>,
    writing: Writing,
    body: Body<UsersInviteIn>,
) -> Result<Reply, Failure> {
    let checked = body.value.checked()?;
    let hashes = app.hash_passwords(checked.passwords()).await?;
    let (invitations, public_url) = (checked.with_hashes(hashes), app.settings.public_url.clone());
    let work = move |tx: &mut Tx<'_>, caller: &_| {
        let accounts = users::invite(tx, caller, &invitations, &public_url)?;
        Answer::new(201, &UsersInvited::new(accounts))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, work).await?)
}

/// Sends an invitation again
///
/// To a user who has neither set nor used a password yet. The link that was
/// mailed before is over.
#[utoipa::path(
    post, path = "/api/v1/organization/user/{userId}/remind", tag = "User",
    operation_id = "postOrganizationUserIdRemind",
    params(("userId" = String, Path, description = "The user's `_id`, or its number")),
    responses((status = 200, description = "The user as it is now", body = UserOut)),
)]
pub(super) async fn post_organization_user_id_remind(
    May(caller): May<WriteUsers>,
    State(app): State<App>,
    Named(user): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    let public_url = app.settings.public_url.clone();
    let work = move |tx: &mut Tx<'_>, caller: &_| answer(users::remind(tx, caller, &user, &public_url)?);
    Ok(app.write(Priority::Ordinary, caller, writing, NO_BODY, work).await?)
}

/// Changes the name, address or role of a user
///
/// The last administrator keeps their role. A new address is told to the
/// former one. A Swage operation; GoldLeaf has none like it.
#[utoipa::path(
    post, path = "/api/v1/organization/user/{userId}/update", tag = "User",
    operation_id = "postOrganizationUserIdUpdate",
    params(("userId" = String, Path, description = "The user's `_id`, or its number")),
    request_body = UserUpdateIn,
    responses((status = 200, description = "The user as it is now", body = UserOut)),
)]
pub(super) async fn post_organization_user_id_update(
    May(caller): May<WriteUsers>,
    State(app): State<App>,
    Named(user): Named,
    writing: Writing,
    body: Body<UserUpdateIn>,
) -> Result<Reply, Failure> {
    let change = body.value.checked(writing.rev)?;
    let work = move |tx: &mut Tx<'_>, caller: &_| {
        let changed = users::update(tx, caller, &user, &change).and_then(answer);
        or_current(changed, || users::current(tx, &user).map(UserOut::new))
    };
    Ok(app.write(Priority::Security, caller, writing, body.hash, work).await?)
}

/// Suspends a user
///
/// From the answer on the user cannot sign in, and all their sessions and
/// mailed links are over. A Swage operation; GoldLeaf has none like it.
#[utoipa::path(
    post, path = "/api/v1/organization/user/{userId}/suspend", tag = "User",
    operation_id = "postOrganizationUserIdSuspend",
    params(("userId" = String, Path, description = "The user's `_id`, or its number")),
    responses((status = 200, description = "The user as it is now", body = UserOut)),
)]
pub(super) async fn post_organization_user_id_suspend(
    May(caller): May<WriteUsers>,
    State(app): State<App>,
    Named(user): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    suspend(&app, caller, user, writing, true).await
}

/// Resumes a suspended user
///
/// The user can sign in again. A Swage operation; GoldLeaf has none like it.
#[utoipa::path(
    post, path = "/api/v1/organization/user/{userId}/resume", tag = "User",
    operation_id = "postOrganizationUserIdResume",
    params(("userId" = String, Path, description = "The user's `_id`, or its number")),
    responses((status = 200, description = "The user as it is now", body = UserOut)),
)]
pub(super) async fn post_organization_user_id_resume(
    May(caller): May<WriteUsers>,
    State(app): State<App>,
    Named(user): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    suspend(&app, caller, user, writing, false).await
}

async fn suspend(
    app: &App,
    caller: Allowed<WriteUsers>,
    user: String,
    writing: Writing,
    suspended: bool,
) -> Result<Reply, Failure> {
    let rev = writing.rev;
    let work = move |tx: &mut Tx<'_>, caller: &_| {
        let changed = users::suspend(tx, caller, &user, suspended, rev).and_then(answer);
        or_current(changed, || users::current(tx, &user).map(UserOut::new))
    };
    Ok(app.write(Priority::Security, caller, writing, NO_BODY, work).await?)
}

/// Deletes a user
///
/// From the answer on the user cannot sign in, and all their sessions are
/// over. The last administrator cannot be deleted.
#[utoipa::path(
    post, path = "/api/v1/organization/user/{userId}/delete", tag = "User",
    operation_id = "postOrganizationUserIdDelete",
    params(("userId" = String, Path, description = "The user's `_id`, or its number")),
    responses((status = 200, description = "What was done, in words", body = String, content_type = "application/json")),
)]
pub(super) async fn post_organization_user_id_delete(
    May(caller): May<WriteUsers>,
    State(app): State<App>,
    Named(user): Named,
    writing: Writing,
) -> Result<Reply, Failure> {
    let rev = writing.rev;
    let work = move |tx: &mut Tx<'_>, caller: &_| {
        let deleted = users::delete(tx, caller, &user, rev).and_then(|deleted| {
            let words = format!("The user {} was deleted.", deleted.email);
            Ok(Answer::new(200, &words)?.naming(deleted.id))
        });
        or_current(deleted, || users::current(tx, &user).map(UserOut::new))
    };
    Ok(app.write(Priority::Security, caller, writing, NO_BODY, work).await?)
}
