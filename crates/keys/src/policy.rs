use std::{collections::BTreeSet, fmt, num::NonZeroU32, str::FromStr};

use base::Id;

use crate::{
    Access, AddressList, Organization, Permission, Permissions, Project, Resource as R, Role, Scopes,
};

/// The type of a key: the most it may do, whatever its role and scopes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// Everything.
    Admin,
    /// Everything but keys, roles, users, the subscription, the audit record and webhooks.
    FullAccess,
    /// What full access sees.
    ReadOnly,
    /// What a customer of the organization may do.
    Customer,
}

impl KeyType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::Admin, Self::FullAccess, Self::ReadOnly, Self::Customer];

    /// As the API has it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::FullAccess => "full-access",
            Self::ReadOnly => "read-only",
            Self::Customer => "customer",
        }
    }

    /// The most a key of this type may do.
    pub fn ceiling(self) -> Permissions {
        match self {
            Self::Admin => Permissions::all(),
            Self::FullAccess => Permissions::all() - Permissions::of(BEYOND_FULL_ACCESS),
            Self::ReadOnly => Self::FullAccess.ceiling().reads(),
            Self::Customer => customer_ceiling(),
        }
    }

    /// What a key of this type with this role and these scopes may do.
    pub fn permits(self, role: Permissions, scopes: Scopes) -> Permissions {
        self.ceiling() & role & scopes.permissions()
    }
}

/// What decides who else may come in. The audit record is among them since it
/// tells what befell the others, and so do webhooks.
const BEYOND_FULL_ACCESS: &[R] = &[R::ApiKey, R::Audit, R::Role, R::Subscription, R::User, R::Webhook];

impl Permission {
    /// Whether it is about the organization as a whole, of which no project has
    /// a part: never a caller's who is limited to projects.
    pub fn is_beyond_projects(self) -> bool {
        let written =
            matches!(self.access, Access::Write) && matches!(self.resource, R::Organization | R::Project);
        written || self.resource == R::Webhook || BEYOND_FULL_ACCESS.contains(&self.resource)
    }
}

/// Seeing the catalogue; designing and ordering of one's own. No costs, no
/// other customers, no stock.
fn customer_ceiling() -> Permissions {
    let seen = [
        R::Adaptor,
        R::Brand,
        R::Component,
        R::CrimpFitting,
        R::Ferrule,
        R::Gender,
        R::Hose,
        R::Image,
        R::Item,
        R::OtherItem,
        R::Shape,
        R::Size,
        R::Style,
        R::Wrap,
    ];
    let seen: Permissions = seen.into_iter().map(Permission::read).collect();
    seen | Permissions::of(&[R::HoseAssembly, R::HoseKit, R::SalesEstimate])
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for KeyType {
    type Err = NotAKeyType;

    /// Reads `full-access` and `fullAccess`, in any case.
    fn from_str(text: &str) -> Result<Self, NotAKeyType> {
        let text = text.trim();
        let named = |kind: &Self| {
            text.eq_ignore_ascii_case(kind.word()) || text.eq_ignore_ascii_case(&kind.word().replace('-', ""))
        };
        Self::ALL.into_iter().find(named).ok_or(NotAKeyType)
    }
}

/// The text names no type of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAKeyType;

impl fmt::Display for NotAKeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be one of admin, full-access, read-only, customer")
    }
}

impl std::error::Error for NotAKeyType {}

/// The roles every organization has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SystemRole {
    /// Runs the organization.
    Admin,
    /// Works in it.
    Regular,
    /// Buys from it.
    Customer,
}

impl SystemRole {
    /// Every system role.
    pub const ALL: [Self; 3] = [Self::Admin, Self::Regular, Self::Customer];

    /// As the API has it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Regular => "regular",
            Self::Customer => "customer",
        }
    }

    /// What its holders may do in a new organization.
    pub fn permissions(self) -> Permissions {
        match self {
            Self::Admin => Permissions::all(),
            Self::Regular => {
                let barred = Permissions::of(&[R::ApiKey, R::Audit, R::Role, R::Subscription, R::Webhook]);
                let seen_only = [R::Organization, R::User].map(Permission::write).into_iter().collect();
                Permissions::all() - barred - seen_only
            }
            Self::Customer => customer_ceiling(),
        }
    }
}

/// At most so many requests in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RateLimit {
    /// How many requests.
    pub requests: NonZeroU32,
    /// In how many seconds.
    pub seconds: NonZeroU32,
}

/// What a key may do, apart from what is its own alone: many keys share one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Whose the key is.
    pub organization: Id<Organization>,
    /// The type of the key.
    pub key_type: KeyType,
    /// The role whose permissions bound the key's.
    pub role: Id<Role>,
    /// The scopes as they were asked for.
    pub scopes: Scopes,
    /// What the key may do: [`KeyType::permits`].
    pub permissions: Permissions,
    /// From where; empty is from anywhere.
    pub addresses: AddressList,
    /// In which projects; empty is in all.
    pub projects: BTreeSet<Id<Project>>,
    /// How often; `None` is without limit.
    pub rate_limit: Option<RateLimit>,
}

impl Policy {
    /// What a key may do, or a token of it that was narrowed to `scope`.
    pub fn permissions_within(&self, scope: Option<Permissions>) -> Permissions {
        scope.map_or(self.permissions, |scope| self.permissions & scope)
    }

    /// What a token may do that asks for these scopes alone. `None` if they are
    /// beyond the key's own, name a permission the key does not have, or come
    /// to nothing.
    pub fn narrowed_to(&self, asked: Scopes) -> Option<Permissions> {
        let narrowed = asked.permissions();
        let is_within = narrowed.is_subset(self.scopes.permissions())
            && asked.named().is_subset(self.permissions)
            && !(narrowed & self.permissions).is_empty();
        is_within.then_some(narrowed)
    }

    /// Whether the key may act in `project`.
    pub fn covers(&self, project: Id<Project>) -> bool {
        self.projects.is_empty() || self.projects.contains(&project)
    }
}

#[cfg(test)]
mod tests;
