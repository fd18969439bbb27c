//! What a client asks, what it is answered, and why it did not get what it wanted.

use super::{Password, Security};
use std::fmt;
use thiserror::Error;

/// Where a server is and how it is talked to.
#[derive(Debug, Clone)]
pub struct Route {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// TLS, and when.
    pub security: Security,
    /// User and password.
    pub login: Option<(String, Password)>,
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{open}{}{close}:{}", self.host, self.port)
    }
}

/// A command and its reply. Passwords are masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// The command; empty for the greeting.
    pub said: String,
    /// The reply's lines, as they came.
    pub heard: String,
}

impl fmt::Display for Talk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = if self.said.is_empty() { "(greeting)" } else { &self.said };
        write!(f, "{said} -> {}", self.heard.replace('\n', " / "))
    }
}

/// What sort of trouble it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// No connection: refused, no route, name unknown.
    Unreachable,
    /// No reply in time.
    TimedOut,
    /// Closed before the last reply was complete.
    ClosedEarly,
    /// What came is not the protocol.
    NotMail,
    /// More came than is read.
    TooLarge,
    /// TLS could not be agreed, or is not offered.
    Tls,
    /// User or password was not taken.
    Login,
    /// The server said no.
    Refused,
}

/// Why a client did not get what it wanted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{address}: {detail}")]
pub struct Trouble {
    /// The server.
    pub address: String,
    /// What sort.
    pub kind: TroubleKind,
    /// What was seen.
    pub detail: String,
    /// What was said and heard up to there.
    pub talk: Vec<Talk>,
}
