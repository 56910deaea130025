//! Who calls, and what proves that they may.

use std::{collections::BTreeSet, fmt, marker::PhantomData, net::IpAddr, ops::Deref};

use base::{Error, Id, Organization, Result};
use keys::{ApiKey, Customer, KeyType, Permission, Permissions, Project, Resource, User};

use crate::projects::Here;

/// Who calls.
#[derive(Debug, Clone)]
pub struct Caller {
    /// On whose behalf.
    pub organization: Id<Organization>,
    /// Who.
    pub subject: Subject,
    /// The name of the subject: of the key, of the user.
    pub name: String,
    /// What the caller may do.
    pub permissions: Permissions,
    /// The type of the key, where a key calls.
    pub key_type: Option<KeyType>,
    /// In which projects the caller may act; empty is in all.
    pub projects: BTreeSet<Id<Project>>,
    /// The customer the caller is, or acts for.
    pub customer: Option<Id<Customer>>,
    /// Whether this is a user whose only role is that of customers.
    pub only_buys: bool,
    /// The client's address; `None` if that is unknown.
    pub address: Option<IpAddr>,
    /// The request, where it is one.
    pub request_id: Option<String>,
}

/// A user, a key, or the system itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A person who signed in.
    User(Id<User>),
    /// A program with a key.
    Key(Id<ApiKey>),
    /// The command line, a job: the word says which.
    System(&'static str),
}

/// As the audit fields have it: `user:ID`, `key:ID` or `system:WORD`.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Key(id) => write!(f, "key:{id}"),
            Self::System(word) => write!(f, "system:{word}"),
        }
    }
}

impl Caller {
    /// The system itself, which may do everything in `organization`.
    pub fn system(organization: Id<Organization>, word: &'static str) -> Self {
        Self {
            organization,
            subject: Subject::System(word),
            name: word.to_owned(),
            permissions: Permissions::all(),
            key_type: None,
            projects: BTreeSet::new(),
            customer: None,
            only_buys: false,
            address: None,
            request_id: None,
        }
    }

    /// The proof that the caller may do what `N` asks for.
    pub fn allow<N: Needs>(self) -> Result<Allowed<N>> {
        match N::PERMISSION {
            Some(needed) if !self.permissions.contains(needed) => Err(self.lacks(needed)),
            Some(needed) if self.is_limited() && needed.is_beyond_projects() => {
                Err(Error::Forbidden(format!(
                    "This concerns the whole organization, but {} is limited to projects.",
                    self.subject_in_words()
                )))
            }
            _ => Ok(Allowed { caller: self, needs: PhantomData }),
        }
    }

    /// Refuses to give away more than the caller may do.
    pub(crate) fn forbid_more_than_own(&self, who: &str, permissions: Permissions) -> Result<()> {
        match self.lacking(permissions) {
            None => Ok(()),
            Some(more) => {
                Err(Error::Forbidden(format!("{who} would be allowed more than its maker: {more}.")))
            }
        }
    }

    /// Refuses to change somebody who may do more than the caller.
    pub(crate) fn forbid_over_stronger(&self, permissions: Permissions) -> Result<()> {
        match self.lacking(permissions) {
            None => Ok(()),
            Some(more) => Err(Error::Forbidden(format!(
                "The user may do what {} may not, and so is not theirs to change: {more}.",
                self.subject_in_words()
            ))),
        }
    }

    /// Those of the permissions that the caller does not have, in words.
    fn lacking(&self, permissions: Permissions) -> Option<String> {
        let lacking: Vec<_> =
            (permissions - self.permissions).iter().map(|permission| permission.to_string()).collect();
        (!lacking.is_empty()).then(|| lacking.join(", "))
    }

    /// The proof that the caller may do what `N` asks for in a project: there
    /// and everywhere, or by the role they have there. Then they are limited
    /// to the projects in which they may do as much.
    pub fn allow_in<N: Needs>(mut self, here: &Here) -> Result<Allowed<N>> {
        match N::PERMISSION {
            Some(needed) if !self.permissions.contains(needed) => {
                if !here.role.contains(needed) {
                    return Err(self.lacks(needed));
                }
                self.permissions = self.permissions | here.role;
                self.projects.clone_from(&here.reach);
            }
            _ => {}
        }
        Ok(Allowed { caller: self, needs: PhantomData })
    }

    /// Whether the caller buys from the organization.
    pub fn is_customer(&self) -> bool {
        self.customer.is_some() || self.key_type == Some(KeyType::Customer) || self.only_buys
    }

    /// Whether the caller may see what things cost: never a customer.
    pub fn shows_costs(&self) -> bool {
        !self.is_customer() && self.permissions.contains(Permission::read(Resource::Cost))
    }

    /// Whether the caller may act in some projects alone.
    pub fn is_limited(&self) -> bool {
        !self.projects.is_empty()
    }

    fn lacks(&self, needed: Permission) -> Error {
        let words =
            format!("This needs the permission {needed}, which {} does not have.", self.subject_in_words());
        Error::Forbidden(words)
    }

    fn subject_in_words(&self) -> String {
        match self.subject {
            Subject::User(_) => format!("the user {}", self.name),
            Subject::Key(_) => format!("the key {:?}", self.name),
            Subject::System(word) => format!("the system's {word}"),
        }
    }
}

/// What an operation asks of its caller. Each is a type, so that a use case
/// cannot be called without the proof it names.
pub trait Needs: Send + Sync + 'static {
    /// The permission, which also says whether the operation reads or writes;
    /// `None` where any known caller will do.
    const PERMISSION: Option<Permission>;
}

/// A caller who may do what `N` asks for.
#[derive(Debug)]
pub struct Allowed<N> {
    caller: Caller,
    needs: PhantomData<fn() -> N>,
}

impl<N> Clone for Allowed<N> {
    fn clone(&self) -> Self {
        Self { caller: self.caller.clone(), needs: PhantomData }
    }
}

impl<N> Deref for Allowed<N> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

macro_rules! needs {
    ($($(#[$meta:meta])* $name:ident = $permission:expr;)*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}
        impl Needs for $name {
            const PERMISSION: Option<Permission> = $permission;
        }
    )*};
}

needs! {
    /// Any caller who is known.
    AnyCaller = None;
    /// To see keys.
    ReadApiKeys = Some(Permission::read(Resource::ApiKey));
    /// To make, change and delete keys.
    WriteApiKeys = Some(Permission::write(Resource::ApiKey));
    /// To see who changed what.
    ReadAudit = Some(Permission::read(Resource::Audit));
    /// To see webhooks and what they were told.
    ReadWebhooks = Some(Permission::read(Resource::Webhook));
    /// To make, change, try and delete webhooks.
    WriteWebhooks = Some(Permission::write(Resource::Webhook));
    /// To see the organization and its settings.
    ReadOrganization = Some(Permission::read(Resource::Organization));
    /// To change the organization and its settings.
    WriteOrganization = Some(Permission::write(Resource::Organization));
    /// To see what the organization has subscribed to.
    ReadSubscription = Some(Permission::read(Resource::Subscription));
    /// To see pictures.
    ReadImages = Some(Permission::read(Resource::Image));
    /// To bring and remove pictures.
    WriteImages = Some(Permission::write(Resource::Image));
    /// To see the kinds of items.
    ReadItems = Some(Permission::read(Resource::Item));
    /// To see wraps.
    ReadWraps = Some(Permission::read(Resource::Wrap));
    /// To see shapes.
    ReadShapes = Some(Permission::read(Resource::Shape));
    /// To see sizes.
    ReadSizes = Some(Permission::read(Resource::Size));
    /// To see styles.
    ReadStyles = Some(Permission::read(Resource::Style));
    /// To see genders.
    ReadGenders = Some(Permission::read(Resource::Gender));
    /// To see roles.
    ReadRoles = Some(Permission::read(Resource::Role));
    /// To see users.
    ReadUsers = Some(Permission::read(Resource::User));
    /// To see projects.
    ReadProjects = Some(Permission::read(Resource::Project));
    /// To make and change projects.
    WriteProjects = Some(Permission::write(Resource::Project));
    /// To make, change and delete roles.
    WriteRoles = Some(Permission::write(Resource::Role));
    /// To make, change and delete users.
    WriteUsers = Some(Permission::write(Resource::User));
    /// To make, change and delete customers.
    WriteCustomers = Some(Permission::write(Resource::Customer));
    /// To see adaptors.
    ReadAdaptors = Some(Permission::read(Resource::Adaptor));
    /// To make, change and delete adaptors.
    WriteAdaptors = Some(Permission::write(Resource::Adaptor));
    /// To see brands.
    ReadBrands = Some(Permission::read(Resource::Brand));
    /// To make, change and delete brands.
    WriteBrands = Some(Permission::write(Resource::Brand));
    /// To see components.
    ReadComponents = Some(Permission::read(Resource::Component));
    /// To make, change and delete components.
    WriteComponents = Some(Permission::write(Resource::Component));
    /// To see crimp fittings.
    ReadCrimpFittings = Some(Permission::read(Resource::CrimpFitting));
    /// To make, change and delete crimp fittings.
    WriteCrimpFittings = Some(Permission::write(Resource::CrimpFitting));
    /// To see ferrules.
    ReadFerrules = Some(Permission::read(Resource::Ferrule));
    /// To make, change and delete ferrules.
    WriteFerrules = Some(Permission::write(Resource::Ferrule));
    /// To see hoses.
    ReadHoses = Some(Permission::read(Resource::Hose));
    /// To make, change and delete hoses.
    WriteHoses = Some(Permission::write(Resource::Hose));
    /// To make, change and delete items.
    WriteItems = Some(Permission::write(Resource::Item));
    /// To see other items.
    ReadOtherItems = Some(Permission::read(Resource::OtherItem));
    /// To make, change and delete other items.
    WriteOtherItems = Some(Permission::write(Resource::OtherItem));
    /// To make, change and delete wraps.
    WriteWraps = Some(Permission::write(Resource::Wrap));
}
