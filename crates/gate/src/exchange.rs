//! Keys exchanged for bearer tokens, and what a credential stands for.

use std::{net::IpAddr, sync::Arc, time::Duration};

use base::{Id, Timestamp};
use keys::{Claims, Customer, Jwt, KeyRequest, Permissions, Scopes, TOKEN_LIFETIME, TokenId, decide};
use zeroize::Zeroizing;

use crate::{Credential, Denied, Gate, KeyRecord, Verified, prove::Proved};

/// A key to be exchanged for a bearer token.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    /// The key.
    pub key: &'a str,
    /// Its name, or its id.
    pub name: &'a str,
    /// From where the exchange is asked for.
    pub address: Option<IpAddr>,
    /// The customer the token is to be pinned to.
    pub customer: Option<Id<Customer>>,
    /// What the token is to be narrowed to; `None` is all the key may do.
    pub scope: Option<Scopes>,
    /// For whom a JWT is to be; `None` is a token of the form that we alone can check.
    pub jwt_for: Option<&'a str>,
    /// The new token's id: random.
    pub id: TokenId,
}

/// A new bearer token.
#[derive(Debug)]
pub struct Issued {
    /// Its text.
    pub text: Zeroizing<String>,
    /// What it says.
    pub claims: Claims,
    /// When it was made.
    pub issued: Timestamp,
    /// The key it was exchanged for, with what the token may do.
    pub verified: Verified,
}

/// What a credential stands for.
#[derive(Debug)]
pub struct Inspected {
    /// The key.
    pub key: Arc<KeyRecord>,
    /// What the token says; `None` for a key itself.
    pub claims: Option<Claims>,
    /// The same whole, if it was a JWT.
    pub jwt: Option<Box<Jwt>>,
    /// What it may do.
    pub permissions: Permissions,
    /// The customer it is pinned to.
    pub customer: Option<Id<Customer>>,
}

impl Gate {
    /// Exchanges a key for a bearer token, which `verify` takes in its place.
    pub fn exchange(&self, wanted: &Exchange<'_>) -> Result<Issued, Denied> {
        self.prove_key(wanted.key, wanted.name)?;
        let key = Credential::Key(wanted.key);
        let mut verified = self.verify(key, wanted.address, wanted.customer, None)?;
        let policy = &verified.key.policy;
        let scope = match wanted.scope {
            Some(asked) => Some(policy.narrowed_to(asked).ok_or(Denied::BeyondScope)?),
            None => None,
        };
        verified.permissions = policy.permissions_within(scope);
        let now = self.clock.now();
        let mut claims = Claims {
            id: wanted.id,
            key: verified.key.id,
            slot: verified.slot,
            epoch: verified.key.epoch,
            generation: self.following.generation(),
            customer: verified.customer,
            scope,
            expires: now.plus(TOKEN_LIFETIME),
        };
        let tokens = &self.secrets().tokens;
        let text = match (wanted.jwt_for, tokens.jwt()) {
            (None, _) => tokens.mint(&claims),
            (Some(audience), Some(keys)) if policy.projects.is_empty() => {
                let jwt = offline(&verified, claims, audience, keys.lifetime(), now);
                claims = jwt.claims;
                keys.mint(&jwt)
            }
            (Some(_), _) => return Err(Denied::NoJwt),
        };
        Ok(Issued { text, claims, issued: now, verified })
    }

    /// What a credential stands for, if it would be let in now: for who asks
    /// about it and does not come with it. Neither counts against the key's
    /// limit nor looks at the approved addresses.
    pub fn inspect(&self, credential: Credential<'_>) -> Result<Inspected, Denied> {
        let now = self.clock.now();
        let Proved { key, pin, claims, jwt, .. } = self.prove(credential, now)?;
        let scope = claims.and_then(|claims| claims.scope);
        let request =
            KeyRequest { now, address: None, check_address: false, customer: None, scope, needs: None };
        let customer =
            decide(&key.policy, key.validity, key.suspended, pin, &request).map_err(Denied::Refused)?;
        let permissions = key.policy.permissions_within(scope);
        Ok(Inspected { key, claims, jwt, permissions, customer })
    }
}

/// The token as a JWT. Who checks it elsewhere knows nothing of the key but what
/// it says: so it says all the key may do, and is over when the key is.
fn offline(verified: &Verified, claims: Claims, audience: &str, lifetime: Duration, now: Timestamp) -> Jwt {
    let ends = [verified.key.validity.expires(), verified.secret_ends()];
    let expires = ends.into_iter().flatten().fold(now.plus(lifetime), Timestamp::min);
    Jwt {
        claims: Claims {
            scope: Some(verified.permissions),
            // Its times are whole seconds.
            expires: Timestamp::from_millis(expires.as_seconds() * 1000),
            ..claims
        },
        organization: verified.key.policy.organization,
        audience: audience.to_owned(),
        issued: now,
    }
}
