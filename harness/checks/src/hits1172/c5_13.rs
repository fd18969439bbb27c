//! HITS 1172 5.13: what an error message has to look like, Error and Warning alike.

use super::{identifier, signal_action, signal_service};
use crate::check::{Finding, MessageCheck, Seen, message};
use wire::ebxml::{MessageKind, names};

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-120", "Service `urn:oasis:names:tc:ebxml-msg:service`", service),
    message("HITS1172-121", "Action `MessageError`", action),
    message("HITS1172-122", "a UUID, or local@domain as RFC 2822 has it", reference_to_message),
    message("HITS1172-123", "no eb:Acknowledgment beside eb:ErrorList", no_acknowledgment),
];

fn service(seen: &Seen<'_>) -> Option<Finding> {
    seen.of_kind(MessageKind::ErrorList)?;
    signal_service(seen)
}

fn action(seen: &Seen<'_>) -> Option<Finding> {
    seen.of_kind(MessageKind::ErrorList)?;
    signal_action(seen, names::MESSAGE_ERROR)
}

/// Rule 122. For a message without a readable MessageId there is nothing to refer to; such an ErrorList is
/// paired with no message of ours, so it is only told here when the run had one without MessageId
/// (rule 76 draws an ErrorList that rule 122 makes impossible).
fn reference_to_message(seen: &Seen<'_>) -> Option<Finding> {
    seen.of_kind(MessageKind::ErrorList)?;
    let data = seen.header()?.message_data.first()?;
    let value = data.ref_to_message_id.first();
    if value.is_none() && seen.facts.sent_without_message_id() {
        return None;
    }
    identifier(value, &data.place.child("eb:RefToMessageId"), seen.stimulus_envelope().and_then(|e| e.message_id()))
}

fn no_acknowledgment(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.of_kind(MessageKind::ErrorList)?;
    let list = envelope.error_lists.first()?;
    Some(match envelope.acknowledgments.first() {
        Some(acknowledgment) => Finding::violated(&acknowledgment.place, "eb:Acknowledgment"),
        None => Finding::satisfied(&list.place, "no eb:Acknowledgment"),
    })
}
