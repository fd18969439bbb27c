//! What the log says of registers: what was asked of a stand-in, and which deliberate fault was switched on.

use crate::digest::Digest;

/// A stand-in of a register was asked something. Recorded before the answer left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterAsked {
    /// Which register: `address`, `revocation`, or `unknown` for an address where there is none.
    pub register: String,
    /// Which call, or `unknown` for one that there is not.
    pub operation: String,
    /// About what: a HER-id, an organisation number, names of certificates.
    pub about: Option<String>,
    /// Who connected.
    pub from: String,
    /// The deliberate fault with which it was answered; `None` for the right answer.
    pub mode: Option<String>,
    /// HTTP status; `None` when the connection was closed without an answer.
    pub status: Option<u16>,
    /// Request line, header fields without credentials, blank line, body.
    pub request: Digest,
    /// Header fields, blank line, body of the answer.
    pub response: Digest,
}

/// A scenario switched a deliberate fault of a register on; it is off again when the scenario has ended. The cause is
/// the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModeSet {
    /// Which register.
    pub register: String,
    /// On which call; on every one when it is not named.
    pub call: Option<String>,
    /// The fault.
    pub mode: String,
    /// About whom, by HER-id; about everybody when it is not named.
    pub about: Option<u32>,
    /// Line of the step.
    pub line: u32,
}
