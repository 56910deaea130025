use std::collections::HashSet;

use base::{EmailAddress, Line, Result};
use serde::{Deserialize, Serialize};
use usecases::{
    passwords,
    users::{Account, Invitation, MOST_INVITED},
};
use utoipa::ToSchema;

use super::account::UserOut;
use crate::door::{Check, Input};

/// People to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "emailAddresses": [
    { "email": "ann@shop.example", "name": "Ann Hopper", "role": "admin" },
    { "email": "bob@shop.example", "password": "Crimp-4-all" },
] }))]
pub(super) struct UsersInviteIn {
    /// Who; 1 to 50 people, all of whom are invited or none.
    #[schema(required = true, nullable = false, min_items = 1, max_items = 50)]
    email_addresses: Option<Vec<InvitedIn>>,
}

impl Input for UsersInviteIn {}

/// A person to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InvitedIn {
    /// The address to sign in with; no user of the organization may have it yet.
    #[schema(required = true, nullable = false)]
    email: Option<String>,
    /// The first password: at least 8 characters with upper and lower case letters, a digit and a
    /// special character, or at least 20 of any kind. Without one a link to set it is mailed.
    password: Option<String>,
    /// The name to greet by, at most 100 characters; else the address.
    #[schema(max_length = 100)]
    name: Option<String>,
    /// The name, `_id` or number of a role; else `regular`. It may not permit more than the caller may do.
    role: Option<String>,
    /// The customer that a customer user belongs to.
    customer_id: Option<String>,
}

/// Invitations whose passwords are to be hashed yet.
pub(super) struct Checked {
    invitations: Vec<Invitation>,
    passwords: Vec<Option<String>>,
}

impl UsersInviteIn {
    pub(super) fn checked(self) -> Result<Checked> {
        let mut check = Check::default();
        let people = check.required("emailAddresses", self.email_addresses, |people| match people.len() {
            1..=MOST_INVITED => Ok(people),
            _ => Err(format!("must have 1 to {MOST_INVITED} entries")),
        });
        let mut seen = HashSet::new();
        let (mut invitations, mut passwords) = (Vec::new(), Vec::new());
        for (n, person) in people.into_iter().flatten().enumerate() {
            let path = |field: &str| format!("emailAddresses[{n}].{field}");
            let once = |text: String| {
                let email = EmailAddress::new(&text)?;
                if seen.insert(email.normalized()) { Ok(email) } else { Err("is given twice".to_owned()) }
            };
            let email = check.required(&path("email"), person.email, once);
            let name = check.optional(&path("name"), person.name, |text| Line::new(&text));
            let password = check
                .optional(&path("password"), person.password, |text| passwords::check(&text).map(|()| text));
            passwords.push(password);
            invitations.extend(email.map(|email| Invitation {
                email,
                name,
                role: person.role,
                customer: person.customer_id,
                password_hash: None,
            }));
        }
        check.finish(Some(Checked { invitations, passwords }))
    }
}

impl Checked {
    /// The passwords that are given, in order.
    pub(super) fn passwords(&self) -> Vec<String> {
        self.passwords.iter().flatten().cloned().collect()
    }

    /// The invitations with these hashes of their passwords.
    pub(super) fn with_hashes(mut self, hashes: Vec<String>) -> Vec<Invitation> {
        let mut hashes = hashes.into_iter();
        for (invitation, password) in self.invitations.iter_mut().zip(&self.passwords) {
            invitation.password_hash = password.as_ref().and_then(|_| hashes.next());
        }
        self.invitations
    }
}

/// The people who were invited.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UsersInvited {
    /// Each as a user, in the order they were given.
    items: Vec<UserOut>,
    /// How many there are.
    total: usize,
}

impl UsersInvited {
    pub(super) fn new(accounts: Vec<Account>) -> Self {
        let total = accounts.len();
        Self { items: accounts.into_iter().map(UserOut::new).collect(), total }
    }
}
