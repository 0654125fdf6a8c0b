//! Who a client is, as limits count: the address of its connection, or what a trusted proxy says of it.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
};

use poem::http::{HeaderMap, HeaderName, header};

use crate::config::TrustedNetworks;

/// Set by most proxies: every proxy adds the address that it was asked from at the end.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Bits of an IPv6 address that name one client; one client can choose all the others by itself.
const IPV6_CLIENT_BITS: u32 = 64;

/// The address that limits per client count by. An IPv6 address stands for its whole `/64`, an IPv4 address for itself.
///
/// Never written to the log and never kept: it lives as long as what it limits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Of an address as the system gives it.
    pub(crate) fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let network = u128::from(v6) & (u128::MAX << (128 - IPV6_CLIENT_BITS));
                IpAddr::V6(Ipv6Addr::from(network))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// Of a request that came from `peer`: the last address in `X-Forwarded-For` or `Forwarded` that is no trusted proxy,
    /// if `peer` is one; else `peer`. Where the two headers disagree, one of them was written by the client: then it is `peer`.
    pub(crate) fn of_request(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedNetworks) -> Self {
        if !trusted.contains(peer) {
            return Self::new(peer);
        }
        let by_list = addresses(headers, &X_FORWARDED_FOR, |part| Some(part));
        let by_standard = addresses(headers, &header::FORWARDED, forwarded_for);
        let clients = (client_of(trusted, peer, by_list), client_of(trusted, peer, by_standard));
        Self::new(match clients {
            (Some(one), Some(other)) if one != other => peer,
            (Some(client), _) | (None, Some(client)) => client,
            (None, None) => peer,
        })
    }
}

impl fmt::Debug for ClientAddress {
    /// Shows no address: what is debugged may be logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientAddress(…)")
    }
}

/// The client by a list of addresses, the nearest proxy's word last. `None` without a list.
fn client_of(trusted: &TrustedNetworks, peer: IpAddr, addresses: Vec<Option<IpAddr>>) -> Option<IpAddr> {
    let mut last = None;
    for address in addresses.into_iter().rev() {
        match address {
            // Not an address, such as `unknown`: the proxy that said so is all that is known.
            None => return Some(last.unwrap_or(peer)),
            Some(address) if trusted.contains(address) => last = Some(address),
            Some(client) => return Some(client.to_canonical()),
        }
    }
    last
}

/// Whether a proxy seems to have passed this request on.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(header::FORWARDED)
}

/// Whether an address is one that only neighbours have: a proxy beside this server, and no client from the Internet.
pub(crate) fn is_near(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// The addresses in all headers of a name, in order; `None` for what is no address.
fn addresses(headers: &HeaderMap, name: &HeaderName, read: fn(&str) -> Option<&str>) -> Vec<Option<IpAddr>> {
    let mut found = Vec::new();
    for value in headers.get_all(name) {
        let text = value.to_str().unwrap_or_default();
        found.extend(text.split(',').map(|part| read(part.trim()).and_then(address)));
    }
    found
}

/// The `for` of one element of `Forwarded`, such as `for="[2001:db8::1]:4711";proto=https`.
fn forwarded_for(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"'))
    })
}

/// An address, perhaps in brackets and with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None if text.bytes().filter(|byte| *byte == b':').count() == 1 => text.split(':').next().unwrap_or_default(),
        None => text,
    };
    bare.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, sent: &[(&'static str, &'static str)]) -> IpAddr {
        let trusted = TrustedNetworks::parse(&["10.0.0.0/8".into(), "::1".into()]).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, value.parse().unwrap());
        }
        ClientAddress::of_request(peer.parse().unwrap(), &headers, &trusted).0
    }

    #[test]
    fn a_trusted_proxy_names_the_client_and_nobody_else_does() {
        let told = ("x-forwarded-for", "203.0.113.9");
        for (peer, sent, wanted) in [
            ("198.51.100.1", &[told][..], "198.51.100.1"),
            ("10.1.2.3", &[], "10.1.2.3"),
            ("10.1.2.3", &[told], "203.0.113.9"),
            ("::ffff:10.1.2.3", &[told], "203.0.113.9"),
            // What the client itself sent is before what the proxy added.
            ("10.1.2.3", &[("x-forwarded-for", "192.0.2.66, 203.0.113.9")], "203.0.113.9"),
            ("10.1.2.3", &[("x-forwarded-for", "192.0.2.66"), told], "203.0.113.9"),
            ("10.1.2.3", &[("x-forwarded-for", "203.0.113.9, 10.0.0.7")], "203.0.113.9"),
            ("10.1.2.3", &[("x-forwarded-for", "10.0.0.8, 10.0.0.7")], "10.0.0.8"),
            ("10.1.2.3", &[("x-forwarded-for", "203.0.113.9, unknown, 10.0.0.7")], "10.0.0.7"),
            ("10.1.2.3", &[("x-forwarded-for", "nonsense")], "10.1.2.3"),
            ("10.1.2.3", &[("x-forwarded-for", "203.0.113.9:4711")], "203.0.113.9"),
            ("::1", &[("forwarded", "for=192.0.2.66;proto=http, For=\"203.0.113.9:1\";by=10.0.0.1")], "203.0.113.9"),
            ("::1", &[("forwarded", "proto=https;for=\"[2001:db8:1:2:3::1]:4711\"")], "2001:db8:1:2::"),
            ("::1", &[("forwarded", "for=_hidden")], "::"),
            // The proxy wrote one, the client the other.
            ("10.1.2.3", &[told, ("forwarded", "for=192.0.2.66")], "10.1.2.3"),
            ("10.1.2.3", &[told, ("forwarded", "for=203.0.113.9")], "203.0.113.9"),
        ] {
            assert_eq!(client(peer, sent), wanted.parse::<IpAddr>().unwrap(), "{peer} {sent:?}");
        }
    }

    #[test]
    fn networks_are_read_and_neighbours_known() {
        assert!(TrustedNetworks::parse(&["10.0.0.0/33".into()]).is_none());
        assert!(TrustedNetworks::parse(&["proxy".into()]).is_none());
        for near in ["127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fd00::1", "::ffff:127.0.0.1"] {
            assert!(is_near(near.parse().unwrap()), "{near}");
        }
        for far in ["203.0.113.9", "2001:db8::1"] {
            assert!(!is_near(far.parse().unwrap()), "{far}");
        }
    }
}
