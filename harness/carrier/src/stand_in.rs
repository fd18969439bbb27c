//! The port between stand-ins of registers and whoever records what they are asked.

use crate::port::Pending;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// A request to a stand-in and the answer that it is about to give. The answer leaves when this was recorded.
#[derive(Debug)]
pub struct Asked {
    /// Which register: `address`, `revocation`.
    pub register: &'static str,
    /// What was asked: `GetCommunicationPartyDetails`, `ocsp`, … `unknown` when the register does not know it.
    pub operation: String,
    /// About what: HER-id, organisation number, name of a certificate.
    pub about: Option<String>,
    /// Who connected.
    pub from: SocketAddr,
    /// The deliberate fault that was switched on for this call.
    pub mode: Option<String>,
    /// HTTP status of the answer; `None` when the connection is closed without one.
    pub status: Option<u16>,
    /// Request line, header fields without credentials, blank line, body.
    pub request: Vec<u8>,
    /// Header fields, blank line, body of the answer.
    pub response: Vec<u8>,
    /// What went wrong on our own side, which no scenario wanted: the run must not go on.
    pub defect: Option<String>,
    /// Told when it is recorded. Dropped: the run is over, and there is no answer.
    pub recorded: oneshot::Sender<()>,
}

/// Where stand-ins tell what they are asked.
pub type Book = mpsc::Sender<Asked>;

/// A deliberate fault, as a scenario asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Which register.
    pub register: String,
    /// On which call; on every one when it is not named.
    pub call: Option<String>,
    /// The fault's name.
    pub name: String,
    /// About whom, by HER-id; about everybody when it is not named.
    pub about: Option<u32>,
    /// For a slow register: how slow.
    pub delay: Option<Duration>,
}

/// Ports that are open until this is dropped.
pub trait OpenPorts: Send {}

/// Stand-ins as the engine sees them.
pub trait StandIns: Send + Sync + fmt::Debug {
    /// Where they listen when they are open.
    fn places(&self) -> Vec<SocketAddr>;

    /// Opens their ports; what they are asked is told to `book`.
    fn open(&self, book: Book) -> Pending<'_, io::Result<Box<dyn OpenPorts>>>;

    /// Switches a fault on, until [`StandIns::reset`].
    ///
    /// # Errors
    /// The sentence for a fault that there is not.
    fn switch(&self, fault: &Fault) -> Result<(), String>;

    /// Answers rightly again.
    fn reset(&self);
}
