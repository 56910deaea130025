use axum::{Json, extract::State};
use base::{Currency, Decimal, Error, Rate, Result};
use database::{Priority, Scope};
use serde::{Deserialize, Serialize};
use usecases::{
    access::{ReadOrganization, WriteOrganization},
    idempotency::Answer,
    organizations::{
        CurrencyRow,
        currencies::{self, CurrencySetting},
    },
};
use utoipa::ToSchema;

use crate::{
    App,
    door::{Body, Check, Failure, Flag, Input, May, Number, Reply, Writing},
};

/// A currency to be set.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CurrencyUpdateIn, example = json!({ "params": {
    "code": "EUR", "rate": 0.92, "available": 1, "deleted": 0,
} }))]
pub(super) struct CurrencyIn {
    /// Its ISO 4217 code, which alone says which it is.
    #[schema(required = true, nullable = false)]
    code: Option<String>,
    /// How many of it one of the default currency is worth: more than 0, at most 1,000,000,000, with
    /// at most six decimals. That of the default currency is 1.
    #[schema(value_type = Number, required = true)]
    rate: Option<Number>,
    /// Whether it can be chosen: 1 or 0. Absent or null leaves it; a new one can.
    available: Option<Flag>,
    /// Whether it goes away: 1 or 0. Setting it again brings it back.
    deleted: Option<Flag>,
}

impl Input for CurrencyIn {}

/// A currency as it is answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Currency)]
pub(super) struct CurrencyOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// Its ISO 4217 code.
    code: String,
    /// How many of it one of the default currency is worth.
    #[schema(value_type = f64)]
    rate: Number,
    /// 1 if it can be chosen, else 0.
    available: u8,
    /// 1 if it was deleted, else 0.
    deleted: u8,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// By whom: `user:ID`, `key:ID` or `system:WORD`.
    created_by: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    last_modified: String,
    /// By whom.
    last_modified_by: String,
    /// Rises by one with every change; 0 for a default currency that was never set.
    rev: i64,
}

/// All currencies of the organization.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CurrencyList {
    /// The currencies, by code.
    items: Vec<CurrencyOut>,
    /// How many there are.
    total: usize,
    /// Always 1: all are answered.
    page: u64,
}

impl CurrencyOut {
    fn new(row: CurrencyRow) -> Self {
        Self {
            id: row.id.to_string(),
            code: row.code,
            rate: Number(row.rate.value()),
            available: row.available.into(),
            deleted: row.deleted.is_some().into(),
            created: row.stamp.created.to_string(),
            created_by: row.stamp.created_by,
            last_modified: row.stamp.last_modified.to_string(),
            last_modified_by: row.stamp.last_modified_by,
            rev: row.stamp.rev,
        }
    }
}

impl CurrencyIn {
    fn checked(self) -> Result<CurrencySetting> {
        let mut check = Check::default();
        let code = check.required("code", self.code, |code| currency(&code));
        let rate = check.required("rate", self.rate, |rate| self::rate(rate.0));
        let both = code.zip(rate);
        check.finish(both.map(|(code, rate)| CurrencySetting {
            code,
            rate,
            available: self.available.map(|flag| flag.0),
            deleted: self.deleted.is_some_and(|flag| flag.0),
        }))
    }
}

/// The currency with this code, if it is one that is in use.
pub(super) fn currency(code: &str) -> Result<Currency, &'static str> {
    let currency = Currency::new(code.trim())?;
    if currency.is_in_use() { Ok(currency) } else { Err("is not a code of ISO 4217") }
}

fn rate(value: Decimal) -> Result<Rate, &'static str> {
    const WRONG: &str = "must be more than 0 and at most 1,000,000,000, with at most six decimals";
    let is_within = value > Decimal::ZERO && value <= Decimal::from(1_000_000_000);
    let rate = Rate::rounded(value).filter(|rate| is_within && rate.value() == value.normalize());
    rate.ok_or(WRONG)
}

/// Lists the organization's currencies
///
/// The default currency is always among them.
#[utoipa::path(
    get, path = "/api/v1/organization/currencies", tag = "Organization",
    operation_id = "getOrganizationCurrencies",
    responses((status = 200, description = "All currencies", body = CurrencyList)),
)]
pub(super) async fn get_organization_currencies(
    May(caller): May<ReadOrganization>,
    State(app): State<App>,
) -> Result<Json<CurrencyList>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let rows = app.database.read(scope, move |tx| currencies::list(tx, &caller)).await?;
    let items: Vec<_> = rows.into_iter().map(CurrencyOut::new).collect();
    Ok(Json(CurrencyList { total: items.len(), items, page: 1 }))
}

/// Sets a currency's rate and whether it can be chosen
///
/// One in a call. A code that is not there yet is added.
#[utoipa::path(
    post, path = "/api/v1/organization/currencies/update", tag = "Organization",
    operation_id = "postOrganizationCurrenciesUpdate",
    request_body = CurrencyIn,
    responses((status = 200, description = "The currency as it is now", body = CurrencyOut)),
)]
pub(super) async fn post_organization_currencies_update(
    May(caller): May<WriteOrganization>,
    State(app): State<App>,
    writing: Writing,
    body: Body<CurrencyIn>,
) -> Result<Reply, Failure> {
    let setting = body.value.checked()?;
    let work = move |tx: &mut database::Tx<'_>, caller: &_| {
        let row = currencies::set(tx, caller, &setting)?;
        let (id, rev) = (row.id, row.stamp.rev);
        Ok::<_, Error>(Answer::new(200, &CurrencyOut::new(row))?.about(id, rev))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, work).await?)
}
