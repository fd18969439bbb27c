//! The nouns of a certificate: what was tested, what came out, for whom, and until when it holds.
//!
//! These are the fields of the predicate in the signed statement, by the names that stand in the file. All dates are
//! calendar days in Norway; all digests are SHA-256 in hexadecimal digits.

mod outcome;
mod product;
mod scope;

pub use outcome::{Assurance, Outcome};
pub use product::Product;
pub use scope::{Direction, Scope, ScopeError, Transport};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the format.
pub const FORMAT: u32 = 1;

/// What a certificate states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Certificate {
    /// Version of the format, 1.
    pub format: u32,
    /// The certificate's number, unique with its issuer.
    pub number: String,
    /// Who stands behind it.
    pub issuer: String,
    /// The day it was signed.
    pub issued: Date,
    /// The days it holds.
    pub validity: Validity,
    /// What was tested.
    pub product: Product,
    /// What each claimed message came to.
    pub scope: Vec<Certified>,
    /// By which rules.
    pub rules: Rules,
    /// The runs it is drawn from.
    pub runs: Vec<Run>,
    /// What the runs prove at most, the weakest of them.
    pub assurance: Assurance,
    /// How many requirements have which status, by the words of `result.json`.
    pub totals: BTreeMap<String, u32>,
    /// Each requirement with its worst status in the runs.
    pub requirements: Vec<Requirement>,
    /// What must be kept for the certificate to hold, in the issuer's words.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

/// The days a certificate holds, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

impl Validity {
    /// Whether it holds on a day.
    pub fn covers(self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

/// One claimed message and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certified {
    /// Message, version, direction, carrier and AppRec version.
    #[serde(flatten)]
    pub scope: Scope,
    /// What came of it.
    pub outcome: Outcome,
}

/// By which rules was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// The tool and its version.
    pub tool: String,
    /// Digest of everything embedded in it.
    pub suite: String,
    /// Digest of the requirement catalogue.
    pub catalogue: String,
    /// Profile and version, e.g. `plo-nhn@1`.
    pub profile: String,
    /// Digest of the profile.
    pub profile_digest: String,
    /// Digest of each scenario that ran, by its id.
    pub scenarios: BTreeMap<String, String>,
}

/// A run beneath a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Run id (UUID).
    pub id: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// Number of events.
    pub events: u64,
    /// Digest of the last line of its log.
    pub head: String,
}

/// A requirement and what the runs say about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its id in the catalogue.
    pub id: String,
    /// How binding it is in the profile: `MUST`, `SHOULD`, `MAY`.
    pub level: String,
    /// The worst status of all runs, by the words of `result.json`.
    pub status: String,
}

/// Something that must be kept for a certificate to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What, in bokmål, as a municipality should read it.
    pub nb: String,
    /// The same in English.
    pub en: String,
    /// The messages it is about, by `NAME@version`; empty: all.
    #[serde(default)]
    pub messages: Vec<String>,
    /// Last day on which it applies; `None`: as long as the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}
