//! The rules of API keys: what a key looks like, how its secret is compared,
//! from which addresses, when and for what it may be used. Values in, decisions
//! out; no I/O, no clock.

mod address;
mod base62;
mod client;
mod decision;
mod forwarded;
mod imported;
mod jwt;
mod mac;
mod permission;
mod policy;
#[doc(hidden)]
pub mod replay;
mod reporter;
mod resource;
mod scope;
mod text;
mod token;
mod validity;

pub use base::Organization;

pub use address::{AddressList, MAX_ADDRESSES, Network, NotANetwork};
pub use client::{BasicClient, NotBasic};
pub use decision::{KeyRequest, Refusal, decide};
pub use forwarded::{ForwardedHeader, MAX_HOPS, TrustedProxies};
pub use imported::{HashedText, NotAHash, NotATextHash, TextHash, may_be_imported};
pub use jwt::{Jwt, JwtKey, JwtKeys, PublicKey};
pub use mac::{MacKey, NotAKeySet, Peppers, SecretMac};
pub use permission::{Access, NotAPermission, Permission, Permissions};
pub use policy::{KeyType, NotAKeyType, Policy, RateLimit, SystemRole};
pub use reporter::{NotAReporterKey, ReporterKey};
pub use resource::Resource;
pub use scope::{NotScopes, Scopes};
pub use text::{Environment, KeyText, NotAKey, NotAnEnvironment};
pub use token::{Claims, NotAToken, TOKEN_LIFETIME, TokenId, TokenKeys};
pub use validity::{KeyState, StartsTooLate, Validity};

base::kinds! {
    /// A key with which a program calls.
    ApiKey => "API key",
    /// A call by a key.
    ApiCall => "API call",
    /// Someone the organization sells to.
    Customer => "customer",
    /// A named set of permissions.
    Role => "role",
    /// A part of an organization a key may be limited to.
    Project => "project",
    /// A person who signs in.
    User => "user",
}
