use super::*;

fn holds(permissions: Permissions, text: &str) -> bool {
    permissions.contains(text.parse().unwrap())
}

#[test]
fn types_are_read_in_their_forms() {
    for kind in KeyType::ALL {
        assert_eq!(kind.word().parse(), Ok(kind));
    }
    assert_eq!("fullAccess".parse(), Ok(KeyType::FullAccess));
    assert_eq!(" READONLY ".parse(), Ok(KeyType::ReadOnly));
    for bad in ["", "full", "full access", "full_access", "ad-min", "root", "admin\0"] {
        assert_eq!(bad.parse::<KeyType>(), Err(NotAKeyType), "{bad}");
    }
}

#[test]
fn each_ceiling_is_within_the_wider_one() {
    let [admin, full, read, customer] = KeyType::ALL.map(KeyType::ceiling);
    assert_eq!(admin, Permissions::all());
    assert!(full.is_subset(admin) && read.is_subset(full) && customer.is_subset(full));
    assert_eq!(read.writes(), Permissions::NONE);
    for barred in [
        "apiKey:read",
        "apiKey:write",
        "role:write",
        "user:read",
        "subscription:read",
        "audit:read",
        "webhook:read",
    ] {
        assert!(!holds(full, barred), "{barred}");
    }
    for held in ["hose:write", "cost:read", "organization:write", "customer:write"] {
        assert!(holds(full, held), "{held}");
    }
}

#[test]
fn a_customer_sees_no_cost_no_customer_and_no_key() {
    let customer = KeyType::Customer.ceiling();
    for barred in
        ["cost:read", "customer:read", "apiKey:read", "priceList:read", "inventory:read", "hose:write"]
    {
        assert!(!holds(customer, barred), "{barred}");
    }
    for held in ["hose:read", "hoseAssembly:write", "hoseKit:write", "salesEstimate:write"] {
        assert!(holds(customer, held), "{held}");
    }
    assert_eq!(SystemRole::Customer.permissions(), customer);
}

#[test]
fn regular_users_do_not_run_the_organization() {
    let regular = SystemRole::Regular.permissions();
    for barred in
        ["apiKey:read", "user:write", "role:read", "subscription:read", "organization:write", "webhook:read"]
    {
        assert!(!holds(regular, barred), "{barred}");
    }
    for held in ["user:read", "organization:read", "customer:write", "cost:read"] {
        assert!(holds(regular, held), "{held}");
    }
    assert_eq!(SystemRole::Admin.permissions(), Permissions::all());
}

#[test]
fn the_narrowest_of_role_type_and_scopes_holds() {
    let scopes: Scopes = "read,write".parse().unwrap();
    let role = SystemRole::Admin.permissions();
    assert_eq!(KeyType::ReadOnly.permits(role, scopes), KeyType::ReadOnly.ceiling());
    let scopes: Scopes = "hose:read,apiKey:write,webhook:read,cost:read".parse().unwrap();
    let permitted = KeyType::FullAccess.permits(SystemRole::Regular.permissions(), scopes);
    let texts: Vec<_> = permitted.iter().map(|permission| permission.to_string()).collect();
    assert_eq!(texts, ["cost:read", "hose:read"]);
}

#[test]
fn no_projects_are_all_projects() {
    let scopes: Scopes = "read".parse().unwrap();
    let mut policy = Policy {
        organization: Id::from_bytes([1; 12]),
        key_type: KeyType::Admin,
        role: Id::from_bytes([2; 12]),
        scopes,
        permissions: scopes.permissions(),
        addresses: AddressList::default(),
        projects: BTreeSet::new(),
        rate_limit: None,
    };
    let [one, other] = [3, 4].map(|byte| Id::from_bytes([byte; 12]));
    assert!(policy.covers(one) && policy.covers(other));
    policy.projects.insert(one);
    assert!(policy.covers(one) && !policy.covers(other));
}

#[test]
fn a_token_is_narrowed_to_what_its_key_has() {
    let policy = |key_type: KeyType, scopes: &str| {
        let scopes: Scopes = scopes.parse().unwrap();
        Policy {
            organization: Id::from_bytes([1; 12]),
            key_type,
            role: Id::from_bytes([2; 12]),
            scopes,
            permissions: key_type.permits(Permissions::all(), scopes),
            addresses: AddressList::default(),
            projects: BTreeSet::new(),
            rate_limit: None,
        }
    };
    let narrowed = |policy: &Policy, asked: &str| {
        policy
            .narrowed_to(Scopes::from_oauth(asked).unwrap())
            .map(|scope| policy.permissions_within(Some(scope)))
    };
    let full = policy(KeyType::FullAccess, "read,write");
    let hose_read = [Permission::read(R::Hose)].into_iter().collect();
    assert_eq!(narrowed(&full, "hose:read"), Some(hose_read));
    assert_eq!(narrowed(&full, "read"), Some(full.permissions.reads()));
    assert_eq!(narrowed(&full, "read write"), Some(full.permissions));
    assert_eq!(narrowed(&full, "hose:read,hose:write"), Some(Permissions::of(&[R::Hose])));
    // Named, and not the key's: its type does not permit it.
    assert_eq!(narrowed(&full, "hose:read apiKey:read"), None);
    let reader = policy(KeyType::Admin, "hose:read,brand:read");
    for beyond in ["read", "hose:write", "hose:read write", "size:read"] {
        assert_eq!(narrowed(&reader, beyond), None, "{beyond}");
    }
    // A word of which nothing is left.
    assert_eq!(narrowed(&policy(KeyType::ReadOnly, "read,write"), "write"), None);
    assert_eq!(reader.permissions_within(None), reader.permissions);
}
