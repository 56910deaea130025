//! From where a key may be used, and whose word is taken for where that is.

use keys::{ForwardedHeader, TrustedProxies};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use rstest::rstest;
use serde_json::json;
use testkit::{Call, Engine, Postgres, Sqlite, TestApp, TestKey, TestOrganization};

const VERIFY: &str = "/security/v1/verify";

async fn key_for(shop: &TestOrganization<'_>, addresses: &[&str]) -> TestKey {
    let list: Vec<_> = addresses.iter().map(|address| json!({ "ipAddress": address })).collect();
    shop.key_with(json!({ "approvedIpAddresses": list })).await
}

#[rstest]
#[tokio::test]
async fn a_key_is_good_from_its_addresses_alone(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for (approved, inside, outside) in [
        (&[][..], &["8.8.8.8", "::1", "2001:db8::1"][..], &[][..]),
        (&["192.168.1.100"], &["192.168.1.100", "::ffff:192.168.1.100"], &["192.168.1.101", "::c0a8:164"]),
        (
            &["10.1.0.0/16", "10.2.3.4"],
            &["10.1.0.0", "10.1.255.255", "10.2.3.4", "::ffff:10.1.2.3"],
            &["10.0.255.255", "10.2.0.0", "10.2.3.5", "::ffff:10.2.0.0", "::1"],
        ),
        (
            &["2001:db8:1::/48", "2001:db8:2::5"],
            &["2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff", "2001:db8:2::5"],
            &["2001:db8:0:ffff::", "2001:db8:2::", "2001:db8:2::6", "10.0.0.1"],
        ),
        (&["::ffff:203.0.113.0/120"], &["203.0.113.0", "203.0.113.255"], &["203.0.114.0"]),
        // Each family for itself.
        (&["0.0.0.0/0"], &["1.1.1.1", "255.255.255.255", "::ffff:1.1.1.1"], &["::1", "2001:db8::1"]),
        (&["::/0"], &["::1", "2001:db8::1"], &["1.1.1.1", "::ffff:1.1.1.1"]),
        (&["10.0.0.0/31"], &["10.0.0.0", "10.0.0.1"], &["10.0.0.2", "9.255.255.255"]),
        (&["10.0.0.9/32", "10.0.0.8/32"], &["10.0.0.8", "10.0.0.9"], &["10.0.0.7", "10.0.0.10"]),
    ] {
        let key = key_for(&shop, approved).await;
        let from = |address: &str| app.get(VERIFY).credential(&key.text).from(address);
        for address in inside {
            from(address).expect(200).await;
        }
        for address in outside {
            let answer = from(address).expect(403).await;
            let message = "The key was used from an address that is not approved for it.";
            assert_eq!(answer.json["message"], message, "{address} of {approved:?}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn addresses_are_shown_in_one_form(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    for (given, shown) in [
        (" 192.0.2.7 ", "192.0.2.7"),
        ("192.0.2.7/32", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:10.0.0.0/104", "10.0.0.0/8"),
        ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("2001:db8::1/128", "2001:db8::1"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ] {
        let key = key_for(&shop, &[given]).await;
        let document = shop.document(&key.id).await;
        assert_eq!(document["approvedIpAddresses"], json!([{ "ipAddress": shown, "description": "" }]));
    }
}

#[rstest]
#[tokio::test]
async fn a_new_list_is_felt_at_once(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = key_for(&shop, &["192.0.2.1"]).await;
    let lets_in =
        async |address: &str| app.get(VERIFY).credential(&key.text).from(address).send().await.status == 200;
    let list = json!([{ "ipAddress": "198.51.100.0/24" }]);
    shop.change(&key.id, json!({ "approvedIpAddresses": list })).expect(200).await;
    assert_eq!((lets_in("192.0.2.1").await, lets_in("198.51.100.9").await), (false, true));
    shop.change(&key.id, json!({ "name": "Renamed" })).expect(200).await;
    shop.change(&key.id, json!({ "approvedIpAddresses": null })).expect(200).await;
    assert_eq!((lets_in("192.0.2.1").await, lets_in("198.51.100.9").await), (false, true));
    shop.change(&key.id, json!({ "approvedIpAddresses": [] })).expect(200).await;
    assert_eq!((lets_in("192.0.2.1").await, lets_in("2001:db8::1").await), (true, true));
}

/// An application behind proxies in these networks, which write this header.
async fn behind(engine: Engine, networks: &[&str], header: ForwardedHeader) -> TestApp {
    let networks: Vec<_> = networks.iter().map(|network| network.parse().unwrap()).collect();
    TestApp::start_with(engine, |settings| settings.proxies = TrustedProxies::new(networks, header)).await
}

#[rstest]
#[tokio::test]
async fn without_a_trusted_proxy_no_header_counts(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let key = key_for(&shop, &["203.0.113.7"]).await;
    for name in
        ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip"]
    {
        let value = if name == "forwarded" { "for=203.0.113.7" } else { "203.0.113.7" };
        app.get(VERIFY).credential(&key.text).header(name, value).expect(403).await;
        app.get(VERIFY).credential(&key.text).header(name, "8.8.8.8").from("203.0.113.7").expect(200).await;
    }
}

#[rstest]
#[tokio::test]
async fn the_list_of_proxies_is_read_from_the_right(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = behind(engine, &["10.0.0.0/8", "fd00::/8"], ForwardedHeader::XForwardedFor).await;
    let shop = app.organization("Shop").await;
    let key = key_for(&shop, &["203.0.113.7", "2001:db8::7", "10.0.0.0/8"]).await;
    let call = |from: &str, values: &[&str]| {
        let call = app.get(VERIFY).credential(&key.text).from(from);
        values.iter().fold(call, |call, value| call.header("x-forwarded-for", value))
    };
    for (from, values, status) in [
        ("10.0.0.1", &["203.0.113.7"][..], 200),
        ("::ffff:10.0.0.1", &["203.0.113.7"], 200),
        ("fd00::1", &["2001:db8::7"], 200),
        ("10.0.0.1", &["[2001:db8::7]:443"], 200),
        ("10.0.0.1", &["203.0.113.7:5000"], 200),
        ("10.0.0.1", &["8.8.8.8"], 403),
        ("10.0.0.1", &["203.0.113.7, 10.0.0.2, 10.0.0.3"], 200),
        ("10.0.0.1", &["203.0.113.7", "10.0.0.2,10.0.0.3"], 200),
        ("10.0.0.1", &["203.0.113.7, 8.8.8.8, 10.0.0.3"], 403),
        ("10.0.0.1", &["203.0.113.7", "8.8.8.8"], 403),
        ("10.0.0.1", &["8.8.8.8", "203.0.113.7"], 200),
        ("10.0.0.1", &["rubbish, 203.0.113.7"], 200),
        // A client that is no proxy of ours says what it likes.
        ("203.0.113.7", &["8.8.8.8"], 200),
        ("8.8.8.8", &["203.0.113.7"], 403),
        ("8.8.8.8", &["10.0.0.1"], 403),
        // Nobody but our own proxies: the farthest is the caller.
        ("10.0.0.1", &[], 200),
        ("10.0.0.1", &["10.0.0.2, 10.0.0.3"], 200),
    ] {
        let answer = call(from, values).send().await;
        assert_eq!(answer.status, status, "{from} {values:?}");
    }
}

#[rstest]
#[tokio::test]
async fn an_unknown_address_is_on_no_list(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = behind(engine, &["10.0.0.0/8"], ForwardedHeader::XForwardedFor).await;
    let shop = app.organization("Shop").await;
    let everywhere = key_for(&shop, &["0.0.0.0/0", "::/0"]).await;
    let unlisted = key_for(&shop, &[]).await;
    let exchange = json!({
        "apiKey": everywhere.text, "name": everywhere.name, "grantType": "client_credentials",
    });
    let many = "10.0.0.1,".repeat(40) + "10.0.0.1";
    for value in [
        "unknown",
        "_hidden",
        "",
        ",",
        "203.0.113.7,",
        "203.0.113.999",
        "localhost",
        "fe80::1%eth0",
        "é",
        &many,
    ] {
        let from =
            async |call: Call<'_>| call.from("10.0.0.1").header("x-forwarded-for", value).send().await.status;
        assert_eq!(from(app.get(VERIFY).credential(&everywhere.text)).await, 403, "{value:?}");
        assert_eq!(from(app.post("/security/v1/token").json(&exchange)).await, 403, "{value:?}");
        assert_eq!(from(app.get(VERIFY).credential(&unlisted.text)).await, 200, "{value:?}");
    }
    let from = app.get(VERIFY).credential(&everywhere.text).from("10.0.0.1");
    from.header("x-forwarded-for", "203.0.113.7").expect(200).await;
}

#[rstest]
#[tokio::test]
async fn only_the_header_that_is_set_is_read(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = behind(engine, &["10.0.0.0/8"], ForwardedHeader::Forwarded).await;
    let shop = app.organization("Shop").await;
    let key = key_for(&shop, &["203.0.113.7", "2001:db8::7"]).await;
    let call =
        |value: &str| app.get(VERIFY).credential(&key.text).from("10.0.0.1").header("forwarded", value);
    for (value, status) in [
        ("for=203.0.113.7", 200),
        ("For=203.0.113.7;proto=https;by=10.0.0.1", 200),
        ("proto=https;for=\"203.0.113.7:8080\"", 200),
        ("for=\"[2001:db8::7]\"", 200),
        ("for=\"[2001:db8::7]:_port\"", 200),
        ("for=8.8.8.8, for=203.0.113.7, for=10.0.0.2", 200),
        ("for=\"8.8.8.8, for=203.0.113.7", 200),
        ("for=203.0.113.7, for=8.8.8.8", 403),
        ("for=203.0.113.7;for=203.0.113.7", 403),
        ("for=unknown", 403),
        ("for=_hidden", 403),
        ("by=203.0.113.7", 403),
        ("203.0.113.7", 403),
        ("for=\"203.0.113.7", 403),
        ("", 403),
    ] {
        assert_eq!(call(value).send().await.status, status, "{value}");
    }
    // The other header is passed on as the client sent it.
    call("for=8.8.8.8").header("x-forwarded-for", "203.0.113.7").expect(403).await;
    call("for=203.0.113.7").header("x-forwarded-for", "8.8.8.8").expect(200).await;
}

#[rstest]
#[tokio::test]
async fn the_address_that_counts_is_the_one_that_is_noted(#[values(Sqlite, Postgres)] engine: Engine) {
    let app = behind(engine, &["10.0.0.0/8"], ForwardedHeader::XForwardedFor).await;
    let shop = app.organization("Shop").await;
    let call = shop.new_key(json!({ "approvedIpAddresses": [{ "ipAddress": "10.0.0.1" }] })).from("10.0.0.1");
    let made = call.header("x-forwarded-for", "1.2.3.4, 203.0.113.7, 10.0.0.2").expect(201).await;
    assert!(made.warnings().contains(&"locksOutCaller"));
    let id = made.json["_id"].as_str().unwrap();
    assert_eq!(app.audit(shop.id, id).await[0].address.as_deref(), Some("203.0.113.7"));
    usecases::feed::store_uses(&app.database, &app.gate).await.unwrap();
    assert_eq!(shop.document(&shop.admin.id).await["lastUsedAddress"], "203.0.113.7");
}

/// What a client may put in front of what the proxies write, in one header or in several.
fn forgeries() -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        Just("203.0.113.7".to_owned()),
        Just("for=203.0.113.7".to_owned()),
        Just("for=\"[2001:db8::7]\"".to_owned()),
        Just("10.0.0.5".to_owned()),
        Just("for=10.0.0.5".to_owned()),
        "[ -~]{0,20}",
        "[\",;=\\\\ ]{0,6}",
    ];
    let value = proptest::collection::vec(word, 0..6).prop_map(|words| words.join(","));
    proptest::collection::vec(value, 0..4)
}

/// Whatever a client that is no proxy of ours makes up, the outcome is the same as without it.
#[rstest]
fn what_a_client_prepends_changes_nothing(
    #[values(Sqlite, Postgres)] engine: Engine,
    #[values(ForwardedHeader::XForwardedFor, ForwardedHeader::Forwarded)] header: ForwardedHeader,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let app = runtime.block_on(behind(engine, &["10.0.0.0/8"], header));
    let shop = runtime.block_on(app.organization("Shop"));
    let key = runtime.block_on(key_for(&shop, &["203.0.113.7", "2001:db8::7"]));
    let cases = if engine == Postgres { 64 } else { 400 };
    let config = Config { cases, max_shrink_iters: 500, failure_persistence: None, ..Config::default() };

    let client = proptest::sample::select(vec!["203.0.113.7", "2001:db8::7", "8.8.8.8", "2001:db8::8"]);
    let strategy = (forgeries(), client, 0..4_usize, any::<bool>(), any::<bool>());
    let entry = |address: &str| match header {
        ForwardedHeader::XForwardedFor => address.to_owned(),
        ForwardedHeader::Forwarded if address.contains(':') => format!("for=\"[{address}]\";proto=https"),
        ForwardedHeader::Forwarded => format!("for={address}"),
    };
    let outcome = TestRunner::new(config).run(&strategy, |(forged, client, hops, appended, direct)| {
        // What our own proxies write: the client, then each proxy but the last.
        let hops = std::iter::repeat_n("10.0.0.2", hops);
        let written: Vec<_> = std::iter::once(client).chain(hops).map(entry).collect();
        let written = written.join(", ");
        let mut values = forged;
        let mut from = "10.0.0.1";
        if direct {
            from = client;
        } else if let Some(last) = values.last_mut().filter(|_| appended) {
            *last = format!("{last}, {written}");
        } else {
            values.push(written);
        }
        let call = app.get(VERIFY).credential(&key.text).from(from);
        let call = values.iter().fold(call, |call, value| call.header(header.name(), value));
        let expected = if client.ends_with('7') { 200 } else { 403 };
        prop_assert_eq!(runtime.block_on(call.send()).status, expected, "{:?} from {}", values, from);
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
