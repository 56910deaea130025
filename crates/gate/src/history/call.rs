use std::{borrow::Cow, net::IpAddr, sync::Arc};

use base::{Id, Organization, Timestamp};
use keys::{ApiCall, ApiKey, Customer};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeTuple};

/// An operation, as calls of it are noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Its id in the API document.
    pub operation: String,
    /// The method.
    pub method: String,
    /// The path, with the names of its parameters in the place of their values.
    pub path: String,
}

/// A call by a key: never the key's text, a token or a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Its id; later ones of a process sort after earlier ones.
    pub id: Id<ApiCall>,
    /// When it came.
    pub at: Timestamp,
    /// Whose key; `None` as long as only the key's id is known.
    pub organization: Option<Id<Organization>>,
    /// The key.
    pub key: Id<ApiKey>,
    /// The customer it acted for.
    pub customer: Option<Id<Customer>>,
    /// What was called.
    pub route: Arc<Route>,
    /// The status of the answer.
    pub status: u16,
    /// `letIn`, or why the gate refused.
    pub outcome: Cow<'static, str>,
    /// How long it took, in microseconds.
    pub micros: u32,
    /// The client's address; `None` if that is unknown.
    pub address: Option<IpAddr>,
    /// The size of the request's body.
    pub request_bytes: u64,
    /// The size of the answer's body.
    pub response_bytes: u64,
    /// The id of the request.
    pub request_id: Box<str>,
}

/// Calls with what is no key of anybody's, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folded {
    /// The first moment of their minute.
    pub minute: Timestamp,
    /// Why the gate refused them.
    pub outcome: Cow<'static, str>,
    /// How many they were.
    pub calls: u64,
}

/// What is written down at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// One call.
    Call(Call),
    /// Many, counted.
    Folded(Folded),
}

impl Entry {
    /// How many calls it stands for.
    pub fn calls(&self) -> u64 {
        match self {
            Self::Call(_) => 1,
            Self::Folded(folded) => folded.calls,
        }
    }
}

/// In the order of the columns of `api_call`.
type Columns = (
    Option<Id<Organization>>,
    Id<ApiCall>,
    i64,
    Id<ApiKey>,
    Option<Id<Customer>>,
    String,
    String,
    String,
    u16,
    String,
    u32,
    Option<IpAddr>,
    u64,
    u64,
    Box<str>,
);

/// An array, in the order of the columns of `api_call`.
impl Serialize for Call {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_tuple(15)?;
        row.serialize_element(&self.organization)?;
        row.serialize_element(&self.id)?;
        row.serialize_element(&self.at.as_millis())?;
        row.serialize_element(&self.key)?;
        row.serialize_element(&self.customer)?;
        row.serialize_element(&self.route.operation)?;
        row.serialize_element(&self.route.method)?;
        row.serialize_element(&self.route.path)?;
        row.serialize_element(&self.status)?;
        row.serialize_element(&self.outcome)?;
        row.serialize_element(&self.micros)?;
        row.serialize_element(&self.address)?;
        row.serialize_element(&self.request_bytes)?;
        row.serialize_element(&self.response_bytes)?;
        row.serialize_element(&self.request_id)?;
        row.end()
    }
}

impl<'de> Deserialize<'de> for Call {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let row = Columns::deserialize(deserializer)?;
        Ok(Self {
            organization: row.0,
            id: row.1,
            at: Timestamp::from_millis(row.2),
            key: row.3,
            customer: row.4,
            route: Arc::new(Route { operation: row.5, method: row.6, path: row.7 }),
            status: row.8,
            outcome: row.9.into(),
            micros: row.10,
            address: row.11,
            request_bytes: row.12,
            response_bytes: row.13,
            request_id: row.14,
        })
    }
}
