use base::{Line, Patch, Prose, Result, Timestamp};
use serde::{Deserialize, Serialize};
use usecases::projects::{Project, ProjectChange};
use utoipa::ToSchema;

use super::{loose::Flag, paging::Listed};
use crate::{
    answers,
    door::{Check, Input},
    pages,
};

/// A project to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ProjectIn, example = json!({ "name": "Spring catalogue" }))]
pub(super) struct ProjectIn {
    /// Its name, 1 to 100 characters.
    #[schema(required = true, nullable = false, max_length = 100)]
    name: Option<String>,
}

impl Input for ProjectIn {}

impl ProjectIn {
    pub(super) fn checked(self) -> Result<Line<100>> {
        let mut check = Check::default();
        let name = check.required("name", self.name, |text| Line::new(&text));
        check.finish(name)
    }
}

/// A change of a project; what is absent is left as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProjectUpdateIn, example = json!({
    "name": "Spring catalogue", "orderNumber": 2, "isDefault": false, "biskoId": "", "prebidConfigId": "",
}))]
pub(super) struct ProjectUpdateIn {
    /// Its name, 1 to 100 characters.
    #[schema(max_length = 100)]
    name: Option<String>,
    /// Its place among the others.
    order_number: Option<i32>,
    /// Whether it is the default project, which the organization's own data
    /// belongs to; `true` takes that from the one that was.
    #[schema(value_type = Option<bool>)]
    is_default: Option<Flag>,
    /// What another system calls it; null empties it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    bisko_id: Patch<String>,
    /// What another system calls its settings; null empties it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    prebid_config_id: Patch<String>,
}

impl Input for ProjectUpdateIn {}

impl ProjectUpdateIn {
    /// `rev` is the revision the change was made to.
    pub(super) fn checked(self, rev: Option<i64>) -> Result<ProjectChange> {
        let mut check = Check::default();
        let name = check.optional("name", self.name, |text| Line::new(&text));
        let bisko_id = check.patch("biskoId", self.bisko_id, |text| Prose::new(&text));
        let prebid_config_id = check.patch("prebidConfigId", self.prebid_config_id, |text| Prose::new(&text));
        check.finish(Some(ProjectChange {
            name,
            order_number: self.order_number,
            is_default: self.is_default.map(|flag| flag.0),
            bisko_id,
            prebid_config_id,
            rev,
        }))
    }
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Project)]
pub(super) struct ProjectOut {
    /// Its eight letters.
    public_project_id: String,
    /// Its name.
    name: String,
    /// The eight letters of its organization.
    public_organization_id: String,
    /// Its place among the others.
    order_number: i32,
    /// Whether it is the default project, which the organization's own data belongs to.
    is_default: bool,
    /// What another system calls it.
    bisko_id: String,
    /// What another system calls its settings.
    prebid_config_id: String,
}

/// A project, as its caller is told of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProjectOfCaller)]
pub(super) struct ProjectOfCaller {
    /// Its eight letters.
    public_project_id: String,
    /// The id of the caller.
    user_public_id: String,
    /// The eight letters of its organization.
    organization_id: String,
    /// Its name.
    name: String,
    /// Whether it is the default project, which the organization's own data belongs to.
    is_default: bool,
}

impl From<Project> for ProjectOut {
    fn from(project: Project) -> Self {
        Self {
            public_project_id: project.public_id,
            name: project.name,
            public_organization_id: project.organization,
            order_number: project.order_number,
            is_default: project.is_default,
            bisko_id: project.bisko_id,
            prebid_config_id: project.prebid_config_id,
        }
    }
}

impl ProjectOfCaller {
    pub(super) fn new(project: Project, caller: &str) -> Self {
        Self {
            public_project_id: project.public_id,
            user_public_id: caller.to_owned(),
            organization_id: project.organization,
            name: project.name,
            is_default: project.is_default,
        }
    }
}

impl Listed for Project {
    fn texts(&self) -> Vec<&str> {
        vec![&self.name]
    }

    fn created(&self) -> Timestamp {
        self.stamp.created
    }
}

pages! {
    /// One page of projects.
    ProjectPage = ProjectOut;
    /// One page of the caller's projects.
    ProjectOfCallerPage = ProjectOfCaller;
}

answers! {
    /// A project.
    ProjectAnswer = ProjectOut;
    /// One page of projects.
    ProjectsAnswer = ProjectPage;
    /// One page of the caller's projects.
    ProjectsOfCallerAnswer = ProjectOfCallerPage;
}
