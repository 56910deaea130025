use std::time::{Duration, SystemTime};

use axum::http::{HeaderName, HeaderValue};
use base::Timestamp;
use gate::Verified;

use super::Context;
use crate::App;

/// RFC 8594.
const SUNSET: HeaderName = HeaderName::from_static("sunset");
const KEY_WARNING: HeaderName = HeaderName::from_static("swage-key-warning");

/// Tells whoever shows a key that it, or the secret that was shown, will soon
/// be over.
pub(crate) fn warn_of_end(app: &App, context: &Context, shown: &Verified) {
    let former = shown.secret_ends().map(|at| ("formerSecret", at));
    let soon = |at: &Timestamp| *at <= app.clock.now().plus(app.settings.key_warning);
    let expires = shown.key.validity.expires().filter(soon).map(|at| ("expires", at));
    let reasons = || former.into_iter().chain(expires);
    let Some(sunset) = reasons().map(|(_, at)| at).min() else { return };
    let words: Vec<_> = reasons().map(|(word, at)| format!("{word};ends=\"{at}\"")).collect();
    for (name, value) in [(SUNSET, http_date(sunset)), (KEY_WARNING, words.join(", "))] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            context.send(name, value);
        }
    }
}

fn http_date(at: Timestamp) -> String {
    let seconds = u64::try_from(at.as_seconds()).unwrap_or_default();
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}
