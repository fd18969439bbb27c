//! The ports of the registers.

use super::{Answered, Incoming, Stand};
use carrier::http::{Inbox, Limits, Reply, Request};
use carrier::port::Pending;
use carrier::stand_in::{Asked, Book, Fault, OpenPorts, StandIns};
use carrier::tls::ServerTls;
use jiff::Timestamp;
use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Where registers listen.
#[derive(Debug, Clone)]
pub struct Ports {
    /// Plain.
    pub http: SocketAddr,
    /// By TLS, with what is shown there.
    pub https: Option<(SocketAddr, ServerTls)>,
}

/// A request to a register is small, and who asks does not ask often.
const LIMITS: Limits = Limits {
    head_bytes: 16 * 1024,
    body_bytes: 256 * 1024,
    read: Duration::from_secs(20),
    connect: Duration::from_secs(10),
    connections: 64,
    bytes_in_flight: 16 * 1024 * 1024,
};

/// Registers that are open, until this is dropped.
#[derive(Debug)]
pub struct Open {
    http: Inbox,
    https: Option<Inbox>,
    tasks: Vec<JoinHandle<()>>,
}

impl Open {
    /// Where they listen without TLS.
    pub fn http(&self) -> SocketAddr {
        self.http.address()
    }

    /// Where they listen with TLS.
    pub fn https(&self) -> Option<SocketAddr> {
        self.https.as_ref().map(Inbox::address)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl OpenPorts for Open {}

/// The registers with the ports where they will listen.
#[derive(Debug)]
pub struct Registers {
    /// What they know.
    pub stand: Arc<Stand>,
    /// Where they will listen.
    pub ports: Ports,
}

impl StandIns for Registers {
    fn places(&self) -> Vec<SocketAddr> {
        std::iter::once(self.ports.http).chain(self.ports.https.as_ref().map(|(address, _)| *address)).collect()
    }

    fn open(&self, book: Book) -> Pending<'_, io::Result<Box<dyn OpenPorts>>> {
        Box::pin(async move {
            let opened = open(self.stand.clone(), &self.ports, book).await?;
            Ok(Box::new(opened) as Box<dyn OpenPorts>)
        })
    }

    fn switch(&self, fault: &Fault) -> Result<(), String> {
        self.stand.faults.switch(fault)
    }

    fn reset(&self) {
        self.stand.faults.reset();
    }
}

/// Opens the ports. Each request is told to `book` and answered when it says that it is recorded.
///
/// # Errors
/// When a port cannot be had.
pub async fn open(stand: Arc<Stand>, ports: &Ports, book: Book) -> io::Result<Open> {
    let (http, requests) = Inbox::open_for_requests(ports.http, None, LIMITS).await?;
    let mut tasks = vec![tokio::spawn(take(stand.clone(), requests, book.clone()))];
    let mut https = None;
    if let Some((address, tls)) = &ports.https {
        let (inbox, requests) = Inbox::open_for_requests(*address, Some(tls.clone()), LIMITS).await?;
        tasks.push(tokio::spawn(take(stand, requests, book)));
        https = Some(inbox);
    }
    Ok(Open { http, https, tasks })
}

async fn take(stand: Arc<Stand>, mut requests: mpsc::Receiver<Request>, book: Book) {
    while let Some(request) = requests.recv().await {
        let (stand, book) = (stand.clone(), book.clone());
        // As many at once as there are connections: one that is held back holds nobody up.
        tokio::spawn(async move { one(&stand, request, &book).await });
    }
}

async fn one(stand: &Stand, request: Request, book: &Book) {
    let incoming = Incoming::of(&request);
    let answering = AssertUnwindSafe(|| stand.answer(&incoming, Timestamp::now()));
    let answered = std::panic::catch_unwind(answering).unwrap_or_else(|_| {
        let what = format!("a panic over {} {}", incoming.method, incoming.target);
        Answered::defect("unknown", "unknown", what)
    });
    let delay = answered.delay();
    let (recorded, told) = oneshot::channel();
    let asked = asked(&incoming, &answered, request.from, recorded);
    // Without a record no answer: the run is over.
    if book.send(asked).await.is_err() || told.await.is_err() {
        return;
    }
    tokio::time::sleep(delay).await;
    if let Some(reply) = answered.reply {
        // Whoever asked may have hung up.
        let _ = request.reply.send(reply);
    }
}

fn asked(incoming: &Incoming, answered: &Answered, from: SocketAddr, recorded: oneshot::Sender<()>) -> Asked {
    let Reply { status, entity } = answered.reply.clone().unwrap_or(Reply { status: 0, entity: Vec::new() });
    Asked {
        register: answered.register,
        operation: answered.operation.clone(),
        about: answered.about.clone(),
        from,
        mode: answered.fault.as_ref().map(|fault| fault.name.clone()),
        status: answered.reply.as_ref().map(|_| status),
        request: incoming.recorded(),
        response: entity,
        defect: answered.defect.clone(),
        recorded,
    }
}
