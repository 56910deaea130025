//! What is configured where, and what goes before what.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::process::Command;

use support::{Place, failed, words};

/// What `doctor` shows; the findings do not matter here.
fn shown(command: &mut Command) -> String {
    words(&command.output().unwrap().stdout)
}

#[test]
fn the_default_file_is_what_applies_by_default() {
    let place = Place::new();
    let report = shown(&mut place.swage(&["doctor"]));
    for line in [
        "data = \"./data\"",
        "listen = \"127.0.0.1:8420\"",
        "body_limit_bytes = 2097152",
        "environment = \"live\"",
    ] {
        assert!(report.contains(line), "{line} in {report}");
    }
    assert!(report.contains("! there is no database yet"));
    assert!(!place.path("data").exists(), "doctor makes nothing");
}

#[test]
fn a_file_goes_before_the_defaults_the_environment_before_it_and_a_flag_before_all() {
    let place = Place::new();
    place.write(
        "data/swage.toml",
        "[http]\nlisten = \"127.0.0.1:1\"\n[database]\nqueue = 7\n[keys]\nenvironment = \"file\"",
    );
    let report = shown(&mut place.swage(&["doctor"]));
    assert!(report.contains("listen = \"127.0.0.1:1\"") && report.contains("queue = 7"), "{report}");

    let report =
        shown(place.swage(&["doctor"]).env("SWAGE_LISTEN", "127.0.0.1:2").env("SWAGE_DATABASE__QUEUE", "8"));
    assert!(report.contains("listen = \"127.0.0.1:2\"") && report.contains("queue = 8"), "{report}");
    assert!(report.contains("environment = \"file\""), "{report}");

    let report = shown(
        place
            .swage(&["doctor", "--database-url", "sqlite://flag.db"])
            .env("SWAGE_LISTEN", "127.0.0.1:2")
            .env("SWAGE_HTTP__LISTEN", "127.0.0.1:3")
            .env("SWAGE_DATABASE_URL", "sqlite://environment.db")
            .env("SWAGE_PROXIES__TRUSTED", "10.0.0.0/8, 192.0.2.1")
            .env("SWAGE_HTTP__ALLOWED_ORIGINS", "[https://shop.example]"),
    );
    assert!(
        report.contains("listen = \"127.0.0.1:3\"") && report.contains("url = \"sqlite://flag.db\""),
        "{report}"
    );
    assert!(report.contains("trusted = [\"10.0.0.0/8\", \"192.0.2.1\"]"), "{report}");
    assert!(report.contains("allowed_origins = [\"https://shop.example\"]"), "{report}");

    // Another directory has another file; a file that is named goes in its place.
    let report = shown(place.swage(&["doctor"]).env("SWAGE_DATA", "elsewhere"));
    assert!(report.contains("data = \"elsewhere\"") && report.contains("queue = 1024"), "{report}");
    let named = place.write("named.toml", "data = \"from-the-file\"\n[database]\nqueue = 9");
    let report = shown(place.swage(&["doctor", "--config"]).arg(named));
    assert!(report.contains("data = \"from-the-file\"") && report.contains("queue = 9"), "{report}");
}

#[test]
fn what_is_no_setting_is_refused_with_its_path() {
    let place = Place::new();
    place.write("data/swage.toml", "[http]\nlsten = 1\n[databse]\nurl = \"\"");
    let error = place.fail(&["doctor"]);
    assert_eq!(
        error,
        "swage: databse is not a setting (in ./data/swage.toml); http.lsten is not a setting (in ./data/swage.toml)\n"
    );
    let place = Place::new();
    let error = failed(&place.swage(&["doctor"]).env("SWAGE_HTTP__LSTEN", "1").output().unwrap());
    assert_eq!(error, "swage: http.lsten is not a setting (in the environment)\n");
    let report = shown(place.swage(&["doctor"]).env("SWAGE_LSTEN", "1"));
    assert!(report.contains("! the environment variable SWAGE_LSTEN sets nothing"), "{report}");
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_path() {
    let place = Place::new();
    for (setting, value, said) in [
        ("HTTP__LISTEN", "localhost", "http.listen must be an IP address and a port"),
        ("HTTP__BODY_LIMIT_BYTES", "12", "http.body_limit_bytes must be from 1024 to 1073741824"),
        (
            "HTTP__BODY_LIMIT_BYTES",
            "much",
            "http.body_limit_bytes cannot be read: invalid type: found string \"much\"",
        ),
        (
            "HTTP__ALLOWED_ORIGINS",
            "https://a.example,b.example/x",
            "http.allowed_origins[1] must be * or as in",
        ),
        ("DATABASE__URL", "mysql://db/swage", "database.url must begin with sqlite:// or postgres://"),
        ("DATABASE__DEADLINE_SECONDS", "0", "database.deadline_seconds must be from 1 to 3600"),
        ("PROXIES__TRUSTED", "10.0.0.1/8", "proxies.trusted[0] has bits set beyond its prefix"),
        ("PROXIES__HEADER", "Via", "proxies.header must be X-Forwarded-For or Forwarded"),
        ("KEYS__ENVIRONMENT", "Live", "keys.environment must be 1 to 12 lower-case letters and digits"),
        ("MAIL__TRANSPORT", "smtp", "mail.smtp.host must name the SMTP server"),
        ("MAIL__TRANSPORT", "pigeon", "mail.transport cannot be read: unknown variant: found `pigeon`"),
        ("MAIL__FROM", "swage", "mail.from must be an address as in"),
        ("MAIL__SMTP__PORT", "99999", "mail.smtp.port cannot be read"),
        (
            "LEAKED_KEYS__REPORTERS_URL",
            "http://a.example",
            "leaked_keys.reporters_url must begin with https://",
        ),
        (
            "LEAKED_KEYS__REPORTERS_URL",
            "https://u@a.example",
            "leaked_keys.reporters_url must not hold a name",
        ),
        ("TOKENS__JWT", "true", "http.public_url is required where tokens.jwt is on"),
        ("TOKENS__JWT_LIFETIME_SECONDS", "59", "tokens.jwt_lifetime_seconds must be from 60 to 3600"),
        ("HTTP__PUBLIC_URL", "shop.example", "http.public_url must be as in https://swage.shop.example"),
        ("WEBHOOKS__KEEP_DAYS", "0", "webhooks.keep_days must be from 1 to 3650"),
        ("METRICS__LISTEN", "9090", "metrics.listen cannot be read"),
        ("LOG__FORMAT", "xml", "log.format cannot be read: unknown variant: found `xml`"),
        ("LOG__FILTER", "swage=loud", "log.filter"),
    ] {
        let error =
            failed(&place.swage(&["doctor"]).env(format!("SWAGE_{setting}"), value).output().unwrap());
        assert!(error.starts_with(&format!("swage: {said}")), "{error}");
    }
    place.write("data/swage.toml", "data = \"elsewhere\"");
    assert!(place.fail(&["doctor"]).starts_with("swage: data cannot be set in ./data/swage.toml"));
    assert_eq!(
        place.fail(&["doctor", "--config", "none.toml"]),
        "swage: --config names none.toml, which is no file\n"
    );
}

#[test]
fn the_password_of_the_mail_server_is_never_shown() {
    let place = Place::new();
    place.write(
        "data/swage.toml",
        "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"mail.example\"\nuser = \"swage\"\npassword = \"s3cret\"",
    );
    let output = place.swage(&["doctor"]).output().unwrap();
    let all = words(&output.stdout) + &words(&output.stderr);
    assert!(all.contains("password = \"***\"") && !all.contains("s3cret"), "{all}");
    assert!(all.contains("✓ mail goes to mail.example from Swage <swage@localhost>"), "{all}");
    let error = failed(&place.swage(&["doctor"]).env("SWAGE_MAIL__SMTP__USER", "").output().unwrap());
    assert_eq!(error, "swage: mail.smtp.password and mail.smtp.user go together\n");
}

#[test]
fn a_password_in_an_address_is_never_shown() {
    let place = Place::new();
    let url = "postgres://swage:s3cret@127.0.0.1:1/swage?password=s3cret";
    let output = place.swage(&["doctor"]).env("SWAGE_DATABASE_URL", url).output().unwrap();
    let all = words(&output.stdout) + &words(&output.stderr);
    assert!(all.contains("url = \"postgres://swage:***@127.0.0.1:1/swage?password=***\""), "{all}");
    assert!(!all.contains("s3cret"), "{all}");
    let error = place.fail(&["init", "--name", "A", "--email", "a@b.example", "--database-url", url]);
    assert!(!error.contains("s3cret"), "{error}");
}

/// Each row of the page names a file and, before it, constants that are in it.
#[test]
fn every_limitation_stands_where_the_page_says() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let page = std::fs::read_to_string(format!("{root}/docs/src/limitations.md")).unwrap();
    let mut checked = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let place = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap();
        let (mut names, mut files) = (Vec::new(), Vec::new());
        for quoted in place.split('`').skip(1).step_by(2) {
            if quoted.starts_with("crates/") { files.push(quoted) } else { names.push(quoted) }
        }
        let texts: Vec<_> =
            files.iter().map(|file| std::fs::read_to_string(format!("{root}/{file}"))).collect();
        assert!(texts.iter().all(Result::is_ok), "a file is not there: {row}");
        for name in names.iter().filter(|_| !files.is_empty()) {
            assert!(texts.iter().flatten().any(|text| text.contains(name)), "{name} is not there: {row}");
            checked += 1;
        }
    }
    assert!(checked > 40, "{checked}");
}
