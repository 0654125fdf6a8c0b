//! Networks of trusted proxies.

use std::net::IpAddr;

use ipnet::IpNet;

/// Networks of proxies whose word on the client's address is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedNetworks(Vec<IpNet>);

impl TrustedNetworks {
    /// Reads networks such as `10.0.0.0/8`; an address alone is a network of itself. `None` if one of them is none.
    pub fn parse(texts: &[String]) -> Option<Self> {
        let network = |text: &String| text.parse().ok().or_else(|| Some(IpNet::from(text.parse::<IpAddr>().ok()?)));
        texts.iter().map(network).collect::<Option<Vec<_>>>().map(Self)
    }

    /// No proxy is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address is one of a trusted proxy.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}
