use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{KeyType, Network, Resource};

fn policy() -> Policy {
    let scopes = "hose:read".parse().unwrap();
    Policy {
        organization: Id::from_bytes([1; 12]),
        key_type: KeyType::Admin,
        role: Id::from_bytes([2; 12]),
        scopes,
        permissions: scopes.permissions(),
        addresses: ["10.0.0.0/8"].into_iter().map(|text| text.parse::<Network>().unwrap()).collect(),
        projects: BTreeSet::new(),
        rate_limit: None,
    }
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn customer(byte: u8) -> Id<Customer> {
    Id::from_bytes([byte; 12])
}

/// Passes, for a key valid from 1000 until 2000.
fn request() -> KeyRequest {
    KeyRequest {
        now: at(1500),
        address: Some([10, 1, 2, 3].into()),
        check_address: true,
        customer: None,
        scope: None,
        needs: Some(Permission::read(Resource::Hose)),
    }
}

fn outcome(
    suspended: bool,
    pin: Option<Id<Customer>>,
    request: &KeyRequest,
) -> Result<Option<Id<Customer>>, Refusal> {
    let validity = Validity::new(Some(at(1000)), Some(at(2000))).unwrap();
    decide(&policy(), validity, suspended, pin, request)
}

#[test]
fn customers() {
    let named = |customer| KeyRequest { customer, ..request() };
    assert_eq!(outcome(false, None, &named(None)), Ok(None));
    assert_eq!(outcome(false, None, &named(Some(customer(1)))), Ok(Some(customer(1))));
    assert_eq!(outcome(false, Some(customer(1)), &named(None)), Ok(Some(customer(1))));
    assert_eq!(outcome(false, Some(customer(1)), &named(Some(customer(1)))), Ok(Some(customer(1))));
    assert_eq!(outcome(false, Some(customer(1)), &named(Some(customer(2)))), Err(Refusal::WrongCustomer));
}

#[test]
fn addresses() {
    let from = |address| KeyRequest { address, ..request() };
    assert_eq!(outcome(false, None, &from(Some([11, 0, 0, 0].into()))), Err(Refusal::WrongAddress));
    assert_eq!(outcome(false, None, &from(None)), Err(Refusal::WrongAddress));
    let by_token = KeyRequest { check_address: false, ..from(None) };
    assert_eq!(outcome(false, None, &by_token), Ok(None));
}

#[test]
fn permissions() {
    let needing = |needs| KeyRequest { needs, ..request() };
    let missing = Permission::write(Resource::Hose);
    assert_eq!(outcome(false, None, &needing(None)), Ok(None));
    assert_eq!(outcome(false, None, &needing(Some(missing))), Err(Refusal::MissingScope(missing)));
    assert_eq!(Refusal::MissingScope(missing).to_string(), "The key lacks the scope hose:write.");
}

proptest! {
    /// Whatever else is wrong, the first reason in the documented order is given.
    #[test]
    fn the_first_reason_refuses(
        suspended: bool, early: bool, late: bool, elsewhere: bool, other: bool, unscoped: bool,
    ) {
        let wrong = KeyRequest {
            now: if late { at(2000) } else if early { at(999) } else { at(1000) },
            address: if elsewhere { None } else { request().address },
            customer: other.then(|| customer(2)),
            needs: Some(if unscoped { Permission::read(Resource::Item) } else { Permission::read(Resource::Hose) }),
            ..request()
        };
        let expected = if suspended {
            Err(Refusal::Suspended)
        } else if late {
            Err(Refusal::Expired)
        } else if early {
            Err(Refusal::NotStarted)
        } else if elsewhere {
            Err(Refusal::WrongAddress)
        } else if other {
            Err(Refusal::WrongCustomer)
        } else if unscoped {
            Err(Refusal::MissingScope(Permission::read(Resource::Item)))
        } else {
            Ok(Some(customer(1)))
        };
        prop_assert_eq!(outcome(suspended, Some(customer(1)), &wrong), expected);
    }
}
