//! What a claim came to, and how much a run can prove.

use serde::{Deserialize, Serialize};

/// What a claimed message came to, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every obligation that was tested is met, and every scenario about the message was played.
    Met,
    /// Not every obligation could be established. Never a pass.
    NotEstablished,
    /// At least one obligation was broken.
    Violated,
}

/// What the evidence can prove at most, from weakest to strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// The supplier ran it alone.
    SelfRun,
    /// The supplier ran it alone, and the system's own signatures cover a number that the issuer drew.
    Challenged,
    /// Somebody else was there, and signed for it.
    Witnessed,
}
