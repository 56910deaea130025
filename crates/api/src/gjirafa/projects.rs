//! Projects.

use axum::extract::State;
use base::Result;
use database::{Priority, Scope, Tx};
use usecases::{
    Subject,
    access::{ReadProjects, WriteProjects},
    organizations,
    projects::{self, Project},
};

use super::{
    paging::{PageOut, Paging, PagingParameters},
    project::{
        ProjectAnswer, ProjectIn, ProjectOfCaller, ProjectOut, ProjectUpdateIn, ProjectsAnswer,
        ProjectsOfCallerAnswer,
    },
};
use crate::{
    App,
    door::{Body, Envelope, Failure, Known, May, MayIn, Names, Parameters, Reply, Writing},
};

/// Lists the caller's projects
///
/// All that the caller may act in; for a user without the permission to see
/// projects, those they work in.
#[utoipa::path(
    get, path = "/api/accounts/organizations/{organizationId}/projects", tag = "Gjirafa VP",
    operation_id = "ApiAccountsOrganizationsProjects",
    params(
        ("organizationId" = String, Path, description = "The organization, by any of its names"),
        ("search" = Option<String>, Query, description = "A part of the name, in any case"),
        PagingParameters,
    ),
    responses((status = 200, description = "One page of projects", body = ProjectsOfCallerAnswer)),
)]
pub(super) async fn of_caller(
    known: Known,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
) -> Result<Envelope<PageOut<ProjectOfCaller>>, Failure> {
    let paging = Paging::of(&parameters, &[])?;
    let caller = known.caller;
    let id = match caller.subject {
        Subject::User(id) => id.to_string(),
        Subject::Key(id) => id.to_string(),
        Subject::System(word) => word.to_owned(),
    };
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| {
        organizations::named(tx, names.get("organizationId"))?;
        projects::of_caller(tx, &caller)
    };
    let projects = app.database.read(scope, list).await?;
    Ok(Envelope::new(paging.page(projects, |project| ProjectOfCaller::new(project, &id))))
}

/// Lists the projects of an organization
///
/// One page of them, in their order unless another is asked for.
#[utoipa::path(
    get, path = "/organizations/{organizationId}/projects", tag = "Gjirafa VP",
    operation_id = "OrganizationsProjects",
    params(
        ("organizationId" = String, Path, description = "The organization, by any of its names"),
        ("search" = Option<String>, Query, description = "A part of the name, in any case"),
        PagingParameters,
    ),
    responses((status = 200, description = "One page of projects", body = ProjectsAnswer)),
)]
pub(super) async fn list(
    May(caller): May<ReadProjects>,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
) -> Result<Envelope<PageOut<ProjectOut>>, Failure> {
    let paging = Paging::of(&parameters, &[])?;
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| {
        organizations::named(tx, names.get("organizationId"))?;
        projects::list(tx, &caller)
    };
    let projects = app.database.read(scope, list).await?;
    Ok(Envelope::new(paging.page(projects, ProjectOut::from)))
}

/// Creates a project
///
/// It comes after the others and gets eight letters of its own.
#[utoipa::path(
    post, path = "/organizations/{organizationId}/projects", tag = "Gjirafa VP",
    operation_id = "OrganizationsProjects",
    params(("organizationId" = String, Path, description = "The organization, by any of its names")),
    request_body = ProjectIn,
    responses((status = 200, description = "The project that was made", body = ProjectAnswer)),
)]
pub(super) async fn create(
    May(caller): May<WriteProjects>,
    State(app): State<App>,
    names: Names,
    writing: Writing,
    body: Body<ProjectIn>,
) -> Result<Reply, Failure> {
    let name = body.value.checked()?;
    let create = move |tx: &mut Tx<'_>, caller: &_| {
        organizations::named(tx, names.get("organizationId"))?;
        told(projects::create(tx, caller, &name)?, "made")
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, create).await?)
}

/// Returns one project
///
/// For who may see projects everywhere, or by their role in this one.
#[utoipa::path(
    get, path = "/api/projects/{projectId}", tag = "Gjirafa VP", operation_id = "ApiProjectsId",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    responses((status = 200, description = "The project", body = ProjectAnswer)),
)]
pub(super) async fn one(
    MayIn { caller, here }: MayIn<ReadProjects>,
    State(app): State<App>,
) -> Result<Envelope<ProjectOut>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let project = app.database.read(scope, move |tx| projects::one(tx, &caller, &here)).await?;
    Ok(Envelope::new(project.into()))
}

/// Updates a project
///
/// What is absent is left as it is. One project is always the default one:
/// `isDefault` takes that from the one that was, and cannot be taken back.
#[utoipa::path(
    method(put, post), path = "/api/projects/{projectId}", tag = "Gjirafa VP", operation_id = "ApiProjectsId",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    request_body = ProjectUpdateIn,
    responses((status = 200, description = "The project as it is now", body = ProjectAnswer)),
)]
pub(super) async fn update(
    MayIn { caller, here }: MayIn<WriteProjects>,
    State(app): State<App>,
    writing: Writing,
    body: Body<ProjectUpdateIn>,
) -> Result<Reply, Failure> {
    let change = body.value.checked(writing.rev)?;
    let update =
        move |tx: &mut Tx<'_>, caller: &_| told(projects::update(tx, caller, &here, &change)?, "changed");
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, update).await?)
}

fn told(project: Project, done: &str) -> Result<usecases::idempotency::Answer> {
    let (id, rev) = (project.id, project.stamp.rev);
    let words = format!("The project {:?} was {done}.", project.name);
    Ok(Envelope::saying(ProjectOut::from(project), words).answer()?.about(id, rev))
}

/// Returns one project at a second address
///
/// What external projects are is not documented: the answer is the project itself.
#[utoipa::path(
    method(get, put), path = "/api/projects/{projectId}/external-projects", tag = "Gjirafa VP",
    operation_id = "ApiProjectsExternalProjects",
    params(("projectId" = String, Path, description = "The project, by any of its names")),
    responses((status = 200, description = "The project", body = ProjectAnswer)),
)]
pub(super) async fn external(
    may: MayIn<ReadProjects>,
    app: State<App>,
) -> Result<Envelope<ProjectOut>, Failure> {
    one(may, app).await
}
