//! The demo organization: one key of each type, who may sign in, and a catalogue.

pub mod catalogue;

use base::{Clock, Error, Id, Line, Organization, Random, Result};
use keys::{Customer, Environment, KeyType};
use serde::{Deserialize, Serialize};
use usecases::{
    Caller,
    api_keys::{self, Essentials, Minted, NewKey},
    customers::{self, NewCustomer},
    organizations::{self, Administrator, Founding, Subscription},
    passwords,
};

use crate::{Store, public_id, usual_scopes};

const ORGANIZATION: &str = "Demo Hose & Fittings";
const ADMIN: &str = "admin@demo.example";
const CUSTOMER: &str = "Acme Hydraulics";
const CUSTOMER_DOMAIN: &str = "acme.example";

/// What opens the demo organization. The system shows it once, so the demo keeps it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    /// The organization.
    pub organization_id: Id<Organization>,
    /// The eight letters it is called by.
    pub public_organization_id: String,
    /// Who may sign in.
    pub admin: Login,
    /// A key of each type.
    pub keys: Keys,
    /// The example catalogue, once all of it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<Filled>,
}

/// Which example catalogue there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// How large it is: `tiny`, `s`, `m`, `l` or `xl`.
    pub scale: String,
    /// What it was made from.
    pub seed: u64,
}

/// Who may sign in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Login {
    /// The address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
}

/// A key of each type.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Keys {
    /// May do everything.
    pub admin: Key,
    /// May do everything but decide who else may come in.
    pub full_access: Key,
    /// May see what full access sees.
    pub read_only: Key,
    /// May do what the demo customer may.
    pub customer: Key,
}

/// A key.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// Its name, part of the token exchange.
    pub name: String,
    /// Its whole text.
    pub api_key: String,
    /// The customer it is pinned to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Id<Customer>>,
}

/// Makes the demo organization in one transaction. `keep` is given its
/// credentials before that, so that none is ever made that nobody can open.
pub async fn make(
    store: &Store,
    environment: Environment,
    clock: &Clock,
    random: &mut Random,
    keep: impl FnOnce(&Credentials, &mut Random) -> Result<()>,
) -> Result<Credentials> {
    let password = passwords::generate(random);
    let founding = Founding {
        id: Id::new(clock.now(), random),
        public_id: public_id(random),
        name: line(ORGANIZATION)?,
        subscription: Subscription::Enterprise,
        administrator: Administrator {
            email: line(ADMIN)?,
            password_hash: passwords::hash(&password, random)?,
        },
    };
    let customer = NewCustomer {
        id: Id::new(clock.now(), random),
        name: line(CUSTOMER)?,
        domain: Some(line(CUSTOMER_DOMAIN)?),
    };
    let peppers = store.secrets.for_gate()?.peppers;
    let mut planned = Vec::new();
    let mut plan = |key_type: KeyType, customer: Option<Id<Customer>>| {
        let (text, minted) = Minted::draw(&peppers, environment, false, clock.now(), random)?;
        let new = new_key(key_type, customer)?;
        let name = new.essentials.name.to_string();
        planned.push((minted, new));
        Ok::<_, Error>(Key { name, api_key: text.expose().to_string(), customer_id: customer })
    };
    let credentials = Credentials {
        organization_id: founding.id,
        public_organization_id: founding.public_id.clone(),
        keys: Keys {
            admin: plan(KeyType::Admin, None)?,
            full_access: plan(KeyType::FullAccess, None)?,
            read_only: plan(KeyType::ReadOnly, None)?,
            customer: plan(KeyType::Customer, Some(customer.id))?,
        },
        admin: Login { email: ADMIN.into(), password: password.to_string() },
        catalogue: None,
    };
    keep(&credentials, random)?;
    store_all(store, founding, customer, planned).await?;
    Ok(credentials)
}

async fn store_all(
    store: &Store,
    founding: Founding,
    customer: NewCustomer,
    keys: Vec<(Minted, NewKey)>,
) -> Result<()> {
    let by = Caller::system(founding.id, "demo");
    let (may_add, may_make) = (by.clone().allow()?, by.clone().allow()?);
    let scope = founding.scope();
    let unit = move |tx: &mut database::Tx<'_>| {
        organizations::found(tx, &by, &founding)?;
        customers::create(tx, &may_add, &customer)?;
        keys.iter().try_for_each(|(minted, new)| api_keys::create(tx, &may_make, minted, new).map(drop))
    };
    store.database.write(scope, unit).await
}

fn new_key(key_type: KeyType, customer: Option<Id<Customer>>) -> Result<NewKey> {
    let name = line(&format!("Demo {key_type} key"))?;
    Ok(NewKey {
        customer: customer.map(|customer| customer.to_string()),
        ..NewKey::new(Essentials { name, scopes: usual_scopes(key_type), key_type })
    })
}

fn line<const MAX: usize>(text: &str) -> Result<Line<MAX>> {
    Line::new(text).map_err(|error| Error::internal(text, error))
}
