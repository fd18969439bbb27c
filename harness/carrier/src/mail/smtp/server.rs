//! The SMTP server: takes every mail for whomever it is, and hands it on before it says so.

use super::Posted;
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
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name in the greeting.
    pub name: String,
    /// With it, STARTTLS is offered.
    pub tls: Option<ServerTls>,
    /// TLS from the first byte instead.
    pub implicit: bool,
    /// Who may log in. Nobody has to.
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
    ) -> io::Result<(Self, mpsc::Receiver<Posted>)> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (posted, inbox) = mpsc::channel(64);
        let Settings { name, tls, implicit, accounts, limits } = settings;
        let room = Room::new(limits.bytes_in_flight, limits.mail_bytes);
        let desk = Desk { service: "smtp", tls, implicit, accounts, limits, room, refusals: refusals.clone(), notices };
        let task = tokio::spawn(port::listen(listener, Arc::new(Smtp { desk, name, posted })));
        Ok((Self { address, refusals, task }, inbox))
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

pub(super) struct Smtp {
    pub desk: Desk,
    pub name: String,
    pub posted: mpsc::Sender<Posted>,
}

impl Protocol for Smtp {
    fn desk(&self) -> &Desk {
        &self.desk
    }

    async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send>(&self, lines: &mut Lines<S>, client: Client) -> Next {
        Session::new(self, client).run(lines).await
    }
}
