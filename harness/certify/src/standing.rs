//! A certificate as it stands in a register: what became of it after it was issued.

mod compared;

pub use compared::Compared;

use crate::certificate::Certificate;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A certificate and what the register says about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// What it states; its signature was verified before.
    pub certificate: Certificate,
    /// SHA-256 of the signed file, in hexadecimal digits.
    pub digest: String,
    /// When and why it was withdrawn.
    pub withdrawn: Option<Withdrawal>,
    /// The certificate that took its place.
    pub superseded: Option<Supersession>,
    /// Versions that the issuer declared equivalent to the one that was tested.
    pub equivalents: Vec<Equivalent>,
    /// Findings that somebody disputes, in the order in which that was written down. They change nothing by themselves.
    pub disputes: Vec<Dispute>,
    /// Requirements that are treated otherwise for a while, in the order in which that was written down.
    pub overrides: Vec<Override>,
}

/// Somebody disputes a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispute {
    /// The day.
    pub on: Date,
    /// The requirement.
    pub requirement: String,
    /// The run (UUID).
    pub run: String,
    /// The event in its log.
    pub event: u64,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A requirement is treated otherwise than it came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The first day.
    pub on: Date,
    /// The last day.
    pub until: Date,
    /// The requirement.
    pub requirement: String,
    /// As what it is treated, by the words of `result.json`.
    pub status: String,
    /// Who answers for it: two people at least.
    pub by: Vec<String>,
    /// Why.
    pub reason: String,
}

impl Override {
    /// Whether it runs on a day.
    pub fn runs(&self, day: Date) -> bool {
        self.on <= day && day <= self.until
    }

    /// How it stands on a day, in a word.
    pub fn stands(&self, day: Date) -> &'static str {
        if self.runs(day) {
            "running"
        } else if day < self.on {
            "not begun"
        } else {
            "expired"
        }
    }
}

/// A certificate was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The first day on which it does not hold.
    pub on: Date,
    /// Why, as anybody may read it.
    pub reason: String,
}

/// Another certificate took its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supersession {
    /// The first day of the other one.
    pub on: Date,
    /// Its number.
    pub by: String,
}

/// Another version for which the certificate holds as well: the supplier declared what was changed, and the behaviour
/// of the two was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equivalent {
    /// Version of the system.
    pub version: String,
    /// Version of its message handler, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler_version: Option<String>,
    /// From which day.
    pub on: Date,
    /// What was changed, and what the comparison showed.
    pub reason: String,
    /// How the behaviour was compared, by a run of each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
}

impl Standing {
    /// Whether it holds on a day: inside its validity, not withdrawn by then. A superseded certificate still holds.
    pub fn holds(&self, day: Date) -> bool {
        let withdrawn = self.withdrawn.as_ref().is_some_and(|withdrawal| withdrawal.on <= day);
        self.certificate.validity.covers(day) && !withdrawn
    }
}
