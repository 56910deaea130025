use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base::{Error, FieldError, Id, Result};
use database::{Priority, Scope, Tx};
use usecases::{
    Allowed, Caller,
    access::WriteComponents,
    catalogue::{
        imports::{self, Import, ImportRow, Mapping, NewImport, State as Stands},
        sheets::Kind,
    },
    idempotency::Answer,
};

use super::import_out::{ImportOut, SHOWN};
use crate::{
    App,
    door::{Failure, FileForm, FileFormBody, May, Parameters, Reply, Writing},
};

/// How long a file is gone on with before its sender is told to watch it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Imports parts from a file
///
/// An Excel workbook, CSV, or a zip of CSV files; a sheet named after its type
/// for each type, or `componentType` for sheets that are not. Headers are
/// field names in any order and case, a unit in brackets, as in
/// `workingPressure [psi]`. A row with an `_id` changes that part, one without
/// the part of its brand and number, or makes it. A blank cell leaves a value
/// as it is; `<clear>` clears it. All rows are checked before any is applied,
/// and all are applied or none. What takes longer than some seconds is
/// answered with 202: watch the import it names.
#[utoipa::path(
    post, path = "/api/v1/components/import", tag = "Component", operation_id = "postComponentsImport",
    params(
        ("dryRun" = Option<bool>, Query, description = "Whether to look only, and answer what would be; also a field of the form"),
        ("componentType" = Option<String>, Query,
         description = "What sheets hold that are not named after a type; also a field of the form"),
        ("mapping" = Option<String>, Query,
         description = "What the headers stand for, where they are no field names: the name of a stored mapping, or \
                        JSON such as `{\"Artikel\": \"partNumber\", \"Lager\": null}`; also a field of the form"),
    ),
    request_body(content = FileFormBody, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The import, which is over", body = ImportOut),
        (status = 202, description = "The import, which goes on", body = ImportOut),
    ),
)]
pub(super) async fn post_components_import(
    May(caller): May<WriteComponents>,
    State(app): State<App>,
    parameters: Parameters,
    writing: Writing,
    upload: FileForm,
) -> Result<Response, Failure> {
    let new = wanted(&app, &caller, &parameters, &upload).await?;
    let (organization, watcher) = (caller.organization, (*caller).clone());
    let begin = move |tx: &mut Tx<'_>, caller: &Allowed<WriteComponents>| {
        let import = imports::begin(tx, caller, &new)?;
        let (id, rev) = (import.id, import.stamp.rev);
        Ok(Answer::new(202, &ImportOut::from(import))?.about(id, rev))
    };
    let reply = app.write(Priority::Ordinary, caller, writing, upload.hash, begin).await?;
    let Some(id): Option<Id<Import>> = reply.0.record.filter(|_| !reply.0.replayed).map(Id::cast) else {
        return Ok(reply.into_response());
    };
    imports::receive(&app.database, organization, id, &upload.bytes).await?;
    let scope = Scope::Organization(organization);
    app.database.write(scope, move |tx| imports::received(tx, id)).await?;
    carried_on(&app, watcher, reply).await
}

/// Goes on with the import that a reply is about, as long as a caller waits; answers how far it came.
pub(super) async fn carried_on(app: &App, caller: Caller, reply: Reply) -> Result<Response, Failure> {
    let Some(id): Option<Id<Import>> = reply.0.record.filter(|_| !reply.0.replayed).map(Id::cast) else {
        return Ok(reply.into_response());
    };
    let organization = caller.organization;
    let import = match imports::carry_on(&app.database, organization, id, Some(PATIENCE)).await {
        Ok(import) => import,
        // Another import came first: the job goes on once that is over.
        Err(Error::Conflict(_)) => {
            let find = move |tx: &mut Tx<'_>| imports::find(tx, &id.to_string());
            app.database.read(Scope::Organization(organization), find).await?
        }
        Err(other) => return Err(other.into()),
    };
    answered(app, caller, import).await
}

async fn answered(app: &App, caller: Caller, import: ImportRow) -> Result<Response, Failure> {
    let scope = Scope::Organization(caller.organization);
    match Stands::of(&import) {
        Stands::PartlyUndone => Err(Error::conflict(import.failure.unwrap_or_default()).into()),
        Stands::Refused | Stands::Failed => {
            Err(app.database.read(scope, move |tx| refusal(tx, &caller, &import)).await?.into())
        }
        state if state.is_under_way() => {
            Ok((StatusCode::ACCEPTED, Json(ImportOut::from(import))).into_response())
        }
        _ => {
            let read = move |tx: &mut Tx<'_>| ImportOut::with_rows(tx, &caller, import.clone());
            Ok(Json(app.database.read(scope, read).await?).into_response())
        }
    }
}

/// What the form and the query say.
async fn wanted(
    app: &App,
    caller: &Allowed<WriteComponents>,
    parameters: &Parameters,
    upload: &FileForm,
) -> Result<NewImport> {
    let said = |name: &str| parameters.one(name).or_else(|| upload.text(name)).map(str::to_owned);
    let dry_run = match upload.text("dryRun").map(str::to_ascii_lowercase).as_deref() {
        None => parameters.flag("dryRun")?,
        Some("true" | "1") => true,
        Some("false" | "0") => false,
        Some(_) => return Err(Error::invalid("dryRun", "must be true or false")),
    };
    let mut kind = said("componentType")
        .map(|word| word.parse::<Kind>().map_err(|wrong| Error::invalid("componentType", wrong)))
        .transpose()?;
    let mapping = match said("mapping") {
        None => Mapping::default(),
        Some(json) if json.starts_with('{') => serde_json::from_str(&json).map_err(|_| {
            Error::invalid("mapping", "must be an object of texts, or null for what is passed over")
        })?,
        Some(name) => {
            let scope = Scope::Organization(caller.organization);
            let stored = app.database.read(scope, move |tx| imports::named_mapping(tx, &name)).await?;
            kind = kind.or(stored.kind);
            stored.headers
        }
    };
    Ok(NewImport {
        file_name: upload.name.clone(),
        file_bytes: upload.bytes.len() as u64,
        kind,
        mapping,
        dry_run,
    })
}

/// Everything that is wrong with a file, as far as it is shown: each cell by its place.
fn refusal(tx: &mut Tx<'_>, caller: &Caller, import: &ImportRow) -> Result<Error> {
    let mut wrong = Vec::new();
    for (row, report) in imports::report(tx, caller, import.id, Some("wrong"), 0, SHOWN)? {
        for error in report.errors {
            let column = error.column.unwrap_or_default();
            let header = error.header.map(|header| format!("{header} ")).unwrap_or_default();
            let place = format!("{}!{column}{}", row.sheet, row.row_number);
            wrong.push(FieldError::new(place, format!("{header}{}", error.message)));
        }
    }
    let why = import.failure.clone().unwrap_or_default();
    if wrong.is_empty() {
        return Ok(match Stands::of(import) {
            Stands::Failed => Error::conflict(why),
            _ => Error::invalid("file", why.strip_prefix("The file ").unwrap_or(&why).trim_end_matches('.')),
        });
    }
    wrong.insert(0, FieldError::new("file", format!("was refused as import {}: {why}", import.id)));
    Ok(Error::Invalid(wrong))
}
