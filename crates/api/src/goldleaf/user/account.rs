use base::{EmailAddress, Line, Result, Timestamp};
use serde::{Deserialize, Serialize};
use usecases::{
    idempotency::Answer,
    users::{Account, AccountChange},
};
use utoipa::ToSchema;

use crate::{
    door::{Check, Input},
    listed,
};

/// A change of a user. What is absent or null stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = UserUpdateIn, example = json!({
    "name": "Ann Hopper", "email": "ann@shop.example", "role": "admin",
}))]
pub(super) struct UserUpdateIn {
    /// The name to greet by; 1 to 100 characters.
    #[schema(max_length = 100)]
    name: Option<String>,
    /// The address to sign in with; no other user of the organization may have it.
    email: Option<String>,
    /// The name, `_id` or number of a role, in the place of all the user has.
    /// It may not permit more than the caller may do.
    role: Option<String>,
    /// The revision that was read; another one by now is answered with 409.
    rev: Option<i64>,
}

impl Input for UserUpdateIn {}

impl UserUpdateIn {
    /// `rev` is the revision the request's header names, which must not differ from the body's.
    pub(super) fn checked(self, rev: Option<i64>) -> Result<AccountChange> {
        let mut check = Check::default();
        let name = check.optional("name", self.name, |text| Line::new(&text));
        let email = check.optional("email", self.email, |text| EmailAddress::new(&text));
        if rev.is_some() && self.rev.is_some() && rev != self.rev {
            check.wrong("rev", "is another one than If-Match names");
        }
        check.finish(Some(AccountChange { name, email, role: self.role, rev: rev.or(self.rev) }))
    }
}

/// A user as it is answered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(super) struct UserOut {
    /// Its id.
    #[serde(rename = "_id")]
    id: String,
    /// The address to sign in with.
    email: String,
    /// The name to greet by.
    name: String,
    /// The names of the user's roles: `admin`, `regular`, `customer`, or the organization's own.
    roles: Vec<String>,
    /// `active`, `invited` (has neither set nor used a password yet) or `suspended`.
    state: String,
    /// The customer a customer user belongs to.
    customer_id: Option<String>,
    /// When the person first set or used a password.
    #[schema(format = DateTime)]
    confirmed: Option<String>,
    /// When the last invitation was sent.
    #[schema(format = DateTime)]
    invited: Option<String>,
    /// When it was made.
    #[schema(format = DateTime)]
    created: String,
    /// By whom: `user:ID`, `key:ID` or `system:WORD`.
    created_by: String,
    /// When it was last changed.
    #[schema(format = DateTime)]
    last_modified: String,
    /// By whom.
    last_modified_by: String,
    /// Whether it was deleted.
    deleted: bool,
    /// When it was deleted.
    #[schema(format = DateTime)]
    deleted_date: Option<String>,
    /// By whom.
    deleted_by: Option<String>,
    /// Rises by one with every change.
    rev: i64,
}

impl UserOut {
    pub(super) fn new(account: Account) -> Self {
        let text = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
        Self {
            id: account.id.to_string(),
            email: account.email,
            name: account.name,
            roles: account.roles,
            state: account.state.to_string(),
            customer_id: account.customer.map(|customer| customer.to_string()),
            confirmed: text(account.confirmed),
            invited: text(account.invited),
            created: account.stamp.created.to_string(),
            created_by: account.stamp.created_by,
            last_modified: account.stamp.last_modified.to_string(),
            last_modified_by: account.stamp.last_modified_by,
            deleted: account.deleted.is_some(),
            deleted_date: text(account.deleted),
            deleted_by: account.deleted_by,
            rev: account.stamp.rev,
        }
    }
}

/// The user as it is now.
pub(super) fn answer(account: Account) -> Result<Answer> {
    let (id, rev) = (account.id, account.stamp.rev);
    Ok(Answer::new(200, &UserOut::new(account))?.about(id, rev))
}

listed! {
    /// One page of users.
    UserList as UserList of UserOut
}

impl From<Account> for UserOut {
    fn from(account: Account) -> Self {
        Self::new(account)
    }
}
