use base::{Id, Result};
use database::Tx;
use hose::fields::Values;
use records::catalogue::{
    SHARED_CATALOGUE,
    parts::{PartRow, PartSeen, Status},
};
use serde_json::{Map, Value as Json, json};

use super::{Item, known::Known, said};
use crate::Caller;

/// A part as a caller may see it, with what their organization says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartDocument {
    /// The part.
    pub row: PartRow,
    /// What the organization says of it: the fields of [`SAID`](super::SAID).
    pub said: Values,
    /// A picture of the organization's own takes the place of the part's.
    pub image_name: Option<String>,
    /// The sum of the revisions of the part and of what is said of it, of which
    /// each only rises.
    pub rev: i64,
    /// When either was last changed, and by whom.
    pub last_modified: (base::Timestamp, String),
    /// Whether the caller may see what it costs.
    shows_costs: bool,
}

impl PartDocument {
    pub(super) fn new(tx: &mut Tx<'_>, caller: &Caller, seen: PartSeen) -> Result<Self> {
        Self::one_of_many(tx, caller, seen, &mut Known::default())
    }

    /// The same for one of many, with what was read for the others.
    pub(super) fn one_of_many(
        tx: &mut Tx<'_>,
        caller: &Caller,
        seen: PartSeen,
        known: &mut Known,
    ) -> Result<Self> {
        let said = said::values(tx, seen.said.as_ref(), known)?;
        let (stamp, said_stamp) = (&seen.row.stamp, seen.said.as_ref().map(|said| &said.stamp));
        let last = said_stamp.filter(|said| said.last_modified > stamp.last_modified).unwrap_or(stamp);
        let own_image = seen.said.as_ref().and_then(|said| said.image_name.clone());
        Ok(Self {
            image_name: own_image.or_else(|| seen.row.part.values.text("imageName").map(ToOwned::to_owned)),
            rev: rev(&seen),
            last_modified: (last.last_modified, last.last_modified_by.clone()),
            shows_costs: caller.shows_costs(),
            said,
            row: seen.row,
        })
    }

    /// Its id.
    pub fn id(&self) -> Id<Item> {
        self.row.id
    }

    /// Whether it is of the shared catalogue.
    pub fn is_shared(&self) -> bool {
        self.row.owner == SHARED_CATALOGUE
    }

    /// The document: the part's fields, what the organization says, who made it.
    pub fn to_json(&self) -> Map<String, Json> {
        let row = &self.row;
        let mut json = Map::new();
        json.insert("_id".into(), json!(row.id));
        json.insert("itemId".into(), json!(row.id));
        json.extend(row.part.values.to_json());
        if let Some(name) = &self.image_name {
            json.insert("imageName".into(), json!(name));
        }
        let hidden = |name: &str| !self.shows_costs && said::OF_COST.contains(&name);
        json.extend(self.said.to_json().into_iter().filter(|(name, _)| !hidden(name)));
        json.insert("componentType".into(), json!(row.part.item_type().word()));
        json.insert("brandId".into(), json!(row.brand));
        json.insert("shared".into(), json!(self.is_shared()));
        json.insert("status".into(), json!(row.status.word()));
        if let Some(reason) = &row.status_reason {
            json.insert("statusReason".into(), json!(reason));
        }
        json.insert("created".into(), json!(row.stamp.created));
        json.insert("createdBy".into(), json!(row.stamp.created_by));
        json.insert("lastModified".into(), json!(self.last_modified.0));
        json.insert("lastModifiedBy".into(), json!(self.last_modified.1));
        json.insert("rev".into(), json!(self.rev));
        json
    }

    /// What the audit record and the webhooks are told.
    pub(super) fn told(&self) -> Json {
        let told = Self { shows_costs: true, ..self.clone() };
        Json::Object(told.to_json())
    }

    /// Whether it may be used.
    pub fn is_usable(&self) -> bool {
        self.row.status == Status::Approved
    }
}

/// The revision of a part as it is seen.
pub(super) fn rev(seen: &PartSeen) -> i64 {
    seen.row.stamp.rev + seen.said.as_ref().map_or(0, |said| said.stamp.rev)
}
