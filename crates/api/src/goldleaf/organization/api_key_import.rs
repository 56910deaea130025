use std::collections::HashMap;

use axum::extract::State;
use base::{Error, FieldError, Result};
use database::{Priority, Scope};
use keys::{HashedText, TextHash};
use serde::{Deserialize, Serialize};
use usecases::{
    access::WriteApiKeys,
    api_keys::{self, ForeignKey, MOST_IMPORTED, NewKey},
    idempotency::Answer,
};
use utoipa::ToSchema;

use super::api_key_in::{HashIn, ImportedKeyIn};
use crate::{
    App,
    door::{Body, Check, Failure, Input, May, Reply, Writing},
};

/// Keys that another system made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "keys": [{
    "name": "Warehouse", "scopes": "read", "keyType": "read-only", "prefix": "sk_live_9f",
    "hash": {
        "algorithm": "sha256",
        "value": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    },
}] }))]
pub(super) struct ImportIn {
    /// The keys, 1 to 100. All are taken in, or none.
    #[schema(required = true, nullable = false, min_items = 1, max_items = 100)]
    keys: Option<Vec<ImportedKeyIn>>,
    /// Whether to look only, and take in none; usually not.
    dry_run: Option<bool>,
}

impl Input for ImportIn {
    const STRICT: bool = true;
}

/// What was taken in, or would be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImportOut {
    /// Whether this was only a look.
    dry_run: bool,
    /// How many keys.
    total: usize,
    /// The keys, in the order they were given.
    items: Vec<ImportedOut>,
}

/// A key that was taken in, or would be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ImportedOut {
    /// Its id; null in a look.
    #[serde(rename = "_id")]
    id: Option<String>,
    /// Its label.
    name: String,
    /// Its masked form.
    api_key: String,
}

/// Imports keys that another system made
///
/// A hash of each text is enough: it works from then on, as a key that was made
/// here does. What is stored cannot be used without the secrets file. A text
/// has 8 to 512 visible ASCII characters. With `dryRun` the keys are only
/// looked at, and answered with 200. An operation of Swage; GoldLeaf has none
/// like it.
#[utoipa::path(
    post, path = "/api/v1/organization/apikeys/import", tag = "Organization",
    operation_id = "postOrganizationApiKeysImport",
    params(("wait" = Option<String>, Query, description = "`all`: the answer comes once every node feels it")),
    request_body = ImportIn,
    responses(
        (status = 201, description = "The keys that were taken in", body = ImportOut),
        (status = 200, description = "The keys that would be", body = ImportOut),
    ),
)]
pub(super) async fn post_organization_api_keys_import(
    May(caller): May<WriteApiKeys>,
    State(app): State<App>,
    writing: Writing,
    body: Body<ImportIn>,
) -> Result<Reply, Failure> {
    let dry_run = body.value.dry_run.unwrap_or(false);
    let given = body.value.checked()?;
    let peppers = &app.gate.secrets().peppers;
    let now = app.clock.now();
    let keys = app.random(|random| {
        let draw = |(new, text, prefix): (_, HashedText, String)| {
            ForeignKey::draw(new, &text, &prefix, peppers, now, random)
        };
        given.into_iter().map(draw).collect::<Result<Vec<_>>>()
    })?;
    if dry_run {
        let scope = Scope::Organization(caller.organization);
        let look = move |tx: &mut database::Tx<'_>| {
            api_keys::import(tx, &caller, &keys, true)?;
            let items = keys.iter().map(|key| ImportedOut {
                id: None,
                name: key.name().to_owned(),
                api_key: key.masked().to_owned(),
            });
            answer(200, true, items.collect())
        };
        return Ok(Reply(app.database.read(scope, look).await?));
    }
    let reply = app
        .write_keys(Priority::Ordinary, caller, writing, body.hash, move |tx, caller| {
            let made = api_keys::import(tx, caller, &keys, false)?.into_iter();
            let items = made.map(|key| ImportedOut {
                id: Some(key.id.to_string()),
                name: key.name,
                api_key: key.masked,
            });
            answer(201, false, items.collect())
        })
        .await?;
    Ok(reply)
}

fn answer(status: u16, dry_run: bool, items: Vec<ImportedOut>) -> Result<Answer> {
    Answer::new(status, &ImportOut { dry_run, total: items.len(), items })
}

impl ImportIn {
    fn checked(self) -> Result<Vec<(NewKey, HashedText, String)>> {
        let keys = self.keys.ok_or_else(|| Error::invalid("keys", Check::REQUIRED))?;
        if !(1..=MOST_IMPORTED).contains(&keys.len()) {
            return Err(Error::invalid("keys", format!("must have 1 to {MOST_IMPORTED} entries")));
        }
        let (mut right, mut wrong) = (Vec::with_capacity(keys.len()), Vec::new());
        let mut first = HashMap::new();
        for (n, key) in keys.into_iter().enumerate() {
            match key.imported().map_err(|error| error.within(&format!("keys[{n}]"))) {
                Ok(key) => {
                    let before = *first.entry(key.1.clone()).or_insert(n);
                    if before < n {
                        let message = format!("is that of keys[{before}] too");
                        wrong.push(FieldError::new(format!("keys[{n}].hash.value"), message));
                    }
                    right.push(key);
                }
                Err(Error::Invalid(fields)) => wrong.extend(fields),
                Err(other) => return Err(other),
            }
        }
        if wrong.is_empty() { Ok(right) } else { Err(Error::Invalid(wrong)) }
    }
}

impl ImportedKeyIn {
    fn imported(mut self) -> Result<(NewKey, HashedText, String)> {
        let mut check = Check::default();
        let hash = self.hash.take();
        if hash.is_none() {
            check.wrong("hash", Check::REQUIRED);
        }
        let hash = hash.and_then(|hash| hash.checked(&mut check));
        let prefix = check.optional("prefix", self.prefix.take(), beginning).unwrap_or_default();
        let new = match self.checked() {
            Ok(new) => Some(new),
            Err(Error::Invalid(fields)) => {
                for field in fields {
                    check.wrong(field.path, field.message);
                }
                None
            }
            Err(other) => return Err(other),
        };
        check.finish(new.zip(hash).map(|(new, hash)| (new, hash, prefix)))
    }
}

impl HashIn {
    fn checked(self, check: &mut Check) -> Option<HashedText> {
        let hash: Option<TextHash> = check.required("hash.algorithm", self.algorithm, |word| word.parse());
        let text = |value: String| hash.map(|hash| HashedText::parse(hash, &value)).transpose();
        check.required("hash.value", self.value, text).flatten()
    }
}

/// How a text begins. What begins as our own credentials do is never looked
/// for among the imported ones.
fn beginning(text: String) -> Result<String, &'static str> {
    let is_plain = (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    let is_ours = ["swg_", "swt_", "sws_"].into_iter().any(|own| text.starts_with(own));
    match (is_plain, is_ours) {
        (false, _) => Err("must be 1 to 32 visible ASCII characters"),
        (true, true) => Err("must not begin as a credential of Swage does"),
        (true, false) => Ok(text),
    }
}
