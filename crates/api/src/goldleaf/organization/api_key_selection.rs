//! Which keys are meant, in a query or a body.

use base::{Result, Timestamp};
use keys::KeyType;
use serde::Deserialize;
use usecases::api_keys::{LONGEST_UNUSED, Selection};
use utoipa::ToSchema;

use crate::door::{Check, Parameters};

/// What a list of keys is asked beside its page and its order.
pub(super) const SELECTING: &[&str] = &[
    "includeDeleted",
    "search.name",
    "keyType",
    "createdBy",
    "neverExpires",
    "roleId",
    "customerId",
    "unusedForDays",
    "noAddresses",
];

/// The keys that a query means.
pub(super) fn selected(parameters: &Parameters) -> Result<Selection> {
    let mut check = Check::default();
    let text = |name: &str| parameters.one(name).map(ToOwned::to_owned);
    let mut asks = |name: &str| {
        check.optional(name, parameters.one(name), |word| match word.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("must be true or false"),
        })
    };
    let (never_expires, no_addresses) = (asks("neverExpires"), asks("noAddresses"));
    let given = parameters.all("keyType").filter(|word| !word.is_empty());
    let key_types = given.filter_map(|word| check.optional("keyType", Some(word), str::parse::<KeyType>));
    let key_types = key_types.collect();
    let unused_days = check.optional("unusedForDays", parameters.one("unusedForDays"), |text| {
        text.parse().map_err(|_| NO_DAYS.to_owned()).and_then(days)
    });
    check.finish(Some(Selection {
        names: parameters.all("search.name").filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect(),
        key_types,
        role: text("roleId"),
        customer: text("customerId"),
        created_by: text("createdBy"),
        unused_days,
        never_expires,
        no_addresses,
        ..Selection::default()
    }))
}

const NO_DAYS: &str = "must be a whole number of days, 1 to 3650";

/// A number of days in which keys were not used.
pub(super) fn days(days: u32) -> Result<u32, String> {
    if (1..=LONGEST_UNUSED).contains(&days) { Ok(days) } else { Err(NO_DAYS.to_owned()) }
}

/// Which keys are meant: those of which all that is given is true.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKeySelectionIn)]
pub(super) struct SelectionIn {
    /// The keys themselves, by `_id` or number; at most 1000.
    #[schema(max_items = 1000)]
    ids: Option<Vec<String>>,
    /// A part of the name, in any case.
    name: Option<String>,
    /// The types.
    key_types: Option<Vec<String>>,
    /// The role that bounds them: its `_id`, or its number.
    role_id: Option<String>,
    /// The customer they are pinned to: its `_id`, or its number.
    customer_id: Option<String>,
    /// Who made them: `user:ID`, `key:ID` or `system:WORD`.
    created_by: Option<String>,
    /// They were made before this moment.
    #[schema(format = DateTime)]
    created_before: Option<String>,
    /// They were not used, and not made, in so many days.
    #[schema(minimum = 1, maximum = 3650)]
    unused_for_days: Option<u32>,
    /// Whether they have no end.
    never_expires: Option<bool>,
    /// Whether they can be used from anywhere.
    no_addresses: Option<bool>,
}

impl SelectionIn {
    /// The keys that are meant.
    pub(super) fn checked(self, check: &mut Check) -> Selection {
        let keys = check.optional("filter.ids", self.ids, |ids| match ids.len() {
            1..=1000 => Ok(ids),
            _ => Err("must have 1 to 1000 entries"),
        });
        let types = self.key_types.unwrap_or_default().into_iter().enumerate();
        let key_types = types.filter_map(|(n, word)| {
            check.optional(&format!("filter.keyTypes[{n}]"), Some(word), |word| word.parse::<KeyType>())
        });
        let key_types = key_types.collect();
        let plain = |check: &mut Check, field: &str, text: Option<String>| {
            check.optional(&format!("filter.{field}"), text, |text| {
                let is_plain = (1..=200).contains(&text.len()) && !text.contains('\0');
                if is_plain { Ok(text) } else { Err("must have 1 to 200 bytes without U+0000") }
            })
        };
        Selection {
            keys: keys.unwrap_or_default(),
            key_types,
            names: plain(check, "name", self.name).into_iter().collect(),
            role: self.role_id,
            customer: self.customer_id,
            created_by: plain(check, "createdBy", self.created_by),
            created_before: check.optional("filter.createdBefore", self.created_before, |text| {
                text.trim().parse::<Timestamp>()
            }),
            unused_days: check.optional("filter.unusedForDays", self.unused_for_days, days),
            never_expires: self.never_expires,
            no_addresses: self.no_addresses,
        }
    }
}
