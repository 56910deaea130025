use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The most approved addresses a key may have.
pub const MAX_ADDRESSES: usize = 1000;

/// A single address or a network: `192.168.1.100`, `10.0.0.0/8`,
/// `2001:db8::/32`. IPv4 addresses written as IPv6 (`::ffff:192.0.2.1`) are
/// IPv4 addresses. `::/0` is every IPv6 address and no IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network(pub(crate) IpNet);

impl Network {
    /// Whether `address` lies in the network.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical().into())
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let text = text.trim();
        if text.contains('%') {
            return Err(NotANetwork::Zone);
        }
        let Some((address, prefix)) = text.split_once('/') else {
            return text.parse::<IpAddr>().map(Self::from).map_err(|_| NotANetwork::Form);
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork::Form)?;
        // `u8` would also read "+8".
        if !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotANetwork::Form);
        }
        let prefix = prefix.parse().map_err(|_| NotANetwork::Form)?;
        let network = IpNet::new(address, prefix).map_err(|_| NotANetwork::Prefix(address))?;
        let proper = Self(unmapped(network.trunc()));
        if network.trunc() == network { Ok(proper) } else { Err(NotANetwork::HostBits(proper)) }
    }
}

/// A network within the IPv4-mapped ones as what it stands for.
fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(v6) = network else { return network };
    let mapped = v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96));
    match mapped.and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok()) {
        Some(v4) => v4.into(),
        None => network,
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() { self.0.addr().fmt(f) } else { self.0.fmt(f) }
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Why a text is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotANetwork {
    /// It is neither an address nor an address, a slash and a number.
    Form,
    /// It names a zone, as in `fe80::1%eth0`, which means nothing to others.
    Zone,
    /// The prefix is longer than this address.
    Prefix(IpAddr),
    /// Bits are set beyond the prefix. Cutting them off would approve more
    /// addresses than were meant, so the network is only suggested.
    HostBits(Network),
}

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str(
                "must be an IP address or a network, as in 192.168.1.100, 10.0.0.0/8 or 2001:db8::/32",
            ),
            Self::Zone => f.write_str("must not name a zone"),
            Self::Prefix(IpAddr::V4(_)) => f.write_str("must not have a prefix longer than 32"),
            Self::Prefix(IpAddr::V6(_)) => f.write_str("must not have a prefix longer than 128"),
            Self::HostBits(proper) => write!(f, "has bits set beyond its prefix; did you mean {proper}?"),
        }
    }
}

impl std::error::Error for NotANetwork {}

/// The addresses covered by a set of networks, as sorted ranges that neither
/// overlap nor touch; two lists that cover the same addresses are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct AddressList {
    v4: Box<[(u32, u32)]>,
    v6: Box<[(u128, u128)]>,
}

impl AddressList {
    /// Whether no address is listed.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether `address` is listed.
    pub fn contains(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(v4) => covers(&self.v4, v4.to_bits()),
            IpAddr::V6(v6) => covers(&self.v6, v6.to_bits()),
        }
    }

    /// Whether a caller at `address` may pass: an empty list lets everyone
    /// pass, any other only those it names, never an unknown address.
    pub fn allows(&self, address: Option<IpAddr>) -> bool {
        self.is_empty() || address.is_some_and(|address| self.contains(address))
    }
}

impl FromIterator<Network> for AddressList {
    fn from_iter<I: IntoIterator<Item = Network>>(networks: I) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for Network(network) in networks {
            match network {
                IpNet::V4(net) => v4.push((net.network().to_bits(), net.broadcast().to_bits())),
                IpNet::V6(net) => v6.push((net.network().to_bits(), net.broadcast().to_bits())),
            }
        }
        Self { v4: merged(v4, |last| last.checked_add(1)), v6: merged(v6, |last| last.checked_add(1)) }
    }
}

/// The same coverage in the fewest ranges, sorted. `next` is the address after
/// another, unless that is the last there is.
fn merged<A: Ord + Copy>(mut ranges: Vec<(A, A)>, next: impl Fn(A) -> Option<A>) -> Box<[(A, A)]> {
    ranges.sort_unstable();
    ranges.dedup_by(|later, kept| {
        let joined = next(kept.1).is_none_or(|next| later.0 <= next);
        if joined {
            kept.1 = kept.1.max(later.1);
        }
        joined
    });
    ranges.into()
}

fn covers<A: Ord + Copy>(ranges: &[(A, A)], address: A) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= address);
    after > 0 && address <= ranges[after - 1].1
}

#[cfg(test)]
mod tests;
