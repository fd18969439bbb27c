//! What an arriving message deserves, by the processing order of HITS 1172 figure 4.
//!
//! "Refuse only when handling is impossible" (HITS 1172 1.1 read with 5.5–5.10; ebxml-notes 13.17):
//! unreadable, unaddressable, broken signature, undecryptable. Everything else is at most a Warning.

use crate::Overrides;
use crate::state::Arrival;
use wire::ebxml::names::SIGNAL_SERVICE;
use wire::ebxml::write::ErrorDraft;
use wire::ebxml::{Envelope, ErrorList, MessageKind, Severity};
use wire::message::Message;
use wire::signature::{SignatureBlock, Verification};
use wire::xml::Encoding;

/// What a message deserves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assessment {
    /// Nothing to remark.
    Acceptable,
    /// Accepted, with a remark: an ErrorList with severity Warning takes the acknowledgment's place.
    Warn(ErrorDraft),
    /// Refused: ErrorList with severity Error.
    Refuse(ErrorDraft),
    /// No basis for an ebXML answer: SOAP Fault, with the reason.
    Fault(String),
}

/// Assesses a message. `payload` says whether the encrypted payload could be opened with our keys;
/// `ours` are the HER-ids of our communication parties.
pub fn assess(message: &Message, payload: Result<(), &str>, ours: &[u32], overrides: &Overrides) -> Assessment {
    let envelope = match &message.envelope {
        Ok(envelope) => envelope,
        Err(reason) => return Assessment::Fault(reason.to_string()),
    };
    if let Some(reason) = unaddressable(envelope) {
        return Assessment::Fault(reason.to_owned());
    }
    // A signal is never answered; whether it can be used is for the caller to see. What cannot be recognised is
    // judged like a message with payload, unless its Service says that it is a signal of some sort: nothing is
    // acknowledged because it is strange.
    let judged = match envelope.kind() {
        MessageKind::Payload => true,
        MessageKind::Unknown => envelope.service() != Some(SIGNAL_SERVICE),
        _ => false,
    };
    if !judged {
        return Assessment::Acceptable;
    }
    if !envelope.to_her().is_some_and(|her| ours.contains(&her)) {
        return refuse("ValueNotRecognized", "//eb:To/eb:PartyId", "this party is not known here");
    }
    if overrides.refuse_broken_signature && !message.signature.as_ref().is_some_and(Verification::is_valid) {
        return refuse("SecurityFailure", "//SOAP:Header/ds:Signature", "the signature could not be verified");
    }
    if let Some(href) = unresolved(envelope, message) {
        return refuse(
            "MimeProblem",
            "//eb:Manifest/eb:Reference",
            &format!("no MIME part has the Content-ID of {href}"),
        );
    }
    if let Err(reason) = payload {
        return refuse(
            "SecurityFailure",
            "//eb:Manifest/eb:Reference",
            &format!("the payload cannot be opened: {reason}"),
        );
    }
    if envelope.encoding != Encoding::Utf8 {
        let text = format!("encoding {} used, UTF-8 expected", envelope.encoding.name());
        return Assessment::Warn(problem(Severity::Warning, "ValueNotRecognized", "xpointer(//)", &text));
    }
    if envelope.ack_requested.is_empty() {
        return Assessment::Warn(problem(
            Severity::Warning,
            "Inconsistent",
            "//SOAP:Header",
            "AckRequested is missing",
        ));
    }
    Assessment::Acceptable
}

/// What the state machine needs to know of a message that came in, and what it deserves (see [`assess`]).
pub fn arrival(message: &Message, payload: Result<(), &str>, ours: &[u32], overrides: &Overrides) -> Arrival {
    let envelope = message.soap();
    let references = envelope.and_then(|e| e.signatures.first()).map(SignatureBlock::references).unwrap_or_default();
    let values = references.iter().filter_map(|reference| reference.digest_value.as_ref());
    Arrival {
        kind: message.kind(),
        message_id: envelope.and_then(Envelope::message_id).unwrap_or_default().to_owned(),
        about: envelope.and_then(Envelope::about).map(str::to_owned),
        severity: envelope.and_then(|e| e.error_lists.first()).map(ErrorList::severity),
        digests: values.map(|digest| digest.value.split_whitespace().collect()).collect(),
        assessment: assess(message, payload, ours, overrides),
    }
}

fn unaddressable(envelope: &Envelope) -> Option<&'static str> {
    if envelope.root.value != "SOAP:Envelope" {
        return Some("the document is not a SOAP 1.1 envelope");
    }
    if envelope.kind() == MessageKind::Fault {
        return None;
    }
    if envelope.from_her().is_none() {
        return Some("no HER-id can be read from eb:From");
    }
    if envelope.message_id().is_none_or(str::is_empty) {
        return Some("no MessageId can be read");
    }
    None
}

/// The first manifest reference that names no part of the message.
fn unresolved(envelope: &Envelope, message: &Message) -> Option<String> {
    let hrefs = envelope.manifests.iter().flat_map(|m| &m.references).filter_map(|r| r.href.as_ref());
    hrefs
        .map(|href| href.value.as_str())
        .find(|href| href.strip_prefix("cid:").is_none_or(|id| message.entity.part_by_content_id(id).is_none()))
        .map(str::to_owned)
}

fn refuse(code: &str, location: &str, description: &str) -> Assessment {
    Assessment::Refuse(problem(Severity::Error, code, location, description))
}

fn problem(severity: Severity, code: &str, location: &str, description: &str) -> ErrorDraft {
    ErrorDraft {
        code: code.to_owned(),
        severity,
        location: Some(location.to_owned()),
        description: description.to_owned(),
    }
}
