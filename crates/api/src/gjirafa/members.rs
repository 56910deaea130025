//! Who works in a project: for who may see users everywhere, and for whose
//! role in the project permits it.

use axum::extract::State;
use base::{Page, Result};
use database::{Scope, Tx, list::List};
use usecases::{
    access::ReadUsers,
    project_users::{self, Member, Place},
};

use super::{
    member::{
        GjirafaUsersAnswer, UnconfirmedUser, UnconfirmedUsersAnswer, UserOfProject, UserOut,
        UsersOfProjectAnswer,
    },
    paging::{PageOut, Paging, PagingParameters},
};
use crate::{
    App,
    door::{Envelope, Failure, MayIn, Parameters},
};

/// Lists the users of a project
///
/// One page of those who work in it, each with the role they have there; in
/// the order in which they came unless another is asked for.
#[utoipa::path(
    get, path = "/api/projects/{projectId}/users", tag = "Gjirafa VP", operation_id = "ApiProjectsUsers",
    params(
        ("projectId" = String, Path, description = "The project, by any of its names"),
        ("search" = Option<String>, Query, description = "A part of the name or the address, in any case"),
        PagingParameters,
    ),
    responses((status = 200, description = "One page of users", body = GjirafaUsersAnswer)),
)]
pub(super) async fn list(
    may: MayIn<ReadUsers>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Envelope<PageOut<UserOut>>, Failure> {
    let (page, _) = listed(may, &app, &parameters, &project_users::LIST).await?;
    Ok(Envelope::new(page.map(UserOut::from).into()))
}

/// Lists the users of a project who have not followed their invitation
///
/// One page of those who have neither set nor used a password yet.
#[utoipa::path(
    get, path = "/api/projects/{projectId}/users/unconfirmed", tag = "Gjirafa VP",
    operation_id = "ApiProjectsUsersUnconfirmed",
    params(
        ("projectId" = String, Path, description = "The project, by any of its names"),
        ("search" = Option<String>, Query, description = "A part of the name or the address, in any case"),
        PagingParameters,
    ),
    responses((status = 200, description = "One page of users", body = UnconfirmedUsersAnswer)),
)]
pub(super) async fn unconfirmed(
    may: MayIn<ReadUsers>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Envelope<PageOut<UnconfirmedUser>>, Failure> {
    let (page, place) = listed(may, &app, &parameters, &project_users::UNCONFIRMED).await?;
    Ok(Envelope::new(page.map(|member| UnconfirmedUser::new(member, &place)).into()))
}

async fn listed(
    MayIn { caller, here }: MayIn<ReadUsers>,
    app: &App,
    parameters: &Parameters,
    list: &'static List,
) -> Result<(Page<Member>, Place)> {
    let query = Paging::of(parameters, &[])?.query(list);
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| {
        let page = project_users::list(tx, &caller, &here, list, &query)?;
        Ok((page, project_users::place(tx, &caller, &here)?))
    };
    app.database.read(scope, read).await
}

/// Lists all users of a project
///
/// Everybody who works in it, in the order in which they came.
#[utoipa::path(
    get, path = "/api/projects/{projectId}/users/getUsersByProjectId", tag = "Gjirafa VP",
    operation_id = "ApiProjectsUsersAll",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    responses((status = 200, description = "All users", body = UsersOfProjectAnswer)),
)]
pub(super) async fn all(
    MayIn { caller, here }: MayIn<ReadUsers>,
    State(app): State<App>,
) -> Result<Envelope<Vec<UserOfProject>>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| {
        let place = project_users::place(tx, &caller, &here)?;
        let members = project_users::all(tx, &caller, &here)?;
        Ok(members.into_iter().map(|member| UserOfProject::new(member, &place)).collect())
    };
    Ok(Envelope::new(app.database.read(scope, read).await?))
}
