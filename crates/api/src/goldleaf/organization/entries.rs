//! What product groups, suppliers and locations look like.

use base::{EmailAddress, Line, Patch, Result};
use serde::{Deserialize, Serialize};
use usecases::organizations::directories::{Entry, EntrySetting};
use utoipa::ToSchema;

use crate::door::{Check, Country, Flag, Input};

/// The most entries that are set at once.
const MOST: usize = 1000;

/// What is sent to set entries of one form.
pub(super) trait EntriesInput: Input {
    /// The entries, checked; and whether they stood in `items`.
    fn checked(self) -> Result<(Vec<EntrySetting>, bool)>;
}

/// Where a field stands in what was sent.
pub(super) fn path(in_items: bool, n: usize, field: &str) -> String {
    if in_items { format!("items[{n}].{field}") } else { field.to_owned() }
}

macro_rules! entries {
    (
        $(#[$in_meta:meta])* $in:ident, $(#[$many_meta:meta])* $many:ident, $(#[$out_meta:meta])* $out:ident as $name:ident;
        $($(#[$doc:meta])* $field:ident $json:literal: $type:ident by $parse:expr;)*
    ) => {
        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        $(#[$in_meta])*
        pub(super) struct $in {
            /// Which, by its `_id`; without one a new entry is made.
            #[serde(rename = "_id")]
            id: Option<String>,
            /// Its name, at most 100 characters; no other of its kind has the same in any case. A new one needs one.
            #[schema(max_length = 100)]
            name: Option<String>,
            $($(#[$doc])* #[serde(default)] #[schema(value_type = Option<$type>)] $field: Patch<$type>,)*
            /// Whether it goes away.
            delete: Option<Flag>,
        }

        #[derive(Debug, Deserialize, ToSchema)]
        #[serde(rename_all = "camelCase")]
        $(#[$many_meta])*
        pub(super) struct $many {
            /// Several at once, all of them or none; at most 1000. In the place of the other fields.
            items: Option<Vec<$in>>,
            /// Which, by its `_id`; without one a new entry is made.
            #[serde(rename = "_id")]
            id: Option<String>,
            /// Its name, at most 100 characters; no other of its kind has the same in any case. A new one needs one.
            #[schema(max_length = 100)]
            name: Option<String>,
            $($(#[$doc])* #[serde(default)] #[schema(value_type = Option<$type>)] $field: Patch<$type>,)*
            /// Whether it goes away.
            delete: Option<Flag>,
        }

        impl Input for $many {}

        impl EntriesInput for $many {
            fn checked(self) -> Result<(Vec<EntrySetting>, bool)> {
                let mut check = Check::default();
                let in_items = self.items.is_some();
                let one = $in { id: self.id, name: self.name, $($field: self.$field,)* delete: self.delete };
                if in_items && (one.id.is_some() || one.name.is_some()) {
                    check.wrong("items", "cannot be given together with the fields of one entry");
                }
                let entries = self.items.unwrap_or_else(|| vec![one]);
                if entries.len() > MOST {
                    check.wrong("items", format!("must not have more than {MOST} entries"));
                }
                let settings = entries.into_iter().take(MOST).enumerate().map(|(n, entry)| {
                    let at = |field: &str| path(in_items, n, field);
                    EntrySetting {
                        id: entry.id,
                        name: check.optional(&at("name"), entry.name, |text| Line::new(&text)),
                        texts: [$(($json, check.patch(&at($json), entry.$field, $parse))),*].into(),
                        deleted: entry.delete.is_some_and(|flag| flag.0),
                    }
                }).collect();
                check.finish(Some((settings, in_items)))
            }
        }

        #[derive(Debug, Serialize, ToSchema)]
        $(#[$out_meta])*
        #[serde(rename_all = "camelCase")]
        #[schema(as = $name)]
        pub(super) struct $out {
            /// Its id.
            #[serde(rename = "_id")]
            id: String,
            /// Its name.
            name: String,
            $($(#[$doc])* $field: Option<String>,)*
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

        impl<K> From<Entry<K>> for $out {
            fn from(entry: Entry<K>) -> Self {
                let Entry { row, mut details } = entry;
                Self {
                    id: row.id.to_string(),
                    name: row.name,
                    $($field: details.texts.remove($json),)*
                    created: row.stamp.created.to_string(),
                    created_by: row.stamp.created_by,
                    last_modified: row.stamp.last_modified.to_string(),
                    last_modified_by: row.stamp.last_modified_by,
                    deleted: row.deleted.is_some(),
                    deleted_date: row.deleted.map(|moment| moment.to_string()),
                    deleted_by: row.deleted_by,
                    rev: row.stamp.rev,
                }
            }
        }
    };
}

entries! {
    /// A product group to be made, changed or deleted.
    #[schema(as = ProductGroupIn)]
    GroupIn,
    /// Product groups to be made, changed or deleted: one, or several in `items`.
    #[schema(as = ProductGroupsIn, example = json!({ "items": [
        { "name": "Hydraulic hose", "description": "By the metre" }, { "name": "Fittings", "erpId": "200" },
    ] }))]
    GroupsIn,
    /// A product group.
    GroupOut as ProductGroup;
    /// What it is.
    description "description": String by text;
    /// Its id in the ERP system.
    erp_id "erpId": String by text;
}

entries! {
    /// A supplier or a location to be made, changed or deleted.
    PlaceIn,
    /// Suppliers or locations to be made, changed or deleted: one, or several in `items`.
    #[schema(example = json!({ "items": [
        { "name": "Main", "address1": "Storgata 1", "city": "Oslo", "country": { "countryName": "Norway" } },
    ] }))]
    PlacesIn,
    /// A supplier or a location.
    PlaceOut as Place;
    /// What it is.
    description "description": String by text;
    /// The first line of the address.
    address1 "address1": String by text;
    /// The second line of the address.
    address2 "address2": String by text;
    /// The city.
    city "city": String by text;
    /// The region, state or province.
    region "region": String by text;
    /// The postal code.
    postal_code "postalCode": String by text;
    /// The country.
    country "country": Country by |country: Country| text(country.0);
    /// The telephone number.
    phone_number "phoneNumber": String by text;
    /// The e-mail address.
    email "email": String by |text: String| EmailAddress::new(&text).map(|email| email.to_string());
    /// The web site.
    website "website": String by text;
    /// Its id in the ERP system.
    erp_id "erpId": String by text;
}

#[expect(clippy::needless_pass_by_value, reason = "in the form a field's parser has")]
fn text(text: String) -> Result<String, String> {
    Line::<200>::new(&text).map(|line| line.to_string())
}
