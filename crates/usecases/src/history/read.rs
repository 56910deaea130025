use base::{Id, Page, Result};
use database::{Scope, Tx, list::ListQuery};
use keys::ApiKey;
use records::{
    api_call_days::{self, ApiCallDayRow},
    api_calls::{self, ApiCallRow},
    api_keys::many,
    external_ids,
};

use super::History;
use crate::{Allowed, access::ReadApiKeys, organizations};

/// The name by which both lists are narrowed to a key.
pub const KEY: &str = "apiKeyId";

/// What a key did, with the key's name of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<T> {
    /// What it did.
    pub record: T,
    /// The key's name.
    pub key_name: String,
}

/// One page of the organization's calls.
pub async fn calls(
    history: &History,
    caller: &Allowed<ReadApiKeys>,
    query: ListQuery,
) -> Result<Page<Named<ApiCallRow>>> {
    page(history, caller, query, api_calls::list, |call| call.key).await
}

/// One page of the days of the organization's keys.
pub async fn days(
    history: &History,
    caller: &Allowed<ReadApiKeys>,
    query: ListQuery,
) -> Result<Page<Named<ApiCallDayRow>>> {
    page(history, caller, query, api_call_days::list, |day| day.key).await
}

/// Reads a page of the history, and the rest from the shop: on SQLite they
/// are two files.
async fn page<T: Send + 'static>(
    history: &History,
    caller: &Allowed<ReadApiKeys>,
    query: ListQuery,
    list: fn(&mut Tx<'_>, &ListQuery) -> Result<Page<T>>,
    key: fn(&T) -> Id<ApiKey>,
) -> Result<Page<Named<T>>> {
    let scope = Scope::Organization(caller.organization);
    let understand = move |tx: &mut Tx<'_>| {
        organizations::require_professional(tx)?;
        with_ids(tx, query.clone())
    };
    let query = history.shop().read(scope, understand).await?;
    let page = history.database().read(scope, move |tx| list(tx, &query)).await?;
    let keys: Vec<_> = page.items.iter().map(key).collect();
    let names = history.shop().read(scope, move |tx| many::names(tx, &keys)).await?;
    Ok(page.map(|record| {
        let key_name = names.get(&key(&record)).cloned().unwrap_or_default();
        Named { record, key_name }
    }))
}

/// The query with ids in the place of other names of keys. A name that is
/// nobody's stays, and finds nothing.
fn with_ids(tx: &mut Tx<'_>, mut query: ListQuery) -> Result<ListQuery> {
    for (_, values) in query.filters.iter_mut().filter(|(name, _)| name == KEY) {
        for value in values {
            if let Some(id) = external_ids::resolve::<ApiKey>(tx, value)? {
                *value = id.to_string();
            }
        }
    }
    Ok(query)
}
