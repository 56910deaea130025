use std::convert::Infallible;

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, header},
};
use base::{Error, Result};
use futures_util::stream;
use sha2::{Digest, Sha256};

use super::{Context, Failure, body};
use crate::App;

/// What stands around a file in a form.
const AROUND: usize = 64 * 1024;

/// A file of at most `MOST` bytes: the body itself, or the field `file` of a
/// form. What the client calls it is not looked at.
pub(crate) struct Upload<const MOST: usize> {
    pub(crate) bytes: Vec<u8>,
    /// SHA-256 of them.
    pub(crate) hash: [u8; 32],
}

impl<const MOST: usize> FromRequest<App> for Upload<MOST> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let Ok(context) = Context::from_request_parts(&mut parts, app).await;
        let bytes = match boundary(&parts.headers)? {
            None => body::read(&context, body, MOST).await?,
            Some(boundary) => {
                let form = body::read(&context, body, MOST + AROUND).await?;
                file_of(form, boundary).await?
            }
        };
        if bytes.is_empty() {
            return Err(Error::invalid("file", "is required").into());
        }
        if bytes.len() > MOST {
            return Err(Error::TooLarge(MOST).into());
        }
        Ok(Self { hash: Sha256::digest(&bytes).into(), bytes })
    }
}

/// The boundary between the fields of a form; `None` where the body is the file.
fn boundary(headers: &HeaderMap) -> Result<Option<String>> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let media_type = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match media_type.as_str() {
        "multipart/form-data" => match multer::parse_boundary(kind) {
            Ok(boundary) => Ok(Some(boundary)),
            Err(_) => Err(Error::invalid("Content-Type", "must name the boundary of the form")),
        },
        "application/json" | "application/x-www-form-urlencoded" => Err(Error::UnsupportedMedia(
            "The body must be the file itself, or multipart/form-data with the file in `file`.".into(),
        )),
        _ => Ok(None),
    }
}

async fn file_of(form: Vec<u8>, boundary: String) -> Result<Vec<u8>> {
    let broken = |_| Error::invalid("", "is no form of fields between boundaries");
    let mut fields = multer::Multipart::new(stream::iter([Ok::<_, Infallible>(form)]), boundary);
    while let Some(field) = fields.next_field().await.map_err(broken)? {
        if field.name() == Some("file") {
            return Ok(field.bytes().await.map_err(broken)?.to_vec());
        }
    }
    Err(Error::invalid("file", "is required"))
}
