//! The keys of the database, as the gate follows them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    future::{Future, pending},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use base::{Error, Id, Organization, Result};
use database::{Database, Scope, Tx};
use gate::{Answer, Change, Changes, KeySource, LiveKey, NotedUse, Use, name_hash};
use keys::{
    AddressList, ApiKey, KeyType, Network, Permissions, Policy, Project, RateLimit, Role, Scopes, TokenId,
    Validity,
};
use records::{
    api_keys::{
        self, ApiKeyRow,
        addresses::{self, AddressRow},
        secrets::{self, SecretRow},
    },
    key_changes, nodes, projects, revoked_tokens, roles, store,
};
use tokio::sync::{Mutex, mpsc, watch};

use crate::{api_keys::secret, nodes::Nodes};

/// The most changes taken in at once.
const BATCH: u32 = 1000;

/// What the gate was told later than this is of no use to it.
const DEADLINE: Duration = Duration::from_secs(2);

/// The keys in a database.
pub struct DatabaseKeys {
    database: Database,
    /// Changes of keys wait for nothing else.
    reserved: Database,
    bell: Mutex<watch::Receiver<()>>,
    node: Option<Arc<Nodes>>,
}

impl DatabaseKeys {
    /// Those of this database.
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.clone(),
            reserved: database.reserved(DEADLINE),
            bell: Mutex::new(database.listen()),
            node: None,
        }
    }

    /// The same, for a gate whose node the others wait for.
    #[must_use]
    pub fn of_node(self, node: Arc<Nodes>) -> Self {
        Self { node: Some(node), ..self }
    }
}

impl KeySource for DatabaseKeys {
    fn everything(&self, keys: mpsc::Sender<LiveKey>) -> Answer<'_, (u64, u32)> {
        Box::pin(async move {
            let patient = self.database.patient();
            // The place first: what changes meanwhile is then told again.
            let place = patient
                .read(Scope::System, |tx| Ok((key_changes::last(tx)?, store::generation(tx)?)))
                .await?;
            for organization in patient.read(Scope::System, api_keys::live_organizations).await? {
                let keys = keys.clone();
                patient.read(Scope::System, move |tx| send_all(tx, organization, &keys)).await?;
            }
            Ok(place)
        })
    }

    fn changes(&self, after: u64) -> Answer<'_, Changes> {
        Box::pin(async move {
            let told = self.reserved.read(Scope::System, move |tx| {
                let forgotten = after < store::forgotten_changes(tx)?;
                Ok((key_changes::after(tx, after, BATCH)?, store::generation(tx)?, forgotten))
            });
            let (rows, generation, forgotten) = told.await?;
            if forgotten {
                return Ok(Changes { upto: after, generation, changes: Vec::new(), more: false, forgotten });
            }
            let upto = rows.last().map_or(after, |row| row.seq);
            let more = rows.len() >= BATCH as usize;
            let mut touched: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
            for row in rows {
                touched.entry(row.organization).or_default().insert(row.key);
            }
            let mut changes = Vec::new();
            for (organization, keys) in touched {
                let scope = Scope::Organization(organization);
                let look = move |tx: &mut Tx<'_>| keys.iter().map(|key| change(tx, *key)).collect();
                changes.extend::<Vec<_>>(self.reserved.read(scope, look).await?);
            }
            Ok(Changes { upto, generation, changes, more, forgotten })
        })
    }

    fn reached(&self, generation: u32, place: u64) -> Answer<'_, ()> {
        Box::pin(async move {
            match &self.node {
                Some(node) => node.tell((generation, place)).await,
                None => Ok(()),
            }
        })
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let rung = self.bell.lock().await.changed().await;
            if rung.is_err() {
                pending::<()>().await;
            }
        })
    }
}

fn change(tx: &mut Tx<'_>, key: Id<ApiKey>) -> Result<Change> {
    let Some(row) = api_keys::find(tx, key)? else { return Ok(Change::Remove(key)) };
    let role = roles::permissions(tx, row.role)?;
    let secrets = secrets::of(tx, key)?;
    let addresses = addresses::of(tx, key)?;
    let projects = projects::of_key(tx, key)?;
    let revoked = revoked_tokens::of_key(tx, key)?;
    Ok(match live_key(&row, role, &secrets, &addresses, &projects, &revoked)? {
        Some(live) => Change::Put(Box::new(live)),
        None => Change::Remove(key),
    })
}

fn send_all(tx: &mut Tx<'_>, organization: Id<Organization>, keys: &mpsc::Sender<LiveKey>) -> Result<()> {
    let secrets = by_key(secrets::of_organization(tx, organization)?);
    let addresses = by_key(addresses::of_organization(tx, organization)?);
    let projects = by_key(projects::all_of_keys(tx, organization)?);
    let revoked = by_key(revoked_tokens::all(tx, organization)?);
    let permissions: HashMap<Id<Role>, Permissions> = roles::all_permissions(tx, organization)?;
    api_keys::for_each_live(tx, organization, |row| {
        let role = permissions.get(&row.role).copied().unwrap_or(Permissions::NONE);
        let (secrets, addresses) = (of_key(&secrets, row.id), of_key(&addresses, row.id));
        let (projects, revoked) = (of_key(&projects, row.id), of_key(&revoked, row.id));
        if let Some(live) = live_key(&row, role, secrets, addresses, projects, revoked)? {
            keys.blocking_send(live).map_err(|_| Error::Internal("nobody takes the keys in".into()))?;
        }
        Ok(())
    })
}

fn of_key<T>(rows: &HashMap<Id<ApiKey>, Vec<T>>, key: Id<ApiKey>) -> &[T] {
    rows.get(&key).map_or(&[], Vec::as_slice)
}

fn by_key<T>(rows: Vec<(Id<ApiKey>, T)>) -> HashMap<Id<ApiKey>, Vec<T>> {
    let mut grouped: HashMap<_, Vec<T>> = HashMap::new();
    for (key, row) in rows {
        grouped.entry(key).or_default().push(row);
    }
    grouped
}

/// `None` for a key without a secret, which no one can show.
fn live_key(
    row: &ApiKeyRow,
    role: Permissions,
    secrets: &[SecretRow],
    addresses: &[AddressRow],
    projects: &[Id<Project>],
    revoked: &[TokenId],
) -> Result<Option<LiveKey>> {
    let broken = |error: &dyn std::fmt::Display| Error::internal("a stored API key", error);
    let Some((secret, former)) = secret::of_live(secrets)? else { return Ok(None) };
    let key_type: KeyType = row.key_type.parse().map_err(|e| broken(&e))?;
    let scopes: Scopes = row.scopes.parse().map_err(|e| broken(&e))?;
    let addresses: AddressList = addresses
        .iter()
        .map(|row| row.network.parse::<Network>())
        .collect::<Result<_, _>>()
        .map_err(|e| broken(&e))?;
    let rate_limit = row.rate_limit.and_then(|(requests, seconds)| {
        Some(RateLimit { requests: requests.try_into().ok()?, seconds: seconds.try_into().ok()? })
    });
    let policy = Policy {
        organization: row.organization,
        key_type,
        role: row.role,
        scopes,
        permissions: key_type.permits(role, scopes),
        addresses,
        projects: projects.iter().copied().collect(),
        rate_limit,
    };
    let last_use = row.last_used.map(|at| Use {
        at,
        address: row.last_used_address.as_ref().and_then(|address| address.parse().ok()),
    });
    Ok(Some(LiveKey {
        id: row.id,
        name: name_hash(&row.name),
        secret,
        former,
        epoch: row.epoch,
        validity: Validity::new(row.starts, row.expires).map_err(|e| broken(&e))?,
        suspended: row.suspended,
        customer: row.customer,
        revoked: revoked.to_vec(),
        policy,
        last_use,
    }))
}

/// How long a change of a key is kept for nodes to read, at least.
const CHANGES_KEPT: Duration = Duration::from_hours(24);

/// Forgets changes of keys that every node has felt and that are old; some of
/// them at once, and answers whether there were any.
pub fn forget_changes(tx: &mut Tx<'_>) -> Result<bool> {
    let felt = nodes::least_place(tx)?.unwrap_or(u64::MAX);
    let before = tx.now().minus(CHANGES_KEPT);
    let forgotten = key_changes::forget(tx, before, felt, BATCH)?;
    if let Some(upto) = forgotten {
        store::set_forgotten_changes(tx, upto)?;
    }
    Ok(forgotten.is_some())
}

/// Stores when and from where keys were last used.
pub async fn store_uses(database: &Database, gate: &gate::Gate) -> Result<()> {
    let mut by_organization: HashMap<Id<Organization>, Vec<NotedUse>> = HashMap::new();
    for noted in gate.live().take_uses() {
        by_organization.entry(noted.key.policy.organization).or_default().push(noted);
    }
    for (organization, uses) in by_organization {
        // In pieces, so that no unit holds the writer for long.
        for piece in uses.chunks(500) {
            let piece = piece.to_vec();
            let write = move |tx: &mut Tx<'_>| piece.iter().try_for_each(|noted| store_use(tx, noted));
            database.write(Scope::Organization(organization), write).await?;
        }
    }
    Ok(())
}

fn store_use(tx: &mut Tx<'_>, noted: &NotedUse) -> Result<()> {
    let NotedUse { key, last, former } = noted;
    api_keys::note_use(tx, key.id, last.at, last.address.map(|address| address.to_string()))?;
    match former {
        Some((slot, at)) => secrets::note_use(tx, key.id, *slot, *at),
        None => Ok(()),
    }
}
