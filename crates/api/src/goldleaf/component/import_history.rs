use axum::{Json, extract::State, response::Response};
use base::{Error, Result};
use database::{Priority, Scope, Tx};
use serde::Serialize;
use usecases::{
    Allowed,
    access::{ReadComponents, WriteComponents},
    catalogue::imports::{self, ImportRow, LIST},
    idempotency::Answer,
};
use utoipa::ToSchema;

use super::{
    import_out::{ImportOut, RowOut},
    imports::carried_on,
};
use crate::{
    App,
    door::{Download, Failure, FileBody, May, NO_BODY, Named, Paging, Parameters, Writing},
    listed,
};

/// The most rows of a report that are answered at once.
const MOST: u32 = 1000;

listed! {
    /// Imports.
    ImportList as ImportList of ImportOut
}

/// Lists the imports
///
/// An operation of Swage; GoldLeaf has none like it, nor those below it.
#[utoipa::path(
    get, path = "/api/v1/components/imports", tag = "Component", operation_id = "getComponentsImports",
    params(
        ("state" = Option<String>, Query, description = "Only those in this state"),
        ("sortBy[0].order" = Option<String>, Query, description = "`desc` for the newest first"),
        Paging,
    ),
    responses((status = 200, description = "One page, the oldest first", body = ImportList)),
)]
pub(super) async fn get_components_imports(
    May(caller): May<ReadComponents>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<ImportList>, Failure> {
    let query = parameters.list(&LIST, &[])?;
    let scope = Scope::Organization(caller.organization);
    Ok(Json(app.database.read(scope, move |tx| imports::list(tx, &caller, &query)).await?.into()))
}

/// Answers one import, with what became of its first rows
///
/// An operation of Swage; GoldLeaf has none like it.
#[utoipa::path(
    get, path = "/api/v1/components/imports/{importId}", tag = "Component", operation_id = "getComponentsImportsId",
    params(("importId" = String, Path, description = "Its `_id`")),
    responses((status = 200, description = "The import", body = ImportOut)),
)]
pub(super) async fn get_components_imports_id(
    May(caller): May<ReadComponents>,
    State(app): State<App>,
    Named(name): Named,
) -> Result<Json<ImportOut>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| {
        let import = imports::find(tx, &name)?;
        ImportOut::with_rows(tx, &caller, import)
    };
    Ok(Json(app.database.read(scope, read).await?))
}

/// Rows of an import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportRowList)]
pub(super) struct RowList {
    /// The rows, in the order of the file.
    items: Vec<RowOut>,
    /// How many there are, of this action if one is asked for.
    total: u32,
    /// Pass it as `cursor` for the rows that follow; null at the end.
    cursor: Option<u32>,
}

/// Lists the rows of an import: the report
///
/// Each cell that says something new stands there with its old and its new
/// value; costs only for those who may see costs.
#[utoipa::path(
    get, path = "/api/v1/components/imports/{importId}/rows", tag = "Component",
    operation_id = "getComponentsImportsIdRows",
    params(
        ("importId" = String, Path, description = "Its `_id`"),
        ("action" = Option<String>, Query, description = "Only `create`, `update`, `same` or `wrong`"),
        ("limit" = Option<u32>, Query, description = "How many, 1 to 1000. Usually 100"),
        ("cursor" = Option<u32>, Query, description = "The `cursor` of the rows before"),
    ),
    responses((status = 200, description = "The rows", body = RowList)),
)]
pub(super) async fn get_components_imports_id_rows(
    May(caller): May<ReadComponents>,
    State(app): State<App>,
    Named(name): Named,
    parameters: Parameters,
) -> Result<Json<RowList>, Failure> {
    let number = |name: &str, usual: u32| match parameters.one(name).map(str::parse::<u32>) {
        None => Ok(usual),
        Some(Ok(number)) => Ok(number),
        Some(Err(_)) => Err(Error::invalid(name, "must be a whole number")),
    };
    let (limit, from) = (number("limit", 100)?.clamp(1, MOST), number("cursor", 0)?);
    let action = parameters.word("action", action, "create, update, same or wrong")?;
    let scope = Scope::Organization(caller.organization);
    let read = move |tx: &mut Tx<'_>| {
        let import = imports::find(tx, &name)?;
        let rows = imports::report(tx, &caller, import.id, action, from, limit + 1)?;
        Ok(RowList::new(&import, action, rows.into_iter().map(RowOut::from).collect(), limit))
    };
    Ok(Json(app.database.read(scope, read).await?))
}

fn action(word: &str) -> Option<&'static str> {
    ["create", "update", "same", "wrong"].into_iter().find(|known| known.eq_ignore_ascii_case(word))
}

impl RowList {
    fn new(import: &ImportRow, action: Option<&str>, mut items: Vec<RowOut>, limit: u32) -> Self {
        let counts = &import.counts;
        let total = match action {
            Some("create") => counts.creates,
            Some("update") => counts.updates,
            Some("same") => counts.sames,
            Some(_) => counts.wrongs,
            None => counts.total,
        };
        let more = items.len() > limit as usize;
        let next = items.pop_if(|_| more);
        Self { items, total, cursor: next.map(|row| row.position()) }
    }
}

/// Answers the file of an import, as it came
///
/// For those who may see costs, which may stand in it.
#[utoipa::path(
    get, path = "/api/v1/components/imports/{importId}/file", tag = "Component",
    operation_id = "getComponentsImportsIdFile",
    params(("importId" = String, Path, description = "Its `_id`")),
    responses((status = 200, description = "The file", content((FileBody = "application/octet-stream")))),
)]
pub(super) async fn get_components_imports_id_file(
    May(caller): May<ReadComponents>,
    State(app): State<App>,
    Named(name): Named,
) -> Result<Download, Failure> {
    let (import, bytes) = imports::file(&app.database, &caller, name).await?;
    Ok(Download::of_bytes(import.file_name, bytes))
}

/// Cancels an import
///
/// What of it is applied is taken back. What takes longer than some seconds
/// is answered with 202; the state is `rollingBack` until it is over.
#[utoipa::path(
    post, path = "/api/v1/components/imports/{importId}/cancel", tag = "Component",
    operation_id = "postComponentsImportsIdCancel",
    params(("importId" = String, Path, description = "Its `_id`")),
    responses(
        (status = 200, description = "The import, of which nothing is left", body = ImportOut),
        (status = 202, description = "The import, which is being taken back", body = ImportOut),
    ),
)]
pub(super) async fn post_components_imports_id_cancel(
    May(caller): May<WriteComponents>,
    State(app): State<App>,
    writing: Writing,
    Named(name): Named,
) -> Result<Response, Failure> {
    turned(&app, caller, writing, name, imports::cancel).await
}

/// Undoes an import
///
/// Takes back all that it did: what it made is deleted, what it changed is as
/// it was. Refused where a part was changed or used since, unless by imports
/// that were undone. What takes longer than some seconds is answered with 202:
/// watch it until it is `undone`.
#[utoipa::path(
    post, path = "/api/v1/components/imports/{importId}/undo", tag = "Component",
    operation_id = "postComponentsImportsIdUndo",
    params(("importId" = String, Path, description = "Its `_id`")),
    responses(
        (status = 200, description = "The import, of which nothing is left", body = ImportOut),
        (status = 202, description = "The import, which is being taken back", body = ImportOut),
    ),
)]
pub(super) async fn post_components_imports_id_undo(
    May(caller): May<WriteComponents>,
    State(app): State<App>,
    writing: Writing,
    Named(name): Named,
) -> Result<Response, Failure> {
    turned(&app, caller, writing, name, imports::undo).await
}

async fn turned(
    app: &App,
    caller: Allowed<WriteComponents>,
    writing: Writing,
    name: String,
    turn: fn(&mut Tx<'_>, &Allowed<WriteComponents>, &str) -> Result<ImportRow>,
) -> Result<Response, Failure> {
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<WriteComponents>| {
        let import = turn(tx, caller, &name)?;
        let (id, rev) = (import.id, import.stamp.rev);
        Ok(Answer::new(202, &ImportOut::from(import))?.about(id, rev))
    };
    let watcher = (*caller).clone();
    let reply = app.write(Priority::Ordinary, caller, writing, NO_BODY, work).await?;
    carried_on(app, watcher, reply).await
}
