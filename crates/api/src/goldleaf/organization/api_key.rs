use base::Timestamp;
use serde::{Deserialize, Serialize};
use usecases::api_keys::{ApiKey, ApprovedAddress, KeySecret};
use utoipa::ToSchema;

use crate::{door::MadeBefore, listed};

/// An address or a network from which a key may be used.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApprovedIpAddress {
    /// An IPv4 or IPv6 address, or a network such as `10.0.0.0/8`.
    pub(super) ip_address: String,
    /// What it is; at most 200 characters.
    #[serde(default)]
    #[schema(required = false)]
    pub(super) description: Option<String>,
}

/// At most so many requests in so many seconds.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
pub(super) struct RateLimitBody {
    /// How many requests, 1 to 1,000,000.
    pub(super) requests: u32,
    /// In how many seconds, 1 to 86,400.
    pub(super) seconds: u32,
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
    /// The projects it is limited to; none is all.
    project_ids: Vec<String>,
    /// Its secrets that are good: one, or two while it is rotated.
    secrets: Vec<SecretOut>,
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
    /// Why, where that was said.
    revoked_reason: Option<String>,
    /// Rises by one with every change.
    rev: i64,
}

/// One of the secrets of a key; never the secret itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKeySecret)]
struct SecretOut {
    /// How many rotations came before it.
    slot: u8,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// The first moment it is over, which a former secret alone has.
    #[schema(format = DateTime)]
    ends: Option<String>,
    /// When it was last used, to within ten seconds; noted of a former secret alone.
    #[schema(format = DateTime)]
    last_used: Option<String>,
}

impl SecretOut {
    fn new(secret: KeySecret) -> Self {
        Self {
            slot: secret.slot,
            created: secret.created.to_string(),
            ends: text(secret.ends),
            last_used: text(secret.last_used),
        }
    }
}

fn text(moment: Option<Timestamp>) -> Option<String> {
    moment.map(|moment| moment.to_string())
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
            project_ids: key.projects.iter().map(ToString::to_string).collect(),
            secrets: key.secrets.into_iter().map(SecretOut::new).collect(),
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
            revoked_reason: key.revoked_reason,
            rev: key.stamp.rev,
        }
    }

    /// The same with the key's own text in the place of the masked one.
    pub(super) fn with_text(self, text: &str) -> Self {
        Self { api_key: text.to_owned(), ..self }
    }
}

listed! {
    /// One page of API keys.
    ApiKeyList as ApiKeyList of ApiKeyOut
}

impl From<ApiKey> for ApiKeyOut {
    fn from(key: ApiKey) -> Self {
        Self::new(key)
    }
}
