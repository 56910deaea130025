//! The lists of users of Captain, a product beside Gjirafa VP: pages are
//! counted from 0, and what there is to know of one stands in `resultInfo`.

use axum::extract::State;
use base::{Error, Page, Result};
use database::{
    Scope, Tx,
    list::{ListQuery, MAX_LIMIT},
};
use serde::Serialize;
use usecases::{
    access::ReadUsers,
    organizations,
    project_users::{self, Member},
    users::{self, Account},
};
use utoipa::ToSchema;

use super::member::in_two;
use crate::{
    App,
    door::{Envelope, Failure, May, MayIn, Names, Parameters},
};

/// How a list is paged and searched: for the document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "PascalCase")]
#[expect(dead_code, reason = "`query` reads them")]
pub(super) struct PagingParameters {
    /// The page, from 0
    page_index: Option<u64>,
    /// Users in a page, 1 to 1000; usually 50
    page_size: Option<u64>,
    /// A part of the name or the address, in any case
    search: Option<String>,
}

/// A user.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CaptainUser)]
pub(super) struct UserOut {
    /// Their UUID.
    #[schema(format = "uuid")]
    id: String,
    /// The address to sign in with.
    email: String,
    /// Their name but for its last word.
    name: String,
    /// The last word of their name, if it has more than one.
    lastname: String,
    /// The name of their role; of several all, with commas between.
    role: String,
}

/// What there is to know of a page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    /// How many users there are in all.
    total_count: u64,
    /// The number of this page, from 0.
    page_index: u64,
    /// The most users a page may hold.
    page_size: u64,
    /// How many pages there are.
    total_pages: u64,
    /// Whether a page follows.
    has_next_page: bool,
    /// Whether a page comes before.
    has_previous_page: bool,
}

/// One page of users.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "for the document: the answer itself is an Envelope")]
pub(super) struct CaptainUsersAnswer {
    /// Whether it was done: yes.
    success: bool,
    /// What went wrong: nothing.
    errors: Vec<String>,
    /// What was done, in words.
    messages: Vec<String>,
    /// The users of this page.
    result: Vec<UserOut>,
    /// What there is to know of the page.
    result_info: PageInfo,
    /// The HTTP status.
    status_code: i32,
}

type Users = Envelope<Vec<UserOut>, PageInfo>;

/// Lists the users of an organization as Captain does
///
/// By address; deleted ones are not among them.
#[utoipa::path(
    get, path = "/api/v1/organizations/{organizationId}/users", tag = "Gjirafa VP",
    operation_id = "ApiV1OrganizationsUsers",
    params(
        ("organizationId" = String, Path, description = "The organization, by any of its names"),
        PagingParameters,
    ),
    responses((status = 200, description = "One page of users", body = CaptainUsersAnswer)),
)]
pub(super) async fn of_organization(
    May(caller): May<ReadUsers>,
    State(app): State<App>,
    names: Names,
    parameters: Parameters,
) -> Result<Users, Failure> {
    let query = query(&parameters)?;
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| {
        organizations::named(tx, names.get("organizationId"))?;
        users::list(tx, &caller, &query)
    };
    let page = app.database.read(scope, list).await?;
    Ok(envelope(page.map(UserOut::from)))
}

/// Lists the users of a project as Captain does
///
/// Those who work in it, in the order in which they came, each with the role
/// they have there.
#[utoipa::path(
    get, path = "/api/v1/projects/{projectId}/users", tag = "Gjirafa VP", operation_id = "ApiV1ProjectsUsers",
    params(
        ("projectId" = String, Path, description = "The project, by any of its names"),
        PagingParameters,
    ),
    responses((status = 200, description = "One page of users", body = CaptainUsersAnswer)),
)]
pub(super) async fn of_project(
    MayIn { caller, here }: MayIn<ReadUsers>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Users, Failure> {
    let query = query(&parameters)?;
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| project_users::list(tx, &caller, &here, &project_users::LIST, &query);
    let page = app.database.read(scope, list).await?;
    Ok(envelope(page.map(UserOut::from)))
}

/// What is asked of a list.
fn query(parameters: &Parameters) -> Result<ListQuery> {
    parameters.ignore_all_but(&["PageIndex", "PageSize", "Search", "api-version"]);
    let mut query = ListQuery::default();
    if let Some(index) = parameters.one("PageIndex") {
        // So far that no list is as long, and near enough that counting to it does not overflow.
        let index = index.parse().ok().filter(|index: &u64| *index < 1_000_000_000);
        query.page = index.ok_or_else(|| Error::invalid("PageIndex", "must be a whole number from 0"))? + 1;
    }
    if let Some(size) = parameters.one("PageSize") {
        let size = size.parse().ok().filter(|size: &u64| *size >= 1);
        let size = size.ok_or_else(|| Error::invalid("PageSize", "must be a whole number from 1"))?;
        query.limit = size.min(MAX_LIMIT);
    }
    if let Some(text) = parameters.one("Search") {
        query.filters.push(("search".to_owned(), vec![text.to_owned()]));
    }
    Ok(query)
}

fn envelope(page: Page<UserOut>) -> Users {
    let total_pages = page.total.div_ceil(page.limit);
    let info = PageInfo {
        total_count: page.total,
        page_index: page.page - 1,
        page_size: page.limit,
        total_pages,
        has_next_page: page.page < total_pages,
        has_previous_page: page.page > 1 && total_pages > 0,
    };
    Envelope::with_info(page.items, info)
}

impl UserOut {
    fn new(id: String, email: String, name: &str, role: String) -> Self {
        let (name, lastname) = in_two(name);
        Self { id, email, name, lastname, role }
    }
}

impl From<Account> for UserOut {
    fn from(account: Account) -> Self {
        Self::new(account.id.uuid(), account.email, &account.name, account.roles.join(", "))
    }
}

impl From<Member> for UserOut {
    fn from(member: Member) -> Self {
        Self::new(member.user.uuid(), member.email, &member.name, member.role.name)
    }
}
