use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;
use crate::replay::around;

fn parse(text: &str) -> Result<Network, NotANetwork> {
    text.parse()
}

/// Networks close together, so that they overlap, touch and miss each other.
fn networks() -> impl Strategy<Value = Network> {
    let v4 = (prop_oneof![any::<u32>(), 0u32..600, u32::MAX - 600..=u32::MAX], 0u8..=32)
        .prop_map(|(bits, prefix)| IpNet::new(Ipv4Addr::from(bits).into(), prefix));
    let v6 = (prop_oneof![any::<u128>(), 0u128..600, u128::MAX - 600..=u128::MAX], 0u8..=128)
        .prop_map(|(bits, prefix)| IpNet::new(Ipv6Addr::from(bits).into(), prefix));
    prop_oneof![v4, v6].prop_map(|net| Network(unmapped(net.unwrap().trunc())))
}

fn addresses() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|bits| Ipv4Addr::from(bits).into()),
        (0u32..600).prop_map(|bits| Ipv4Addr::from(bits).into()),
        any::<u32>().prop_map(|bits| Ipv4Addr::from(bits).to_ipv6_mapped().into()),
        any::<u128>().prop_map(|bits| Ipv6Addr::from(bits).into()),
        (0u128..600).prop_map(|bits| Ipv6Addr::from(bits).into()),
    ]
}

/// Whether the leading bits agree, by arithmetic alone.
fn covered(network: Network, address: IpAddr) -> bool {
    let (bits, all) = match (network.0.addr(), address.to_canonical()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u128::from(a.to_bits() ^ b.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits(), 128),
        _ => return false,
    };
    bits.checked_shr(all - u32::from(network.0.prefix_len())).unwrap_or(0) == 0
}

proptest! {
    #[test]
    fn text_and_back(network in networks()) {
        prop_assert_eq!(parse(&network.to_string()), Ok(network));
        prop_assert_eq!(parse(&format!(" {}\t", network.0)), Ok(network));
        let json = serde_json::to_string(&network).unwrap();
        prop_assert_eq!(serde_json::from_str::<Network>(&json).unwrap(), network);
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".{0,60}", near in "[0-9a-f:./%]{0,45}") {
        let _ = (parse(&text), parse(&near));
    }

    #[test]
    fn a_list_covers_what_its_networks_do(
        networks in prop::collection::vec(networks(), 0..20),
        others in prop::collection::vec(addresses(), 20),
    ) {
        let list: AddressList = networks.iter().copied().collect();
        let probes = networks.iter().flat_map(|network| around(*network)).chain(others);
        for probe in probes {
            let expected = networks.iter().any(|network| covered(*network, probe));
            prop_assert_eq!(list.contains(probe), expected, "{}", probe);
            prop_assert_eq!(list.allows(Some(probe)), networks.is_empty() || expected);
        }
        prop_assert_eq!(list.allows(None), networks.is_empty());
    }

    #[test]
    fn ranges_are_sorted_and_apart(networks in prop::collection::vec(networks(), 0..20)) {
        let list: AddressList = networks.iter().copied().collect();
        let reversed: AddressList = networks.into_iter().rev().collect();
        prop_assert!(list.v4.windows(2).all(|pair| pair[0].1.checked_add(1).unwrap() < pair[1].0));
        prop_assert!(list.v6.windows(2).all(|pair| pair[0].1.checked_add(1).unwrap() < pair[1].0));
        prop_assert_eq!(list, reversed);
    }
}

#[test]
fn forms_people_write() {
    for (text, canonical) in [
        ("192.168.1.100", "192.168.1.100"),
        (" 192.168.1.100 ", "192.168.1.100"),
        ("192.168.1.100/32", "192.168.1.100"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:0db8:0:0::1", "2001:db8::1"),
        ("::/0", "::/0"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("::ffff:0:0/96", "0.0.0.0/0"),
    ] {
        assert_eq!(parse(text).map(|n| n.to_string()), Ok(canonical.to_owned()), "{text}");
    }
}

#[test]
fn what_is_refused() {
    for text in [
        "",
        "/",
        "10",
        "10.0.0",
        "10.0.0.0/",
        "10.0.0.0/+8",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.0/999",
        "010.0.0.1",
        "10.0.0.0/255.0.0.0",
        "10.0.0.*",
        "10.0.0.1-10.0.0.9",
        "localhost",
        "[2001:db8::1]",
        "10.0.0.1:80",
        "10.0.0.1,10.0.0.2",
        "10.0.0.1\0",
        "\u{feff}10.0.0.1",
        "10.0.0.1 /8",
        "１０.0.0.1",
    ] {
        assert_eq!(parse(text), Err(NotANetwork::Form), "{text:?}");
    }
    assert_eq!(parse("fe80::1%eth0"), Err(NotANetwork::Zone));
    let refusal = |text: &str| parse(text).unwrap_err().to_string();
    assert_eq!(refusal("10.1.2.3/33"), "must not have a prefix longer than 32");
    assert_eq!(refusal("::/129"), "must not have a prefix longer than 128");
    assert_eq!(refusal("10.1.2.3/8"), "has bits set beyond its prefix; did you mean 10.0.0.0/8?");
    assert_eq!(refusal("::ffff:10.1.2.3/104"), "has bits set beyond its prefix; did you mean 10.0.0.0/8?");
}

#[test]
fn every_ipv6_address_is_no_ipv4_address() {
    let list: AddressList = [parse("::/0").unwrap()].into_iter().collect();
    assert!(list.contains("2001:db8::1".parse().unwrap()));
    assert!(!list.contains("192.0.2.1".parse().unwrap()));
    assert!(!list.contains("::ffff:192.0.2.1".parse().unwrap()));
}
