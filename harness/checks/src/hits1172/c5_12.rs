//! HITS 1172 5.12: what an acknowledgment has to look like.

use super::{identifier, signal_action, signal_service};
use crate::check::{Finding, MessageCheck, Seen, message, shown};
use wire::ebxml::{Acknowledgment, MessageKind, names};
use wire::signature::Reference;

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-106", "Service `urn:oasis:names:tc:ebxml-msg:service`", service),
    message("HITS1172-107", "Action `Acknowledgment`", action),
    message("HITS1172-108", "a UUID, or local@domain as RFC 2822 has it", reference_to_message),
    message("HITS1172-109", "absent", no_reference_in_message_data),
    message("HITS1172-115", "no eb:ErrorList beside eb:Acknowledgment", no_error_list),
    message("HITS1172-116", "ds:Reference with URI=\"\"", root_reference),
    message("HITS1172-117", "ds:Reference with the cid: URI of the acknowledged payload", payload_reference),
];

fn service(seen: &Seen<'_>) -> Option<Finding> {
    seen.of_kind(MessageKind::Acknowledgment)?;
    signal_service(seen)
}

fn action(seen: &Seen<'_>) -> Option<Finding> {
    seen.of_kind(MessageKind::Acknowledgment)?;
    signal_action(seen, names::ACKNOWLEDGMENT)
}

/// Rule 108. What an acknowledgment refers to is copied from the message that it acknowledges.
fn reference_to_message(seen: &Seen<'_>) -> Option<Finding> {
    let acknowledgment = acknowledgment(seen)?;
    let value = acknowledgment.ref_to_message_id.first();
    let absent_at = acknowledgment.place.child("eb:RefToMessageId");
    identifier(value, &absent_at, seen.stimulus_envelope().and_then(|e| e.message_id()))
}

/// Rule 109: the reference stands in eb:Acknowledgment alone (Errata 2 to HIS 1037; table 4.2).
fn no_reference_in_message_data(seen: &Seen<'_>) -> Option<Finding> {
    seen.of_kind(MessageKind::Acknowledgment)?;
    let data = seen.header()?.message_data.first()?;
    let found = data.ref_to_message_id.iter().find(|value| !value.value.trim().is_empty());
    Some(match found {
        Some(value) => Finding::violated(&value.place, shown(&value.value))
            .hint("the original text of HIS 1037 asked for it here; Errata 2 of 06.03.2017 took it away"),
        None => Finding::satisfied(&data.place.child("eb:RefToMessageId"), "absent"),
    })
}

fn no_error_list(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.of_kind(MessageKind::Acknowledgment)?;
    let acknowledgment = envelope.acknowledgments.first()?;
    Some(match envelope.error_lists.first() {
        Some(list) => Finding::violated(&list.place, "eb:ErrorList"),
        None => Finding::satisfied(&acknowledgment.place, "no eb:ErrorList"),
    })
}

/// Rule 116. Silent where the acknowledged message had no such reference itself: the rule's own remark calls
/// that a knock-on effect.
fn root_reference(seen: &Seen<'_>) -> Option<Finding> {
    copied_reference(seen, Reference::is_root)
}

/// Rule 117.
fn payload_reference(seen: &Seen<'_>) -> Option<Finding> {
    copied_reference(seen, |reference| reference.content_id().is_some())
}

fn copied_reference(seen: &Seen<'_>, fits: fn(&Reference) -> bool) -> Option<Finding> {
    let acknowledgment = acknowledgment(seen)?;
    let original = seen.stimulus_envelope().map(|e| e.signatures.first().map_or(&[][..], |s| s.references()));
    let wanted: Option<Vec<&str>> =
        original.map(|references| references.iter().filter(|r| fits(r)).filter_map(uri).collect());
    if wanted.as_ref().is_some_and(Vec::is_empty) {
        return None;
    }
    let found: Vec<&str> = acknowledgment.references.iter().filter(|r| fits(r)).filter_map(uri).collect();
    let holds = match &wanted {
        Some(wanted) => wanted.iter().all(|uri| found.contains(uri)),
        None => !found.is_empty(),
    };
    let place = acknowledgment.references.iter().find(|r| fits(r)).map_or(&acknowledgment.place, |r| &r.place);
    let got = if found.is_empty() { "absent".to_owned() } else { format!("URI {}", shown(&found.join(" "))) };
    let finding = Finding::when(holds, place, got);
    Some(match wanted {
        Some(wanted) => finding.expected(format!("ds:Reference with URI {}", shown(&wanted.join(" ")))),
        None => finding,
    })
}

fn uri(reference: &Reference) -> Option<&str> {
    reference.uri.as_ref().map(|uri| uri.value.as_str())
}

fn acknowledgment<'h>(seen: &Seen<'h>) -> Option<&'h Acknowledgment> {
    seen.of_kind(MessageKind::Acknowledgment)?.acknowledgments.first()
}
