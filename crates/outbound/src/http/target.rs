use std::fmt;

use url::{Host, Url};

use super::is_public;

/// The longest address.
const LONGEST: usize = 2000;

/// Where calls may go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// Also over plain HTTP.
    pub allow_http: bool,
    /// Also to this machine and the networks around it.
    pub allow_private: bool,
}

/// An address that calls may go to, as far as its text tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target(pub(super) Url);

impl Rules {
    /// Reads an address as a browser would, so `2130706433` and `0x7f.1` are
    /// the loopback address that they mean.
    pub fn target(self, text: &str) -> Result<Target, &'static str> {
        if text.len() > LONGEST {
            return Err("must not be longer than 2000 bytes");
        }
        let url = Url::parse(text).map_err(|_| "must be an address as in https://shop.example/hooks")?;
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            "http" => return Err("must begin with https:// (webhooks.allow_http is not set)"),
            _ => return Err("must begin with https://"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not hold a name or a password");
        }
        if url.fragment().is_some() {
            return Err("must not have a fragment");
        }
        let is_outside = match url.host() {
            Some(Host::Ipv4(address)) => is_public(address.into()),
            Some(Host::Ipv6(address)) => is_public(address.into()),
            // What a name stands for is looked at when it is called.
            Some(Host::Domain(name)) => !is_this_machine(name),
            None => return Err("must name a host"),
        };
        if !is_outside && !self.allow_private {
            return Err("must not be of this machine or a private network");
        }
        Ok(Target(url))
    }
}

fn is_this_machine(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_by_what_it_means() {
        let rules = Rules::default();
        for inside in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://0/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://169.254.169.254/latest/meta-data",
            "https://2852039166/",
            "https://10.1/",
            "https://192.168.0.1:8443/",
            "https://[fd00:ec2::254]/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://\u{ff11}\u{ff12}\u{ff17}.1/",
            "https://127.0.0.1\u{3002}/",
        ] {
            let refused = rules.target(inside);
            assert_eq!(refused, Err("must not be of this machine or a private network"), "{inside}");
            assert!(Rules { allow_private: true, ..rules }.target(inside).is_ok(), "{inside}");
        }
        for wrong in [
            "",
            "shop.example",
            "//shop.example",
            "ftp://shop.example",
            "file:///etc/passwd",
            "https://",
            "https://a:b@shop.example/",
            "https://a@shop.example/",
            "https://shop.example/#part",
            "https://shop example/",
            "https://1.2.3.4.5/",
            "javascript:alert(1)",
            "https://[::1",
            "http://shop.example/",
        ] {
            assert!(rules.target(wrong).is_err(), "{wrong}");
        }
        assert!(rules.target(&format!("https://shop.example/{}", "a".repeat(2000))).is_err());
        for right in ["https://shop.example/hooks?a=b", "https://8.8.8.8:8443/", "https://schläuche.example/"]
        {
            assert!(rules.target(right).is_ok(), "{right}");
        }
        let with_http = Rules { allow_http: true, ..rules };
        assert_eq!(
            with_http.target("http://shop.example/a b").unwrap().to_string(),
            "http://shop.example/a%20b"
        );
    }
}
