//! The journal behind the message handler: what it is told to send, and who writes it.

use jiff::Timestamp;
use serde::Deserialize;
use std::fmt;

/// An order to send, as a trigger of the harness gives it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Order {
    /// Message and version, e.g. `INNLEGGELSESRAPPORT@1.6`.
    pub message: String,
    /// The receiver.
    pub to: OrderParty,
    /// The patient.
    pub patient: OrderPatient,
    /// The message that is answered.
    #[serde(default)]
    pub answers: Option<Answered>,
}

/// A receiver.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrderParty {
    /// Level 2.
    pub service: OrderService,
}

/// Level 2 of a receiver.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrderService {
    /// HER-id.
    pub her: u32,
}

/// A patient.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrderPatient {
    /// Identity number.
    pub id: String,
}

/// A message that is answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Answered {
    /// Its MsgId.
    pub msg_id: String,
}

/// A message as the journal wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// MsgInfo/Type, which is the function of the process (HISD 1209).
    pub function: String,
    /// Namespace and version of the body, for HITS 1210.
    pub schema: (String, String),
    /// The hodemelding.
    pub message: Vec<u8>,
}

/// Writes messages.
pub trait Journal: Send + fmt::Debug {
    /// The message that is ordered.
    ///
    /// # Errors
    /// One sentence: what is not known.
    fn write(&self, order: &Order, msg_id: &str, now: Timestamp) -> Result<Written, String>;
}
