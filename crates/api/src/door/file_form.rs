use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::header,
};
use base::{Error, Result};
use futures_util::stream;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{Check, Context, Failure, FileBody, body::read};
use crate::App;

/// The most bytes of a file that is sent.
const MOST_FILE: usize = 50 << 20;
/// What a form may need beside the file.
const MOST_BESIDE: usize = 64 << 10;
/// The most fields of a form.
const MOST_FIELDS: usize = 20;

/// A form with a file, for the document.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document alone")]
pub(crate) struct FileFormBody {
    /// The file, at most 50 MiB.
    #[schema(value_type = String, format = Binary)]
    file: FileBody,
}

/// A form with a file in its field `file`, and texts in others.
#[derive(Debug)]
pub(crate) struct FileForm {
    /// What the client calls the file.
    pub(crate) name: String,
    /// The file.
    pub(crate) bytes: Bytes,
    fields: Vec<(String, String)>,
    /// SHA-256 of the whole form.
    pub(crate) hash: [u8; 32],
}

impl FileForm {
    /// The text of a field; an empty one counts as none.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let named = self.fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, text)| text.trim()).filter(|text| !text.is_empty())
    }
}

impl FromRequest<App> for FileForm {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let Ok(context) = Context::from_request_parts(&mut parts, app).await;
        let kind =
            parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(kind).map_err(|_| {
            Error::UnsupportedMedia(
                "The body must be multipart/form-data, with the file in its field `file`.".into(),
            )
        })?;
        let body = Bytes::from(read(&context, body, MOST_FILE + MOST_BESIDE).await?);
        let hash = Sha256::digest(&body).into();
        let whole = stream::once(async move { Ok::<_, std::convert::Infallible>(body) });
        let mut form = multer::Multipart::new(whole, boundary);
        let (mut file, mut fields) = (None, Vec::new());
        while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            let file_name = field.file_name().map(ToOwned::to_owned);
            if name.eq_ignore_ascii_case("file") {
                if file.is_some() {
                    return Err(Error::invalid("file", Check::TWICE).into());
                }
                let bytes = field.bytes().await.map_err(|error| broken(&error))?;
                file = Some((file_name.unwrap_or_else(|| "file".to_owned()), bytes));
            } else {
                fields.push((name, field.text().await.map_err(|error| broken(&error))?));
            }
            if fields.len() > MOST_FIELDS {
                return Err(Error::invalid("", format!("has more than {MOST_FIELDS} fields")).into());
            }
        }
        let (name, bytes) = file.ok_or_else(|| Error::invalid("file", Check::REQUIRED))?;
        if bytes.len() > MOST_FILE {
            return Err(Error::TooLarge(MOST_FILE).into());
        }
        if let Some((name, _)) = fields.iter().find(|(_, text)| text.contains('\0')) {
            return Err(Error::invalid(name.replace('\0', "?"), "must not have U+0000").into());
        }
        Ok(Self { name: plain(&name), bytes, fields, hash })
    }
}

fn broken(error: &multer::Error) -> Error {
    Error::invalid("", format!("is no sound form: {error}"))
}

/// A file's name without folders and what no name has.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let kept: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if kept.trim().is_empty() { "file".to_owned() } else { kept }
}
