//! The in-toto statement (v1) that is signed: which runs it is about, and the certificate.

use crate::certificate::{Certificate, FORMAT};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// Type of the statement.
pub const TYPE: &str = "https://in-toto.io/Statement/v1";
/// Type of what it states. A name, not an address.
pub const PREDICATE: &str = "https://provestein.test/certificate/v1";

/// Why some bytes are no statement of ours.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StatementError {
    /// Not JSON of this form.
    #[error("the statement cannot be read: {0}")]
    Format(String),
    /// Another type.
    #[error("the statement is a `{0}`, which is no certificate of this tool")]
    Type(String),
    /// A newer format.
    #[error("the certificate has format {0}; this tool reads format {FORMAT}: use a newer version")]
    Newer(u32),
    /// What it is about and what it states do not fit.
    #[error("the statement is about other runs than its certificate names")]
    Subjects,
    /// A key twice, a blank, another order: two programs could read two things out of it.
    #[error("the statement is not written as this tool writes it: a field stands in it twice, or something was added")]
    NotCanonical,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct StatementV1<P> {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    predicate_type: String,
    predicate: P,
}

#[derive(Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: BTreeMap<String, String>,
}

fn subjects(certificate: &Certificate) -> Vec<Subject> {
    let subject = |run: &crate::certificate::Run| Subject {
        name: format!("run {}", run.id),
        digest: BTreeMap::from([("sha256".to_owned(), run.head.clone())]),
    };
    certificate.runs.iter().map(subject).collect()
}

/// The bytes of a statement: JSON on one line.
///
/// # Panics
/// Never: plain structures with string keys always serialise.
pub fn write(certificate: &Certificate) -> Vec<u8> {
    let statement = StatementV1 {
        kind: TYPE.to_owned(),
        subject: subjects(certificate),
        predicate_type: PREDICATE.to_owned(),
        predicate: certificate,
    };
    serde_json::to_vec(&statement).expect("plain structures with string keys always serialise")
}

/// Reads them.
///
/// # Errors
/// [`StatementError`].
pub fn read(bytes: &[u8]) -> Result<Certificate, StatementError> {
    let format = |error: serde_json::Error| StatementError::Format(error.to_string());
    let any: StatementV1<serde_json::Value> = serde_json::from_slice(bytes).map_err(format)?;
    if any.kind != TYPE || any.predicate_type != PREDICATE {
        return Err(StatementError::Type(any.predicate_type));
    }
    match any.predicate["format"].as_u64() {
        Some(1) => {}
        Some(other) => return Err(StatementError::Newer(u32::try_from(other).unwrap_or(u32::MAX))),
        None => return Err(StatementError::Format("it has no `format`".to_owned())),
    }
    let read: StatementV1<Certificate> = serde_json::from_slice(bytes).map_err(format)?;
    if read.subject != subjects(&read.predicate) {
        return Err(StatementError::Subjects);
    }
    if write(&read.predicate) != bytes {
        return Err(StatementError::NotCanonical);
    }
    Ok(read.predicate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_written_in_one_way_only() {
        let text = r#"{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"https://provestein.test/certificate/v1","predicate":{"format":1,"number":"PV-1","issuer":"a","issued":"2026-11-20","validity":{"from":"2026-11-20","until":"2028-11-20"},"product":{"supplier":"A","system":"B","version":"1"},"scope":[],"rules":{"tool":"t","suite":"s","catalogue":"c","profile":"p@1","profile_digest":"d","scenarios":{}},"runs":[],"assurance":"self-run","totals":{"verified":1},"requirements":[],"conditions":[]}}"#;
        assert!(read(text.as_bytes()).is_ok(), "{:?}", read(text.as_bytes()));
        for (from, to) in [
            (r#"{"verified":1}"#, r#"{"verified":2,"verified":1}"#),
            (r#""runs":[]"#, r#""runs": []"#),
            (r#","conditions":[]"#, ""),
        ] {
            assert_eq!(read(text.replace(from, to).as_bytes()), Err(StatementError::NotCanonical), "{to}");
        }
    }
}
