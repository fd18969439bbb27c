//! The inbox: a server that hands every entity on and answers what it is told.

use super::Limits;
use super::reader::{self, Read, ReadFailure};
use crate::places::{self, Pulsing};
use crate::refusals::{Refusal, Refusals};
use crate::room::Room;
use crate::tls::ServerTls;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// What came in, waiting for its answer.
#[derive(Debug)]
pub struct Arrival {
    /// Who connected.
    pub from: SocketAddr,
    /// Header fields, blank line, body.
    pub entity: Vec<u8>,
    /// Where the answer goes. Dropped: the connection is closed without one.
    pub reply: oneshot::Sender<Reply>,
}

/// A request to one of several resources, waiting for its answer.
#[derive(Debug)]
pub struct Request {
    /// Who connected.
    pub from: SocketAddr,
    /// Whether by TLS.
    pub secure: bool,
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query as they came.
    pub target: String,
    /// The Host field, in lower case.
    pub host: Option<String>,
    /// Header fields, blank line, body.
    pub entity: Vec<u8>,
    /// Where the answer goes. Dropped: the connection is closed without one.
    pub reply: oneshot::Sender<Reply>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Header fields, blank line, body; empty for an empty answer.
    pub entity: Vec<u8>,
}

impl Reply {
    /// Taken, nothing to say here; the receipt comes by itself.
    pub fn accepted() -> Self {
        Self { status: 200, entity: Vec::new() }
    }
}

/// A server that is listening.
#[derive(Debug)]
pub struct Inbox {
    address: SocketAddr,
    refusals: Refusals,
    task: JoinHandle<()>,
}

impl Inbox {
    /// Listens at `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn open(
        address: SocketAddr,
        tls: Option<ServerTls>,
        limits: Limits,
    ) -> io::Result<(Self, mpsc::Receiver<Arrival>)> {
        Self::open_noting(address, tls, limits, Refusals::default()).await
    }

    /// The same; what is turned away is noted in `refusals`, which other ports may share.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn open_noting(
        address: SocketAddr,
        tls: Option<ServerTls>,
        limits: Limits,
        refusals: Refusals,
    ) -> io::Result<(Self, mpsc::Receiver<Arrival>)> {
        let (arrivals, inbox) = mpsc::channel(64);
        Ok((Self::start(address, tls, limits, refusals, Taker::Messages(arrivals)).await?, inbox))
    }

    /// The same for a server of many resources: every method and target is handed on.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn open_for_requests(
        address: SocketAddr,
        tls: Option<ServerTls>,
        limits: Limits,
    ) -> io::Result<(Self, mpsc::Receiver<Request>)> {
        let (requests, inbox) = mpsc::channel(64);
        Ok((Self::start(address, tls, limits, Refusals::default(), Taker::Requests(requests)).await?, inbox))
    }

    async fn start(
        address: SocketAddr,
        tls: Option<ServerTls>,
        limits: Limits,
        refusals: Refusals,
        taker: Taker,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let room = Room::new(limits.bytes_in_flight, limits.body_bytes);
        let desk = Desk { tls, limits, room, refusals: refusals.clone(), taker };
        let task = tokio::spawn(listen(listener, Arc::new(desk)));
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

impl Drop for Inbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What all connections share.
struct Desk {
    tls: Option<ServerTls>,
    limits: Limits,
    room: Room,
    refusals: Refusals,
    taker: Taker,
}

/// Who is handed what came in.
enum Taker {
    Messages(mpsc::Sender<Arrival>),
    Requests(mpsc::Sender<Request>),
}

impl Taker {
    fn takes(&self, message: &Read) -> bool {
        matches!(self, Self::Requests(_)) || message.start.starts_with("POST ")
    }

    /// False when nobody is there any more.
    async fn take(&self, message: &Read, from: SocketAddr, secure: bool, reply: oneshot::Sender<Reply>) -> bool {
        let entity = message.entity();
        match self {
            Self::Messages(arrivals) => arrivals.send(Arrival { from, entity, reply }).await.is_ok(),
            Self::Requests(requests) => {
                let mut start = message.start.split(' ');
                let (method, target) = (start.next().unwrap_or_default(), start.next().unwrap_or_default());
                let (method, target, host) = (method.to_owned(), target.to_owned(), message.host.clone());
                requests.send(Request { from, secure, method, target, host, entity, reply }).await.is_ok()
            }
        }
    }
}

async fn listen(listener: TcpListener, desk: Arc<Desk>) {
    places::serve_all(listener, desk.limits.connections, |stream, from, _| {
        let desk = desk.clone();
        async move { desk.serve(stream, from).await }
    })
    .await;
}

impl Desk {
    async fn serve(&self, stream: Pulsing, from: SocketAddr) {
        let Some(tls) = &self.tls else { return self.connection(stream, from).await };
        match tokio::time::timeout(self.limits.connect, tls.accept(stream)).await {
            Ok(Ok(stream)) => self.connection(stream, from).await,
            Ok(Err(error)) => {
                // Whoever only looks whether somebody listens hangs up in the middle.
                let hung_up = matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset);
                self.refuse(from, format!("no TLS could be agreed: {error}"), !hung_up);
            }
            Err(_) => self.refuse(from, format!("no TLS was agreed within {:?}", self.limits.connect), false),
        }
    }

    fn refuse(&self, from: SocketAddr, reason: String, may_be_message: bool) {
        self.refusals.note(Refusal { from, reason, may_be_message });
    }

    async fn connection<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: S, from: SocketAddr) {
        let limits = &self.limits;
        let mut buffer = Vec::new();
        loop {
            let reading = self.request(&mut stream, &mut buffer);
            let message = match tokio::time::timeout(limits.read, reading).await {
                Ok(Ok(message)) => message,
                Ok(Err(failure)) => {
                    let status = refusal(&failure);
                    // A connection that is closed before anything more came has simply ended.
                    if !matches!(failure, ReadFailure::Closed { received: 0 } | ReadFailure::Io(_)) {
                        let answer = status.map(|status| format!("{status}: ")).unwrap_or_default();
                        let may_be_message = !matches!(failure, ReadFailure::NotHttp(_));
                        self.refuse(from, format!("{answer}{failure}"), may_be_message);
                    }
                    if let Some(status) = status {
                        let _ = write(&mut stream, &Reply { status, entity: Vec::new() }, false).await;
                    }
                    return;
                }
                Err(_) => {
                    if !buffer.is_empty() {
                        self.refuse(from, format!("a request was not complete within {:?}", limits.read), true);
                    }
                    return;
                }
            };
            if !self.taker.takes(&message) {
                let method = message.start.split(' ').next().unwrap_or_default();
                self.refuse(from, format!("405: {} is not taken here", method.escape_debug()), false);
                let refusal = Reply { status: 405, entity: Vec::new() };
                if write(&mut stream, &refusal, message.keep_alive).await.is_err() || !message.keep_alive {
                    return;
                }
                continue;
            }
            let (reply, answer) = oneshot::channel();
            if !self.taker.take(&message, from, self.tls.is_some(), reply).await {
                return;
            }
            let Ok(reply) = answer.await else { return };
            if write(&mut stream, &reply, message.keep_alive).await.is_err() || !message.keep_alive {
                return;
            }
        }
    }
}

impl Desk {
    async fn request<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
        buffer: &mut Vec<u8>,
    ) -> Result<Read, ReadFailure> {
        let head = reader::read_head(stream, buffer, true, &self.limits).await?;
        // Whoever has begun with the body does not wait.
        if head.0.expects_continue && buffer.is_empty() {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.map_err(ReadFailure::Io)?;
            stream.flush().await.map_err(ReadFailure::Io)?;
        }
        reader::read_body(stream, buffer, head, &self.limits, Some(&self.room)).await
    }
}

fn refusal(failure: &ReadFailure) -> Option<u16> {
    match failure {
        ReadFailure::NotHttp(_) => Some(400),
        ReadFailure::TooLarge { .. } => Some(413),
        ReadFailure::Closed { .. } | ReadFailure::Io(_) => None,
    }
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, reply: &Reply, keep_alive: bool) -> io::Result<()> {
    let entity: &[u8] = if reply.entity.is_empty() { b"\r\n" } else { &reply.entity };
    let split = entity.windows(4).position(|w| w == b"\r\n\r\n").map_or(entity.len(), |at| at + 4);
    let length = entity.len() - split;
    let reason = match reply.status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
    let connection = if keep_alive { "keep-alive" } else { "close" };
    let mut bytes =
        format!("HTTP/1.1 {} {reason}\r\nConnection: {connection}\r\nContent-Length: {length}\r\n", reply.status)
            .into_bytes();
    bytes.extend_from_slice(entity);
    stream.write_all(&bytes).await?;
    stream.flush().await
}
