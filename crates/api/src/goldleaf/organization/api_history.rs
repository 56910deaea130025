use axum::{Json, extract::State};
use base::{Error, Result, Timestamp};
use database::list::ListQuery;
use serde::Serialize;
use usecases::{
    access::ReadApiKeys,
    history::{self, ApiCallDayRow, ApiCallRow, Named},
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    App,
    door::{Failure, May, Paging, Parameters},
    listed,
};

/// A call by a key.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiCall)]
pub(super) struct ApiCallOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// When it came.
    #[schema(format = DateTime)]
    time: String,
    /// The key that called.
    api_key_id: String,
    /// The key's name of now.
    api_key_name: String,
    /// The customer the call acted for.
    customer_id: Option<String>,
    /// The operation's id in this document.
    operation: String,
    /// The method.
    method: String,
    /// The path, with the names of its parameters in the place of their values.
    path: String,
    /// The status of the answer.
    status: u16,
    /// `letIn`, or why the gate refused: `unknown`, `expired`, `wrongAddress` and so on.
    outcome: String,
    /// How long it took, in microseconds.
    duration_micros: u32,
    /// The client's address; null if that is unknown.
    ip_address: Option<String>,
    /// The size of the request's body.
    request_bytes: i64,
    /// The size of the answer's body.
    response_bytes: i64,
    /// The id of the request, as in `X-Request-Id`.
    request_id: String,
}

/// The calls of a key on a day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiCallDay)]
pub(super) struct ApiCallDayOut {
    /// The day, in UTC.
    #[schema(format = Date)]
    day: String,
    /// The key.
    api_key_id: String,
    /// The key's name of now.
    api_key_name: String,
    /// How many calls there were.
    calls: i64,
    /// How many of them the gate did not let in.
    refused: i64,
    /// The size of all requests' bodies.
    request_bytes: i64,
    /// The size of all answers' bodies.
    response_bytes: i64,
    /// How long they took together, in microseconds.
    duration_micros: i64,
    /// How long the longest took, in microseconds.
    longest_micros: i64,
}

listed! {
    /// A page of calls.
    ApiCallList as ApiCallList of ApiCallOut
}

listed! {
    /// A page of days.
    ApiCallDayList as ApiCallDayList of ApiCallDayOut
}

/// Which calls are listed: for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "`Parameters` reads them")]
struct WhichCalls {
    /// The key's `_id`, or its number; may be repeated
    api_key_id: Option<String>,
    /// From this moment on
    from: Option<String>,
    /// Before this moment
    to: Option<String>,
    /// A status such as `404`, or a class such as `4xx`; may be repeated
    status: Option<String>,
    /// The id of an operation of this document; may be repeated
    operation: Option<String>,
    /// `letIn`, or why the gate refused; may be repeated
    outcome: Option<String>,
}

/// Which days are listed: for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "`Parameters` reads them")]
struct WhichDays {
    /// The key's `_id`, or its number; may be repeated
    api_key_id: Option<String>,
    /// Days that begin at this moment or later
    from: Option<String>,
    /// Days that begin before this moment
    to: Option<String>,
}

/// Lists the calls by the organization's API keys
///
/// The newest first. Refused calls are among them, those of deleted keys too.
/// A call is there about a second after it was answered.
#[utoipa::path(
    get, path = "/api/v1/organization/api/history", tag = "Organization",
    operation_id = "getOrganizationApiHistory",
    params(Paging, WhichCalls, ("sortBy[0].order" = Option<String>, Query, description = "`desc` (usual) or `asc`")),
    responses((status = 200, description = "One page of calls", body = ApiCallList)),
)]
pub(super) async fn get_organization_api_history(
    May(caller): May<ReadApiKeys>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ApiCallList>, Failure> {
    let mut query = parameters.newest_first(&history::CALLS, &["from", "to"])?;
    read_statuses(&mut query)?;
    query.filters.extend(parameters.span()?.map(|span| ("time".to_owned(), vec![span])));
    let page = history::calls(&app.history, &caller, query).await?;
    Ok(Json(page.into()))
}

/// Lists the calls by the organization's API keys
///
/// The same as `/api/v1/organization/api/history`: the documented name can be read in both ways.
#[utoipa::path(
    get, path = "/api/v1/organization/api-history", tag = "Organization",
    operation_id = "getOrganizationApiHistoryToo",
    params(Paging, WhichCalls, ("sortBy[0].order" = Option<String>, Query, description = "`desc` (usual) or `asc`")),
    responses((status = 200, description = "One page of calls", body = ApiCallList)),
)]
pub(super) async fn get_organization_api_history_too(
    caller: May<ReadApiKeys>,
    app: State<App>,
    parameters: Parameters,
) -> Result<Json<ApiCallList>, Failure> {
    get_organization_api_history(caller, app, parameters).await
}

/// Lists what the calls by each API key add up to, by day
///
/// The newest day first; days are those of UTC. They are kept longer than the
/// calls themselves. A Swage operation; GoldLeaf has none like it.
#[utoipa::path(
    get, path = "/api/v1/organization/api-history/days", tag = "Organization",
    operation_id = "getOrganizationApiHistoryDays",
    params(Paging, WhichDays, ("sortBy[0].order" = Option<String>, Query, description = "`desc` (usual) or `asc`")),
    responses((status = 200, description = "One page of days", body = ApiCallDayList)),
)]
pub(super) async fn get_organization_api_history_days(
    May(caller): May<ReadApiKeys>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ApiCallDayList>, Failure> {
    let mut query = parameters.newest_first(&history::DAYS, &["from", "to"])?;
    query.filters.extend(parameters.span()?.map(|span| ("day".to_owned(), vec![span])));
    let page = history::days(&app.history, &caller, query).await?;
    Ok(Json(page.into()))
}

/// The statuses that are asked for, as ranges.
fn read_statuses(query: &mut ListQuery) -> Result<()> {
    let asked = query.filters.iter_mut().filter(|(name, _)| name == "status");
    asked.flat_map(|(_, values)| values).try_for_each(|value| {
        let wrong = || Error::invalid("status", "must be a status such as 404, or a class such as 4xx");
        let (from, below) = match value.strip_suffix("xx").or_else(|| value.strip_suffix("XX")) {
            Some(class) => {
                let class: u16 = class.parse().map_err(|_| wrong())?;
                (class.saturating_mul(100), class.saturating_add(1).saturating_mul(100))
            }
            None => {
                value.parse().map(|status: u16| (status, status.saturating_add(1))).map_err(|_| wrong())?
            }
        };
        if !(100..600).contains(&from) {
            return Err(wrong());
        }
        *value = format!("{from}..{below}");
        Ok(())
    })
}

impl From<Named<ApiCallRow>> for ApiCallOut {
    fn from(Named { record, key_name }: Named<ApiCallRow>) -> Self {
        Self {
            id: record.id.to_string(),
            time: record.at.to_string(),
            api_key_id: record.key.to_string(),
            api_key_name: key_name,
            customer_id: record.customer.map(|customer| customer.to_string()),
            operation: record.operation,
            method: record.method,
            path: record.path,
            status: record.status,
            outcome: record.outcome,
            duration_micros: record.micros,
            ip_address: record.address,
            request_bytes: record.request_bytes,
            response_bytes: record.response_bytes,
            request_id: record.request_id,
        }
    }
}

impl From<Named<ApiCallDayRow>> for ApiCallDayOut {
    fn from(Named { record, key_name }: Named<ApiCallDayRow>) -> Self {
        Self {
            day: date(record.day),
            api_key_id: record.key.to_string(),
            api_key_name: key_name,
            calls: record.calls,
            refused: record.refused,
            request_bytes: record.request_bytes,
            response_bytes: record.response_bytes,
            duration_micros: record.micros_sum,
            longest_micros: record.micros_max,
        }
    }
}

fn date(day: Timestamp) -> String {
    day.to_string().chars().take_while(|letter| *letter != 'T').collect()
}
