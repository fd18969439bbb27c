//! What a profile says, checked.

use crate::catalogue::{Level, RequirementId};
use evidence::digest::Digest;
use std::collections::BTreeMap;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bilingual {
    /// Bokmål.
    pub nb: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// The text in a language: `nb`, otherwise English.
    pub fn in_language(&self, lang: &str) -> &str {
        if lang == "nb" { &self.nb } else { &self.en }
    }
}

/// A named, versioned set of obligations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Name, without version.
    pub name: String,
    /// Version; a profile that is in use is never changed, it gets a successor.
    pub version: u32,
    /// Title.
    pub title: Bilingual,
    /// What it is for, in a few sentences.
    pub description: Bilingual,
    /// First day on which it may be used, `YYYY-MM-DD`.
    pub valid_from: jiff::civil::Date,
    /// Last day on which it may be used.
    pub valid_to: Option<jiff::civil::Date>,
    /// Message and version, e.g. `LOG_INNLAGT@1.6`, with the directions: `receive`, `send`.
    pub messages: BTreeMap<String, Vec<String>>,
    /// `http`, `mail`.
    pub carriers: Vec<String>,
    /// What may be used in signatures.
    pub algorithms: Algorithms,
    /// How long nothing has to come, at least, before absence counts; milliseconds.
    pub quiet_ms: u64,
    /// Hours by which GenDate of our messages is shifted; printed in every report when it is not 0.
    pub gen_date_shift_hours: i32,
    /// Ids of the scenarios, in the order in which they run.
    pub scenarios: Vec<String>,
    /// Ids of the scenarios that restart the subject: they run where the harness starts it, and a run is whole
    /// without them.
    pub restarting: Vec<String>,
    /// Ids of the scenarios that run over mail; over another carrier a run is whole without them.
    pub by_mail: Vec<String>,
    /// What is demanded, by id.
    pub obligations: BTreeMap<RequirementId, Obligation>,
    /// Digest of the file.
    pub digest: Digest,
}

/// Algorithm URIs that a subject's signatures may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Algorithms {
    /// For `ds:DigestMethod`.
    pub digest: Vec<String>,
    /// For `ds:SignatureMethod`.
    pub signature: Vec<String>,
}

/// One demanded requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation {
    /// How binding, as this profile cites it.
    pub level: Level,
    /// How often it has to be seen satisfied; 0: judged when it turns up, not demanded.
    pub minimum: u32,
    /// Why this profile differs from the standard's letter.
    pub reason: Option<Bilingual>,
    /// It applies only to subjects that claim such a message version, e.g. `@1.5`.
    pub claim: Option<String>,
    /// It applies only to messages by one of these carriers; none listed: by any.
    pub carriers: Vec<String>,
}

impl Profile {
    /// Name and version, e.g. `plo-receive-nhn@1`.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// How GenDate was shifted, in words; `None` when it was not.
    pub fn shift_in_words(&self) -> Option<String> {
        let hours = self.gen_date_shift_hours;
        (hours != 0).then(|| {
            format!("GenDate of our messages is shifted by {hours:+} h: the time of generation is not the real one")
        })
    }

    /// What it says about a requirement.
    pub fn obligation(&self, id: &str) -> Option<&Obligation> {
        self.obligations.get(id)
    }
}

impl Obligation {
    /// Whether it applies to a subject with these claims (message and version, direction). Without any claim
    /// nothing is excluded.
    pub fn applies_to(&self, claims: &[(String, String)]) -> bool {
        let Some(wanted) = &self.claim else { return true };
        claims.is_empty() || claims.iter().any(|(message, _)| message.ends_with(wanted.as_str()))
    }

    /// Whether it applies to messages by this carrier.
    pub fn applies_by(&self, carrier: &str) -> bool {
        self.carriers.is_empty() || self.carriers.iter().any(|listed| listed == carrier)
    }
}
