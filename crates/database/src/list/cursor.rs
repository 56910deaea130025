use base::hex;
use serde_json::{Value as Json, json};

use crate::Value;

/// Where a page ends, for the next one to begin behind it.
pub(super) fn cursor_text(value: &Value, id: &str) -> String {
    let value = match value {
        Value::Integer(n) => json!(n),
        Value::Text(text) => json!(text),
        Value::Null | Value::Bytes(_) => Json::Null,
    };
    hex::encode(json!([value, id]).to_string().as_bytes())
}

/// What [`cursor_text`] made.
pub(super) fn read_cursor(text: &str) -> Option<(Value, String)> {
    if text.len() > 8192 {
        return None;
    }
    let (value, id): (Json, String) = serde_json::from_slice(&hex::decode(text)?).ok()?;
    let value = match value {
        Json::Number(n) => Value::Integer(n.as_i64()?),
        Json::String(text) if !text.contains('\0') => Value::Text(text),
        _ => return None,
    };
    // PostgreSQL has no U+0000, in neither of them.
    (!id.contains('\0')).then_some((value, id))
}
