//! The system behind mail: it fetches from a mailbox and posts to a mail server, as most installed systems do.

use crate::defect::Defect;
use crate::journal::Order;
use crate::serve::Orders;
use crate::system::{Outgoing, Reaction, Surroundings, System, SystemError};
use carrier::mail::{Limits, Route, pop3, smtp};
use carrier::port::Pending;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use wire::CryptoRng;
use wire::mime::Entity;
use wire::mime::mail::{self, MailDraft};

/// How the system is reached and reaches others.
#[derive(Debug, Clone)]
pub struct MailWiring {
    /// Takes its mail.
    pub smtp: Route,
    /// Holds its mail.
    pub pop3: Route,
    /// Its own mail address.
    pub address: String,
    /// Mail addresses of the partners, by HER-id.
    pub partners: BTreeMap<u32, String>,
    /// How often it looks.
    pub poll: Duration,
}

/// A running system; dropped, it stops.
#[derive(Debug)]
pub struct Mailed {
    orders: mpsc::Sender<Order>,
    task: JoinHandle<()>,
}

impl Mailed {
    /// Takes orders inside this process.
    pub fn orders_inside(&self) -> Orders {
        self.orders.clone().into()
    }
}

impl Drop for Mailed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves `system` by mail. `chance` is drawn from for ids and keys.
pub fn serve(system: System, wiring: MailWiring, chance: Box<dyn CryptoRng + Send>) -> Mailed {
    let desk = Desk { system, chance, wiring, began: Instant::now(), seen: BTreeSet::new() };
    let (orders, taken) = mpsc::channel(16);
    Mailed { orders, task: tokio::spawn(desk.run(taken)) }
}

struct Desk {
    system: System,
    chance: Box<dyn CryptoRng + Send>,
    wiring: MailWiring,
    began: Instant,
    seen: BTreeSet<String>,
}

impl pop3::Keeper for Desk {
    fn knows(&self, uid: &str) -> bool {
        self.seen.contains(uid)
    }

    fn keep(&mut self, found: pop3::Found) -> Pending<'_, bool> {
        Box::pin(async move {
            self.handle(&found.mail).await;
            self.seen.extend(found.uid);
            true
        })
    }
}

impl Desk {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        loop {
            let (route, poll) = (self.wiring.pop3.clone(), self.wiring.poll);
            if let Err(trouble) = pop3::collect(&route, false, &Limits::default(), &mut self).await {
                eprintln!("reference: {trouble}");
            }
            let due = self.around(System::tick);
            self.send(due).await;
            tokio::select! {
                () = tokio::time::sleep(poll) => {}
                Some(order) = orders.recv() => {
                    let outgoing = self.around(|system, around| system.submit(&order, around));
                    self.send(outgoing).await;
                }
            }
        }
    }

    fn around(
        &mut self,
        work: impl FnOnce(&mut System, &mut Surroundings<'_>) -> Result<Vec<Outgoing>, SystemError>,
    ) -> Vec<Outgoing> {
        let elapsed_ms = self.elapsed_ms();
        let mut around = Surroundings { wall: Timestamp::now(), elapsed_ms, chance: self.chance.as_mut() };
        work(&mut self.system, &mut around).unwrap_or_else(|error| {
            eprintln!("reference: {error}");
            Vec::new()
        })
    }

    fn elapsed_ms(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    async fn handle(&mut self, received: &[u8]) {
        let entity = Entity::decode(received);
        // Filtered out before anything else and never answered (HITS 1172 4.2.2).
        if mail::is_bounce(&entity) && !self.system.has(Defect::MailBounceAnswered) {
            return;
        }
        match self.react(received) {
            Ok(Reaction { fault, outgoing }) => {
                if let Some(fault) = fault.filter(|_| !self.system.has(Defect::MailFaultMissing)) {
                    self.fault(&entity, &fault).await;
                }
                self.send(outgoing).await;
            }
            Err(error) => eprintln!("reference: {error}"),
        }
    }

    fn react(&mut self, received: &[u8]) -> Result<Reaction, SystemError> {
        let elapsed_ms = self.elapsed_ms();
        let mut around = Surroundings { wall: Timestamp::now(), elapsed_ms, chance: self.chance.as_mut() };
        self.system.receive(received, &mut around)
    }

    /// A SOAP Fault goes to Reply-To, else From, else Sender of the faulty mail and names its Message-ID
    /// (HITS 1172 4.2.2.3, 4.2.3.2). Where none of the three can be read, nobody can be told.
    async fn fault(&mut self, about: &Entity, fault: &[u8]) {
        let mut fields = ["Reply-To", "From", "Sender"].into_iter().filter_map(|name| about.headers.get(name));
        let Some(to) = fields.find_map(|field| mail::address(&field.value)) else { return };
        let named = mail::ids(&about.headers, "Message-ID").into_iter().next();
        self.post(&to, fault, named).await;
    }

    async fn send(&mut self, outgoing: Vec<Outgoing>) {
        for Outgoing { to, entity } in outgoing {
            match self.wiring.partners.get(&to).cloned() {
                Some(address) => self.post(&address, &entity, None).await,
                None => eprintln!("reference: no mail address for HER-id {to}"),
            }
        }
    }

    async fn post(&mut self, to: &str, entity: &[u8], in_reply_to: Option<String>) {
        let from = self.wiring.address.clone();
        let domain = from.split_once('@').map_or("edi.test", |(_, domain)| domain).to_owned();
        let mut id = [0; 16];
        self.chance.fill_bytes(&mut id);
        let draft = MailDraft {
            message_id: format!("{}@{domain}", uuid::Builder::from_random_bytes(id).into_uuid()),
            date: Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string(),
            from,
            to: to.to_owned(),
            subject: "ebXML".to_owned(),
            in_reply_to,
        };
        let mail = self.system.mailed(&draft, entity);
        let recipients = [to.to_owned()];
        let outgoing = smtp::Outgoing { from: &draft.from, recipients: &recipients, envelope_id: None, mail: &mail };
        if let Err(trouble) = smtp::send(&self.wiring.smtp, &outgoing, &Limits::default()).await {
            eprintln!("reference: {trouble}");
        }
    }
}
