//! The system behind HTTP: a process of its own, or a task inside `demo`.

use crate::journal::Order;
use crate::memory::{self, Memory, Moment};
use crate::system::{Outgoing, Reaction, Surroundings, System, SystemError};
use carrier::http::{self, Arrival, Inbox, Limits, Reply, Url};
use carrier::tls::{ClientTls, ServerTls};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use wire::CryptoRng;

/// How the system is reached and reaches others.
#[derive(Debug, Clone, Default)]
pub struct Wiring {
    /// Addresses of the partners, by HER-id.
    pub partners: BTreeMap<u32, Url>,
    /// Trust for `https` partners.
    pub client_tls: Option<ClientTls>,
    /// TLS of the own endpoint.
    pub server_tls: Option<ServerTls>,
    /// How long the journal takes over a message before its AppRec leaves, as with manual handling.
    pub apprec_after: Duration,
    /// How often it is looked whether something has to be sent again; one second when absent.
    pub tick: Option<Duration>,
}

/// A running system; dropped, it stops.
#[derive(Debug)]
pub struct Served {
    inbox: Inbox,
    desk: Arc<Desk>,
    task: JoinHandle<()>,
}

impl Served {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.inbox.address()
    }

    /// Takes orders inside this process.
    pub fn orders_inside(&self) -> Orders {
        Orders(Taker::Desk(self.desk.clone()))
    }
}

/// Takes orders inside this process.
#[derive(Debug, Clone)]
pub struct Orders(Taker);

#[derive(Debug, Clone)]
enum Taker {
    Desk(Arc<Desk>),
    Channel(mpsc::Sender<Order>),
}

impl From<mpsc::Sender<Order>> for Orders {
    fn from(sender: mpsc::Sender<Order>) -> Self {
        Self(Taker::Channel(sender))
    }
}

/// Where orders are taken by HTTP; dropped, it closes.
#[derive(Debug)]
pub struct OrderDesk {
    inbox: Inbox,
    task: JoinHandle<()>,
}

impl OrderDesk {
    /// Where.
    pub fn address(&self) -> SocketAddr {
        self.inbox.address()
    }
}

impl Drop for OrderDesk {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Orders {
    /// Takes orders by HTTP too: a POST with the JSON that the harness's triggers send. What cannot be carried out is
    /// answered with 400 and the reason.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub async fn at(self, address: SocketAddr) -> io::Result<OrderDesk> {
        let (inbox, mut arrivals) = Inbox::open(address, None, Limits::default()).await?;
        let task = tokio::spawn(async move {
            while let Some(Arrival { entity, reply, .. }) = arrivals.recv().await {
                let body = entity.windows(4).position(|w| w == b"\r\n\r\n").map_or(0, |at| at + 4);
                let (status, text) = match self.order(&entity[body..]) {
                    Ok(()) => (202, "on its way".to_owned()),
                    Err(reason) => (400, reason),
                };
                let entity = format!("Content-Type: text/plain; charset=UTF-8\r\n\r\n{text}\n").into_bytes();
                // Whoever ordered may have hung up.
                let _ = reply.send(Reply { status, entity });
            }
        });
        Ok(OrderDesk { inbox, task })
    }

    /// Carries out an order to send, in the JSON that the harness's triggers send.
    ///
    /// # Errors
    /// One sentence: why it cannot be.
    pub fn order(&self, order: &[u8]) -> Result<(), String> {
        let order: Order = serde_json::from_slice(order).map_err(|error| format!("this is no order: {error}"))?;
        match &self.0 {
            Taker::Desk(desk) => desk.clone().order(&order),
            Taker::Channel(sender) => sender.try_send(order).map_err(|error| error.to_string()),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves `system` at `address`. `chance` is drawn from for ids and keys. What `memory` recalled and nobody has
/// acknowledged is sent again.
///
/// # Errors
/// When the port cannot be had.
pub async fn serve(
    system: System,
    address: SocketAddr,
    wiring: Wiring,
    memory: Memory,
    chance: Box<dyn CryptoRng + Send>,
) -> io::Result<Served> {
    let (inbox, arrivals) = Inbox::open(address, wiring.server_tls.clone(), Limits::default()).await?;
    let unsettled = system.unsettled();
    let desk = Arc::new(Desk { state: Mutex::new((system, memory, chance)), wiring, began: Instant::now() });
    let task = tokio::spawn(desk.clone().run(arrivals, unsettled));
    Ok(Served { inbox, desk, task })
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").field("wiring", &self.wiring).finish_non_exhaustive()
    }
}

struct Desk {
    state: Mutex<(System, Memory, Box<dyn CryptoRng + Send>)>,
    wiring: Wiring,
    began: Instant,
}

/// How often it is looked whether something has to be sent again; resends are hours apart.
const TICK: Duration = Duration::from_secs(1);

impl Desk {
    async fn run(self: Arc<Self>, mut arrivals: mpsc::Receiver<Arrival>, unsettled: Vec<Outgoing>) {
        if !unsettled.is_empty() {
            let of_task = self.clone();
            tokio::spawn(async move { of_task.send(unsettled).await });
        }
        let mut ticks = tokio::time::interval(self.wiring.tick.unwrap_or(TICK));
        loop {
            tokio::select! {
                arrival = arrivals.recv() => {
                    let Some(arrival) = arrival else { return };
                    tokio::spawn(self.clone().handle(arrival));
                }
                _ = ticks.tick() => {
                    let due = self.tick();
                    self.send(due).await;
                }
            }
        }
    }

    fn order(self: Arc<Self>, order: &Order) -> Result<(), String> {
        let outgoing = self.around(|system, around| system.submit(order, around)).map_err(|error| error.to_string())?;
        // The order is carried out when the message is written; that it arrives is for the message handler.
        tokio::spawn(async move { self.send(outgoing).await });
        Ok(())
    }

    async fn handle(self: Arc<Self>, arrival: Arrival) {
        let entity = arrival.entity;
        let Reaction { fault, outgoing } = match self.receive(&entity) {
            Ok(reaction) => reaction,
            Err(error) => {
                // Our own set-up is wrong; 503 says that the sender may try again.
                eprintln!("reference: {error}");
                let _ = arrival.reply.send(Reply { status: 503, entity: Vec::new() });
                return;
            }
        };
        let reply = match fault {
            // A SOAP Fault travels with 500 (SOAP 1.1 6.2).
            Some(entity) => Reply { status: 500, entity },
            None => Reply::accepted(),
        };
        // The sender may have hung up; its receipt comes by itself all the same.
        let _ = arrival.reply.send(reply);
        let mut outgoing = outgoing.into_iter();
        self.send(outgoing.next().into_iter().collect()).await;
        // What follows the acknowledgment is the journal's.
        let rest: Vec<Outgoing> = outgoing.collect();
        if !rest.is_empty() && !self.wiring.apprec_after.is_zero() {
            tokio::time::sleep(self.wiring.apprec_after).await;
        }
        self.send(rest).await;
    }

    /// Kept before it is answered: what is acknowledged is not lost.
    fn receive(&self, entity: &[u8]) -> Result<Reaction, SystemError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (system, memory, chance) = &mut *state;
        let moment = Moment::now(chance.as_mut());
        memory.keep(&moment, entity)?;
        memory::handle(system, entity, &moment, self.began.elapsed().as_millis() as u64)
    }

    fn tick(&self) -> Vec<Outgoing> {
        self.around(System::tick).unwrap_or_else(|error| {
            eprintln!("reference: {error}");
            Vec::new()
        })
    }

    fn around<T>(&self, work: impl FnOnce(&mut System, &mut Surroundings<'_>) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (system, _, chance) = &mut *state;
        let elapsed_ms = self.began.elapsed().as_millis() as u64;
        work(system, &mut Surroundings { wall: Timestamp::now(), elapsed_ms, chance: chance.as_mut() })
    }

    async fn send(&self, outgoing: Vec<Outgoing>) {
        for Outgoing { to, entity } in outgoing {
            let Some(url) = self.wiring.partners.get(&to) else {
                eprintln!("reference: no address for HER-id {to}");
                continue;
            };
            if let Err(failure) = http::post(url, &entity, self.wiring.client_tls.as_ref(), &Limits::default()).await {
                eprintln!("reference: {failure}");
            }
        }
    }
}
