use proptest::prelude::*;

use super::*;

fn permissions() -> impl Strategy<Value = Permissions> {
    any::<u128>().prop_map(|bits| Permissions(bits) & Permissions::all())
}

fn every() -> Vec<Permission> {
    Permissions::all().iter().collect()
}

proptest! {
    #[test]
    fn sets_behave_as_sets(a in permissions(), b in permissions()) {
        for permission in every() {
            let (in_a, in_b) = (a.contains(permission), b.contains(permission));
            prop_assert_eq!((a | b).contains(permission), in_a || in_b);
            prop_assert_eq!((a & b).contains(permission), in_a && in_b);
            prop_assert_eq!((a - b).contains(permission), in_a && !in_b);
            prop_assert_eq!(a.reads().contains(permission), in_a && permission.access == Access::Read);
            prop_assert_eq!(a.writes().contains(permission), in_a && permission.access == Access::Write);
        }
        prop_assert_eq!(a.is_subset(b), a.iter().all(|permission| b.contains(permission)));
        prop_assert_eq!(a.is_empty(), a.iter().next().is_none());
        prop_assert_eq!(a.iter().collect::<Permissions>(), a);
        prop_assert_eq!(a.reads() | a.writes(), a);
    }

    #[test]
    fn stored_as_a_sorted_list_of_texts(set in permissions()) {
        let json = serde_json::to_value(set).unwrap();
        let texts: Vec<String> = serde_json::from_value(json.clone()).unwrap();
        prop_assert!(texts.is_sorted());
        prop_assert_eq!(texts.len(), set.iter().count());
        prop_assert_eq!(serde_json::from_value::<Permissions>(json).unwrap(), set);
    }
}

#[test]
fn words_are_read_in_any_case() {
    for permission in every() {
        let text = permission.to_string();
        assert_eq!(text.parse(), Ok(permission));
        assert_eq!(text.to_uppercase().parse(), Ok(permission));
    }
    for bad in ["", "hose", "hose:", ":read", "hose:read:read", "hoses:read", "hose:delete", "hose: read"] {
        assert_eq!(bad.parse::<Permission>(), Err(NotAPermission), "{bad}");
    }
    assert!(serde_json::from_str::<Permissions>(r#"["hose:read", "hose:fly"]"#).is_err());
}

#[test]
fn the_list_is_in_order_and_fits() {
    assert!(Resource::ALL.iter().map(|resource| resource.word()).is_sorted());
    assert!(Resource::ALL.len() < 64, "two bits each, and one beyond");
    assert_eq!(every().len(), Resource::ALL.len() * 2);
}

/// A number that was published stays what it is.
#[test]
fn the_published_numbers_are_as_they_were() {
    let lines = Permissions::all().iter().map(|p| format!("{} {}\n", p.number(), p.key()));
    assert_eq!(lines.collect::<String>(), include_str!("numbers.txt"));
    for permission in Permissions::all().iter() {
        assert_eq!(Permission::of_number(permission.number()), Some(permission));
    }
    for none in [0, -1, 10, 13, i32::MAX] {
        assert_eq!(Permission::of_number(none), None);
    }
}
