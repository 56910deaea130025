use std::num::NonZeroU32;

use base::{Line, Patch, Prose, Result, Timestamp};
use keys::RateLimit;
use serde::Deserialize;
use usecases::api_keys::{ApprovedAddress, Essentials, KeyChange, NewKey};
use utoipa::ToSchema;

use super::api_key::{ApprovedIpAddress, RateLimitBody};
use crate::door::{Check, Input};

/// A body with the fields of a key to be made, and those that one way of making
/// it adds. (Flattened by `serde`, a wrong field would lose its path.)
macro_rules! key_to_be_made {
    ($(#[$meta:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $type:ty,)* }) => {
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        $(#[$meta])*
        pub(super) struct $name {
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
            $($(#[$of])* pub(super) $field: $type,)*
        }

        impl $name {
            /// The key, whose added fields are for the caller to read.
            pub(super) fn checked(self) -> Result<NewKey> {
                let mut check = Check::default();
                let essentials = essentials(&mut check, self.name, self.scopes, self.key_type);
                let addresses = addresses(&mut check, self.approved_ip_addresses.unwrap_or_default());
                let starts = check.optional("startDate", self.start_date, moment);
                let expires = check.optional("expires", self.expires, moment);
                let rate_limit = check.optional("rateLimit", self.rate_limit, limit);
                check.finish(essentials.map(|essentials| NewKey {
                    essentials,
                    addresses,
                    starts,
                    expires,
                    rate_limit,
                    customer: self.customer_id,
                    role: self.role_id,
                    projects: Vec::new(),
                }))
            }
        }
    };
}

key_to_be_made! {
    /// An API key to be made.
    #[schema(as = ApiKeyIn, example = json!({ "params": {
        "name": "My API Key", "scopes": "read,write", "keyType": "full-access",
        "approvedIpAddresses": [{ "ipAddress": "192.168.1.100", "description": "Office IP" }],
        "expires": "2027-12-31T23:59:59Z",
    } }))]
    ApiKeyIn {}
}

impl Input for ApiKeyIn {}

key_to_be_made! {
    /// A key that another system made.
    #[schema(as = ImportedKeyIn)]
    ImportedKeyIn {
        /// The hash of its text, which is all that is told of it.
        #[schema(required = true, nullable = false)]
        hash: Option<HashIn>,
        /// How its text begins, so that people can tell it apart: at most 32 visible
        /// ASCII characters. Lists show it, so it must not be secret.
        #[schema(max_length = 32)]
        prefix: Option<String>,
    }
}

/// The hash of the text of a key.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = KeyHashIn)]
pub(super) struct HashIn {
    /// `sha256` or `sha512`, of the text's bytes and nothing else.
    #[schema(required = true, nullable = false)]
    pub(super) algorithm: Option<String>,
    /// Its bytes in hexadecimal or base 64.
    #[schema(required = true, nullable = false)]
    pub(super) value: Option<String>,
}

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

impl ApiKeyUpdateIn {
    /// `rev` is the revision the request's header names, which must not differ from the body's.
    pub(super) fn checked(self, rev: Option<i64>) -> Result<KeyChange> {
        let mut check = Check::default();
        let essentials = essentials(&mut check, self.name, self.scopes, self.key_type);
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
        check.finish(essentials.map(|essentials| KeyChange {
            essentials,
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

fn essentials(
    check: &mut Check,
    name: Option<String>,
    scopes: Option<String>,
    key_type: Option<String>,
) -> Option<Essentials> {
    let name = check.required("name", name, |text| Line::new(&text));
    let scopes = check.required("scopes", scopes, |text| text.parse());
    let key_type = check.required("keyType", key_type, |text| text.parse());
    let all = name.zip(scopes).zip(key_type);
    all.map(|((name, scopes), key_type)| Essentials { name, scopes, key_type })
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
