//! Keys exchanged for bearer tokens, and what a credential stands for.

use std::{net::IpAddr, sync::Arc};

use base::Id;
use keys::{Claims, Customer, KeyRequest, Permissions, Scopes, TOKEN_LIFETIME, TokenId, decide};
use zeroize::Zeroizing;

use crate::{Credential, Denied, Gate, KeyRecord, Verified, gate::Proved};

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
        let claims = Claims {
            id: wanted.id,
            key: verified.key.id,
            slot: verified.slot,
            epoch: verified.key.epoch,
            generation: self.following.generation(),
            customer: verified.customer,
            scope,
            expires: self.clock.now().plus(TOKEN_LIFETIME),
        };
        Ok(Issued { text: self.secrets().tokens.mint(&claims), claims, verified })
    }

    /// What a credential stands for, if it would be let in now: for who asks
    /// about it and does not come with it. Neither counts against the key's
    /// limit nor looks at the approved addresses.
    pub fn inspect(&self, credential: Credential<'_>) -> Result<Inspected, Denied> {
        let now = self.clock.now();
        let Proved { key, pin, claims, .. } = self.prove(credential, now)?;
        let scope = claims.and_then(|claims| claims.scope);
        let request =
            KeyRequest { now, address: None, check_address: false, customer: None, scope, needs: None };
        let customer =
            decide(&key.policy, key.validity, key.suspended, pin, &request).map_err(Denied::Refused)?;
        let permissions = key.policy.permissions_within(scope);
        Ok(Inspected { key, claims, permissions, customer })
    }
}
