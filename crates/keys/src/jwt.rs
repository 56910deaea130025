use std::{fmt, time::Duration};

use base::{Id, Timestamp};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use ring::signature::{self, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    Claims, Customer, MacKey, NotAToken, Organization, Permissions, TokenId,
    mac::{NotAKeySet, sorted},
};

/// Longer texts are no tokens of ours.
const LONGEST: usize = 8192;

/// What the clock of another node may be ahead.
const LEEWAY: Duration = Duration::from_mins(1);

/// A bearer token in the form that others can check without asking: a JWT
/// signed with Ed25519, as RFC 9068 has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwt {
    /// What every token says. Its scope is always told.
    pub claims: Claims,
    /// Whose the key is.
    pub organization: Id<Organization>,
    /// For whom the token is.
    pub audience: String,
    /// When it was made, to the second.
    pub issued: Timestamp,
}

/// The keys under which JWTs are signed, newest last, and what all JWTs made here say.
pub struct JwtKeys {
    issuer: String,
    lifetime: Duration,
    keys: Vec<SigningKey>,
}

/// A secret key with which JWTs are signed.
#[derive(Debug, Clone)]
pub struct JwtKey {
    /// The seed of RFC 8032, and its version.
    pub seed: MacKey,
    /// From when it signs; until then it is published, and what it signs on
    /// another node is taken. `None` is at once.
    pub signs_from: Option<Timestamp>,
}

struct SigningKey {
    /// The thumbprint of RFC 7638.
    id: String,
    pair: Ed25519KeyPair,
    signs_from: Option<Timestamp>,
    /// The first part of every token it signs, with the dot.
    header: String,
}

/// The public half of a signing key, in the letters of a JWK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// By what a token names it.
    pub id: String,
    /// The key itself: `x` of RFC 8037.
    pub x: String,
}

/// The claims by their names in the token.
#[derive(Debug, Serialize, Deserialize)]
struct Wire {
    iss: String,
    sub: String,
    aud: String,
    client_id: Id<crate::ApiKey>,
    iat: i64,
    nbf: i64,
    exp: i64,
    jti: String,
    scope: String,
    organization: Id<Organization>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<Id<Customer>>,
    /// What ends the token here before its time.
    key_slot: u8,
    key_epoch: u32,
    store_generation: u32,
}

impl JwtKeys {
    /// Refuses an empty set and two of one version. `issuer` is in every token,
    /// and no other's is taken; `lifetime` is for new ones.
    pub fn new(
        issuer: String,
        lifetime: Duration,
        keys: impl IntoIterator<Item = JwtKey>,
    ) -> Result<Self, NotAKeySet> {
        let keys = sorted(keys, |key| key.seed.version)?.iter().map(SigningKey::new).collect();
        Ok(Self { issuer, lifetime, keys })
    }

    /// Who makes the tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// How long a new token is good for.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// The public halves, oldest first.
    pub fn public(&self) -> impl Iterator<Item = PublicKey> {
        self.keys.iter().map(|key| PublicKey { id: key.id.clone(), x: key.x() })
    }

    /// Whether a text begins as the tokens made here do.
    pub fn is_ours(&self, text: &str) -> bool {
        self.key_of(text).is_some()
    }

    /// The text of a token, signed with the newest key that signs when it is issued.
    ///
    /// # Panics
    /// Never: the claims are texts and numbers.
    pub fn mint(&self, jwt: &Jwt) -> Zeroizing<String> {
        let key = self.signing(jwt.issued);
        let payload = serde_json::to_vec(&Wire::new(&self.issuer, jwt)).expect("texts and numbers are JSON");
        let mut text = Zeroizing::new(String::with_capacity(LONGEST));
        text.push_str(&key.header);
        BASE64.encode_string(payload, &mut text);
        let signature = key.pair.sign(text.as_bytes());
        text.push('.');
        BASE64.encode_string(signature.as_ref(), &mut text);
        text
    }

    /// What a token says, if it was signed with a key of ours, for the issuer
    /// that we are, and not in the future. Whether it is over, and for whom it
    /// is, is for the caller to see.
    pub fn check(&self, text: &str, now: Timestamp) -> Result<Jwt, NotAToken> {
        // The header is compared and never read: it decides nothing.
        let key = self.key_of(text).ok_or(NotAToken::Foreign)?;
        if text.len() > LONGEST {
            return Err(NotAToken::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(NotAToken::Malformed)?;
        let payload = signed.get(key.header.len()..).ok_or(NotAToken::Malformed)?;
        let signature = BASE64.decode(signature).map_err(|_| NotAToken::Malformed)?;
        let public = UnparsedPublicKey::new(&signature::ED25519, key.pair.public_key());
        public.verify(signed.as_bytes(), &signature).map_err(|_| NotAToken::Forged)?;
        let payload = BASE64.decode(payload).map_err(|_| NotAToken::Malformed)?;
        let wire: Wire = serde_json::from_slice(&payload).map_err(|_| NotAToken::Malformed)?;
        if wire.iss != self.issuer {
            return Err(NotAToken::OtherIssuer);
        }
        let starts = wire.iat.max(wire.nbf);
        let jwt = wire.read()?;
        if starts > now.plus(LEEWAY).as_seconds() { Err(NotAToken::Malformed) } else { Ok(jwt) }
    }

    /// The newest key whose time has come, else the oldest.
    fn signing(&self, now: Timestamp) -> &SigningKey {
        let has_begun = |key: &&SigningKey| key.signs_from.is_none_or(|from| from <= now);
        self.keys.iter().rfind(has_begun).unwrap_or(&self.keys[0])
    }

    fn key_of(&self, text: &str) -> Option<&SigningKey> {
        self.keys.iter().find(|key| text.starts_with(&key.header))
    }
}

impl SigningKey {
    fn new(key: &JwtKey) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&key.seed.key).expect("a seed has 32 bytes");
        let x = BASE64.encode(pair.public_key());
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let id = BASE64.encode(Sha256::digest(canonical));
        let header = format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{id}"}}"#);
        Self { header: format!("{}.", BASE64.encode(header)), id, pair, signs_from: key.signs_from }
    }

    fn x(&self) -> String {
        BASE64.encode(self.pair.public_key())
    }
}

impl Wire {
    fn new(issuer: &str, jwt: &Jwt) -> Self {
        let Jwt { claims, organization, audience, issued } = jwt;
        Self {
            iss: issuer.to_owned(),
            sub: format!("key:{}", claims.key),
            aud: audience.clone(),
            client_id: claims.key,
            iat: issued.as_seconds(),
            nbf: issued.as_seconds(),
            exp: claims.expires.as_seconds(),
            jti: claims.id.to_string(),
            scope: claims.scope.unwrap_or(Permissions::all()).to_oauth(),
            organization: *organization,
            customer: claims.customer,
            key_slot: claims.slot,
            key_epoch: claims.epoch,
            store_generation: claims.generation,
        }
    }

    fn read(self) -> Result<Jwt, NotAToken> {
        let seconds = |seconds: i64| seconds.checked_mul(1000).map(Timestamp::from_millis);
        // A permission that another version knows is not one here.
        let scope = self.scope.split(' ').filter_map(|word| word.parse().ok()).collect();
        let claims = Claims {
            id: self.jti.parse::<TokenId>()?,
            key: self.client_id,
            slot: self.key_slot,
            epoch: self.key_epoch,
            generation: self.store_generation,
            customer: self.customer,
            scope: Some(scope),
            expires: seconds(self.exp).ok_or(NotAToken::Malformed)?,
        };
        let issued = seconds(self.iat).ok_or(NotAToken::Malformed)?;
        Ok(Jwt { claims, organization: self.organization, audience: self.aud, issued })
    }
}

impl fmt::Debug for JwtKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

#[cfg(test)]
mod tests;
