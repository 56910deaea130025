use base::{Error, Line, Patch, Result, Timestamp};
use serde::{Deserialize, Serialize};
use usecases::api_keys::{KeyInProjects, NEEDS_END, Revision};
use utoipa::ToSchema;

use super::loose::{Flag, Name};
use crate::{
    answers,
    door::{Check, Input},
};

/// What is told in the place of the end of a key that has none.
const NEVER: &str = "9999-12-31T23:59:59Z";

/// An API key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GjirafaApiKeyIn, example = json!({
    "listProjectsId": ["abcdefgh"], "roleId": 2,
    "userApiKey": {
        "apiName": "Importer", "hasExpireTime": true,
        "startDateTime": "2026-01-01T00:00:00Z", "expireDateTime": "2027-12-31T23:59:59Z",
    },
}))]
pub(super) struct ApiKeyIn {
    /// The projects the key is limited to; none is all that its maker may act in.
    list_projects_id: Option<Vec<Name>>,
    /// Its role; else `regular`.
    role_id: Option<Name>,
    /// The key's own data.
    #[schema(required = true, nullable = false)]
    user_api_key: Option<UserApiKeyIn>,
}

/// The data of a key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GjirafaUserApiKeyIn)]
struct UserApiKeyIn {
    /// Not read: a new key gets a number of its own.
    #[serde(rename = "apiKeyId")]
    _api_key_id: Option<Name>,
    /// Its name, 1 to 100 characters.
    #[schema(required = true, nullable = false, max_length = 100)]
    api_name: Option<String>,
    /// Whether it has an end.
    #[schema(value_type = Option<bool>)]
    has_expire_time: Option<Flag>,
    /// The first moment it is good; absent or null is at once.
    #[schema(format = DateTime)]
    start_date_time: Option<String>,
    /// The first moment it is over; a moment in the last days of 9999 is never.
    #[schema(format = DateTime)]
    expire_date_time: Option<String>,
}

impl Input for ApiKeyIn {}

/// An API key to be made, read.
#[derive(Debug, Clone)]
pub(super) struct NewApiKey {
    pub(super) name: Line<100>,
    pub(super) role: Option<String>,
    pub(super) projects: Vec<String>,
    pub(super) starts: Option<Timestamp>,
    pub(super) expires: Option<Timestamp>,
}

impl ApiKeyIn {
    pub(super) fn checked(self) -> Result<NewApiKey> {
        let mut check = Check::default();
        let Some(key) = self.user_api_key else {
            check.wrong("userApiKey", Check::REQUIRED);
            return check.finish(None);
        };
        let flag = key.has_expire_time;
        let name = check.required("userApiKey.apiName", key.api_name, |text| Line::new(&text));
        let starts = check.optional("userApiKey.startDateTime", key.start_date_time, moment);
        let expires = check.optional("userApiKey.expireDateTime", key.expire_date_time, moment);
        let expires = end(flag, expires.map_or(Patch::Clear, Patch::Set)).onto(None);
        if expires.is_none() && flag == Some(Flag(true)) {
            check.wrong("userApiKey.expireDateTime", NEEDS_END);
        }
        if starts.zip(expires).is_some_and(|(starts, expires)| starts > expires) {
            check.wrong("userApiKey.expireDateTime", "must not be before startDateTime");
        }
        check.finish(name.map(|name| NewApiKey {
            name,
            role: self.role_id.map(|role| role.0),
            projects: self.list_projects_id.unwrap_or_default().into_iter().map(|name| name.0).collect(),
            starts,
            expires,
        }))
    }
}

/// A change of an API key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GjirafaApiKeyUpdateIn, example = json!({
    "id": 1, "name": "Importer", "startDate": "2026-01-01T00:00:00Z", "expireDate": "2027-12-31T23:59:59Z",
    "hasExpireTime": true, "roleId": 2,
}))]
pub(super) struct ApiKeyUpdateIn {
    /// Which key.
    #[schema(required = true, nullable = false)]
    id: Option<Name>,
    /// Its name, 1 to 100 characters.
    #[schema(max_length = 100)]
    name: Option<String>,
    /// The first moment it is good; null is at once.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    start_date: Patch<String>,
    /// The first moment it is over; null, or a moment in the last days of 9999, is never.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expire_date: Patch<String>,
    /// Whether it has an end.
    #[schema(value_type = Option<bool>)]
    has_expire_time: Option<Flag>,
    /// Its role.
    role_id: Option<Name>,
}

impl Input for ApiKeyUpdateIn {}

impl ApiKeyUpdateIn {
    /// The key's name, and its change, which was made to the revision `rev`.
    pub(super) fn checked(self, rev: Option<i64>) -> Result<(String, Revision)> {
        let mut check = Check::default();
        let key = check.required("id", self.id, |name| Ok::<_, Error>(name.0));
        let name = check.optional("name", self.name, |text| Line::new(&text));
        let starts = check.patch("startDate", self.start_date, moment);
        let expires = check.patch("expireDate", self.expire_date, moment);
        let revision = Revision {
            name,
            starts,
            expires: end(self.has_expire_time, expires),
            must_expire: self.has_expire_time == Some(Flag(true)),
            role: self.role_id.map(|role| role.0),
            rev,
        };
        check.finish(key.map(|key| (key, revision)))
    }
}

fn moment(text: impl AsRef<str>) -> Result<Timestamp, impl std::fmt::Display> {
    text.as_ref().trim().parse::<Timestamp>()
}

/// The end of a key: none if it says that it has none, or by which programs mean never.
fn end(has_end: Option<Flag>, date: Patch<Timestamp>) -> Patch<Timestamp> {
    match (has_end, date) {
        (Some(Flag(false)), _) => Patch::Clear,
        (_, Patch::Set(date)) if date >= Timestamp::MAX => Patch::Clear,
        (_, date) => date,
    }
}

/// An API key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GjirafaApiKey)]
pub(super) struct ApiKeyOut {
    /// Its number.
    id: i32,
    /// Its name.
    name: String,
    /// The key itself in the answer that made it, masked everywhere else.
    api_key: String,
    /// The first moment it is good; for a key without one when it was made.
    #[schema(format = DateTime)]
    start_date: String,
    /// The first moment it is over; for a key without one the end of 9999.
    #[schema(format = DateTime)]
    expire_date: String,
    /// Whether it has an end.
    has_expire_time: bool,
    /// The number of its role.
    role_id: i32,
}

/// An API key in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GjirafaApiKeyItem)]
pub(super) struct ApiKeyItem {
    /// Its number.
    api_key_id: i32,
    /// Its name.
    api_key_name: String,
    /// The key, masked.
    api_key: String,
    /// The first moment it is good; for a key without one when it was made.
    #[schema(format = DateTime)]
    start_date: String,
    /// The first moment it is over; for a key without one the end of 9999.
    #[schema(format = DateTime)]
    expire_date: String,
    /// Whether it has an end.
    has_expire_time: bool,
    /// The projects it is limited to; none is all.
    projects_name_list: Vec<ProjectName>,
}

/// A project that a key is limited to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProjectName {
    /// Its eight letters.
    public_id: String,
    /// Its name.
    name: String,
}

/// A project to choose.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SelectItem {
    /// Its number.
    pub(super) id: i32,
    /// Its name.
    pub(super) name: String,
    /// Its eight letters.
    pub(super) value: String,
    /// Its name, and whether it is the default project.
    pub(super) description: String,
}

fn start(key: &KeyInProjects) -> String {
    key.key.starts.unwrap_or(key.key.stamp.created).to_string()
}

fn told_end(key: &KeyInProjects) -> String {
    key.key.expires.map_or_else(|| NEVER.to_owned(), |end| end.to_string())
}

impl ApiKeyOut {
    pub(super) fn new(key: &KeyInProjects) -> Self {
        Self {
            id: key.number,
            name: key.key.name.clone(),
            api_key: key.key.masked.clone(),
            start_date: start(key),
            expire_date: told_end(key),
            has_expire_time: key.key.expires.is_some(),
            role_id: key.role,
        }
    }

    /// The same with the key's own text in the place of the masked one.
    pub(super) fn with_text(self, text: &str) -> Self {
        Self { api_key: text.to_owned(), ..self }
    }
}

impl ApiKeyItem {
    pub(super) fn new(key: KeyInProjects) -> Self {
        Self {
            api_key_id: key.number,
            start_date: start(&key),
            expire_date: told_end(&key),
            has_expire_time: key.key.expires.is_some(),
            api_key_name: key.key.name,
            api_key: key.key.masked,
            projects_name_list: key
                .projects
                .into_iter()
                .map(|(public_id, name)| ProjectName { public_id, name })
                .collect(),
        }
    }
}

answers! {
    /// An API key.
    ApiKeyAnswer = ApiKeyOut;
    /// API keys.
    ApiKeysAnswer = Vec<ApiKeyItem>;
    /// Projects to choose from.
    SelectListAnswer = Vec<SelectItem>;
    /// Whether it is so.
    FlagAnswer = bool;
}
