//! The nouns of a certificate: what was tested, what came out, for whom, and until when it holds.
//!
//! These are the fields of the predicate in the signed statement, by the names that stand in the file. All dates are
//! calendar days in Norway; all digests are SHA-256 in hexadecimal digits.

mod backing;
mod outcome;
mod product;
mod scope;

pub use backing::{Challenged, Witnessed};
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
    /// What the runs prove at most: the strongest that holds for each of them.
    pub assurance: Assurance,
    /// How the runs answer a challenge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub challenged: Vec<Challenged>,
    /// Who watched the runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<Witnessed>,
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
    /// What the outcome hangs on, so that it can be told what it would be if a requirement were treated otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grounds: Option<Grounds>,
}

/// What an outcome hangs on beside the requirements of the exchange itself, which count for every claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grounds {
    /// What it comes to apart from any requirement: each scenario about it was played to its end, and nothing else happened
    /// than is allowed.
    pub apart: Outcome,
    /// The requirements that count for this claim beside those, with what each makes of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own: BTreeMap<String, Outcome>,
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
    /// Whether it is about some kind of message: then it counts for the claims that name it, and for no other.
    #[serde(default, skip_serializing_if = "is_false")]
    pub of_messages: bool,
}

/// For `serde`, which hands a reference.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
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
