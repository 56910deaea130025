use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use base::Error;
use gate::Credential;
use keys::{Access, BasicClient, Permission};
use usecases::{Allowed, Needs};

use super::{
    Context, Door, Failure, May,
    caller::{API_KEY, allow, client_address, not_valid, with_key},
};
use crate::App;

/// Like [`May`], for the operations of OAuth 2.0: the caller may also come as a
/// client, with a key in HTTP Basic.
pub(crate) struct MayAsClient<N>(pub(crate) Allowed<N>);

impl<N: Needs> Door for MayAsClient<N> {
    const NEEDS: Option<Permission> = N::PERMISSION;
    const PUBLIC: bool = false;
    const WRITES: bool = matches!(N::PERMISSION, Some(Permission { access: Access::Write, .. }));
}

impl<N: Needs> FromRequestParts<App> for MayAsClient<N> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
        let shown = values.next().and_then(|value| BasicClient::read(value.to_str().ok()?));
        match shown.filter(|_| values.next().is_none() && !parts.headers.contains_key(API_KEY)) {
            None => May::from_request_parts(parts, app).await.map(|May(caller)| Self(caller)),
            Some(read) => {
                let client = read.map_err(|_| Failure::from(not_valid()).with_basic())?;
                as_client(parts, app, &client).await.map(Self).map_err(Failure::with_basic)
            }
        }
    }
}

async fn as_client<N: Needs>(
    parts: &mut Parts,
    app: &App,
    client: &BasicClient,
) -> Result<Allowed<N>, Failure> {
    let Ok(context) = Context::from_request_parts(parts, app).await;
    let key = Credential::Key(&client.secret);
    let prove = || app.gate.prove_key(&client.secret, &client.id);
    app.gate.informed(key, prove).await.map_err(Error::from)?;
    let address = client_address(parts, app);
    let (caller, _) = with_key(app, &context, key, address, &parts.headers).await?;
    context.called_by(caller.subject);
    Ok(allow(app, caller).await?)
}
