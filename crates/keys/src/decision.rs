use std::{fmt, net::IpAddr};

use base::{Id, Timestamp};

use crate::{Customer, KeyState, Permission, Permissions, Policy, Validity};

/// One use of a key whose secret, or whose token, has been proved.
#[derive(Debug, Clone, Copy)]
pub struct KeyRequest {
    /// When.
    pub now: Timestamp,
    /// From where; `None` if that is unknown.
    pub address: Option<IpAddr>,
    /// Whether the approved addresses matter: at a token's exchange and with
    /// the key itself, not with a token.
    pub check_address: bool,
    /// For which customer, if one was named.
    pub customer: Option<Id<Customer>>,
    /// What the token was narrowed to; `None` is all its key may do.
    pub scope: Option<Permissions>,
    /// What the operation asks for; `None` if any key will do.
    pub needs: Option<Permission>,
}

/// Why a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Someone has suspended it.
    Suspended,
    /// Its start lies ahead.
    NotStarted,
    /// Its end has passed.
    Expired,
    /// It was used from an address that is not approved, or from an unknown one.
    WrongAddress,
    /// It is pinned to another customer.
    WrongCustomer,
    /// It lacks this permission.
    MissingScope(Permission),
}

impl Refusal {
    /// A word for programs and the history; never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::NotStarted => "notStarted",
            Self::Expired => "expired",
            Self::WrongAddress => "wrongAddress",
            Self::WrongCustomer => "wrongCustomer",
            Self::MissingScope(_) => "missingScope",
        }
    }
}

/// A sentence for the history.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Suspended => "The key is suspended.",
            Self::NotStarted => "The key is not valid yet.",
            Self::Expired => "The key has expired.",
            Self::WrongAddress => "The key was used from an address that is not approved for it.",
            Self::WrongCustomer => "The key is pinned to another customer.",
            Self::MissingScope(needed) => return write!(f, "The key lacks the scope {needed}."),
        })
    }
}

impl std::error::Error for Refusal {}

/// Whether a key may do what `request` asks, and for which customer it then
/// acts. The first reason in the order state, address, customer, permission
/// refuses.
pub fn decide(
    policy: &Policy,
    validity: Validity,
    suspended: bool,
    pin: Option<Id<Customer>>,
    request: &KeyRequest,
) -> Result<Option<Id<Customer>>, Refusal> {
    match KeyState::of(validity, suspended, request.now) {
        KeyState::Active => {}
        KeyState::NotStarted => return Err(Refusal::NotStarted),
        KeyState::Expired => return Err(Refusal::Expired),
        KeyState::Suspended | KeyState::Revoked => return Err(Refusal::Suspended),
    }
    if request.check_address && !policy.addresses.allows(request.address) {
        return Err(Refusal::WrongAddress);
    }
    let customer = match (pin, request.customer) {
        (Some(pin), Some(named)) if pin != named => return Err(Refusal::WrongCustomer),
        (pin, named) => pin.or(named),
    };
    match request.needs {
        Some(needed) if !policy.permissions_within(request.scope).contains(needed) => {
            Err(Refusal::MissingScope(needed))
        }
        _ => Ok(customer),
    }
}

#[cfg(test)]
mod tests;
