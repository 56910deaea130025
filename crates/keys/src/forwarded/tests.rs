use proptest::prelude::*;

use super::*;
use ForwardedHeader::{Forwarded, XForwardedFor};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// The caller behind 10.0.0.1, where 10.0.0.0/8 and fd00::/8 are our proxies.
fn caller(header: ForwardedHeader, values: &[&str]) -> Option<IpAddr> {
    let ours = ["10.0.0.0/8", "fd00::/8"].map(|text| text.parse().unwrap());
    let proxies = TrustedProxies::new(ours, header);
    proxies.client_address(ip("10.0.0.1"), values.iter().map(|value| value.as_bytes()))
}

#[test]
fn x_forwarded_for() {
    for (values, expected) in [
        (&[][..], Some("10.0.0.1")),
        (&["203.0.113.7"], Some("203.0.113.7")),
        (&["203.0.113.7, 10.0.0.2, 10.0.0.3"], Some("203.0.113.7")),
        (&["203.0.113.7", "10.0.0.2", "10.0.0.3"], Some("203.0.113.7")),
        (&["192.0.2.1, 203.0.113.7"], Some("203.0.113.7")),
        (&["192.0.2.1", "203.0.113.7"], Some("203.0.113.7")),
        (&["10.0.0.3, 10.0.0.2"], Some("10.0.0.3")),
        (&["garbage, 203.0.113.7"], Some("203.0.113.7")),
        (&["203.0.113.7, unknown"], None),
        (&["203.0.113.7, unknown, 10.0.0.2"], None),
        (&["203.0.113.7, "], None),
        (&["203.0.113.7", ""], None),
        (&["203.0.113.7,,10.0.0.2"], None),
        (&["203.0.113.7:4711"], Some("203.0.113.7")),
        (&["2001:db8::7"], Some("2001:db8::7")),
        (&["[2001:db8::7]"], Some("2001:db8::7")),
        (&["[2001:db8::7]:4711"], Some("2001:db8::7")),
        (&["::ffff:203.0.113.7"], Some("203.0.113.7")),
        (&["203.0.113.7, ::ffff:10.0.0.2"], Some("203.0.113.7")),
        (&["fe80::1%eth0"], None),
        (&["[fe80::1%1]:80"], None),
        (&["203.0.113.7:99999"], None),
        (&["\"203.0.113.7\""], None),
        (&["203.0.113.7 10.0.0.2"], None),
    ] {
        assert_eq!(caller(XForwardedFor, values), expected.map(ip), "{values:?}");
    }
}

#[test]
fn forwarded() {
    for (values, expected) in [
        (&[][..], Some("10.0.0.1")),
        // The examples of RFC 7239, sections 4, 6.3, 7.1 and 7.4.
        (&[r#"for="_gazonk""#], None),
        (&[r#"For="[2001:db8:cafe::17]:4711""#], Some("2001:db8:cafe::17")),
        (&["for=192.0.2.60;proto=http;by=203.0.113.43"], Some("192.0.2.60")),
        (&["for=192.0.2.43, for=198.51.100.17"], Some("198.51.100.17")),
        (&["for=_hidden, for=_SEVKISEK"], None),
        (&[r#"for=192.0.2.43, for="[2001:db8:cafe::17]""#], Some("2001:db8:cafe::17")),
        (&[r#"for=192.0.2.43,for="[2001:db8:cafe::17]",for=unknown"#], None),
        (&["for=192.0.2.43", r#"for="[2001:db8:cafe::17]", for=unknown"#], None),
        (
            &["for=192.0.2.43, for=\"[2001:db8:cafe::17]\";by=203.0.113.60;proto=http;host=example.com"],
            Some("2001:db8:cafe::17"),
        ),
        // Ours, further out.
        (&["for=203.0.113.7, for=10.0.0.2"], Some("203.0.113.7")),
        (&[r#"for=203.0.113.7, for="[fd00::1]:80";proto=https"#], Some("203.0.113.7")),
        // Forms.
        (&["FOR=203.0.113.7"], Some("203.0.113.7")),
        (&["proto=https; for=203.0.113.7"], Some("203.0.113.7")),
        (&["for=203.0.113.7;"], Some("203.0.113.7")),
        (&["for=203.0.113.7:4711"], Some("203.0.113.7")),
        (&[r#"for="203.0.113.7:_port""#], Some("203.0.113.7")),
        (&[r#"for="[2001:db8::7]:_port""#], Some("2001:db8::7")),
        (&[r#"for="203.0.113.\7""#], Some("203.0.113.7")),
        (&[r#"host="a, for=192.0.2.1;\"";for=203.0.113.7"#], Some("203.0.113.7")),
        // Refused.
        (&[""], None),
        (&["proto=https"], None),
        (&["for=192.0.2.1;for=203.0.113.7"], None),
        (&["for"], None),
        (&["for="], None),
        (&[r#"for="203.0.113.7"#], None),
        (&[r#"for="203.0.113.7"x"#], None),
        (&[r#"for="203.0.113.7\"#], None),
        (&["203.0.113.7"], None),
    ] {
        assert_eq!(caller(Forwarded, values), expected.map(ip), "{values:?}");
    }
}

#[test]
fn no_header_counts_without_a_trusted_proxy() {
    let value = b"192.0.2.1".as_slice();
    let nobody = TrustedProxies::default();
    assert_eq!(nobody.client_address(ip("10.0.0.1"), [value]), Some(ip("10.0.0.1")));
    assert_eq!(nobody.client_address(ip("::ffff:10.0.0.1"), [value]), Some(ip("10.0.0.1")));
    let ours = TrustedProxies::new([ip("10.0.0.1").into()], XForwardedFor);
    assert_eq!(ours.client_address(ip("203.0.113.7"), [value]), Some(ip("203.0.113.7")));
    assert_eq!(ours.client_address(ip("::ffff:10.0.0.1"), [value]), Some(ip("192.0.2.1")));
}

#[test]
fn endless_chains_of_proxies_are_given_up() {
    let hops = |count| vec!["10.0.0.2"; count].join(", ");
    assert_eq!(caller(XForwardedFor, &[&hops(MAX_HOPS)]), Some(ip("10.0.0.2")));
    assert_eq!(caller(XForwardedFor, &[&hops(MAX_HOPS + 1)]), None);
    assert_eq!(caller(XForwardedFor, &vec!["10.0.0.2"; MAX_HOPS + 1]), None);
}

/// Pieces a forger would put together, and anything else.
fn forgeries() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "for=",
            "192.0.2.1",
            "10.0.0.1",
            "\"",
            "\\",
            ",",
            ";",
            "[",
            "]",
            ":80",
            "unknown",
            "_x",
            " ",
            "\t",
            "::ffff:10.0.0.1",
            "host=\"",
            "\\\"",
            "%",
            "\0",
        ])
        .prop_map(str::to_owned),
        ".{0,4}",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_forged_header_changes_nothing(lines in prop::collection::vec(forgeries(), 1..4)) {
        crate::replay::forwarded(lines.join("\n").as_bytes());
    }

    /// The caller's own header, with or without a proxy behind the first one.
    #[test]
    fn a_second_proxy_is_believed_too(forged in forgeries(), last: [u8; 4]) {
        let client = IpAddr::from(last);
        prop_assume!(!ip_is_ours(client));
        let listed = format!("{forged},{client},10.0.0.2");
        prop_assert_eq!(caller(XForwardedFor, &[&listed]), Some(client));
        let named = format!("{forged},for=\"{client}:80\";host=\"a,b\";proto=http,for=10.0.0.2");
        prop_assert_eq!(caller(Forwarded, &[&named]), Some(client));
    }
}

fn ip_is_ours(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(v4) if v4.octets()[0] == 10)
}
