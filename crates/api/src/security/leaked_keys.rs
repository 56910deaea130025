use axum::{Json, extract::State, http::HeaderMap};
use base::{Error, FieldError, Line, Result, hex};
use database::{Priority, Scope};
use gate::{Credential, Denied};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use usecases::{
    Caller,
    api_keys::{self, Leak},
    reporters::Reporters,
};
use utoipa::ToSchema;

use crate::{
    App,
    door::{Anyone, Check, Context, Failure, FailureBody, Raw},
};

const NAME: &str = "github-public-key-identifier";
const SIGNATURE: &str = "github-public-key-signature";

/// The most that is reported at once.
const MOST: usize = 1000;

/// A text that was found where others can read it.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct FoundIn {
    /// The text.
    token: String,
    /// What the finder calls such texts.
    #[serde(rename = "type")]
    kind: String,
    /// The address of the place where it was found.
    url: Option<String>,
    /// What kind of place it is, such as `content` or `commit`.
    source: Option<String>,
}

/// The report: at most 1,000 entries.
#[derive(Debug, ToSchema)]
#[schema(example = json!([{ "token": "swg_live_yourApiKey", "type": "swage_api_key",
                            "url": "https://github.com/octocat/Hello-World/blob/main/foo.txt", "source": "content" }]))]
#[expect(dead_code, reason = "the form of a body that is read once its signature has been verified")]
pub(super) struct Report(Vec<FoundIn>);

/// What such a text is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JudgedOut {
    /// The SHA-256 of the text, in hexadecimal.
    token_hash: String,
    /// What the finder calls such texts, as it was sent.
    token_type: String,
    /// `true_positive` if it is a secret of a key, which is now suspended; else `false_positive`.
    label: &'static str,
}

/// Takes a report of keys that were found in public
///
/// In the form of GitHub's secret-scanning partner programme. A key whose text
/// is reported is suspended, and the administrators of its organization are
/// mailed. The report is signed: without the signature of a reporter whose
/// public key is at the address that the operator configured, nothing is
/// looked at. Reporting again changes nothing more. Where no address is
/// configured there is no such operation.
#[utoipa::path(
    post, path = "/security/v1/leaked-keys", tag = "Security", operation_id = "postSecurityLeakedKeys",
    params(
        ("Github-Public-Key-Identifier" = Option<String>, Header, description = "By which of its keys the reporter has signed; required"),
        ("Github-Public-Key-Signature" = Option<String>, Header, description = "ECDSA on P-256 with SHA-256 over the bytes of the body: DER in Base64; required"),
    ),
    request_body(content = Report),
    // In the place of a credential.
    extensions(("x-swage-signed" = json!(true))),
    responses(
        (status = 200, description = "What each text is, in their order", body = Vec<JudgedOut>),
        (status = 404, description = "Nobody may report here",
         content((FailureBody = "application/json"), (FailureBody = "application/problem+json"))),
    ),
)]
pub(super) async fn post_security_leaked_keys(
    _: Anyone<true>,
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    Raw(body): Raw,
) -> Result<Json<Vec<JudgedOut>>, Failure> {
    let Some(reporters) = &app.settings.reporters else {
        return Err(Error::NotFound("This server takes no reports of leaked keys.".into()).into());
    };
    require_signature(&app, reporters, &headers, &body).await?;
    let mut judged = Vec::new();
    for found in read(&body)? {
        let is_key = suspend(&app, &context, &found).await?;
        judged.push(JudgedOut {
            token_hash: hex::encode(&Sha256::digest(&found.token)),
            token_type: found.kind,
            label: if is_key { "true_positive" } else { "false_positive" },
        });
    }
    app.gate.catch_up().await?;
    Ok(Json(judged))
}

async fn require_signature(app: &App, reporters: &Reporters, headers: &HeaderMap, body: &[u8]) -> Result<()> {
    let only = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty());
        value.filter(|_| values.next().is_none()).map(ToOwned::to_owned)
    };
    let mut check = Check::default();
    let name = check.required("Github-Public-Key-Identifier", only(NAME), Ok::<_, Error>);
    let signature = check.required("Github-Public-Key-Signature", only(SIGNATURE), Ok::<_, Error>);
    let (name, signature) = check.finish(name.zip(signature))?;
    if reporters.has_signed(&name, body, &signature, app.clock.now()).await? {
        return Ok(());
    }
    Err(Error::Forbidden("The report is not signed by anybody who may report.".into()))
}

fn read(body: &[u8]) -> Result<Vec<FoundIn>> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let mut track = serde_path_to_error::Track::new();
    let found = Vec::<FoundIn>::deserialize(serde_path_to_error::Deserializer::new(&mut reader, &mut track))
        .and_then(|found| reader.end().map(|()| found))
        .map_err(|error| {
            let path = track.path().to_string();
            Error::Invalid(vec![FieldError::new(if path == "." { String::new() } else { path }, error)])
        })?;
    match found.len() {
        0..=MOST => Ok(found),
        _ => Err(Error::invalid("", format!("must not have more than {MOST} entries"))),
    }
}

/// Suspends the key that a text is a secret of, if it is one.
async fn suspend(app: &App, context: &Context, found: &FoundIn) -> Result<bool> {
    let holder = app.gate.informed(Credential::Key(&found.token), || app.gate.holder(&found.token)).await;
    let key = match holder {
        Ok(key) => key,
        // This node cannot tell.
        Err(Denied::Behind) => return Err(Denied::Behind.into()),
        Err(_) => return Ok(false),
    };
    let organization = key.policy.organization;
    let caller = Caller {
        request_id: Some(context.request_id().to_owned()),
        ..Caller::system(organization, "leakedKeys")
    };
    let (id, caller, leak) = (key.id, caller.allow()?, leak(found));
    let work = move |tx: &mut database::Tx<'_>| api_keys::suspend_leaked(tx, &caller, id, &leak);
    app.database.write_as(Priority::Security, Scope::Organization(organization), work).await?;
    Ok(true)
}

/// What is told of the place. What cannot be told in a line is left out: the
/// key is suspended all the same.
fn leak(found: &FoundIn) -> Leak {
    let line = |text: &Option<String>| {
        let masked = text.as_ref()?.replace(&found.token, "…");
        Line::<2000>::new(&masked).ok().map(|line| line.to_string())
    };
    Leak { url: line(&found.url), source: line(&found.source) }
}
