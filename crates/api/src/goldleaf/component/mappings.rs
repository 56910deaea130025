use std::collections::BTreeMap;

use axum::{Json, extract::State};
use base::{Line, Result};
use database::{Priority, Scope, Tx};
use serde::{Deserialize, Serialize};
use usecases::{
    Allowed,
    access::{ReadComponents, WriteComponents},
    catalogue::{
        imports::{self, Mapping, NewMapping, StoredMapping},
        sheets::Kind,
    },
    idempotency::Answer,
};
use utoipa::ToSchema;

use crate::{
    App,
    door::{Body, Check, Failure, Input, May, NO_BODY, Named, Parameters, Picking, Reply, Writing},
    picked,
};

/// The most headers of a mapping.
const MOST: usize = 500;

/// What the headers of a supplier's sheet stand for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportMapping)]
pub(super) struct MappingOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// Its name.
    name: String,
    /// What the sheets hold that are not named after a type.
    component_type: Option<String>,
    /// The field that each header stands for; null for one that is passed over.
    headers: BTreeMap<String, Option<String>>,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// By whom.
    created_by: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    last_modified: String,
    /// By whom.
    last_modified_by: String,
    /// Rises with every change.
    rev: i64,
}

impl From<StoredMapping> for MappingOut {
    fn from(stored: StoredMapping) -> Self {
        let StoredMapping { id, name, kind, headers, stamp } = stored;
        Self {
            id: id.to_string(),
            name,
            component_type: kind.map(|kind| kind.word().to_owned()),
            headers: headers.0,
            created: stamp.created.to_string(),
            created_by: stamp.created_by,
            last_modified: stamp.last_modified.to_string(),
            last_modified_by: stamp.last_modified_by,
            rev: stamp.rev,
        }
    }
}

picked! {
    /// Mappings.
    ImportMappingList of MappingOut
}

/// A mapping to be stored under its name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ImportMappingIn, example = json!({
    "name": "Harbour Supplies", "componentType": "hose",
    "headers": { "Artikel": "partNumber", "PN [bar]": "workingPressure", "Lager": null },
}))]
pub(super) struct MappingIn {
    /// Its name; one of the same name, in any case, is replaced.
    #[schema(required = true, nullable = false, max_length = 100)]
    name: Option<String>,
    /// What the sheets hold that are not named after a type.
    component_type: Option<String>,
    /// The field that each header stands for, 1 to 500 of them; null for one that is passed over.
    #[schema(required = true, nullable = false)]
    headers: Option<BTreeMap<String, Option<String>>>,
}

impl Input for MappingIn {
    const STRICT: bool = true;
}

impl MappingIn {
    fn checked(self) -> Result<NewMapping> {
        let mut check = Check::default();
        let name = check.required("name", self.name, |name| Line::new(&name));
        let kind = check.optional("componentType", self.component_type, |word| word.parse::<Kind>());
        let headers = check.required("headers", self.headers, |headers| match headers.len() {
            1..=MOST => Ok(Mapping(headers)),
            _ => Err(format!("must have 1 to {MOST} headers")),
        });
        check.finish(name.zip(headers).map(|(name, headers)| NewMapping { name, kind, headers }))
    }
}

/// Lists the mappings of suppliers' sheets
///
/// An operation of Swage; GoldLeaf has none like it.
#[utoipa::path(
    get, path = "/api/v1/components/mappings", tag = "Component", operation_id = "getComponentsMappings",
    params(Picking),
    responses((status = 200, description = "The mappings, by name", body = ImportMappingList)),
)]
pub(super) async fn get_components_mappings(
    May(caller): May<ReadComponents>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ImportMappingList>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let all = app.database.read(scope, move |tx| imports::mappings(tx, &caller)).await?;
    let all = all.into_iter().map(MappingOut::from).collect();
    Ok(Json(parameters.picked(all, &[])?.into()))
}

/// Stores what the headers of a supplier's sheet stand for
///
/// An import names it in `mapping`. An operation of Swage; GoldLeaf has none
/// like it.
#[utoipa::path(
    post, path = "/api/v1/components/mappings/update", tag = "Component",
    operation_id = "postComponentsMappingsUpdate",
    request_body = MappingIn,
    responses((status = 200, description = "The mapping", body = MappingOut)),
)]
pub(super) async fn post_components_mappings_update(
    May(caller): May<WriteComponents>,
    State(app): State<App>,
    writing: Writing,
    body: Body<MappingIn>,
) -> Result<Reply, Failure> {
    let new = body.value.checked()?;
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<WriteComponents>| {
        let stored = imports::set_mapping(tx, caller, &new)?;
        let (id, rev) = (stored.id, stored.stamp.rev);
        Ok(Answer::new(200, &MappingOut::from(stored))?.about(id, rev))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, body.hash, work).await?)
}

/// Deletes a mapping of a supplier's sheet
///
/// An operation of Swage; GoldLeaf has none like it.
#[utoipa::path(
    post, path = "/api/v1/components/mappings/{mappingId}/delete", tag = "Component",
    operation_id = "postComponentsMappingsIdDelete",
    params(("mappingId" = String, Path, description = "Its `_id` or its name")),
    responses((status = 200, description = "`deleted`", body = String, content_type = "application/json")),
)]
pub(super) async fn post_components_mappings_id_delete(
    May(caller): May<WriteComponents>,
    State(app): State<App>,
    writing: Writing,
    Named(name): Named,
) -> Result<Reply, Failure> {
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<WriteComponents>| {
        let gone = imports::delete_mapping(tx, caller, &name)?;
        Ok(Answer::new(200, &"deleted")?.about(gone.id, gone.stamp.rev))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, NO_BODY, work).await?)
}
