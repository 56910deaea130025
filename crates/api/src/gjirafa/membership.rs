//! Who comes to work in a project, and who leaves it.

use axum::extract::State;
use base::{EmailAddress, Error, Result};
use database::{Priority, Tx};
use usecases::{
    Allowed,
    access::WriteUsers,
    idempotency::Answer,
    project_users::{self, Joined},
    projects,
    users::{Account, State as UserState},
};

use super::{
    key::FlagAnswer,
    member::{ConnectionAnswer, ConnectionOut, ProjectUserAnswer, ProjectUserOut},
    membership_in::{ConnectWithProjectIn, ProjectUserIn, ProjectUsersIn},
};
use crate::{
    App,
    door::{Body, Envelope, Failure, May, MayIn, NO_BODY, Names, Parameters, Reply, Writing},
};

/// Gives a person a role in a project
///
/// Who works there already gets this role in the place of the former one. An
/// address that no user of the organization has is invited, by whoever may
/// invite people to the organization: a link to set a password is mailed,
/// which works once, for seven days.
#[utoipa::path(
    post, path = "/api/projects/{projectId}/users", tag = "Gjirafa VP", operation_id = "ApiProjectsUsers",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    request_body = ProjectUserIn,
    responses((status = 200, description = "The person's part in the project", body = ProjectUserAnswer)),
)]
pub(super) async fn join(
    MayIn { caller, here }: MayIn<WriteUsers>,
    State(app): State<App>,
    writing: Writing,
    body: Body<ProjectUserIn>,
) -> Result<Reply, Failure> {
    let new = body.value.checked()?;
    let public_url = app.settings.public_url.clone();
    let join = move |tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>| {
        projects::require_same(tx, &here, new.project.as_deref())?;
        let joined = project_users::join(tx, caller, &here, &new.person, new.role.as_deref(), &public_url)?;
        let invited = if joined.is_invited { " and was invited" } else { "" };
        let words = format!("{} works in the project now{invited}.", joined.email);
        told(&joined, ProjectUserOut::from(&joined), words)
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, join).await?)
}

/// Gives several users a role in a project
///
/// All of them or none. Who works there already gets this role in the place of
/// the former one.
#[utoipa::path(
    post, path = "/api/projects/{projectId}/users/add-users-to-project", tag = "Gjirafa VP",
    operation_id = "ApiProjectsUsersAddUsersToProject",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    request_body = ProjectUsersIn,
    responses((status = 200, description = "They work there", body = FlagAnswer)),
)]
pub(super) async fn add_all(
    MayIn { caller, here }: MayIn<WriteUsers>,
    State(app): State<App>,
    writing: Writing,
    body: Body<ProjectUsersIn>,
) -> Result<Reply, Failure> {
    let (project, people) = body.value.checked()?;
    let add = move |tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>| {
        projects::require_same(tx, &here, project.as_deref())?;
        let added = project_users::add_all(tx, caller, &here, &people)?;
        Envelope::saying(true, format!("{added} users work in the project now.")).answer()
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, add).await?)
}

/// Gives a user a role in another project
///
/// In the one that the body names, in which the caller may do as much as in
/// that of the path.
#[utoipa::path(
    post, path = "/api/projects/{projectId}/users/connect-with-project", tag = "Gjirafa VP",
    operation_id = "ApiProjectsUsersConnectWithProject",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    request_body = ConnectWithProjectIn,
    responses((status = 200, description = "The user's part in the other project", body = ConnectionAnswer)),
)]
pub(super) async fn connect(
    MayIn { caller, here }: MayIn<WriteUsers>,
    State(app): State<App>,
    writing: Writing,
    body: Body<ConnectWithProjectIn>,
) -> Result<Reply, Failure> {
    let connection = body.value.checked()?;
    let connect = move |tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>| {
        let joined = project_users::connect(tx, caller, &here, &connection)?;
        let words = format!("{} works in the project now.", joined.email);
        told(&joined, ConnectionOut::from(&joined), words)
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, connect).await?)
}

fn told<T: serde::Serialize>(joined: &Joined, out: T, words: String) -> Result<Answer> {
    Ok(Envelope::saying(out, words).answer()?.about(joined.id, joined.rev))
}

/// Keeps a user of the project from signing in, or lets them again
///
/// In the whole organization, so it takes who may change users there. All the
/// user's sessions and mailed links end. `messages` says which of the two was
/// done; the last administrator who can sign in stays active.
#[utoipa::path(
    post, path = "/api/projects/{projectId}/users/activate", tag = "Gjirafa VP",
    operation_id = "ApiProjectsUsersActivate",
    params(
        ("projectId" = String, Path, description = "The project, by any of its names"),
        ("id" = String, Query, description = "The user, by any of its names"),
    ),
    responses((status = 200, description = "It was done", body = FlagAnswer)),
)]
pub(super) async fn activate(
    May(caller): May<WriteUsers>,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
    writing: Writing,
) -> Result<Reply, Failure> {
    let user = parameters.needed("id")?.to_owned();
    let rev = writing.rev;
    let toggle = move |tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>| {
        let account = project_users::activate(tx, caller, names.get("projectId"), &user, rev)?;
        let done = if account.state == UserState::Suspended { "can no longer" } else { "can" };
        about(&account, format!("{} {done} sign in.", account.email))
    };
    Ok(app.write(Priority::Security, caller, writing, NO_BODY, toggle).await?)
}

/// Sends an invitation again
///
/// To somebody who works in the project and has neither set nor used a
/// password yet. The link that was mailed before is over.
#[utoipa::path(
    post, path = "/api/projects/{projectId}/users/resend-invitation", tag = "Gjirafa VP",
    operation_id = "ApiProjectsUsersResendInvitation",
    params(
        ("projectId" = String, Path, description = "The project, by any of its names"),
        ("email" = String, Query, description = "The address the person was invited at"),
    ),
    responses((status = 200, description = "It was sent", body = FlagAnswer)),
)]
pub(super) async fn resend(
    MayIn { caller, here }: MayIn<WriteUsers>,
    State(app): State<App>,
    parameters: Parameters,
    writing: Writing,
) -> Result<Reply, Failure> {
    let email = parameters.needed("email")?;
    let email = EmailAddress::new(email).map_err(|error| Error::invalid("email", error))?;
    let public_url = app.settings.public_url.clone();
    let resend = move |tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>| {
        let account = project_users::resend(tx, caller, &here, &email, &public_url)?;
        about(&account, format!("The invitation was sent to {} again.", account.email))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, NO_BODY, resend).await?)
}

/// Takes a user out of a project
///
/// They stay a user of the organization.
#[utoipa::path(
    delete, path = "/api/projects/{projectId}/users/{userId}", tag = "Gjirafa VP",
    operation_id = "ApiProjectsUsersId",
    params(
        ("projectId" = String, Path, description = "The project, by any of its names"),
        ("userId" = String, Path, description = "The user, by any of its names"),
    ),
    responses((status = 200, description = "They do not work there any more", body = FlagAnswer)),
)]
pub(super) async fn remove(
    MayIn { caller, here }: MayIn<WriteUsers>,
    State(app): State<App>,
    names: Names,
    writing: Writing,
) -> Result<Reply, Failure> {
    let rev = writing.rev;
    let remove = move |tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>| {
        let (part, email) = project_users::remove(tx, caller, &here, names.get("userId"), rev)?;
        let words = format!("{email} does not work in the project any more.");
        Ok(Envelope::saying(true, words).answer()?.naming(part))
    };
    Ok(app.write(Priority::Security, caller, writing, NO_BODY, remove).await?)
}

/// Deletes a user of a project
///
/// From the whole organization, so it takes who may change users there. All
/// the user's sessions end; the last administrator cannot be deleted.
#[utoipa::path(
    delete, path = "/api/projects/{projectId}/users", tag = "Gjirafa VP", operation_id = "ApiProjectsUsers",
    params(
        ("projectId" = String, Path, description = "The project, by any of its names"),
        ("id" = String, Query, description = "The user, by any of its names"),
    ),
    responses((status = 200, description = "The user was deleted", body = FlagAnswer)),
)]
pub(super) async fn delete(
    May(caller): May<WriteUsers>,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
    writing: Writing,
) -> Result<Reply, Failure> {
    let user = parameters.needed("id")?.to_owned();
    let rev = writing.rev;
    let delete = move |tx: &mut Tx<'_>, caller: &Allowed<WriteUsers>| {
        let deleted = project_users::delete(tx, caller, names.get("projectId"), &user, rev)?;
        let words = format!("The user {} was deleted.", deleted.email);
        Ok(Envelope::saying(true, words).answer()?.naming(deleted.id))
    };
    Ok(app.write(Priority::Security, caller, writing, NO_BODY, delete).await?)
}

fn about(account: &Account, words: String) -> Result<Answer> {
    Ok(Envelope::saying(true, words).answer()?.about(account.id, account.stamp.rev))
}
