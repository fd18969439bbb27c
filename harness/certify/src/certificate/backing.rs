//! What stands behind runs beside their supplier's word.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How a run answers a challenge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenged {
    /// The run (UUID).
    pub run: String,
    /// Id of the challenge.
    pub challenge: String,
    /// Digest of its file, which the run keeps.
    pub sha256: String,
    /// Conversations in which a message of the harness carries an id that derives from the challenge.
    pub conversations: u32,
    /// How many of them the system acknowledged.
    pub acknowledged: u32,
    /// Acknowledgments of the system with such an id under its own signature.
    pub acknowledgments: u32,
    /// SHA-256 of each certificate that these signatures name: whose they are, the address register tells.
    pub signers: Vec<String>,
}

/// Somebody who watched a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Witnessed {
    /// The run (UUID).
    pub run: String,
    /// Who.
    pub name: String,
    /// On which day.
    pub on: Date,
    /// What was seen, in their words.
    pub saw: String,
    /// Id of their key.
    pub key: String,
    /// Their signature over a statement about the head of the run's log, in base64.
    pub signature: String,
}
