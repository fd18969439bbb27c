//! HITS 1171 and HIS 1037 7.2: how an answer mirrors what it answers, and what its header must not have.
//!
//! That a signal carries a Role is written out of it by HITS 1171 5.2.1.3 and printed in every example of
//! HIS 1037: a remark.

use crate::check::{Finding, MessageCheck, Seen, message, shown, shown_or_absent};
use crate::date_time::is_with_zone;
use evidence::history::{Author, MessageRecord};
use std::collections::HashSet;
use wire::cms::CmsDefect;
use wire::ebxml::{Envelope, MessageHeader, MessageKind};
use wire::place::{Located, Place};
use wire::signature::Reference;

pub(crate) const CHECKS: &[MessageCheck] = &[
    message("HIS1037-7.2.1-1", "eb:From and eb:To turned round", |s| turned_round(s, MessageKind::Acknowledgment)),
    message("HIS1037-7.2.1-2", "eb:From and eb:To turned round", |s| turned_round(s, MessageKind::ErrorList)),
    message("HITS1171-5.2.1.3-1", "eb:Role in eb:From and eb:To", roles_present),
    message("HITS1171-5.2.1.3-2", "no eb:Role", |s| no_role(s, MessageKind::Acknowledgment)),
    message("HITS1171-5.2.1.3-3", "no eb:Role", |s| no_role(s, MessageKind::ErrorList)),
    message("HITS1171-5.2.1.4-2", "the CPAId of the message answered", |s| same_cpa_id(s, MessageKind::Acknowledgment)),
    message("HITS1171-5.2.1.4-3", "the CPAId of the message answered", |s| same_cpa_id(s, MessageKind::ErrorList)),
    message("HITS1171-5.2.1.5-1", "the ConversationId of the message answered", |s| {
        same_conversation(s, MessageKind::Acknowledgment)
    }),
    message("HITS1171-5.2.1.5-2", "the ConversationId of the message answered", |s| {
        same_conversation(s, MessageKind::ErrorList)
    }),
    message("HITS1171-5.2.1.10-1", "a time with its zone, such as 2026-01-15T09:30:00Z", |s| {
        Some(with_zone(s.header()?.message_data.first()?.timestamp.first()?))
    }),
    message("HITS1171-5.2.1.11-2", "no eb:DuplicateElimination", |s| {
        no_duplicate_elimination(s, MessageKind::Acknowledgment)
    }),
    message("HITS1171-5.2.1.11-3", "no eb:DuplicateElimination", |s| {
        no_duplicate_elimination(s, MessageKind::ErrorList)
    }),
    message("HITS1171-5.2.3.1-1", "a time with its zone, such as 2026-01-15T09:30:00Z", acknowledgment_time),
    message("HITS1171-5.2.3.2-1", "the MessageId of a message that was sent", |s| {
        refers_to_ours(s, MessageKind::Acknowledgment)
    }),
    message(
        "HITS1171-5.2.3.3-1",
        "the ds:Reference elements of the acknowledged message, with the same digests",
        copied_digests,
    ),
    message("HITS1171-5.2.5-4", "a ds:Reference for every payload", every_payload_signed),
    message("HITS1171-5.2.5-5", "the same cid: in ds:Reference and eb:Reference", same_cids),
    message("HITS1171-6-2", "a CMS object (EnvelopedData)", payload_encrypted),
    message("HITS1171-8.3-2", "the MessageId of a message that was sent", |s| {
        refers_to_ours(s, MessageKind::ErrorList)
    }),
];

/// The header of a signal of this kind, and that of the message that it answers.
fn pair<'h>(seen: &Seen<'h>, kind: MessageKind) -> Option<(&'h MessageHeader, &'h Envelope)> {
    seen.of_kind(kind)?;
    Some((seen.header()?, seen.stimulus_envelope()?))
}

/// Silent where a HER-id cannot be read on either side: other rules say so.
fn turned_round(seen: &Seen<'_>, kind: MessageKind) -> Option<Finding> {
    let (header, stimulus) = pair(seen, kind)?;
    let envelope = seen.envelope()?;
    let own = envelope.from_her().zip(envelope.to_her())?;
    let wanted = stimulus.to_her().zip(stimulus.from_her())?;
    let place = header.from.first().map_or(&header.place, |f| &f.place);
    let words = |(from, to): (u32, u32)| format!("from {from} to {to}");
    Some(Finding::when(own == wanted, place, words(own)).expected(words(wanted)))
}

fn roles_present(seen: &Seen<'_>) -> Option<Finding> {
    let header = seen.of_kind(MessageKind::Payload)?.header()?;
    let blocks = || header.from.iter().take(1).chain(header.to.iter().take(1));
    let first = blocks().next()?;
    let is_there = |role: &Located<String>| !role.value.trim().is_empty();
    Some(match blocks().find(|block| !block.role.iter().any(is_there)) {
        Some(block) => Finding::violated(&block.place.child("eb:Role"), "absent"),
        None => Finding::satisfied(&first.place, "present"),
    })
}

fn no_role(seen: &Seen<'_>, kind: MessageKind) -> Option<Finding> {
    let header = seen.of_kind(kind)?.header()?;
    let role = header.from.iter().chain(&header.to).find_map(|block| block.role.first());
    Some(match role {
        Some(role) => Finding::remark(
            &role.place,
            shown(&role.value),
            "HITS 1171 5.2.1.3 leaves Role out of signals; HIS 1037 7.2.1 and its example have it",
        ),
        None => Finding::satisfied(&header.place, "absent"),
    })
}

fn same_cpa_id(seen: &Seen<'_>, kind: MessageKind) -> Option<Finding> {
    let (header, stimulus) = pair(seen, kind)?;
    same(header.cpa_id.first()?, stimulus.cpa_id()?)
}

fn same_conversation(seen: &Seen<'_>, kind: MessageKind) -> Option<Finding> {
    let (header, stimulus) = pair(seen, kind)?;
    let wanted = stimulus.conversation_id()?;
    if let Some(value) = header.conversation_id.first() {
        return same(value, wanted);
    }
    let place = header.place.child("eb:ConversationId");
    Some(Finding::violated(&place, "absent").expected(shown(wanted)))
}

/// UUIDs are the same whatever their case.
fn same(value: &Located<String>, wanted: &str) -> Option<Finding> {
    let holds = value.value.trim().eq_ignore_ascii_case(wanted);
    (!wanted.is_empty()).then(|| Finding::when(holds, &value.place, shown(&value.value)).expected(shown(wanted)))
}

fn acknowledgment_time(seen: &Seen<'_>) -> Option<Finding> {
    let acknowledgment = seen.of_kind(MessageKind::Acknowledgment)?.acknowledgments.first()?;
    let absent = || Finding::violated(&acknowledgment.place.child("eb:Timestamp"), "absent");
    Some(acknowledgment.timestamp.first().map_or_else(absent, with_zone))
}

/// HITS 1171 prints `…ssZ`, HIS 1037 6.2.1 takes ISO 8601 with the zone of local time: any zone and fractions of
/// a second are accepted. Without zone the time cannot be told (UTC by ebXML, Norwegian time by habit).
fn with_zone(time: &Located<String>) -> Finding {
    Finding::when(is_with_zone(time.value.trim()), &time.place, shown(&time.value))
}

fn no_duplicate_elimination(seen: &Seen<'_>, kind: MessageKind) -> Option<Finding> {
    let header = seen.of_kind(kind)?.header()?;
    Some(match header.duplicate_elimination.first() {
        Some(place) => Finding::violated(place, "eb:DuplicateElimination")
            .hint("strict peers refuse such an acknowledgment, and the message is sent again until retries run out"),
        None => Finding::satisfied(&header.place.child("eb:DuplicateElimination"), "absent"),
    })
}

/// In a run it is known what was sent. What refers to nothing of it answers nothing: the sender goes on
/// resending. (A signal whose reference is unknown is paired by its conversation.)
fn refers_to_ours(seen: &Seen<'_>, kind: MessageKind) -> Option<Finding> {
    let envelope = seen.of_kind(kind)?;
    let about = envelope.about().filter(|about| !about.is_empty() && seen.record.author == Author::Subject)?;
    let place = reference_place(envelope, kind);
    let messages = &seen.history.messages;
    let was_sent = |m: &&MessageRecord| m.author == Author::Harness && !m.sendings.is_empty();
    if seen.facts.named_by(seen.history, seen.record).is_some_and(|index| was_sent(&&messages[index])) {
        return Some(Finding::satisfied(&place, shown(about)));
    }
    let mut ours = messages.iter().filter(was_sent).filter_map(|m| m.message.soap()).peekable();
    if ours.peek().is_none() || seen.facts.sent_without_message_id() {
        return None;
    }
    let finding = Finding::violated(&place, format!("{}, which names no message that was sent", shown(about)));
    let is_conversation = |e: &Envelope| e.conversation_id().is_some_and(|id| id.eq_ignore_ascii_case(about));
    Some(if ours.any(is_conversation) {
        finding.hint("it is the ConversationId of the message that was sent")
    } else {
        finding
    })
}

fn reference_place(envelope: &Envelope, kind: MessageKind) -> Place {
    let value = if kind == MessageKind::Acknowledgment {
        envelope.acknowledgments.first().and_then(|a| a.ref_to_message_id.first())
    } else {
        envelope.header().and_then(|h| h.message_data.first()).and_then(|d| d.ref_to_message_id.first())
    };
    value.map_or_else(|| Place::named("eb:RefToMessageId"), |v| v.place.clone())
}

/// The digests of the copied references. References that are missing are spoken of by rules 116 and 117 of
/// HITS 1172.
fn copied_digests(seen: &Seen<'_>) -> Option<Finding> {
    let acknowledgment = seen.of_kind(MessageKind::Acknowledgment)?.acknowledgments.first()?;
    let originals = seen.stimulus_envelope()?.signatures.first()?.references();
    let digest = |r: &Reference| r.digest_value.as_ref().map(|v| v.value.split_whitespace().collect::<String>());
    let mut compared = acknowledgment.references.iter().filter_map(|copy| {
        let original = originals.iter().find(|o| uri(o).is_some() && uri(o) == uri(copy))?;
        Some((copy, digest(copy), digest(original)))
    });
    let first = compared.clone().next()?.0;
    Some(match compared.find(|(_, copy, original)| copy != original) {
        Some((copy, got, wanted)) => {
            let place = copy.digest_value.as_ref().map_or(&copy.place, |v| &v.place);
            Finding::violated(place, got.unwrap_or_else(|| "absent".to_owned())).expected(wanted.unwrap_or_default())
        }
        None => Finding::satisfied(&first.place, "the same"),
    })
}

fn uri(reference: &Reference) -> Option<&str> {
    reference.uri.as_ref().map(|u| u.value.as_str())
}

fn cids(envelope: &Envelope) -> Option<Vec<&str>> {
    let signature = envelope.signatures.first()?;
    Some(signature.references().iter().filter_map(uri).filter(|u| u.starts_with("cid:")).collect())
}

/// Each payload has a reference of its own. Of bare XML the payloads are not seen. What the signature lacks
/// altogether is spoken of elsewhere; a cid that differs is the next rule's.
fn every_payload_signed(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.of_kind(MessageKind::Payload)?;
    let signature = envelope.signatures.first().filter(|s| !s.references().is_empty())?;
    let payloads = seen.record.message.attachments().count();
    if seen.record.message.bare || payloads == 0 {
        return None;
    }
    let references = cids(envelope)?.len();
    let others = signature.references().iter().any(|r| uri(r).is_some_and(|u| !u.is_empty() && !u.starts_with("cid:")));
    (!others).then(|| Finding::when(references >= payloads, &signature.place, format!("{references} for {payloads}")))
}

/// Whether a payload is encrypted can be seen without a key: a label alone does not encrypt. What is neither a CMS
/// object nor readable text was damaged, and that is another matter.
fn payload_encrypted(seen: &Seen<'_>) -> Option<Finding> {
    seen.of_kind(MessageKind::Payload)?;
    let message = &seen.record.message;
    let is_readable = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(|text| text.contains('<'));
    let findings = message.attachments().filter_map(|(number, part)| {
        let place = Place::named(format!("MIME part {}", number + 1));
        match wire::cms::inspect(&part.content) {
            Ok(_) => Some(Finding::satisfied(&place, "a CMS object")),
            Err(CmsDefect::NotCms { .. }) if !is_readable(&part.content) => None,
            Err(error @ (CmsDefect::NotCms { .. } | CmsDefect::NotEnveloped { .. })) => Some(
                Finding::violated(&place, error.to_string())
                    .hint("personal health information in clear text: whoever carries the message can read it"),
            ),
            Err(_) => None,
        }
    });
    findings.reduce(|first, next| if next.is_violation() && !first.is_violation() { next } else { first })
}

fn same_cids(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.of_kind(MessageKind::Payload)?;
    let signed = cids(envelope).filter(|c| !c.is_empty())?;
    let hrefs = envelope.manifests.first()?.references.iter().filter_map(|r| r.href.as_ref());
    let hrefs: Vec<&Located<String>> = hrefs.filter(|h| h.value.starts_with("cid:")).collect();
    let first = hrefs.first()?;
    if seen.record.message.attachments().count() > signed.len() {
        return None;
    }
    let known: HashSet<&str> = signed.iter().copied().collect();
    Some(match hrefs.iter().find(|href| !known.contains(href.value.as_str())) {
        Some(href) => Finding::violated(&href.place, shown(&href.value)).expected(shown(&signed.join(" "))),
        None => Finding::satisfied(&first.place, shown_or_absent(Some(first))),
    })
}
