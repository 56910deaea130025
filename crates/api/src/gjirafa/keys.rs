//! The API keys of an organization.

use axum::extract::State;
use base::{Error, FieldError, Result};
use database::{Priority, Scope, Tx};
use serde::Deserialize;
use usecases::{
    Allowed,
    access::{ReadApiKeys, WriteApiKeys},
    api_keys::{self, ApiKey, KeyInProjects, Minted, NewKey, Revision},
    idempotency::{Answer, CARRIED_OUT},
    organizations,
    projects::Here,
};
use utoipa::ToSchema;

use super::{
    key::{
        ApiKeyAnswer, ApiKeyIn, ApiKeyItem, ApiKeyOut, ApiKeyUpdateIn, ApiKeysAnswer, FlagAnswer, NewApiKey,
        SelectItem, SelectListAnswer,
    },
    loose::Name,
};
use crate::{
    App,
    door::{Body, Check, Envelope, Failure, Input, May, NO_BODY, Names, Parameters, Reply, Writing},
};

/// Lists the API keys of an organization
///
/// Every key, masked, with the projects it is limited to.
#[utoipa::path(
    get, path = "/api/organizations/{organizationId}/api-keys", tag = "Gjirafa VP",
    operation_id = "ApiOrganizationsApiKeys",
    params(("organizationId" = String, Path, description = "The organization, by any of its names")),
    responses((status = 200, description = "Every key", body = ApiKeysAnswer)),
)]
pub(super) async fn list(
    May(caller): May<ReadApiKeys>,
    State(app): State<App>,
    names: Names,
) -> Result<Envelope<Vec<ApiKeyItem>>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let all = move |tx: &mut Tx<'_>| {
        organizations::named(tx, names.get("organizationId"))?;
        api_keys::all(tx, &caller, None)
    };
    let keys = app.database.read(scope, all).await?;
    Ok(Envelope::new(keys.into_iter().map(ApiKeyItem::new).collect()))
}

/// Returns one API key
///
/// The key itself is masked: it was shown once, when it was made.
#[utoipa::path(
    get, path = "/api/organizations/{organizationId}/api-keys/{id}", tag = "Gjirafa VP",
    operation_id = "ApiOrganizationsApiKeysId",
    params(
        ("organizationId" = String, Path, description = "The organization, by any of its names"),
        ("id" = String, Path, description = "The key, by its number or id"),
    ),
    responses((status = 200, description = "The key", body = ApiKeyAnswer)),
)]
pub(super) async fn one(
    May(caller): May<ReadApiKeys>,
    State(app): State<App>,
    names: Names,
) -> Result<Envelope<ApiKeyOut>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let one = move |tx: &mut Tx<'_>| {
        organizations::named(tx, names.get("organizationId"))?;
        api_keys::one(tx, &caller, names.get("id"))
    };
    let key = app.database.read(scope, one).await?;
    Ok(Envelope::new(ApiKeyOut::new(&key)))
}

/// Creates an API key
///
/// The answer holds the key itself, in `apiKey`: the only time it is shown.
/// Its type follows from its role: `admin` for the role `admin`, `customer`
/// for `customer`, else `full-access`. A key never may do more than who makes it.
#[utoipa::path(
    post, path = "/api/organizations/{organizationId}/api-keys", tag = "Gjirafa VP",
    operation_id = "ApiOrganizationsApiKeys",
    params(("organizationId" = String, Path, description = "The organization, by any of its names")),
    request_body = ApiKeyIn,
    responses((status = 200, description = "The key that was made, with its text", body = ApiKeyAnswer)),
)]
pub(super) async fn create(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    names: Names,
    writing: Writing,
    body: Body<ApiKeyIn>,
) -> Result<Reply, Failure> {
    let place = Place::Organization(names.get("organizationId").to_owned());
    create_at(&app, caller, place, writing, body).await
}

/// Updates an API key
///
/// The body names the key. What is absent is left as it is. A change of
/// anything but the name ends the key's bearer tokens. The type follows the
/// role where it was the one that goes with the former role.
#[utoipa::path(
    put, path = "/api/organizations/{organizationId}/api-keys", tag = "Gjirafa VP",
    operation_id = "ApiOrganizationsApiKeys",
    params(("organizationId" = String, Path, description = "The organization, by any of its names")),
    request_body = ApiKeyUpdateIn,
    responses((status = 200, description = "The key as it is now", body = ApiKeyAnswer)),
)]
pub(super) async fn update(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    names: Names,
    writing: Writing,
    body: Body<ApiKeyUpdateIn>,
) -> Result<Reply, Failure> {
    let place = Place::Organization(names.get("organizationId").to_owned());
    update_at(&app, caller, place, writing, body).await
}

/// Deletes an API key
///
/// From the answer on, neither the key nor any of its bearer tokens is let in.
#[utoipa::path(
    delete, path = "/api/organizations/{organizationId}/api-keys/{id}", tag = "Gjirafa VP",
    operation_id = "ApiOrganizationsApiKeysId",
    params(
        ("organizationId" = String, Path, description = "The organization, by any of its names"),
        ("id" = String, Path, description = "The key, by its number or id"),
    ),
    responses((status = 200, description = "It was deleted", body = FlagAnswer)),
)]
pub(super) async fn delete(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    names: Names,
    writing: Writing,
) -> Result<Reply, Failure> {
    let place = Place::Organization(names.get("organizationId").to_owned());
    delete_at(&app, caller, place, names.get("id").to_owned(), writing).await
}

/// The projects a key is to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GjirafaApiKeyProjectsIn, example = json!({ "apiKeyId": 1, "projectIds": ["abcdefgh"] }))]
pub(super) struct ProjectsIn {
    /// Which key.
    #[schema(required = true, nullable = false)]
    api_key_id: Option<Name>,
    /// Which projects; at least one.
    #[schema(required = true, nullable = false)]
    project_ids: Option<Vec<Name>>,
}

impl Input for ProjectsIn {}

impl ProjectsIn {
    fn checked(self) -> Result<(String, Vec<String>)> {
        let mut check = Check::default();
        let key = check.required("apiKeyId", self.api_key_id, |name| Ok::<_, Error>(name.0));
        let projects = check.required("projectIds", self.project_ids, |names| match names.len() {
            0 => Err("must name a project"),
            _ => Ok(names.into_iter().map(|name| name.0).collect()),
        });
        check.finish(key.zip(projects))
    }
}

/// Gives an API key access to more projects
///
/// A key that was limited to none is limited to these from then on. Its
/// bearer tokens end.
#[utoipa::path(
    post, path = "/api/organizations/{organizationId}/api-keys/projects", tag = "Gjirafa VP",
    operation_id = "ApiOrganizationsApiKeysProjects",
    params(("organizationId" = String, Path, description = "The organization, by any of its names")),
    request_body = ProjectsIn,
    responses((status = 200, description = "The key has them", body = FlagAnswer)),
)]
pub(super) async fn add_projects(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    names: Names,
    writing: Writing,
    body: Body<ProjectsIn>,
) -> Result<Reply, Failure> {
    let (key, projects) = body.value.checked()?;
    let rev = writing.rev;
    change(&app, caller, writing, body.hash, move |tx, caller| {
        organizations::named(tx, names.get("organizationId"))?;
        let key = api_keys::add_projects(tx, caller, &key, &projects, rev)?;
        let words = format!("The API key {:?} is limited to {} projects.", key.name, key.projects.len());
        Ok(Envelope::saying(true, words).answer()?.about(key.id, key.stamp.rev))
    })
    .await
}

/// Takes one project away from an API key
///
/// Never its last one: without any it could act in all. Its bearer tokens end.
#[utoipa::path(
    put, path = "/api/organizations/{organizationId}/api-keys/{id}/projects", tag = "Gjirafa VP",
    operation_id = "ApiOrganizationsApiKeysIdProjects",
    params(
        ("organizationId" = String, Path, description = "The organization, by any of its names"),
        ("id" = String, Path, description = "The key, by its number or id"),
        ("projectId" = String, Query, description = "The project, by any of its names"),
    ),
    responses((status = 200, description = "The key does not have it", body = FlagAnswer)),
)]
pub(super) async fn remove_project(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
    writing: Writing,
) -> Result<Reply, Failure> {
    let project = parameters.needed("projectId")?.to_owned();
    let rev = writing.rev;
    change(&app, caller, writing, NO_BODY, move |tx, caller| {
        organizations::named(tx, names.get("organizationId"))?;
        let key = api_keys::remove_project(tx, caller, names.get("id"), &project, rev)?;
        let words = format!("The API key {:?} does not have the project.", key.name);
        Ok(Envelope::saying(true, words).answer()?.about(key.id, key.stamp.rev))
    })
    .await
}

/// Lists the projects an API key is not limited to
///
/// To choose from, for whoever gives the key more projects.
#[utoipa::path(
    get, path = "/api/organizations/{organizationId}/api-keys/{apiKeyId}/projects/select-list",
    tag = "Gjirafa VP", operation_id = "ApiOrganizationsApiKeysProjectsSelectList",
    params(
        ("organizationId" = String, Path, description = "The organization, by any of its names"),
        ("apiKeyId" = String, Path, description = "The key, by its number or id"),
    ),
    responses((status = 200, description = "The projects", body = SelectListAnswer)),
)]
pub(super) async fn select_list(
    May(caller): May<ReadApiKeys>,
    State(app): State<App>,
    names: Names,
) -> Result<Envelope<Vec<SelectItem>>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| {
        organizations::named(tx, names.get("organizationId"))?;
        api_keys::select_list(tx, &caller, names.get("apiKeyId"))
    };
    let item = |(number, project): (i32, usecases::projects::Project)| SelectItem {
        id: number,
        description: if project.is_default { "The default project." } else { "A project." }.to_owned(),
        name: project.name,
        value: project.public_id,
    };
    let projects = app.database.read(scope, list).await?;
    Ok(Envelope::new(projects.into_iter().map(item).collect()))
}

/// Where a key is made or changed: in the organization of this name, or in a project.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Organization(String),
    Project(Here),
}

impl Place {
    /// The key by its id, where this place has it.
    fn key(&self, tx: &mut Tx<'_>, caller: &Allowed<WriteApiKeys>, key: &str) -> Result<String> {
        match self {
            Self::Organization(name) => organizations::named(tx, name).map(|_| key.to_owned()),
            Self::Project(here) => Ok(api_keys::find_in(tx, caller, here, key)?.to_string()),
        }
    }
}

pub(super) async fn create_at(
    app: &App,
    caller: Allowed<WriteApiKeys>,
    place: Place,
    writing: Writing,
    body: Body<ApiKeyIn>,
) -> Result<Reply, Failure> {
    let new = body.value.checked()?;
    let (text, minted) = app.mint()?;
    let reply = app
        .write_keys(Priority::Ordinary, caller, writing, body.hash, move |tx, caller| {
            let key = made(tx, caller, &place, &minted, &new)?;
            let (id, rev) = (key.key.id, key.key.stamp.rev);
            let shown = ApiKeyOut::new(&key).with_text(&text.expose());
            let words = format!("The API key {:?} was made. It is shown this once.", key.key.name);
            let repeated = Envelope::saying(ApiKeyOut::new(&key), CARRIED_OUT);
            Envelope::saying(shown, words).answer()?.about(id, rev).with_secret_kept_as(&repeated)
        })
        .await?;
    Ok(reply)
}

fn made(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    place: &Place,
    minted: &Minted,
    given: &NewApiKey,
) -> Result<KeyInProjects> {
    let mut projects = given.projects.clone();
    match place {
        Place::Organization(name) => organizations::named(tx, name).map(drop)?,
        Place::Project(here) => projects.push(here.project.to_string()),
    }
    let new = api_keys::new_of_role(tx, &given.name, given.role.as_deref())?;
    let new = NewKey { projects, starts: given.starts, expires: given.expires, ..new };
    let key = api_keys::create(tx, caller, minted, &new)?;
    KeyInProjects::of(tx, key)
}

pub(super) async fn update_at(
    app: &App,
    caller: Allowed<WriteApiKeys>,
    place: Place,
    writing: Writing,
    body: Body<ApiKeyUpdateIn>,
) -> Result<Reply, Failure> {
    let (key, revision) = body.value.checked(writing.rev)?;
    change(app, caller, writing, body.hash, move |tx, caller| {
        let key = place.key(tx, caller, &key)?;
        let key = revised(tx, caller, &key, &revision)?;
        let words = format!("The API key {:?} was changed.", key.name);
        let (id, rev) = (key.id, key.stamp.rev);
        let key = KeyInProjects::of(tx, key)?;
        Ok(Envelope::saying(ApiKeyOut::new(&key), words).answer()?.about(id, rev))
    })
    .await
}

fn revised(
    tx: &mut Tx<'_>,
    caller: &Allowed<WriteApiKeys>,
    key: &str,
    revision: &Revision,
) -> Result<ApiKey> {
    api_keys::revise(tx, caller, key, revision).map_err(|error| match error {
        Error::Invalid(fields) => Error::Invalid(fields.into_iter().map(in_this_dialect).collect()),
        other => other,
    })
}

/// The one field of a key that this dialect calls otherwise.
fn in_this_dialect(field: FieldError) -> FieldError {
    if field.path == "expires" { FieldError { path: "expireDate".to_owned(), ..field } } else { field }
}

pub(super) async fn delete_at(
    app: &App,
    caller: Allowed<WriteApiKeys>,
    place: Place,
    key: String,
    writing: Writing,
) -> Result<Reply, Failure> {
    let rev = writing.rev;
    change(app, caller, writing, NO_BODY, move |tx, caller| {
        let key = place.key(tx, caller, &key)?;
        let deleted = api_keys::delete(tx, caller, &key, rev)?;
        let words = format!("The API key {:?} was deleted.", deleted.name);
        Ok(Envelope::saying(true, words).answer()?.naming(deleted.id))
    })
    .await
}

/// Carries out a change of a key; the gate has taken it in before the answer goes out.
async fn change(
    app: &App,
    caller: Allowed<WriteApiKeys>,
    writing: Writing,
    body_hash: [u8; 32],
    work: impl Fn(&mut Tx<'_>, &Allowed<WriteApiKeys>) -> Result<Answer> + Send + 'static,
) -> Result<Reply, Failure> {
    Ok(app.write_keys(Priority::Security, caller, writing, body_hash, work).await?)
}
