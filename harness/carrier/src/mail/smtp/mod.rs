//! SMTP: a server that takes any recipient, and a client.

mod auth;
mod client;
mod command;
mod server;
mod session;

pub use client::{Outgoing, probe, send, would_take};
pub use server::{Server, Settings};

use std::net::SocketAddr;
use tokio::sync::oneshot;

/// What SMTP says about a mail outside it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Envelope {
    /// The name that the client gave with EHLO or HELO.
    pub helo: String,
    /// The return path; empty for a bounce.
    pub from: String,
    /// Whom it goes to.
    pub recipients: Vec<Recipient>,
    /// ENVID (RFC 3461), decoded: a bounce repeats it as Original-Envelope-Id.
    pub envelope_id: Option<String>,
    /// RET: `FULL` or `HDRS`.
    pub ret: Option<String>,
    /// BODY: `7BIT` or `8BITMIME`.
    pub body: Option<String>,
    /// SIZE, as announced.
    pub size: Option<usize>,
    /// Who is logged in.
    pub user: Option<String>,
    /// Whether it came over TLS.
    pub secured: bool,
}

/// A recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// NOTIFY (RFC 3461), as given.
    pub notify: Option<String>,
    /// ORCPT (RFC 3461), as given.
    pub original: Option<String>,
}

/// A mail that came in, waiting for its reply.
#[derive(Debug)]
pub struct Posted {
    /// Who connected.
    pub client: SocketAddr,
    /// What was said outside it.
    pub envelope: Envelope,
    /// The mail, line ends as they came.
    pub mail: Vec<u8>,
    /// Whether it holds an LF without a CR before it (RFC 5321 2.3.8 forbids it).
    pub bare_lf: bool,
    /// Where the reply to the mail goes. Dropped: the mail is refused for now.
    pub reply: oneshot::Sender<Verdict>,
}

/// What becomes of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is taken.
    Taken,
    /// It is refused: code (4xx or 5xx) and words.
    Refused(u16, String),
}
