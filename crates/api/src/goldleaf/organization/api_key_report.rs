use axum::{Json, extract::State};
use base::{Error, Result};
use database::{Scope, Tx};
use serde::Serialize;
use usecases::{
    access::ReadApiKeys,
    api_keys::{self, Doubtful, Report},
};
use utoipa::ToSchema;

use super::{api_key::ApiKeyOut, api_key_selection::days};
use crate::{
    App,
    door::{Failure, May, Paging, Parameters},
};

/// How long a key is not used before it is reported, unless said otherwise.
const USUAL_DAYS: u32 = 90;

/// The keys that deserve a look.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKeyReport)]
pub(super) struct ReportOut {
    /// A key that was neither used nor made since then counts as unused.
    #[schema(format = DateTime)]
    unused_since: String,
    /// How many of all live keys there are of each kind.
    counts: CountsOut,
    /// The keys of this page, the oldest first unless it is asked for otherwise.
    items: Vec<DoubtfulOut>,
    /// How many deserve a look.
    total: u64,
    /// The number of this page, from 1.
    page: u64,
    /// The most rows a page may hold.
    limit: u64,
    /// There may be more than `total`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    total_is_lower_bound: bool,
    /// Pass it as `cursor` for the rows that follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<String>,
}

/// How many keys there are of each kind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKeyReportCounts)]
struct CountsOut {
    /// All that were not deleted.
    live: u64,
    /// Neither used nor made since `unusedSince`.
    unused: u64,
    /// Never used, however young.
    never_used: u64,
    /// Without an end.
    never_expires: u64,
    /// Without approved addresses.
    no_addresses: u64,
}

/// A key that deserves a look, and why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportedApiKey)]
struct DoubtfulOut {
    /// `unused`, `neverExpires` and `noAddresses`, one of them at least.
    findings: Vec<String>,
    /// The key.
    key: ApiKeyOut,
}

impl From<Doubtful> for DoubtfulOut {
    fn from(doubtful: Doubtful) -> Self {
        let findings = doubtful.findings.into_iter().map(|finding| finding.code().to_owned()).collect();
        Self { findings, key: ApiKeyOut::new(doubtful.key) }
    }
}

impl From<Report> for ReportOut {
    fn from(Report { unused_since, tally, page }: Report) -> Self {
        let page = page.map(DoubtfulOut::from);
        Self {
            unused_since: unused_since.to_string(),
            counts: CountsOut {
                live: tally.live,
                unused: tally.unused,
                never_used: tally.never_used,
                never_expires: tally.never_expiring,
                no_addresses: tally.from_anywhere,
            },
            items: page.items,
            total: page.total,
            page: page.page,
            limit: page.limit,
            total_is_lower_bound: page.total_is_lower_bound,
            cursor: page.cursor,
        }
    }
}

/// Reports the keys that deserve a look
///
/// Those that were not used for some time, never expire, or can be used from
/// anywhere. An operation of Swage; GoldLeaf has none like it.
#[utoipa::path(
    get, path = "/api/v1/organization/apikeys/report", tag = "Organization",
    operation_id = "getOrganizationApiKeysReport",
    params(
        ("unusedForDays" = Option<u32>, Query, description = "For how many days a key was neither used nor made, 1 to 3650. Usually 90"),
        Paging,
        ("sortBy[0].key" = Option<String>, Query, description = "`created` (usual) or `name`"),
        ("sortBy[0].order" = Option<String>, Query, description = "`asc` (usual) or `desc`"),
    ),
    responses((status = 200, description = "How many there are, and one page of them", body = ReportOut)),
)]
pub(super) async fn get_organization_api_keys_report(
    May(caller): May<ReadApiKeys>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ReportOut>, Failure> {
    let query = parameters.page_of(&api_keys::LIST, &["unusedForDays"])?;
    let unused_days = match parameters.one("unusedForDays").map(str::parse::<u32>) {
        None => USUAL_DAYS,
        Some(given) => {
            days(given.unwrap_or_default()).map_err(|wrong| Error::invalid("unusedForDays", wrong))?
        }
    };
    let scope = Scope::Organization(caller.organization);
    let report = move |tx: &mut Tx<'_>| api_keys::report(tx, &caller, unused_days, &query);
    Ok(Json(app.database.read(scope, report).await?.into()))
}
