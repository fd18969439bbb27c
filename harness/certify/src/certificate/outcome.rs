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

impl Outcome {
    /// What a requirement with this status, by the words of `result.json`, makes of a claim for which it counts.
    pub fn of_status(status: &str) -> Self {
        match status {
            "violated" => Self::Violated,
            "not-established" => Self::NotEstablished,
            // What was never called forth is no proof; that it had to be is the matter of the scenarios.
            _ => Self::Met,
        }
    }

    /// Its word, as the file has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotEstablished => "not-established",
            Self::Violated => "violated",
        }
    }
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
