//! The names that a server may be known by.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// The values of a `Host` header that are accepted. A page that has a name of its own
/// resolve to this machine sends that name, and is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHosts {
    hosts: BTreeSet<String>,
    port: u16,
}

impl AllowedHosts {
    /// `localhost`, the loopback addresses and the address itself, each with its port
    /// and without one.
    pub fn bound_to(address: SocketAddr) -> Self {
        let (loopback4, loopback6) = (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST);
        let own = match address {
            SocketAddr::V4(v4) => v4.ip().to_string(),
            SocketAddr::V6(v6) => format!("[{}]", v6.ip()),
        };
        let hosts = Self {
            hosts: BTreeSet::new(),
            port: address.port(),
        };
        let names = [
            "localhost",
            &loopback4.to_string(),
            &format!("[{loopback6}]"),
        ];
        let hosts = names.iter().fold(hosts, |hosts, name| hosts.with(name));
        if address.ip().is_unspecified() {
            hosts
        } else {
            hosts.with(&own)
        }
    }

    /// Adds a name: with the server's port and without one, or as it is when it has a
    /// port of its own, such as that of a proxy.
    #[must_use]
    pub fn with(mut self, name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        if !has_port(&name) {
            self.hosts.insert(format!("{name}:{}", self.port));
        }
        self.hosts.insert(name);
        self
    }

    /// Whether a `Host` header may say this. Case does not count.
    pub fn contains(&self, host: &str) -> bool {
        let mut known = self.hosts.iter();
        known.any(|known| known.eq_ignore_ascii_case(host))
    }
}

/// A colon inside of brackets belongs to an IPv6 address.
fn has_port(name: &str) -> bool {
    name.rsplit_once(':')
        .is_some_and(|(_, port)| !port.contains(']'))
}

#[cfg(test)]
mod tests {
    use super::AllowedHosts;

    fn bound_to(address: &str) -> AllowedHosts {
        AllowedHosts::bound_to(address.parse().unwrap())
    }

    #[test]
    fn this_machine_by_every_name() {
        let hosts = bound_to("127.0.0.1:8300");
        for host in [
            "localhost",
            "localhost:8300",
            "LocalHost:8300",
            "127.0.0.1",
            "127.0.0.1:8300",
            "[::1]",
            "[::1]:8300",
        ] {
            assert!(hosts.contains(host), "{host}");
        }
    }

    #[test]
    fn nobody_else() {
        let hosts = bound_to("127.0.0.1:8300").with("box.example");
        for host in [
            "",
            "localhost:8301",
            "localhost.",
            "localhost:8300.evil.example",
            "evil.example",
            "evil.example:8300",
            "127.0.0.2",
            "::1",
            "0.0.0.0:8300",
            "box.example:1",
            "localhost:8300, evil.example",
        ] {
            assert!(!hosts.contains(host), "{host}");
        }
    }

    #[test]
    fn configured_names() {
        let hosts = bound_to("0.0.0.0:8300")
            .with("Box.example")
            .with("proxy.example:443");
        assert!(hosts.contains("box.example:8300"));
        assert!(hosts.contains("BOX.example"));
        assert!(hosts.contains("proxy.example:443"));
        assert!(!hosts.contains("proxy.example"));
        assert!(!hosts.contains("0.0.0.0:8300"));
        assert!(bound_to("[fe80::1]:80").contains("[fe80::1]:80"));
        assert!(bound_to("192.168.0.7:80").contains("192.168.0.7"));
    }
}
