//! Who watched a run: a statement of somebody who was there, signed over the head of its log.

use crate::certificate::{Product, Witnessed};
use crate::dsse::{Envelope, EnvelopeError, signed_bytes};
use crate::issue;
use crate::key::{PublicKey, SecretKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use jiff::tz::Offset;
use report::View;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// Type of what is stated. A name, not an address.
const PREDICATE: &str = "https://provestein.test/witness/v1";
/// Version of the format.
const FORMAT: u32 = 1;

/// What somebody saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// Version of the format, 1.
    pub format: u32,
    /// The run (UUID).
    pub run: String,
    /// Number of its events.
    pub events: u64,
    /// Digest of the last line of its log.
    pub head: String,
    /// What was tested.
    pub product: Product,
    /// Who watched.
    pub name: String,
    /// On which day.
    pub on: Date,
    /// What was watched, in words.
    pub saw: String,
}

/// What somebody saw, and their signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// What they saw.
    pub watched: Watched,
    /// Which key: [`PublicKey::id`].
    pub key: String,
    /// The signature.
    pub signature: Vec<u8>,
}

/// Why a statement makes nobody a witness.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unwatched {
    /// The envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Another statement.
    #[error("it is no statement of a witness: {0}")]
    Format(String),
    /// Nobody who is believed.
    #[error("none of those whom you trust as witnesses signed it")]
    Unknown,
    /// Another run.
    #[error("{name} watched run {run}, which is not one of these, or its log is another now")]
    OtherRun {
        /// The witness.
        name: String,
        /// The run.
        run: String,
    },
    /// Another product.
    #[error("{0} watched another system, or another version or configuration of it")]
    OtherProduct(String),
    /// Days that do not fit.
    #[error("{name} is said to have watched on {on}, and the run began on {began}")]
    Before {
        /// The witness.
        name: String,
        /// The day that they name.
        on: Date,
        /// The day of the run (UTC).
        began: Date,
    },
    /// A run without witness.
    #[error("nobody watched run {0}: certify it apart, or without --witness")]
    Nobody(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Log>,
    predicate_type: String,
    predicate: Watched,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Log {
    name: String,
    digest: BTreeMap<String, String>,
}

impl Watched {
    /// What somebody saw of a run; `None` when its log does not say what was tested.
    pub fn of(view: &View<'_>, name: String, on: Date, saw: String) -> Option<Self> {
        let history = view.history;
        Some(Self {
            format: FORMAT,
            run: history.run.as_ref()?.run.clone(),
            events: history.events,
            head: view.head.to_string(),
            product: issue::product(history.subject.as_ref()?),
            name,
            on,
            saw,
        })
    }

    /// What is signed.
    ///
    /// # Panics
    /// Never: plain structures with string keys always serialise.
    fn statement(&self) -> Vec<u8> {
        let log = Log {
            name: format!("run {}", self.run),
            digest: BTreeMap::from([("sha256".to_owned(), self.head.clone())]),
        };
        let statement = Statement {
            kind: crate::statement::TYPE.to_owned(),
            subject: vec![log],
            predicate_type: PREDICATE.to_owned(),
            predicate: self.clone(),
        };
        serde_json::to_vec(&statement).expect("plain structures with string keys always serialise")
    }

    /// The file, signed.
    pub fn sign(&self, key: &SecretKey) -> Vec<u8> {
        let mut envelope = Envelope::around(self.statement());
        envelope.sign(key);
        envelope.to_file()
    }
}

impl Witness {
    /// Reads a statement that one of those who are believed signed.
    ///
    /// # Errors
    /// [`Unwatched`].
    pub fn read(file: &[u8], trust: &[PublicKey]) -> Result<Self, Unwatched> {
        let envelope = Envelope::read(file)?;
        let key = trust.iter().find(|key| envelope.is_signed_by(key)).ok_or(Unwatched::Unknown)?.id();
        let format = |error: String| Unwatched::Format(error);
        let read: Statement = serde_json::from_slice(&envelope.payload).map_err(|e| format(e.to_string()))?;
        if read.predicate_type != PREDICATE || read.predicate.format != FORMAT {
            return Err(format(format!("`{}` in format {}", read.predicate_type, read.predicate.format)));
        }
        if read.predicate.statement() != envelope.payload {
            return Err(format("it is not written as this tool writes it".to_owned()));
        }
        let signature = envelope.signatures.into_iter().find(|signature| signature.key == key);
        let signature = signature.map(|signature| signature.bytes).ok_or(Unwatched::Unknown)?;
        Ok(Self { watched: read.predicate, key, signature })
    }

    /// What a certificate says of a witness, as they stated it; `None` when it names a run that the certificate does not.
    pub fn of_certificate(certificate: &crate::certificate::Certificate, witnessed: &Witnessed) -> Option<Self> {
        let run = certificate.runs.iter().find(|run| run.id == witnessed.run)?;
        let watched = Watched {
            format: FORMAT,
            run: run.id.clone(),
            events: run.events,
            head: run.head.clone(),
            product: certificate.product.clone(),
            name: witnessed.name.clone(),
            on: witnessed.on,
            saw: witnessed.saw.clone(),
        };
        Some(Self { watched, key: witnessed.key.clone(), signature: STANDARD.decode(&witnessed.signature).ok()? })
    }

    /// Whether a key made the signature.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verifies(&signed_bytes(&self.watched.statement()), &self.signature)
    }

    /// For a certificate.
    fn stated(&self) -> Witnessed {
        Witnessed {
            run: self.watched.run.clone(),
            name: self.watched.name.clone(),
            on: self.watched.on,
            saw: self.watched.saw.clone(),
            key: self.key.clone(),
            signature: STANDARD.encode(&self.signature),
        }
    }
}

/// Who watched these runs; each of them must have been.
///
/// # Errors
/// [`Unwatched`]: the first reason why they were not.
pub fn watched(views: &[View<'_>], witnesses: &[Witness]) -> Result<Vec<Witnessed>, Unwatched> {
    let id = |view: &View<'_>| view.history.run.as_ref().map(|run| run.run.clone()).unwrap_or_default();
    for Witness { watched, .. } in witnesses {
        let same_log = |view: &&View<'_>| {
            id(view) == watched.run && view.history.events == watched.events && view.head.to_string() == watched.head
        };
        let Some(view) = views.iter().find(same_log) else {
            return Err(Unwatched::OtherRun { name: watched.name.clone(), run: watched.run.clone() });
        };
        if view.history.subject.as_ref().map(issue::product).as_ref() != Some(&watched.product) {
            return Err(Unwatched::OtherProduct(watched.name.clone()));
        }
        // UTC is never ahead of Norway.
        let began = view.history.started.map(|at| Offset::UTC.to_datetime(at).date());
        if let Some(began) = began.filter(|began| *began > watched.on) {
            return Err(Unwatched::Before { name: watched.name.clone(), on: watched.on, began });
        }
    }
    if !witnesses.is_empty()
        && let Some(alone) = views.iter().map(id).find(|id| witnesses.iter().all(|w| w.watched.run != *id))
    {
        return Err(Unwatched::Nobody(alone));
    }
    Ok(witnesses.iter().map(Witness::stated).collect())
}
