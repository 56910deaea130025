use std::{net::IpAddr, sync::Arc};

use base::{Clock, Id, Result, Timestamp};
use keys::{Customer, KeyRequest, Peppers, Permission, Permissions, Refusal, TokenKeys, decide};

use crate::{
    KeyRecord, KeySource, LimitState, LiveKeys, OverLimit, follow::Following, prove::Proved, record::Use,
};

/// The secrets under which the gate checks.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// For the secrets of keys.
    pub peppers: Peppers,
    /// For bearer tokens.
    pub tokens: TokenKeys,
}

/// The authority: who may come in.
pub struct Gate {
    pub(crate) live: LiveKeys,
    secrets: Secrets,
    pub(crate) clock: Clock,
    pub(crate) following: Following,
}

/// What a caller shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential<'a> {
    /// A key.
    Key(&'a str),
    /// A bearer token that was exchanged for a key.
    Token(&'a str),
}

/// A key that was let in.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The key.
    pub key: Arc<KeyRecord>,
    /// Which of its secrets was shown.
    pub slot: u8,
    /// What it may do: less than its key, if a token was narrowed.
    pub permissions: Permissions,
    /// The customer it acts for.
    pub customer: Option<Id<Customer>>,
    /// Whether the key or its token names that customer, and not the request alone.
    pub pinned: bool,
    /// What it has left of its limit; `None` where it has none.
    pub limit: Option<LimitState>,
}

/// Why nobody was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The masked form of a key was used for the key.
    Masked,
    /// The gate does not know what has changed of late, so it lets nobody in.
    Behind,
    /// Not a live key with its secret, nor a token of one.
    Unknown,
    /// The token's hour is over.
    TokenExpired,
    /// The token was revoked, or its key has changed or gone since it was made.
    TokenEnded,
    /// The key has another name than the one given.
    WrongName,
    /// The key is known, but refused.
    Refused(Refusal),
    /// The key has used up its limit.
    OverLimit(OverLimit),
    /// The exchange asks for scopes that the key does not have.
    BeyondScope,
    /// The token was made for another service to take.
    WrongAudience,
    /// The exchange asks for a JWT where none are made, or for a key that is
    /// limited to projects: who checks it alone would not know of the limit.
    NoJwt,
}

impl Verified {
    /// The first moment at which the secret that was shown is over, if it is
    /// one that its key had before.
    pub fn secret_ends(&self) -> Option<Timestamp> {
        self.key.former(self.slot).map(|former| former.ends)
    }
}

impl Denied {
    /// A word for metrics and the history; never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Masked => "masked",
            Self::Behind => "behind",
            Self::Unknown => "unknown",
            Self::TokenExpired => "tokenExpired",
            Self::TokenEnded => "tokenEnded",
            Self::WrongName => "wrongName",
            Self::Refused(refusal) => refusal.code(),
            Self::OverLimit(_) => "overLimit",
            Self::BeyondScope => "beyondScope",
            Self::WrongAudience => "wrongAudience",
            Self::NoJwt => "noJwt",
        }
    }
}

impl Gate {
    /// Takes in every key of `source`. [`follow`](Self::follow) then keeps it
    /// true; without that it lets nobody in once [`BOUND`](crate::BOUND) is over.
    pub async fn open(secrets: Secrets, source: Arc<dyn KeySource>, clock: Clock) -> Result<Arc<Self>> {
        let following = Following::new(source, clock.clone());
        let gate = Arc::new(Self { live: LiveKeys::new(clock.clone()), secrets, clock, following });
        gate.following.load(&gate.live).await?;
        gate.catch_up().await?;
        Ok(gate)
    }

    /// The live keys.
    pub fn live(&self) -> &LiveKeys {
        &self.live
    }

    /// The secrets under which it checks.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Whether the caller may come in, and do what `needs` names if it names
    /// something. Counts against the key's limit.
    pub fn verify(
        &self,
        credential: Credential<'_>,
        address: Option<IpAddr>,
        customer: Option<Id<Customer>>,
        needs: Option<Permission>,
    ) -> Result<Verified, Denied> {
        let now = self.clock.now();
        let Proved { key, slot, pin, claims, jwt } = self.prove(credential, now)?;
        if jwt.is_some_and(|jwt| !self.is_for_us(&jwt)) {
            return Err(Denied::WrongAudience);
        }
        let check_address = matches!(credential, Credential::Key(_));
        let scope = claims.and_then(|claims| claims.scope);
        let request = KeyRequest { now, address, check_address, customer, scope, needs };
        let customer =
            decide(&key.policy, key.validity, key.suspended, pin, &request).map_err(Denied::Refused)?;
        let limit = match &key.limiter {
            Some(limiter) => Some(limiter.take().map_err(Denied::OverLimit)?),
            None => None,
        };
        self.live.note_use(&key, slot, Use { at: now, address });
        let permissions = key.policy.permissions_within(scope);
        Ok(Verified { key, slot, permissions, customer, pinned: pin.is_some(), limit })
    }

    /// What is no key is refused before this, and costs no look at the clock.
    pub(crate) fn in_touch(&self) -> Result<(), Denied> {
        if self.is_behind() { Err(Denied::Behind) } else { Ok(()) }
    }
}
