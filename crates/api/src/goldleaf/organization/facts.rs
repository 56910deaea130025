use axum::{Json, extract::State};
use base::{Error, Id, Organization};
use database::{Priority, Scope};
use serde::{Deserialize, Serialize};
use usecases::{
    access::{ReadOrganization, ReadSubscription, WriteOrganization},
    idempotency::Answer,
    organizations::{self, NUMBERED, Settings, TermsRow},
};
use utoipa::ToSchema;

use crate::{
    App,
    door::{Body, Check, Failure, Flag, Input, May, Parameters, Reply, Writing},
};

/// What the organization has subscribed to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrganizationSubscription)]
pub(super) struct SubscriptionOut {
    /// `free`, `professional` or `enterprise`.
    subscription: String,
}

/// The organization's ERP system.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ErpName {
    /// What the organization calls it; null if it has none.
    erp_name: Option<String>,
}

/// Whether what is not finished yet is shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct UseBetaFeatures {
    /// Whether it is.
    use_beta_features: bool,
}

/// The delimiter of revisions.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RevisionDelimiter {
    /// What stands between a part number and its revision.
    revision_delimiter: String,
}

/// A number that is free.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NextPartNumber {
    /// The number that the next document of this kind would get.
    next_part_number: String,
    /// The kind of document.
    #[serde(rename = "type")]
    kind: String,
}

/// Whether the terms were accepted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TermsDecision)]
pub(super) struct TermsOut {
    /// Whether the last decision was to accept.
    has_accepted_terms: bool,
    /// Which version it was about; null before any decision.
    version: Option<i64>,
    /// When it was made.
    #[schema(format = DateTime)]
    date: Option<String>,
    /// By whom: `user:ID`, `key:ID` or `system:WORD`.
    by: Option<String>,
}

/// A decision on the terms.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "params": { "accepted": true, "version": 1 } }))]
pub(super) struct AcceptTermsIn {
    /// Whether they are accepted.
    #[schema(value_type = Flag, required = true)]
    accepted: Option<Flag>,
    /// Which version of them, a whole number from 1.
    #[schema(required = true, nullable = false)]
    version: Option<u32>,
}

impl Input for AcceptTermsIn {}

impl TermsOut {
    fn new(row: Option<TermsRow>) -> Self {
        Self {
            has_accepted_terms: row.as_ref().is_some_and(|row| row.accepted),
            version: row.as_ref().map(|row| row.version),
            date: row.as_ref().map(|row| row.decided.to_string()),
            by: row.map(|row| row.decided_by),
        }
    }
}

async fn settings(app: &App, organization: Id<Organization>) -> base::Result<Settings> {
    app.database.read(Scope::Organization(organization), organizations::settings).await
}

/// Answers what the organization has subscribed to
#[utoipa::path(
    get, path = "/api/v1/organization/subscription", tag = "Organization",
    operation_id = "getOrganizationSubscription",
    responses((status = 200, description = "The subscription", body = SubscriptionOut)),
)]
pub(super) async fn get_organization_subscription(
    May(caller): May<ReadSubscription>,
    State(app): State<App>,
) -> Result<Json<SubscriptionOut>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let subscription = app.database.read(scope, move |tx| organizations::subscription(tx, &caller)).await?;
    Ok(Json(SubscriptionOut { subscription }))
}

/// Answers what the organization calls its ERP system
#[utoipa::path(
    get, path = "/api/v1/organization/erpname", tag = "Organization", operation_id = "getOrganizationErpname",
    responses((status = 200, description = "The name", body = ErpName)),
)]
pub(super) async fn get_organization_erpname(
    May(caller): May<ReadOrganization>,
    State(app): State<App>,
) -> Result<Json<ErpName>, Failure> {
    Ok(Json(ErpName { erp_name: settings(&app, caller.organization).await?.erp_name }))
}

/// Answers whether what is not finished yet is shown
#[utoipa::path(
    get, path = "/api/v1/organization/usebetafeatures", tag = "Organization",
    operation_id = "getOrganizationUsebetafeatures",
    responses((status = 200, description = "Whether it is", body = UseBetaFeatures)),
)]
pub(super) async fn get_organization_usebetafeatures(
    May(caller): May<ReadOrganization>,
    State(app): State<App>,
) -> Result<Json<UseBetaFeatures>, Failure> {
    let use_beta_features = settings(&app, caller.organization).await?.use_beta_features;
    Ok(Json(UseBetaFeatures { use_beta_features }))
}

/// Answers what stands between a part number and its revision
#[utoipa::path(
    get, path = "/api/v1/organization/revisiondelimiter", tag = "Organization",
    operation_id = "getOrganizationRevisiondelimiter",
    responses((status = 200, description = "The delimiter", body = RevisionDelimiter)),
)]
pub(super) async fn get_organization_revisiondelimiter(
    May(caller): May<ReadOrganization>,
    State(app): State<App>,
) -> Result<Json<RevisionDelimiter>, Failure> {
    let revision_delimiter = settings(&app, caller.organization).await?.revision_delimiter;
    Ok(Json(RevisionDelimiter { revision_delimiter }))
}

/// Answers the number the next document of a kind would get
///
/// Nothing is reserved: whoever makes a document first gets the number.
#[utoipa::path(
    get, path = "/api/v1/organization/nextpartnumber", tag = "Organization",
    operation_id = "getOrganizationNextpartnumber",
    params(("type" = Option<String>, Query,
            description = "`hoseAssembly` (usual), `hoseKit`, `salesEstimate` or `workOrder`")),
    responses((status = 200, description = "The number", body = NextPartNumber)),
)]
pub(super) async fn get_organization_nextpartnumber(
    May(caller): May<ReadOrganization>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<NextPartNumber>, Failure> {
    let kind = parameters.one("type").unwrap_or("hoseAssembly");
    let known = NUMBERED.iter().find(|(known, _)| known.eq_ignore_ascii_case(kind));
    let numbering = settings(&app, caller.organization).await?.numbering_of(kind);
    let Some(((kind, _), numbering)) = known.zip(numbering) else {
        let known: Vec<_> = NUMBERED.iter().map(|(known, _)| *known).collect();
        return Err(Error::invalid("type", format!("must be one of {}", known.join(", "))).into());
    };
    Ok(Json(NextPartNumber { next_part_number: numbering.written(), kind: (*kind).to_owned() }))
}

/// Answers whether the terms were accepted
#[utoipa::path(
    get, path = "/api/v1/organization/hasacceptedterms", tag = "Organization",
    operation_id = "getOrganizationHasacceptedterms",
    responses((status = 200, description = "The last decision", body = TermsOut)),
)]
pub(super) async fn get_organization_hasacceptedterms(
    May(caller): May<ReadOrganization>,
    State(app): State<App>,
) -> Result<Json<TermsOut>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let row = app.database.read(scope, move |tx| organizations::terms(tx, &caller)).await?;
    Ok(Json(TermsOut::new(row)))
}

/// Records that a version of the terms was accepted
///
/// Who decided and when is kept; the last decision counts.
#[utoipa::path(
    post, path = "/api/v1/organization/acceptterms", tag = "Organization",
    operation_id = "postOrganizationAcceptterms",
    request_body = AcceptTermsIn,
    responses((status = 200, description = "The decision", body = TermsOut)),
)]
pub(super) async fn post_organization_acceptterms(
    May(caller): May<WriteOrganization>,
    State(app): State<App>,
    writing: Writing,
    body: Body<AcceptTermsIn>,
) -> Result<Reply, Failure> {
    let mut check = Check::default();
    let accepted = check.required("accepted", body.value.accepted, Ok::<_, Error>);
    let version = check.required("version", body.value.version, |version| {
        if version >= 1 { Ok(i64::from(version)) } else { Err("must be a whole number from 1") }
    });
    let (accepted, version) = check.finish(accepted.zip(version))?;
    let work = move |tx: &mut database::Tx<'_>, caller: &_| {
        let row = organizations::decide_on_terms(tx, caller, accepted.0, version)?;
        Answer::new(200, &TermsOut::new(Some(row)))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, work).await?)
}
