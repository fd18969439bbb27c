//! HITS 1172 5.7: the SOAP envelope and its blocks.

use crate::check::{Finding, MessageCheck, Seen, message, shown};
use wire::ebxml::{Block, Envelope};
use wire::place::Place;

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-43", "root SOAP:Envelope", envelope),
    message("HITS1172-2", "SOAP:Header in SOAP:Envelope", |s| {
        let envelope = s.envelope()?;
        Some(present(&envelope.headers, envelope, "SOAP:Header"))
    }),
    message("HITS1172-3", "SOAP:Body in SOAP:Envelope", |s| {
        let envelope = s.envelope()?;
        Some(present(&envelope.bodies, envelope, "SOAP:Body"))
    }),
    message("HITS1172-100", "no unknown or misplaced block with SOAP:mustUnderstand=\"1\"", header_blocks),
    message("HITS1172-101", "only eb:Manifest, eb:StatusRequest or eb:StatusResponse", body_blocks),
    message("HITS1172-5.7.2-p3", "no eb:SyncReply over SMTP", sync_reply),
];

const HEADER_BLOCKS: [&str; 7] = [
    "eb:MessageHeader",
    "eb:AckRequested",
    "eb:Acknowledgment",
    "eb:ErrorList",
    "ds:Signature",
    "eb:MessageOrder",
    "eb:SyncReply",
];
const BODY_BLOCKS: [&str; 3] = ["eb:Manifest", "eb:StatusRequest", "eb:StatusResponse"];

/// Rule 43 is silent where rule 86 speaks: another namespace is no SOAP at all.
fn envelope(seen: &Seen<'_>) -> Option<Finding> {
    let root = &seen.document()?.root;
    if !root.value.starts_with("SOAP:") {
        return None;
    }
    Some(Finding::when(root.value == "SOAP:Envelope", &root.place, shown(&root.value)))
}

fn present(found: &[Place], envelope: &Envelope, name: &str) -> Finding {
    match found.first() {
        Some(place) => Finding::satisfied(place, "present"),
        None => Finding::violated(&envelope.root.place.child(name), "absent"),
    }
}

fn header_blocks(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.envelope()?;
    let header = envelope.headers.first()?;
    let is_strange = |block: &&Block| {
        let demands = block.must_understand.as_ref().is_some_and(|m| matches!(m.value.trim(), "1" | "true"));
        demands && !HEADER_BLOCKS.contains(&block.name.as_str())
    };
    Some(match envelope.header_blocks.iter().find(is_strange) {
        Some(block) => Finding::violated(&block.place, shown(&block.name)),
        None => Finding::satisfied(header, "none"),
    })
}

/// Rule 101. A SOAP:Fault makes the message a Fault, which is not validated.
fn body_blocks(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.envelope()?;
    let body = envelope.bodies.first()?;
    let strange = envelope.body_blocks.iter().find(|block| !BODY_BLOCKS.contains(&block.name.as_str()));
    Some(match strange {
        Some(block) => Finding::violated(&block.place, shown(&block.name)),
        None => Finding::satisfied(body, "none other"),
    })
}

fn sync_reply(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.envelope().filter(|_| seen.over_mail())?;
    let header = envelope.headers.first()?;
    Some(match envelope.header_blocks.iter().find(|block| block.name == "eb:SyncReply") {
        Some(block) => Finding::violated(&block.place, "eb:SyncReply"),
        None => Finding::satisfied(header, "absent"),
    })
}
