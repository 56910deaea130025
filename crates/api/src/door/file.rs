use std::{
    fs::File,
    io::{Cursor, Read},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use base::{Error, Result};
use futures_util::stream::try_unfold;
use tokio::task::spawn_blocking;
use usecases::catalogue::sheets::{FileOut, Format};
use utoipa::{IntoParams, ToSchema};

use super::Parameters;

/// How much of a file is read at once.
const PIECE: usize = 64 * 1024;

/// A file, for the document.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct FileBody(#[expect(dead_code, reason = "for the document alone")] Vec<u8>);

/// A file as an answer: whatever `Accept` says, to be saved under its name.
pub(crate) struct Download {
    name: String,
    content_type: &'static str,
    bytes: u64,
    source: Source,
}

enum Source {
    File(File),
    Memory(Cursor<Vec<u8>>),
}

impl From<FileOut> for Download {
    fn from(file: FileOut) -> Self {
        let FileOut { name, content_type, bytes, file } = file;
        Self { name, content_type, bytes, source: Source::File(file) }
    }
}

impl Download {
    /// These bytes, of which nothing is said but that they are bytes.
    pub(crate) fn of_bytes(name: String, bytes: Vec<u8>) -> Self {
        Self {
            name,
            content_type: "application/octet-stream",
            bytes: bytes.len() as u64,
            source: Source::Memory(Cursor::new(bytes)),
        }
    }
}

impl IntoResponse for Download {
    fn into_response(self) -> Response {
        let name = header_name(&self.name);
        let source = self.source;
        let pieces = try_unfold(source, |mut source| async move {
            let read = spawn_blocking(move || {
                let mut piece = vec![0; PIECE];
                let count = match &mut source {
                    Source::File(file) => file.read(&mut piece)?,
                    Source::Memory(bytes) => bytes.read(&mut piece)?,
                };
                piece.truncate(count);
                Ok::<_, std::io::Error>((count > 0).then(|| (Bytes::from(piece), source)))
            });
            read.await.map_err(std::io::Error::other)?
        });
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.content_type)),
            (header::CONTENT_LENGTH, HeaderValue::from(self.bytes)),
            (header::CONTENT_DISPOSITION, name),
        ];
        (headers, Body::from_stream(pieces)).into_response()
    }
}

/// `attachment`, with the name in plain letters for old clients and in full for others (RFC 6266).
fn header_name(name: &str) -> HeaderValue {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' })
        .collect();
    let full: String =
        form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

/// How a file is exported: for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "`format` reads them")]
pub(crate) struct Exporting {
    /// `excel` (usual) or `csv`
    format: Option<String>,
    /// Whether CSV begins with a byte order mark
    mark: Option<bool>,
}

/// The form that is asked for.
pub(crate) fn format(parameters: &Parameters) -> Result<Format> {
    match parameters.one("format").map(str::to_ascii_lowercase).as_deref() {
        None | Some("excel" | "xlsx") => Ok(Format::Excel),
        Some("csv") => Ok(Format::Csv { mark: parameters.flag("mark")? }),
        Some(_) => Err(Error::invalid("format", "must be excel or csv")),
    }
}
