use serde::Serialize;
use serde_json::{Map, Value as Json};
use usecases::catalogue::PartDocument;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, schema::Schema},
};

use super::schema;

/// Declares the document of a part of a type, and a page of them.
macro_rules! part_out {
    ($out:ident as $schema:literal, $list:ident as $list_schema:ident, $item_type:ident) => {
        /// A part as it is answered.
        #[derive(Debug, serde::Serialize)]
        #[serde(transparent)]
        pub(super) struct $out(serde_json::Map<String, serde_json::Value>);

        impl From<usecases::catalogue::PartDocument> for $out {
            fn from(document: usecases::catalogue::PartDocument) -> Self {
                Self(document.to_json())
            }
        }

        impl utoipa::PartialSchema for $out {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::goldleaf::part::schema::out(hose::ItemType::$item_type)
            }
        }

        impl utoipa::ToSchema for $out {
            fn name() -> std::borrow::Cow<'static, str> {
                $schema.into()
            }
        }

        $crate::listed! {
            /// One page of parts.
            $list as $list_schema of $out
        }
    };
}
pub(crate) use part_out;

/// A part of whatever type as it is answered.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(in crate::goldleaf) struct ItemOut(Map<String, Json>);

impl From<PartDocument> for ItemOut {
    fn from(document: PartDocument) -> Self {
        Self(document.to_json())
    }
}

impl PartialSchema for ItemOut {
    fn schema() -> RefOr<Schema> {
        schema::any_out()
    }
}

impl ToSchema for ItemOut {
    fn name() -> std::borrow::Cow<'static, str> {
        "Item".into()
    }
}

crate::listed! {
    /// One page of items.
    ItemList as ItemList of ItemOut
}
