use std::num::NonZeroU32;

use base::{Line, Page, Patch, Prose, Result, Timestamp};
use keys::RateLimit;
use serde::{Deserialize, Serialize};
use usecases::api_keys::{ApiKey, ApprovedAddress, KeyChange, NewKey};
use utoipa::ToSchema;

use crate::door::{Check, Input};

/// An API key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKeyIn, example = json!({ "params": {
    "name": "My API Key", "scopes": "read,write", "keyType": "full-access",
    "approvedIpAddresses": [{ "ipAddress": "192.168.1.100", "description": "Office IP" }],
    "expires": "2027-12-31T23:59:59Z",
} }))]
pub(super) struct ApiKeyIn {
    /// A label, which is also part of the token exchange; 1 to 100 characters.
    #[schema(required = true, nullable = false, max_length = 100)]
    name: Option<String>,
    /// What the key may do, separated by commas: `read`, `write`, or
    /// `<resource>:read` and `<resource>:write` for any resource of `GET /security/v1/scopes`.
    #[schema(required = true, nullable = false)]
    scopes: Option<String>,
    /// The most it may do: `admin`, `full-access`, `read-only` or `customer`.
    #[schema(required = true, nullable = false)]
    key_type: Option<String>,
    /// From where it may be used; none is from anywhere. At most 1000.
    approved_ip_addresses: Option<Vec<ApprovedIpAddress>>,
    /// The first moment it is over; absent or null is never. A past one makes an expired key.
    #[schema(format = DateTime)]
    expires: Option<String>,
    /// The first moment it is good; absent or null is at once.
    #[schema(format = DateTime)]
    start_date: Option<String>,
    /// How often it may be used; absent or null is without limit.
    rate_limit: Option<RateLimitBody>,
    /// The customer a key of type `customer` is pinned to.
    customer_id: Option<String>,
    /// The role that bounds it; else the one that goes with its type.
    role_id: Option<String>,
}

impl Input for ApiKeyIn {}

/// A change of an API key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKeyUpdateIn, example = json!({ "params": {
    "name": "Updated API Key", "scopes": "read,write", "keyType": "full-access",
    "approvedIpAddresses": [{ "ipAddress": "192.168.1.101", "description": "New Office IP" }],
    "expires": "2028-01-01T00:00:00Z",
} }))]
pub(super) struct ApiKeyUpdateIn {
    /// A label, which is also part of the token exchange; 1 to 100 characters.
    #[schema(required = true, nullable = false, max_length = 100)]
    name: Option<String>,
    /// What the key may do, separated by commas.
    #[schema(required = true, nullable = false)]
    scopes: Option<String>,
    /// The most it may do: `admin`, `full-access`, `read-only` or `customer`.
    #[schema(required = true, nullable = false)]
    key_type: Option<String>,
    /// From where it may be used. Absent or null leaves the list; only `[]`
    /// empties it, which lets the key be used from anywhere.
    #[serde(default)]
    #[schema(value_type = Option<Vec<ApprovedIpAddress>>)]
    approved_ip_addresses: Patch<Vec<ApprovedIpAddress>>,
    /// The first moment it is over; null is never.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Patch<String>,
    /// The first moment it is good; null is at once.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    start_date: Patch<String>,
    /// How often it may be used; null is without limit.
    #[serde(default)]
    #[schema(value_type = Option<RateLimitBody>)]
    rate_limit: Patch<RateLimitBody>,
    /// The customer a key of type `customer` is pinned to; null unpins it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    customer_id: Patch<String>,
    /// The role that bounds it; null returns to the one that goes with its type.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    role_id: Patch<String>,
    /// The revision that was read; another one by now is answered with 409.
    rev: Option<i64>,
}

impl Input for ApiKeyUpdateIn {}

/// An address or a network from which a key may be used.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApprovedIpAddress {
    /// An IPv4 or IPv6 address, or a network such as `10.0.0.0/8`.
    ip_address: String,
    /// What it is; at most 200 characters.
    #[serde(default)]
    #[schema(required = false)]
    description: Option<String>,
}

/// At most so many requests in so many seconds.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
pub(super) struct RateLimitBody {
    /// How many requests, 1 to 1,000,000.
    requests: u32,
    /// In how many seconds, 1 to 86,400.
    seconds: u32,
}

impl ApiKeyIn {
    pub(super) fn checked(self) -> Result<NewKey> {
        let mut check = Check::default();
        let name = check.required("name", self.name, |text| Line::new(&text));
        let scopes = check.required("scopes", self.scopes, |text| text.parse());
        let key_type = check.required("keyType", self.key_type, |text| text.parse());
        let addresses = addresses(&mut check, self.approved_ip_addresses.unwrap_or_default());
        let starts = check.optional("startDate", self.start_date, moment);
        let expires = check.optional("expires", self.expires, moment);
        let rate_limit = check.optional("rateLimit", self.rate_limit, limit);
        let whole = name.zip(scopes).zip(key_type);
        check.finish(whole.map(|((name, scopes), key_type)| NewKey {
            name,
            scopes,
            key_type,
            addresses,
            starts,
            expires,
            rate_limit,
            customer: self.customer_id,
            role: self.role_id,
        }))
    }
}

impl ApiKeyUpdateIn {
    /// `rev` is the revision the request's header names, which must not differ from the body's.
    pub(super) fn checked(self, rev: Option<i64>) -> Result<KeyChange> {
        let mut check = Check::default();
        let name = check.required("name", self.name, |text| Line::new(&text));
        let scopes = check.required("scopes", self.scopes, |text| text.parse());
        let key_type = check.required("keyType", self.key_type, |text| text.parse());
        let addresses = match self.approved_ip_addresses {
            Patch::Set(list) => Patch::Set(addresses(&mut check, list)),
            Patch::Leave | Patch::Clear => Patch::Leave,
        };
        let starts = check.patch("startDate", self.start_date, moment);
        let expires = check.patch("expires", self.expires, moment);
        let rate_limit = check.patch("rateLimit", self.rate_limit, limit);
        if rev.is_some() && self.rev.is_some() && rev != self.rev {
            check.wrong("rev", "is another one than If-Match names");
        }
        let whole = name.zip(scopes).zip(key_type);
        check.finish(whole.map(|((name, scopes), key_type)| KeyChange {
            name,
            scopes,
            key_type,
            addresses,
            starts,
            expires,
            rate_limit,
            customer: self.customer_id,
            role: self.role_id,
            rev: rev.or(self.rev),
        }))
    }
}

fn addresses(check: &mut Check, list: Vec<ApprovedIpAddress>) -> Vec<ApprovedAddress> {
    if list.len() > keys::MAX_ADDRESSES {
        let message = format!("must not have more than {} entries", keys::MAX_ADDRESSES);
        check.wrong("approvedIpAddresses", message);
        return Vec::new();
    }
    let entries = list.into_iter().enumerate().filter_map(|(n, entry)| {
        let path = |field| format!("approvedIpAddresses[{n}].{field}");
        let network = check.required(&path("ipAddress"), Some(entry.ip_address), |text| text.parse());
        let description =
            check.required(&path("description"), Some(entry.description.unwrap_or_default()), |text| {
                Prose::new(&text)
            });
        network.zip(description).map(|(network, description)| ApprovedAddress { network, description })
    });
    entries.collect()
}

fn moment(text: impl AsRef<str>) -> Result<Timestamp, impl std::fmt::Display> {
    text.as_ref().trim().parse::<Timestamp>()
}

fn limit(body: RateLimitBody) -> Result<RateLimit, &'static str> {
    const WRONG: &str = "must be 1 to 1,000,000 requests in 1 to 86,400 seconds";
    let within = body.requests <= 1_000_000 && body.seconds <= 86_400;
    let limit = NonZeroU32::new(body.requests).zip(NonZeroU32::new(body.seconds));
    limit.filter(|_| within).map(|(requests, seconds)| RateLimit { requests, seconds }).ok_or(WRONG)
}

/// An API key as it is answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub(super) struct ApiKeyOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// Its label, which is also part of the token exchange.
    name: String,
    /// The key itself in the answer that made it, masked everywhere else.
    api_key: String,
    /// What was asked for, in the order of the published list.
    scopes: String,
    /// What the key may really do: its role, its type and its scopes permit all of it.
    effective_scopes: Vec<String>,
    /// The most it may do.
    key_type: String,
    /// From where it may be used; none is from anywhere.
    approved_ip_addresses: Vec<ApprovedIpAddress>,
    /// The first moment it is good; null is at once.
    #[schema(format = DateTime)]
    start_date: Option<String>,
    /// The first moment it is over; null is never.
    #[schema(format = DateTime)]
    expires: Option<String>,
    /// How often it may be used; null is without limit.
    rate_limit: Option<RateLimitBody>,
    /// The customer it is pinned to.
    customer_id: Option<String>,
    /// The role that bounds it.
    role_id: String,
    /// `active`, `notStarted`, `expired`, `suspended` or `revoked`.
    state: String,
    /// When it was last used, to within ten seconds.
    #[schema(format = DateTime)]
    last_used: Option<String>,
    /// From where it was last used.
    last_used_address: Option<String>,
    /// What its administrator should know.
    warnings: Vec<WarningOut>,
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
    /// Whether it was deleted.
    deleted: bool,
    /// When it was deleted.
    #[schema(format = DateTime)]
    deleted_date: Option<String>,
    /// By whom.
    deleted_by: Option<String>,
    /// Rises by one with every change.
    rev: i64,
}

/// What making a key answers: the key, or to a repetition that it was made before.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = ApiKeyMade)]
#[expect(dead_code, reason = "for the document: neither answer is made of it")]
pub(super) enum ApiKeyMadeOut {
    /// The key, with its text.
    Key(Box<ApiKeyOut>),
    /// The repetition of a request with the same `Idempotency-Key`.
    MadeBefore(MadeBefore),
}

/// What is answered in the place of a secret, which is shown only once.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document: the kept answer is made of it in `usecases`")]
pub(super) struct MadeBefore {
    /// The id of what was made before.
    #[schema(rename = "_id")]
    id: String,
    /// Says that it was.
    message: String,
}

/// What an administrator should know of a key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKeyWarning)]
struct WarningOut {
    /// `neverExpires`, `noAddresses`, `locksOutCaller`, `renamed`, `clamped` or `unpinned`.
    code: String,
    /// The same in a sentence.
    message: String,
}

impl ApiKeyOut {
    pub(super) fn new(key: ApiKey) -> Self {
        let address = |address: ApprovedAddress| ApprovedIpAddress {
            ip_address: address.network.to_string(),
            description: Some(address.description.to_string()),
        };
        let warning = |warning: usecases::api_keys::Warning| WarningOut {
            code: warning.code().to_owned(),
            message: warning.message().to_owned(),
        };
        let text = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
        Self {
            id: key.id.to_string(),
            name: key.name,
            api_key: key.masked,
            scopes: key.scopes.to_string(),
            effective_scopes: key.effective_scopes.iter().map(|permission| permission.to_string()).collect(),
            key_type: key.key_type.to_string(),
            approved_ip_addresses: key.addresses.into_iter().map(address).collect(),
            start_date: text(key.starts),
            expires: text(key.expires),
            rate_limit: key.rate_limit.map(|(requests, seconds)| RateLimitBody { requests, seconds }),
            customer_id: key.customer.map(|customer| customer.to_string()),
            role_id: key.role.to_string(),
            state: key.state.to_string(),
            last_used: text(key.last_used),
            last_used_address: key.last_used_address,
            warnings: key.warnings.into_iter().map(warning).collect(),
            created: key.stamp.created.to_string(),
            created_by: key.stamp.created_by,
            last_modified: key.stamp.last_modified.to_string(),
            last_modified_by: key.stamp.last_modified_by,
            deleted: key.deleted.is_some(),
            deleted_date: text(key.deleted),
            deleted_by: key.deleted_by,
            rev: key.stamp.rev,
        }
    }

    /// The same with the key's own text in the place of the masked one.
    pub(super) fn with_text(self, text: &str) -> Self {
        Self { api_key: text.to_owned(), ..self }
    }
}

/// One page of API keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiKeyList {
    /// The keys of this page.
    items: Vec<ApiKeyOut>,
    /// How many there are in all.
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

impl From<Page<ApiKey>> for ApiKeyList {
    fn from(page: Page<ApiKey>) -> Self {
        let page = page.map(ApiKeyOut::new);
        Self {
            items: page.items,
            total: page.total,
            page: page.page,
            limit: page.limit,
            total_is_lower_bound: page.total_is_lower_bound,
            cursor: page.cursor,
        }
    }
}
