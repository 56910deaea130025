//! The Gjirafa VP dialect: the same organizations, keys, users and roles,
//! every answer in an envelope.

mod captain;
mod key;
mod keys;
mod loose;
mod member;
mod members;
mod membership;
mod membership_in;
mod paging;
mod permissions;
mod project;
mod project_keys;
mod projects;
mod role;
mod roles;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, enveloped};

pub(crate) fn router() -> OpenApiRouter<App> {
    enveloped![
        keys::list,
        keys::one,
        keys::create,
        keys::update,
        keys::delete,
        keys::add_projects,
        keys::remove_project,
        keys::select_list,
        project_keys::list,
        project_keys::create,
        project_keys::update,
        project_keys::delete,
        projects::of_caller,
        projects::list => "/api/organizations/{organizationId}/projects",
        projects::create => "/api/organizations/{organizationId}/projects",
        projects::one,
        projects::update,
        projects::external,
        roles::list => "/api/projects/{projectId}/roles",
        roles::one => "/api/projects/{projectId}/roles/{id}",
        roles::create => "/api/projects/{projectId}/roles",
        roles::update => "/api/projects/{projectId}/roles",
        roles::delete => "/api/projects/{projectId}/roles/{id}",
        permissions::list,
        permissions::of_role,
        permissions::toggle,
        members::list,
        members::unconfirmed,
        members::all,
        membership::join,
        membership::add_all,
        membership::connect,
        membership::activate,
        membership::resend,
        membership::remove,
        membership::delete,
        captain::of_organization,
        captain::of_project,
    ]
}
