//! What can be written into a register. An entry is one line of JSON; its bytes are what the tree is built of.

use crate::standing::Compared;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest entry: C2SP tlog-tiles gives an entry of a bundle two bytes for its length.
pub const ENTRY_MAX: usize = 65_535;

/// Something that was written into a register, in the order in which it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// The first entry: whose register it is, and whom it believes.
    Opened {
        /// The day.
        on: Date,
        /// The register's name, which is the origin of its checkpoints and the name of its key.
        origin: String,
        /// What people call it.
        title: String,
        /// Who may issue certificates.
        issuers: Vec<Issuer>,
        /// How many of the issuers must have signed a certificate.
        signatures: u32,
    },
    /// Somebody may issue certificates from now on.
    IssuerNamed {
        /// The day.
        on: Date,
        /// Who.
        issuer: Issuer,
        /// The signatures of issuers, where the register demands several on a certificate.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        approvals: Vec<Approval>,
    },
    /// Somebody may not issue certificates any more. What they issued before stays.
    IssuerRetired {
        /// The day.
        on: Date,
        /// Name of the key.
        name: String,
        /// Why.
        reason: String,
    },
    /// Somebody watches that nothing is rewritten, and signs the checkpoints that they have seen.
    WitnessNamed {
        /// The day.
        on: Date,
        /// The verifier key, as C2SP signed-note writes it.
        key: String,
    },
    /// A certificate was added.
    Added {
        /// The day.
        on: Date,
        /// Its number.
        number: String,
        /// SHA-256 of its file, which lies at `certificates/<this>.json`.
        certificate: String,
    },
    /// A certificate was withdrawn.
    Withdrawn {
        /// The first day on which it does not hold.
        on: Date,
        /// Its number.
        number: String,
        /// Why, as anybody may read it.
        reason: String,
        /// The signatures of issuers, where the register demands several on a certificate.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        approvals: Vec<Approval>,
    },
    /// Another certificate took its place.
    Superseded {
        /// The first day of the other.
        on: Date,
        /// Its number.
        number: String,
        /// The number of the other, which is in the register.
        by: String,
        /// The signatures of issuers, where the register demands several on a certificate.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        approvals: Vec<Approval>,
    },
    /// A certificate holds for another version too.
    Equivalent {
        /// From which day.
        on: Date,
        /// Its number.
        number: String,
        /// Version of the system.
        version: String,
        /// Version of the message handler.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        handler_version: Option<String>,
        /// What was changed, and what the comparison of the behaviour showed.
        reason: String,
        /// How the behaviour was compared, by a run of each.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        compared: Option<Compared>,
        /// The signatures of issuers, where the register demands several on a certificate.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        approvals: Vec<Approval>,
    },
    /// Somebody disputes a finding. Changes nothing by itself.
    Disputed {
        /// The day.
        on: Date,
        /// The certificate's number.
        number: String,
        /// The requirement.
        requirement: String,
        /// The run (UUID) and the event in its log.
        run: String,
        /// The event.
        event: u64,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Two people answer for treating a requirement otherwise than it came out. What came out stays in the certificate.
    Overridden {
        /// From which day.
        on: Date,
        /// Until which day, included: an override always ends.
        until: Date,
        /// The certificate's number.
        number: String,
        /// The requirement.
        requirement: String,
        /// As what it is treated, by the words of `result.json`.
        status: String,
        /// Who: two at least.
        by: Vec<String>,
        /// Why.
        reason: String,
        /// Signatures of issuers, where the register demands more than one on a certificate.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        approvals: Vec<Approval>,
    },
}

/// An issuer's signature over an entry that needs more than the register's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// SHA-256 of the issuer's public key, in hexadecimal digits.
    pub key: String,
    /// The Ed25519 signature, base64.
    pub signature: String,
}

/// Somebody who may issue certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The name that a signature is shown with.
    pub name: String,
    /// The public key or certificate, PEM.
    pub key: String,
}

/// Why some bytes are no entry.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EntryError {
    /// Not JSON, or not of this format.
    #[error("it is no entry of this format: {0}")]
    Format(String),
    /// Not written as this tool writes it.
    #[error("it is not written as a register writes it: another order, or spaces")]
    NotCanonical,
    /// Too long.
    #[error("it has {0} bytes, and an entry holds {ENTRY_MAX} at most")]
    TooLong(usize),
}

impl Entry {
    /// The bytes that stand in the register.
    ///
    /// # Errors
    /// [`EntryError::TooLong`].
    ///
    /// # Panics
    /// Never: plain structures with string keys always serialise.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        let bytes = serde_json::to_vec(self).expect("plain structures with string keys always serialise");
        if bytes.len() > ENTRY_MAX { Err(EntryError::TooLong(bytes.len())) } else { Ok(bytes) }
    }

    /// Reads the bytes of an entry.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn read(bytes: &[u8]) -> Result<Self, EntryError> {
        let entry: Self = serde_json::from_slice(bytes).map_err(|error| EntryError::Format(error.to_string()))?;
        if entry.to_bytes()? == bytes { Ok(entry) } else { Err(EntryError::NotCanonical) }
    }

    /// The signatures of issuers under it, for the kinds that can have some: what can turn a `no` into a `yes`.
    pub fn approvals(&self) -> Option<&[Approval]> {
        match self {
            Self::IssuerNamed { approvals, .. }
            | Self::Withdrawn { approvals, .. }
            | Self::Superseded { approvals, .. }
            | Self::Equivalent { approvals, .. }
            | Self::Overridden { approvals, .. } => Some(approvals),
            _ => None,
        }
    }

    /// The same, to be added to.
    pub fn approvals_mut(&mut self) -> Option<&mut Vec<Approval>> {
        match self {
            Self::IssuerNamed { approvals, .. }
            | Self::Withdrawn { approvals, .. }
            | Self::Superseded { approvals, .. }
            | Self::Equivalent { approvals, .. }
            | Self::Overridden { approvals, .. } => Some(approvals),
            _ => None,
        }
    }

    /// The word for its kind, as it stands in the file.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::IssuerNamed { .. } => "issuer-named",
            Self::IssuerRetired { .. } => "issuer-retired",
            Self::WitnessNamed { .. } => "witness-named",
            Self::Added { .. } => "added",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Superseded { .. } => "superseded",
            Self::Equivalent { .. } => "equivalent",
            Self::Disputed { .. } => "disputed",
            Self::Overridden { .. } => "overridden",
        }
    }

    /// The day from which it counts.
    pub fn on(&self) -> Date {
        match self {
            Self::Opened { on, .. }
            | Self::IssuerNamed { on, .. }
            | Self::IssuerRetired { on, .. }
            | Self::WitnessNamed { on, .. }
            | Self::Added { on, .. }
            | Self::Withdrawn { on, .. }
            | Self::Superseded { on, .. }
            | Self::Equivalent { on, .. }
            | Self::Disputed { on, .. }
            | Self::Overridden { on, .. } => *on,
        }
    }

    /// The certificate that it is about.
    pub fn number(&self) -> Option<&str> {
        match self {
            Self::Added { number, .. }
            | Self::Withdrawn { number, .. }
            | Self::Superseded { number, .. }
            | Self::Equivalent { number, .. }
            | Self::Disputed { number, .. }
            | Self::Overridden { number, .. } => Some(number),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_bytes_that_were_written_are_read() {
        let entry = Entry::Withdrawn {
            on: jiff::civil::date(2026, 11, 25),
            number: "PV-1".into(),
            reason: "feil i retur av kvittering".into(),
            approvals: Vec::new(),
        };
        let bytes = entry.to_bytes().unwrap();
        let text = r#"{"kind":"withdrawn","on":"2026-11-25","number":"PV-1","reason":"feil i retur av kvittering"}"#;
        assert_eq!(bytes, text.as_bytes());
        assert_eq!(Entry::read(&bytes), Ok(entry));
        assert_eq!(Entry::read(text.replace(",\"on", ", \"on").as_bytes()), Err(EntryError::NotCanonical));
        assert!(matches!(Entry::read(text.replace("number", "nummer").as_bytes()), Err(EntryError::Format(_))));
        let twice = text.replace("\"reason\"", "\"number\":\"PV-2\",\"reason\"");
        assert!(Entry::read(twice.as_bytes()).is_err());
        let long = Entry::IssuerRetired {
            on: jiff::civil::date(2026, 1, 1),
            name: "x".repeat(ENTRY_MAX),
            reason: String::new(),
        };
        assert!(matches!(long.to_bytes(), Err(EntryError::TooLong(_))));
    }
}
