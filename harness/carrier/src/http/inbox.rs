//! The inbox: a server that hands every entity on and answers what it is told.

use super::Limits;
use super::reader::{self, ReadFailure, Room};
use crate::tls::ServerTls;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
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
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (arrivals, inbox) = mpsc::channel(64);
        let task = tokio::spawn(listen(listener, tls.map(Arc::new), limits, arrivals));
        Ok((Self { address, task }, inbox))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How long nothing is accepted after accepting has failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

async fn listen(listener: TcpListener, tls: Option<Arc<ServerTls>>, limits: Limits, arrivals: mpsc::Sender<Arrival>) {
    let places = Arc::new(Semaphore::new(limits.connections));
    let room = Room::new(limits.bytes_in_flight, &limits);
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let Ok((stream, from)) = listener.accept().await else {
            // No file descriptor left, most often: trying again at once would only turn in a circle.
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (tls, arrivals, room) = (tls.clone(), arrivals.clone(), room.clone());
        tokio::spawn(async move {
            let _place = place;
            // See client: only a matter of delay.
            let _ = stream.set_nodelay(true);
            serve(stream, from, tls.as_deref(), &limits, &room, &arrivals).await;
        });
    }
}

async fn serve(
    stream: TcpStream,
    from: SocketAddr,
    tls: Option<&ServerTls>,
    limits: &Limits,
    room: &Room,
    arrivals: &mpsc::Sender<Arrival>,
) {
    match tls {
        None => connection(stream, from, limits, room, arrivals).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(limits.connect, tls.accept(stream)).await {
                connection(stream, from, limits, room, arrivals).await;
            }
        }
    }
}

async fn connection<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    from: SocketAddr,
    limits: &Limits,
    room: &Room,
    arrivals: &mpsc::Sender<Arrival>,
) {
    let mut buffer = Vec::new();
    loop {
        let read =
            tokio::time::timeout(limits.read, reader::read(&mut stream, &mut buffer, true, limits, Some(room))).await;
        let message = match read {
            Ok(Ok(message)) => message,
            Ok(Err(failure)) => {
                if let Some(status) = refusal(&failure) {
                    let _ = write(&mut stream, &Reply { status, entity: Vec::new() }, false).await;
                }
                return;
            }
            Err(_) => return,
        };
        if !message.start.starts_with("POST ") {
            let refusal = Reply { status: 405, entity: Vec::new() };
            if write(&mut stream, &refusal, message.keep_alive).await.is_err() || !message.keep_alive {
                return;
            }
            continue;
        }
        let (reply, answer) = oneshot::channel();
        if arrivals.send(Arrival { from, entity: message.entity(), reply }).await.is_err() {
            return;
        }
        let Ok(reply) = answer.await else { return };
        if write(&mut stream, &reply, message.keep_alive).await.is_err() || !message.keep_alive {
            return;
        }
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
        405 => "Method Not Allowed",
        413 => "Content Too Large",
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
