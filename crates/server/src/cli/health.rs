//! `diwan health`: whether the server of this configuration answers, for containers and scripts.

use std::{
    io::{Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use super::failure::{Failure, say};
use crate::config::Config;

/// How long connecting, writing and each reading may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Most bytes of an answer that are read.
const MAX_ANSWER_BYTES: u64 = 4_096;

/// Asks `/livez` on the address that the server listens on.
pub(super) fn health(config: &Config) -> Result<(), Failure> {
    let address = reachable(config.listen);
    let answer = ask(address).map_err(|error| Failure::new(format!("no answer from {address}: {error}")))?;
    let status = answer.split(' ').nth(1).unwrap_or_default();
    if status == "200" {
        say("live");
        Ok(())
    } else {
        Err(Failure::new(format!("{address} answers with status {status}")))
    }
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE)?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    write!(socket, "GET /livez HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    socket.take(MAX_ANSWER_BYTES).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A server on all addresses is asked on the local one.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_the_local_one() {
        for (listens, asked) in
            [("0.0.0.0:8080", "127.0.0.1:8080"), ("[::]:8080", "[::1]:8080"), ("192.0.2.7:80", "192.0.2.7:80")]
        {
            assert_eq!(reachable(listens.parse().unwrap()).to_string(), asked);
        }
    }
}
