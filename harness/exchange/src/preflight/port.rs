//! Ports both ways: ours must be free, the subject's must take a connection.

use super::Look;
use crate::subject::Ports;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Why there is no connection.
pub(super) enum Closed {
    /// Somebody said no.
    Refused,
    /// Nobody said anything for this long.
    Silent(Duration),
    /// There is no way to it, or another trouble of this machine.
    Other(io::Error),
}

/// Connects.
pub(super) async fn connect(host: &str, port: u16, within: Duration) -> Result<TcpStream, Closed> {
    match timeout(within, TcpStream::connect((host, port))).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => Err(Closed::Refused),
        Ok(Err(error)) if error.kind() == ErrorKind::TimedOut => Err(Closed::Silent(within)),
        Ok(Err(error)) => Err(Closed::Other(error)),
        Err(_) => Err(Closed::Silent(within)),
    }
}

/// Whether a port of the subject takes a connection.
pub(super) async fn look(what: &str, host: &str, port: u16, within: Duration, advice: &'static str) -> Look {
    match connect(host, port, within).await {
        Ok(_) => Look::fine(what, "accepts connections"),
        Err(Closed::Refused) => Look::absent(what, "refused: nothing listens at that port", advice),
        Err(Closed::Silent(within)) => Look::absent(
            what,
            format!("no answer within {} s: the packets are dropped", within.as_secs_f32()),
            "open the port in the firewall between here and there, or correct the host",
        ),
        Err(Closed::Other(error)) => Look::absent(what, error.to_string(), "is there a route to it from this machine?"),
    }
}

/// Whether nothing listens where the harness is to start the subject: the run would test what is there already.
pub(super) async fn not_there_yet(what: &str, host: &str, port: u16, within: Duration) -> Look {
    match connect(host, port, within).await {
        Ok(_) => Look::misfit(
            what,
            "something listens there before it is started",
            "stop it, or write `start: running`: the run would test what is there already",
        ),
        Err(_) => Look::fine(what, "is started by the run"),
    }
}

/// Whether a port of ours is free.
pub fn bindable(what: &str, address: SocketAddr, advice: &'static str) -> Look {
    match TcpListener::bind(address) {
        Ok(_) => Look::fine(what, "the port is free"),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            Look::misfit(what, format!("another program has the port: {error}"), advice)
        }
        Err(error) => Look::misfit(what, error.to_string(), advice),
    }
}

/// The ports of the inbox.
pub(super) fn inbox(ports: &Ports) -> Vec<Look> {
    let advice = "stop that program, or choose another port under `inbox` and tell the subject";
    let look = |(name, address)| bindable(&format!("our {name} inbox at {address}"), address, advice);
    ports.addresses().map(look).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Fault, Outcome};
    use super::*;

    #[tokio::test]
    async fn a_port_is_taken_free_or_refuses() {
        let open = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = open.local_addr().unwrap();
        let within = Duration::from_secs(5);
        assert!(look("s", "127.0.0.1", address.port(), within, "a").await.is_fine());
        assert!(!not_there_yet("s", "127.0.0.1", address.port(), within).await.is_fine());
        assert_eq!(bindable("ours", address, "a").outcome, Outcome::Wrong(Fault::Configuration));
        drop(open);
        let refused = look("s", "127.0.0.1", address.port(), within, "a").await;
        assert_eq!(refused.outcome, Outcome::Wrong(Fault::Environment));
        assert!(refused.found.starts_with("refused"), "{refused:?}");
        assert!(bindable("ours", address, "a").is_fine());
    }
}
