use base::{Error, Result};
use hose::{ItemType, fields::Field};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use usecases::catalogue::{Decision, NewPart, PartChange, SAID};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{Schema, Type},
    },
};

use super::schema::{self, Way};
use crate::door::Input;

/// What a document of a part holds that its fields do not: it may be sent back.
const OF_DOCUMENTS: &[&str] =
    &["itemId", "componentType", "brandId", "shared", "status", "statusReason", "rev"];

/// The fields of a body about a part, as they came.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct PartFields(pub(crate) Map<String, Json>);

impl PartFields {
    /// The names that mean nothing for a part of this type.
    pub(crate) fn unknown(&self, item_type: Option<ItemType>) -> Vec<String> {
        let tables: Vec<&[Field]> = match item_type {
            Some(item_type) => vec![item_type.fields(), SAID],
            None => ItemType::ALL.iter().map(|item_type| item_type.fields()).chain([SAID]).collect(),
        };
        let crimp = item_type.is_none_or(|item_type| item_type == ItemType::Hose);
        let is_known = |name: &str| {
            OF_DOCUMENTS.contains(&name)
                || crimp && name == "crimpSpecs"
                || tables.iter().any(|table| table.iter().any(|field| field.name == name))
        };
        self.0.keys().filter(|name| !is_known(name)).cloned().collect()
    }

    pub(crate) fn new_part(self) -> Result<NewPart> {
        let like = match self.0.get("itemId") {
            None | Some(Json::Null) => None,
            Some(Json::String(id)) => Some(id.clone()),
            Some(_) => return Err(Error::invalid("itemId", "must be an id or null")),
        };
        Ok(NewPart { fields: self.0, like })
    }

    pub(crate) fn change(self, rev: Option<i64>) -> Result<PartChange> {
        Ok(PartChange { rev: self.rev(rev)?, fields: self.0 })
    }

    /// The revision that a header names, else the body.
    fn rev(&self, of_header: Option<i64>) -> Result<Option<i64>> {
        match self.0.get("rev") {
            _ if of_header.is_some() => Ok(of_header),
            None | Some(Json::Null) => Ok(None),
            Some(rev) => match rev.as_i64() {
                Some(rev) => Ok(Some(rev)),
                None => Err(Error::invalid("rev", "must be a whole number")),
            },
        }
    }
}

/// Declares the bodies with which a part of a type is made and changed.
macro_rules! part_in {
    ($in:ident as $in_schema:literal, $change:ident as $change_schema:literal, $item_type:ident) => {
        /// A part to be made.
        #[derive(Debug, serde::Deserialize)]
        #[serde(transparent)]
        pub(super) struct $in(pub(super) $crate::goldleaf::part::PartFields);

        /// A change of a part.
        #[derive(Debug, serde::Deserialize)]
        #[serde(transparent)]
        pub(super) struct $change(pub(super) $crate::goldleaf::part::PartFields);

        $crate::goldleaf::part::part_in!(@ $in, $in_schema, $item_type, In);
        $crate::goldleaf::part::part_in!(@ $change, $change_schema, $item_type, Change);
    };
    (@ $name:ident, $schema:literal, $item_type:ident, $way:ident) => {
        impl $crate::door::Input for $name {
            fn unknown(&self) -> Vec<String> {
                self.0.unknown(Some(hose::ItemType::$item_type))
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::goldleaf::part::schema::body(
                    hose::ItemType::$item_type,
                    $crate::goldleaf::part::schema::Way::$way,
                )
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                $schema.into()
            }
        }
    };
}
pub(crate) use part_in;

/// A change of an item of whatever type, or the decision about one that waits.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(in crate::goldleaf) struct ItemUpdateIn(PartFields);

/// What is asked of an item.
pub(in crate::goldleaf) enum ItemAsked {
    /// That something of it be changed.
    Change(PartChange),
    /// That it be approved, or not.
    Decide(Decision),
}

impl ItemUpdateIn {
    pub(in crate::goldleaf) fn asked(mut self, rev: Option<i64>) -> Result<ItemAsked> {
        let fields = &mut self.0.0;
        let reason = match fields.remove("reason") {
            None | Some(Json::Null) => None,
            Some(Json::String(reason)) if reason.chars().count() <= 500 => Some(reason),
            Some(_) => return Err(Error::invalid("reason", "must be a text of at most 500 characters")),
        };
        let approved = match fields.remove("approve") {
            None | Some(Json::Null) => return Ok(ItemAsked::Change(self.0.change(rev)?)),
            Some(Json::Bool(approved)) => approved,
            Some(_) => return Err(Error::invalid("approve", "must be true or false")),
        };
        Ok(ItemAsked::Decide(Decision { approved, reason, rev: self.0.rev(rev)? }))
    }
}

impl Input for ItemUpdateIn {
    fn unknown(&self) -> Vec<String> {
        let unknown = self.0.unknown(None).into_iter();
        unknown.filter(|name| !["approve", "reason"].contains(&name.as_str())).collect()
    }
}

impl PartialSchema for ItemUpdateIn {
    fn schema() -> RefOr<Schema> {
        let object = schema::said(utoipa::openapi::schema::ObjectBuilder::new(), Way::Change)
            .property(
                "approve",
                schema::or_null(
                    Type::Boolean,
                    "For an item that waits: whether it may be used, else it goes",
                ),
            )
            .property("reason", schema::or_null(Type::String, "Why"))
            .property(
                "rev",
                schema::or_null(
                    Type::Integer,
                    "The revision that was seen; another one is answered with 409",
                ),
            )
            .description(Some(
                "What the organization says of an item; for an own one the fields of its type too.",
            ))
            .examples([serde_json::json!({ "orgPartNumber": "H-1001", "available": true })]);
        RefOr::T(Schema::Object(object.build()))
    }
}

impl ToSchema for ItemUpdateIn {
    fn name() -> std::borrow::Cow<'static, str> {
        "ItemUpdateIn".into()
    }
}
