//! The system behind HTTP: a process of its own, or a task inside `demo`.

use crate::memory::{self, Memory, Moment};
use crate::system::{Outgoing, Reaction, System, SystemError};
use carrier::http::{self, Arrival, Inbox, Limits, Reply, Url};
use carrier::tls::{ClientTls, ServerTls};
use std::collections::BTreeMap;
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
}

/// A running system; dropped, it stops.
#[derive(Debug)]
pub struct Served {
    inbox: Inbox,
    task: JoinHandle<()>,
}

impl Served {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.inbox.address()
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
    let task = tokio::spawn(desk.run(arrivals, unsettled));
    Ok(Served { inbox, task })
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
        let mut ticks = tokio::time::interval(TICK);
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
        self.send(outgoing).await;
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
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.tick(self.began.elapsed().as_millis() as u64)
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
