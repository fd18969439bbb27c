//! The POP3 server.

use super::session::Session;
use crate::mail::lines::Lines;
use crate::mail::port::{self, Client, Desk, Next, Protocol};
use crate::mail::{Accounts, Limits, Notice};
use crate::refusals::Refusals;
use crate::room::Room;
use crate::tls::ServerTls;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name in the greeting.
    pub name: String,
    /// With it, STLS is offered.
    pub tls: Option<ServerTls>,
    /// TLS from the first byte instead.
    pub implicit: bool,
    /// Who may log in, and to which mailbox.
    pub accounts: Accounts,
    /// How long and how much.
    pub limits: Limits,
}

/// A server that is listening; dropped, it stops.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    refusals: Refusals,
    task: JoinHandle<()>,
}

impl Server {
    /// Listens at `address`; port 0 takes a free one. What it turns away is noted in `refusals`.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn open(
        address: SocketAddr,
        settings: Settings,
        notices: mpsc::Sender<Notice>,
        refusals: Refusals,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let Settings { name, tls, implicit, accounts, limits } = settings;
        // Mails only leave here; there is nothing to make room for.
        let room = Room::new(0, limits.mail_bytes);
        let desk = Desk { service: "pop3", tls, implicit, accounts, limits, room, refusals: refusals.clone(), notices };
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let task = tokio::spawn(port::listen(listener, Arc::new(Pop3 { desk, name, began })));
        Ok(Self { address, refusals, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it turned away.
    pub fn refusals(&self) -> Refusals {
        self.refusals.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(super) struct Pop3 {
    pub desk: Desk,
    pub name: String,
    began: u128,
}

impl Pop3 {
    /// The timestamp of a greeting, another one for each connection (RFC 1939, APOP). After STLS there is no new
    /// greeting (RFC 2595 section 4), and it is still this one that counts.
    pub fn timestamp(&self, client: Client) -> String {
        format!("<{}.{}.{}@{}>", std::process::id(), client.number, self.began, self.name)
    }
}

impl Protocol for Pop3 {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send>(&self, lines: &mut Lines<S>, client: Client) -> Next {
        Session::new(self, client).run(lines).await
    }
}
