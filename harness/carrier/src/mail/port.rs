//! What the servers of SMTP and POP3 share: connections, TLS, and telling what happened.

use super::lines::Lines;
use super::{Accounts, Limits};
use crate::places::{self, Pulsing};
use crate::refusals::{Refusal, Refusals};
use crate::room::Room;
use crate::tls::{ClientTls, ServerTls};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// How a client secures its connection.
#[derive(Debug, Clone)]
pub enum Security {
    /// Not at all.
    Plain,
    /// STARTTLS or STLS: it begins in the clear and goes on in TLS.
    Upgrade(ClientTls),
    /// TLS from the first byte.
    Implicit(ClientTls),
}

/// What a server of ours saw, beside the mails themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Somebody logged in.
    LoggedIn {
        /// `smtp` or `pop3`.
        service: &'static str,
        /// Who connected.
        from: SocketAddr,
        /// The name that was given.
        user: String,
    },
    /// A login was refused.
    LoginRefused {
        /// `smtp` or `pop3`.
        service: &'static str,
        /// Who connected.
        from: SocketAddr,
        /// The name that was given.
        user: String,
        /// Why.
        reason: String,
    },
    /// A mail was fetched whole: RETR, and its last byte is written.
    Fetched {
        /// Who connected.
        from: SocketAddr,
        /// The name that was given.
        user: String,
        /// The mail's number in the mailbox.
        number: u64,
    },
    /// A mail was deleted: DELE, and QUIT after it.
    Deleted {
        /// The mail's number in the mailbox.
        number: u64,
    },
}

/// What all connections of a server share.
pub(super) struct Desk {
    pub service: &'static str,
    pub tls: Option<ServerTls>,
    /// TLS from the first byte.
    pub implicit: bool,
    pub accounts: Accounts,
    pub limits: Limits,
    pub room: Room,
    pub refusals: Refusals,
    pub notices: mpsc::Sender<Notice>,
}

impl Desk {
    /// Notes what was turned away. `may_be_message`: nobody can say then that none was sent.
    pub fn refuse(&self, from: SocketAddr, reason: &str, may_be_message: bool) {
        self.refusals.note(Refusal { from, reason: format!("{}: {reason}", self.service), may_be_message });
    }

    /// Tells whoever runs the server; nobody may be there any more.
    pub async fn tell(&self, notice: Notice) {
        let _ = self.notices.send(notice).await;
    }
}

/// A protocol, spoken with one client at a time.
pub(super) trait Protocol: Send + Sync + 'static {
    /// What the connections share.
    fn desk(&self) -> &Desk;

    /// Speaks until the end, or until TLS is to begin.
    fn speak<S: AsyncRead + AsyncWrite + Unpin + Send>(
        &self,
        lines: &mut Lines<S>,
        client: Client,
    ) -> impl Future<Output = Next> + Send;
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    /// Its address.
    pub from: SocketAddr,
    /// Its number, from 0.
    pub number: u64,
    /// Whether TLS is spoken.
    pub secured: bool,
    /// Whether the greeting has been given: after an upgrade there is none.
    pub greeted: bool,
}

/// How speaking ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// For good.
    End,
    /// TLS begins.
    Tls,
}

/// Accepts connections for ever.
pub(super) async fn listen(listener: TcpListener, protocol: Arc<impl Protocol>) {
    let limits = protocol.desk().limits;
    places::serve_all(listener, limits.connections, |stream, from, number| {
        let protocol = protocol.clone();
        async move {
            if tokio::time::timeout(limits.session, serve(&*protocol, stream, (from, number))).await.is_err() {
                let reason = format!("the connection lasted longer than {:?}", limits.session);
                protocol.desk().refuse(from, &reason, false);
            }
        }
    })
    .await;
}

async fn serve(protocol: &impl Protocol, stream: Pulsing, (from, number): (SocketAddr, u64)) {
    let desk = protocol.desk();
    let mut client = Client { from, number, secured: false, greeted: false };
    let stream = if desk.implicit {
        stream
    } else {
        let mut lines = Lines::new(stream);
        if protocol.speak(&mut lines, client).await == Next::End {
            return;
        }
        client.greeted = true;
        lines.into_stream()
    };
    let Some(tls) = &desk.tls else { return };
    client.secured = true;
    match tokio::time::timeout(desk.limits.connect, tls.accept(stream)).await {
        Ok(Ok(stream)) => drop(protocol.speak(&mut Lines::new(stream), client).await),
        Ok(Err(error)) => desk.refuse(from, &format!("no TLS could be agreed: {error}"), true),
        Err(_) => desk.refuse(from, &format!("no TLS was agreed within {:?}", desk.limits.connect), false),
    }
}
