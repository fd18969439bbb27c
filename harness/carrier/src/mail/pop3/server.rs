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
use std::sync::atomic::{AtomicU64, Ordering};
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
        let task = tokio::spawn(port::listen(listener, Arc::new(Pop3 { desk, name, greetings: AtomicU64::new(0) })));
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
    greetings: AtomicU64,
}

impl Pop3 {
    /// The timestamp of a greeting, another one each time (RFC 1939, APOP).
    pub fn timestamp(&self) -> String {
        let count = self.greetings.fetch_add(1, Ordering::Relaxed);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        format!("<{}.{count}.{since}@{}>", std::process::id(), self.name)
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
