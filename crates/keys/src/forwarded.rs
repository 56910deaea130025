use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::{AddressList, Network};

/// The most entries of a forwarding header that are looked at; behind more
/// trusted proxies than this a caller is unknown.
pub const MAX_HOPS: usize = 32;

/// The header in which our proxies pass on the caller's address. Only this one
/// is read: a proxy guards the header it writes and passes on the other as the
/// caller sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForwardedHeader {
    /// `Forwarded`, RFC 7239.
    Forwarded,
    /// `X-Forwarded-For`, as most proxies do.
    #[default]
    XForwardedFor,
}

impl ForwardedHeader {
    /// The name of the header, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forwarded => "forwarded",
            Self::XForwardedFor => "x-forwarded-for",
        }
    }
}

/// The proxies whose word on the caller's address is taken.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    networks: AddressList,
    header: ForwardedHeader,
}

impl TrustedProxies {
    /// The proxies in these networks, which all write `header`; with no network
    /// no header is read at all.
    pub fn new(networks: impl IntoIterator<Item = Network>, header: ForwardedHeader) -> Self {
        Self { networks: networks.into_iter().collect(), header }
    }

    /// The header to read.
    pub fn header(&self) -> ForwardedHeader {
        self.header
    }

    /// The address of the caller behind the connection from `peer`, given every
    /// value of [`header`](Self::header) in the order of the request.
    ///
    /// Each proxy appends what it saw, so the list is read from the right: the
    /// first entry that is no trusted proxy is the caller, and what stands left
    /// of it, which the caller may have made up, is not looked at. If all are
    /// trusted the leftmost is the caller. `None` is an unknown caller: the
    /// entry that decides hides or garbles its address.
    pub fn client_address<'v, V>(&self, peer: IpAddr, values: V) -> Option<IpAddr>
    where
        V: IntoIterator<Item = &'v [u8]>,
        V::IntoIter: DoubleEndedIterator,
    {
        let mut caller = peer.to_canonical();
        let mut hops = 0;
        for value in values.into_iter().rev() {
            let mut rest = Some(value);
            while let Some(list) = rest {
                if !self.networks.contains(caller) {
                    return Some(caller);
                }
                hops += 1;
                if hops > MAX_HOPS {
                    return None;
                }
                let (before, entry) = self.split_last(list);
                caller = self.address(entry.trim_ascii())?.to_canonical();
                rest = before;
            }
        }
        Some(caller)
    }

    fn split_last<'v>(&self, list: &'v [u8]) -> (Option<&'v [u8]>, &'v [u8]) {
        match self.header {
            ForwardedHeader::Forwarded => split_last_unquoted(list, b','),
            ForwardedHeader::XForwardedFor => match list.iter().rposition(|b| *b == b',') {
                Some(comma) => (Some(&list[..comma]), &list[comma + 1..]),
                None => (None, list),
            },
        }
    }

    fn address(&self, entry: &[u8]) -> Option<IpAddr> {
        match self.header {
            ForwardedHeader::Forwarded => forwarded_for(entry),
            ForwardedHeader::XForwardedFor => node(std::str::from_utf8(entry).ok()?),
        }
    }
}

/// Splits at the last `separator` outside a quoted string.
///
/// Quotes are paired from the right, since only there a proxy of ours has
/// written: a quote that a caller opens and never closes must not swallow what
/// the proxy appended. In a quoted string every inner quote follows a backslash
/// and the opening one follows `=`, so this finds the same strings in what is
/// well formed as reading from the left.
fn split_last_unquoted(list: &[u8], separator: u8) -> (Option<&[u8]>, &[u8]) {
    let mut quoted = false;
    for (at, byte) in list.iter().enumerate().rev() {
        if *byte == b'"' && !(quoted && is_escaped(&list[..at])) {
            quoted = !quoted;
        } else if *byte == separator && !quoted {
            return (Some(&list[..at]), &list[at + 1..]);
        }
    }
    (None, list)
}

/// Whether the byte after `before` is taken literally in a quoted string.
fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

/// The address in the `for` parameter of an entry of `Forwarded`.
fn forwarded_for(entry: &[u8]) -> Option<IpAddr> {
    let mut found = None;
    let mut rest = Some(entry);
    while let Some(pairs) = rest {
        let (before, pair) = split_last_unquoted(pairs, b';');
        rest = before;
        let pair = std::str::from_utf8(pair.trim_ascii()).ok()?;
        // The grammar lets a pair be left out between semicolons.
        if pair.is_empty() {
            continue;
        }
        let (name, value) = pair.split_once('=')?;
        // A parameter must not be repeated, so two of them name no one.
        if name.eq_ignore_ascii_case("for") && found.replace(unquoted(value)?).is_some() {
            return None;
        }
    }
    node(&found?)
}

/// The text of a token or a quoted string. Tokens are read more generously
/// than RFC 7239 has them, since proxies write `for=192.0.2.1:8080` unquoted.
fn unquoted(value: &str) -> Option<String> {
    let Some(rest) = value.strip_prefix('"') else {
        return (!value.contains(['"', '\\', ' ', '\t'])).then(|| value.to_owned());
    };
    let mut text = String::with_capacity(rest.len());
    let mut chars = rest.chars();
    loop {
        match chars.next()? {
            '"' => return chars.as_str().is_empty().then_some(text),
            '\\' => text.push(chars.next()?),
            c => text.push(c),
        }
    }
}

/// A node of RFC 7239, which covers what is written in `X-Forwarded-For` too:
/// an IPv4 address, or an IPv6 address in brackets, with or without a port, or
/// a bare IPv6 address. `unknown` and `_obfuscated` names are no address.
fn node(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Some(inner) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    if let Ok(with_port) = text.parse::<SocketAddr>() {
        // The parser reads a zone, which no other machine can.
        return (!text.contains('%')).then(|| with_port.ip());
    }
    // A port may be obfuscated too.
    let (address, port) = text.rsplit_once(':')?;
    let address = if port.starts_with('_') { address } else { return None };
    match address.strip_prefix('[') {
        Some(v6) => v6.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => address.parse::<std::net::Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

#[cfg(test)]
mod tests;
