//! Mail both ways, the bytes as they are: SMTP (RFC 5321) and POP3 (RFC 1939), each as server and as client.
//!
//! The servers are what a subject knows as its mail exchange and its mailbox; the clients are for a subject that brings
//! its own. Header fields are never added here: what stands in a mail is its sender's business.

mod account;
mod dialog;
mod dots;
mod lines;
mod mailbox;
mod password;
pub mod pop3;
mod port;
pub mod smtp;
mod trouble;

pub use account::{Account, Accounts};
pub use mailbox::{Letter, Mailbox};
pub use password::Password;
pub use port::{Notice, Security};
pub use trouble::{Route, Talk, Trouble, TroubleKind};

use std::time::Duration;

/// What one side may make the other wait for, and how much it may send.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one command or reply line. RFC 5321 4.5.3.1 asks for 512, RFC 4954 section 4 for 12,288 with AUTH.
    pub line_bytes: usize,
    /// Bytes of one mail, as for HTTP.
    pub mail_bytes: usize,
    /// Recipients of one mail; RFC 5321 4.5.3.1.8 asks for 100 at least.
    pub recipients: usize,
    /// For the next command or reply to come in. RFC 5321 4.5.3.2 asks servers for five minutes; a run is shorter.
    pub command: Duration,
    /// For the whole of one mail.
    pub mail: Duration,
    /// To connect, TLS included.
    pub connect: Duration,
    /// For a whole connection: whoever sends a byte now and then does not keep it for ever.
    pub session: Duration,
    /// Commands that were not understood or were refused, before the connection is closed.
    pub mistakes: usize,
    /// Connections served at once.
    pub connections: usize,
    /// Bytes of mails held at once while they come in, over all connections.
    pub bytes_in_flight: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line_bytes: 12_288,
            mail_bytes: 40 * 1024 * 1024,
            recipients: 1000,
            command: Duration::from_mins(1),
            mail: Duration::from_mins(2),
            connect: Duration::from_secs(10),
            session: Duration::from_mins(15),
            mistakes: 20,
            connections: 256,
            bytes_in_flight: 256 * 1024 * 1024,
        }
    }
}
