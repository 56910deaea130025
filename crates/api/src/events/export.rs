use std::fmt::Write;

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use base::{Error, Result};
use database::{Scope, list::ListQuery};
use futures_util::stream;
use usecases::{Allowed, access::ReadAudit, audit};

use super::audit::{AuditEntryOut, WhichEntries, asked};
use crate::{
    App,
    door::{Failure, May, Parameters},
};

/// How many entries are read at once.
const PIECE: u64 = 500;

const COLUMNS: &str =
    "_id,time,subject,subjectName,action,recordKind,recordId,requestId,ipAddress,before,after\r\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    JsonLines,
}

/// Exports the audit record
///
/// All entries that the filters leave, the newest first, as a file: CSV for a
/// spreadsheet, or JSON Lines, in which each line is an entry as the list has
/// it. What comes while it is written is not in it. A file that ends early was
/// broken off.
#[utoipa::path(
    get, path = "/api/v1/audit/export", tag = "Audit", operation_id = "getAuditExport",
    params(
        WhichEntries,
        ("format" = Option<String>, Query, description = "`csv` (usual) or `jsonl`"),
        ("sortBy[0].order" = Option<String>, Query, description = "`desc` (usual) or `asc`"),
    ),
    responses((
        status = 200, description = "The entries",
        content((String = "text/csv"), (String = "application/jsonl")),
    )),
)]
pub(super) async fn get_audit_export(
    May(caller): May<ReadAudit>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Response, Failure> {
    let format = match parameters.one("format") {
        None | Some("csv") => Format::Csv,
        Some("jsonl") => Format::JsonLines,
        Some(_) => return Err(Error::invalid("format", "must be csv or jsonl").into()),
    };
    let query = ListQuery { page: 1, limit: PIECE, cursor: None, ..asked(&parameters, &["format"])? };
    // The first piece now, while a failure can still be answered as one.
    let first = piece(&app, caller.clone(), query.clone(), format).await?;
    let head = if format == Format::Csv { COLUMNS } else { "" };
    let start = Some((Bytes::from(head.to_owned() + &first.text), first.next, app, caller));
    let pieces = stream::try_unfold(start, move |state| {
        let query = query.clone();
        async move {
            let Some((bytes, next, app, caller)) = state else { return Ok::<_, Error>(None) };
            let Some(cursor) = next else { return Ok(Some((bytes, None))) };
            let query = ListQuery { cursor: Some(cursor), ..query };
            let piece = piece(&app, caller.clone(), query, format).await?;
            Ok(Some((bytes, Some((Bytes::from(piece.text), piece.next, app, caller)))))
        }
    });
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "audit.csv"),
        Format::JsonLines => ("application/jsonl", "audit.jsonl"),
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// A piece of the file, and where the next begins.
struct Piece {
    text: String,
    next: Option<String>,
}

async fn piece(app: &App, caller: Allowed<ReadAudit>, query: ListQuery, format: Format) -> Result<Piece> {
    let scope = Scope::Organization(caller.organization);
    let page = app.database.read(scope, move |tx| audit::list(tx, &caller, &query)).await?;
    let mut text = String::new();
    for entry in page.items.into_iter().map(AuditEntryOut::from) {
        match format {
            Format::Csv => write_row(&mut text, entry),
            Format::JsonLines => {
                let line = serde_json::to_string(&entry);
                text.push_str(&line.map_err(|error| Error::internal("an audit entry", error))?);
                text.push('\n');
            }
        }
    }
    Ok(Piece { text, next: page.cursor })
}

fn write_row(text: &mut String, entry: AuditEntryOut) {
    let json = |value: Option<serde_json::Value>| value.map(|value| value.to_string()).unwrap_or_default();
    let cells = [
        entry.id,
        entry.time,
        entry.subject,
        entry.subject_name,
        entry.action,
        entry.record_kind,
        entry.record_id,
        entry.request_id.unwrap_or_default(),
        entry.ip_address.unwrap_or_default(),
        json(entry.before),
        json(entry.after),
    ];
    let cells = cells.map(|cell| cell_text(&cell));
    let _ = write!(text, "{}\r\n", cells.join(","));
}

/// A cell of CSV (RFC 4180). A spreadsheet takes a text that begins with one of
/// these signs for a formula; an apostrophe before it says that it is none.
fn cell_text(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\r', '\n', '\'']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::cell_text;

    #[test]
    fn a_cell_is_text_and_no_formula() {
        for (cell, written) in [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"hi\"\n", "\"say \"\"hi\"\"\n\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("a=1", "a=1"),
        ] {
            assert_eq!(cell_text(cell), written);
        }
    }
}
